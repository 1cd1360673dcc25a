// Encodes values by steps: the one evaluator of tables, records and exported students.
import { quote } from '../../io/errors.ts';
import { missingTest } from '../missing.ts';
import { applyBin } from './bin.ts';
import { applyClip } from './clip.ts';
import { applyDate } from './date.ts';
import { applyImpute } from './impute.ts';
import { applyLog1p, applySymlog } from './log.ts';
import { applyMap, applyOrdinal } from './lookup.ts';
import { applyMissing } from './missing-flag.ts';
import { applyOneHot } from './one-hot.ts';
import { applyMinMax, applyRobust, applyStandardise } from './scale.ts';
import { listedValues, oneHotOf, type Step, type StepsColumn } from './step.ts';
import { type Apply, type Problem, type State, toNumber, type Value } from './value.ts';
import { applyYeoJohnson } from './yeo-johnson.ts';

/** What a value becomes. */
export interface Encoding {
  /** The number, clipped; of a one-hot group the place, -1 for all zeros. */
  readonly value: number;
  /** Whether a list lacks the value, which is therefore all zeros or counts as missing. */
  readonly unknown: boolean;
  /** Why it cannot be encoded; undefined if it can. */
  readonly problem: Problem | undefined;
}

/** Makes a function that encodes texts. @param options of the preprocessing: its limit and its spellings of a missing value */
export function stepsEncoder(
  column: Pick<StepsColumn, 'steps'>,
  { clip, missing }: { readonly clip: number; readonly missing?: readonly string[] | undefined },
): (text: string) => Encoding {
  const { steps } = column;
  const isMissing = missingTest(missing);
  // a spelling of a missing value that a list has is that value
  const listed = new Set(listedValues(steps));
  const chain = steps.map((step, i) => apply(step, i, steps));
  const isNumber = oneHotOf(column) === undefined;
  return (text) => {
    const state: State = { unknown: false, problem: undefined };
    let x: Value = isMissing(text) && !(text !== '' && listed.has(text)) ? undefined : text;
    for (const step of chain) {
      x = step(x, state);
      if (state.problem) return { value: 0, ...state };
    }
    if (!isNumber) return { value: x as number, ...state };
    const number = toNumber(x, state, 'the column');
    if (state.problem) return { value: 0, ...state };
    const value = Math.max(-clip, Math.min(clip, number ?? 0));
    // a file may have a limit beyond float32
    if (number === undefined || !Number.isFinite(number) || !Number.isFinite(Math.fround(value)))
      return { value: 0, ...state, problem: notFinite(text, number) };
    return { value, ...state };
  };
}

function notFinite(text: string, number: number | undefined): Problem {
  return number === undefined
    ? {
        seen:
          text === '' ? 'the value is missing, and no step imputes it' : `${quote(text)} is missing after all steps`,
        remedy: 'give the column an impute step',
      }
    : { seen: `${quote(text)} becomes ${number}`, expected: 'a finite number', remedy: 'correct it' };
}

function apply(step: Step, i: number, steps: readonly Step[]): Apply {
  const name = `step ${i + 1} (${Object.keys(step)[0]})`;
  const imputed = steps.some((later, j) => j > i && 'impute' in later);
  if ('impute' in step) return applyImpute(step);
  if ('map' in step) return applyMap(step, name, imputed);
  if ('ordinal' in step) return applyOrdinal(step, name, imputed);
  if ('standardise' in step) return applyStandardise(step, name);
  if ('minMax' in step) return applyMinMax(step, name);
  if ('robust' in step) return applyRobust(step, name);
  if ('log1p' in step) return applyLog1p(name);
  if ('symlog' in step) return applySymlog(name);
  if ('yeoJohnson' in step) return applyYeoJohnson(step, name);
  if ('clip' in step) return applyClip(step, name);
  if ('bin' in step) return applyBin(step, name);
  if ('oneHot' in step) return applyOneHot(step);
  if ('date' in step) return applyDate(step, name);
  return applyMissing;
}
