import { readFileSync, readdirSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { loadCommands, commandNames } from "../src/cli/commands.js";

const root = resolve(import.meta.dirname, "..");
const source = join(root, "src");

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}

const files = filesBelow(source).map((path) => ({
  path: relative(source, path),
  text: readFileSync(path, "utf8"),
}));

/** Every import of a file: static, re-exported or lazy. */
function importsOf(text: string): string[] {
  return [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((match) => match[1]!);
}

/** Folders of `src/` that each may import, after design.md §2; `errors.ts` and `files` are everyone's. */
const allowed: Record<string, readonly string[]> = {
  files: [],
  tensor: ["tf"],
  engine: ["tf", "tensor"],
  images: [],
  vector: ["images"],
  prompts: [],
  clip: ["tf", "tensor", "engine"],
  gan: ["tf", "tensor", "prompts"],
  packs: ["tensor", "images"],
  data: ["images", "tensor", "prompts"],
  models: ["packs", "images"],
  embedding: ["tf", "tensor", "engine", "clip", "packs", "images", "models"],
  guidance: ["tf", "tensor", "engine", "clip", "gan", "packs", "images", "embedding", "vector", "prompts"],
  training: [
    "tf",
    "tensor",
    "engine",
    "clip",
    "gan",
    "packs",
    "images",
    "data",
    "embedding",
    "guidance",
    "prompts",
  ],
  search: ["tf", "tensor", "engine", "clip", "packs", "images", "embedding"],
  runs: ["prompts", "packs", "images", "embedding", "guidance", "engine", "tensor", "vector"],
  rating: ["tensor", "images", "data", "files", "studio"],
  machine: ["engine", "packs"],
  studio: ["prompts", "packs", "images", "embedding", "guidance", "runs", "search", "evaluate", "machine"],
  session: ["runs", "images", "embedding", "engine"],
  evaluate: [
    "tensor",
    "engine",
    "clip",
    "gan",
    "packs",
    "images",
    "data",
    "embedding",
    "guidance",
    "prompts",
    "runs",
  ],
};

interface Edge {
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly target: string;
}

const folderOf = (path: string): string => path.split("/")[0]!.replace(/\.ts$/, "");
const edges: Edge[] = files.flatMap(({ path, text }) =>
  importsOf(text)
    .filter((target) => target.startsWith("."))
    .map((target) => {
      const resolved = relative(source, resolve(source, dirname(path), target));
      return {
        file: path,
        from: folderOf(path),
        to: folderOf(resolved.replace(/\.js$/, ".ts")),
        target: resolved,
      };
    }),
);
const crossing = edges.filter(({ from, to }) => from !== to);

/** Cycles of a graph, each as the path that closes it. */
function cyclesOf(next: ReadonlyMap<string, readonly string[]>): string[] {
  const finished = new Set<string>();
  const cycles: string[] = [];
  const visit = (node: string, path: readonly string[]): void => {
    const at = path.indexOf(node);
    if (at !== -1) cycles.push([...path.slice(at), node].join(" → "));
    if (at !== -1 || finished.has(node)) return;
    for (const each of next.get(node) ?? []) visit(each, [...path, node]);
    finished.add(node);
  };
  for (const node of next.keys()) visit(node, []);
  return cycles;
}

const statementsOf = (text: string): readonly ts.Statement[] =>
  ts.createSourceFile("file.ts", text, ts.ScriptTarget.Latest, true).statements;

const isExported = (statement: ts.Statement): boolean =>
  ts.canHaveModifiers(statement) &&
  (ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false);

/** Name and declaration of a function or a constant; neither for other statements. */
function declarationOf(statement: ts.Statement): { name?: string | undefined; node?: ts.Node | undefined } {
  if (ts.isFunctionDeclaration(statement)) return { name: statement.name?.text, node: statement };
  if (!ts.isVariableStatement(statement)) return {};
  const [declaration] = statement.declarationList.declarations;
  return { name: declaration?.name.getText(), node: declaration?.initializer };
}

describe("architecture", () => {
  it("sees the imports that it judges", () => {
    expect(crossing.length).toBeGreaterThan(50);
    expect(importsOf('const { a } = await import("./x.js"); export * from "./y.js"')).toEqual([
      "./x.js",
      "./y.js",
    ]);
  });

  it("imports only in the directions of the design", () => {
    const wrong = crossing.filter(({ from, to }) => {
      if (to === "errors" || to === "files" || from === "cli" || from === "index") return false;
      return !(allowed[from] ?? []).includes(to);
    });
    expect(wrong.map(({ file, to }) => `${file} → ${to}`)).toEqual([]);
  });

  it("lets nobody import the command line", () => {
    expect(crossing.filter(({ to }) => to === "cli")).toEqual([]);
  });

  it("has every folder entered by its index alone", () => {
    const doors = new Set(["errors.js", "tf.js"]);
    const wrong = crossing.filter(({ target }) => basename(target) !== "index.js" && !doors.has(target));
    expect(wrong.map(({ file, target }) => `${file} → ${target}`)).toEqual([]);
  });

  it("starts the command line without loading models, TensorFlow.js, ONNX Runtime or sharp", () => {
    const seen = new Set<string>();
    const visit = (path: string): void => {
      if (seen.has(path)) return;
      seen.add(path);
      const { text } = files.find((file) => file.path === path)!;
      // What is imported when the file is: not lazily, and not for its types alone.
      for (const [, names, target] of text.matchAll(/^(?:import|export) ([^;]*?) ?from "([^"]+)";/gms)) {
        if (names!.startsWith("type ")) continue;
        if (target!.startsWith(".")) visit(join(dirname(path), target!).replace(/\.js$/, ".ts"));
        else seen.add(target!);
      }
    };
    visit("cli/main.ts");
    expect(seen).not.toContain("cli/commands/generate.ts"); // only the command that is called is read
    for (const { path } of files) if (path.startsWith("cli/commands/")) visit(path);
    expect(seen).toContain("cli/commands/generate.ts");
    const own = [...seen].filter((path) => path.endsWith(".ts"));
    expect([...new Set(own.map(folderOf))].sort()).toEqual([
      "cli",
      "errors",
      "files",
      "prompts",
      "runs",
      "training",
    ]);
    const light = /^(runs\/(requests\/\w+|version)|training\/requests\/\w+)\.ts$/;
    expect(own.filter((path) => /^(runs|training)\//.test(path) && !light.test(path))).toEqual([]);
    const packages = [...seen].filter((name) => !name.endsWith(".ts") && !name.startsWith("node:"));
    expect(packages.sort()).toEqual(["picocolors", "yargs", "zod"]);
  });

  it("has no import cycle, neither between folders nor within one", () => {
    const next = new Map<string, string[]>();
    for (const { file, target } of edges)
      next.set(file, [...(next.get(file) ?? []), target.replace(/\.js$/, ".ts")]);
    expect(cyclesOf(next)).toEqual([]);
    expect(cyclesOf(new Map([["a", ["b"]], ["b", ["c", "d"]], ["d", ["a"]]]))).toEqual(["a → b → d → a"]); // prettier-ignore
  });

  it("keeps index files to re-exports", () => {
    const indexes = files.filter((file) => basename(file.path) === "index.ts");
    expect(indexes.length).toBeGreaterThan(20);
    for (const { path, text } of indexes) {
      const rest = text
        .replace(/\/\*\*.*?\*\//gs, "")
        .replace(/export (?:type )?(\*(?: as \w+)?|\{[^}]*\}) from "[^"]+";/g, "");
      expect(`${path}: ${rest.trim()}`).toBe(`${path}: `);
    }
  });

  it("exports everything that the command line is made of", () => {
    const index = files.find(({ path }) => path === "index.ts")!.text;
    const namesIn = (list: string): string[] =>
      list
        .split(",")
        .map((name) => name.trim().replace(/^type /, ""))
        .filter(Boolean);
    const exported = new Map<string, Set<string>>();
    for (const [, list, folder] of index.matchAll(/export \{([^}]*)\} from "\.\/(\w+)\/index\.js"/g))
      exported.set(
        folder!,
        new Set([...(exported.get(folder!) ?? []), ...namesIn(list!).map((name) => name.split(" as ")[0]!)]),
      );
    const missing = files
      .filter(({ path }) => folderOf(path) === "cli")
      .flatMap(({ path, text }) =>
        [
          ...text.matchAll(/import (?:type )?\{([^}]*)\} from "([^"]+)"/g),
          ...text.matchAll(/const \{([^}]*)\} =\s*await import\(\s*"([^"]+)"/g),
        ].flatMap(([, list, target]) => {
          const [folder = ""] = relative(source, resolve(source, dirname(path), target!)).split("/");
          if (!target!.startsWith(".") || ["cli", "errors.js"].includes(folder)) return [];
          const names = namesIn(list!).map((name) => name.split(/ as |:/)[0]!.trim());
          return names
            .filter((name) => !exported.get(folder)?.has(name))
            .map((name) => `${path}: ${name} of ${folder}`);
        }),
      );
    expect(missing).toEqual([]);
    expect(exported.get("runs")!.size).toBeGreaterThan(20);
  });

  it("mentions flags and commands of the command line in src/cli alone", async () => {
    const commands = await loadCommands();
    const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const flags = new Set(commands.flatMap(({ schema }) => Object.keys(schema.shape).map(kebab)));
    const words = new Set(commandNames.flatMap((name) => name.split(" ")[0]!));
    const mentionsIn = (text: string): string[] => [
      ...[...text.matchAll(/(?<![\w-])--(?:no-)?([a-z][a-z-]*)/g)].flatMap(([flag, name]) =>
        flags.has(name!) ? [flag] : [],
      ),
      ...[...text.matchAll(/clipsteer ([a-z-]+)/g)].flatMap(([call, name]) =>
        words.has(name!) ? [call] : [],
      ),
      // A message that begins with a command of two words.
      ...[...text.matchAll(/["`]([a-z]+ [a-z-]+): /g)].flatMap(([, name]) =>
        commandNames.includes(name!) ? [name!] : [],
      ),
    ];
    expect(mentionsIn('use --no-open, --out or clipsteer edit; npm --silent; "train clip: no"')).toEqual([
      "--no-open",
      "--out",
      "clipsteer edit",
      "train clip",
    ]);
    const page = filesBelow(join(root, "studio"))
      .filter((path) => /\.tsx?$/.test(path))
      // The page's title is the name of the studio, not a call.
      .map((path) => ({
        path: relative(source, path),
        text: readFileSync(path, "utf8").replaceAll("– clipsteer studio", ""),
      }));
    expect(page.length).toBeGreaterThan(40);
    const wrong = [...files.filter(({ path }) => folderOf(path) !== "cli"), ...page].flatMap(
      ({ path, text }) => mentionsIn(text).map((mention) => `${path}: ${mention}`),
    );
    expect(wrong).toEqual([]);
  });

  it("documents every export", () => {
    const undocumentedIn = (text: string): string[] =>
      statementsOf(text)
        .filter((each) => isExported(each) && ts.getJSDocCommentsAndTags(each).length === 0)
        .map((each) => each.getText().split("\n")[0]!);
    expect(undocumentedIn("/** A. */\nexport const a = 1;\nexport const b = 2;\nconst c = 3;")).toEqual([
      "export const b = 2;",
    ]);
    const wrong = files.flatMap(({ path, text }) => undocumentedIn(text).map((line) => `${path}: ${line}`));
    expect(wrong).toEqual([]);
  });

  it("describes what every function of the public API returns and throws", () => {
    const gapsOf = (statement: ts.Statement): string[] => {
      const { name, node } = declarationOf(statement);
      if (!node || !(ts.isFunctionDeclaration(node) || ts.isArrowFunction(node))) return [];
      const doc = ts
        .getJSDocCommentsAndTags(statement)
        .map((each) => each.getText())
        .join("\n");
      const returnsNothing = /^(?:void|never|Promise<(?:void|never)>)$|^AsyncGenerator</;
      const throwsItself = (each: ts.Node): boolean =>
        ts.isThrowStatement(each) || ts.forEachChild(each, throwsItself) === true;
      return [
        ...(/[A-Z]\S* \S+[^@]*[.:]/.test(doc) ? [] : [`${name}: no sentence`]),
        ...(returnsNothing.test(node.type?.getText() ?? "") || doc.includes("@returns")
          ? []
          : [`${name}: no @returns`]),
        ...(throwsItself(node) && !doc.includes("@throws") ? [`${name}: no @throws`] : []),
      ];
    };
    expect(statementsOf("/** A. */\nexport function f(): number { throw x; }").flatMap(gapsOf)).toEqual([
      "f: no sentence",
      "f: no @returns",
      "f: no @throws",
    ]);
    const index = files.find(({ path }) => path === "index.ts")!.text;
    const names = new Set(
      [...index.matchAll(/export \{([^}]*)\} from "\.\/(\w+)\//g)].flatMap(([, list, folder]) =>
        list!.split(",").map((name) => `${folder}/${name.trim().split(" as ")[0]!}`),
      ),
    );
    const declared = files
      .flatMap(({ path, text }) => statementsOf(text).map((statement) => ({ path, statement })))
      .filter(
        ({ path, statement }) =>
          isExported(statement) && names.has(`${folderOf(path)}/${declarationOf(statement).name ?? ""}`),
      );
    expect(declared.length).toBeGreaterThan(150);
    const wrong = declared
      .filter(({ path }) => path !== "training/runs/sticker.ts") // its `Training` describes itself
      .flatMap(({ path, statement }) => gapsOf(statement).map((gap) => `${path}: ${gap}`));
    expect(wrong).toEqual([]);
  });

  it("imports TensorFlow.js in one place", () => {
    const users = files.filter(({ text }) => importsOf(text).includes("@tensorflow/tfjs"));
    expect(users.map(({ path }) => path)).toEqual(["tf.ts"]);
  });

  it("keeps files at 300 lines", () => {
    // The public API is one list of names, however long.
    const long = files.filter(({ path, text }) => path !== "index.ts" && text.split("\n").length > 301);
    expect(long.map(({ path }) => path)).toEqual([]);
  });

  it("keeps the command line at 3000 lines, since logic belongs to other folders", () => {
    const lines = files
      .filter(({ path }) => folderOf(path) === "cli")
      .map(({ text }) => text.split("\n").length - 1);
    expect(lines.length).toBeGreaterThan(30);
    expect(lines.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(3000);
  });

  /** Files with conditional spreads: an absent key differs from `undefined` there. */
  const spreadUsers = {
    "engine/mappedMatrix.ts": "options of ONNX Runtime",
    "engine/session.ts": "options of ONNX Runtime",
    "gan/sticker/generator.ts": "program inputs by name",
    "gan/stylegan.ts": "program inputs by name",
    "gan/stylegan2.ts": "shapes of weights by name",
    "gan/stylegan3.ts": "shapes of weights by name",
    "guidance/candidates/conditionalPath.ts": "program outputs by name",
    "guidance/objectives/objective.ts": "program inputs by name",
    "guidance/programs/steer.ts": "program inputs by name",
    "guidance/programs/synthesize.ts": "program outputs by name",
    "models/download.ts": "HTTP headers",
    "rating/page.ts": "HTTP headers",
    "training/export.ts": "contents of files by name",
    "training/folderSession.ts": "contents of files by name",
    "training/sticker/batches.ts": "program inputs by name",
  };

  it("writes optional properties plainly: a conditional spread only where an absent key matters", () => {
    const spread = /\.\.\.\((?:[^(){};]|\([^()]*\))+ && \{/;
    for (const text of ["...(a && { a })", "...(b !== undefined && { c })", "...(f(b) && { c })"])
      expect(text).toMatch(spread);
    expect("f(...(a ?? b)); a && { b }").not.toMatch(spread);
    const users = files.filter(({ text }) => spread.test(text)).map(({ path }) => path);
    expect(users.sort()).toEqual(Object.keys(spreadUsers).sort());
  });

  const clock = /Date\.now|performance\.now|new Date\(\)|hrtime|timeOrigin/;
  /** Files that read a clock: none of them puts the time into a result. */
  const clockUsers = {
    "engine/cache.ts": "times of files, to remove those that were not used for longest",
    "evaluate/steered.ts": "seconds a picture, reported beside the scores",
    "files/atomic.ts": "age of unfinished files",
    "files/lock.ts": "age of an abandoned lock",
    "images/readFile.ts": "slow reads, after which the next ones are asynchronous",
    "rating/page.ts": "seconds that a person needed",
    "runs/budget.ts": "steps that fit into a time budget; the number is recorded",
    "runs/edit.ts": "seconds of the report",
    "runs/finishPicture.ts": "seconds of the report",
    "runs/generate.ts": "seconds of the report",
    "runs/log.ts": "time of the next snapshot",
    "training/run.ts": "seconds of the log, and time of the next checkpoint",
  };

  it("reads a clock in the front ends, and elsewhere only where it cannot enter a picture", () => {
    for (const name of ["Date.now()", "performance.now()", "new Date()", "process.hrtime.bigint()"])
      expect(name).toMatch(clock);
    const users = files
      .filter(({ path, text }) => !["cli", "studio"].includes(folderOf(path)) && clock.test(text))
      // A comment may name the clock; the code has to read it.
      .filter(({ text }) => clock.test(text.replace(/\/\*\*.*?\*\/|\/\/[^\n]*/gs, "")))
      .map(({ path }) => path);
    expect(users.sort()).toEqual(Object.keys(clockUsers).sort());
  });

  it("has no console, no Math.random and no exit outside the front ends", () => {
    const forbidden = /\bconsole\.|Math\.random|process\.exit/;
    const wrong = files.filter(
      ({ path, text }) => !["cli", "studio"].includes(folderOf(path)) && forbidden.test(text),
    );
    expect(wrong.map(({ path }) => path)).toEqual([]);
    expect("process.exit(1)").toMatch(forbidden);
  });
});

describe("docs/architecture.md", () => {
  const page = readFileSync(join(root, "docs", "architecture.md"), "utf8").split("## Modules")[1]!;
  // A name without a folder is in the folder of the path before it.
  let folder = "";
  const named = [...page.matchAll(/`([\w/*]+\.ts)`/g)].map(([, path]) => {
    if (path!.includes("/")) folder = dirname(path!);
    return path!.includes("/") ? path! : join(folder, path!);
  });

  it("names many files", () => expect(named.length).toBeGreaterThan(150));

  it.each([...new Set(named)].filter((path) => !path.includes("*")))("names %s, which exists", (path) => {
    expect(files.map((file) => file.path)).toContain(path);
  });
});
