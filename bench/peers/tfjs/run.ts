import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";

// Runs TensorFlow.js's own operator tests on the compiled engine and says what passes:
//   npx tsx bench/peers/tfjs/run.ts <checkout of github.com/tensorflow/tfjs> [--backend cpu] [file …]

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly title: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

const kindOf = (message: string): string => {
  if (/for string|strings cannot be recorded/.test(message)) return "strings";
  if (/no compiled form/.test(message)) return "a kernel that is not recorded";
  return "other";
};

function summarise({ testResults }: Report): string[] {
  const counts: Record<string, number> = {};
  const others: string[] = [];
  for (const { name, message, assertionResults } of testResults) {
    const file = basename(name, "_test.ts");
    if (assertionResults.length === 0) others.push(`${file}: not run: ${message.split("\n")[0]}`);
    for (const { status, title, failureMessages } of assertionResults) {
      const reason = failureMessages[0] ?? "";
      const kind = status === "failed" ? `failed: ${kindOf(reason)}` : status;
      counts[kind] = (counts[kind] ?? 0) + 1;
      if (kind === "failed: other") others.push(`${file}: ${title}: ${reason.split("\n")[0]!.slice(0, 160)}`);
    }
  }
  return [
    ...Object.entries(counts)
      .sort(([, a], [, b]) => b - a)
      .map(([kind, count]) => `${String(count).padStart(5)} ${kind}`),
    ...others.sort(),
  ];
}

const [checkout, ...rest] = process.argv.slice(2);
if (checkout === undefined || !existsSync(join(checkout, "tfjs-core/src/ops"))) {
  console.error("run.ts: expected a checkout of github.com/tensorflow/tfjs as the first argument");
  process.exit(2);
}
const backend = rest[0] === "--backend" ? rest.splice(0, 2)[1] : undefined;
const folder = mkdtempSync(join(tmpdir(), "clipsteer-tfjs-"));
const output = join(folder, "report.json");
const root = resolve(import.meta.dirname, "../../..");
spawnSync(
  process.execPath,
  [
    join(root, "node_modules/vitest/vitest.mjs"),
    ...["run", "--config", join(import.meta.dirname, "vitest.config.ts")],
    ...["--reporter=json", `--outputFile=${output}`, ...rest],
  ],
  {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, TFJS: resolve(checkout), ...(backend && { TFJS_BACKEND: backend }) },
  },
);
try {
  console.log(summarise(JSON.parse(readFileSync(output, "utf8")) as Report).join("\n"));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
