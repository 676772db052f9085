import { describe, expect, it } from "vitest";
import { listClips } from "../../src/embedding/index.js";
import { loadPack } from "../../src/packs/index.js";
import { explainDoubt } from "../../src/search/index.js";

describe("a search that has probably found nothing", async () => {
  const clips = listClips(await loadPack("stickers"));
  const header = (chosen: readonly { name: string; hash: string }[]) => ({
    header: { pack: "stickers", clips: [...chosen], features: 256 * chosen.length },
  });
  const found = (score: number) => [{ path: "a.png", score }];

  it.each([...clips.map(({ name }) => name), "all"])("is known by the measured scores of %s", (name) => {
    const index = header(name === "all" ? clips : clips.filter((clip) => clip.name === name));
    expect(explainDoubt(index, found(0.1))).toMatch(
      /^probably nothing: the best score is 0\.100, and one wrong picture in a hundred reaches 0\.\d{3}$/,
    );
    expect(explainDoubt(index, found(0.95))).toBeUndefined();
    expect(explainDoubt(index, [])).toBeUndefined();
  });

  it("is not claimed of CLIPs that nothing was measured for", () => {
    expect(explainDoubt(header([{ name: "guide-a", hash: "0".repeat(64) }]), found(0.1))).toBeUndefined();
  });
});
