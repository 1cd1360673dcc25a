// Reads a scalar constant of an ONNX graph: a weight or the output of a Constant operator.
import { halfToFloat } from '../io/half.ts';
import { fields } from '../io/protobuf.ts';
import type { OnnxGraph } from './onnx-graph.ts';

/** The value of a tensor; undefined if it is computed or has several values. */
export function scalarOf(graph: OnnxGraph, name: string): number | undefined {
  const weight = graph.initializers.get(name);
  if (weight) return numberOf(weight);
  const node = graph.producers.get(name);
  if (node?.operator !== 'Constant') return undefined;
  for (const attribute of fields(node.bytes)) {
    if (attribute.id !== 5) continue;
    for (const part of fields(attribute.bytes)) if (part.id === 5) return numberOf(part.bytes);
  }
  return undefined;
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
