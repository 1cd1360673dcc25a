// map and ordinal: values from a list.
import { quote } from '../../io/errors.ts';
import { isFiniteNumber, isRecord, type StepInput, shown, type Type } from './check.ts';
import { finder, parseList } from './list.ts';
import type { MapStep, OrdinalStep, StepValue } from './step.ts';
import type { Apply } from './value.ts';

/** Texts that no JSON object can hold as its keys are given as pairs: [[1, "one"], [null, "none"]]. */
export function parseMap(input: StepInput): { step: MapStep; type: Type } {
  const { fail } = input;
  const { map, otherwise } = input.step;
  const pairs: unknown = isRecord(map) ? Object.entries(map) : map;
  if (!Array.isArray(pairs) || pairs.length === 0 || !pairs.every((pair) => Array.isArray(pair) && pair.length === 2))
    return fail(`map is ${shown(map)}`, 'an object such as { "yes": 1, "no": 0 }, or a list of pairs');
  const from = parseList(
    input,
    'map',
    pairs.map((pair) => pair[0]),
  );
  const outputs: unknown[] = pairs.map((pair) => pair[1]);
  const all = otherwise === undefined ? outputs : [...outputs, otherwise];
  const bad = all.find((value) => value !== null && typeof value !== 'string' && !isFiniteNumber(value));
  if (bad !== undefined) fail(`a value of the map is ${shown(bad)}`, 'a number, a text or null');
  const known = all.filter((value) => value !== null);
  const texts = known.filter((value) => typeof value === 'string');
  if (known.length === 0) fail('every value of the map is null', 'numbers or texts');
  if (texts.length > 0 && texts.length < known.length)
    fail('the map gives texts and numbers', 'one or the other', 'write numbers without quotes');
  if (texts.includes('')) fail('a value of the map is an empty text', 'a text, or null for a missing value');
  const step: MapStep = {
    map: from.map((value, i) => [value, outputs[i] as StepValue]),
    ...(otherwise !== undefined && { otherwise: otherwise as StepValue }),
  };
  return { step, type: texts.length > 0 ? 'text' : 'number' };
}

export function parseOrdinal(input: StepInput): { step: OrdinalStep; type: Type } {
  const { step, fail } = input;
  const ordinal = parseList(input, 'ordinal', step['ordinal']);
  const { otherwise, missing } = step;
  if (otherwise !== undefined && otherwise !== null && !isFiniteNumber(otherwise))
    return fail(`otherwise is ${shown(otherwise)}`, 'a number, or null for a missing value');
  if (missing !== undefined && !isFiniteNumber(missing)) return fail(`missing is ${shown(missing)}`, 'a number');
  return {
    step: { ordinal, ...(otherwise !== undefined && { otherwise }), ...(missing !== undefined && { missing }) },
    type: 'number',
  };
}

/** @param imputed whether an impute step follows */
export function applyMap({ map, otherwise }: MapStep, name: string, imputed: boolean): Apply {
  const outputs = map.map(([, to]) => to);
  return lookUp(
    map.map(([from]) => from),
    outputs,
    { otherwise, missing: undefined, name, imputed },
  );
}

export function applyOrdinal({ ordinal, otherwise, missing }: OrdinalStep, name: string, imputed: boolean): Apply {
  return lookUp(ordinal, [...ordinal.keys()], { otherwise, missing, name, imputed });
}

interface LookUpOptions {
  readonly otherwise: StepValue | undefined;
  readonly missing: number | undefined;
  readonly name: string;
  readonly imputed: boolean;
}

function lookUp(
  list: readonly StepValue[],
  outputs: readonly StepValue[],
  { otherwise, missing, name, imputed }: LookUpOptions,
): Apply {
  const indexOf = finder(list);
  return (x, state) => {
    const index = indexOf(x);
    if (index !== undefined) return outputs[index] ?? undefined;
    if (x === undefined) return missing;
    if (otherwise !== undefined) return otherwise ?? undefined;
    if (imputed) state.unknown = true;
    else
      state.problem = {
        seen: `${name} does not list ${quote(String(x))}`,
        remedy: 'give the step "otherwise", or let an impute step follow',
      };
    return undefined;
  };
}
