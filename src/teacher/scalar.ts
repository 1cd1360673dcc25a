// Reads a scalar constant of an ONNX graph: a weight or the output of a Constant operator.
import { halfToFloat } from '../io/half.ts';
import { fields, unpackVarints } from '../io/protobuf.ts';
import type { OnnxGraph } from './onnx-graph.ts';

/** The value of a tensor; undefined if it is computed or has several values. */
export function scalarOf(graph: OnnxGraph, name: string): number | undefined {
  const weight = graph.initializers.get(name);
  if (weight) return numberOf(weight);
  const constant = constantOf(graph, name);
  return constant && numberOf(constant);
}

/** The value of a TensorProto, from its raw data or the list of its element type. */
function numberOf(tensor: Uint8Array): number | undefined {
  const parts = [...fields(tensor)];
  const type = Number(parts.find(({ id }) => id === 2)?.value ?? 0n);
  const raw = parts.find(({ id }) => id === 9)?.bytes;
  const floats = parts.find(({ id }) => id === 4);
  const doubles = parts.find(({ id }) => id === 10);
  const bytes = raw ?? (floats?.bytes.length ? floats.bytes : doubles?.bytes);
  if (!bytes || bytes.length === 0) {
    if (floats) return new Float32Array(Int32Array.of(Number(floats.value)).buffer)[0];
    return undefined;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (type === 1 && bytes.length === 4) return view.getFloat32(0, true);
  if (type === 11 && bytes.length === 8) return view.getFloat64(0, true);
  if (type === 10 && bytes.length === 2) return halfToFloat(view.getUint16(0, true));
  return undefined;
}

/** The whole numbers of a weight or a Constant; undefined if it is computed or of another type. */
export function wholeNumbersOf(graph: OnnxGraph, name: string): readonly number[] | undefined {
  const tensor = graph.initializers.get(name) ?? constantOf(graph, name);
  if (!tensor) return undefined;
  const parts = [...fields(tensor)];
  const type = Number(parts.find(({ id }) => id === 2)?.value ?? 0n);
  const raw = parts.find(({ id }) => id === 9)?.bytes;
  const size = type === 7 ? 8 : type === 6 ? 4 : 0;
  if (size === 0) return undefined;
  if (!raw)
    return parts
      .filter(({ id }) => id === (size === 8 ? 7 : 5))
      .flatMap(unpackVarints)
      .map(Number);
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  return Array.from({ length: raw.byteLength / size }, (_, i) =>
    size === 8 ? Number(view.getBigInt64(8 * i, true)) : view.getInt32(4 * i, true),
  );
}

/** The TensorProto of a Constant operator. */
function constantOf(graph: OnnxGraph, name: string): Uint8Array | undefined {
  const node = graph.producers.get(name);
  if (node?.operator !== 'Constant') return undefined;
  for (const attribute of fields(node.bytes)) {
    if (attribute.id !== 5) continue;
    for (const part of fields(attribute.bytes)) if (part.id === 5) return part.bytes;
  }
  return undefined;
}
