// Finds the names of a model's classes, and the name that means class 1.
import type { Table } from '../data/table.ts';
import { likelyPositive, sameClass } from '../data/target.ts';
import { classLabels } from './onnx-attributes.ts';
import type { OnnxGraph } from './onnx-graph.ts';
import { neededNodes } from './score-output.ts';

/** Metadata keys that exporters use for class names, as JSON or separated by commas. */
const KEYS = [
  ...['id2label', 'classes', 'class_names', 'names', 'labels', 'label_names', 'class_labels', 'target_names'],
  ...['categories', 'idx_to_class', 'label2id', 'class_to_idx'],
];

/**
 * Names of `count` classes in the order of the scores: from the classifier that makes `output` or the ZipMap that reads
 * it, else from the model's configuration, else from the metadata. Undefined where the model names no classes.
 * @param configured the names of the configuration
 */
export function classNames(
  graph: OnnxGraph,
  output: string,
  count: number,
  configured?: readonly string[],
): readonly string[] | undefined {
  const fromGraph = classifierNames(graph, output);
  if (fromGraph && fromGraph.length === Math.max(2, count)) return fromGraph;
  return statedNames(graph, Math.max(2, count), configured);
}

/** So many names of the model's configuration or metadata. */
export function statedNames(
  graph: Pick<OnnxGraph, 'metadata'>,
  count: number,
  configured?: readonly string[],
): readonly string[] | undefined {
  if (configured?.length === count) return configured;
  for (const key of KEYS) {
    const found = graph.metadata.get(key);
    const names = found === undefined ? undefined : parseNames(found);
    if (names?.length === count) return names;
  }
  return undefined;
}

/** The index of a class by name: of the same text, else of the only name that means the same. */
export function placeByName(names: readonly string[], wanted: string): number | undefined {
  const exact = names.indexOf(wanted);
  if (exact >= 0) return names.lastIndexOf(wanted) === exact ? exact : undefined;
  const alike = names.flatMap((name, place) => (sameClass(name, wanted) ? [place] : []));
  return alike.length === 1 ? alike[0] : undefined;
}

/** The class names that an operator behind a score has. */
export function classifierNames(graph: OnnxGraph, output: string): readonly string[] | undefined {
  const map = graph.nodes.find(({ operator, inputs }) => operator === 'ZipMap' && inputs[0] === output);
  const needed = neededNodes(graph, [output]);
  const makers = graph.nodes.filter(({ outputs }) => outputs.some((name) => needed.has(name)));
  return [...makers, ...(map ? [map] : [])].map(classLabels).findLast((names) => names !== undefined);
}

/**
 * Parses a list, or an object by index like Hugging Face's id2label, or one of indices by name, in JSON or as Python
 * prints it, or names separated by commas.
 */
export function parseNames(text: string): string[] | undefined {
  for (const json of [text, pythonToJson(text)]) {
    try {
      return namesIn(JSON.parse(json));
    } catch {
      // not JSON in this form
    }
  }
  return /[[{]/.test(text) ? undefined : text.split(',').map((name) => name.trim());
}

/** Python's text of a list or a dict as JSON: double quotes, and quoted keys. */
function pythonToJson(text: string): string {
  const quoted = text.includes('"') ? text : text.replaceAll("'", '"');
  return quoted.replace(/([{,]\s*)(\d+)\s*:/g, (_whole, before, place) => `${before}"${place}":`);
}

/** The names in a list, an object by index, or an object of indices by name; undefined for anything else. */
export function namesIn(value: unknown): string[] | undefined {
  if (Array.isArray(value)) return value.every(isName) ? value.map(String) : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  const entries = Object.entries(value);
  const byIndex = entries.every(([key, name]) => /^\d+$/.test(key) && isName(name));
  const byName = !byIndex && entries.every(([, place]) => typeof place === 'number');
  if (entries.length === 0 || !(byIndex || byName)) return undefined;
  const places = entries.map(([key, item]): [number, string] => (byName ? [item, key] : [Number(key), String(item)]));
  const ordered = places.sort(([a], [b]) => a - b);
  return ordered.every(([place], i) => place === i) ? ordered.map(([, name]) => name) : undefined;
}

const isName = (name: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof name);

/** The index of class 1 among two names: that of 1, true or yes; undefined if neither name is one of these. */
export function likelyPlace(names: readonly string[]): 0 | 1 | undefined {
  const likely = likelyPositive(names);
  return likely === undefined ? undefined : names[0] === likely ? 0 : 1;
}

/** The index of the label's class 1 among two names; undefined unless the names are the label's two values. */
export function placeByTarget(
  names: readonly string[] | undefined,
  target: NonNullable<Table['target']>,
): 0 | 1 | undefined {
  if (names?.length !== 2) return undefined;
  const one = names.findIndex((name) => sameClass(name, target.positive));
  const zero = names.findIndex((name) => sameClass(name, target.negative));
  return one >= 0 && zero >= 0 && one !== zero ? (one as 0 | 1) : undefined;
}
