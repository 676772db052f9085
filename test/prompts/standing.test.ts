import { describe, expect, it } from "vitest";
import { createPhraseReader, splitScene, standBeings } from "../../src/prompts/index.js";

const concept = (label: string, ...names: string[]) => ({ label, names, tags: [] });
const animal = (label: string) => ({ ...concept(label), subgroup: "animal mammal" });
const vocabulary = [
  concept("cook", "chef"),
  concept("boy"),
  concept("oven"),
  concept("tangerine", "orange"),
  concept("sunglasses"),
  concept("pan"),
  animal("horse"),
  animal("hedgehog"),
  animal("fox"),
  animal("foal"),
  concept("bus"),
  concept("sweater"),
  concept("mittens"),
  concept("carousel horse"),
  concept("standing horse"),
  concept("standing hedgehog"),
  concept("standing fox"),
  concept("standing cook"),
  concept("standing boy"),
  concept("child", "kid"),
  concept("standing child"),
  concept("person standing", "standing kid"),
  concept("seated boy"),
  concept("seated fox"),
  concept("moped"),
  concept("kick scooter"),
  concept("skateboard"),
  concept("ridden skateboard"),
  animal("unicorn"),
  concept("whole unicorn"),
  concept("teacup"),
  concept("cave"),
  { ...concept("pug"), subgroup: "animal mammal" },
  concept("standing pug"),
  concept("whole fox"),
  concept("sleeping fox"),
  concept("sleeping cook"),
  concept("woolly hat"),
  concept("bathtub"),
  concept("zzz"),
  animal("panda"),
  animal("red panda"),
  concept("standing panda"),
  concept("standing red panda"),
];
const phrases = createPhraseReader(vocabulary);
const split = (text: string) =>
  splitScene(text, new Set(), {
    isName: (phrase) => phrases.isName(phrase),
    hasDrawing: () => false,
    stand: (scene) => standBeings(scene, phrases, vocabulary),
  });

describe("beings of a scene", () => {
  it("are whole figures, by any of their names, with their colour", () => {
    expect(split("a chef beside an oven").parts).toEqual(["standing cook", "oven"]);
    expect(split("a kid beside an oven").parts).toEqual(["standing child", "oven"]);
    expect(split("a blue boy behind an oven").parts).toEqual(["blue standing boy", "oven"]);
  });

  it("keep a colour that is part of their name", () => {
    expect(split("a red panda holding a pan").parts.slice(0, 2)).toEqual(["standing red panda", "pan"]);
    expect(split("a pink panda holding a pan").parts.slice(0, 2)).toEqual(["pink standing panda", "pan"]);
  });

  it("lie asleep where they have such a drawing, without a sign", () => {
    expect(split("a fox sleeping in an oven").parts).toEqual(["sleeping fox", "oven"]);
    expect(split("a black fox curled up beside an oven").parts).toEqual(["black sleeping fox", "oven"]);
    expect(split("a chef taking a nap beside an oven").parts).toEqual(["sleeping cook", "oven"]);
    expect(split("a sleeping fox").parts).toEqual(["sleeping fox"]);
    expect(split("a cook and a fox sleeping beside an oven").parts.slice(0, 2)).toEqual([
      "sleeping cook",
      "sleeping fox",
    ]);
    expect(split("an angry fox lying beside an oven").parts).toEqual(["whole fox", "oven", "anger symbol"]);
    expect(split("a toy fox lying beside an oven").parts[0]).toBe("whole fox");
    expect(split("a fox asleep on a horse").parts[0]).toBe("whole fox");
    // No drawing, a garment, water: as before.
    expect(split("a horse asleep beside an oven").parts).toEqual(["horse", "oven", "zzz"]);
    expect(split("a sleeping fox in a sweater").parts).toEqual([
      "standing fox",
      "sweater",
      "zzz",
      "standing fox",
    ]);
    expect(split("a fox lounging in a bathtub").parts).toEqual(["standing fox", "bathtub"]);
    expect(split("a fox napping in a woolly hat").relations[0]).toEqual({
      subject: 0,
      kind: "in",
      object: 1,
    });
  });

  it("hold things with hands that are drawn over them", () => {
    const { parts, relations } = split("a boy holding a pan");
    expect(parts).toEqual(["standing boy", "pan", "brown circle"]);
    expect(relations.map(({ kind }) => kind)).toEqual(["holding", "paws"]);
  });

  it("are heads where a head shows more: with sunglasses", () => {
    expect(split("a boy wearing sunglasses").parts).toEqual(["boy", "sunglasses"]);
  });

  it("stand upright as animals where they wear or hold something", () => {
    expect(split("a hedgehog wearing sunglasses").parts).toEqual(["standing hedgehog", "sunglasses"]);
    expect(split("a fox holding a pan").parts[0]).toBe("standing fox");
    expect(split("a fox beside an oven").parts).toEqual(["whole fox", "oven"]);
    expect(split("a fox wearing sunglasses").parts).toEqual(["fox", "sunglasses"]);
  });

  it("wear clothes behind their head, which is drawn again; and so do breeds without a figure", () => {
    const { parts, relations } = split("a fox in a red sweater");
    expect(parts).toEqual(["standing fox", "red sweater", "standing fox"]);
    expect(relations.map(({ kind }) => kind)).toEqual(["body", "collar"]);
    expect(split("a foal wearing a sweater").parts[0]).toBe("standing horse");
    expect(split("a foal beside an oven").parts[0]).toBe("foal");
    expect(split("a boy wearing mittens").counts).toEqual([1, 2]);
  });

  it("stand on a board that lies level, which is as its emoji elsewhere", () => {
    expect(split("a fox riding a green skateboard").parts[1]).toBe("green ridden skateboard");
    expect(split("an oven on a skateboard").parts[1]).toBe("ridden skateboard");
    expect(split("a fox beside a skateboard").parts[1]).toBe("skateboard");
    expect(split("a fox holding a skateboard").parts[1]).toBe("skateboard");
  });

  it("are heads at the window of a vehicle, which they ride or drive", () => {
    for (const verb of ["driving", "riding"]) {
      const { parts, relations } = split(`a boy ${verb} a bus`);
      expect(parts).toEqual(["boy", "bus"]);
      expect(relations.map(({ kind }) => kind)).toEqual(["in"]);
    }
  });

  it("sit as riders of animals and of what has a seat, unless they hold or wear more than a figure from the side can", () => {
    expect(split("a boy riding a horse").parts).toEqual(["seated boy", "horse"]);
    expect(split("a boy riding a pink unicorn").parts).toEqual(["seated boy", "pink whole unicorn"]);
    expect(split("a boy on a moped").parts).toEqual(["seated boy", "moped"]);
    expect(split("a boy sitting in a rocking chair").parts).toEqual(["seated boy", "rocking chair"]);
    expect(split("a boy standing on a chair").parts).toEqual(["standing boy", "chair"]);
    expect(split("a fox on a throne").parts[0]).not.toContain("seated");
    expect(split("a fox on a moped").parts).toEqual(["seated fox", "moped"]);
    expect(split("a blue boy on horseback").parts).toEqual(["blue seated boy", "horse"]);
    expect(split("a boy wearing mittens riding a horse").parts[0]).toBe("standing boy");
    expect(split("a boy riding an oven").parts).toEqual(["standing boy", "oven"]);
    expect(split("a boy on a kick scooter").parts).toEqual(["standing boy", "kick scooter"]);
    // An animal on an animal stands there.
    expect(split("a fox on a horse").parts).toEqual(["whole fox", "horse"]);
    expect(split("a hedgehog riding a horse").parts[0]).not.toContain("seated");
  });

  it("look out of small containers as animals", () => {
    expect(split("a fox in a teacup").parts).toEqual(["standing fox", "teacup"]);
    expect(split("a fox in a cave").parts).toEqual(["fox", "cave"]);
  });

  it("are not sought for a thing whose name is a colour", () => {
    expect(split("oranges beside a fox").parts).toEqual(["orange", "whole fox"]);
  });

  it("stay what they are when they are alone, and where no such figure is known", () => {
    expect(split("a chef").parts).toEqual(["chef"]);
    expect(split("a hedgehog beside an oven").parts).toEqual(["hedgehog", "oven"]);
    expect(split("a boy riding a carousel horse").parts).toEqual(["seated boy", "carousel horse"]);
  });
});
