import { create, toBinary } from "@bufbuild/protobuf";
import {
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  TensorProto_DataLocation,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
} from "onnx-buf";

const float32 = 1;

/** An ONNX model of the product of a matrix, which is all that a file beside it holds, with some vectors. */
export function productModel(
  file: string,
  [rows, features]: readonly [rows: number, features: number],
  vectors: number,
): Uint8Array {
  const external = { location: file, offset: "0", length: String(rows * features * 4) };
  const graph = create(GraphProtoSchema, {
    name: "product",
    node: [
      create(NodeProtoSchema, { opType: "MatMul", name: "product", input: ["rows", "in"], output: ["out"] }),
    ],
    initializer: [
      create(TensorProtoSchema, {
        name: "rows",
        dataType: float32,
        dims: [BigInt(rows), BigInt(features)],
        dataLocation: TensorProto_DataLocation.EXTERNAL,
        externalData: Object.entries(external).map(([key, value]) =>
          create(StringStringEntryProtoSchema, { key, value }),
        ),
      }),
    ],
    input: [matrixInfo("in", [features, vectors])],
    output: [matrixInfo("out", [rows, vectors])],
  });
  const model = create(ModelProtoSchema, {
    irVersion: 9n,
    producerName: "clipsteer",
    opsetImport: [create(OperatorSetIdProtoSchema, { domain: "", version: 20n })],
    graph,
  });
  return toBinary(ModelProtoSchema, model);
}

function matrixInfo(name: string, shape: readonly number[]) {
  const dim = shape.map((side) =>
    create(TensorShapeProto_DimensionSchema, { value: { case: "dimValue", value: BigInt(side) } }),
  );
  const tensor = create(TypeProto_TensorSchema, {
    elemType: float32,
    shape: create(TensorShapeProtoSchema, { dim }),
  });
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, { value: { case: "tensorType", value: tensor } }),
  });
}
