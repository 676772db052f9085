import { spawn } from "node:child_process";
import { openStudio } from "../studio/index.js";
import type { Context } from "./context.js";

/** Options of `studio`. */
export interface StudioRunOptions {
  readonly port: number;
  readonly open: boolean;
  readonly out: string;
  readonly pictures: readonly string[];
  readonly host: string;
}

/** Opens an address in the user's browser. @returns whether a program for that was found. */
function openBrowser(url: string): Promise<boolean> {
  const [command, ...args] =
    process.platform === "darwin"
      ? ["open", url]
      : process.platform === "win32"
        ? ["rundll32", "url.dll,FileProtocolHandler", url]
        : ["xdg-open", url];
  return new Promise((resolve) => {
    const child = spawn(command!, args, { stdio: "ignore", detached: true });
    child.on("error", () => resolve(false));
    child.on("spawn", () => {
      child.unref();
      resolve(true);
    });
  });
}

/** Serves the studio until the signal is aborted. */
export async function runStudio(
  { port, open, out, pictures, host }: StudioRunOptions,
  context: Context,
): Promise<void> {
  const password = process.env.CLIPSTEER_STUDIO_PASSWORD;
  const studio = await openStudio({
    out,
    pictures,
    pictureHelp: "clipsteer studio --pictures photos",
    host,
    password,
    onError: (error) => context.warn((error as Error).message),
  });
  try {
    const { port: bound, url } = await studio.listen(port);
    if (bound !== port) context.note(`port ${port} is in use; using ${bound}`);
    if (url !== `http://127.0.0.1:${bound}/`)
      context.warn(
        `the studio can be reached from other machines under ${host}:${bound}, without encryption; whoever has the password can use it`,
      );
    const address = `${url}#token=${studio.token}`;
    context.printJson({ url, token: studio.token });
    context.print(address);
    if (open && !context.json && !(await openBrowser(address)))
      context.note("no browser was found to open; open the address above");
    context.note("Ctrl-C ends it; a run in progress continues at the next start");
    await new Promise<void>((resolve) => {
      if (context.signal.aborted) resolve();
      context.signal.addEventListener("abort", () => resolve(), { once: true });
    });
  } finally {
    await studio.close();
  }
}
