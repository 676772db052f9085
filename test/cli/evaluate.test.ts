import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { noiseSet } from "../training/fixture.js";
import { writeTinyPack } from "../tiny.js";
import { hashSha256 } from "../../src/files/index.js";
import { runCommand } from "./inProcess.js";

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
    const { code, stdout, stderr } = await runCommand([
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
      runCommand(["evaluate", "retrieval", ...common, "--out", path("rt")]),
      runCommand([
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

/** A data folder of noise pictures with these labels, two of each, and more that are held out from training. */
async function dataOf(folder: string, labels: readonly string[], heldOut = 0): Promise<string> {
  const known = 2 * labels.length;
  const set = noiseSet(known + heldOut);
  const items = set.items.map((item, at) => ({
    ...item,
    label: labels[at % labels.length]!,
    split: at < known ? item.split : "test_style",
  }));
  const text = JSON.stringify(items);
  const manifest = {
    ...{ format: 1, recipe: "noise", images: items.length, sets: {}, splits: {} },
    ...{ packages: [], licences: [], problems: [] },
    sha256: { "images.u8": hashSha256(set.images), "items.json": hashSha256(text) },
  };
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "images.u8"), set.images);
  await writeFile(join(folder, "items.json"), text);
  await writeFile(join(folder, "manifest.json"), JSON.stringify(manifest));
  return folder;
}

interface Rate {
  readonly mean: number;
  readonly samples: number;
}

interface Interval extends Rate {
  readonly low: number;
  readonly high: number;
}

interface Generation {
  readonly rPrecision: Rate;
  readonly amongAll?: Rate;
  readonly missed: readonly string[];
  readonly real: {
    readonly prompts: number;
    readonly ceiling: Rate;
    readonly ceilingAmongAll?: Rate;
    readonly heldOut?: {
      readonly drawings: number;
      readonly distance: {
        readonly drawings: number;
        readonly generated: Interval;
        readonly training: Interval;
      };
      readonly percentile: Record<"judge" | "guides" | "gap", Interval>;
    };
  };
}

describe("evaluate generation", () => {
  it("asks the judge among the prompts, and with --among labels once more among all labels", async () => {
    const texts = ["red heart", "blue car", "cat face", "hat"];
    await writeFile(path("four.yaml"), `prompts:\n${texts.map((text) => `  - text: ${text}\n`).join("")}`);
    const things = Array.from({ length: 40 }, (_, at) => `thing ${at}`);
    const data = await dataOf(path("data"), [...texts, ...things]);
    const common = ["evaluate", "generation", "--prompts", path("four.yaml"), "--generator", pack, "--json"];
    const settings = ["--data", data, "--steps", "2", "--views", "2", "--candidates", "2"];
    const [few, many] = (await Promise.all(
      ["prompts", "labels"].map(async (among) => {
        const { code, stdout } = await runCommand([
          ...[...common, ...settings, "--among", among],
          ...["--out", path(among)],
        ]);
        expect(code).toBe(0);
        return JSON.parse(stdout) as Generation;
      }),
    )) as [Generation, Generation];
    for (const { rPrecision, missed, real } of [few, many]) {
      expect(rPrecision).toMatchObject({ mean: 1 - missed.length / 4, samples: 4 });
      expect(real).toMatchObject({ prompts: 4, ceiling: { samples: 8 } });
    }
    expect(few.amongAll).toBeUndefined();
    expect(few.real.ceilingAmongAll).toBeUndefined();
    expect(many.rPrecision).toEqual(few.rPrecision);
    // Of weights and pictures of noise hardly one finds its own among 44.
    expect(many.amongAll!.mean).toBeLessThan(1);
    expect(many.amongAll!.mean).toBeLessThanOrEqual(many.rPrecision.mean);
    expect(many.real.ceilingAmongAll!.mean).toBeLessThanOrEqual(many.real.ceiling.mean);
    expect(await readFile(path("labels/steps-2-of-2.md"), "utf8")).toContain(
      "generated pictures, among all labels",
    );

    expect(few.real.heldOut).toBeUndefined(); // too few held-out drawings for percentiles and distances

    const without = ["--among", "labels", "--data", path("nowhere")];
    const { code, stderr } = await runCommand([...common, ...without]);
    expect(code).toBe(1);
    expect(stderr.trimEnd()).toMatch(
      /^error: .*nowhere: no emoji data here; build it first; run: clipsteer data emoji$/m,
    );
  });
});

describe("evaluate generation beside 500 held-out drawings", () => {
  it("reports scores as their percentiles and an unbiased distance to them", async () => {
    const texts = ["red heart", "blue car", "cat face", "hat"];
    await writeFile(path("four-more.yaml"), `prompts: [${texts.join(", ")}]\n`);
    const data = await dataOf(path("held-out"), texts, 500);
    const { code, stdout } = await runCommand([
      ...["evaluate", "generation", "--prompts", path("four-more.yaml"), "--generator", pack, "--json"],
      ...["--data", data, "--steps", "0", "--candidates", "1", "--out", path("held-out-report")],
    ]);
    expect(code).toBe(0);
    const { drawings, distance, percentile } = (JSON.parse(stdout) as Generation).real.heldOut!;
    expect(drawings).toBe(500);
    expect(distance.drawings).toBe(500);
    expect(distance.generated).toMatchObject({ samples: 4 });
    // Training drawings are noise like the held-out ones, the generated pictures are not.
    expect(distance.training.low).toBeLessThan(0);
    expect(distance.generated.mean).toBeGreaterThan(distance.training.high);
    for (const { mean } of [percentile.judge, percentile.guides]) {
      expect(mean).toBeGreaterThanOrEqual(0);
      expect(mean).toBeLessThanOrEqual(1);
    }
    expect(percentile.gap.mean).toBeCloseTo(percentile.guides.mean - percentile.judge.mean, 10);
    expect(await readFile(path("held-out-report/steps-0-of-1.md"), "utf8")).toContain("kernel distance");
  });
});

interface Bias {
  readonly pictures: number;
  readonly rows: readonly {
    readonly model: string;
    readonly rates: readonly {
      readonly by: string;
      readonly groups: readonly {
        readonly group: string;
        readonly rate: { mean: number; samples: number };
      }[];
    }[];
    readonly sensitivity: readonly { readonly groups: readonly { readonly before: number }[] }[];
    readonly association?: { readonly samples: object };
  }[];
}

describe("evaluate bias", () => {
  it("groups a folder by its name=value folders: rates, intersections, another label set, an association", async () => {
    // What a picture shows depends on one attribute alone, so a rate by it is 0 or 1, and by the other the mean of these.
    const shades = { woman: "#e01020", man: "#1020e0" };
    for (const label of ["hat", "cat face"])
      for (const [gender, background] of Object.entries(shades))
        for (const age of ["old", "young"]) {
          const inner = path(`people/${label}/gender=${gender}/age=${age}`);
          await mkdir(inner, { recursive: true });
          await sharp({ create: { width: 80, height: 60, channels: 3, background } })
            .png()
            .toFile(join(inner, "1.png"));
        }
    const common = ["--generator", pack, "--clip", "judge", "--json"];
    const [named, run] = await Promise.all([
      runCommand([
        ...[
          "classify",
          ...["woman", "man"].map((gender) => path(`people/hat/gender=${gender}/age=old/1.png`)),
        ],
        ...["--labels", "hat,cat face", ...common],
      ]),
      runCommand([
        ...[
          "evaluate",
          "bias",
          path("people"),
          "--labels",
          "hat,cat face",
          "--outcome",
          "hat",
          "--add",
          "child",
        ],
        ...["--x", "gender=woman", "--y", "gender=man", "--a", "hat", "--b", "cat face,red heart"],
        ...[...common, "--out", path("people-bias")],
      ]),
    ]);
    const { images } = JSON.parse(named.stdout) as { images: { labels: { label: string }[] }[] };
    const [woman, man] = images.map(({ labels }) => Number(labels[0]!.label === "hat")) as [number, number];
    expect([named.code, run.code]).toEqual([0, 0]);
    const { pictures, rows } = JSON.parse(run.stdout) as Bias;
    expect(pictures).toBe(8);
    const [{ rates, sensitivity, association }] = rows as [Bias["rows"][0]];
    const table = (by: string) =>
      Object.fromEntries(
        rates
          .find((each) => each.by === by)!
          .groups.map(({ group, rate }) => [group, [rate.mean, rate.samples]]),
      );
    const mean = (woman + man) / 2;
    expect(rates.map(({ by }) => by).sort()).toEqual(["age", "gender", "gender × age"]);
    expect(table("gender")).toEqual({ woman: [woman, 4], man: [man, 4] });
    expect(table("age")).toEqual({ old: [mean, 4], young: [mean, 4] });
    expect(table("gender × age")).toEqual({
      "woman × old": [woman, 2],
      "woman × young": [woman, 2],
      "man × old": [man, 2],
      "man × young": [man, 2],
    });
    expect(sensitivity).toHaveLength(3);
    expect(sensitivity[0]!.groups.map(({ before }) => before)).toEqual(
      rates[0]!.groups.map(({ rate }) => rate.mean),
    );
    expect(association!.samples).toEqual({ x: 4, y: 4, a: 1, b: 2 });
    const report = await readFile(path("people-bias/report.html"), "utf8");
    for (const part of ["gender × age", "Another label set", "<svg"]) expect(report).toContain(part);
  });

  it("refuses unknown attributes and labels before models are opened", async () => {
    const wrong = [
      [["--by", "typo"], 'bias: unknown attribute "typo"; known: tone'],
      [["--outcome", "typo"], 'bias: "typo" is not among the labels'],
      [["--x", "typo=dark", "--y", "a", "--a", "b", "--b", "c"], 'bias: unknown attribute "typo"'],
      [
        ["--x", "tone=light", "--y", "tone=typo", "--a", "b", "--b", "c"],
        'bias: no picture has tone = "typo"',
      ],
    ] as const;
    for (const [options, message] of wrong) {
      const call = ["evaluate", "bias", path("table.csv"), ...options, "--generator", path("none")];
      const { code, stderr } = await runCommand(call);
      expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    }
  });
});

describe("prompts", () => {
  it("checks, shows and tunes", async () => {
    await writeFile(path("bad.yaml"), "prompts:\n  - a\ncolour: red\n");
    await writeFile(path("picture.yaml"), "prompts:\n  - {image: none.png}\n");
    const [wrong, missing, shown, tuned] = await Promise.all([
      runCommand(["prompts", "check", "prompts/emoji.yaml", path("bad.yaml")]),
      runCommand(["prompts", "check", path("picture.yaml")]),
      runCommand(["prompts", "show", "prompts/showcase.yaml", "--generator", pack, "--json"]),
      runCommand([
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
    const again = await runCommand(["prompts", "check", path("tuned.yaml")]);
    expect(again.stdout).toContain(`ok, 0 prompts, ${templates.length} templates`);
  });
});
