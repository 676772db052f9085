#!/usr/bin/env node
/** @type {(message: string) => never} */
const fail = (message) => {
  console.error(`error: ${message}`);
  process.exit(1);
};
try {
  process.cwd();
} catch {
  // Libraries ask for it as they are loaded.
  fail("the current folder no longer exists; go to another one");
}
const { main } = await import("../dist/cli/main.js").catch((cause) => {
  if (/^E[MN]FILE$/.test(cause.code)) fail("too many open files; raise the limit (ulimit -n 256)");
  fail(`clipsteer cannot be loaded (${String(cause.message).split("\n")[0]}); install it again, or build it`);
});

process.exitCode = await main(process.argv.slice(2));
