import { mkdtemp, readFile, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type EmojiData, buildEmojiVariants, readGender } from "../../src/data/index.js";
import { fakeRegistry, labels, packageOf, setOf, square } from "./fixture.js";

const noto = setOf(
  {
    wave: square("#fc0"),
    "wave-dark": square("#620"),
    "wave-light": square("#fdb"),
    "wave-mixed": square("#fdb"),
    "red-apple": square("#f00"),
  },
  {
    "1f44b": "wave",
    "1f44b-1f3ff": "wave-dark",
    "1f44b-1f3fb": "wave-light",
    "1f44b-1f3fb-1f3ff": "wave-mixed",
    "1f34e": "red-apple",
  },
);

test("draws people in one tone each beside their yellow drawing, with the split that this had", async () => {
  const out = await mkdtemp(join(tmpdir(), "clipsteer-variants-"));
  const data = { items: [{ set: "noto", concept: "1F44B", split: "val_pair" }] } as unknown as EmojiData;
  const body = { ...labels, "en/data.json": [...labels["en/data.json"]] };
  const everyone = { label: "waving hand", hexcode: "1F44B", tags: [], group: 0, subgroup: 0 };
  body["en/data.json"] = [
    ...body["en/data.json"].filter(({ hexcode }) => hexcode !== "1F44B-FE0F"),
    everyone,
  ];
  const built = await buildEmojiVariants(data, {
    out,
    cache: join(out, "packages"),
    fetch: fakeRegistry({ "emojibase-data": packageOf(body), "@iconify-json/noto": packageOf(noto) }),
  });
  expect(built).toMatchObject({ pictures: 3, tones: { yellow: 1, light: 1, dark: 1 } });
  expect((await readFile(built.table, "utf8")).trim().split("\n").sort()).toEqual([
    '"noto/wave-dark.png","waving hand","noto","food fruit","none","dark","val_pair"',
    '"noto/wave-light.png","waving hand","noto","food fruit","none","light","val_pair"',
    '"noto/wave.png","waving hand","noto","food fruit","none","yellow","val_pair"',
    "path,label,set,subgroup,gender,tone,split",
  ]);
  expect((await readdir(join(out, "noto"))).sort()).toEqual(["wave-dark.png", "wave-light.png", "wave.png"]);
  const none = fakeRegistry({ "emojibase-data": packageOf(body) });
  await expect(buildEmojiVariants(data, { out, cache: join(out, "packages"), fetch: none })).rejects.toThrow(
    "no set has skin tones",
  );
});

test("reads the gender off a label", () => {
  expect(
    [
      "woman running",
      "men with bunny ears",
      "woman and man holding hands",
      "person",
      "human",
      "mrs. claus",
    ].map(readGender),
  ).toEqual(["woman", "man", "both", "none", "none", "woman"]);
});
