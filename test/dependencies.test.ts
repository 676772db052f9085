import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

interface Manifest {
  readonly allowScripts: Readonly<Record<string, boolean>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}
interface Lock {
  readonly packages: Readonly<
    Record<string, { hasInstallScript?: boolean; integrity?: string; link?: boolean }>
  >;
}

const read = (path: string): string => readFileSync(path, "utf8");
const manifest = JSON.parse(read("package.json")) as Manifest;
const { packages } = JSON.parse(read("package-lock.json")) as Lock;
const installed = Object.entries(packages).filter(([path]) => path !== "");
const nameOf = (path: string): string =>
  path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);

describe("dependencies", () => {
  it("are all pinned by a hash", () => {
    expect(installed.length).toBeGreaterThan(300);
    expect(installed.filter(([, { integrity }]) => !integrity).map(([path]) => path)).toEqual([]);
  });

  it("whose install script would run are each allowed or denied, and documented", () => {
    const documentation = read("docs/dependencies.md");
    const scripted = installed
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([path]) => nameOf(path));
    expect(scripted).toContain("@tensorflow/tfjs-node-gpu");
    for (const name of scripted) {
      expect(manifest.allowScripts, name).toHaveProperty([name]);
      expect(documentation, name).toContain(`| \`${name}\``);
    }
  });

  it("that fetch native code without a hash do so only when they are told to, by the command that doctor names", () => {
    expect(manifest.optionalDependencies).toHaveProperty(["@tensorflow/tfjs-node-gpu"]);
    expect(manifest.allowScripts["@tensorflow/tfjs-node-gpu"]).toBe(false);
    expect(manifest.allowScripts["onnxruntime-node"]).toBe(false);
    expect(manifest.allowScripts.canvas).toBe(false);
    // The binary of esbuild is a package with a hash of its own.
    expect(Object.entries(manifest.allowScripts).filter(([, isAllowed]) => isAllowed)).toEqual([
      ["esbuild", true],
    ]);
    const command = "npm explore @tensorflow/tfjs-node-gpu -- npm run install";
    expect(read("docs/dependencies.md")).toContain(command);
    expect(read("src/machine/inspect.ts")).toContain(command);
  });
});
