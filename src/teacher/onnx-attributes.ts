// Reads the attributes of an operator of an ONNX graph on demand.
import { fields, unpackVarints } from '../io/protobuf.ts';
import type { GraphNode } from './onnx-graph.ts';

const decoder = new TextDecoder();

/** The parts of an attribute (AttributeProto) that debkd needs. */
interface Attribute {
  readonly text: string;
  readonly texts: readonly string[];
  readonly whole: readonly bigint[];
  /** Length of its list of floats. */
  readonly floats: number;
  readonly number: number | undefined;
}

function attributeOf({ bytes }: GraphNode, wanted: string): Attribute | undefined {
  for (const attribute of fields(bytes)) {
    if (attribute.id !== 5) continue;
    const parts = [...fields(attribute.bytes)];
    const name = parts.find(({ id }) => id === 1);
    if (!name || decoder.decode(name.bytes) !== wanted) continue;
    const number = parts.find(({ id }) => id === 2);
    return {
      text: decoder.decode(parts.find(({ id }) => id === 4)?.bytes),
      texts: parts.filter(({ id }) => id === 9).map((part) => decoder.decode(part.bytes)),
      whole: parts.filter(({ id }) => id === 3 || id === 8).flatMap(unpackVarints),
      floats: parts.filter(({ id }) => id === 7).reduce((sum, { bytes: own }) => sum + (own.length / 4 || 1), 0),
      number: number && new Float32Array(Int32Array.of(Number(number.value)).buffer)[0],
    };
  }
  return undefined;
}

/** A text attribute, such as the post_transform of a classifier; empty if absent. */
export function textAttribute(node: GraphNode, name: string): string {
  return attributeOf(node, name)?.text ?? '';
}

/** A float attribute; undefined if absent. */
export function numberAttribute(node: GraphNode, name: string): number | undefined {
  return attributeOf(node, name)?.number;
}

/** An integer attribute or a list of them; undefined if absent. */
export function wholeAttribute(node: GraphNode, name: string): readonly bigint[] | undefined {
  return attributeOf(node, name)?.whole;
}

/** The length of a list of floats; undefined if absent. */
export function lengthOf(node: GraphNode, name: string): number | undefined {
  return attributeOf(node, name)?.floats;
}

/** Class names, integers as text; undefined if the operator names no classes. */
export function classLabels(node: GraphNode): readonly string[] | undefined {
  for (const name of ['classlabels_strings', 'classlabels_int64s', 'classlabels_ints']) {
    const found = attributeOf(node, name);
    if (found && found.texts.length > 0) return found.texts;
    if (found && found.whole.length > 0) return found.whole.map(String);
  }
  return undefined;
}

/** The texts of an operator, such as the categories of an encoder, without class names. */
export function textsOf({ bytes }: GraphNode): string[] {
  const texts: string[] = [];
  for (const attribute of fields(bytes)) {
    if (attribute.id !== 5) continue;
    const parts = [...fields(attribute.bytes)];
    const name = parts.find(({ id }) => id === 1);
    if (name && decoder.decode(name.bytes).startsWith('classlabels_')) continue;
    for (const part of parts) if (part.id === 9) texts.push(decoder.decode(part.bytes));
  }
  return texts;
}
