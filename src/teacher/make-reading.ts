// What the ways to read an output share: how they refuse, how they name a class, and the reading that they return.
import { sameClass } from '../data/target.ts';
import { DebkdError, nearest, problemOf, quote } from '../io/errors.ts';
import { exp, sigmoid } from '../kernels/elementary.ts';
import type { ExactScore } from './exact-score.ts';
import type { OnnxGraph } from './onnx-graph.ts';
import { range, sumsTo } from './probe-values.ts';
import type { Case, Convention, Probe, Reading } from './reading.ts';

/** @throws DebkdError `convention` */
export function refuse(what: string): never {
  throw new DebkdError('convention', problemOf(what));
}

/** The values of a probe, in words. */
export function spanOf({ values }: Probe): string {
  if (values.length === 0) return 'values that no probe batch could show, as the model refuses texts it does not know,';
  const [low, high] = range(values);
  if (low === high) return `one value, ${low.toPrecision(4)}, for every row of a probe batch`;
  return `values ${low.toPrecision(4)} .. ${high.toPrecision(4)} on a probe batch`;
}

/** A Softmax whose values of a row do not sum to 1 runs over other values than the classes. @throws DebkdError `convention` */
export function refuseOtherAxis({ probe, last, subject, output, graph }: Case): void {
  const { width, values } = probe;
  if (values.length === 0 || !/^(Softmax|LogSoftmax)$/.test(last)) return;
  const shares = last === 'Softmax' ? values : values.map((v) => exp(v));
  if (sumsTo(shares, width, 1, sumPrecision(graph, output))) return;
  refuse(
    `${subject}: output ${quote(output)} is a ${last} whose values do not sum to 1 in a row, so that it runs over another axis than the classes; export it with axis -1 (dim=-1), or the score before it`,
  );
}

/** How far from their sum the probabilities of a row may be by rounding. */
export function sumPrecision(graph: OnnxGraph, output: string): number {
  return graph.outputs.find(({ name }) => name === output)?.type === 'float16' ? 2e-3 : 1e-4;
}

/** Which value is class 1's, and why. */
export interface ClassOne {
  /** Among the values of a row. */
  readonly place: number;
  readonly positive: Pick<Reading, 'positiveClass' | 'positiveReason'>;
  /** The value is class 0's; default false. */
  readonly negate?: boolean;
  /** What the model calls its classes; default as of the case. */
  readonly names?: readonly string[] | undefined;
}

/** A reading of value `place`, before the probability where the graph has it and it says the same. */
export function readAs(
  { output, probe, exact, names: inOrder }: Case,
  convention: Convention,
  reason: string,
  { place, positive, negate = false, names = inOrder }: ClassOne,
): Reading {
  const { width } = probe;
  const isProbability = convention === 'probability' || convention === 'probabilities';
  // one Sigmoid a class, divided by their sum, is no Softmax
  const ofOthers = convention === 'probabilities' && width > 2 && exact?.form === 'logit';
  const usable = isProbability && exact && !ofOthers && saysTheSame(exact, probe, place);
  const form = usable ? exact.form : convention;
  // one score is of the second of two classes, unless the model's own names or labels say otherwise
  const className = names?.[width === 1 ? (negate ? 0 : 1) : place];
  return {
    output,
    tensor: usable ? exact.tensor : output,
    convention,
    margin: { form, width: usable ? (probe.exact?.width ?? width) : width, place, negate },
    ...positive,
    ...(names && { classes: names }),
    ...(className !== undefined && { className }),
    reason: usable ? `${reason}; read before ${exact.before}` : reason,
  };
}

/** Beyond it a probability of float32 has too few digits to be compared with its log-odds. */
const COMPARABLE = 10;

/** Whether what stands before a probability is its log-odds, on the probe. */
function saysTheSame(exact: ExactScore, { width, values, exact: before }: Probe, place: number): boolean {
  // a Sigmoid or Softmax of the graph is what it is; where the probe is empty there is nothing to compare
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

/** The place of a class that was named. @throws DebkdError `convention` that lists what there is */
export function placeOf({ names, probe, subject, output }: Case, wanted: string, width: number = probe.width): number {
  const byName = names?.findIndex((name) => sameClass(name, wanted)) ?? -1;
  if (byName >= 0) return byName;
  if (/^\d+$/.test(wanted.trim()) && Number(wanted) < width) return Number(wanted);
  const near = names && nearest(wanted, names);
  return refuse(
    `${subject}: output ${quote(output)} has no class ${quote(wanted)}${near ? `; did you mean ${quote(near)}?` : ''}; ${listed(names, width)}`,
  );
}

export function listed(names: readonly string[] | undefined, width: number): string {
  const places = `a place from 0 to ${width - 1}`;
  return names
    ? `its classes are ${names.map((name) => quote(name)).join(', ')}; give one, or ${places}`
    : `give ${places}`;
}
