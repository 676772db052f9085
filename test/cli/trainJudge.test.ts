import { mkdtemp, readFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { buildEmojiData, iconSets, judgeSets, loadEmojiData } from "../../src/data/index.js";
import { stickerIconSets } from "../../src/data/sources.js";
import { loadPack } from "../../src/packs/index.js";
import { fakeRegistry, labels, packageOf, setOf, square } from "../data/fixture.js";
import { writeTinyPack } from "../tiny.js";
import { runCommand } from "./inProcess.js";

let folder = "";
const path = (name: string): string => join(folder, name);

/** Builds the judge's data from small packages. The command would take only packages whose hash is pinned. */
async function buildSmallData(out: string): Promise<void> {
  const drawings = packageOf(
    setOf(
      { "red-apple": square("#f00"), grapes: square("#00f"), banana: square("#ff0"), lemon: square("#0f0") },
      {},
    ),
  );
  const sets = Object.fromEntries(judgeSets.map((set) => [set.package, drawings]));
  const fetch = fakeRegistry({ ...sets, "emojibase-data": packageOf(labels) });
  await buildEmojiData({ out, sets: judgeSets, heldConcepts: new Set(), fetch });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipsteer-judge-"));
  await buildSmallData(path("data"));
});

describe("the independent judge", () => {
  it("learns from sets that no pack is trained on", () => {
    const packages = new Set([...iconSets, ...stickerIconSets].map((set) => set.package));
    expect(judgeSets.length).toBeGreaterThan(20);
    for (const set of judgeSets) expect(packages).not.toContain(set.package);
    const emoji = judgeSets.filter((set) => set.license === "CC-BY-SA-4.0" && set.names === undefined);
    expect(new Set(emoji.map((set) => set.package))).toEqual(
      new Set(["@iconify-json/openmoji", "@iconify-json/emojione-v1"]),
    );
  });

  it("is built, trained and packed by one command, and is used by evaluate generation", async () => {
    const train = [
      ...["train", "judge", "--out", path("judge"), "--data", path("data")],
      ...["--offline", "--batch", "4", "--composed", "0"],
    ];
    const first = await runCommand([...train, "--steps", "2", "--json"]);
    expect(first.stderr).not.toContain("error");
    expect(JSON.parse(first.stdout)).toMatchObject({ step: 2, stopped: false });
    const { items, manifest } = await loadEmojiData(path("data"));
    expect(items.filter(({ set }) => set === "openmoji")).toHaveLength(4);
    // Names end in "-fill" in this set; none of these does.
    expect(items.filter(({ set }) => set === "mingcute")).toHaveLength(0);
    expect(items.every(({ split }) => split === "train")).toBe(true);
    expect(manifest.licences.filter(({ license }) => license === "CC-BY-SA-4.0").length).toBeGreaterThan(2);
    // A tokenizer of its own words.
    expect((await stat(path("data/tokenizer.json"))).size).toBeGreaterThan(100);

    const pack = await loadPack(path("judge"));
    expect(pack.manifest).toMatchObject({
      name: "independent-judge",
      license: "CC-BY-SA-4.0",
      articles: false,
    });
    expect(await readFile(path("judge/README.md"), "utf8")).toMatch(/OpenMoji.*CC BY-SA 4\.0/);

    await writeFile(path("two.yaml"), "prompts: [red apple on a lemon, grapes]\n");
    const generator = await writeTinyPack();
    const evaluate = [
      ...["evaluate", "generation", "--prompts", path("two.yaml"), "--generator", generator, "--json"],
      ...["--steps", "0", "--candidates", "1", "--data", path("data"), "--out", path("report")],
    ];
    const { code, stdout } = await runCommand([...evaluate, "--judge", path("judge")]);
    expect(code).toBe(0);
    const { independent } = JSON.parse(stdout) as {
      independent: Record<string, { samples: number }> & { found: { drawings: number } };
    };
    expect(independent).toMatchObject({
      judge: "independent-judge",
      rPrecision: { samples: 2 },
      ceiling: { samples: 16 },
      floor: { samples: 2 },
      found: { generated: { samples: 2 }, real: { samples: 16 } },
    });
    expect(await readFile(path("report/steps-0-of-1.md"), "utf8")).toContain("Independent judge");

    const missing = await runCommand([...evaluate, "--judge", path("nowhere")]);
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain(
      "nowhere: no independent judge here; train one with: clipsteer train judge",
    );
  });
});
