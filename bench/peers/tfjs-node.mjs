/** Lets `import("@tensorflow/tfjs-node")` find the build of tfjs-node.sh, which is outside node_modules. */
import { register } from "node:module";
import { pathToFileURL } from "node:url";

const built = new URL("../../outputs/bench/tfjs-node/package.json", import.meta.url).href;
const hooks = `
export async function resolve(specifier, context, next) {
  return next(specifier, specifier === "@tensorflow/tfjs-node" ? { ...context, parentURL: ${JSON.stringify(built)} } : context);
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`, pathToFileURL("./"));
