import { describe, expect, it } from "vitest";
import { placeInSnout } from "../../src/guidance/scenes/bodies.js";
import { chooseContainerDrawing } from "../../src/guidance/scenes/fillings.js";
import { cutPiece } from "../../src/guidance/scenes/cuts.js";
import { joinPieces, fitToSquare, createPiece } from "../../src/guidance/scenes/drawing.js";
import { chooseDrawnText, chooseStyle } from "../../src/guidance/scenes/drawings.js";
import { findEyes, findLooseEyes } from "../../src/guidance/scenes/eyes.js";
import { createLook } from "../../src/guidance/scenes/look.js";
import { countSameColours, computePoseLoss } from "../../src/guidance/scenes/partScores.js";
import { extractMask, removeStrap } from "../../src/guidance/scenes/parts.js";
import { priors } from "../../src/guidance/scenes/priors.js";
import { type Sprite, centreOf, placeBox } from "../../src/guidance/scenes/sprite.js";
import { type RelationKind, listAddedTexts } from "../../src/prompts/index.js";
import type { RegionPicture } from "../../src/vector/index.js";
import { box, disc, paintSlots } from "./regionPictures.js";

const colours: Record<number, readonly [number, number, number]> = {
  1: [1, 0.8, 0.3], // yellow
  2: [0.2, 0.15, 0.1], // dark brown
  3: [0.9, 0.1, 0.1], // red
  4: [0.97, 0.97, 0.97], // white
  5: [0.3, 0.6, 1], // blue
};
const pictureOf = (slotAt: (x: number, y: number) => number): RegionPicture => paintSlots(colours, slotAt);
const latents = new Float32Array(64 + 2 * 64 + 135 + 3);
const pieceFor = (picture: RegionPicture) => createPiece(latents, picture)!;
const drawingOf = (text: string, picture: RegionPicture) => joinPieces(text, [pieceFor(picture)], 1);
const block = (left: number, top: number, right: number, bottom: number, slot = 3): RegionPicture =>
  pictureOf((x, y) => (box(left, top, right, bottom)(x, y) ? slot : 0));
const middle = [0.5, 0.5, 0.5, 0.5] as const;

/** A head with two eyes. */
const head = pictureOf((x, y) => {
  if (disc(-0.3, 0, 0.08)(x, y) || disc(0.3, 0, 0.08)(x, y)) return 2;
  return disc(0, 0, 0.9)(x, y) ? 1 : 0;
});
/** An animal from the side, its head at the left. */
const sideView = pictureOf((x, y) => {
  if (disc(-0.6, -0.4, 0.05)(x, y)) return 2;
  return box(-0.6, 0, 0.9, 0.6)(x, y) || disc(-0.6, -0.3, 0.28)(x, y) ? 1 : 0;
});

/** Places an object on a subject at the middle of all dials. */
function place(
  kind: RelationKind & keyof typeof priors,
  subject: Sprite,
  object: Sprite,
  texts: [string, string],
) {
  const [subjectText, objectText] = texts;
  const { object: at, front, cut } = priors[kind]({ subject, object, subjectText, objectText }, middle);
  return { at: placeBox(object.box, at), front, cut };
}

describe("eyes of beings", () => {
  it("may be large, of any colour, or at the outline", () => {
    const alien = pictureOf((x, y) =>
      disc(-0.4, 0, 0.25)(x, y) || disc(0.4, 0, 0.25)(x, y) ? 2 : disc(0, 0, 0.9)(x, y) ? 1 : 0,
    );
    const robot = pictureOf((x, y) =>
      disc(-0.4, -0.2, 0.14)(x, y) || disc(0.4, -0.2, 0.14)(x, y)
        ? 5
        : box(-0.9, -0.9, 0.9, 0.9)(x, y)
          ? 1
          : 0,
    );
    for (const [picture, distance] of [
      [alien, 0.8],
      [robot, 0.8],
    ] as const) {
      expect(findEyes(createLook(picture))).toBeUndefined();
      expect(findLooseEyes(createLook(picture))!.distance).toBeCloseTo(distance, 1);
    }
    const crocodile = pictureOf((x, y) =>
      disc(-0.5, -0.24, 0.08)(x, y) ? 2 : box(-0.9, -0.3, 0.9, 0.3)(x, y) ? 1 : 0,
    );
    expect(findEyes(createLook(crocodile))).toBeUndefined();
    expect(findLooseEyes(createLook(crocodile))).toMatchObject({
      distance: 0,
      x: expect.closeTo(-0.5, 1) as number,
    });
    expect(findLooseEyes(createLook(block(-0.9, -0.9, 0.9, 0.9)))).toBeUndefined();
  });

  it("are above nostrils", () => {
    const pig = pictureOf((x, y) => {
      const eyes = disc(-0.5, -0.3, 0.09)(x, y) || disc(0.5, -0.3, 0.09)(x, y);
      const nostrils = disc(-0.2, 0.3, 0.1)(x, y) || disc(0.2, 0.3, 0.1)(x, y);
      return eyes || nostrils ? 2 : disc(0, 0, 0.95)(x, y) ? 1 : 0;
    });
    expect(findEyes(createLook(pig))!.y).toBeCloseTo(-0.3, 1);
  });

  it("make a drawing better for what is worn: best a pair, none at the worst", () => {
    const plan = {
      parts: ["crocodile", "hat"],
      relations: [{ subject: 0, kind: "head", object: 1 } as const],
    };
    const loss = (picture: RegionPicture) => computePoseLoss(drawingOf("crocodile", picture), plan, 0);
    expect(loss(head)).toBe(0);
    expect(loss(sideView)).toBeGreaterThan(0);
    expect(loss(block(-0.5, -0.5, 0.5, 0.5))).toBeGreaterThan(loss(sideView));
    expect(
      computePoseLoss(drawingOf("box", block(-0.5, -0.5, 0.5, 0.5)), { ...plan, parts: ["box", "hat"] }, 0),
    ).toBe(0);
  });
});

describe("drawings of worn things", () => {
  it("are a helmet without its strap", () => {
    const helmet = pieceFor(
      pictureOf((x, y) => {
        const strap = Math.hypot(x, y) > 0.7 && Math.hypot(x, y) < 0.78 && y > 0;
        return box(-0.9, -0.1, 0.9, 0.05)(x, y) || (y < 0 && disc(0, 0, 0.8)(x, y)) ? 3 : strap ? 2 : 0;
      }),
    );
    const { sprite, flags } = removeStrap(helmet)!;
    expect(sprite.box.bottom).toBeLessThan(0.2);
    expect(sprite.box.bottom).toBeGreaterThan(0);
    expect(flags.cut!.y).toBeCloseTo(sprite.box.bottom, 1);
  });

  it("are a mask without its face", () => {
    const masked = pieceFor(
      pictureOf((x, y) => {
        if (disc(-0.3, -0.3, 0.1)(x, y) || disc(0.3, -0.3, 0.1)(x, y)) return 2;
        return box(-0.5, 0.1, 0.5, 0.6)(x, y) ? 4 : disc(0, 0, 0.9)(x, y) ? 1 : 0;
      }),
    );
    expect(extractMask(masked)!.look.regions.map(({ slot }) => slot)).toEqual([4]);
    const plan = {
      parts: ["monkey", "blue mask"],
      relations: [{ subject: 0, kind: "eyes", object: 1 } as const],
    };
    expect(chooseDrawnText(plan, 1, {})).toBe("face with medical mask");
  });

  it("are a bow tie where there is a drawing of one, else a ribbon", () => {
    const plan = {
      parts: ["penguin", "blue bow"],
      relations: [{ subject: 0, kind: "neck", object: 1 } as const],
    };
    const phrases = { read: () => undefined, isName: (name: string) => name === "bow tie" };
    expect(chooseDrawnText(plan, 1, { phrases })).toBe("blue bow tie");
    expect(chooseDrawnText(plan, 1, {})).toBe("blue ribbon");
  });

  it("have the style in which they differ from their wearer in colour, among those that are nearly as good", () => {
    const styles = [
      { score: 1, clashes: 1, name: "clash" },
      { score: 0.95, clashes: 0, name: "good" },
      { score: 0.5, clashes: 0, name: "bad" },
    ];
    for (const seed of [0, 1, 2]) {
      expect(chooseStyle(styles, 0.1, seed).name).toBe("good");
      expect(chooseStyle(styles, 0.01, seed).name).toBe("clash");
    }
    expect(chooseStyle(styles, 1, 1).name).toBe("bad");
  });

  it("end at a cut", () => {
    const piece = cutPiece(pieceFor(block(-0.5, -0.5, 0.5, 0.5)), 0)!;
    expect(piece.sprite.box.bottom).toBeCloseTo(0, 1);
    expect(cutPiece(pieceFor(block(-0.5, 0, 0.5, 0.5)), -0.2)).toBeUndefined();
  });
});

describe("places of worn things", () => {
  it("put glasses on the upper part of what has no eyes, whatever is in its middle", () => {
    const avocado = drawingOf(
      "avocado",
      pictureOf((x, y) => (disc(0, -0.25, 0.5)(x, y) ? 2 : box(-0.7, -0.9, 0.7, 0.9)(x, y) ? 1 : 0)),
    );
    const { at } = place("eyes", avocado.sprite, drawingOf("glasses", block(-0.9, -0.25, 0.9, 0.25)).sprite, [
      "avocado",
      "glasses",
    ]);
    expect(centreOf(at).y).toBeLessThan(0);
  });

  const front = { ...drawingOf("dog face", head).sprite, isHead: true };
  it("put a helmet over the whole head above the eyes", () => {
    const { at } = place("head", front, drawingOf("helmet", block(-0.9, -0.5, 0.9, 0.5)).sprite, [
      "dog",
      "helmet",
    ]);
    expect(at.right - at.left).toBeGreaterThan(1.4);
    expect(at.bottom).toBeLessThan(-0.1);
    expect(at.bottom).toBeGreaterThan(front.box.top + 0.15);
  });

  it("put a mask below the eyes", () => {
    const mask = drawingOf("face with medical mask", block(-0.9, -0.3, 0.9, 0.3)).sprite;
    const { at } = place("eyes", front, mask, ["dog", "face with medical mask"]);
    expect(at.top).toBeGreaterThan(0.05);
    expect(at.bottom).toBeLessThan(0.95);
  });

  it("put a coat and a scarf below the chin of what is drawn upright", () => {
    const penguin = { ...drawingOf("penguin", block(-0.5, -0.95, 0.5, 0.95)).sprite, chin: -0.2 };
    for (const [kind, text] of [
      ["body", "coat"],
      ["neck", "scarf"],
    ] as const) {
      const { at, front: first } = place(kind, penguin, drawingOf(text, block(-0.6, -0.8, 0.6, 0.8)).sprite, [
        "penguin",
        text,
      ]);
      expect(at.top).toBeGreaterThan(-0.32);
      expect(at.bottom).toBeLessThan(1.1);
      expect(first).toBe("object");
    }
  });

  it("put a backpack behind a shoulder, and on the back of an animal from the side", () => {
    const pack = drawingOf("backpack", block(-0.7, -0.9, 0.7, 0.9)).sprite;
    const trunk = { left: -0.4, top: 0, right: 0.4, bottom: 0.9 };
    const person = { ...drawingOf("boy", block(-0.5, -0.9, 0.5, 0.9)).sprite, trunk };
    const behind = place("back", person, pack, ["boy", "backpack"]);
    expect(behind.front).toBe("subject");
    expect(Math.max(-behind.at.left, behind.at.right)).toBeGreaterThan(0.6);
    const animal = drawingOf("crocodile", sideView).sprite;
    const { at } = place("back", animal, pack, ["crocodile", "backpack"]);
    expect(centreOf(at).x).toBeGreaterThan(0);
    expect(at.top).toBeLessThan(-0.1);
    expect(at.bottom).toBeGreaterThan(0);
  });

  it("put an animal on a shoulder, in front of the body and beside the head", () => {
    const parrot = drawingOf("parrot", block(-0.7, -0.9, 0.7, 0.9)).sprite;
    const trunk = { left: -0.4, top: 0, right: 0.4, bottom: 0.9 };
    const person = { ...drawingOf("boy", block(-0.5, -0.9, 0.5, 0.9)).sprite, trunk };
    const { at, front } = place("back", person, parrot, ["boy", "parrot"]);
    expect(front).toBe("object");
    expect(at.bottom).toBeGreaterThan(trunk.top);
    expect(at.bottom).toBeLessThan(0.2);
    expect(Math.abs(centreOf(at).x)).toBeGreaterThan(0.25);
  });

  it("keep headphones above the chin of an owl", () => {
    const phones = drawingOf("headphones", block(-0.9, -0.9, 0.9, 0.9)).sprite;
    const owl = { ...drawingOf("owl", block(-0.9, -0.9, 0.9, 0.9)).sprite, chin: -0.1 };
    const free = { ...owl, chin: undefined };
    const [at, below] = [owl, free].map((each) => place("head", each, phones, ["owl", "headphones"]).at);
    expect(at!.bottom).toBeLessThan(0.45);
    expect(below!.bottom).toBeGreaterThan(at!.bottom + 0.3);
  });

  it("keep the eye free above what a mouth holds", () => {
    const animal = drawingOf("dog", sideView).sprite;
    const book = drawingOf("book", block(-0.9, -0.9, 0.9, 0.9)).sprite;
    const texts = { subjectText: "dog", objectText: "book" };
    const { right } = placeBox(
      book.box,
      placeInSnout({ subject: animal, object: book, ...texts }, middle).object,
    );
    expect(right).toBeLessThan(animal.eyes!.x);
    expect(right).toBeGreaterThan(animal.box.left);
  });
});

describe("what a drawing needs besides", () => {
  const scene = (parts: string[], ...kinds: RelationKind[]) => ({
    parts,
    relations: kinds.map((kind, at) => ({ subject: 0, kind, object: at + 1 })),
  });
  it("are none for a cage, which has bars", () => {
    expect(listAddedTexts(scene(["bird", "red cage"], "in"), 1)).toEqual([]);
  });

  it("fits the canvas with the drawing, whose eyes move along", () => {
    const base = drawingOf("pirate", head);
    const hat = { ...pieceFor(block(-0.5, -0.5, 0.5, 0.5)), placement: { scale: 1, x: 0, y: -1 } };
    const { sprite, pieces } = fitToSquare(base, [...base.pieces, hat]);
    expect(pieces).toHaveLength(2);
    expect(sprite.box.top).toBeGreaterThanOrEqual(-1);
    expect(sprite.box.bottom).toBeLessThanOrEqual(1);
    expect(sprite.eyes!.y).toBeGreaterThan(base.sprite.eyes!.y);
    expect(sprite.eyes!.distance).toBeLessThan(base.sprite.eyes!.distance);
  });
});

describe("what is in something", () => {
  const ball = drawingOf(
    "lemon",
    pictureOf((x, y) => (disc(0, 0, 0.8)(x, y) ? 3 : 0)),
  ).sprite;
  it("stands out of the top of a backpack, most of it seen", () => {
    const pack = drawingOf(
      "backpack",
      pictureOf((x, y) => (disc(0, -0.3, 0.6)(x, y) || box(-0.6, -0.3, 0.6, 0.9)(x, y) ? 5 : 0)),
    ).sprite;
    const { at, front } = place("in", ball, pack, ["lemon", "backpack"]);
    expect(front).toBe("object");
    // In the lemon's coordinates: the top of the backpack crosses it in its lower part.
    expect(at.top).toBeGreaterThan(0.2);
    expect(at.top).toBeLessThan(0.8);
  });

  it("is in the entrance of a tent", () => {
    const tent = drawingOf(
      "tent",
      pictureOf((x, y) => (y < Math.abs(x) * 2 - 0.9 || y > 0.9 ? 0 : box(-0.6, 0, -0.2, 0.9)(x, y) ? 2 : 3)),
    ).sprite;
    expect(tent.entrance).toBeCloseTo(-0.4, 1);
    const { at, front } = place("in", ball, tent, ["lemon", "tent"]);
    expect(front).toBe("subject");
    const scale = (at.right - at.left) / (tent.box.right - tent.box.left);
    expect(at.left - scale * tent.box.left + scale * -0.4).toBeCloseTo(centreOf(ball.box).x, 1);
    expect(at.bottom).toBeGreaterThan(ball.box.bottom);
  });

  it("is in an open boat, and in a pot that alone takes the colour", () => {
    const drawnAs = (text: string): string => chooseContainerDrawing(text);
    expect(["red boat", "orange flower pot", "sailboat", "blue jar", "cookie jar"].map(drawnAs)).toEqual(["red canoe", "empty flower pot", "sailboat", "blue empty jar", "cookie jar"]); // prettier-ignore
  });

  it("is drawn in another colour than its container, where a style has it", () => {
    const plan = { parts: ["egg", "box"], relations: [{ subject: 0, kind: "in", object: 1 } as const] };
    const [red, blue] = [
      drawingOf("egg", block(-0.5, -0.5, 0.5, 0.5)),
      drawingOf("box", block(-0.5, -0.5, 0.5, 0.5, 5)),
    ];
    expect(countSameColours(plan, [[red], [red]])).toBe(1);
    expect(countSameColours(plan, [[red], [blue]])).toBe(0);
  });
});
