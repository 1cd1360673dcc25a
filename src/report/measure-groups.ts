// The errors of all models by group.
import { type GroupBias, groupBias } from '../metrics/group-bias.ts';
import type { Baseline, GroupModels } from './result.ts';

/** The answers of a model whose errors are counted by group. */
interface Answers {
  readonly probabilities: ArrayLike<number>;
  readonly threshold: number;
  readonly thresholds?: Float64Array | undefined;
}

/** The errors of teacher, student and baselines in each group. @param list the group of each row */
export function groupModels(
  list: readonly string[],
  labels: Int8Array,
  {
    teacher,
    student,
    others = [],
    weights,
  }: {
    readonly teacher: Answers;
    readonly student: Answers;
    readonly others: readonly { readonly baseline: Baseline; readonly probabilities: Float64Array }[] | undefined;
    readonly weights: Float64Array | undefined;
  },
): GroupModels[] {
  const biasOf = ({ probabilities, threshold, thresholds }: Answers): GroupBias[] =>
    groupBias(probabilities, labels, list, { threshold, thresholds, weights });
  const ofStudent = biasOf(student);
  const ofOthers = others.map(
    ({ baseline, probabilities }) =>
      [baseline.method, biasOf({ probabilities, threshold: baseline.threshold })] as const,
  );
  return biasOf(teacher).map((bias, i) => ({
    teacher: bias,
    student: ofStudent[i] as GroupBias,
    ...Object.fromEntries(ofOthers.map(([method, biases]) => [method, biases[i]])),
  }));
}
