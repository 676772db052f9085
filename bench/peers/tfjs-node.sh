#!/bin/sh
# Builds @tensorflow/tfjs-node for the `tensorflow` engine in outputs/bench/tfjs-node, against the TensorFlow library of a
# Python wheel: the package's own install script needs a network that reaches storage.googleapis.com.
#   PIP_INDEX   where pip finds tensorflow-cpu (default: pip's own index)
#   PYTHON      a Python with pip whose version has a wheel (default: python3)
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
target="$root/outputs/bench/tfjs-node"
mkdir -p "$target"
cd "$target"
[ -f package.json ] || echo '{ "private": true }' >package.json
npm install --ignore-scripts --no-audit --no-fund @tensorflow/tfjs-node@4.22.0
# One TensorFlow.js for both, so that there is one registry of kernels.
for name in tfjs tfjs-core; do
  rm -rf "node_modules/@tensorflow/$name"
  ln -s "$root/node_modules/@tensorflow/$name" "node_modules/@tensorflow/$name"
done
"${PYTHON:-python3}" -m pip download --no-deps --only-binary :all: ${PIP_INDEX:+--index-url "$PIP_INDEX"} -d wheel tensorflow-cpu
rm -rf wheel/unpacked
"${PYTHON:-python3}" -m zipfile -e "$(ls wheel/tensorflow_cpu-*.whl | tail -n 1)" wheel/unpacked
library="$target/wheel/unpacked/tensorflow"
deps=node_modules/@tensorflow/tfjs-node/deps
rm -rf "$deps"
mkdir -p "$deps/lib"
ln -s "$library/include" "$deps/include"
ln -s "$library/libtensorflow_cc.so.2" "$deps/lib/libtensorflow.so"
ln -s "$library/libtensorflow_cc.so.2" "$deps/lib/libtensorflow_cc.so.2"
ln -s "$library/libtensorflow_framework.so.2" "$deps/lib/libtensorflow_framework.so.2"
ln -s "$library/libtensorflow_framework.so.2" "$deps/lib/libtensorflow_framework.so"
cd node_modules/@tensorflow/tfjs-node
npx node-pre-gyp rebuild
