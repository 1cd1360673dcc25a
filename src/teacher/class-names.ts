// Finds the names of a model's classes, and the name that means class 1.
import type { Table } from '../data/table.ts';
import { likelyPositive, sameClass } from '../data/target.ts';
import { classLabels } from './onnx-attributes.ts';
import type { OnnxGraph } from './onnx-graph.ts';
import { neededNodes } from './score-output.ts';

/** Metadata keys that exporters use for class names, as JSON or separated by commas. */
const KEYS = ['id2label', 'classes', 'class_names', 'names', 'labels'];

/**
 * Names of `count` classes in the order of the scores: from the classifier that makes `output` or the ZipMap that reads
 * it, else from the metadata. Undefined where the model names no classes.
 */
export function classNames(graph: OnnxGraph, output: string, count: number): readonly string[] | undefined {
  const fromGraph = classifierNames(graph, output);
  if (fromGraph && fromGraph.length === Math.max(2, count)) return fromGraph;
  for (const key of KEYS) {
    const found = graph.metadata.get(key);
    const names = found === undefined ? undefined : parseNames(found);
    if (names?.length === Math.max(2, count)) return names;
  }
  return undefined;
}

/** The class names that an operator behind a score has. */
export function classifierNames(graph: OnnxGraph, output: string): readonly string[] | undefined {
  const map = graph.nodes.find(({ operator, inputs }) => operator === 'ZipMap' && inputs[0] === output);
  const needed = neededNodes(graph, [output]);
  const makers = graph.nodes.filter(({ outputs }) => outputs.some((name) => needed.has(name)));
  return [...makers, ...(map ? [map] : [])].map(classLabels).findLast((names) => names !== undefined);
}

/**
 * Parses a list, or an object by index like Hugging Face's id2label, in JSON or as Python prints it, or names separated
 * by commas.
 */
export function parseNames(text: string): string[] | undefined {
  const json = text.includes('"')
    ? text
    : text.replaceAll("'", '"').replace(/([{,]\s*)(\d+)\s*:/g, (_whole, before, place) => `${before}"${place}":`);
  try {
    const value: unknown = JSON.parse(json);
    if (Array.isArray(value)) return value.map(String);
    if (typeof value === 'object' && value !== null) {
      const places = Object.entries(value).map(([place, name]): [number, string] => [Number(place), String(name)]);
      const ordered = places.sort(([a], [b]) => a - b);
      return ordered.every(([place], i) => place === i) ? ordered.map(([, name]) => name) : undefined;
    }
  } catch {
    if (!/[[{]/.test(text)) return text.split(',').map((name) => name.trim());
  }
  return undefined;
}

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
