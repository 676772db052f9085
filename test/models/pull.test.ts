import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, readdir, readlink, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type KnownModel,
  type Places,
  type PullPlan,
  addModel,
  knownModels,
  locateModel,
  readPlaces,
  pullModel,
  readRecord,
  removeModel,
  verifyModel,
} from "../../src/models/index.js";
import { type Answer, content, good, sendRest, serve, sha256 } from "./server.js";

const commit = "0123456789abcdef0123456789abcdef01234567";
const config = Buffer.from('{"act": "quick_gelu"}\n');
const gitId = createHash("sha1").update(`blob ${config.length}\0`).update(config).digest("hex");
const resolvePath = (file: string): string => `/org/clip/resolve/main/${file}`;

let cdn = "";
const answers: Record<string, Answer> = {
  "/good": good,
  "/wrong": (request, response) => sendRest(request, response, Buffer.alloc(content.length)),
  "/half": (request, response, turn) => sendRest(request, response, content, turn < 2 ? 100_000 : Infinity),
  "/cut": (request, response, turn) => {
    if (turn === 0 || request.headers.range === "bytes=0-0") sendRest(request, response, content, 10_000);
    else if (turn > 3) good(request, response, turn);
    else response.destroy();
  },
  "/blob": good,
  // The hub: says hash, size and commit, and sends to another host for large files.
  [resolvePath("model.safetensors")]: (request, response) => {
    response.writeHead(302, {
      location: `${cdn}/blob`,
      "x-repo-commit": commit,
      "x-linked-etag": `"${sha256}"`,
      "x-linked-size": content.length,
    });
    response.end();
  },
  [resolvePath("config.json")]: (_, response) => {
    response.writeHead(200, { "x-repo-commit": commit, etag: `"${gitId}"`, "content-length": config.length });
    response.end(config);
  },
  // A repository that was renamed.
  "/old/clip/resolve/main/model.safetensors": (_, response) =>
    response.writeHead(307, { location: resolvePath("model.safetensors") }).end(),
};

const base = { kind: "clip", description: "", license: "MIT", nonCommercial: false } as const;
// prettier-ignore
const known = (url: string): KnownModel[] => [
  { ...base, name: "pinned", files: [{ name: "w.pt", sha256, urls: [`${url}/half`] }] },
  { ...base, name: "mirrored", files: [{ name: "w.pt", sha256, urls: [`${url}/none`, `${url}/wrong`, `${url}/good`] }] },
  { ...base, name: "wrong", files: [{ name: "w.pt", sha256, urls: [`${url}/wrong`] }] },
  { ...base, name: "cut", files: [{ name: "w.pt", urls: [`${url}/cut`] }] },
  { ...base, name: "free", license: "research only", nonCommercial: true, files: [{ name: "w.pt", urls: [`${url}/good`] }] },
  { ...base, name: "hub", hub: { repo: "org/clip", revision: "main" }, files: [{ name: "model.safetensors" }, { name: "config.json" }] },
  { ...base, name: "renamed", hub: { repo: "old/clip", revision: "main" }, files: [{ name: "model.safetensors" }] },
  { ...base, name: "gone", hub: { repo: "org/gone", revision: "main" }, files: [{ name: "model.safetensors" }] },
];

let server: Awaited<ReturnType<typeof serve>>;
let places: Places;
const quick = { pauseSeconds: 0.01, stallSeconds: 1, attempts: 3 };
beforeAll(async () => {
  server = await serve(answers);
  cdn = server.url.replace("127.0.0.1", "localhost");
});
afterAll(() => server.close());
beforeEach(async () => {
  const home = await mkdtemp(join(tmpdir(), "clipsteer-models-"));
  places = readPlaces({
    CLIPSTEER_HOME: join(home, "own"),
    HF_HOME: join(home, "hf"),
    HF_ENDPOINT: server.url,
    HF_TOKEN: "hf_secret",
  });
});

const pull = (name: string, more: object = {}): ReturnType<typeof pullModel> =>
  pullModel(name, { places, known: known(server.url), ...quick, ...more });

describe("pulling", () => {
  it("says sizes and licence first, goes on where a server died, and notes the model last", async () => {
    const plans: PullPlan[] = [];
    const done: number[] = [];
    const record = await pull("pinned", {
      onPlan: (plan: PullPlan) => plans.push(plan),
      onProgress: (bytes: number) => {
        expect(plans).toHaveLength(1);
        done.push(bytes);
      },
    });
    expect(plans[0]).toMatchObject({ total: content.length, model: { license: "MIT" } });
    expect(done.at(-1)).toBe(content.length);
    expect(record.files[0]).toMatchObject({ size: content.length, sha256, pinned: "registry" });
    expect((await readFile(record.files[0]!.path)).equals(content)).toBe(true);
    expect(await locateModel(places.home, "pinned")).toEqual(record);
    const before = server.requests.length;
    expect(await pull("pinned")).toEqual(record);
    expect(server.requests).toHaveLength(before);
  });

  it("keeps the hash of the first download where none is published, and checks it later", async () => {
    const plans: PullPlan[] = [];
    const record = await pull("free", { onPlan: (plan: PullPlan) => plans.push(plan) });
    expect(plans[0]!.files).toEqual([{ name: "w.pt", size: content.length, pinned: "first use" }]);
    expect(record.files[0]).toMatchObject({ sha256, pinned: "first use" });
    expect((await verifyModel(record)).map(({ state }) => state)).toEqual(["as it was"]);
    await writeFile(record.files[0]!.path, Buffer.from(content).fill(1, 5, 6));
    expect((await verifyModel(record)).map(({ state }) => state)).toEqual(["changed"]);
    await writeFile(record.files[0]!.path, "short");
    await expect(locateModel(places.home, "free")).rejects.toThrow(
      /has 5 bytes, not 300000; download it again/,
    );
    await rm(record.files[0]!.path);
    expect((await verifyModel(record)).map(({ state }) => state)).toEqual(["gone"]);
    await expect(locateModel(places.home, "free")).rejects.toThrow(/is gone/);
    // Fetched again, it has to be the same file.
    expect((await pull("free")).files[0]).toEqual(record.files[0]);
    await rm(record.files[0]!.path);
    const other = known(server.url).map((each) =>
      each.name === "free" ? { ...each, files: [{ name: "w.pt", urls: [`${server.url}/wrong`] }] } : each,
    );
    await expect(pull("free", { known: other })).rejects.toThrow(/another file: SHA-256/);
  });

  it("goes through the mirrors, and takes no other file for the one it wants", async () => {
    const first = server.requests.length;
    expect((await pull("mirrored")).files[0]!.sha256).toBe(sha256);
    const fetched = server.requests.slice(first).filter(({ range }) => range !== "bytes=0-0");
    expect(fetched.map(({ path }) => path)).toEqual(["/none", "/wrong", "/good"]);
    await expect(pull("wrong")).rejects.toThrow(/another file: SHA-256/);
    await expect(pull("cut")).rejects.toThrow(/SOCKET|ECONNRESET|terminated/);
    for (const name of ["wrong", "cut"]) {
      expect(await readRecord(places.home, name)).toBeUndefined();
      await expect(locateModel(places.home, name)).rejects.toThrow(/unknown model/);
      expect(await readdir(join(places.home, "files", name))).not.toContain("w.pt");
    }
    // A later run goes on where the one before had to give up.
    const requestCount = server.requests.length;
    expect((await pull("cut")).files[0]!.sha256).toBe(sha256);
    expect(server.requests.slice(requestCount).map(({ range }) => range)).toContain("bytes=10000-");
    await expect(pull("mirored")).rejects.toThrow(/unknown model "mirored"/);
    await expect(pull("free", { offline: true })).rejects.toThrow(/download it once while online/);
  });

  it("shares the cache of the Hugging Face tools, and shows the token to the hub alone", async () => {
    const before = server.requests.length;
    const record = await pull("hub");
    const folder = join(places.hubCache, "models--org--clip");
    expect(record.files.map(({ path }) => path)).toEqual(
      ["model.safetensors", "config.json"].map((file) => join(folder, "snapshots", commit, file)),
    );
    expect(await readlink(record.files[0]!.path)).toBe(join("..", "..", "blobs", sha256));
    expect(await readFile(join(folder, "refs", "main"), "utf8")).toBe(commit);
    expect((await readdir(join(folder, "blobs"))).sort()).toEqual([gitId, sha256].sort());
    expect(record.files.map(({ pinned }) => pinned)).toEqual(["hub", "hub"]);
    for (const { host, authorization } of server.requests.slice(before))
      expect(authorization).toBe(host?.startsWith("localhost") ? undefined : "Bearer hf_secret");
    expect(server.requests.slice(before).some(({ host }) => host?.startsWith("localhost"))).toBe(true);

    // What those tools fetched before needs no network; what they only began is no model.
    await rm(places.home, { recursive: true });
    const requestCount = server.requests.length;
    const adopted = await pull("hub", { offline: true });
    expect(adopted.files.map((file) => file.sha256)).toEqual(record.files.map((file) => file.sha256));
    expect(server.requests).toHaveLength(requestCount);

    // What was there before belongs to those tools, and stays; what was fetched goes.
    await removeModel(adopted, places);
    expect(await readRecord(places.home, "hub")).toBeUndefined();
    expect((await readdir(join(folder, "blobs"))).sort()).toEqual([gitId, sha256].sort());
    await removeModel(record, places);
    await expect(stat(folder)).rejects.toThrow(/ENOENT/);
  });

  it("follows a renamed repository, and says what to do about one that is not there", async () => {
    expect((await pull("renamed")).files[0]!.sha256).toBe(sha256);
    await expect(pull("gone")).rejects.toThrow(/answers 404 for org\/gone\/model.safetensors/);
  });
});

describe("a hub that does not have what the registry says", () => {
  const pinned = (file: string, more: object = {}): KnownModel => ({
    ...base,
    name: "pinned-hub",
    hub: { repo: "org/clip", revision: "main" },
    files: [{ name: file, sha256, size: content.length, ...more }],
  });

  it.each<[what: string, model: KnownModel, says: RegExp]>([
    // A small file in its place, under git's name.
    ["another size", pinned("config.json"), /has a file of 22 bytes, expected 300000/],
    [
      "another content",
      pinned("config.json", { size: config.length }),
      /another file: SHA-256 [0-9a-f]{64}, expected/,
    ],
    ["another hash", pinned("model.safetensors", { sha256: "0".repeat(64) }), /the hub has SHA-256/],
  ])("is refused for %s, and nothing is recorded", async (_, model, says) => {
    await expect(pull("pinned-hub", { known: [model] })).rejects.toThrow(says);
    expect(await readRecord(places.home, "pinned-hub")).toBeUndefined();
    const blobs = join(places.hubCache, "models--org--clip", "blobs");
    expect(await readdir(blobs).catch(() => [])).toEqual([]);
  });

  it("is refused when it answers with another commit than the registry's", async () => {
    const model = { ...pinned("model.safetensors"), hub: { repo: "org/clip", revision: "f".repeat(40) } };
    const path = `/org/clip/resolve/${"f".repeat(40)}/model.safetensors`;
    answers[path] = answers[resolvePath("model.safetensors")]!;
    await expect(pull("pinned-hub", { known: [model] })).rejects.toThrow(/at 0123456789abc.*expected ffff/);
  });

  it("is not needed for what lies in the cache, which has to be the registry's file too", async () => {
    await pull("hub");
    const model = pinned("model.safetensors");
    const good = await pull("pinned-hub", { known: [model], offline: true });
    expect(good.files[0]).toMatchObject({ pinned: "registry", shared: true });
    await removeModel(good, places);
    const other = pinned("model.safetensors", { sha256: "0".repeat(64) });
    await expect(pull("pinned-hub", { known: [other], offline: true })).rejects.toThrow(
      /is not the file of pinned-hub: SHA-256 [0-9a-f]{64}, expected 0{64}; delete it/,
    );
  });

  it("does not vouch for a blob that is there: size and git's id are compared", async () => {
    await pull("hub");
    const blob = join(places.hubCache, "models--org--clip", "blobs", gitId);
    await writeFile(blob, Buffer.from(config).fill(7));
    await rm(places.home, { recursive: true });
    await pull("hub");
    expect((await readFile(blob)).equals(config)).toBe(true);
  });

  it("is asked again for a model whose record has another hash than the registry", async () => {
    const record = await pull("free");
    const pin = {
      ...base,
      name: "free",
      files: [{ name: "w.pt", sha256: "0".repeat(64), urls: [`${server.url}/good`] }],
    };
    await expect(pull("free", { known: [pin] })).rejects.toThrow(/expected 0{64}/);
    expect(await readRecord(places.home, "free")).toEqual(record);
  });
});

describe("two pulls at once", () => {
  it("fetch each file once, and both end with the right file in the shared cache", async () => {
    const before = server.requests.length;
    const records = await Promise.all([pull("hub"), pull("hub"), pull("hub")]);
    expect(new Set(records.map(({ files }) => files[0]!.sha256))).toEqual(new Set([sha256]));
    expect(server.requests.slice(before).filter(({ path }) => path === "/blob")).toHaveLength(1);
    const blobs = join(places.hubCache, "models--org--clip", "blobs");
    expect((await readFile(join(blobs, sha256))).equals(content)).toBe(true);
    expect((await readdir(blobs)).sort()).toEqual([gitId, sha256].sort());
    expect(await readdir(join(places.hubCache, ".locks", "models--org--clip"))).toEqual([]);
  });

  it("leave a download of huggingface_hub alone", async () => {
    const blobs = join(places.hubCache, "models--org--clip", "blobs");
    await mkdir(blobs, { recursive: true });
    await writeFile(join(blobs, `${sha256}.incomplete`), "of another program");
    await pull("hub");
    expect(await readFile(join(blobs, `${sha256}.incomplete`), "utf8")).toBe("of another program");
  });
});

describe("a server that answers with a page", () => {
  it.each(["w.pt", "config.json", "model.yaml", "vocab.txt.gz"])(
    "of HTML instead of %s: nothing is recorded",
    async (name) => {
      answers["/page"] = (_, response) => response.end("<!DOCTYPE html><title>Please log in</title>");
      const page: KnownModel = { ...base, name: "page", files: [{ name, urls: [`${server.url}/page`] }] };
      await expect(pull("page", { known: [page] })).rejects.toThrow(/sent what is a web page; is a proxy/);
      expect(await readRecord(places.home, "page")).toBeUndefined();
      expect(await readdir(join(places.home, "files", "page"))).toEqual([]);
    },
  );

  it("of other bytes than the name says is refused too", async () => {
    answers["/bytes"] = (_, response) => response.end("no weights at all, and no JSON");
    for (const name of ["w.safetensors", "config.json", "v.gz"]) {
      const model: KnownModel = { ...base, name: "bytes", files: [{ name, urls: [`${server.url}/bytes`] }] };
      await expect(pull("bytes", { known: [model] })).rejects.toThrow(/sent what is n(o|ot) /);
    }
  });
});

describe("the hub's token", () => {
  it.each(["//127.0.0.1:PORT/steal", "http://127.0.0.1:PORT/steal", "\\\\127.0.0.1:PORT/steal"])(
    "is not shown to another origin, as in Location: %s",
    async (location) => {
      const other = await serve({ "/steal": (_, response) => void response.writeHead(404).end() });
      answers["/org/moved/resolve/main/model.safetensors"] = (_, response) =>
        void response
          .writeHead(302, {
            location: location.replace("PORT", new URL(other.url).port),
            "x-repo-commit": commit,
            "x-linked-etag": `"${sha256}"`,
            "x-linked-size": content.length,
          })
          .end();
      const model: KnownModel = {
        ...base,
        name: "moved",
        hub: { repo: "org/moved", revision: "main" },
        files: [{ name: "model.safetensors" }],
      };
      await expect(pull("moved", { known: [model] })).rejects.toThrow(/not fetched/);
      expect(other.requests.length).toBeGreaterThan(0);
      expect(other.requests.map(({ authorization }) => authorization).filter(Boolean)).toEqual([]);
      await other.close();
    },
  );

  it("with a line break is refused, and not printed", async () => {
    places = { ...places, token: "hf_secret\nx" };
    const error = await pull("hub").catch((reason: unknown) => reason as Error);
    expect(error).toMatchObject({ name: "ConfigError" });
    expect((error as Error).message).toMatch(/HF_TOKEN\) has characters that no token has/);
    expect((error as Error).message).not.toContain("hf_secret");
  });
});

describe("models of one's own", () => {
  it("are noted where they are, found again, and only forgotten", async () => {
    const folder = join(places.home, "..", "mine");
    await mkdir(folder, { recursive: true });
    const file = join(folder, "faces.safetensors");
    await writeFile(file, content);
    const record = await addModel(file, { places });
    expect(record).toMatchObject({ name: "faces", owned: false, files: [{ path: file, sha256 }] });
    expect(await addModel(file, { places })).toEqual(record);
    const other = join(folder, "..", "faces.safetensors");
    await writeFile(other, content);
    await expect(addModel(other, { places })).rejects.toThrow(/"faces" is in use/);
    await expect(addModel(file, { places, name: "clip-rn50" })).rejects.toThrow(/is in use/);
    await expect(addModel(file, { places, name: "../x" })).rejects.toThrow(/invalid name of a model/);
    await expect(addModel(join(folder, "none"), { places })).rejects.toThrow(/is not a file or folder/);
    const whole = await addModel(folder, { places, name: "folder" });
    expect(whole.files.map(({ path }) => path)).toEqual([file]);
    await removeModel(whole, places);
    expect((await readFile(file)).equals(content)).toBe(true);
    await writeFile(`${file}.incomplete`, "half");
    await expect(addModel(`${file}.incomplete`, { places, name: "half" })).rejects.toThrow(
      /is an interrupted download/,
    );
    await removeModel(record, places);
    expect((await readFile(file)).equals(content)).toBe(true);
    await expect(locateModel(places.home, "faces")).rejects.toThrow(
      /unknown model "faces"; on this machine: none/,
    );
  });
});

describe("the registry", () => {
  it("has unique names, addresses that are https, hashes where its sources have them, and licences", () => {
    expect(new Set(knownModels.map(({ name }) => name)).size).toBe(knownModels.length);
    for (const { name, files, hub, license } of knownModels) {
      expect(name).toMatch(/^[a-z0-9][a-z0-9.-]*$/);
      expect(license).not.toBe("");
      for (const { urls = [], sha256: hash, size } of files) {
        expect(urls.length > 0, name).toBe(hub === undefined);
        for (const url of urls) expect(new URL(url).protocol).toBe("https:");
        // OpenAI's addresses contain the hash.
        if (urls[0]?.includes("/clip/models/")) expect(urls[0]).toContain(`/${hash}/`);
        if (hash) expect(hash).toMatch(/^[0-9a-f]{64}$/);
        if (size !== undefined) expect(hash, name).toBeDefined();
      }
      if (name.startsWith("clip-") && !hub) expect(files.at(-1)!.name).toBe("bpe_simple_vocab_16e6.txt.gz");
    }
    const closed = knownModels.filter(({ nonCommercial }) => nonCommercial).map(({ name }) => name);
    expect(closed.every((name) => name.startsWith("stylegan"))).toBe(true);
    expect(closed.length).toBeGreaterThan(5);
  });
});
