import { randomBytes } from "node:crypto";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { type ServerType, serve } from "@hono/node-server";
import type { Hono } from "hono";
import { ConfigError } from "../errors.js";
import { acquireLock, explainUnwritable } from "../files/index.js";
import { createApp } from "./app.js";
import { type Engine, createEngine } from "./engine.js";
import { openFolders } from "./folders.js";
import { openGallery } from "./gallery.js";
import { createHub } from "./hub.js";
import { builtPage } from "./page.js";
import { openPictureFolders } from "./pictureFolders.js";
import { openRuns } from "./runs.js";
import { isLoopback } from "./security.js";
import { openUploads } from "./uploads.js";

/** Settings of a studio. */
export interface StudioOptions {
  /** Folder of run folders. */
  readonly out: string;
  /** Further folders of pictures, which the page may classify, search and measure. */
  readonly pictures?: readonly string[];
  /** How to start the studio with a further folder of pictures, for the page to show: a command, for example. */
  readonly pictureHelp?: string;
  /** Address to bind to; by default the loopback address. */
  readonly host?: string;
  /** Password, needed for any other address. */
  readonly password?: string | undefined;
  /** Called with failures outside of requests, such as a full disk. */
  onError?(error: unknown): void;
  /** Seconds without a byte of a request's body after which it is given up; 20 when absent. */
  readonly bodyPatience?: number;
  /** Engine to use instead of a process of its own. */
  readonly engine?: Engine;
  /** Folder of the built page; the package's own when absent. */
  readonly page?: string;
}

/** A studio: its application, and a server for it. */
export interface Studio {
  readonly app: Hono;
  /** Secret that every API call carries. */
  readonly token: string;
  /**
   * Starts to listen; if the port is in use, the next free port is used.
   * @throws {ConfigError} when none of twenty is free.
   */
  listen(port: number): Promise<{ port: number; url: string }>;
  /** Closes the server; the current run is resumed at the next start. */
  close(): Promise<void>;
}

/** Number of ports that are tried in order. */
const portCount = 20;

/** Shortest password for a server on the network. */
const shortestPassword = 8;

/** Status of what is no request, by Node's code of the failure. */
const statusByFailure: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

/** Answers what is no HTTP request in the form of every other refusal. */
function refuseMalformed({ code = "" }: NodeJS.ErrnoException, socket: Duplex): void {
  if (code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const status = statusByFailure[code] ?? "400 Bad Request";
  const body = JSON.stringify({ error: { code: "config", message: `this is no valid request: ${status}` } });
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
}

function bind(app: Hono, hostname: string, port: number): Promise<ServerType> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname, port }, () => resolve(server));
    server.on("error", reject);
    server.on("clientError", refuseMalformed);
  });
}

async function bindNear(app: Hono, host: string, port: number): Promise<ServerType> {
  for (let next = port; next < port + portCount && next < 65536; next++)
    try {
      return await bind(app, host, next);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== "EADDRINUSE")
        throw new ConfigError(`${host}:${next}: cannot be used (${code ?? message})`, { cause: error });
      if (port === 0) break;
    }
  throw new ConfigError(`ports ${port} to ${port + portCount - 1} are all in use; name another one`);
}

/**
 * Opens a studio on a folder of runs.
 * @param options folders, address, password and callbacks.
 * @returns the studio; its `listen` starts the server.
 * @throws {InputError} when the folder cannot be written, another studio runs in it, or a folder of pictures is missing; {ConfigError} when the address is not a loopback
 * address and there is no password.
 */
export async function openStudio(options: StudioOptions): Promise<Studio> {
  const {
    host = "127.0.0.1",
    password,
    onError = () => undefined,
    page = builtPage(),
    bodyPatience = 20,
  } = options;
  if (!isLoopback(host) && (password === undefined || password.length < shortestPassword))
    throw new ConfigError(
      `the address ${host} can be reached from other machines: set a password of at least ${shortestPassword} characters`,
      { reason: "studio-password" },
    );
  const folders = await openFolders(options.out);
  const pictureFolders = await openPictureFolders(options.pictures ?? []);
  // Two servers would overwrite each other's queue.
  const lock = await acquireLock(join(folders.own, "studio.lock"), {
    purpose: "run the studio in this folder",
  }).catch((cause: unknown) => {
    throw explainUnwritable(folders.own, cause);
  });
  const releaseAndThrow = async (error: unknown): Promise<never> => {
    await lock.release();
    throw error;
  };
  const hub = createHub();
  const engine = options.engine ?? createEngine();
  const token = randomBytes(24).toString("base64url");
  const runs = await openRuns(folders, engine, hub, onError).catch(releaseAndThrow);
  const gallery = await openGallery(folders, () => hub.publish("gallery", {})).catch(releaseAndThrow);
  const app = createApp({
    folders,
    pictureFolders,
    pictureHelp: options.pictureHelp,
    access: { token, bind: host },
    password: isLoopback(host) ? undefined : password,
    engine,
    runs,
    gallery,
    uploads: openUploads(folders),
    bodyPatience,
    hub,
    page,
  });
  let server: ServerType | undefined;
  return {
    app,
    token,
    async listen(port) {
      server = await bindNear(app, host, port);
      const { port: boundPort } = server.address() as AddressInfo;
      const shown = host === "0.0.0.0" || host === "::" ? "localhost" : host;
      const name = shown.includes(":") ? `[${shown}]` : shown;
      return { port: boundPort, url: `http://${name}:${boundPort}/` };
    },
    async close() {
      await runs.close();
      await engine.close();
      await new Promise<void>((resolve) => {
        if (!server) return resolve();
        server.close(() => resolve());
        (server as Server).closeAllConnections(); // event streams never end by themselves
      });
      await lock.release();
    },
  };
}
