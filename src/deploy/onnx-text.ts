// Texts for ONNX. Its operators can neither split a text into words as the student does nor hash it, so an input takes the buckets of a
// text's n-grams; the graph weighs them and makes the row as long as 1.
import { idfOf, placesOf, type TextColumn } from '../data/text-column.ts';
import { addNode, addTensor, type Graph, intAttribute, TYPE } from './onnx-model.ts';

/** Below the square of any length but 0: a text without n-grams is all zeros, divided by more than 0. */
const LEAST_SQUARE = 2 ** -20;

/** The note of an export with a text column. */
export function textNote({ name, buckets, words, characters }: TextColumn): string {
  return (
    `student-raw.onnx takes column ${JSON.stringify(name)} as the buckets of its n-grams, float32 [batch, ${buckets}], 0 or 1: no operator of ONNX ` +
    `splits or hashes texts as the student does. A bucket is MurmurHash3 (x86, 32 bits, seed 0) of an n-gram's UTF-8 bytes modulo ${buckets}; ` +
    `n-grams: words ${words.join(' to ')}, characters ${characters.join(' to ')} (docs/other-runtimes.md has the function in Python)`
  );
}

/**
 * Adds the scaling of a hashed text: x / sqrt(sum of the squared weights by rarity), 0 for a text without n-grams.
 * @param input float32 [batch, buckets], 0 or 1
 * @param prefix of the nodes' names
 * @returns the name of the values by bucket, float32 [batch, buckets]
 */
export function addText(graph: Graph, column: TextColumn, input: string, prefix: string): string {
  const node = (
    operator: string,
    output: string,
    inputs: readonly string[],
    attributes: readonly Uint8Array[] = [],
  ): string => addNode(graph, operator, { inputs, output: `${prefix}${output}`, attributes });
  const squares = column.idf
    ? node('MatMul', 'squares', [input, addSquares(graph, column, prefix)])
    : node('ReduceSum', 'squares', [input, addTensor(graph, `${prefix}axes`, [1], [1])], [intAttribute('keepdims', 1)]);
  const least = addTensor(graph, `${prefix}least`, [], Float32Array.of(LEAST_SQUARE));
  const length = node('Sqrt', 'length', [node('Max', 'positive', [squares, least])]);
  return node('Div', 'values', [input, length]);
}

/** The squared weight of each bucket, float32 [buckets, 1], stored as one byte each: the place in a list of the different ones. */
function addSquares(graph: Graph, column: TextColumn, prefix: string): string {
  const idf = idfOf(column);
  const places = placesOf(column);
  const square = (place: number): number => (place < 0 ? idf?.unseen : idf?.squares[place]) ?? 1;
  const distinct = [...new Set(Array.from(places, square))];
  const index = new Map(distinct.map((value, k) => [value, k]));
  const stored = Int8Array.from(places, (place) => index.get(square(place)) as number);
  const bytes = addTensor(graph, `${prefix}levels`, [column.buckets, 1], stored);
  const levels = addNode(graph, 'Cast', {
    inputs: [bytes],
    output: `${prefix}level`,
    attributes: [intAttribute('to', TYPE.int64)],
  });
  const values = addTensor(graph, `${prefix}squares_by_level`, [distinct.length], Float32Array.from(distinct));
  return addNode(graph, 'Gather', { inputs: [values, levels], output: `${prefix}square` });
}
