import { describe, expect, it } from "vitest";
import { chooseDrawnText } from "../../src/guidance/scenes/drawings.js";
import { findEyes } from "../../src/guidance/scenes/eyes.js";
import { findDiscRegions, findLargestBox, findSurface } from "../../src/guidance/scenes/faces.js";
import { showsFaces, showsRelations } from "../../src/guidance/scenes/geometry.js";
import { deltaE, labOf, sameHue } from "../../src/guidance/scenes/lab.js";
import { placePaws, placeInPaws } from "../../src/guidance/scenes/bodies.js";
import { priors } from "../../src/guidance/scenes/priors.js";
import { layOut } from "../../src/guidance/scenes/layout.js";
import { type Look, mirrorAndHide, createLook } from "../../src/guidance/scenes/look.js";
import {
  joinPieces,
  measureLooseShare,
  arrangeWings,
  arrangeCopies,
  createPiece,
} from "../../src/guidance/scenes/drawing.js";
import { placeBox } from "../../src/guidance/scenes/sprite.js";
import { listLayerTexts, listThings, countUncountedLayers } from "../../src/guidance/scenes/plan.js";
import { paintPreview } from "../../src/guidance/scenes/preview.js";
import { plainLayer } from "../../src/gan/index.js";
import type { RegionPicture } from "../../src/vector/index.js";
import { box, disc, paintSlots } from "./regionPictures.js";
import { type RelationKind, relationKinds } from "../../src/prompts/index.js";

const colours: Record<number, readonly [number, number, number]> = {
  1: [1, 0.8, 0.3], // yellow
  2: [0.4, 0.27, 0], // brown
  3: [0.9, 0.1, 0.1], // red
  4: [0.95, 0.7, 0.2], // a shade of yellow
  5: [0.3, 0.6, 1], // blue
};

const pictureOf = (slotAt: (x: number, y: number) => number): RegionPicture => paintSlots(colours, slotAt);

/** A yellow disc with brown eyes and mouth. */
const face = pictureOf((x, y) => {
  if (disc(-0.3, -0.2, 0.1)(x, y) || disc(0.3, -0.2, 0.1)(x, y) || box(-0.3, 0.3, 0.3, 0.4)(x, y)) return 2;
  if (!disc(0, 0, 0.9)(x, y)) return 0;
  return y > 0.6 ? 4 : 1;
});
/** A body with a raised tail at the right, and a head with one eye at the left. */
const sideView = pictureOf((x, y) => {
  if (disc(-0.65, -0.25, 0.05)(x, y)) return 2;
  const body = box(-0.6, 0, 0.6, 0.5)(x, y) || disc(-0.6, -0.2, 0.25)(x, y) || box(0.5, -0.9, 0.6, 0.2)(x, y);
  return body ? 1 : 0;
});
const block = (left: number, top: number, right: number, bottom: number, slot = 3): RegionPicture =>
  pictureOf((x, y) => (box(left, top, right, bottom)(x, y) ? slot : 0));

const latents = new Float32Array(64 + 2 * 64 + 135 + 3);
const drawingOf = (text: string, picture: RegionPicture) =>
  joinPieces(text, [createPiece(latents, picture)!], 1);
const middle = new Array<number>(4).fill(0.5);
const placedBox = (
  drawing: ReturnType<typeof drawingOf>,
  { scale, x, y }: { scale: number; x: number; y: number },
) => {
  const { left, top, right, bottom } = drawing.sprite.box;
  return {
    left: scale * left + x,
    top: scale * top + y,
    right: scale * right + x,
    bottom: scale * bottom + y,
  };
};

describe("eyes", () => {
  it("are found as a pair from the front, and as one from the side", () => {
    const front = findEyes(createLook(face))!;
    expect([front.x, front.y, front.distance]).toEqual([
      expect.closeTo(0, 1),
      expect.closeTo(-0.2, 1),
      expect.closeTo(0.6, 1),
    ]);
    const one = findEyes(createLook(sideView))!;
    expect([one.x, one.y, one.distance]).toEqual([expect.closeTo(-0.65, 1), expect.closeTo(-0.25, 1), 0]);
  });

  it("are not found where nothing is small, dark and round", () => {
    expect(findEyes(createLook(block(-0.5, -0.5, 0.5, 0.5)))).toBeUndefined();
    expect(findEyes(createLook(block(-0.5, -0.5, 0.5, 0.5, 2)))).toBeUndefined();
  });
});

describe("a face", () => {
  it("is left without its disc and the disc's shades", () => {
    const look = createLook(face);
    const hidden = findDiscRegions(look)!;
    expect(hidden.map((each, at) => (each ? at + 1 : 0)).filter(Boolean)).toEqual([1, 4]);
    const features = mirrorAndHide(look, { mirrored: false, hidden });
    expect(features.regions.map(({ slot }) => slot)).toEqual([2]);
    expect(findDiscRegions(createLook(block(-0.5, -0.5, 0.5, 0.5)))).toBeUndefined();
  });

  it("is placed on the largest free surface of its bearer", () => {
    const mushroom = pictureOf((x, y) =>
      box(-0.9, -0.9, 0.9, 0)(x, y) ? 3 : box(-0.2, 0, 0.2, 0.9)(x, y) ? 1 : 0,
    );
    const look = createLook(mushroom);
    const free = findLargestBox(findSurface(look), look.side, 2)!;
    expect(free.bottom).toBeLessThan(0.1);
    expect(free.right - free.left).toBeGreaterThan(1.5);
    const [bearer, features] = [
      drawingOf("mushroom", mushroom),
      drawingOf("face", block(-0.4, -0.2, 0.4, 0.2)),
    ];
    const { placements } = layOut([bearer, features], [{ subject: 0, kind: "face", object: 1 }], middle);
    const [thing, its] = [placedBox(bearer, placements[0]!), placedBox(features, placements[1]!)];
    expect(its.left).toBeGreaterThan(thing.left);
    expect(its.right).toBeLessThan(thing.right);
    expect(its.bottom).toBeLessThan((thing.top + thing.bottom) / 2 + 0.1);
  });
});

describe("worn things", () => {
  const layout = (kind: RelationKind, bearer: RegionPicture, object: RegionPicture, text = "hat") => {
    const parts = [drawingOf("cat", bearer), drawingOf(text, object)];
    const { placements } = layOut(parts, [{ subject: 0, kind, object: 1 }], middle);
    return parts.map((part, at) => placedBox(part, placements[at]!));
  };
  const hat = block(-0.5, -0.5, 0.5, 0.5);

  it("puts a hat on the head of an animal from the side, not on its tail", () => {
    const [cat, its] = layout("head", sideView, hat);
    expect((its!.left + its!.right) / 2).toBeLessThan(cat!.left + 0.45 * (cat!.right - cat!.left));
    expect(its!.bottom).toBeGreaterThan(cat!.top);
  });

  it("puts glasses over both eyes", () => {
    const [head, its] = layout("eyes", face, block(-0.9, -0.3, 0.9, 0.3), "glasses");
    const width = head!.right - head!.left;
    const eyeAt = (x: number): number => head!.left + ((x + 0.9) / 1.8) * width;
    expect(its!.left).toBeLessThan(eyeAt(-0.35));
    expect(its!.right).toBeGreaterThan(eyeAt(0.35));
    const eyeHeight = head!.top + (0.7 / 1.8) * (head!.bottom - head!.top);
    expect(its!.top).toBeLessThan(eyeHeight);
    expect(its!.bottom).toBeGreaterThan(eyeHeight);
  });
});

describe("things of several layers", () => {
  const wing = pictureOf((x, y) => (box(-0.9, -0.2, 0.9, 0.2)(x, y) ? (x < 0 ? 3 : 5) : 0));

  it("are a wing and its mirror image", () => {
    const { pieces, sprite } = arrangeWings(drawingOf("wings", wing));
    expect(pieces.map(({ flags }) => flags.mirrored)).toEqual([false, true]);
    expect(pieces[0]!.placement.x).toBeGreaterThan(0);
    expect(sprite.box.left).toBeCloseTo(-sprite.box.right, 1);
    const picture = paintPreview([arrangeWings(drawingOf("wings", wing))], { placements: [{ scale: 1, x: 0, y: 0 }], order: [0] }); // prettier-ignore
    const blue = (x: number): number => picture.data[(32 * 64 + x) * 3 + 2]!;
    expect([blue(4) > 0.9, blue(28) < 0.2, blue(59) > 0.9]).toEqual([true, true, true]);
  });

  it.each([2, 3, 4, 5])("are %i copies that stay inside of the canvas", (count) => {
    for (const stand of [true, false]) {
      const { pieces, sprite } = arrangeCopies(drawingOf("star", block(-0.8, -0.8, 0.8, 0.8)), count, {
        spread: 1,
        stand,
      });
      expect(pieces).toHaveLength(count);
      expect(Math.max(...Object.values(sprite.box).map(Math.abs))).toBeLessThanOrEqual(1);
      expect(new Set(pieces.map(({ placement }) => JSON.stringify(placement))).size).toBe(count);
    }
  });

  it.each([2, 3, 5, 7, 9])("are %i copies in rows that do not overlap", (count) => {
    const { pieces } = arrangeCopies(drawingOf("cat", block(-0.8, -0.5, 0.8, 0.5)), count, {
      spread: 1,
      stand: true,
    });
    const boxes = pieces.map(({ sprite, placement }) => placeBox(sprite.box, placement));
    boxes.forEach((one, at) => {
      for (const other of boxes.slice(at + 1))
        expect(
          one.right <= other.left ||
            other.right <= one.left ||
            one.bottom <= other.top ||
            other.bottom <= one.top,
        ).toBe(true);
    });
  });

  it("have a text for each layer", () => {
    const plan = {
      parts: ["burger", "wings", "star"],
      counts: [1, 1, 3],
      relations: [
        { subject: 0, kind: "around", object: 1 },
        { subject: 0, kind: "above", object: 2 },
      ] as const,
    };
    expect(listLayerTexts(plan)).toEqual(["wings", "wings", "burger", "star", "star", "star"]);
    const bear = {
      parts: ["bear", "pot", "brown circle"],
      counts: [1, 1, 2],
      relations: [
        { subject: 0, kind: "holding", object: 1 },
        { subject: 0, kind: "paws", object: 2 },
      ] as const,
    };
    const body = new Array<string>(3).fill("brown circle");
    expect(listLayerTexts(bear)).toEqual([...body, "bear", "pot", "brown circle", "brown circle"]);
    expect(countUncountedLayers(bear)).toBe(3);
    expect(listThings(bear)).toEqual([0, 1]);
  });
});

describe("what a part is drawn from", () => {
  it.each([
    ["bow", "ribbon"],
    ["red bow tie", "red ribbon"],
    ["scarf", "scarf"],
  ])("is a ribbon for a bow at the neck: %s", (text, expected) => {
    const plan = { parts: ["cat", text], relations: [{ subject: 0, kind: "neck", object: 1 }] as const };
    expect(chooseDrawnText(plan, 1, { phrases: undefined })).toBe(expected);
  });
});

describe("a setting", () => {
  const relations = [
    { subject: 0, kind: "backdrop", object: 1 },
    { subject: 0, kind: "ground", object: 2 },
    { subject: 0, kind: "aloft", object: 3 },
    { subject: 0, kind: "immersed", object: 4 },
  ] as const;
  const whole = block(-0.9, -0.9, 0.9, 0.9);
  const parts = ["cat", "navy square", "green square", "moon", "blue square"].map((text) =>
    drawingOf(text, whole),
  );
  const { placements, order } = layOut(parts, relations, new Array<number>(16).fill(0.5));
  const boxes = parts.map((part, at) => placedBox(part, placements[at]!));

  it("fills the canvas behind the things, from back to front, with water before them", () => {
    expect(order).toEqual([1, 2, 3, 0, 4]);
    const [thing, backdrop, ground, moon, water] = boxes as [
      (typeof boxes)[0],
      (typeof boxes)[0],
      (typeof boxes)[0],
      (typeof boxes)[0],
      (typeof boxes)[0],
    ];
    expect([backdrop.left, backdrop.top].every((edge) => edge < -1)).toBe(true);
    expect([backdrop.right, backdrop.bottom, ground.bottom, water.bottom].every((edge) => edge > 1)).toBe(
      true,
    );
    expect(ground.top).toBeGreaterThan(0);
    expect(water.top).toBeLessThan(thing.bottom);
    expect(Math.max(...Object.values(thing).map(Math.abs))).toBeLessThan(0.8);
    expect(moon.right < thing.left || moon.left > thing.right || moon.bottom < thing.top + 0.3).toBe(true);
  });

  it("has no part in how things are related or seen", () => {
    expect(showsRelations(parts, relations, { placements, order })).toBe(true);
    const plan = { parts: parts.map(({ text }) => text), relations };
    expect(listThings(plan)).toEqual([0]);
  });
});

describe("a small animal", () => {
  const bee = () => drawingOf("bee", block(-0.9, -0.9, 0.9, 0.9));
  it.each([
    ["on", ["bee", "sunflower"], 0, 1],
    ["holding", ["apple", "worm"], 1, 0],
  ] as const)("sits on a thing that is larger (%s)", (kind, texts, animal, thing) => {
    const parts = texts.map((text) => ({ ...bee(), text }));
    const { placements, order } = layOut(parts, [{ subject: 0, kind, object: 1 }], middle);
    const [small, large] = [placements[animal]!, placements[thing]!];
    expect(small.scale).toBeLessThan(0.6 * large.scale);
    expect(Math.abs(small.x - large.x)).toBeLessThan(0.4 * large.scale);
    expect(order.at(-1)).toBe(animal);
  });
});

describe("a look", () => {
  it("is mirrored left to right, twice to itself", () => {
    const look = createLook(sideView);
    const flags = { ...plainLayer, mirrored: true };
    const once = mirrorAndHide(look, flags);
    expect(findEyes(once)!.x).toBeCloseTo(-findEyes(look)!.x, 1);
    const twice: Look = mirrorAndHide(once, flags);
    expect(twice.labels).toEqual(look.labels);
    expect(twice.rgba).toEqual(look.rgba);
  });

  it("measures loose ink", () => {
    const notes = pictureOf((x, y) => (box(-0.5, -0.5, 0, 0.5)(x, y) || box(0.5, 0, 0.6, 0.1)(x, y) ? 3 : 0));
    expect(measureLooseShare(drawingOf("headphone", notes))).toBeCloseTo(0.01 / 0.51, 2);
    expect(measureLooseShare(drawingOf("headphone", block(0, 0, 0.5, 0.5)))).toBe(0);
  });
});

describe("colours", () => {
  it("are compared in Oklab", () => {
    expect(deltaE(labOf([1, 1, 1]), labOf([0, 0, 0]))).toBeCloseTo(100, 0);
    expect(deltaE(labOf([1, 0, 0]), labOf([0.98, 0.02, 0.02]))).toBeLessThan(5);
    expect(sameHue(labOf([1, 0.8, 0.3]), labOf([0.95, 0.7, 0.2]))).toBe(true);
    expect(sameHue(labOf([1, 0.8, 0.3]), labOf([0.3, 0.6, 1]))).toBe(false);
    expect(sameHue(labOf([1, 1, 1]), labOf([1, 0.8, 0.3]))).toBe(false);
  });
});

describe("the geometric check", () => {
  const part = drawingOf("block", block(-0.5, -0.5, 0.5, 0.5));
  const layout = (x: number, y: number) => ({
    placements: [
      { scale: 0.5, x: 0, y: 0 },
      { scale: 0.5, x, y },
    ],
    order: [0, 1],
  });
  const shows = (kind: RelationKind, x: number, y: number): boolean =>
    showsRelations([part, part], [{ subject: 0, kind, object: 1 }], layout(x, y));

  it.each([
    ["above", 0, 0.6],
    ["below", 0, -0.6],
    ["left", 0.6, 0],
    ["right", -0.6, 0],
    ["on", 0, 0.45],
    ["head", 0, -0.4],
  ] as const)("accepts %s and refuses its mirror image", (kind, x, y) => {
    expect(shows(kind, x, y)).toBe(true);
    expect(shows(kind, -x, -y)).toBe(false);
  });

  it("refuses a layout in which a thing covers a face, unless it belongs there", () => {
    const parts = [drawingOf("cat", face), drawingOf("ball", block(-0.5, -0.5, 0.5, 0.5))];
    const layoutAt = (x: number, order: readonly number[]) => ({
      placements: [
        { scale: 0.6, x: 0, y: 0 },
        { scale: 0.5, x, y: 0 },
      ],
      order,
    });
    const shows = (kind: RelationKind, x: number, order: readonly number[]): boolean =>
      showsFaces(parts, [{ subject: 0, kind, object: 1 }], layoutAt(x, order));
    expect(shows("holding", 0, [0, 1])).toBe(false);
    expect(shows("holding", 0, [1, 0])).toBe(true);
    expect(shows("holding", 0.7, [0, 1])).toBe(true);
    expect(shows("eyes", 0, [0, 1])).toBe(true);
  });

  it("draws what is in a bottle on its surface, and what is in a basket behind its rim", () => {
    const container = block(-0.6, -0.6, 0.6, 0.6);
    const boxesOf = (name: string) => {
      const parts = [drawingOf("cat", face), drawingOf(name, container)];
      const { placements, order } = layOut(parts, [{ subject: 0, kind: "in", object: 1 }], middle);
      const [own, box] = placements.map((at, part) => placeBox(parts[part]!.sprite.box, at));
      return { front: order.at(-1), own: own!, box: box! };
    };
    for (const name of ["mirror", "light bulb", "bottle"]) {
      const { front, own, box } = boxesOf(name);
      expect([name, front]).toEqual([name, 0]);
      expect(
        own.left > box.left && own.right < box.right && own.top > box.top && own.bottom < box.bottom,
      ).toBe(true);
    }
    const { front, own, box } = boxesOf("basket");
    expect(front).toBe(1);
    expect(own.top).toBeLessThan(box.top);
    expect(own.bottom).toBeGreaterThan(box.top);
  });

  it("accepts what the priors lay out", () => {
    for (const kind of relationKinds) {
      const parts = [drawingOf("cat", face), drawingOf("hat", block(-0.5, -0.4, 0.5, 0.4))];
      const relations = [{ subject: 0, kind, object: 1 }];
      expect([kind, showsRelations(parts, relations, layOut(parts, relations, middle))]).toEqual([
        kind,
        true,
      ]);
    }
  });
});

describe("bodies", () => {
  // Layouts put the hands where they belong at any dials.
  it.each([0.1, 0.5, 0.9])("hold a wide thing between their hands and below the face, at dial %d", (dial) => {
    const trunk = { left: -0.5, top: 0.1, right: 0.5, bottom: 0.9 };
    const subject = { ...drawingOf("bear", face).sprite, trunk };
    const dials = [dial, dial, dial, dial] as const;
    const texts = { subjectText: "bear", objectText: "pot" };
    const pot = drawingOf("pot", block(-0.8, -0.6, 0.8, 0.6)).sprite;
    const held = placeBox(pot.box, placeInPaws({ subject, object: pot, ...texts }, dials).object);
    const pair = drawingOf("brown circle", block(-1, -0.25, 1, 0.25)).sprite;
    const paws = placeBox(pair.box, placePaws({ subject, object: pair, ...texts }, dials).object);
    expect(held.top).toBeGreaterThan(trunk.top);
    expect(held.bottom).toBeLessThan(trunk.bottom);
    expect(paws.left).toBeLessThan(held.left);
    expect(paws.right).toBeGreaterThan(held.right);
    expect(paws.top).toBeGreaterThan(held.top - 0.05);
  });

  it("wear clothes below a head, behind it", () => {
    const subject = { ...drawingOf("bear", face).sprite, isHead: true };
    const object = drawingOf("coat", block(-0.8, -0.8, 0.8, 0.8)).sprite;
    const { object: at, front } = priors.body({ subject, object, subjectText: "bear", objectText: "coat" }, [0.5, 0.5, 0.5, 0.5]); // prettier-ignore
    const coat = placeBox(object.box, at);
    expect(front).toBe("subject");
    expect(coat.top).toBeGreaterThan(0.5);
    expect(coat.bottom).toBeGreaterThan(subject.box.bottom + 1);
  });
});
