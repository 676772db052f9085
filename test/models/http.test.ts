import { connect } from "node:net";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, vi } from "vitest";
import { probe, findProxy, request } from "../../src/models/http.js";
import { content, good, serve } from "./server.js";

describe("the proxy of the environment", () => {
  it.each<[url: string, env: Record<string, string>, proxy: string | undefined]>([
    ["https://a.org/x", {}, undefined],
    ["https://a.org/x", { HTTPS_PROXY: "http://p:1" }, "http://p:1"],
    ["http://a.org/x", { HTTPS_PROXY: "http://p:1" }, undefined],
    ["http://a.org/x", { HTTP_PROXY: "http://p:2" }, "http://p:2"],
    ["https://a.org/x", { HTTPS_PROXY: "http://p:1", https_proxy: "http://q:1" }, "http://q:1"],
    ["https://a.org/x", { HTTPS_PROXY: "http://p:1", NO_PROXY: "b.org, a.org" }, undefined],
    ["https://s.a.org/x", { HTTPS_PROXY: "http://p:1", NO_PROXY: ".a.org" }, undefined],
    ["https://s.a.org/x", { HTTPS_PROXY: "http://p:1", no_proxy: "a.org" }, undefined],
    ["https://ba.org/x", { HTTPS_PROXY: "http://p:1", NO_PROXY: "a.org" }, "http://p:1"],
    ["https://a.org/x", { HTTPS_PROXY: "http://p:1", NO_PROXY: "*" }, undefined],
    ["https://a.org/x", { HTTPS_PROXY: "http://p:1", NO_PROXY: "a.org:80" }, "http://p:1"],
    ["http://127.0.0.1:80/x", { HTTP_PROXY: "http://p:1", NO_PROXY: "localhost,127.0.0.1" }, undefined],
  ])("for %s with %o is %s", (url, env, proxy) => {
    expect(findProxy(url, env)).toBe(proxy);
  });

  it.each<[proxy: string, expected: string | RegExp]>([
    ["p:3128", "http://p:3128"],
    ["user:secret@p:3128", "http://user:secret@p:3128"],
    ["socks5://secret@p:1080", /^HTTPS_PROXY: names a socks5 proxy; only http/],
    ["http://secret@[", /^HTTPS_PROXY: is not the address/],
  ])("of the form %s gives %s", (proxy, expected) => {
    const address = (): string | undefined => findProxy("https://a.org/x", { HTTPS_PROXY: proxy });
    if (typeof expected === "string") expect(address()).toBe(expected);
    else {
      expect(address).toThrow(expected);
      expect(address).not.toThrow(/secret/);
    }
  });

  it("that wants a password is named", async () => {
    const proxy = createServer().on("connect", (_, socket) =>
      socket.on("error", () => undefined).end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"),
    );
    await new Promise<void>((done) => proxy.listen(0, "127.0.0.1", done));
    vi.stubEnv("HTTP_PROXY", `127.0.0.1:${(proxy.address() as AddressInfo).port}`);
    try {
      await expect(probe("http://weights.invalid/good")).rejects.toThrow(
        "weights.invalid: the proxy answers 407 (it wants user and password",
      );
    } finally {
      vi.unstubAllEnvs();
      proxy.close();
    }
  });

  it("is what requests go through; a token is never shown over plain HTTP to another machine", async () => {
    const server = await serve({ "/good": good });
    const tunnels: string[] = [];
    const proxy = createServer().on("connect", ({ url = "" }, socket, head) => {
      tunnels.push(url);
      const { hostname, port } = new URL(server.url);
      const upstream = connect(Number(port), hostname, () => {
        socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
        upstream.write(head);
        upstream.pipe(socket).pipe(upstream);
      });
      // Connections that are still open end with an error when the server is closed.
      for (const end of [socket, upstream]) end.on("error", () => undefined);
    });
    await new Promise<void>((done) => proxy.listen(0, "127.0.0.1", done));
    const before = process.env.HTTP_PROXY;
    process.env.HTTP_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    try {
      // A host that only the proxy knows.
      expect(await probe("http://weights.invalid/good")).toEqual({ size: content.length, etag: '"one"' });
      expect(tunnels).toEqual(["weights.invalid:80"]);
      // Anyone on the way could read a secret that is sent so.
      await request("http://weights.invalid/good", {
        headers: { authorization: "Bearer hf_secret", accept: "x" },
      });
      expect(server.requests).toHaveLength(2);
      expect(server.requests.map(({ authorization }) => authorization).filter(Boolean)).toEqual([]);
      await request(`${server.url}/good`, { headers: { authorization: "Bearer hf_secret" } });
      expect(server.requests.at(-1)!.authorization).toBe("Bearer hf_secret");
    } finally {
      if (before === undefined) delete process.env.HTTP_PROXY;
      else process.env.HTTP_PROXY = before;
      proxy.closeAllConnections();
      proxy.close();
      await server.close();
    }
  });
});
