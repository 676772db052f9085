import { dirname, resolve } from "node:path";
import { ConfigError, InputError } from "../errors.js";
import { parseYaml, readTextFile } from "../files/index.js";
import { isShape } from "../images/index.js";
import { type EditRequest, describeIssue, editListSchema } from "./requests/index.js";

/** Bytes of the largest list of edits. */
const maxBytes = 1e6;

/**
 * Reads a list of edits (YAML). Relative paths of masks are resolved against the file's folder.
 * @param path path of the file.
 * @returns the edits in order.
 * @throws {ConfigError} one line that names the file and, where known, the edit and the field.
 */
export async function readEditFile(path: string): Promise<NonNullable<EditRequest["edits"]>> {
  const text = await readTextFile(path, { maxBytes, expected: "a list of edits (YAML)" }).catch(
    (cause: unknown) => {
      throw cause instanceof InputError ? new ConfigError(cause.message, { cause }) : cause;
    },
  );
  const content = parseYaml(text, path);
  const parsed = editListSchema.safeParse(content);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    const [entry, field] = issue.path;
    const where =
      entry === undefined
        ? "file"
        : `edit ${Number(entry) + 1}${field === undefined ? "" : `, ${String(field)}`}`;
    throw new ConfigError(
      `${path}: ${where}: ${describeIssue(issue, content)}; give a list of edits, each with prompt, from, mask or maskPrompt, maskInvert, strength, change`,
    );
  }
  return parsed.data.map(({ mask, ...edit }) => ({
    ...edit,
    mask: mask === undefined || isShape(mask) ? mask : resolve(dirname(path), mask),
  }));
}
