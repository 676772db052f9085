import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStudio } from "../../src/studio/index.js";
import { openPictureFolders } from "../../src/studio/pictureFolders.js";
import { fakeEngine, pngOf, testStudio } from "./fake.js";

let root: string;
let test: Awaited<ReturnType<typeof testStudio>>;
let mediaKey: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "clipsteer-folders-"));
  for (const path of ["photos/cats/old", "photos/.hidden", "more/photos", "elsewhere"])
    await mkdir(join(root, path), { recursive: true });
  const png = await pngOf();
  for (const path of [
    "photos/cats/1.png",
    "photos/.hidden/2.png",
    "more/photos/3.png",
    "elsewhere/secret.png",
  ])
    await writeFile(join(root, path), png);
  await symlink(join(root, "elsewhere"), join(root, "photos", "linked"));
  await symlink(join(root, "elsewhere", "secret.png"), join(root, "photos", "cats", "linked.png"));
  test = await testStudio({ pictures: [join(root, "photos"), join(root, "more", "photos")] });
  mediaKey = String((await test.send("GET", "/api/session")).body.mediaKey);
});
afterAll(async () => {
  await test.close();
  await rm(root, { recursive: true });
});

const thumb = (folder: string, path: string): Promise<Response> =>
  test.request(`/media/${mediaKey}/folders/${encodeURIComponent(folder)}/thumb/${encodeURIComponent(path)}`);

describe("folders of pictures", () => {
  it("are listed with those in them, each under a name of its own", async () => {
    expect((await test.send("GET", "/api/folders")).body.folders).toEqual([
      { name: "photos", folders: 1 },
      { name: "photos/cats", folders: 1 },
      { name: "photos/cats/old", folders: 0 },
      { name: "photos (2)", folders: 0 },
    ]);
    expect((await thumb("photos", "cats/1.png")).headers.get("content-type")).toBe("image/webp");
    expect((await thumb("photos/cats", "1.png")).status).toBe(200);
    expect((await thumb("photos (2)", "3.png")).status).toBe(200);
    const taken = await test.send("POST", "/api/folders/upload", { folder: "photos/cats", path: "1.png" });
    expect(taken.body).toMatchObject({ name: "1.png", width: 8 });
  });

  it("cannot be left by their names, their pictures or links", async () => {
    const folders = [
      "..",
      "photos/..",
      "photos/../elsewhere",
      "photos/cats/../../elsewhere",
      "/etc",
      "elsewhere",
    ];
    for (const folder of [
      ...folders,
      "photos/linked",
      "photos/.hidden",
      "photos\\..\\elsewhere",
      "photos\0",
      "photos/",
    ]) {
      const labels = ["a", "b"];
      for (const [path, body] of [
        ["/api/classify", { labels, folder }],
        ["/api/bias", { folder }],
        ["/api/prompts/tune", { folder, text: "templates: [a, b]" }],
        ["/api/folders/upload", { folder, path: "secret.png" }],
      ] as const) {
        const { status } = await test.send("POST", path, body);
        expect(`${path} ${JSON.stringify(folder)} ${status}`).toMatch(/ 404$/);
      }
      const query = `folder=${encodeURIComponent(folder)}&words=x`;
      expect((await test.send("GET", `/api/folders/search?${query}`)).status).toBe(404);
    }
    for (const path of [
      "../elsewhere/secret.png",
      "cats/../../elsewhere/secret.png",
      "linked/secret.png",
      "cats/linked.png",
      ".hidden/2.png",
      "/etc/passwd",
      "cats",
    ]) {
      const { status } = await thumb("photos", path);
      expect(`${path} ${status}`).toBe(`${path} 404`);
      const upload = await test.send("POST", "/api/folders/upload", { folder: "photos", path });
      expect(`${path} ${upload.status}`).toBe(`${path} 404`);
    }
  });

  it("are not named together with a picture, nor is a picture named that is not there", async () => {
    const labels = ["a cat", "a dog"];
    for (const [body, status] of [
      [{ labels, picture: "../runs" }, 404],
      [{ labels, picture: "0".repeat(64) }, 404],
      [{ labels, picture: "0".repeat(64), folder: "photos" }, 400],
    ] as const)
      expect((await test.send("POST", "/api/classify", body)).status).toBe(status);
  });

  it("must be there", async () => {
    await expect(openPictureFolders([join(root, "missing")])).rejects.toThrow("no such folder");
    await expect(
      openStudio({ out: test.out, pictures: [join(root, "photos/cats/1.png")], engine: fakeEngine() }),
    ).rejects.toThrow("1.png: no such folder; give a folder of pictures");
  });
});
