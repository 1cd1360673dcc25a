// Checks the steps of a column in a preprocessing file.
import { nearest, quote } from '../../io/errors.ts';
import { parseBin } from './bin.ts';
import { checkKeys, isRecord, type StepInput, shown, type Type } from './check.ts';
import { parseClip } from './clip.ts';
import { parseDate } from './date.ts';
import { parseImpute } from './impute.ts';
import { parseLog1p, parseSymlog } from './log.ts';
import { parseMap, parseOrdinal } from './lookup.ts';
import { parseMissing } from './missing-flag.ts';
import { parseOneHot } from './one-hot.ts';
import { parseMinMax, parseRobust, parseStandardise } from './scale.ts';
import type { Step } from './step.ts';
import { parseYeoJohnson } from './yeo-johnson.ts';

type Parse = (input: StepInput) => { readonly step: Step; readonly type: Type; readonly width?: number };

/** How each step is checked, and its keys other than the main one. */
const VERBS: { readonly [verb: string]: readonly [parse: Parse, ...keys: string[]] } = {
  impute: [parseImpute, 'value'],
  map: [parseMap, 'otherwise'],
  ordinal: [parseOrdinal, 'otherwise', 'missing'],
  standardise: [parseStandardise],
  minMax: [parseMinMax],
  robust: [parseRobust],
  log1p: [parseLog1p],
  symlog: [parseSymlog],
  yeoJohnson: [parseYeoJohnson],
  clip: [parseClip],
  bin: [parseBin],
  oneHot: [parseOneHot],
  date: [parseDate, 'format', 'since'],
  missing: [parseMissing],
};

/** The names of all steps. */
export const STEP_NAMES: readonly string[] = Object.keys(VERBS);

/** Throws the error of a step. @param where the step, such as `step 2 (standardise)` */
export type FailStep = (
  where: string,
  problem: { readonly seen: string; readonly expected: string; readonly remedy?: string | undefined },
) => never;

/** Checks a list of steps: each by itself, and each against what the step before gives. */
export function parseSteps(list: unknown, failStep: FailStep): { steps: Step[]; width: number } {
  if (!Array.isArray(list)) return failStep('steps', { seen: shown(list), expected: 'a list of steps' });
  let type = 'raw' as Type;
  let [mayMiss, width] = [true, 1];
  const steps = list.map((given: unknown, i): Step => {
    const verb = verbOf(given, `step ${i + 1}`, failStep);
    const fail: StepInput['fail'] = (seen, expected, remedy) =>
      failStep(nameOfStep(i, verb), { seen, expected, remedy });
    const [parse, ...keys] = VERBS[verb] as [Parse, ...string[]];
    const step = given as Record<string, unknown>;
    checkKeys(step, [verb, ...keys], fail);
    if (type === 'places')
      fail('it follows oneHot, which gives several columns', 'oneHot as the last step', 'move it before oneHot');
    const parsed = parse({ step, type, mayMiss, fail });
    type = parsed.type;
    if (verb === 'impute' || verb === 'missing') mayMiss = false;
    width = parsed.width ?? 1;
    return parsed.step;
  });
  if (type === 'text')
    failStep(nameOfStep(steps.length - 1, Object.keys(steps.at(-1) as Step)[0] as string), {
      seen: 'the last step gives texts',
      expected: 'numbers, or a one-hot group',
      remedy: 'add a step map, ordinal or oneHot',
    });
  return { steps, width };
}

/** A step's name in messages. @param i its index */
export function nameOfStep(i: number, verb: string): string {
  return `step ${i + 1} (${verb})`;
}

/** The key of a step that says what it does. */
export function verbOf(step: unknown, where: string, failStep: FailStep): string {
  const expected = `an object with one of the keys ${STEP_NAMES.join(', ')}`;
  if (!isRecord(step)) return failStep(where, { seen: shown(step), expected });
  const keys = Object.keys(step);
  const found = keys.filter((key) => Object.hasOwn(VERBS, key));
  // ordinal has a key "missing", which is also the name of a step
  const verbs = found.length > 1 ? found.filter((key) => key !== 'missing') : found;
  if (verbs.length > 1)
    failStep(where, { seen: `two steps in one, ${verbs.join(' and ')}`, expected, remedy: 'write two objects' });
  if (verbs[0] !== undefined) return verbs[0];
  const near = keys.map((key) => nearest(key, STEP_NAMES)).find((name) => name !== undefined);
  return failStep(where, {
    seen: keys.length === 0 ? 'an empty object' : `no step is called ${quote(keys[0] as string)}`,
    expected,
    remedy: near === undefined ? undefined : `did you mean ${quote(near)}?`,
  });
}
