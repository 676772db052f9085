import { Worker } from "node:worker_threads";

/** Milliseconds between two looks at the parent. */
const interval = 200;

/** Runs in a thread of its own, since the main thread computes for seconds at a time. On Windows the parent's number never changes. */
const watch = `
const { ppid: parent } = process;
const isRunning = () => {
  try {
    return process.kill(parent, 0);
  } catch ({ code }) {
    return code === "EPERM";
  }
};
setInterval(() => {
  if (process.ppid !== parent || !isRunning()) process.kill(process.pid, "SIGKILL");
}, ${interval});
`;

/**
 * Ends this process, a child with a channel to its parent, when the parent ends or disconnects. It ends at once, as a killed process: it
 * finishes no step and no file, so that the next process finds its locks abandoned.
 */
export function endWithParent(): void {
  process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
  new Worker(watch, { eval: true, execArgv: [] }).unref();
}
