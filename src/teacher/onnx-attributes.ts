// What an operator of an ONNX graph was told: its attributes, read where they are asked for.
import { fields, unpackVarints } from '../io/protobuf.ts';
import type { GraphNode } from './onnx-graph.ts';

const decoder = new TextDecoder();

/** One attribute (AttributeProto), as far as a teacher's reading needs it. */
interface Attribute {
  readonly text: string;
  readonly texts: readonly string[];
  readonly whole: readonly bigint[];
  /** Numbers in a list of floats. */
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

/** A text, such as the post_transform of a classifier; empty where it is absent. */
export function textAttribute(node: GraphNode, name: string): string {
  return attributeOf(node, name)?.text ?? '';
}

/** A number; undefined where it is absent. */
export function numberAttribute(node: GraphNode, name: string): number | undefined {
  return attributeOf(node, name)?.number;
}

/** Whole numbers, one or a list; undefined where it is absent. */
export function wholeAttribute(node: GraphNode, name: string): readonly bigint[] | undefined {
  return attributeOf(node, name)?.whole;
}

/** How many numbers a list of floats has; undefined where it is absent. */
export function lengthOf(node: GraphNode, name: string): number | undefined {
  return attributeOf(node, name)?.floats;
}

/** Names of classes, whole numbers as texts; undefined where the operator names none. */
export function classLabels(node: GraphNode): readonly string[] | undefined {
  for (const name of ['classlabels_strings', 'classlabels_int64s', 'classlabels_ints']) {
    const found = attributeOf(node, name);
    if (found && found.texts.length > 0) return found.texts;
    if (found && found.whole.length > 0) return found.whole.map(String);
  }
  return undefined;
}

/** Texts that an operator knows, such as the categories of an encoder, but for the names of classes. */
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
