import { type MessageInitShape, create, toBinary } from "@bufbuild/protobuf";
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
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
import { type TensorRecord, sizeOf } from "../tensor/index.js";
import { type Attribute, type Node, type Value, type ValueType, listLiveNodes, typeCodes } from "./graph.js";
import { type OnnxModel, layOutWeights, weightsFile } from "./onnxModel.js";
import type { Recording } from "./record.js";

const widths: Record<ValueType, number> = { float32: 4, int32: 4, int64: 8, bool: 1 };
const opset = 20n;
const irVersion = 9n;

/**
 * Writes a recording as an ONNX model; inputs named in `weights` become initialisers.
 * @param weightsPlace file for weights of at least `smallest` bytes, which are not read here.
 */
export function writeOnnx(
  { inputs, outputs }: Recording,
  weights: TensorRecord,
  weightsPlace: { readonly file: string; readonly smallest: number } = { file: weightsFile, smallest },
): OnnxModel {
  const nodes = listLiveNodes(Object.values(outputs));
  const reached = new Map<number, Value>();
  for (const node of nodes) for (const value of node.inputs) if (value) reached.set(value.id, value);
  for (const value of Object.values(outputs)) reached.set(value.id, value);
  const values = [...reached.values()];
  const isWeight = (value: Value): boolean => value.name !== undefined && value.name in weights;
  // Two outputs may be one value, and an output may be an input: each output gets an Identity under its own name.
  const exits = Object.entries(outputs).map(([name, value]) =>
    create(NodeProtoSchema, { opType: "Identity", input: [nameOf(value)], output: [`out:${name}`] }),
  );
  const tensors = values.flatMap((value) => {
    const tensor = isWeight(value) ? weights[value.name!] : value.constant;
    const length = sizeOf(value.shape) * widths[value.dtype];
    return tensor ? [{ value, length, read: () => bytesOf(value, tensor.data) }] : [];
  });
  const outside = tensors.filter(({ length }) => length >= weightsPlace.smallest);
  const external = outside.map(({ length, read }) => ({ length, read }));
  const { offsets } = layOutWeights(external);
  const initializer = [
    ...tensors
      .filter(({ length }) => length < weightsPlace.smallest)
      .map(({ value, read }) => toTensorProto(value, { rawData: read() })),
    ...outside.map(({ value, length }, at) => {
      const entries = { location: weightsPlace.file, offset: String(offsets[at]), length: String(length) };
      return toTensorProto(value, {
        dataLocation: TensorProto_DataLocation.EXTERNAL,
        externalData: Object.entries(entries).map(([key, text]) =>
          create(StringStringEntryProtoSchema, { key, value: text }),
        ),
      });
    }),
  ];
  const graph = create(GraphProtoSchema, {
    name: "clipsteer",
    // ONNX Runtime looks for what comes first from the outputs back, and takes the later written of two inputs first: this way
    // round it keeps to the order of recording, and what a layer kept for its gradient is free before the next one's turn.
    node: [...exits, ...groupByOperator(nodes).map(toNodeProto).reverse()],
    initializer,
    input: Object.values(inputs)
      .filter((value) => reached.has(value.id) && !isWeight(value))
      .map((value) => valueInfo(nameOf(value), value)),
    output: Object.entries(outputs).map(([name, value]) => valueInfo(`out:${name}`, value)),
  });
  const model = create(ModelProtoSchema, {
    irVersion,
    producerName: "clipsteer",
    opsetImport: [
      create(OperatorSetIdProtoSchema, { domain: "", version: opset }),
      ...domains.map((domain) => create(OperatorSetIdProtoSchema, { domain, version: 1n })),
    ],
    graph,
  });
  const used = values.flatMap((value) => (value.name !== undefined && !isWeight(value) ? [value.name] : []));
  const signature = { nodes: nodes.length, used, returned: Object.keys(outputs) };
  return { bytes: toBinary(ModelProtoSchema, model), external, signature };
}

/** Returns the name of a value in the model. */
export function nameOf(value: Value): string {
  return value.name === undefined ? `v${value.id}` : `in:${value.name}`;
}

/** Groups the nodes that are results of one operator; a graph has one node for each result. */
function groupByOperator(nodes: readonly Node[]): Node[][] {
  const groups = new Map<string, Node[]>();
  for (const node of nodes) {
    const { operator, inputs, attributes } = node;
    const key = `${operator}(${inputs.map((value) => value?.id ?? "-")})${JSON.stringify(attributes)}`;
    const group = groups.get(key);
    if (group) group.push(node);
    else groups.set(key, [node]);
  }
  return [...groups.values()];
}

/** Domains of operators that ONNX Runtime has beside ONNX's own; an operator's name begins with its domain's. */
const domains = ["com.microsoft.nchwc", "com.microsoft"];

function toNodeProto(group: readonly Node[]) {
  const { operator, inputs, attributes, output } = group[0]!;
  const domain = domains.find((name) => operator.startsWith(`${name}.`));
  const slots = 1 + Math.max(...group.map(({ slot }) => slot));
  return create(NodeProtoSchema, {
    opType: domain === undefined ? operator : operator.slice(domain.length + 1),
    domain,
    name: `n${output.id}`,
    input: inputs.map((value) => (value ? nameOf(value) : "")),
    output: Array.from({ length: slots }, (_, slot) => {
      const used = group.find((node) => node.slot === slot);
      return used ? nameOf(used.output) : `${nameOf(output)}.${slot}`;
    }),
    attribute: Object.entries(attributes).map(([name, attribute]) => attributeProto(name, attribute)),
  });
}

function attributeProto(name: string, attribute: Attribute) {
  const type = AttributeProto_AttributeType;
  if ("int" in attribute)
    return create(AttributeProtoSchema, { name, type: type.INT, i: BigInt(attribute.int) });
  if ("float" in attribute)
    return create(AttributeProtoSchema, { name, type: type.FLOAT, f: attribute.float });
  if ("floats" in attribute)
    return create(AttributeProtoSchema, { name, type: type.FLOATS, floats: [...attribute.floats] });
  if ("ints" in attribute)
    return create(AttributeProtoSchema, { name, type: type.INTS, ints: attribute.ints.map(BigInt) });
  return create(AttributeProtoSchema, {
    name,
    type: type.STRING,
    s: Uint8Array.from(Buffer.from(attribute.text)),
  });
}

/** Bytes from which a tensor stays outside the model. */
const smallest = 1024;

function bytesOf({ dtype }: Value, data: Float32Array | Int32Array | Uint8Array): Uint8Array<ArrayBuffer> {
  const wide = dtype === "int64" ? BigInt64Array.from(data as Int32Array, BigInt) : data;
  return new Uint8Array(wide.buffer as ArrayBuffer, wide.byteOffset, wide.byteLength);
}

function toTensorProto(value: Value, content: MessageInitShape<typeof TensorProtoSchema>) {
  const { shape, dtype } = value;
  const header = { name: nameOf(value), dataType: typeCodes[dtype], dims: shape.map(BigInt) };
  return create(TensorProtoSchema, { ...header, ...content } as typeof content);
}

function valueInfo(name: string, { shape, dtype }: Value) {
  const dim = shape.map((side) =>
    create(TensorShapeProto_DimensionSchema, { value: { case: "dimValue", value: BigInt(side) } }),
  );
  const tensor = create(TypeProto_TensorSchema, {
    elemType: typeCodes[dtype],
    shape: create(TensorShapeProtoSchema, { dim }),
  });
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, { value: { case: "tensorType", value: tensor } }),
  });
}
