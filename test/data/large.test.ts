import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { buildEmojiData, drawLarge, largeSide, loadEmojiData } from "../../src/data/index.js";
import { iconSets } from "../../src/data/sources.js";
import { DownloadError } from "../../src/errors.js";
import { fakeRegistry, labels, packageOf, setOf, square } from "./fixture.js";

test("draws items large, so that the means of their pixels are the pictures of the data", async () => {
  const out = await mkdtemp(join(tmpdir(), "clipsteer-large-"));
  const shape = `${square("#fc0")}<circle cx="3" cy="4" r="2.3" fill="#07c"/>`;
  const set = packageOf(setOf({ apple: shape, "red-apple": square("#f00"), wave: square("#0f08") }, {}));
  const packages = Object.fromEntries(iconSets.map(({ package: name }) => [name, set]));
  const fetch = fakeRegistry({ ...packages, "emojibase-data": packageOf(labels) });
  await buildEmojiData({ out, fetch });
  const { items, images, size } = await loadEmojiData(out);
  expect(items.length).toBeGreaterThan(2);
  const large = await drawLarge(items, { cache: out, fetch });
  expect(large).toHaveLength(items.length * largeSide * largeSide * 3);
  const factor = largeSide / size;
  for (let at = 0; at < images.length; at++) {
    const [channel, pixel] = [at % 3, Math.floor(at / 3)];
    const [x, row] = [pixel % size, Math.floor(pixel / size)]; // rows of all pictures in one
    let sum = 0;
    for (let dy = 0; dy < factor; dy++)
      for (let dx = 0; dx < factor; dx++)
        sum += large[((row * factor + dy) * largeSide + x * factor + dx) * 3 + channel]!;
    // Each large pixel was rounded before.
    if (Math.abs(images[at]! - sum / factor ** 2) > 1) expect.fail(`value ${at}`);
  }
  const stranger = { ...items[0]!, id: "noto/stranger" };
  await expect(drawLarge([stranger], { cache: out, fetch })).rejects.toThrow(DownloadError);
});
