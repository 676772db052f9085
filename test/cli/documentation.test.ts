import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import sharp from "sharp";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { findCommand, loadCommand } from "../../src/cli/commands.js";
import { runCommand } from "./inProcess.js";

/** A command of a page. */
interface Shown {
  readonly page: string;
  /** As it stands there, without a remark. */
  readonly line: string;
  readonly words: readonly string[];
}

const root = resolve(import.meta.dirname, "../..");

/** Words of a line as a shell reads them, without a remark; `&&` is a word of its own. */
function shellWords(line: string): string[] {
  const words = line.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
  const remark = words.findIndex((word) => word.startsWith("#"));
  return (remark === -1 ? words : words.slice(0, remark)).map((word) =>
    word.replace(/"([^"]*)"|'([^']*)'/g, (_, double?: string, single?: string) => double ?? single ?? ""),
  );
}

/** Commands of the code blocks of a page: lines of `sh`, and those after a `$` in `console`. */
function commandsOf(page: string, text: string): Shown[] {
  const blocks = [...text.matchAll(/^```(sh|bash|console|)\n(.*?)^```/gms)];
  return blocks.flatMap(([, language, block]) =>
    block!
      .replace(/\\\n\s*/g, " ")
      .split("\n")
      .filter((line) => (language === "console" ? line.startsWith("$ ") : /^(\w+=\S+ )*[a-z]+ /.test(line)))
      .flatMap((line) => {
        const words = shellWords(line.replace(/^\$ /, "").replace(/^(\w+='[^']*' |\w+=\S+ )+/, ""));
        const commands: string[][] = [[]];
        for (const word of words)
          if (word === "&&") commands.push([]);
          else commands.at(-1)!.push(word);
        return commands.map((each) => ({ page, line: each.join(" "), words: each }));
      }),
  );
}

const pages = [
  "README.md",
  "CONTRIBUTING.md",
  ...(await readdir(join(root, "docs"))).filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`),
];
const texts = new Map(
  await Promise.all(pages.map(async (page) => [page, await readFile(join(root, page), "utf8")] as const)),
);
const shown = [...texts].flatMap(([page, text]) => commandsOf(page, text));
/** Arguments of those that call this program. */
const called = shown.flatMap(({ page, line, words }) => {
  const rest = words[0] === "npx" ? words.slice(1) : words;
  return rest[0] === "clipsteer" ? [{ page, line, args: rest.slice(1) }] : [];
});

/** Commands that are run as they stand, in the order of their page, by the words they begin with. The others need a network, hours, or other people's data, or do what one of these does, with more steps. */
const run: Readonly<Record<string, readonly RegExp[]>> = {
  "README.md": [/^npx clipsteer generate/, /^clipsteer edit .*red apple$/, /classify/, /index/, /search/],
  "docs/scenes.md": [/generate "?a cat wearing/, /--scene outputs/],
  "docs/search.md": [/classify burrito/, /index/, /search/, /embed/],
  "docs/evaluate.md": [/zero-shot pictures/, /retrieval/],
  "docs/bias.md": [/bias faces\//],
  "docs/models.md": [/models list/, /models add/, /models verify/],
};
const isRun = ({ page, line }: { page: string; line: string }): boolean =>
  run[page]?.some((pattern) => pattern.test(line)) ?? false;

it("the pages show commands, and what is run is among them", () => {
  expect(called.length).toBeGreaterThan(60);
  for (const [page, patterns] of Object.entries(run))
    for (const pattern of patterns)
      expect(
        called.filter((each) => each.page === page && pattern.test(each.line)),
        `${page} ${pattern}`,
      ).not.toEqual([]);
});

describe("a command of README and docs", () => {
  afterEach(() => vi.restoreAllMocks());

  it.each(called.map((each) => [each.page, each.line, each] as const))(
    "%s: %s is one, with options as its command takes them",
    async (_page, _line, { args }) => {
      const name = findCommand(args);
      expect(name).toBeDefined();
      const runs = vi.spyOn(await loadCommand(name!), "run").mockResolvedValue();
      const { code, stderr } = await runCommand(args);
      expect(`${code} ${stderr}`).toBe("0 ");
      expect(runs).toHaveBeenCalledOnce();
    },
  );

  it("names a command and options that there are, in running text too", async () => {
    const groups = ["evaluate", "prompts", "train", "data", "pack", "models"];
    let count = 0;
    for (const [page, text] of texts)
      for (const [, mention] of text
        .replace(/^```.*?^```/gms, "")
        .matchAll(/`(?:npx )?clipsteer ([a-z][^`]*)`/g)) {
        const words = shellWords(mention!.replace(/\s+/g, " "));
        const name = findCommand(words);
        const where = `${page}: clipsteer ${mention}`;
        if (name === undefined) expect(groups, where).toContain(words.join(" "));
        else {
          const { schema } = await loadCommand(name);
          const known = [...Object.keys(schema.shape), "json", "quiet", "verbose", "help"].map(
            (key) => `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
          );
          for (const option of words.filter((word) => word.startsWith("--")))
            expect(known, where).toContain(option);
        }
        count++;
      }
    expect(count).toBeGreaterThan(15);
  });

  it("of another program calls a script that there is", () => {
    const scripts = shown.flatMap(
      ({ line }) => /\b(?:bench|docs|examples)\/[\w./-]+\.(?:ts|js|mjs)\b/.exec(line) ?? [],
    );
    expect(scripts.length).toBeGreaterThan(3);
    for (const script of scripts) expect(existsSync(join(root, script)), script).toBe(true);
  });
});

/** A picture of a disc of one colour. */
const disc = (colour: string): Promise<Buffer> =>
  sharp(
    Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96"><rect width="96" height="96" fill="#fff"/><circle cx="48" cy="50" r="36" fill="${colour}"/></svg>`,
    ),
  )
    .png()
    .toBuffer();

describe("the quick commands of a page, one after the other as they stand", () => {
  const before = process.cwd();
  const { CLIPSTEER_HOME: home } = process.env;
  let scratch = "";
  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), "clipsteer-pages-"));
    process.env.CLIPSTEER_HOME = join(scratch, "models");
  });
  afterAll(async () => {
    process.chdir(before);
    if (home === undefined) delete process.env.CLIPSTEER_HOME;
    else process.env.CLIPSTEER_HOME = home;
    await rm(scratch, { recursive: true });
  });

  /** What the pages take as given. */
  async function prepare(place: string): Promise<void> {
    const colours = { "red heart": "#d22", "cat face": "#fa3", pizza: "#eb4", burrito: "#c96" };
    const put = async (folder: string, name: string, colour: string): Promise<void> => {
      await mkdir(join(place, folder), { recursive: true });
      await writeFile(join(place, folder, name), await disc(colour));
    };
    for (const [label, colour] of Object.entries(colours))
      for (const name of ["a.png", "b.png"])
        for (const folder of ["photos", "pictures"]) await put(join(folder, label), name, colour);
    for (const label of ["smiling", "frowning"])
      for (const tone of ["light", "dark"]) await put(`faces/${label}/tone=${tone}`, "a.png", "#fa3");
    for (const name of ["apple", "burrito"]) await writeFile(join(place, `${name}.png`), await disc("#d22"));
    const rows = Object.keys(colours).map((label) => `pictures/${label}/a.png,a ${label}`);
    await writeFile(join(place, "table.csv"), `path,caption\n${rows.join("\n")}\n`);
    await cp(join(root, "test/packs/fixtures/stylegan2.pkl"), join(place, "faces.pkl"));
  }

  it.each(Object.keys(run))("%s", async (page) => {
    const place = join(scratch, basename(page, ".md"));
    await mkdir(place);
    await prepare(place);
    process.chdir(place);
    for (const each of called.filter((one) => one.page === page && isRun(one))) {
      const { code, stderr } = await runCommand(each.args);
      expect(code, `${each.line}: ${stderr}`).toBe(0);
    }
  });
});
