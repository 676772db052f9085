import { pathToFileURL } from "node:url";
import { resolve } from "node:path";
import { defineConfig, mergeConfig } from "vitest/config";
import base from "../../vitest.config.js";
import { onTensorflow, program } from "./tensorflow.mjs";

// The whole test suite with TensorFlow in the place of the compiled engine, once tfjs-node.sh has built its package:
//   npx vitest run --config bench/peers/tensorflow.vitest.config.ts [file …]

const built = resolve(
  import.meta.dirname,
  "../../outputs/bench/tfjs-node/node_modules/@tensorflow/tfjs-node",
);
const hooks = pathToFileURL(resolve(import.meta.dirname, "tensorflow.mjs")).href;

export default mergeConfig(
  base,
  defineConfig({
    root: resolve(import.meta.dirname, "../.."),
    resolve: { alias: { "@tensorflow/tfjs-node": resolve(built, "dist/index.js") } },
    plugins: [
      {
        name: "on-tensorflow",
        enforce: "pre",
        transform: (source, id) => (program.test(id) ? onTensorflow(source) : undefined),
      },
    ],
    // The commands that tests start are processes of their own.
    test: { env: { NODE_OPTIONS: `--import ${hooks}`, TF_CPP_MIN_LOG_LEVEL: "2" } },
  }),
);
