import { mkdir, mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { beforeEach, describe, expect, it } from "vitest";
import { type Question, createRatingApp, openRating, serveRating } from "../../src/rating/index.js";

let folder = "";
const path = (name: string): string => join(folder, name);

async function draw(name: string, background: string): Promise<void> {
  await mkdir(join(path(name), ".."), { recursive: true });
  await sharp({ create: { width: 40, height: 30, channels: 3, background } })
    .png()
    .toFile(path(name));
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipsteer-rate-page-"));
});

describe("the rating page", () => {
  const token = "secret-token";
  const host = { Host: "127.0.0.1:4000" };
  const open = async () => {
    for (const name of ["frog", "car"]) await draw(`${name}.png`, "#0f0");
    const file = path("ratings.json");
    return createRatingApp(await openRating({ folder, task: "naming", rater: "ada", file }), token);
  };
  const authorized = { ...host, Authorization: `Bearer ${token}` };

  it("has no inline script and forbids all but its own files", async () => {
    const app = await open();
    const page = await app.request("/", { headers: host });
    const text = await page.text();
    expect(text).not.toMatch(/<script(?![^>]*src=)|style=|onclick/);
    const policy = page.headers.get("content-security-policy")!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain("unsafe");
    for (const file of ["/page.js", "/page.css"])
      expect((await app.request(file, { headers: host })).status).toBe(200);
    // Blind: nothing of the page names a picture.
    expect(text).not.toContain("frog");
  });

  it("answers only with the token, under its own name, to its own page", async () => {
    const app = await open();
    const status = async (headers: Record<string, string>): Promise<number> =>
      (await app.request("/api/question", { headers })).status;
    expect(await status(authorized)).toBe(200);
    expect(await status(host)).toBe(401);
    expect(await status({ ...host, Authorization: "Bearer wrong" })).toBe(401);
    expect(await status({ ...authorized, Host: "evil.example" })).toBe(403);
    expect(await status({ ...authorized, Origin: "https://evil.example" })).toBe(403);
  });

  it("gives questions without the answer, pictures without metadata, and saves answers", async () => {
    const app = await open();
    const post = (to: string, body: unknown): Response | Promise<Response> =>
      app.request(to, {
        method: "POST",
        headers: { ...authorized, "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
    const ask = async (): Promise<Question> =>
      ((await (await app.request("/api/question", { headers: authorized })).json()) as { question: Question })
        .question;
    const question = await ask();
    expect(Object.keys(question).sort()).toEqual([
      "answered",
      "kind",
      "options",
      "pictures",
      "total",
      "trial",
    ]);
    const picture = await app.request(`/api/pictures/${question.trial}/0`, { headers: authorized });
    expect(picture.headers.get("content-type")).toBe("image/png");
    expect((await sharp(Buffer.from(await picture.arrayBuffer())).metadata()).xmp).toBeUndefined();
    expect((await app.request("/api/pictures/7/0", { headers: authorized })).status).toBe(404);
    expect((await post("/api/answers", { trial: question.trial, choice: 9, seconds: 1 })).status).toBe(400);
    expect((await post("/api/answers", { trial: question.trial, choice: 1, seconds: 1 })).status).toBe(200);
    expect((await post("/api/answers", { trial: question.trial, choice: 1, seconds: 1 })).status).toBe(400);
    expect((await ask()).answered).toBe(1);
    expect(JSON.parse(await readFile(path("ratings.json"), "utf8"))).toMatchObject({
      rater: "ada",
      answers: [{ trial: question.trial, choice: 1 }],
    });
  });

  it("is served on this machine alone, at an address with a random token", async () => {
    for (const name of ["frog", "car"]) await draw(`${name}.png`, "#0f0");
    const session = await openRating({ folder, task: "naming", rater: "ada", file: path("r.json") });
    const [one, two] = [await serveRating(session, 0), await serveRating(session, 0)];
    expect(one.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#[\w-]{32}$/);
    expect(one.token).not.toBe(two.token);
    const address = one.url.split("#")[0]!;
    expect((await fetch(address)).status).toBe(200);
    expect((await fetch(`${address}api/question`)).status).toBe(401);
    await Promise.all([one.close(), two.close()]);
  });
});
