import { createRequire } from "node:module";
import type * as tensorflow from "@tensorflow/tfjs";

export type * from "@tensorflow/tfjs";

let loaded: typeof tensorflow | undefined;

/** Required, not imported: to import it, Node would scan all of it for names first, which takes a quarter of a second. */
function load(): typeof tensorflow {
  return (loaded ??= createRequire(import.meta.url)("@tensorflow/tfjs") as typeof tensorflow);
}

/** A proxy of one export, which loads the library on first use. */
function lazyExport(name: keyof typeof tensorflow): unknown {
  type Callable = (...given: unknown[]) => unknown;
  return new Proxy(() => undefined, {
    apply: (_, self, given) => Reflect.apply(load()[name] as Callable, self, given) as unknown,
    construct: (_, given, newTarget) =>
      Reflect.construct(load()[name] as Callable, given, newTarget) as object,
    get: (_, key) => Reflect.get(load()[name] as object, key) as unknown,
  });
}

/**
 * The one place that loads TensorFlow.js: the union package, since tfjs-core alone registers no gradients in Node. It takes a tenth of
 * a second and more, so it is loaded when it is first used: a start from cached programs does not need it.
 */
// prettier-ignore
export const {
  KernelBackend, abs, acos, acosh, add, addN, all, any, argMax, argMin, asin, asinh, atan, atan2, atanh,
  avgPool, avgPool3d, backend, backend_util, basicLSTMCell, batchNorm, batchNorm2d, batchNorm3d,
  batchNorm4d, batchToSpaceND, bincount, bitwiseAnd, booleanMaskAsync, broadcastArgs, broadcastTo,
  broadcast_util, browser, buffer, callbacks, cast, ceil, clipByValue, clone, complex, concat, concat1d,
  concat2d, concat3d, concat4d, constraints, conv1d, conv2d, conv2dTranspose, conv3d, conv3dTranspose,
  copyRegisteredKernels, cos, cosh, cosineWindow, cumprod, cumsum, customGrad, data, denseBincount,
  deprecationWarn, depthToSpace, depthwiseConv2d, deregisterOp, device_util, diag, dilation2d,
  disableDeprecationWarnings, dispose, disposeVariables, div, divNoNan, dot, dropout, einsum, elu,
  enableDebugMode, enableProdMode, enclosingPowerOfTwo, engine, ensureShape, env, equal, erf, euclideanNorm,
  exp, expandDims, expm1, eye, fft, fill, findBackend, findBackendFactory, floor, floorDiv, forceHalfFloat,
  fused, gather, gatherND, gather_util, getBackend, getGradient, getKernel, getKernelsForBackend,
  gpgpu_util, grad, grads, greater, greaterEqual, ifft, imag, image, inTopKAsync, initializers, input, io,
  irfft, isFinite, isInf, isNaN, keep, kernel_impls, layers, leakyRelu, less, lessEqual, linalg, linspace,
  loadGraphModel, loadGraphModelSync, loadLayersModel, localResponseNormalization, log, log1p, logSigmoid,
  logSoftmax, logSumExp, logicalAnd, logicalNot, logicalOr, logicalXor, losses, lowerBound, matMul, math,
  max, maxPool, maxPool3d, maxPoolWithArgmax, maximum, mean, memory, meshgrid, metrics, min, minimum,
  mirrorPad, mod, model, models, moments, movingAverage, mul, multiRNNCell, multinomial, neg, nextFrame,
  norm, notEqual, oneHot, ones, onesLike, op, outerProduct, pad, pad1d, pad2d, pad3d, pad4d, pool, pow,
  prelu, print, prod, profile, raggedRange, raggedTensorToTensor, rand, randomGamma,
  randomNormal, randomStandardNormal, randomUniform, randomUniformInt, range, ready, real, reciprocal,
  registerBackend, registerCallbackConstructor, registerGradient, registerKernel, registerOp, regularizers,
  relu, relu6, removeBackend, reshape, reverse, reverse1d, reverse2d, reverse3d, reverse4d, rfft, round,
  rsqrt, scalar, scatterND, scatter_util, searchSorted, selu, separableConv2d, sequential, serialization,
  setBackend, setPlatform, setWebGLContext, setdiff1dAsync, shared, sigmoid, sign, signal, sin, sinh, slice,
  slice1d, slice2d, slice3d, slice4d, slice_util, softmax, softplus, spaceToBatchND, sparse, sparseToDense,
  spectral, split, sqrt, square, squaredDifference, squeeze, stack, step, stridedSlice, string, sub, sum,
  sumOutType, tan, tanh, tensor, tensor1d, tensor2d, tensor3d, tensor4d, tensor5d, tensor6d,
  tensorScatterUpdate, tensor_util, test_util, tidy, tile, time, topk, train, transpose, truncatedNormal,
  unique, unregisterGradient, unregisterKernel, unsortedSegmentSum, unstack, upcastType, upperBound, util,
  valueAndGrad, valueAndGrads, variable, variableGrads, version, version_converter, version_core,
  version_cpu, version_layers, version_webgl, webgl, webgl_util, where, whereAsync, zeros, zerosLike,
} = new Proxy({}, { get: (_, name) => lazyExport(name as keyof typeof tensorflow) }) as typeof tensorflow;
