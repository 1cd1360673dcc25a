// How an output is read, or why it is refused: small graphs with handwritten probe values.
import { expect, test } from 'vitest';
import { DebkdError } from '../../src/io/errors.ts';
import { field } from '../../src/io/protobuf.ts';
import { concat } from '../../src/io/source.ts';
import type { GraphNode, OnnxGraph } from '../../src/teacher/onnx-graph.ts';
import { detectConvention } from '../../src/teacher/output-convention.ts';
import type { Reading, Stated } from '../../src/teacher/reading.ts';

/** An operator, optionally with a post_transform. */
export type Step = string | readonly [operator: string, post: 'LOGISTIC' | 'SOFTMAX' | 'NONE'];

export interface Asked {
  /** A chain of operators from the input x to the output; t0, t1, ... are the tensors between them. */
  readonly graph?: readonly Step[];
  readonly name?: string;
  readonly type?: string;
  /** The model's id2label. */
  readonly names?: readonly string[];
  /** Graph outputs before this one. */
  readonly others?: OnnxGraph['outputs'];
  readonly width: number;
  readonly values: readonly number[];
  readonly labels?: readonly string[];
  /** Values of the score before the probability. */
  readonly exact?: readonly number[];
  /** Values per row of `exact`; default `width`. */
  readonly exactWidth?: number;
  readonly stated?: Stated;
}

function graphOf({ graph: steps = [], name = 'y', type = 'float32', names, others = [] }: Asked): OnnxGraph {
  const nodes = steps.map((step, i): GraphNode => {
    const [operator, post] = typeof step === 'string' ? [step] : step;
    const made = i === steps.length - 1 ? name : `t${i}`;
    const inputs = [i === 0 ? 'x' : `t${i - 1}`];
    const outputs = operator.endsWith('Classifier') ? ['label', made] : [made];
    const attributes = post === undefined ? [] : [field(5, [field(1, 'post_transform'), field(4, post)])];
    const parts = [...inputs.map((tensor) => field(1, tensor)), ...outputs.map((tensor) => field(2, tensor))];
    return { operator, domain: '', inputs, outputs, bytes: concat([...parts, field(4, operator), ...attributes]) };
  });
  return {
    opset: 17,
    operators: nodes.map(({ operator }) => operator),
    nodes,
    texts: [],
    externalData: [],
    externalSizes: new Map(),
    inputs: [{ name: 'x', type: 'float32', shape: ['N', 2] }],
    outputs: [...others, { name, type, shape: ['N', '?'] }],
    initializers: new Map(),
    producers: new Map(nodes.flatMap((node) => node.outputs.map((tensor) => [tensor, node] as const))),
    metadata: new Map(names ? [['id2label', JSON.stringify({ ...names })]] : []),
  };
}

export function read(asked: Asked): Reading {
  const { name = 'y', width, values, labels, exact, exactWidth = width, stated = {} } = asked;
  const before = exact && { width: exactWidth, values: Float64Array.from(exact) };
  const probe = { width, values: Float64Array.from(values), labels, exact: before };
  return detectConvention({ graph: graphOf(asked), output: name, probe, stated, name: 'model.onnx' });
}

/** Why the output is refused, without the name of the model. */
export function refusal(asked: Asked): string {
  try {
    const { convention, reason } = read(asked);
    return `read as ${convention}: ${reason}`;
  } catch (error) {
    if (!(error instanceof DebkdError)) throw error;
    expect([error.code, error.message]).toEqual(['convention', expect.stringMatching(/^teacher "model\.onnx"[,:] /)]);
    return error.message.replace(/^teacher "model\.onnx"[,:] /, '');
  }
}

/** The convention, the tensor and its margin form in one line. */
export function brief({ convention, tensor, margin: { form, width, place, negate } }: Reading): string {
  return `${convention}: ${tensor} as ${form}, ${place} of ${width}${negate ? ', negated' : ''}`;
}

type Readings = readonly (readonly [title: string, asked: Asked, want: string, reason: string])[];
type Refusals = readonly (readonly [title: string, asked: Asked, what: string, way: string])[];

export function eachReading(readings: Readings): void {
  test.each(readings)('%s', (_, asked, want, reason) => {
    const found = read(asked);
    expect([brief(found), found.reason, found.output]).toEqual([want, reason, asked.name ?? 'y']);
  });
}

export function eachRefusal(refusals: Refusals): void {
  test.each(refusals)('%s is refused', (_, asked, what, way) => {
    const message = refusal(asked);
    expect(message).toContain(what);
    expect(message.endsWith(way), message).toBe(true);
  });
}

export const gemm = ['Gemm'];
/** Trees and a linear model with a post_transform. */
export const tree: Step[] = [['TreeEnsembleRegressor', 'LOGISTIC']];
export const linear = (post: 'LOGISTIC' | 'SOFTMAX' | 'NONE'): Step[] => [['LinearClassifier', post]];

/** Values within 0 .. 1: one per row, two and three with any sum, and three that sum to 1. */
export const inside = [0.2, 0.7, 0.4];
export const free = [0.1, 0.3, 0.9, 0.8];
export const loose = [0.2, 0.9, 0.5, 0.7, 0.2, 0.8];
export const triple = [0.2, 0.3, 0.5, 0.7, 0.2, 0.1];
/** Values of two classes. */
export const pair = (shares: readonly number[]): number[] => shares.flatMap((p) => [1 - p, p]);
export const halves = (scores: readonly number[]): number[] => scores.flatMap((z) => [-z / 2, z / 2]);
export const signs = (scores: readonly number[]): number[] => scores.flatMap((z) => [-z, z]);
