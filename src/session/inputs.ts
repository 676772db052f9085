import { InputError } from "../errors.js";
import { type Picture, type RgbaBytes, encodePicture, isShape, readPictureFile } from "../images/index.js";
import { type Assets, makeAsset } from "../runs/index.js";

/** An input picture: a path, the bytes of a file, or pixels in memory. */
export type InputPicture = string | Uint8Array | Picture | RgbaBytes;

/** Reads an input picture as the bytes of a file, and a name for errors. */
export async function readInput(picture: InputPicture): Promise<{ name: string; bytes: Buffer }> {
  if (typeof picture === "string") return { name: picture, bytes: (await readPictureFile(picture)).bytes };
  if (picture instanceof Uint8Array) return { name: "picture", bytes: Buffer.from(picture) };
  return { name: "picture", bytes: await encodePicture(picture, { format: "png" }) };
}

/** The input pictures of one run. */
export interface Inputs {
  /** Adds a picture. @returns the name by which the request refers to it. */
  add(picture: InputPicture): Promise<string>;
  /** As `add`. A shape is returned unchanged. */
  addMask(mask: InputPicture): Promise<string>;
  assets(): Assets;
}

/** Collects the input pictures of one run. Each is read once. */
export function createInputs(): Inputs {
  const byKey = new Map<string, ReturnType<typeof makeAsset>>();
  const add = async (picture: InputPicture): Promise<string> => {
    const { name, bytes } = await readInput(picture);
    const asset = makeAsset(name, bytes);
    let key = asset.name;
    for (let at = 2; byKey.has(key); at++) key = `${asset.name} (${at})`;
    byKey.set(key, asset);
    return key;
  };
  const missing = (name: string): never => {
    throw new InputError(
      `${name}: this input picture is missing; pass every picture that the record was made from as inputs`,
      {
        reason: "missing-input",
      },
    );
  };
  return {
    add,
    addMask: (mask) => (typeof mask === "string" && isShape(mask) ? Promise.resolve(mask) : add(mask)),
    assets: () => ({
      read: (name) => Promise.resolve(byKey.get(name) ?? missing(name)),
      find({ name, sha256 }) {
        const all = [...byKey.values()];
        const match =
          all.find((asset) => asset.sha256 === sha256) ?? all.find((asset) => asset.name === name);
        return Promise.resolve(match ?? missing(name));
      },
    }),
  };
}
