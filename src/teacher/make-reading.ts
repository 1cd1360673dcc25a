// Shared by the readers of one, two and more values per row: refusals, the index of a named class, and the reading.
import { DebkdError, type ErrorParts, listed as listedNames, nearest, quote } from '../io/errors.ts';
import { exp, sigmoid } from '../kernels/elementary.ts';
import { placeByName } from './class-names.ts';
import type { ExactScore } from './exact-score.ts';
import { UNSEEN } from './label-agreement.ts';
import type { OnnxGraph } from './onnx-graph.ts';
import { range, sumsTo } from './probe-values.ts';
import type { Case, Convention, Probe, Reading } from './reading.ts';

/** Refuses an output. @throws DebkdError `convention` */
export function refuse({ subject, output }: Case, problem: Omit<ErrorParts, 'subject'>): never {
  throw new DebkdError('convention', { subject: `${subject}, output ${quote(output)}`, ...problem });
}

/** Describes the values of a probe batch. */
export function spanOf({ values }: Probe): string {
  if (values.length === 0) return 'unknown values (the model rejects the texts of a probe batch)';
  const [low, high] = range(values);
  if (low === high) return `one value, ${low.toPrecision(4)}, for every row of a probe batch`;
  return `values ${low.toPrecision(4)} .. ${high.toPrecision(4)} on a probe batch`;
}

/** Describes the values of a probe batch and the operator that they come from. */
export function spanAfter({ probe, last }: Case): string {
  return `${spanOf(probe)} after ${last === 'unknown' ? 'an unknown operator' : last}`;
}

/**
 * Refuses a Softmax over another axis than the classes: its values do not sum to 1 in a row.
 * @throws DebkdError `convention`
 */
export function refuseOtherAxis(found: Case): void {
  const { probe, last, output, graph } = found;
  const { width, values } = probe;
  if (values.length === 0 || !/^(Softmax|LogSoftmax)$/.test(last)) return;
  const shares = last === 'Softmax' ? values : values.map((v) => exp(v));
  if (sumsTo(shares, width, 1, sumPrecision(graph, output))) return;
  refuse(found, {
    seen: `a ${last} over another axis than the classes (it does not sum to 1 in a row)`,
    remedy: ['export it with axis -1 (dim=-1)', 'export the score before it'],
  });
}

/** How far rounding may move the sum of a row's probabilities from 1. */
export function sumPrecision(graph: OnnxGraph, output: string): number {
  return graph.outputs.find(({ name }) => name === output)?.type === 'float16' ? 2e-3 : 1e-4;
}

/** Which value belongs to class 1, and why. */
export interface ClassOne {
  /** Index among the values of a row. */
  readonly place: number;
  readonly positive: Pick<Reading, 'positiveClass' | 'positiveReason'>;
  /** Whether the value belongs to class 0; default false. */
  readonly negate?: boolean;
  /** The model's names of its classes; default: those of the case. */
  readonly names?: readonly string[] | undefined;
}

/** Reads value `place`: the score before the probability where the graph has one and it agrees with the probability. */
export function readAs(
  { output, probe, exact, names: inOrder }: Case,
  convention: Convention,
  reason: string,
  { place, positive, negate = false, names = inOrder }: ClassOne,
): Reading {
  const { width } = probe;
  const isProbability = convention === 'probability' || convention === 'probabilities';
  // normalised Sigmoids, one per class, are not a Softmax
  const ofOthers = convention === 'probabilities' && width > 2 && exact?.form === 'logit';
  const usable = isProbability && exact && !ofOthers && saysTheSame(exact, probe, place);
  const form = usable ? exact.form : convention;
  // a single score belongs to the second of two classes unless the model's names or labels say otherwise
  const className = names?.[width === 1 ? (negate ? 0 : 1) : place];
  return {
    output,
    tensor: usable ? exact.tensor : output,
    convention,
    margin: { form, width: usable ? (probe.exact?.width ?? width) : width, place, negate },
    ...positive,
    ...(names && { classes: names }),
    ...(className !== undefined && className !== UNSEEN && { className }),
    reason: usable ? `${reason}; read before ${exact.before}` : reason,
  };
}

/** Log-odds beyond which a float32 probability has too few digits to compare with its log-odds. */
const COMPARABLE = 10;

/** Whether the score before a probability is its log-odds on the probe batch. */
function saysTheSame(exact: ExactScore, { width, values, exact: before }: Probe, place: number): boolean {
  // a Sigmoid or Softmax operator needs no comparison, and an empty probe allows none
  if (!exact.node || !before) return !exact.node;
  if (before.width !== width) return false;
  for (let i = 0; i < before.values.length; i += width) {
    const raw = before.values[i + place] as number;
    const other = width === 2 ? (before.values[i + 1 - place] as number) : 0;
    const v = exact.form === 'logit' || width === 1 ? raw : raw - other;
    if (width > 2 || Math.abs(v) > COMPARABLE) continue;
    const p = values[i + place] as number;
    if (Math.abs(p - sigmoid(v)) > 1e-5) return false;
  }
  return true;
}

/**
 * The index of a class that the caller stated by name or index.
 * @throws DebkdError `convention`, with the list of classes
 */
export function placeOf(found: Case, wanted: string, width: number = found.probe.width): number {
  const { names } = found;
  const place = names && placeByName(names, wanted);
  if (place !== undefined) return place;
  if (/^\d+$/.test(wanted.trim()) && Number(wanted) < width) return Number(wanted);
  const near = names && nearest(wanted, names);
  return refuse(found, {
    seen: `no class ${quote(wanted)}${near ? ` (did you mean ${quote(near)}?)` : ''}`,
    expected: listed(names, width),
    remedy: { id: 'name-class' },
  });
}

/** The index that the caller stated as a place; undefined if none. @throws DebkdError `convention` beyond the values */
export function statedPlace(found: Case): number | undefined {
  const { stated, probe } = found;
  if (stated.place === undefined || stated.place < probe.width) return stated.place;
  return refuse(found, {
    seen: `no value ${stated.place}`,
    expected: listed(found.names, probe.width),
    remedy: { id: 'name-output' },
  });
}

/** Lists the classes that a caller may state. */
export function listed(names: readonly string[] | undefined, width: number): string {
  const indices = `an index from 0 to ${width - 1}`;
  return names ? `${listedNames(names.map((name) => quote(name)))}, or ${indices}` : indices;
}
