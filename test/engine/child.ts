/** A process of its own that compiles and runs a program: `tsx child.ts`; with `exit` it ends in the middle of a step. */
import { compile } from "../../src/engine/index.js";
import * as tf from "../../src/tf.js";

const side = process.argv[2] === "exit" ? 1500 : 64;
const data = Float32Array.from({ length: side * side }, (_, at) => Math.sin(at) / side);
const x = { shape: [side, side], dtype: "float32", data } as const;
const program = await compile(
  ({ x: given, w }) => {
    let y = given as tf.Tensor2D;
    for (let layer = 0; layer < 20; layer++) y = tf.tanh(tf.matMul(y, w as tf.Tensor2D));
    return { y };
  },
  { x },
  { weights: { w: x } },
);
const running = program.run({ x });
if (process.argv[2] === "exit") setTimeout(() => process.exit(3), 20);
const { y } = await running;
if (process.argv[2] !== "exit") process.stdout.write(JSON.stringify([...y!.data].slice(0, 500)));
// The program is not disposed of: an idle thread must not keep the process alive.
