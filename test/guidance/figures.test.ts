import { describe, expect, it } from "vitest";
import { joinPieces, createPiece } from "../../src/guidance/scenes/drawing.js";
import { chooseDrawnText } from "../../src/guidance/scenes/drawings.js";
import { addBody, drawPaws, findMiddle } from "../../src/guidance/scenes/figure.js";
import { computePoseLoss } from "../../src/guidance/scenes/partScores.js";
import type { ScenePlan } from "../../src/guidance/scenes/plan.js";
import { priors } from "../../src/guidance/scenes/priors.js";
import { computeRelativeScale } from "../../src/guidance/scenes/sizes.js";
import {
  type Sprite,
  centreOf,
  heightOf,
  identity,
  mergeSprites,
  placeBox,
  widthOf,
} from "../../src/guidance/scenes/sprite.js";
import type { SessionPrograms } from "../../src/guidance/sessionPrograms.js";
import type { RelationKind } from "../../src/prompts/index.js";
import { box, disc, paintSlots } from "./regionPictures.js";

const colours: Record<number, readonly [number, number, number]> = {
  1: [1, 0.8, 0.3], // skin
  2: [0.2, 0.15, 0.1], // eyes
  3: [0.2, 0.4, 0.9], // clothes
  4: [0.6, 0.6, 0.6], // tool
};
const latents = new Float32Array(64 + 2 * 64 + 135 + 3);
const drawingOf = (text: string, slotAt: (x: number, y: number) => number) =>
  joinPieces(text, [createPiece(latents, paintSlots(colours, slotAt))!], 1);
const eyesAt = (middle: number, y: number, half: number) => (x: number, row: number) =>
  disc(middle - half, y, 0.06)(x, row) || disc(middle + half, y, 0.06)(x, row);

/** A head and shoulders, as icon sets draw a cook. */
const bust = drawingOf("chef", (x, y) => {
  if (eyesAt(0, 0.05, 0.22)(x, y)) return 2;
  return disc(0, 0, 0.62)(x, y)
    ? 1
    : box(-0.9, 0.5, 0.9, 0.95)(x, y)
      ? 3
      : box(-0.5, -0.9, 0.5, 0)(x, y)
        ? 4
        : 0;
});
/** A whole figure that holds a tool at its right. */
const worker = drawingOf("lumberjack", (x, y) => {
  if (eyesAt(-0.2, -0.45, 0.1)(x, y)) return 2;
  if (box(0.3, -0.6, 0.5, 0.9)(x, y)) return 4;
  return disc(-0.2, -0.5, 0.35)(x, y) ? 1 : box(-0.6, -0.2, 0.35, 0.95)(x, y) ? 3 : 0;
});
/** A head alone. */
const head = drawingOf("girl", (x, y) => (eyesAt(0, 0.1, 0.35)(x, y) ? 2 : disc(0, 0, 0.9)(x, y) ? 1 : 0));
const thing = (text: string, wide: number, tall: number) =>
  drawingOf(text, (x, y) => (box(-wide, -tall, wide, tall)(x, y) ? 4 : 0)).sprite;

const plan = (text: string, kind: RelationKind, object: string): ScenePlan => ({
  parts: [text, object],
  relations: [{ subject: 0, kind, object: 1 }],
});
/** No drawing is needed for figures that are drawn with their bodies. */
const programs = {
  sketcher: { sketch: () => Promise.reject(new Error("nothing is to be drawn")) },
} as unknown as SessionPrograms;
const place = (
  kind: RelationKind & keyof typeof priors,
  subject: Sprite,
  object: Sprite,
  objectText: string,
) => {
  const dials = [0.5, 0.5, 0.5, 0.5] as const;
  return placeBox(object.box, priors[kind]({ subject, object, subjectText: "", objectText }, dials).object);
};

describe("drawings of people", () => {
  it("end at the shoulders, or have a trunk of their own", async () => {
    const cook = await addBody(programs, plan("chef", "holding", "pan"), 0, bust, undefined);
    expect(cook.sprite.isBust).toBe(true);
    expect([cook.sprite.trunk, cook.sprite.freeSide]).toEqual([undefined, undefined]);
    expect(cook.sprite.chin).toBeGreaterThan(bust.sprite.eyes!.y);
    const held = await addBody(programs, plan("lumberjack", "holding", "saw"), 0, worker, undefined);
    expect(held.sprite).toMatchObject({ isBust: false, freeSide: -1 });
    expect(centreOf(held.sprite.trunk!).x).toBeCloseTo(worker.sprite.eyes!.x, 5);
    expect(held.sprite.trunk!.top).toBeGreaterThan(worker.sprite.eyes!.y);
  });

  it("that show a body get no other one, but as many layers", async () => {
    const man = { ...worker, text: "man" };
    const { pieces, sprite } = await addBody(programs, plan("man", "holding", "cup"), 0, man, undefined);
    expect(pieces).toHaveLength(3);
    expect(sprite.box).toEqual(worker.sprite.box);
    await expect(addBody(programs, plan("girl", "holding", "cup"), 0, head, undefined)).rejects.toThrow(
      "nothing is to be drawn",
    );
  });

  it("without eyes are whole if they are taller than wide", async () => {
    const figureOf = (wide: number) =>
      drawingOf("butcher", (x, y) => (box(-wide, -0.9, wide, 0.9)(x, y) ? 3 : 0));
    const holder = plan("butcher", "holding", "ham");
    expect((await addBody(programs, holder, 0, figureOf(0.5), undefined)).sprite.isBust).toBe(false);
    expect((await addBody(programs, holder, 0, figureOf(0.85), undefined)).sprite.isBust).toBe(true);
  });

  it("are worse holders if one hand is full", () => {
    expect(findMiddle(worker.sprite).freeSide).toBe(-1);
    expect(findMiddle(bust.sprite).freeSide).toBeUndefined();
    const loss = (text: string, kind: RelationKind) => computePoseLoss(worker, plan(text, kind, "saw"), 0);
    expect(loss("lumberjack", "holding")).toBeGreaterThan(0);
    expect(loss("lumberjack", "feet")).toBe(0);
    expect(loss("cat", "holding")).toBe(0);
  });
});

describe("paws", () => {
  it("have exactly the colour of the face's skin, whatever the drawing of a disc", async () => {
    const disc1 = paintSlots({ 1: [0.4, 0.3, 0.2] }, (x, y) => (disc(0, 0, 0.8)(x, y) ? 1 : 0));
    const painter = { regions: () => Promise.resolve([disc1]) };
    const drawing = {
      sketcher: { sketch: () => Promise.resolve({ data: latents }) },
      layered: () => ({ painter: () => painter }),
    } as unknown as SessionPrograms;
    for (const figure of [bust, worker, head]) {
      const paws = await drawPaws(drawing, "brown circle", figure, undefined);
      expect(paws!.pieces).toHaveLength(2);
      paws!.pieces[0]!.look.rgba.slice(64 * 128 * 4 + 64 * 4, 64 * 128 * 4 + 64 * 4 + 3).forEach(
        (value, channel) => expect(value).toBeCloseTo(colours[1]![channel]!, 1),
      );
    }
  });
});

describe("what people hold and wear", () => {
  it("is beside the face of a bust, at its free side, and reaches to its lower edge", () => {
    for (const freeSide of [-1, 1] as const) {
      const cook = { ...bust.sprite, isBust: true, freeSide };
      for (const [text, wide, tall] of [
        ["pan", 0.9, 0.5],
        ["rake", 0.15, 0.9],
      ] as const) {
        const at = place("holding", cook, thing(text, wide, tall), text);
        const near = freeSide < 0 ? at.right : -at.left;
        expect(near).toBeLessThan(-0.28);
        expect(at.bottom).toBeCloseTo(bust.sprite.box.bottom, 0);
        expect(heightOf(at)).toBeLessThan(0.8 * heightOf(bust.sprite.box));
      }
    }
  });

  it("is in the free hand of a whole figure", () => {
    const trunk = { left: -0.5, top: -0.1, right: 0.1, bottom: 0.95 };
    const at = place("holding", { ...worker.sprite, trunk, freeSide: -1 }, thing("saw", 0.15, 0.9), "saw");
    expect(centreOf(at).x).toBeLessThan(-0.3);
  });

  it("is below the waist, or at the end of a bust", () => {
    const own = { ...worker.sprite, trunk: { left: -0.5, top: 0, right: 0.1, bottom: 0.9 }, isBust: false };
    const shorts = place("body", own, thing("shorts", 0.5, 0.5), "shorts");
    expect(shorts.top).toBeGreaterThan(0.4);
    expect(shorts.top).toBeLessThan(0.55);
    const belt = place("body", { ...bust.sprite, isBust: true, chin: 0.6 }, thing("belt", 0.9, 0.3), "belt");
    expect(belt.top).toBeGreaterThan(0.6);
    const tutu = place("body", { ...bust.sprite, isBust: true, chin: 0.6 }, thing("tutu", 0.9, 0.4), "tutu");
    expect(tutu.top).toBeGreaterThan(0.75);
    const shoes = place(
      "feet",
      { ...bust.sprite, isBust: true, chin: 0.6 },
      thing("shoes", 0.9, 0.4),
      "shoes",
    );
    expect(shoes.top).toBeGreaterThan(bust.sprite.box.bottom - 0.1);
    expect(widthOf(shoes)).toBeLessThan(0.6 * widthOf(bust.sprite.box));
  });
});

describe("what a standing figure holds", () => {
  it("is at one of its hands, unless it is as wide as their distance", () => {
    const trunk = { left: -0.5, top: -0.1, right: 0.5, bottom: 0.8 };
    const figure = { ...worker.sprite, trunk, isBust: false, hasHands: true, freeSide: undefined };
    const cup = place("holding", figure, thing("cup", 0.4, 0.4), "cup");
    expect(Math.abs(centreOf(cup).x)).toBeGreaterThan(0.42);
    const scroll = place("holding", figure, thing("scroll", 0.9, 0.3), "scroll");
    expect(Math.abs(centreOf(scroll).x)).toBeLessThan(0.05);
  });
});

describe("sizes", () => {
  it("of held things follow their words, and of things beside each other their kinds", () => {
    const extent = (text: string) => widthOf(place("holding", { ...bust.sprite, isBust: true }, thing("tooth", 0.8, 0.8), text)); // prettier-ignore
    expect(extent("giant tooth")).toBeGreaterThan(1.3 * extent("tooth"));
    expect(extent("tiny tooth")).toBeLessThan(0.75 * extent("tooth"));
    const square = thing("square", 0.9, 0.9);
    const ratio = (subjectText: string, objectText: string) =>
      computeRelativeScale({ subject: square, object: square, subjectText, objectText });
    expect(ratio("windmill", "tulip")).toBeLessThan(0.6);
    expect(ratio("lighthouse", "palm tree")).toBe(1);
    expect(ratio("kettle", "mug")).toBeLessThan(0.8);
  });
});

describe("what animals hold and wear", () => {
  /** An animal from the side, its head at the left, with a short front leg. */
  const kangaroo = drawingOf("kangaroo", (x, y) => {
    if (disc(-0.7, -0.5, 0.05)(x, y)) return 2;
    const leg = box(-0.5, 0, -0.4, 0.4)(x, y) || box(0.4, 0, 0.6, 0.9)(x, y);
    return disc(-0.7, -0.5, 0.25)(x, y) || box(-0.7, -0.3, 0.9, 0.1)(x, y) || leg ? 1 : 0;
  }).sprite;

  it("is at the front leg from the side, not at the hind leg", () => {
    const at = place("wrist", kangaroo, thing("boxing gloves", 0.5, 0.6), "boxing gloves");
    expect(centreOf(at).x).toBeCloseTo(-0.45, 1);
    expect(centreOf(at).y).toBeLessThan(0.45);
    const eyeless = { ...kangaroo, eyes: undefined };
    const dials = [0.5, 0.5, 0.5, 0.8] as const;
    const pair = {
      subject: eyeless,
      object: thing("glove", 0.5, 0.6),
      subjectText: "kangaroo",
      objectText: "glove",
    };
    expect(centreOf(placeBox(pair.object.box, priors.wrist(pair, dials).object)).x).toBeCloseTo(-0.45, 1);
  });

  it("is at the left of an animal without eyes, where its head is in most icon sets", () => {
    const badger = { ...thing("badger", 0.9, 0.4), eyes: undefined };
    for (const d of [0.2, 0.8]) {
      const dials = [0.5, 0.5, 0.5, d] as const;
      const texts = { subjectText: "badger", objectText: "bat" };
      const object = thing("bat", 0.5, 0.5);
      const at = placeBox(object.box, priors.holding({ subject: badger, object, ...texts }, dials).object);
      expect(centreOf(at).x).toBeLessThan(-0.6);
    }
  });

  it("is before the chest of a face at one side, and small in a mouth if it is a small thing", () => {
    const otter = drawingOf("otter", (x, y) =>
      eyesAt(-0.6, -0.5, 0.12)(x, y)
        ? 2
        : disc(-0.6, -0.5, 0.3)(x, y) || box(-0.9, -0.3, 0.9, 0.9)(x, y)
          ? 1
          : 0,
    ).sprite;
    const clam = place("holding", otter, thing("clam", 0.8, 0.8), "clam");
    expect(centreOf(clam).x).toBeCloseTo(-0.6, 1);
    expect(clam.top).toBeGreaterThan(-0.4);
    const extent = (text: string) => widthOf(place("holding", kangaroo, thing(text, 0.8, 0.8), text));
    expect(extent("acorn")).toBeLessThan(0.85 * extent("megaphone"));
  });
});

describe("riders", () => {
  /** A whole figure on two legs. */
  const knight = drawingOf("knight", (x, y) =>
    box(-0.4, -0.9, 0.4, 0.6)(x, y) || box(-0.35, 0.6, -0.1, 0.95)(x, y) || box(0.1, 0.6, 0.35, 0.95)(x, y)
      ? 3
      : 0,
  ).sprite;
  const ride = (subject: Sprite, object: Sprite, texts: readonly [string, string]) => {
    const [subjectText, objectText] = texts;
    const dials = [0.5, 0.5, 0.5, 0.5] as const;
    const related = priors.riding({ subject, object, subjectText, objectText }, dials);
    return { ...related, mount: placeBox(object.box, related.object) };
  };

  it("stand on the deck of a scooter, not on its handlebar", () => {
    const scooter = drawingOf("scooter", (x, y) =>
      box(-0.9, -0.9, -0.5, 0.9)(x, y) || box(-0.9, 0.7, 0.9, 0.9)(x, y) ? 4 : 0,
    ).sprite;
    const rider = thing("hippo", 0.6, 0.5);
    const { mount } = ride(rider, scooter, ["hippo", "scooter"]);
    const deck = mount.top + (1.6 / 1.8) * heightOf(mount);
    expect(rider.box.bottom).toBeGreaterThan(deck - 0.1);
    expect(rider.box.bottom).toBeLessThan(deck + 0.3);
  });

  it("sit with their legs before an animal, and stand on a board or without legs", () => {
    const horse = drawingOf("horse", (x, y) => (box(-0.9, -0.2, 0.9, 0.5)(x, y) ? 4 : 0)).sprite;
    /** Depth of a rider's lower edge below the top of the mount / height of the rider. */
    const depthOf = (rider: Sprite, texts: readonly [string, string]): number => {
      const { mount, cut } = ride(rider, horse, texts);
      expect(cut).toBeUndefined();
      return (rider.box.bottom - mount.top) / heightOf(rider.box);
    };
    expect(depthOf(knight, ["knight", "horse"])).toBeGreaterThan(0.25);
    expect(depthOf(knight, ["knight", "moped"])).toBeGreaterThan(0.25);
    const viking = mergeSprites([
      { sprite: knight, at: identity },
      { sprite: thing("staff", 0.05, 0.95), at: { scale: 1, x: 0.7, y: 0 } },
    ]);
    expect(depthOf(viking, ["viking", "horse"])).toBeGreaterThan(0.25);
    expect(depthOf(knight, ["knight", "skateboard"])).toBeLessThan(0.25);
    expect(depthOf(thing("ghost", 0.5, 0.8), ["ghost", "horse"])).toBeLessThan(0.25);
    expect(depthOf(knight, ["robot dog", "horse"])).toBeLessThan(0.25);
  });

  it("ride animals that are drawn whole rather than a head", () => {
    const rider = plan("viking", "riding", "moose");
    expect(computePoseLoss({ ...head, text: "moose" }, rider, 1)).toBeGreaterThan(0.1);
    expect(computePoseLoss(worker, rider, 1)).toBe(0);
    const phrases = { read: () => undefined, isName: (name: string) => name === "deer" };
    const mount = plan("viking", "riding", "red reindeer");
    expect(chooseDrawnText(mount, 1, { phrases })).toBe("red deer");
    expect(chooseDrawnText({ ...mount, relations: [] }, 1, { phrases })).toBe("red reindeer");
  });
});
