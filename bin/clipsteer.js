#!/usr/bin/env node
try {
  process.cwd();
} catch {
  // Libraries ask for it as they are loaded.
  console.error("error: the current folder no longer exists; go to another one");
  process.exit(1);
}
const { main } = await import("../dist/cli/main.js");

process.exitCode = await main(process.argv.slice(2));
