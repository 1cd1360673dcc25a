// Edits an ONNX model in its protobuf bytes.
import { field, fields } from '../io/protobuf.ts';
import { concat } from '../io/source.ts';
import type { GraphNode } from './onnx-graph.ts';

/** AttributeProto.type = STRING, field 20. */
const TEXT_TYPE = Uint8Array.of(0xa0, 0x01, 3);

/**
 * The model with an inner tensor as an additional output. Concatenated protobuf messages merge.
 * @param node a NodeProto to add, which makes the tensor
 */
export function withOutput(model: Uint8Array, tensor: string, node?: Uint8Array): Uint8Array {
  const fragment = field(7, [...(node ? [field(1, node)] : []), field(12, [field(1, tensor)])]);
  const out = new Uint8Array(model.length + fragment.length);
  out.set(model);
  out.set(fragment, model.length);
  return out;
}

/** What a copy of an operator has of its own. */
interface Changes {
  readonly outputs: readonly string[];
  /** Default: those of the operator. */
  readonly inputs?: readonly string[];
  /** A text attribute to change, and its value. */
  readonly attribute?: string;
  readonly value?: string;
}

/** Copies an operator with other outputs, and with one text attribute or its inputs changed. @returns a NodeProto */
export function copyNode({ bytes }: GraphNode, { outputs, inputs, attribute, value = '' }: Changes): Uint8Array {
  const decoder = new TextDecoder();
  const parts = [...fields(bytes)].flatMap((part) => {
    if (part.id === 2 || part.id === 3) return []; // outputs, and the node's own name
    if (part.id === 1 && inputs) return [];
    const name = part.id === 5 && attribute ? [...fields(part.bytes)].find(({ id }) => id === 1) : undefined;
    if (!name || decoder.decode(name.bytes) !== attribute) return [field(part.id, part.bytes)];
    const kept = [...fields(part.bytes)].filter(({ id, bytes: own }) => id !== 4 && own.length > 0);
    return [field(5, [...kept.map((own) => field(own.id, own.bytes)), field(4, value), TEXT_TYPE])];
  });
  return concat([...(inputs ?? []).map((name) => field(1, name)), ...parts, ...outputs.map((name) => field(2, name))]);
}
