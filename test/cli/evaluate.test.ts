import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { writeTinyPack } from "../tiny.js";
import { clipsteer } from "./spawn.js";

let folder = "";
let pack = "";
const path = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipsteer-evaluate-"));
  pack = await writeTinyPack();
  const rows = ["path,label,tone"];
  for (const [at, [label, background]] of Object.entries({
    "red heart": "#f00",
    "blue car": "#00f",
    "cat face": "#fa0",
    hat: "#000",
  }).entries()) {
    await mkdir(path(`pictures/${label}`), { recursive: true });
    for (const tone of ["light", "dark"]) {
      const png = await sharp({ create: { width: 64, height: 64, channels: 3, background } })
        .png()
        .toBuffer();
      await writeFile(path(`pictures/${label}/${tone}.png`), png);
      rows.push(`pictures/${label}/${tone}.png,${label},${at === 3 ? "" : tone}`);
    }
  }
  await writeFile(path("table.csv"), rows.join("\n"));
});

describe("evaluate", () => {
  it("measures a folder, skips what cannot be read and says so at the end", async () => {
    await writeFile(path("pictures/hat/broken.png"), "no picture");
    const { code, stdout, stderr } = await clipsteer([
      ...["evaluate", "zero-shot", path("pictures"), "--generator", pack, "--out", path("zs"), "--json"],
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain("broken.png");
    expect(stderr.trimEnd().split("\n").at(-1)).toBe(
      "error: 1 of 9 pictures were skipped; see the warnings above",
    );
    const { parts } = JSON.parse(stdout) as { parts: { pictures: number; labels: number }[] };
    expect(parts[0]).toMatchObject({ pictures: 8, labels: 4 });
    expect(await readFile(path("zs/report.md"), "utf8")).toContain("1 pictures could not be read");
  });

  it("finds pictures by text and measures groups of a CSV", async () => {
    const common = [path("table.csv"), "--generator", pack, "--clip", "judge", "--json"];
    const [retrieval, bias] = await Promise.all([
      clipsteer(["evaluate", "retrieval", ...common, "--out", path("rt")]),
      clipsteer([
        ...[
          "evaluate",
          "bias",
          ...common,
          "--out",
          path("bias"),
          "--by",
          "tone",
          "--where",
          "tone=light|dark",
        ],
        ...["--add", "grinning face", "--x", "tone=light", "--y", "tone=dark", "--a", "hat", "--b", "cat"],
      ]),
    ]);
    expect([retrieval.code, bias.code]).toEqual([0, 0]);
    const found = JSON.parse(retrieval.stdout) as { parts: { rows: { queries: number }[] }[] };
    expect(found.parts[0]!.rows.map(({ queries }) => queries)).toEqual([4, 8]);
    const { rows, pictures } = JSON.parse(bias.stdout) as {
      pictures: number;
      rows: { rates: { groups: unknown[] }[]; association: { p: number } }[];
    };
    expect(pictures).toBe(6);
    expect(rows[0]!.rates[0]!.groups).toMatchObject([
      { group: "dark", rate: { samples: 3 } },
      { group: "light", rate: { samples: 3 } },
    ]);
    expect(rows[0]!.association.p).toBe(1); // the same pictures on both sides
    expect(await readFile(path("bias/report.md"), "utf8")).toContain("Another label set, by tone");
  });
});

describe("prompts", () => {
  it("checks, shows and tunes", async () => {
    await writeFile(path("bad.yaml"), "prompts:\n  - a\ncolour: red\n");
    await writeFile(path("picture.yaml"), "prompts:\n  - {image: none.png}\n");
    const [wrong, missing, shown, tuned] = await Promise.all([
      clipsteer(["prompts", "check", "prompts/emoji.yaml", path("bad.yaml")]),
      clipsteer(["prompts", "check", path("picture.yaml")]),
      clipsteer(["prompts", "show", "prompts/showcase.yaml", "--generator", pack, "--json"]),
      clipsteer([
        ...["prompts", "tune", path("table.csv"), "--generator", pack, "--most", "2"],
        ...["--out", path("tuned.yaml"), "--json"],
      ]),
    ]);
    expect(wrong).toMatchObject({ code: 2, stdout: expect.stringContaining("emoji.yaml: ok") as string });
    expect(wrong.stderr).toMatch(/bad\.yaml:3: unknown key "colour"/);
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain("none.png");
    const plan = JSON.parse(shown.stdout) as {
      prompts: { name: string; weights: object; sentences: string[] }[];
    };
    expect(plan.prompts[1]).toMatchObject({
      name: "red",
      weights: { "0 %": 1.5, "100 %": 0 },
      sentences: ["red heart", "an emoji of red heart", "red heart, twemoji flat style"],
    });
    expect(tuned.code).toBe(0);
    const { templates } = JSON.parse(tuned.stdout) as { templates: string[] };
    expect(templates.length).toBeGreaterThan(0);
    const again = await clipsteer(["prompts", "check", path("tuned.yaml")]);
    expect(again.stdout).toContain(`ok, 0 prompts, ${templates.length} templates`);
  });
});
