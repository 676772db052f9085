import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import { readCaptionedFolder } from "../../src/data/index.js";
import { ToolkitError } from "../../src/errors.js";
import { parseTable } from "../../src/files/index.js";
import { loadPictureFrom, decodeMetadata } from "../../src/images/index.js";
import { openWeights, readTensors } from "../../src/packs/index.js";
import {
  type KnownNames,
  createPhraseReader,
  parsePromptArgument,
  parsePromptFile,
  removeUnknown,
  resolveAliases,
  splitScene,
} from "../../src/prompts/index.js";
import { loadAliases } from "../../src/runs/aliases.js";
import { mostThings } from "../../src/runs/requests/index.js";
import { type Random, createRandom } from "../../src/tensor/index.js";
import { pick, stutter } from "./stutter.js";
import { cpuSeconds } from "../cpuTime.js";
import { loadTokenizer } from "../../src/clip/index.js";
import { tokenizerJson } from "../tiny.js";
import { nestedPickle } from "./pickleGrammar.js";
import { makeSceneFile, readScene } from "./sceneFiles.js";
import { deflatedArchive, opcodes, pickleBombs, zip } from "./pickles.js";

/** Input made by a grammar to ask for more than its size, and the reader that it is for. */
export interface Grammar {
  /** @param size bytes, about. */
  make(random: Random, size: number): Buffer;
  /** Reads the input from a file; throws what the reader throws. */
  read(path: string, bytes: Buffer): Promise<unknown>;
}

/** Outcome of many inputs of one grammar. */
export interface Outcome {
  readonly read: number;
  /** Refused with one line. */
  readonly refused: number;
  /** Anything else: by the number of its case, and what was wrong. */
  readonly failures: readonly string[];
  /** Milliseconds of processor time of the slowest input. */
  readonly slowest: number;
}

/** Processor time that an input may take: some milliseconds, and more for each byte. A quadratic reader passes it by far. */
const allowance = { milliseconds: 3000, perByte: 0.02 };

async function readWeights(path: string): Promise<void> {
  const file = await openWeights(path, { inert: ["omegaconf."] });
  await readTensors(file).finally(() => file.close());
}

/** Chunks of a PNG with right checksums. */
function png(chunks: readonly (readonly [type: string, data: Uint8Array])[]): Buffer {
  const parts = chunks.map(([type, data]) => {
    const body = opcodes(type, data);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  });
  return opcodes("\x89PNG\r\n\x1a\n", ...parts);
}

function pngHeader(width: number, height: number, depth = 8, colour = 2): Buffer {
  const bytes = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, depth, colour, 0, 0, 0]);
  bytes.writeUInt32BE(width, 0);
  bytes.writeUInt32BE(height, 4);
  return bytes;
}

const end = ["IEND", Buffer.alloc(0)] as const;
const settings = [
  "<clipsteer:settings>",
  "</clipsteer:settings>",
  "&amp;",
  "&#38;",
  "&#99999999;",
  "<a>",
  "]]>",
  '{"a":',
];

/** A pickle of random opcodes around a few that copy, call and nest. */
function randomPickle(random: Random, size: number): Buffer {
  const pieces = [
    ..."N)]}\x8f(0200ate.\x85\x86\x87lsu\x90\x91R\x81\x92Qb\x94",
    "h\x00",
    "h\x01",
    "q\x00",
    "q\x01",
    "K\x07",
    "h\x00h\x01R",
    "h\x00h\x01\x81",
    "h\x00h\x01N\x92",
    "h\x00h\x01\x93",
    "(NNNNt",
    "h\x01h\x01a",
    "ccollections\nOrderedDict\n",
    "ctorch\nFloatStorage\n",
    "c_codecs\nencode\n",
    "ctorch._utils\n_rebuild_tensor_v2\n",
    "\x8c\x03abc",
    "X\x04\x00\x00\x00word",
    "\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f",
  ];
  const known = "ccollections\nOrderedDict\nq\x00" + `(${"N".repeat(random.integer(size / 2))}tq\x01`;
  return opcodes("\x80\x04", known, stutter(random, pieces, size / 2), ".");
}

/** Bytes that a reader finds in an input that is compressed. */
const contents = new WeakMap<Buffer, number>();
/** An input that holds more bytes than it has. */
function holding(input: Buffer, content: number): Buffer {
  contents.set(input, content);
  return input;
}

/** An archive of one compressed pickle. */
function archived(pickle: Buffer): Buffer {
  return holding(zip([{ name: "a/data.pkl", data: pickle, deflated: true }]), pickle.length);
}

/** A safetensors file whose header is whatever JSON. */
function safetensors(header: string): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(header)));
  return opcodes(length, Buffer.from(header));
}

const tokenizer = loadTokenizer(tokenizerJson);

/** Words that relate, place, count and name things. */
const sceneWords = [
  ..."a |the |cat |red |two |7 |10000000 |and |, |of |in |on |at |during |under |underwater |with |full of |on top of |on its head |sleeping |chasing |hot air balloon |basket of eggs |night |beach |Katze |von |🍕|in a |dreaming of |x".split(
    "|",
  ),
];
const names = ["cat", "red cat", "two hearts", "bow and arrow", "cat with tears of joy", "basket", "egg"];
const knownNames: KnownNames = new Set(names);
const phrases = createPhraseReader(names.map((label) => ({ label, names: [], tags: label.split(" ") })));

/** Grammars by the name of what they make. */
export const grammars: Readonly<Record<string, Grammar>> = {
  "pickle-bombs": {
    make: (random, size) => pickleBombs[pick(random, Object.keys(pickleBombs))]!(1 + random.integer(size)),
    read: readWeights,
  },
  pickles: { make: randomPickle, read: readWeights },
  "nested-pickles": { make: nestedPickle, read: readWeights },
  "nested-pickles-in-archives": {
    make: (random, size) => archived(nestedPickle(random, size)),
    read: readWeights,
  },
  "pickles-in-archives": {
    make: (random, size) => archived(randomPickle(random, size * (1 + random.integer(20)))),
    read: readWeights,
  },
  "deflated-storages": {
    make(random, size) {
      const [tensors, storages, bytes] = [
        1 + random.integer(50),
        1 + random.integer(4),
        4 * (1 + random.integer(size * 20)),
      ];
      return holding(deflatedArchive(tensors, storages, bytes), storages * bytes);
    },
    read: readWeights,
  },
  "safetensors-headers": {
    make: (random, size) =>
      safetensors(
        `{${stutter(random, ['"a":', "[", "{", "]", "}", ",", "1e308", '"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},', '"', "\\u0000"], size)}`,
      ),
    read: readWeights,
  },
  "png-metadata": {
    make(random, size) {
      const text = stutter(random, settings, size * (1 + random.integer(40)));
      const data = opcodes("XML:com.adobe.xmp\0\x01\0\0\0", deflateSync(text));
      const pixels = ["IDAT", deflateSync(Buffer.alloc(4))] as const;
      return holding(png([["IHDR", pngHeader(1, 1)], ["iTXt", data], pixels, end]), text.length);
    },
    read: (path, bytes) => decodeMetadata(bytes, path),
  },
  "png-bombs": {
    make(random, size) {
      const width = 1 + random.integer(pick(random, [4, 3000, 70_000]));
      const height = 1 + random.integer(pick(random, [4, 3000, 70_000]));
      const pixels = Math.min(size * 200, (width * 3 + 1) * height);
      const comment = random.integer(size * 300);
      const chunks = [
        ["IHDR", pngHeader(width, height, pick(random, [8, 16, 1]), pick(random, [2, 6, 0]))],
        ["zTXt", opcodes("Comment\0\0", deflateSync(Buffer.alloc(comment)))],
        ["IDAT", deflateSync(Buffer.alloc(pixels))],
        end,
      ] as const;
      return holding(png(chunks), pixels + comment);
    },
    read: (path, bytes) => loadPictureFrom(bytes, path, { maxPixels: 4e6 }),
  },
  "svg-and-others": {
    make(random, size) {
      const start = pick(random, [
        "",
        "\x89PNG\r\n\x1a\n",
        "GIF89a\x01\0\x01\0",
        "RIFF\xff\xff\xff\xffWEBPVP8X",
        "\xff\xd8\xff\xe0",
        "BM",
        "II*\0",
        "\ufeff",
      ]);
      const body = stutter(
        random,
        [
          "<svg>",
          "<g>",
          '<svg width="9999" height="9999">',
          "<feTurbulence/>",
          '<image href="file:///etc/passwd"/>',
          "\xff\xe1\xff\xff",
          "\0\0\0\x08ftypavif",
          "<!ENTITY a '&b;'>",
        ],
        size,
      );
      return Buffer.from(start + body, "latin1");
    },
    read: (path, bytes) => loadPictureFrom(bytes, path),
  },
  yaml: {
    make: (random, size) =>
      Buffer.from(
        pick(random, ["", "prompts:\n", "prompts: "]) +
          stutter(
            random,
            [
              "[",
              "{",
              "- ",
              "? ",
              "a: ",
              "&a ",
              "*a ",
              "!!str ",
              '"',
              "'",
              "\n",
              "\n  ",
              "# ",
              "|",
              "<<: *a\n",
              "  - text: x\n",
              "\\",
              "%",
              "---\n",
            ],
            size,
          ),
      ),
    read: (path, bytes) => Promise.resolve().then(() => parsePromptFile(bytes.toString(), path)),
  },
  tables: {
    make: (random, size) =>
      Buffer.from(
        pick(random, ["", "file,caption\n", "a\tb\n", "x|y\n"]) +
          stutter(random, ['"', '""', ",", ";", "\t", "|", "\r", "\n", "\r\n", "a", " ", '","', "\0"], size),
      ),
    read: (path, bytes) => Promise.resolve().then(() => parseTable(bytes.toString(), path)),
  },
  "prompt-lines": {
    make: (random, size) =>
      Buffer.from(
        stutter(
          random,
          [
            "a",
            " ",
            ":",
            "::",
            "::1",
            "\\",
            "\\:",
            "-",
            "1e9",
            "&amp;",
            "amp;",
            "&#38;",
            "\u200b",
            "🍕",
            "👩‍🚀",
            "ｆ",
            "e\u0301",
            "\u0000",
            "Ã©",
          ],
          size,
        ),
      ),
    read: (path, bytes) =>
      Promise.resolve().then(() => tokenizer.encode([parsePromptArgument(bytes.toString()).text ?? ""])),
  },
  "scene-prompts": {
    make: (random, size) => Buffer.from(stutter(random, sceneWords, size)),
    async read(path, bytes) {
      const prompt = parsePromptArgument(bytes.toString()).text!;
      const { text } = resolveAliases(prompt, await loadAliases());
      const isDrawn = (phrase: string): boolean => phrases.read(phrase) !== undefined;
      const scene = splitScene(text, knownNames, {
        most: mostThings,
        hasDrawing: isDrawn,
        isName: (phrase) => phrases.isName(phrase),
      });
      return removeUnknown(scene, isDrawn);
    },
  },
  "scene-files": { make: makeSceneFile, read: readScene },
  "caption-lines": {
    make: (random, size) =>
      Buffer.from(
        stutter(
          random,
          ['{"file":"a.png","caption":"x"}\n', "[", "{", '{"file":', "null\n", '"', "\n", "1e999\n", "[]\n"],
          size,
        ),
      ),
    async read(path, bytes) {
      await writeFile(`${path}.jsonl`, bytes);
      return readCaptionedFolder(join(path, "..", "pictures"), `${path}.jsonl`);
    },
  },
};

/** Makes and reads `count` inputs of a grammar, of up to `size` bytes. */
export async function detonate(
  name: string,
  count: number,
  seed: number | string,
  size: number,
): Promise<Outcome> {
  const { make, read: readInput } = grammars[name]!;
  const folder = await mkdtemp(join(tmpdir(), "clipsteer-bombs-"));
  const path = join(folder, "bomb");
  const random = createRandom(`${name} ${seed}`);
  await mkdir(join(folder, "pictures"));
  await writeFile(join(folder, "pictures", "a.png"), "");
  let [read, refused, slowest] = [0, 0, 0];
  const failures: string[] = [];
  for (let index = 0; index < count; index++) {
    const bytes = make(random.stream(index), 16 + random.stream(`${index} size`).integer(size));
    await writeFile(path, bytes);
    const seconds = await cpuSeconds(async () => {
      try {
        await readInput(path, bytes);
        read++;
      } catch (error) {
        const { message, stack = "" } = error as Error;
        if (error instanceof ToolkitError && !/[\n\r]/.test(message) && message.length < 1000) refused++;
        else failures.push(`${name} ${seed}/${index}: ${stack.slice(0, 1000)}`);
      }
    });
    const taken = seconds * 1000;
    slowest = Math.max(slowest, taken);
    if (taken > allowance.milliseconds + allowance.perByte * bytes.length)
      failures.push(`${name} ${seed}/${index}: ${taken.toFixed(0)} ms for ${bytes.length} bytes`);
  }
  await rm(folder, { recursive: true });
  return { read, refused, failures, slowest };
}

/** How time and memory of a reader grow with its input. */
export interface Growth {
  /** Exponent of the time in the size of the content, which is the input or what it holds compressed: 1 is linear, less is bounded or mostly a fixed cost. */
  readonly exponent: number;
  /** Milliseconds of processor time that one of the largest inputs takes. */
  readonly milliseconds: number;
  /** Milliseconds of processor time for each MB of content of the largest inputs. */
  readonly perMegabyte: number;
  /** Peak of resident memory that reading added, in sizes of the largest content. Of the process: measure in one of its own. */
  readonly memoryMultiple: number;
  /** Peak of resident memory that reading added, MB. */
  readonly megabytes: number;
}

/** Reads inputs of the same seeds at growing sizes, `count` of each. @param sizes bytes, rising. */
export async function measureGrowth(
  name: string,
  { count, seed, sizes }: { count: number; seed: number | string; sizes: readonly number[] },
): Promise<Growth> {
  const { make, read } = grammars[name]!;
  const folder = await mkdtemp(join(tmpdir(), "clipsteer-bombs-"));
  const path = join(folder, "bomb");
  await mkdir(join(folder, "pictures"));
  const random = createRandom(`${name} ${seed}`);
  const measured: { bytes: number; seconds: number }[] = [];
  let [memoryMultiple, megabytes] = [0, 0];
  for (const size of sizes) {
    let [bytes, seconds] = [0, 0];
    for (let index = 0; index < count; index++) {
      const input = make(random.stream(index), size);
      await writeFile(path, input);
      const before = process.resourceUsage().maxRSS;
      seconds += await cpuSeconds(() => read(path, input).catch(() => undefined));
      const content = contents.get(input) ?? input.length;
      bytes += content;
      const added = (process.resourceUsage().maxRSS - before) * 1024;
      megabytes += added / 1e6;
      if (size === sizes.at(-1)) memoryMultiple = Math.max(memoryMultiple, added / content);
    }
    measured.push({ bytes, seconds });
  }
  await rm(folder, { recursive: true });
  const points = measured.map(({ bytes, seconds }) => [Math.log(bytes), Math.log(seconds)] as const);
  const mean = (axis: 0 | 1): number => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const exponent =
    points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0) /
    points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
  const last = measured.at(-1)!;
  const [milliseconds, perMegabyte] = [(last.seconds * 1000) / count, (last.seconds * 1e9) / last.bytes];
  return { exponent, milliseconds, perMegabyte, memoryMultiple, megabytes };
}
