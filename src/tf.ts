/** The one place that imports TensorFlow.js: the union package, since tfjs-core alone registers no gradients in Node. */
export * from "@tensorflow/tfjs";
