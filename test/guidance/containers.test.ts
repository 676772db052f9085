import { describe, expect, it } from "vitest";
import { placeInSnout, facesSideways } from "../../src/guidance/scenes/bodies.js";
import { chooseContainerDrawing, findFilling } from "../../src/guidance/scenes/fillings.js";
import { joinPieces, createPiece, createSpriteOfLook, tintPiece } from "../../src/guidance/scenes/drawing.js";
import { layOut, measureVisibleShares } from "../../src/guidance/scenes/layout.js";
import { type Look, createLook, lookSide } from "../../src/guidance/scenes/look.js";
import { flagOffCentreRegions, findOpening, findWindows } from "../../src/guidance/scenes/openings.js";
import { findNotch } from "../../src/guidance/scenes/notches.js";
import { priors } from "../../src/guidance/scenes/priors.js";
import { joinSceneLatents } from "../../src/guidance/scenes/sceneDrafts.js";
import { isBelow, placeBox } from "../../src/guidance/scenes/sprite.js";
import { splitLayer } from "../../src/gan/index.js";
import { createPhraseReader } from "../../src/prompts/index.js";
import type { RegionPicture } from "../../src/vector/index.js";
import { paintSlots } from "./regionPictures.js";

const colours: Record<number, readonly [number, number, number]> = {
  1: [1, 0.8, 0.3], // yellow
  2: [0.3, 0.2, 0], // brown
  3: [0.9, 0.1, 0.1], // red
  4: [0.6, 0.85, 1], // light blue
  5: [0.2, 0.65, 0.2], // green
  6: [0.95, 0.95, 0.95], // nearly white
};

const pictureOf = (slotAt: (x: number, y: number) => number): RegionPicture => paintSlots(colours, slotAt);
const box = (left: number, top: number, right: number, bottom: number) => (px: number, py: number) =>
  px >= left && px < right && py >= top && py < bottom;
const ellipse = (x: number, y: number, half: number, tall: number) => (px: number, py: number) =>
  ((px - x) / half) ** 2 + ((py - y) / tall) ** 2 < 1;

/** A bucket whose dark inside is seen from above. */
const bucket = pictureOf((x, y) =>
  ellipse(0, -0.5, 0.6, 0.15)(x, y) ? 2 : ellipse(0, -0.5, 0.75, 0.25)(x, y) || box(-0.75, -0.5, 0.75, 0.8)(x, y) ? 1 : 0,
); // prettier-ignore
/** A bus with three windows in a row. */
const bus = pictureOf((x, y) => {
  if ([-0.6, 0, 0.6].some((middle) => box(middle - 0.22, -0.3, middle + 0.22, 0)(x, y))) return 4;
  return box(-0.95, -0.5, 0.95, 0.6)(x, y) ? 3 : 0;
});
const ball = pictureOf((x, y) => (ellipse(0, 0, 0.8, 0.8)(x, y) ? 5 : 0));
/** An animal from the side: a head with one eye and a beak at the left, a neck, a body. */
const duck = pictureOf((x, y) => {
  if (ellipse(-0.5, -0.55, 0.07, 0.07)(x, y)) return 2;
  const head = ellipse(-0.45, -0.5, 0.25, 0.25)(x, y) || box(-0.9, -0.5, -0.6, -0.4)(x, y);
  return head || box(-0.6, -0.4, -0.3, 0.2)(x, y) || ellipse(0, 0.4, 0.85, 0.4)(x, y) ? 1 : 0;
});

const latents = new Float32Array(64 + 2 * 64 + 135 + 3);
const drawingOf = (text: string, picture: RegionPicture) =>
  joinPieces(text, [createPiece(latents, picture)!], 1);
const middle = new Array<number>(4).fill(0.5);
const inIt = (text: string, container: RegionPicture, content = drawingOf("ball", ball)) => {
  const drawings = [content, drawingOf(text, container)];
  const layout = layOut(drawings, [{ subject: 0, kind: "in", object: 1 }], middle);
  const [own, outer] = layout.placements.map((at, part) => placeBox(drawings[part]!.sprite.box, at));
  return { drawings, layout, own: own!, outer: outer!, front: layout.order.at(-1), cut: layout.cuts?.get(0) };
};

describe("openings", () => {
  it("are the mouth of what is seen from above, and the row of windows", () => {
    const mouth = findOpening(createLook(bucket))!;
    expect([mouth.left, mouth.right]).toEqual([expect.closeTo(-0.6, 1), expect.closeTo(0.6, 1)]);
    expect([mouth.top, mouth.bottom]).toEqual([expect.closeTo(-0.65, 1), expect.closeTo(-0.35, 1)]);
    const windows = findWindows(createLook(bus))!;
    expect([windows.left, windows.right, windows.bottom]).toEqual([
      expect.closeTo(-0.82, 1),
      expect.closeTo(0.82, 1),
      expect.closeTo(0, 1),
    ]);
    expect(findOpening(createLook(ball))).toBeUndefined();
    expect(findWindows(createLook(ball))).toBeUndefined();
  });
});

describe("a thing in a container", () => {
  it("stands in the mouth, its lower part hidden by the front edge", () => {
    const { own, outer, front, cut, drawings, layout } = inIt("bucket", bucket);
    expect(front).toBe(0);
    expect(own.bottom).toBeGreaterThan(cut!.y + cut!.sag);
    expect(own.top).toBeLessThan(cut!.y);
    expect(own.right - own.left).toBeLessThan(2 * cut!.half);
    expect(cut!.y).toBeGreaterThan(outer.top);
    expect(measureVisibleShares(drawings, layout).every((share) => share > 0.6)).toBe(true);
    // The cut of the layer is that of the layout, relative to its pose.
    const laidOut = { drawings, layout, dials: middle, score: 0 };
    const { data, shape } = joinSceneLatents(laidOut);
    const rows = [0, 1].map((at) =>
      splitLayer((data as Float32Array).slice(at * shape[2]!, (at + 1) * shape[2]!)),
    );
    expect(rows[0]!.flags.cut).toBeUndefined();
    expect(rows[1]!.flags.cut!.sag).toBeGreaterThan(0);
  });

  it("looks from a window above the sill", () => {
    const { own, outer, front, cut } = inIt("bus", bus);
    expect(front).toBe(0);
    expect(cut!.sag).toBe(0);
    const sill = outer.top + ((0 + 0.5) / 1.1) * (outer.bottom - outer.top);
    expect(cut!.y).toBeCloseTo(sill, 1);
    expect(own.top).toBeGreaterThan(outer.top - 0.2);
    expect(isBelow(cut!, cut!.x, own.bottom)).toBe(true);
  });

  it("is behind the rim of what has no mouth, no wider than the rim", () => {
    const boot = pictureOf((x, y) => (box(-0.8, -0.8, 0, 0.8)(x, y) || box(-0.8, 0, 0.9, 0.8)(x, y) ? 1 : 0));
    const { own, outer, front, cut } = inIt("boot", boot);
    expect([front, cut]).toEqual([1, undefined]);
    expect(own.top).toBeLessThan(outer.top);
    const shaft = outer.left + (0.8 / 1.7) * (outer.right - outer.left);
    expect(own.right).toBeLessThan(shaft + 0.02);
    expect(own.left).toBeGreaterThan(outer.left - 0.02);
  });

  it("is behind bars, between which the net is left out", () => {
    const net = pictureOf((x, y) =>
      Math.abs(x) > 0.8 || Math.abs(y) > 0.8 ? 3 : Math.abs(x) < 0.05 ? 2 : 6,
    );
    const { own, outer, front } = inIt("cage", net);
    expect(front).toBe(1);
    expect(own.left > outer.left && own.right < outer.right && own.top > outer.top).toBe(true);
    const hidden = findFilling("goal net", createLook(net))!;
    expect(hidden.flatMap((each, at) => (each ? [at + 1] : []))).toEqual([6]);
    expect(findFilling("bucket", createLook(net))).toBeUndefined();
  });

  it("is in a drawing of the container that shows it", () => {
    const drawnAs = (text: string): string => chooseContainerDrawing(text);
    expect(["green box", "basket", "bottle"].map(drawnAs)).toEqual(["green open box", "basket", "empty jar"]);
    expect(["rowing boat", "rowboat", "baby bottle"].map(drawnAs)).toEqual(["canoe", "canoe", "baby bottle"]);
  });

  it("is in the empty drawing of the container where there is one", () => {
    const vocabulary = [
      { label: "fishbowl", names: ["aquarium"], tags: [] },
      { label: "empty aquarium", names: [], tags: [] },
      { label: "bathtub", names: [], tags: [] },
    ];
    const names = { phrases: createPhraseReader(vocabulary), generator: { vocabulary } };
    expect(chooseContainerDrawing("fishbowl", names)).toBe("empty aquarium");
    expect(chooseContainerDrawing("red aquarium", names)).toBe("red empty aquarium");
    expect(chooseContainerDrawing("bathtub", names)).toBe("bathtub");
  });

  it("replaces what is between the bars of a cage", () => {
    const cage = pictureOf((x, y) => {
      if (Math.abs(x) > 0.8 || Math.abs(y) > 0.8 || Math.abs(x) < 0.05) return 3;
      return ellipse(0.4, 0.2, 0.2, 0.2)(x, y) ? 1 : 6;
    });
    const hidden = findFilling("bird cage", createLook(cage))!;
    expect(hidden.flatMap((each, at) => (each ? [at + 1] : []))).toEqual([1, 6]);
  });

  it("is in the low part of a toilet, before its tank", () => {
    const toilet = pictureOf((x, y) =>
      box(0.3, -0.9, 0.8, 0.9)(x, y) || box(-0.9, 0, 0.8, 0.9)(x, y) ? 1 : 0,
    );
    const notch = findNotch(createSpriteOfLook(createLook(toilet))!)!;
    expect([notch.x - notch.half, notch.x + notch.half]).toEqual([
      expect.closeTo(-0.9, 1),
      expect.closeTo(0.3, 1),
    ]);
    expect(notch.y).toBeCloseTo(0, 1);
    const { own, outer, front, cut } = inIt("toilet", toilet);
    expect(front).toBe(0);
    expect((own.left + own.right) / 2).toBeLessThan((outer.left + outer.right) / 2);
    expect(cut!.y).toBeGreaterThan(own.top);
    expect(findNotch(createSpriteOfLook(createLook(ball))!)).toBeUndefined();
  });

  it("is below the hood of a stroller, not above it", () => {
    const stroller = pictureOf((x, y) => {
      const hood = x < 0.3 - Math.max(0, y + 0.6) && box(-0.8, -0.9, 0.3, 0.1)(x, y);
      return hood || box(-0.8, 0.1, 0.7, 0.8)(x, y) ? 5 : 0;
    });
    const notch = findNotch(createSpriteOfLook(createLook(stroller))!)!;
    expect(notch.y).toBeCloseTo(0.1, 1);
    expect(notch.x - notch.half).toBeLessThan(0.1);
    expect(notch.x + notch.half).toBeCloseTo(0.7, 1);
  });

  it("may be wider than the mouth if only its stem is in it", () => {
    const flower = pictureOf((x, y) =>
      ellipse(0, -0.5, 0.4, 0.4)(x, y) ? 3 : box(-0.06, -0.2, 0.06, 0.9)(x, y) ? 5 : 0,
    );
    const vase = pictureOf((x, y) =>
      ellipse(0, 0.3, 0.6, 0.5)(x, y) || box(-0.2, -0.9, 0.2, 0)(x, y) ? 1 : 0,
    );
    const { own, outer } = inIt("vase", vase, drawingOf("rose", flower));
    const mouth = (0.4 / 1.2) * (outer.right - outer.left);
    expect(own.right - own.left).toBeGreaterThan(1.4 * mouth);
    expect(own.top).toBeLessThan(outer.top - 0.3 * (outer.bottom - outer.top));
    const { own: round, outer: around } = inIt("vase", vase);
    expect(round.right - round.left).toBeLessThan((0.42 / 1.2) * (around.right - around.left));
  });
});

describe("an animal from the side", () => {
  const texts = { subjectText: "duck", objectText: "fish" };
  const subject = createSpriteOfLook(createLook(duck))!;
  const dials = [0.5, 0.5, 0.5, 0.5] as const;

  it("holds things in its mouth, before its head", () => {
    expect(facesSideways(subject)).toBe(true);
    const object = drawingOf("fish", ball).sprite;
    for (const prior of [placeInSnout, priors.holding]) {
      const held = placeBox(object.box, prior({ subject, object, ...texts }, dials).object);
      expect(held.right).toBeGreaterThan(subject.box.left);
      expect(held.left).toBeLessThan(subject.box.left);
      expect(held.top).toBeLessThan(-0.4);
      expect(held.bottom).toBeGreaterThan(-0.5);
    }
  });

  it("wears a jacket below its neck, in place of its body", () => {
    const object = drawingOf(
      "jacket",
      pictureOf((x, y) => (box(-0.8, -0.8, 0.8, 0.8)(x, y) ? 3 : 0)),
    ).sprite;
    const {
      object: at,
      front,
      cut,
    } = priors.body({ subject, object, ...texts, objectText: "jacket" }, dials);
    const jacket = placeBox(object.box, at);
    expect(front).toBe("subject");
    expect(cut!.y).toBeGreaterThan(-0.4);
    expect(cut!.y).toBeLessThan(0.2);
    expect(jacket.top).toBeLessThan(cut!.y);
    expect(jacket.left < -0.6 && jacket.right > -0.3).toBe(true);
  });
});

describe("a figure with a body", () => {
  it.each(["tie", "red scarf", "ribbon", "necklace"])(
    "wears a %s below its chin, on its body",
    (objectText) => {
      const trunk = { left: -0.5, top: 0, right: 0.5, bottom: 0.9 };
      const subject = { ...drawingOf("bear", ball).sprite, trunk };
      const object = drawingOf(objectText, ball).sprite;
      const { object: at, front } = priors.neck({ subject, object, subjectText: "bear", objectText }, [0.5, 0.5, 0.5, 0.5]); // prettier-ignore
      const worn = placeBox(object.box, at);
      expect(front).toBe("object");
      expect(worn.top).toBeGreaterThan(trunk.top);
      expect(worn.bottom).toBeLessThan(trunk.bottom + 0.05);
      expect(worn.right - worn.left).toBeLessThan(1);
    },
  );
});

describe("a worn tie", () => {
  const shirt = pictureOf((x, y) =>
    box(-0.15, -0.8, 0.15, 0.6)(x, y) ? 3 : box(-0.9, -0.9, 0.9, 0.9)(x, y) ? 4 : 0,
  );

  it("is drawn without the shirt, in the colour that is asked for", () => {
    const look: Look = createLook(shirt);
    const hidden = flagOffCentreRegions(look);
    expect([hidden[2], hidden[3]]).toEqual([false, true]);
    const piece = createPiece(latents, pictureOf((x, y) => (box(-0.15, -0.8, 0.15, 0.6)(x, y) ? 3 : box(0.2, 0, 0.3, 0.1)(x, y) ? 4 : 0)))!; // prettier-ignore
    const blue = tintPiece(piece, [0.2, 0.3, 0.9]);
    const fills = (row: Float32Array, slot: number): number[] => [...row.subarray(64 + 128 + (slot - 1) * 9, 64 + 128 + (slot - 1) * 9 + 3)]; // prettier-ignore
    expect(fills(blue.latents, 3).map(Math.sign)).toEqual([-1, 1, 1]);
    expect(fills(blue.latents, 4)).toEqual([0, 0, 0]);
    const centre = (64 * lookSide + 64) * 4;
    expect([...blue.look.rgba.subarray(centre, centre + 3)]).toEqual([0.2, 0.3, 0.9].map((each) => expect.closeTo(each, 3))); // prettier-ignore
  });
});
