// Applies label de-biasing with several teachers to other rows.
import type { AnyDataset } from '../data/dataset.ts';
import { DebkdError } from '../io/errors.ts';
import { sliceFeatures } from '../teacher/features.ts';
import { applyParts, usedFeatures } from './apply-parts.ts';
import type { ApplyOptions, Debias } from './debias.ts';
import { type CalibrationProblem, placeProblem } from './maps/problem.ts';
import { COMBINATION, combine, withMargins } from './teacher-combination.ts';

/** Applies a map of fitSeveral to other rows. @throws DebkdError `value` without the teachers' margins */
export function applySeveral(
  debias: Debias,
  teachers: readonly Float64Array[] | undefined,
  dataset: AnyDataset,
  { features, as = 'labels' }: ApplyOptions,
): Float64Array {
  const least = debias.parts.reduce((most, { teacher = 0 }) => Math.max(most, teacher), 1);
  if (!teachers || teachers.length < least || teachers.some(({ length }) => length !== dataset.rows)) {
    throw new DebkdError('value', {
      subject: 'label de-biasing',
      seen: `margins of ${teachers?.length ?? 0} teachers`,
      expected: `a margin of each teacher for each of ${dataset.rows} rows, because the map was fitted on them`,
    });
  }
  const hidden = usedFeatures(debias, features);
  const { weights, scale } = debias.combination ?? { weights: new Float64Array(0), scale: new Float64Array(0) };
  return applyParts(debias, dataset, {
    as,
    open({ arena, from, to, rows }) {
      const block = teachers.map((margins) => margins.subarray(from, to));
      const problems = new Map<number, CalibrationProblem>();
      return ({ teacher = 1 }) => {
        const problem =
          problems.get(teacher) ??
          (teacher === COMBINATION
            ? placeProblem(arena, combine(block, weights), {
                ...rows,
                features: withMargins(rows.features, block, scale),
              })
            : placeProblem(arena, block[teacher - 1] as Float64Array, rows, hidden && sliceFeatures(hidden, from, to)));
        problems.set(teacher, problem);
        return problem;
      };
    },
  });
}
