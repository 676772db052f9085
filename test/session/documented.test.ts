import { readdirSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const source = resolve(import.meta.dirname, "..", "..", "src");

/** Parses files by path and returns the declarations of everything that the first one exports. */
function declarationsOf(paths: readonly string[], host?: ts.CompilerHost): Map<string, ts.Declaration[]> {
  const options: ts.CompilerOptions = {
    // Names are resolved among the given files alone; types of packages are not needed.
    noResolve: true,
    noLib: true,
    types: [],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
  };
  const program = ts.createProgram({ rootNames: paths, options, host });
  const checker = program.getTypeChecker();
  const index = checker.getSymbolAtLocation(program.getSourceFile(paths[0]!)!)!;
  return new Map(
    checker.getExportsOfModule(index).map((symbol) => {
      const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
      return [symbol.name, (isAlias ? checker.getAliasedSymbol(symbol) : symbol).declarations ?? []];
    }),
  );
}

const docOf = (node: ts.Node): string =>
  ts
    .getJSDocCommentsAndTags(node)
    .map((each) => each.getText())
    .join("\n");

/**
 * Lists the members of an object type that have no docstring, and of the object types that it is combined of. A docstring describes the
 * member's own object type too. Types of callbacks and arguments of types are left out.
 * @param described names that `@param` tags describe.
 */
function listBareMembers(type: ts.Node, path: string, described: ReadonlySet<string>): string[] {
  if (ts.isPropertySignature(type) || ts.isMethodSignature(type)) {
    const name = `${path}.${type.name.getText()}`;
    return docOf(type) === "" && !described.has(name) ? [name] : [];
  }
  const isTransparent =
    ts.isInterfaceDeclaration(type) ||
    ts.isTypeLiteralNode(type) ||
    ts.isUnionTypeNode(type) ||
    ts.isIntersectionTypeNode(type) ||
    ts.isArrayTypeNode(type) ||
    ts.isTypeOperatorNode(type) ||
    ts.isParenthesizedTypeNode(type);
  if (!isTransparent) return [];
  const bare: string[] = [];
  ts.forEachChild(type, (child) => void bare.push(...listBareMembers(child, path, described)));
  return bare;
}

/** Lists the parameters of a function, and the members of their object types, that neither a tag nor a docstring describes. */
function listBareParameters(fn: ts.SignatureDeclaration, doc: string): string[] {
  const tags = [...doc.matchAll(/@param (?:\{[^}]*\} )?\[?(\w+(?:\.\w+)*)/g)].map(([, name]) => name!);
  const documented = new Set(tags.flatMap((tag) => [tag, tag.split(".")[0]!]));
  const own = new Set(fn.parameters.map(({ name }) => name.getText()));
  // Parameters that are taken apart have a name in the docstring alone, by a tag of their own; the names are in their order.
  const free = [...new Set(tags)].filter((tag) => !tag.includes(".") && !own.has(tag));
  return fn.parameters.flatMap(({ name, type }) => {
    const tag = ts.isIdentifier(name) ? name.text : free.shift();
    if (tag === undefined || !documented.has(tag)) return [name.getText()];
    return type ? listBareMembers(type, tag, new Set(tags)) : [];
  });
}

/** Lists what is undocumented in a declaration: itself, its parameters, and the members of its type. */
function listGaps(declaration: ts.Declaration): string[] {
  const node =
    ts.isVariableDeclaration(declaration) && declaration.initializer ? declaration.initializer : declaration;
  const doc = docOf(declaration);
  const gaps = ts.isSourceFile(node) || doc !== "" ? [] : ["no docstring"];
  if (ts.isFunctionDeclaration(node) || ts.isArrowFunction(node))
    return [...gaps, ...listBareParameters(node, doc)];
  const type = ts.isTypeAliasDeclaration(node) ? node.type : node;
  if (!ts.isClassDeclaration(type)) {
    // The docstring of a union may describe members of its alternatives by their names in backticks.
    const named = [...doc.matchAll(/`(\w+)`/g)].map(([, name]) => `.${name}`);
    return [...gaps, ...listBareMembers(type, "", new Set(named))];
  }
  const bare = type.members.filter((member) => docOf(member) === "" && !ts.isConstructorDeclaration(member));
  return [...gaps, ...bare.map((member) => member.name?.getText() ?? "member")];
}

/** Lists the gaps of a module's text. */
function listGapsOf(text: string): string[] {
  const host = ts.createCompilerHost({});
  const file = ts.createSourceFile("a.ts", text, ts.ScriptTarget.Latest, true);
  return [
    ...declarationsOf(["a.ts"], { ...host, getSourceFile: () => file, fileExists: () => true }),
  ].flatMap(([name, declarations]) => declarations.flatMap(listGaps).map((gap) => `${name}: ${gap}`));
}

describe("the check of docstrings", () => {
  it("finds exports, members and parameters without one", () => {
    const text = `
      export const bare = 1;
      /** A. */
      export interface Box {
        side: number;
        /** In pixels. */
        width: number;
        size: { height: number };
        /** Place and length. */
        line: { from: number; length: number };
      }
      /** A pair; \`kind\` is its type. */
      export type Pair = { kind: 1; first: number } | {
        /** In pixels. */
        first: number; kind: 2 };
      /** Adds. @param a in metres. @returns the sum. */
      export function add(a: number, b: number, { scale }: { scale: number }): number { return a + b; }
      /** Moves. @param way to go. @param way.by in pixels. */
      export function move({ by, to }: { by: number; to: number }): void {}
      /** Reads. @param options.size in bytes. @returns text. */
      export const read = (options: Box & { size: number; limit: number }): string => "";
      /** Scales. @param a length. @param rate of growth. */
      export function grow(a: number, { scale }: Box): void {}
      /** A queue. */
      export class Queue { constructor(a: number) {} push(): void {} }
    `;
    expect(listGapsOf(text).sort()).toEqual([
      "Box: .side",
      "Box: .size",
      "Pair: .first",
      "Queue: push",
      "add: b",
      "add: { scale }",
      "bare: no docstring",
      "move: way.to",
      "read: options.limit",
    ]);
  });
});

describe("the public API", () => {
  it("documents every export, each of its parameters, and each member of its types", () => {
    const paths = readdirSync(source, { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts"))
      .map((path) => join(source, path));
    const declared = declarationsOf([join(source, "index.ts"), ...paths]);
    expect(declared.size).toBeGreaterThan(300);
    const gaps = [...declared].flatMap(([name, declarations]) =>
      declarations.flatMap((declaration) =>
        listGaps(declaration).map(
          (gap) => `${relative(source, declaration.getSourceFile().fileName)}: ${name}: ${gap}`,
        ),
      ),
    );
    expect(gaps).toEqual([]);
  });
});
