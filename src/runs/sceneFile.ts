import { ConfigError } from "../errors.js";
import { parseJson, readTextFile } from "../files/index.js";
import { type SceneFile, parseRequest, sceneFileSchema } from "./requests/index.js";

const readable = { maxBytes: 1e6, expected: "a scene file, such as scene.json of a run" };

/**
 * Reads a scene file (JSON) and validates it.
 * @param path path of a scene file, as `runGenerate` writes it.
 * @returns the validated scene.
 * @throws {ConfigError} one line for a file that is no scene; {InputError} for an unreadable file.
 */
export async function readSceneFile(path: string): Promise<SceneFile> {
  const text = await readTextFile(path, readable);
  let content: unknown;
  try {
    content = parseJson(text);
  } catch (cause) {
    throw new ConfigError(`${path}: is not JSON (${(cause as Error).message}); give ${readable.expected}`, {
      cause,
    });
  }
  return parseRequest(path, sceneFileSchema, content);
}
