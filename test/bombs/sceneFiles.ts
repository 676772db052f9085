import { composeScene, serializeScene } from "../../src/runs/scene.js";
import { readSceneFile } from "../../src/runs/sceneFile.js";
import { type Random, hostZeros } from "../../src/tensor/index.js";
import { pick, stutter } from "./stutter.js";

/** Fills of a layer, and numbers of a fill. */
const [fillCount, fillSize] = [15, 9];
/** Numbers of a layer's code. */
const codeLength = 8;

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** Pieces of texts: what the writer of scene files formats, and what a reader could take for the end of a text. */
const words = [
  ...'a cat|🍕|-1, |[ |[ 1, 2 ]|{ |} |"pose": { |{ "colour" |1e999|\\|\\u0000|\n|\t|  |__proto__|\u202e'.split(
    "|",
  ),
];
/** Values that take the place of a valid one. */
const wrongValues: readonly Json[] = [
  null, true, -1, 1e300, -0, 0.5, "", "#ff8800", "AAAA", "=", [], [[]], {}, { x: 0, y: 0, size: 1 }, [1e9, 0, 0],
]; // prettier-ignore

function makeFill(random: Random): Json {
  const hex = `#${random.integer(0x1000000).toString(16).padStart(6, "0")}`;
  return {
    colour: random.integer(2) === 0 ? hex : [random.uniform(), 2, -1e3],
    ...(random.integer(2) === 0 && {
      slopes: Array.from({ length: 6 }, () => random.uniform() * 2000 - 1000),
    }),
    ...(random.integer(3) === 0 && { hidden: true }),
    ...(random.integer(3) === 0 && { share: random.uniform() }),
  };
}

function makeLayer(random: Random, size: number): Json {
  const code = Buffer.alloc(4 * pick(random, [codeLength, codeLength, codeLength, codeLength + 1]));
  for (let at = 0; at < code.length; at += 4) code.writeFloatLE(pick(random, [0, 1, -999, NaN, 1e30]), at);
  const finite = random.integer(4) > 0 ? Buffer.alloc(4 * codeLength) : code;
  const optional: Record<string, Json> = {
    hidden: random.integer(3) === 0,
    pose: { x: random.uniform() - 0.5, y: random.uniform() - 0.5, size: 0.02 + 3.9 * random.uniform() },
    mirrored: true,
    cut: { x: 1e3 * random.uniform(), y: -1e3, half: 0.01, sag: 1e3 },
    style: stutter(random, words, 1 + random.integer(100)),
    code: finite.toString("base64"),
    fills: Array.from({ length: fillCount }, () => makeFill(random)),
  };
  const names = Object.keys(optional).filter(() => random.integer(2) === 0);
  return {
    text: `x${stutter(random, words, 1 + random.integer(Math.min(999, size)))}`,
    ...Object.fromEntries(names.map((name) => [name, optional[name]!])),
  };
}

/** Replaces, removes or adds one value somewhere in a JSON value. */
function spoil(random: Random, value: Json): void {
  if (typeof value !== "object" || value === null) return;
  const names = Object.keys(value);
  const name = names.length === 0 ? "x" : pick(random, names);
  const parent = value as Record<string, Json>;
  const child = parent[name];
  if (typeof child === "object" && child !== null && random.integer(4) > 0) return spoil(random, child);
  const change = random.integer(3);
  if (change === 0 && !Array.isArray(value)) Reflect.deleteProperty(parent, name);
  else if (change === 1 && !Array.isArray(value))
    parent[pick(random, ["constructor", "cut", "text", "x"])] = 1;
  else parent[name] = pick(random, wrongValues);
}

/** Pieces of files that are not JSON, or not of a scene. */
const pieces = [
  ...'{|}|[|]|,|1e999|-1e300|NaN|0|"|"text":"cat",|"pose":{"x":0,"y":0,"size":1},|"code":"AAAA",|"__proto__":{|"fills":[|{"colour":"#ff0000"},|"hidden":true,|"text":"a"},{|\\u0000|"cut":{'.split(
    "|",
  ),
];

/** Makes a scene file: a third valid but for its codes, a third with one value wrong, a third of pieces. @param size bytes of its texts or pieces, about. */
export function makeSceneFile(random: Random, size: number): Buffer {
  const kind = random.integer(3);
  if (kind === 0) {
    const start = pick(random, [
      "",
      '{"format":1,"prompt":"x","layers":[',
      '{"format":1,"layers":[{"text":"x",',
    ]);
    return Buffer.from(start + stutter(random, pieces, size));
  }
  const scene: Json = {
    format: 1,
    ...(random.integer(2) === 0 && { pack: { name: "p", fingerprint: "0123456789abcdef" } }),
    prompt: `x${stutter(random, words, 1 + random.integer(Math.min(9999, size)))}`,
    layers: Array.from({ length: 1 + random.integer(9) }, () => makeLayer(random, size)),
  };
  if (kind === 1) spoil(random, scene);
  return Buffer.from(JSON.stringify(scene));
}

/** Parts of a session that a scene of codes and fills needs: drafts and fills of zeros. */
const session = {
  draft: () => Promise.resolve([{ latents: hostZeros([codeLength + fillCount * fillSize + 3]) }]),
  painterOf: ({ shape }: { shape: readonly number[] }) => ({
    parts: () => Promise.resolve({ fills: hostZeros([shape[1]! * fillCount * fillSize]) }),
  }),
};
const models = { generator: { latentShape: [codeLength + fillCount * fillSize + 3] }, templates: [] };

/** Reads a scene file, composes its layers, and writes it again. @throws {Error} when what is written is not what was read. */
export async function readScene(path: string): Promise<void> {
  const file = await readSceneFile(path);
  type Arguments = Parameters<typeof composeScene>;
  const latents = await composeScene(
    file.layers,
    session as unknown as Arguments[1],
    models as unknown as Arguments[2],
    {} as Arguments[3],
  );
  if ((latents.data as Float32Array).some(Number.isNaN)) throw new Error("the latents are not numbers");
  const written = JSON.stringify(JSON.parse(serializeScene(file)));
  if (written !== JSON.stringify(file)) throw new Error("the scene is written as another one");
}
