import { ConfigError } from "../errors.js";

/** Execution providers of ONNX Runtime that programs may run on, in the order in which they are tried. */
export const providers = ["cuda", "dml", "coreml", "webgpu", "cpu"] as const;

/** An execution provider. */
export type Provider = (typeof providers)[number];

/** Set to the name of a provider to have it tried first. */
export const providerVariable = "CLIPSTEER_PROVIDER";

/** What ONNX Runtime reports of a provider: `bundled` when its library comes with the package. */
export interface ReportedProvider {
  readonly name: string;
  readonly bundled: boolean;
}

/**
 * Chooses the providers to try, the last always the CPU: the requested one, else those whose libraries come with this ONNX
 * Runtime; WebGPU only when requested, since its results have not been compared.
 * @param reported providers that ONNX Runtime lists; `bundled` where the library comes with the package.
 * @param requested name of a provider; the value of `CLIPSTEER_PROVIDER` when absent.
 * @returns execution providers in the order in which they are tried.
 * @throws {ConfigError} for a requested provider that ONNX Runtime does not report.
 */
export function chooseProviders(
  reported: readonly ReportedProvider[],
  requested: string | undefined = process.env[providerVariable],
): Provider[] {
  if (requested) {
    const known = providers.filter((name) => name === "cpu" || reported.some((each) => each.name === name));
    const found = known.find((name) => name === requested);
    if (!found)
      throw new ConfigError(
        `${providerVariable}: unknown provider "${requested}"; known here: ${known.join(", ")}`,
      );
    return found === "cpu" ? ["cpu"] : [found, "cpu"];
  }
  const bundled = providers.filter((name) => reported.some((each) => each.name === name && each.bundled));
  return [...bundled.filter((name) => name !== "webgpu" && name !== "cpu"), "cpu"];
}

let warned = false;

/** Warns once that a provider did not start and which one runs instead. */
export function warnOfFailure(failures: readonly string[], instead: Provider): void {
  if (warned) return;
  warned = true;
  process.emitWarning(`${failures.join("; ")}; running on ${instead} instead`, {
    code: "CLIPSTEER_PROVIDER",
  });
}
