/** A server whose child computes without a pause when it is killed: prints the child's process number. Argument: `child` for the child. */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { endWithParent } from "../../src/studio/endWithParent.js";

if (process.argv[2] === "child") {
  endWithParent();
  setTimeout(() => {
    process.send!("busy");
    for (const end = Date.now() + 30_000; Date.now() < end;);
  }, 500);
} else {
  const child = fork(fileURLToPath(import.meta.url), ["child"]);
  child.once("message", () => process.stdout.write(`${child.pid}\n`));
}
