import { expect, it } from "vitest";
import type { RequestedTexts, Sight } from "../../src/runs/editRequest.js";
import { resolveEditTexts } from "../../src/runs/editTexts.js";

/** A picture in which the guides see these things, the first one most. */
const sightOf = (...things: string[]): Sight => sightOfLayers([], things);
/** A picture that was generated as these layers. */
const sightOfLayers = (layers: readonly string[], things: readonly string[] = layers): Sight => ({
  styles: ["noto style"],
  shows: (text) => Promise.resolve(things.some((thing) => text.endsWith(thing))),
  name: () => Promise.resolve(things[0]),
  layers: () => Promise.resolve(layers),
  scenePrompt: () => Promise.resolve(layers.length > 0 ? "a girl holding a balloon" : undefined),
  knows: (text) => text !== "zorb",
});
const resolve = (request: Partial<RequestedTexts>, sight: Sight) =>
  resolveEditTexts(
    { prompt: "", from: undefined, change: "auto", masked: false, earlier: [], ...request },
    sight,
  );

it.each([
  ["make it blue", { prompt: "a blue apple", from: "a red apple", change: "colour" }],
  ["paint the apple blue", { prompt: "a blue apple", from: "an apple", change: "colour" }],
  ["make the leaf blue", { prompt: "a blue leaf", from: "a leaf", maskPrompt: "the leaf" }],
  ["turn it into a pear", { prompt: "a pear", from: "a red apple", maskPrompt: undefined }],
  ["make it look like noto", { prompt: "apple, noto style", from: "apple" }],
  ["give it sunglasses", { prompt: "give it sunglasses", from: "a red apple" }],
  ["at night", { prompt: "a red apple at night", from: "a red apple" }],
  ["make it sad", { prompt: "a sad apple", from: "a red apple" }],
])("reads %s by what the picture shows, and says so", async (prompt, texts) => {
  const resolved = await resolve({ prompt }, sightOf("red apple", "apple"));
  expect(resolved).toMatchObject(texts);
  expect(resolved.findings.map(({ code }) => code)).toEqual(["guessed-source"]);
});

it("changes only the part where a picture shows a worn thing with others", async () => {
  const texts = await resolve({ prompt: "make the hat green" }, sightOf("cat", "hat"));
  expect(texts).toMatchObject({ prompt: "a green hat", maskPrompt: "the hat" });
});

it("changes only the hat of a known thing that wears it, and all of a hat", async () => {
  const part = { prompt: "a green hat", maskPrompt: "the hat" };
  const worn = sightOf("cowboy hat face", "hat");
  expect(await resolve({ prompt: "make the hat green" }, worn)).toMatchObject(part);
  expect(await resolve({ prompt: "a face with a green hat" }, worn)).toMatchObject(part);
  const alone = await resolve({ prompt: "make the hat green" }, sightOf("top hat", "hat"));
  expect(alone).toMatchObject({ prompt: "a green hat", maskPrompt: undefined });
});

it("adds a coloured thing that the picture does not show, and leaves the subject's colour", async () => {
  const sight = sightOf("dog face", "dog", "dog with hat");
  expect(await resolve({ prompt: "a dog with a green hat" }, sight)).toMatchObject({
    prompt: "a dog with a green hat",
    from: "a dog",
  });
  expect(await resolve({ prompt: "a dog with blue fur", from: "a dog" }, sight)).toMatchObject({
    prompt: "a blue dog",
    change: "colour",
  });
});

it("reads a wish as what is wished for", async () => {
  expect(await resolve({ prompt: "I want a purple dog" }, sightOf("dog"))).toMatchObject({
    prompt: "a purple dog",
    from: "dog",
  });
});

it("takes the given source", async () => {
  const sight = sightOf("pig");
  expect(await resolve({ prompt: "make it blue", from: "a cat" }, sight)).toMatchObject({
    prompt: "a blue cat",
    from: "a cat",
  });
  expect(
    await resolve({ prompt: "turn the hat into a crown", from: "a cat with a hat" }, sight),
  ).toMatchObject({ prompt: "a crown", maskPrompt: "the hat" });
  expect(await resolve({ prompt: "a blue cat", from: "a cat" }, sight)).toEqual({
    prompt: "a blue cat",
    from: "a cat",
    change: "auto",
    findings: [],
  });
});

it("recolours a painted part that the words name, and adds what is no part", async () => {
  const texts = await resolve({ prompt: "a blue breast", masked: true }, sightOf("robin"));
  expect(texts).toMatchObject({ prompt: "a blue breast", from: "a breast", change: "colour" });
  expect((await resolve({ prompt: "a blue hat", masked: true }, sightOf("robin"))).change).toBe("auto");
});

it("leaves a colour for a masked part to the mask", async () => {
  const texts = await resolve({ prompt: "make it blue", masked: true }, sightOf("cat"));
  expect(texts.prompt).toBe("make it blue");
  expect(texts.maskPrompt).toBeUndefined();
});

it.each(["remove the hat", "make it bigger", "flip it"])("refuses %s", async (prompt) => {
  await expect(resolve({ prompt }, sightOf("cat"))).rejects.toThrow(/an edit (?:cannot|does not)/);
});

it.each([
  ["make the book green", undefined],
  ["a green book", undefined],
  ["an owl reading a green book", undefined],
  ["make the book green", "an owl reading a book"],
  ["an owl reading a green book", "an owl reading a book"],
])("recolours one layer for %s from %s", async (prompt, from) => {
  const texts = await resolve({ prompt, from }, sightOfLayers(["owl", "book", "owl: hand"]));
  expect(texts).toMatchObject({
    prompt: "a green book",
    from: "a book",
    maskPrompt: "the book",
    change: "colour",
  });
});

it("recolours one of the things that a source text names, in pictures without layers", async () => {
  const sight = sightOf("owl", "book");
  const part = { prompt: "a green book", from: "a book", maskPrompt: "the book" };
  const from = "an owl reading a book";
  expect(await resolve({ prompt: "make the book green", from }, sight)).toMatchObject(part);
  expect(await resolve({ prompt: "an owl reading a green book", from }, sight)).toMatchObject(part);
  const both = await resolve({ prompt: "a green owl reading a green book", from }, sight);
  expect(both.maskPrompt).toBeUndefined();
});

it("reads a new colour for a masked thing of a source text as a recolouring", async () => {
  const request = { from: "a firefighter holding a kitten", masked: true };
  for (const prompt of ["make the kitten grey", "a grey kitten", "a firefighter holding a grey kitten"])
    expect(await resolve({ prompt, ...request }, sightOf("firefighter"))).toMatchObject({
      prompt: "a grey kitten",
      from: "a kitten",
      change: "colour",
      maskPrompt: undefined,
    });
});

it.each([
  ["remove the balloon", { from: "a girl and a balloon", prompt: "a girl" }],
  ["replace the girl with a boy", { from: "a girl", prompt: "a boy" }],
  ["make the balloon bigger", { from: "a girl and a balloon", prompt: "a girl and a balloon" }],
  ["in noto style", { prompt: "a girl and a balloon, noto style" }],
  ["a boy holding a balloon", { from: "a girl", prompt: "a boy" }],
  ["a girl holding a red kite", { from: "a balloon", prompt: "a red kite" }],
])("changes the layers of a scene: %s", async (prompt, texts) => {
  const sight = sightOfLayers(["background", "girl", "balloon", "girl: hand"]);
  const resolved = await resolve({ prompt }, sight);
  expect(resolved).toMatchObject(texts);
  expect(resolved.layers).toBeDefined();
  expect(resolved.findings.map(({ code }) => code)).toEqual(["scene-layers"]);
});

it("refuses what would replace a scene of several things, and says what to do", async () => {
  const sight = sightOfLayers(["background", "girl", "balloon"]);
  for (const prompt of ["a church", "have the girl stand on the balloon instead of hanging"])
    await expect(resolve({ prompt }, sight)).rejects.toThrow(
      'the picture shows girl, balloon; say what becomes of one of them, such as "replace the balloon with …"',
    );
  expect(await resolve({ prompt: "a church", change: "drawing" }, sight)).toMatchObject({ from: "an emoji" });
});

it("adds a thing without its place where the scene does not show that", async () => {
  const sight = sightOfLayers(["girl", "balloon"]);
  const resolved = await resolve({ prompt: "add a mouse on the bread" }, sight);
  expect(resolved.layers).toEqual({ kind: "add", goal: "a mouse" });
  expect((await resolve({ prompt: "give her a hat" }, sight)).from).toBe("a girl");
  const placed = await resolve({ prompt: "put a bow on the girl's head" }, sight);
  expect(placed.layers).toEqual({ kind: "add", goal: "a bow", at: "on", other: "girl" });
});

it("reads a change of layers by what the changes before it left", async () => {
  const sight = sightOfLayers(["girl", "balloon"]);
  const earlier = [{ kind: "replace", thing: "balloon", goal: "a kite" }] as const;
  const resolved = await resolve({ prompt: "make the kite bigger", earlier }, sight);
  expect(resolved).toMatchObject({ prompt: "a girl and a kite", layers: { kind: "resize", thing: "kite" } });
  await expect(resolve({ prompt: "remove the balloon", earlier }, sight)).rejects.toThrow(
    "no layer of this name; it has girl, balloon",
  );
});

it.each([
  ["a mask", { prompt: "replace the girl with a boy", masked: true }],
  ["a source text", { prompt: "replace the girl with a boy", from: "a girl" }],
  ["a part of the strength", { prompt: "replace the girl with a boy", earlier: undefined }],
  ["a thing without a drawing", { prompt: "replace the girl with a zorb" }],
  ["a thing that is no layer", { prompt: "replace the moon with a boy" }],
])("changes no layers with %s", async (_, request) => {
  expect((await resolve(request, sightOfLayers(["girl", "balloon"]))).layers).toBeUndefined();
});
