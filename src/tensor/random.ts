/**
 * Counter-based random numbers. A value depends only on seed, stream name and position, so other streams do not affect it.
 */
export interface Random {
  /** Derives an independent generator by a name. */
  stream(name: string | number): Random;
  /** Draws the next value, uniform in [0, 1). */
  uniform(): number;
  /** Draws the next integer, uniform in [0, below). */
  integer(below: number): number;
  /** Draws the next standard normal value (Box–Muller). */
  normal(): number;
  /** Draws `count` standard normal values. @returns `[count]`, unbounded. */
  normals(count: number): Float32Array;
  /** Draws a random order of `0 … count − 1` (Fisher–Yates). @returns `[count]`, each index once. */
  permute(count: number): Int32Array;
}

/**
 * Creates a random generator from a seed. The same seed gives the same values on every machine.
 * @param seed any number or text; numbers and their decimal text are the same seed.
 * @returns a generator of uniform, normal and integer numbers, with named independent streams.
 */
export function createRandom(seed: number | string): Random {
  return make(hashText(0x9e3779b9, 0x85ebca6b, `seed:${seed}`));
}

type Key = readonly [number, number];

function make(key: Key): Random {
  let counter = 0;
  let spare: number | undefined;
  const bits = (): number => mix(key, counter++);
  const uniform = (): number => (bits() >>> 5) / 134217728 + (bits() >>> 6) / 134217728 / 67108864;
  const normal = (): number => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  /** The same values as `count` calls of `normal`, in pairs. */
  const normals = (count: number): Float32Array => {
    const values = new Float32Array(count);
    let at = 0;
    if (spare !== undefined && count > 0) values[at++] = normal();
    for (; at + 1 < count; at += 2) {
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      const angle = 2 * Math.PI * uniform();
      values[at] = radius * Math.cos(angle);
      values[at + 1] = radius * Math.sin(angle);
    }
    if (at < count) values[at] = normal();
    return values;
  };
  const integer = (below: number): number => Math.floor(uniform() * below);
  return {
    stream: (name) => make(hashText(key[0], key[1], `/${name}`)),
    uniform,
    integer,
    normal,
    normals,
    permute(count) {
      const order = Int32Array.from({ length: count }, (_, index) => index);
      for (let last = count - 1; last > 0; last--) {
        const other = integer(last + 1);
        const swapped = order[last]!;
        order[last] = order[other]!;
        order[other] = swapped;
      }
      return order;
    },
  };
}

/** Applies two rounds of the 32-bit finaliser of MurmurHash3 over key and counter. Source: A. Appleby, smhasher, fmix32. */
function mix(key: Key, counter: number): number {
  const low = mixBits((counter >>> 0) ^ key[0]);
  const high = Math.floor(counter / 4294967296) >>> 0;
  return mixBits((low + Math.imul(key[1], 0x9e3779b1) + high) | 0);
}

function mixBits(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function hashText(first: number, second: number, text: string): Key {
  let a = first | 0;
  let b = second | 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    a = mixBits(Math.imul(a ^ unit, 0x01000193) + b);
    b = mixBits(Math.imul(b ^ unit, 0x9e3779b1) + a);
  }
  return [a, b];
}
