import { describe, expect, it } from "vitest";
import { placeOnBack } from "../../src/guidance/scenes/backs.js";
import { cutSides } from "../../src/guidance/scenes/cuts.js";
import { type Drawing, createPiece, joinPieces } from "../../src/guidance/scenes/drawing.js";
import { arrangeDrawing } from "../../src/guidance/scenes/drawings.js";
import { showsFaces } from "../../src/guidance/scenes/geometry.js";
import { layOut } from "../../src/guidance/scenes/layout.js";
import type { ScenePlan } from "../../src/guidance/scenes/plan.js";
import { priors } from "../../src/guidance/scenes/priors.js";
import { type Sprite, centreOf, heightOf, placeBox, widthOf } from "../../src/guidance/scenes/sprite.js";
import { addStandingPlaces } from "../../src/guidance/scenes/standingFigure.js";
import { drawHead } from "../../src/guidance/scenes/wornDrawings.js";
import { box, disc, paintSlots } from "./regionPictures.js";

const colours: Record<number, readonly [number, number, number]> = {
  1: [0.9, 0.6, 0.3], // skin
  2: [0.1, 0.1, 0.1], // eyes
  3: [0.2, 0.4, 0.9], // clothes
};
const latents = new Float32Array(64 + 2 * 64 + 135 + 3);
const drawingOf = (text: string, slotAt: (x: number, y: number) => number): Drawing =>
  joinPieces(text, [createPiece(latents, paintSlots(colours, slotAt))!], 1);
const thing = (wide: number, tall: number): Drawing =>
  drawingOf("thing", (x, y) => (box(-wide, -tall, wide, tall)(x, y) ? 3 : 0));
/** A coordinate of the template, in a square of side 128, on the canvas. */
const unit = 1 / 64;
const at = (value: number): number => value * unit - 1;

/** A figure by the template, with a tail at its right: the head, the body with hands, and two feet. */
const figure = drawingOf("standing cat", (x, y) => {
  const near = (left: number, top: number, radius: number) => disc(at(left), at(top), radius * unit)(x, y);
  const inside = (left: number, top: number, right: number, bottom: number) =>
    box(at(left), at(top), at(right), at(bottom))(x, y);
  if (near(57.2, 35.5, 3) || near(70.8, 35.5, 3)) return 2;
  const body = inside(44, 50, 84, 112) || inside(32, 60, 44, 92) || inside(84, 60, 96, 92);
  const feet = inside(42, 112, 63, 123) || inside(65, 112, 86, 123);
  return near(64, 34, 17.3) || body || feet || inside(84, 96, 120, 104) ? 1 : 0;
});
const standing = addStandingPlaces(figure.sprite);
const dials = [0.5, 0.5, 0.5, 0.5] as const;
const wear = (kind: "body" | "neck" | "feet" | "wrist", object: Sprite, text: string) => {
  const related = priors[kind](
    { subject: standing, object, subjectText: "standing cat", objectText: text },
    dials,
  );
  return { ...related, box: placeBox(object.box, related.object) };
};

describe("what a standing figure wears", () => {
  it("is where the template has its neck, its waist and its feet, whatever its tail", () => {
    const sweater = wear("body", thing(0.9, 0.85).sprite, "blue sweater");
    expect(centreOf(sweater.box).x).toBeCloseTo(0, 1);
    expect(sweater.box.top).toBeLessThan(at(52));
    expect(widthOf(sweater.box)).toBeGreaterThan(64 * unit);
    expect(sweater.box.bottom).toBeLessThan(at(123));
    const vest = wear("body", thing(0.7, 0.9).sprite, "vest");
    expect(widthOf(vest.box)).toBeLessThan(52 * unit);
    const tie = wear("neck", thing(0.2, 0.9).sprite, "necktie");
    expect(tie.box.top).toBeCloseTo(at(53), 1);
    expect(tie.box.bottom).toBeLessThan(at(96));
  });

  it("is placed without specks beside its drawing", () => {
    const speckled = drawingOf("sweater", (x, y) =>
      box(-0.4, -0.4, 0.6, 0.6)(x, y) || box(-0.98, -0.98, -0.92, -0.92)(x, y) ? 3 : 0,
    ).sprite;
    const { object } = wear("body", speckled, "sweater");
    const garment = placeBox({ left: -0.4, top: -0.4, right: 0.6, bottom: 0.6 }, object);
    expect(centreOf(garment).x).toBeCloseTo(0, 1);
    expect(garment.top).toBeCloseTo(at(49), 1);
  });

  it("ends above the feet where it would hide them", () => {
    const jeans = wear("body", thing(0.5, 0.95).sprite, "jeans");
    expect(jeans.box.top).toBeCloseTo(at(80), 1);
    expect(jeans.box.bottom).toBeGreaterThan(at(123));
    expect(jeans.objectCut!.y).toBeCloseTo(at(118), 1);
    expect(wear("body", thing(0.9, 0.5).sprite, "sweater").objectCut).toBeUndefined();
  });

  it("is behind its head, which is drawn again down to the chin", () => {
    const head = drawHead("standing cat", { ...figure, sprite: standing })!;
    expect(head.sprite.box.top).toBeCloseTo(figure.sprite.box.top, 1);
    expect(head.sprite.box.bottom).toBeGreaterThan(at(50));
    expect(head.sprite.box.bottom).toBeLessThan(at(60));
    const relations = [
      { subject: 0, kind: "body", object: 1 },
      { subject: 0, kind: "head", object: 2 },
      { subject: 0, kind: "collar", object: 3 },
    ] as const;
    const parts = [
      { text: "standing cat", sprite: standing },
      { text: "raincoat", sprite: thing(0.9, 0.9).sprite },
      { text: "hat", sprite: thing(0.9, 0.4).sprite },
      { text: "standing cat", sprite: head.sprite },
    ];
    const layout = layOut(parts, relations, new Array<number>(12).fill(0.5));
    expect(layout.order).toEqual([0, 1, 3, 2]);
    expect(layout.placements[3]).toEqual(layout.placements[0]);
    expect(showsFaces(parts, relations, layout)).toBe(true);
    // Without the head, the hood of the raincoat hides the face.
    const bare = layOut(parts.slice(0, 3), relations.slice(0, 2), new Array<number>(8).fill(0.5));
    expect(showsFaces(parts.slice(0, 3), relations.slice(0, 2), bare)).toBe(false);
  });
});

describe("costumes with a hood", () => {
  /** A hood with a dark hole, above a body. */
  const costume = drawingOf("costume", (x, y) =>
    disc(0, -0.3, 0.2)(x, y) ? 2 : disc(0, -0.35, 0.4)(x, y) || box(-0.6, 0, 0.6, 0.9)(x, y) ? 3 : 0,
  );

  it("surround a standing figure, whose face is in the hole", () => {
    const { faceHole } = costume.sprite;
    expect(centreOf(faceHole!).y).toBeCloseTo(-0.3, 1);
    const worn = wear("body", costume.sprite, "shark costume");
    const hole = placeBox(faceHole!, worn.object);
    expect(centreOf(hole).x).toBeCloseTo(0, 1);
    expect(centreOf(hole).y).toBeCloseTo(at(36), 1);
    expect(worn.box.bottom).toBeGreaterThan(at(123));
    expect(widthOf(worn.box)).toBeGreaterThan(64 * unit);
    // Without a hole, it is a garment below the chin.
    expect(thing(0.5, 0.9).sprite.faceHole).toBeUndefined();
    expect(wear("body", thing(0.5, 0.9).sprite, "shark costume").box.top).toBeGreaterThan(at(40));
  });
});

describe("pairs", () => {
  const plan = (bearer: string, kind: "feet" | "wrist", text: string): ScenePlan => ({
    parts: [bearer, text],
    counts: [1, 2],
    relations: [{ subject: 0, kind, object: 1 }],
  });
  const mittens = drawingOf("mittens", (x, y) =>
    box(-0.9, -0.6, -0.1, 0.6)(x, y) || box(0.1, -0.6, 0.9, 0.6)(x, y) ? 3 : 0,
  );

  it("are split, and one is at each hand of a standing figure", () => {
    const pair = arrangeDrawing(mittens, plan("standing cat", "wrist", "mittens"), 1);
    expect(pair.pieces).toHaveLength(2);
    const [left, right] = pair.pieces.map(({ sprite }) => sprite.box);
    expect(left!.right).toBeLessThan(0);
    expect(right!.left).toBeGreaterThan(0);
    const { object } = wear("wrist", pair.sprite, "mittens");
    const hands = pair.pieces.map(({ sprite, placement }) =>
      centreOf(placeBox(placeBox(sprite.box, placement), object)),
    );
    expect(hands[0]!.x).toBeCloseTo(at(37), 1);
    expect(hands[1]!.x).toBeCloseTo(at(91), 1);
    for (const { y } of hands) expect(y).toBeCloseTo(at(90), 1);
  });

  it("are split where they touch, but not where they overlap", () => {
    for (const [height, pieces] of [
      [0.1, 2],
      [0.5, 1],
    ] as const) {
      const boots = drawingOf("rain boots", (x, y) =>
        box(-0.9, -0.6, -0.1, 0.6)(x, y) ||
        box(0.1, -0.6, 0.9, 0.6)(x, y) ||
        box(-0.1, 0.6 - height, 0.1, 0.6)(x, y)
          ? 3
          : 0,
      );
      const pair = arrangeDrawing(boots, plan("standing cat", "feet", "rain boots"), 1);
      const widths = new Set(pair.pieces.map(({ sprite }) => sprite.box.right.toFixed(1)));
      expect(widths.size).toBe(pieces);
    }
  });

  it("stay as they are drawn for other figures", () => {
    const pair = arrangeDrawing(mittens, plan("goat", "wrist", "mittens"), 1);
    expect(pair.sprite.apart).toBeUndefined();
    expect(pair.sprite.box).toEqual(mittens.sprite.box);
  });

  it("of one shoe are mirror images at both feet, with the toes outside", () => {
    for (const toe of [-1, 1]) {
      const boot = drawingOf("boot", (x, y) =>
        box(-0.8, 0.1, 0.8, 0.6)(x, y) || (toe * x < -0.1 && box(-0.8, -0.6, 0.8, 0.1)(x, y)) ? 3 : 0,
      );
      const pair = arrangeDrawing(boot, plan("standing cat", "feet", "boots"), 1);
      const { object, box: place } = wear("feet", pair.sprite, "boots");
      expect(place.bottom).toBeCloseTo(at(124), 1);
      expect(centreOf(place).x).toBeCloseTo(0, 1);
      const feet = pair.pieces.map(({ sprite, placement }) =>
        placeBox(placeBox(sprite.box, placement), object),
      );
      expect(centreOf(feet[0]!).x).toBeCloseTo(at(53), 1);
      expect(centreOf(feet[1]!).x).toBeCloseTo(at(75), 1);
      // The first one's toe is at the left.
      expect(pair.pieces[0]!.flags.mirrored).toBe(toe > 0);
      expect(pair.pieces[1]!.flags.mirrored).toBe(toe < 0);
    }
  });

  it("keep only one side after a cut at the sides", () => {
    const { sprite, flags } = cutSides(mittens.pieces[0]!, -3, 0)!;
    expect(sprite.box).toMatchObject({ left: mittens.sprite.box.left, top: mittens.sprite.box.top });
    expect(sprite.box.right).toBeLessThan(0);
    expect(flags.cut!.sag).toBeGreaterThan(100);
  });
});

describe("an animal on a shoulder", () => {
  it("is beside the head of a figure, not at its hand", () => {
    const parrot = thing(0.5, 0.9).sprite;
    for (const subject of [standing, { ...figure.sprite, isBust: true, chin: at(110) }]) {
      const pair = { subject, object: parrot, subjectText: "pirate", objectText: "parrot" };
      const perched = placeBox(parrot.box, placeOnBack(pair, dials).object);
      expect(perched.bottom).toBeLessThan(at(66));
      expect(heightOf(perched)).toBeGreaterThan(20 * unit);
      expect(Math.abs(centreOf(perched).x)).toBeGreaterThan(12 * unit);
    }
  });
});

describe("the places of a standing figure", () => {
  it("are not measured from dark spots that are too far apart for eyes", () => {
    const ears = { x: 0, y: -0.75, distance: 0.5, extent: 0.6 };
    const { chin, eyes } = addStandingPlaces({ ...figure.sprite, eyes: ears });
    const plain = addStandingPlaces({ ...figure.sprite, eyes: undefined });
    expect(chin).toBeCloseTo(plain.chin!, 6);
    expect(eyes).toEqual(plain.eyes);
  });
});
