import { describe, expect, it } from "vitest";
import { arrangeCopies, joinPieces, createPiece } from "../../src/guidance/scenes/drawing.js";
import { arrangeDrawing } from "../../src/guidance/scenes/drawings.js";
import { placeInAdded } from "../../src/guidance/scenes/doors.js";
import { turnToNeighbour } from "../../src/guidance/scenes/facing.js";
import { findStance } from "../../src/guidance/scenes/feet.js";
import { joinLayers, splitDrawing } from "../../src/guidance/scenes/layers.js";
import { layOut } from "../../src/guidance/scenes/layout.js";
import { listLayerTexts } from "../../src/guidance/scenes/plan.js";
import { priors } from "../../src/guidance/scenes/priors.js";
import { splitLayer } from "../../src/gan/index.js";
import { centreOf, heightOf, isBelow, placeBox, widthOf } from "../../src/guidance/scenes/sprite.js";
import { findBody, isUpright, listAddedTexts, listBodyTexts } from "../../src/prompts/index.js";
import type { RelationKind } from "../../src/prompts/index.js";
import { box, disc, paintSlots } from "./regionPictures.js";

const colours = { 1: [1, 0.8, 0.3], 2: [0.3, 0.2, 0], 3: [0.9, 0.1, 0.1] } as const;
const latents = new Float32Array(64 + 2 * 64 + 135 + 3);
const drawingOf = (text: string, slotAt: (x: number, y: number) => number) =>
  joinPieces(text, [createPiece(latents, paintSlots(colours, slotAt))!], 1);
const block = (text: string, left: number, top: number, right: number, bottom: number) =>
  drawingOf(text, (x, y) => Number(box(left, top, right, bottom)(x, y)));
const square = (text: string) => block(text, -0.8, -0.8, 0.8, 0.8);
const middle = new Array<number>(8).fill(0.5);
/** Boxes of a thing and of what it is related to. */
const placeTwo = (
  kind: RelationKind,
  one: ReturnType<typeof drawingOf>,
  other: ReturnType<typeof drawingOf>,
) => {
  const { placements, order } = layOut([one, other], [{ subject: 0, kind, object: 1 }], middle);
  const [own, its] = [one, other].map(({ sprite }, at) => placeBox(sprite.box, placements[at]!));
  return { own: own!, its: its!, order };
};
/** A table: a top and two legs. */
const table = drawingOf("table", (x, y) =>
  Number(
    box(-0.9, -0.6, 0.9, -0.4)(x, y) || box(-0.7, -0.4, -0.6, 0.6)(x, y) || box(0.6, -0.4, 0.7, 0.6)(x, y),
  ),
);
/** An animal from the side: a body on two legs, and a raised head with one eye at the left. */
const horse = drawingOf("horse", (x, y) => {
  if (disc(-0.7, -0.65, 0.05)(x, y)) return 2;
  const legs = box(-0.5, 0.3, -0.35, 0.9)(x, y) || box(0.45, 0.3, 0.6, 0.9)(x, y);
  return Number(box(-0.9, -0.8, -0.5, 0)(x, y) || box(-0.6, -0.2, 0.7, 0.4)(x, y) || legs);
});

it("keeps the colours that a text names where a layer has no fills of its own", async () => {
  const code = Float32Array.from({ length: 64 }, (_, at) => at / 64);
  const fillChange = Float32Array.from({ length: 135 }, (_, at) => Math.sin(at));
  const pose = { x: 0.1, y: -0.2, size: 0.5 };
  const painter = (): never => {
    throw new Error("no fills are decoded");
  };
  const { data } = await joinLayers([{ code, pose, fillChange }], painter);
  const drawing = splitDrawing(splitLayer(data as Float32Array).latents);
  expect(drawing.code).toEqual(code);
  drawing.fillChange.forEach((value, at) => expect(value).toBeCloseTo(fillChange[at]!, 5));
});

describe("beings beside each other", () => {
  const relations = [{ subject: 0, kind: "beside", object: 1 }] as const;
  const isTurned = (parts: readonly string[]): boolean =>
    turnToNeighbour(horse, { parts, counts: [1, 1], relations, styles: [], colours: [] } as never, 0)
      .pieces[0]!.flags.mirrored;

  it("look at each other, unless both run", () => {
    expect(isTurned(["horse", "cow"])).toBe(true);
    expect(isTurned(["running horse", "running cow"])).toBe(false);
  });

  it("all look ahead where several run", () => {
    const mirrored = (text: string): boolean[] =>
      arrangeCopies({ ...horse, text }, 2, { spread: 1, stand: true }).pieces.map(
        ({ flags }) => flags.mirrored,
      );
    expect(mirrored("horse")).toEqual([false, true]);
    expect(mirrored("running horse")).toEqual([false, false]);
  });
});

describe("what is between two things", () => {
  const relations = [
    { subject: 0, kind: "leftFlank", object: 1 },
    { subject: 0, kind: "rightFlank", object: 2 },
  ] as const;

  it("is the largest, in the middle, in front of both", () => {
    const parts = [square("cat"), square("dog"), square("cow")];
    const { placements, order } = layOut(parts, relations, middle);
    const [own, left, right] = parts.map(({ sprite }, at) => placeBox(sprite.box, placements[at]!));
    expect(order.at(-1)).toBe(0);
    expect(widthOf(own!)).toBeGreaterThan(1.1 * widthOf(left!));
    expect(widthOf(own!)).toBeGreaterThan(0.8);
    expect(centreOf(left!).x).toBeLessThan(own!.left + 0.01);
    expect(centreOf(right!).x).toBeGreaterThan(own!.right - 0.01);
    expect(left!.right).toBeGreaterThan(own!.left);
  });

  it("stands apart if all are narrow, and is small between large things", () => {
    const narrow = ["spoon", "fork", "knife"].map((text) => block(text, -0.15, -0.9, 0.15, 0.9));
    const { placements } = layOut(narrow, relations, middle);
    const [own, left, right] = narrow.map(({ sprite }, at) => placeBox(sprite.box, placements[at]!));
    expect([left!.right < own!.left, right!.left > own!.right]).toEqual([true, true]);
    const heightsOf = (texts: string[]): number[] => {
      const parts = texts.map(square);
      const layout = layOut(parts, relations, middle);
      return parts.map(({ sprite }, at) => heightOf(placeBox(sprite.box, layout.placements[at]!)));
    };
    const [mouse, elephant] = heightsOf(["mouse", "elephant", "elephant"]) as [number, number];
    expect(elephant).toBeGreaterThan(1.2 * mouse);
  });
});

describe("what is on a thing", () => {
  it("sits on the seat of a swing, lies on the middle of a rug, and hangs on a door", () => {
    const swing = placeTwo("on", square("monkey"), square("swing"));
    expect(swing.order.at(-1)).toBe(0);
    expect(swing.own.bottom).toBeGreaterThan(centreOf(swing.its).y);
    expect(swing.own.bottom).toBeLessThan(swing.its.bottom);
    const rug = placeTwo("on", square("toy train"), block("rug", -0.9, -0.6, 0.9, 0.6));
    expect(rug.own.bottom).toBeGreaterThan(rug.its.top + 0.35 * heightOf(rug.its));
    expect(rug.own.bottom).toBeLessThan(rug.its.bottom);
    const door = placeTwo("on", square("wreath"), block("door", -0.5, -0.9, 0.5, 0.9));
    expect([door.own.top > door.its.top, door.own.bottom < door.its.bottom]).toEqual([true, true]);
    expect([door.own.left > door.its.left, door.own.right < door.its.right]).toEqual([true, true]);
    const cat = placeTwo("on", square("cat"), block("door", -0.5, -0.9, 0.5, 0.9));
    expect(cat.own.bottom).toBeLessThan(cat.its.top + 0.2 * heightOf(cat.its));
  });

  it("is on the low part of a treadmill", () => {
    const treadmill = drawingOf("treadmill", (x, y) =>
      Number(box(-0.9, -0.8, -0.7, 0.7)(x, y) || box(-0.9, 0.5, 0.9, 0.7)(x, y)),
    );
    const { own, its } = placeTwo("on", square("lizard"), treadmill);
    expect(own.bottom).toBeGreaterThan(its.top + 0.8 * heightOf(its));
    expect(centreOf(own).x).toBeGreaterThan(centreOf(its).x - 0.05);
  });

  it("lies in the middle of a plate, as an insect in the middle of a leaf", () => {
    for (const [text, support] of [
      ["cake", "plate"],
      ["beetle", "green leaf"],
    ] as const) {
      const { own, its, order } = placeTwo("on", square(text), square(support));
      expect(Math.abs(centreOf(own).x - centreOf(its).x)).toBeLessThan(0.1 * widthOf(its));
      expect(Math.abs(centreOf(own).y - centreOf(its).y)).toBeLessThan(0.1 * heightOf(its));
      expect(order.at(-1)).toBe(0);
    }
  });

  it("is in a jar even if it is an insect", () => {
    const jar = placeTwo("in", square("bee"), square("jar"));
    expect(widthOf(jar.own)).toBeGreaterThan(0.55 * widthOf(jar.its));
    expect(Math.abs(centreOf(jar.own).y - centreOf(jar.its).y)).toBeLessThan(0.1 * heightOf(jar.its));
  });
});

describe("what is under a thing", () => {
  it("stands between the legs of a table, at a readable size", () => {
    const { own, its, order } = placeTwo("below", square("lion"), table);
    expect(order.at(-1)).toBe(0);
    expect(widthOf(own)).toBeGreaterThan(0.35 * widthOf(its));
    expect(own.top).toBeGreaterThan(its.top);
    expect([own.left > its.left, own.right < its.right]).toEqual([true, true]);
  });

  it("stands at the foot of a lamp that is taller", () => {
    const { own, its } = placeTwo("below", square("cow"), block("street lamp", -0.2, -0.9, 0.2, 0.9));
    expect(heightOf(its)).toBeGreaterThan(1.4 * heightOf(own));
    expect(Math.abs(its.bottom - own.bottom)).toBeLessThan(0.1 * heightOf(own));
  });

  it("stands before a waterfall", () => {
    const { own, its, order } = placeTwo("below", square("bear"), square("waterfall"));
    expect(order.at(-1)).toBe(0);
    expect(own.top).toBeGreaterThan(its.top);
    expect(own.bottom).toBeGreaterThan(centreOf(its).y);
  });

  it("touches what has no space below it, and has a gap below the moon", () => {
    const bed = placeTwo("below", square("cat"), block("bed", -0.9, -0.3, 0.9, 0.3));
    expect(bed.its.bottom).toBeGreaterThan(bed.own.top);
    const moon = placeTwo("below", square("cat"), square("moon"));
    expect(moon.its.bottom).toBeLessThan(moon.own.top);
  });
});

describe("what is behind a low thing", () => {
  it("looks over it, in the middle", () => {
    const { own, its, order } = placeTwo("behind", square("cat"), block("fence", -0.9, -0.3, 0.9, 0.3));
    expect(order.at(-1)).toBe(1);
    expect(its.top).toBeGreaterThan(own.top + 0.4 * heightOf(own));
    expect(its.bottom).toBeGreaterThan(own.bottom);
    expect(widthOf(its)).toBeGreaterThan(widthOf(own));
    expect(Math.abs(centreOf(own).x - centreOf(its).x)).toBeLessThan(0.1 * widthOf(own));
  });
});

describe("what is behind a curtain", () => {
  it("looks out beside it: its front half is seen", () => {
    const { own, its, order } = placeTwo("behind", square("cat"), block("curtain", -0.4, -0.9, 0.4, 0.9));
    expect(order.at(-1)).toBe(1);
    expect(heightOf(its)).toBeGreaterThan(1.1 * heightOf(own));
    const hidden = Math.min(own.right, its.right) - Math.max(own.left, its.left);
    expect(hidden / widthOf(own)).toBeGreaterThan(0.3);
    expect(hidden / widthOf(own)).toBeLessThan(0.6);
  });
});

describe("who lies", () => {
  const sleeper = block("sleeping dog", -0.9, -0.4, 0.9, 0.4);

  it("is under a table on the ground, before its legs", () => {
    const { own, its, order } = placeTwo("below", sleeper, table);
    expect(order.at(-1)).toBe(0);
    expect(widthOf(its)).toBeGreaterThan(1.2 * widthOf(own));
    expect(Math.abs(own.bottom - its.bottom)).toBeLessThan(0.2 * heightOf(own));
  });

  it("is on the seat of a sofa", () => {
    const { own, its, order } = placeTwo("on", sleeper, block("sofa", -0.9, -0.6, 0.9, 0.6));
    expect(order.at(-1)).toBe(0);
    expect((own.bottom - its.top) / heightOf(its)).toBeGreaterThan(0.5);
    expect((own.bottom - its.top) / heightOf(its)).toBeLessThan(0.75);
  });
});

describe("what is scattered", () => {
  it("is over a thing with windows like eyes, and above the head of a being", () => {
    const place = (text: string): number => {
      const { own, its } = placeTwo("scattered", { ...horse, text }, square("candy"));
      return (centreOf(its).y - own.top) / heightOf(own);
    };
    expect(place("castle")).toBeGreaterThan(place("horse"));
  });
});

describe("a child", () => {
  it("is smaller than an adult", () => {
    const { own, its } = placeTwo("beside", square("standing child"), square("standing woman"));
    expect(heightOf(its)).toBeGreaterThan(1.1 * heightOf(own));
    const young = placeTwo("beside", square("baby elephant"), square("elephant"));
    expect(heightOf(young.its)).toBeGreaterThan(1.1 * heightOf(young.own));
  });
});

describe("a rider", () => {
  /** A seated figure: head with eyes, trunk, and one leg to the left, by the template. */
  const seat = (value: number): number => value / 64 - 1;
  const seated = drawingOf("seated fox", (x, y) => {
    if (disc(seat(51), seat(35), 0.05)(x, y) || disc(seat(64), seat(35), 0.05)(x, y)) return 2;
    const leg = box(seat(36), seat(86), seat(50), seat(123))(x, y);
    const trunk = box(seat(47), seat(48), seat(83), seat(93))(x, y);
    return Number(disc(seat(62), seat(33), 0.28)(x, y) || trunk || leg);
  });

  it("sits on the back of the mount, with the leg in front of it", () => {
    const { own, its, order } = placeTwo("riding", seated, horse);
    const unit = heightOf(own) / (123 - 15);
    expect(order.at(-1)).toBe(0);
    // The back of the horse is at −0.2 of its canvas, 0.6 of the height of its drawing below the top.
    const back = its.top + (0.6 / 1.7) * heightOf(its);
    expect(Math.abs(own.bottom - 30 * unit - back)).toBeLessThan(8 * unit);
    expect(widthOf(its)).toBeGreaterThan(1.6 * widthOf(own));
  });

  it("sits on the back of an animal, behind its head", () => {
    const { own, its, order } = placeTwo("riding", square("mouse"), horse);
    expect(order.at(-1)).toBe(0);
    expect(centreOf(own).x).toBeGreaterThan(centreOf(its).x);
    // The back is at a third of its height.
    expect(own.bottom).toBeGreaterThan(its.top + 0.33 * heightOf(its));
    expect(own.bottom).toBeLessThan(its.top + 0.55 * heightOf(its));
  });

  it("is not small, even if it is an insect", () => {
    const { own, its } = placeTwo("riding", square("butterfly"), square("scooter"));
    expect(widthOf(own)).toBeGreaterThan(0.5 * widthOf(its));
  });
});

describe("words for sizes", () => {
  it("change how large things are beside each other, and what carries them", () => {
    const heightRatio = (kind: RelationKind, one: string, other: string): number => {
      const { own, its } = placeTwo(kind, square(one), square(other));
      return heightOf(its) / heightOf(own);
    };
    expect(heightRatio("beside", "big dog", "small cat")).toBeLessThan(
      0.7 * heightRatio("beside", "dog", "cat"),
    );
    expect(heightRatio("beside", "tiny mouse", "huge cheese")).toBeGreaterThan(2);
    expect(heightRatio("on", "mouse", "elephant")).toBeGreaterThan(1.3 * heightRatio("on", "cat", "stool"));
  });
});

describe("openings of closed containers", () => {
  const plan = (container: string) => ({
    parts: ["cat", container],
    relations: [{ subject: 0, kind: "in", object: 1 }] as const,
  });

  it("are layers of the containers that are seen from outside", () => {
    expect(listAddedTexts(plan("red barn"), 1)).toEqual(["black circle"]);
    expect(listAddedTexts(plan("rocket"), 1)).toEqual(["blue circle"]);
    expect(listAddedTexts(plan("fridge"), 1)).toEqual(["black circle"]);
    expect(listAddedTexts(plan("basket"), 1)).toEqual([]);
    expect(
      listAddedTexts({ ...plan("barn"), relations: [{ subject: 0, kind: "on", object: 1 }] }, 1),
    ).toEqual([]);
    expect(listLayerTexts(plan("igloo"))).toEqual(["igloo", "black circle", "cat"]);
  });

  it("show what is in them: it stands in an entrance, and a window cuts it off", () => {
    const { sprite } = square("cat");
    const hole = { left: -0.4, top: 0, right: 0.4, bottom: 0.8 };
    const pair = { subject: sprite, object: square("barn").sprite, subjectText: "cat", objectText: "barn" };
    for (const kind of ["entrance", "porthole"] as const) {
      const { object, cut } = placeInAdded(pair, { box: hole, kind }, [0.5, 0.5, 0.5, 0.5]);
      const around = placeBox(hole, object);
      expect(widthOf(sprite.box)).toBeLessThan(widthOf(around));
      expect(widthOf(sprite.box)).toBeGreaterThan(0.6 * widthOf(around));
      expect(cut === undefined).toBe(kind === "entrance");
      if (cut) expect(isBelow(cut, 0, around.bottom + 0.01)).toBe(true);
    }
  });
});

describe("clothes", () => {
  const place = (kind: "feet" | "wrist" | "body" | "back", subject: typeof horse, text: string) => {
    const object = square(text).sprite;
    const pair = { subject: subject.sprite, object, subjectText: subject.text, objectText: text };
    const related = priors[kind](pair, [0.5, 0.5, 0.5, 0.5]);
    return { ...related, at: placeBox(object.box, related.object) };
  };

  it("for the feet are as wide as the stance and lower than the legs", () => {
    const stance = findStance(horse.sprite);
    expect([stance.x, stance.width]).toEqual([expect.closeTo(0.05, 1), expect.closeTo(1.1, 1)]);
    const { at } = place("feet", horse, "boots");
    expect(heightOf(at)).toBeLessThan(0.36 * heightOf(horse.sprite.box));
    expect(at.bottom).toBeGreaterThan(horse.sprite.box.bottom - 0.05);
  });

  it("for the wrist are small, at a hand", () => {
    const trunk = { left: -0.5, top: 0, right: 0.5, bottom: 0.9 };
    const boy = { ...square("boy"), sprite: { ...square("boy").sprite, trunk } };
    const { at } = place("wrist", boy, "watch");
    expect(widthOf(at)).toBeLessThan(0.5 * widthOf(trunk));
    expect(Math.abs(centreOf(at).x)).toBeGreaterThan(0.3);
  });

  it("below the waist need a body, and replace its trousers", () => {
    const wearing = (object: string) => ({
      parts: ["girl", object],
      relations: [{ subject: 0, kind: "body", object: 1 }] as const,
    });
    expect(findBody(wearing("dress"), 0)).toBeUndefined();
    expect(listBodyTexts(wearing("skirt"), 0)).toEqual(["t-shirt"]);
    expect(listBodyTexts(wearing("belt"), 0)).toEqual(["jeans", "t-shirt"]);
    const trunk = { left: -0.5, top: 0, right: 0.5, bottom: 0.8 };
    const girl = { ...square("girl"), sprite: { ...square("girl").sprite, trunk, isHead: true } };
    expect(place("body", girl, "skirt").at.top).toBeGreaterThan(0.5);
  });

  it("include a cape, which is behind its wearer and wider", () => {
    const { at, front } = place("back", square("owl"), "red cape");
    expect(front).toBe("subject");
    expect(widthOf(at)).toBeGreaterThan(1.1 * 1.6);
  });
});

describe("a knight", () => {
  it("is drawn whole, and holds things before its body", () => {
    const scene = {
      parts: ["knight", "violin"],
      relations: [{ subject: 0, kind: "holding", object: 1 }] as const,
    };
    expect(listBodyTexts(scene, 0)).toEqual([]);
    expect(isUpright("a knight")).toBe(true);
  });
});

describe("what is climbed, and what is in a mouth", () => {
  const tree = drawingOf("tree", (x, y) =>
    Number(box(-0.8, -0.9, 0.8, 0.2)(x, y) || box(-0.15, 0.2, 0.15, 0.9)(x, y)),
  );

  it("is a higher thing behind who climbs it, at its trunk", () => {
    const { own, its, order } = placeTwo("climbing", square("koala"), tree);
    expect(order).toEqual([1, 0]);
    expect(heightOf(its)).toBeGreaterThan(1.9 * heightOf(own));
    expect(centreOf(own).x).toBeCloseTo(centreOf(its).x, 1);
    expect(centreOf(own).y).toBeGreaterThan(centreOf(its).y);
    expect(own.bottom).toBeLessThan(its.bottom);
  });

  it("is at the snout of an animal from the side", () => {
    const { own, its, order } = placeTwo("mouth", horse, square("bone"));
    expect(order).toEqual([0, 1]);
    expect(its.left).toBeLessThan(own.left);
    expect(its.right).toBeGreaterThan(own.left);
    expect(centreOf(its).y).toBeLessThan(centreOf(own).y);
  });
});

describe("copies of beings", () => {
  const plan = (kind: RelationKind, container: string) => ({
    parts: ["kitten", container],
    counts: [3, 1],
    relations: [{ subject: 0, kind, object: 1 }],
  });
  const aspect = (kind: RelationKind, container: string): number => {
    const { box: extent } = arrangeDrawing(square("kitten"), plan(kind, container), 0).sprite;
    return widthOf(extent) / heightOf(extent);
  };

  it("are in one row in a boat, on a back and below a thing, where those of an upper row would float", () => {
    expect(aspect("in", "rowboat")).toBeGreaterThan(2.8);
    expect(aspect("on", "horse")).toBeGreaterThan(2.8);
    expect(aspect("below", "moon")).toBeGreaterThan(2.8);
    expect(aspect("in", "jar")).toBeLessThan(2.2);
    expect(aspect("beside", "tree")).toBeLessThan(2.2);
  });

  it("are in one row on a tray, as trees and mountains are on the ground", () => {
    expect(aspect("on", "tray")).toBeGreaterThan(2.8);
    const trees = { ...plan("beside", "house"), parts: ["tree", "house"] };
    const { box: extent } = arrangeDrawing(square("tree"), trees, 0).sprite;
    expect(widthOf(extent) / heightOf(extent)).toBeGreaterThan(2.8);
  });

  it("have one thing at their end, unless the picture would be a strip", () => {
    const placeBeside = (width: number): { x: number; y: number } => {
      const row = { ...block("child", -0.9, -0.9 / width, 0.9, 0.9 / width), copies: 3 };
      const { placements } = layOut(
        [row, square("snowman")],
        [{ subject: 0, kind: "beside", object: 1 }],
        middle,
      );
      return { x: placements[1]!.x - placements[0]!.x, y: placements[1]!.y - placements[0]!.y };
    };
    const [group, strip] = [placeBeside(1.5), placeBeside(4)];
    expect(Math.abs(group.x)).toBeGreaterThan(Math.abs(group.y));
    expect(Math.abs(strip.x)).toBeLessThan(Math.abs(strip.y));
  });

  it("are in one row before one being", () => {
    expect(aspect("beside", "dog")).toBeGreaterThan(2.8);
  });

  it("are in one row where they stand on a thing, as candles on a cake do", () => {
    const candles = {
      parts: ["candle", "cake"],
      counts: [5, 1],
      relations: [{ subject: 0, kind: "on" as const, object: 1 }],
    };
    const { box: extent } = arrangeDrawing(square("candle"), candles, 0).sprite;
    expect(widthOf(extent) / heightOf(extent)).toBeGreaterThan(4.8);
  });
});
