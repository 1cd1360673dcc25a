// standardise, minMax and robust: linear functions.
import { isFiniteNumber, isRecord, numbersOf, type StepInput, shown, type Type, takesNumbers } from './check.ts';
import type { MinMaxStep, RobustStep, StandardiseStep } from './step.ts';
import { type Apply, ofNumbers } from './value.ts';

export function parseStandardise(input: StepInput): { step: StandardiseStep; type: Type } {
  takesNumbers(input);
  return {
    step: { standardise: numbersOf(input, 'standardise', { keys: ['mean', 'std'], positive: 'std' }) },
    type: 'number',
  };
}

export function parseRobust(input: StepInput): { step: RobustStep; type: Type } {
  takesNumbers(input);
  return {
    step: { robust: numbersOf(input, 'robust', { keys: ['centre', 'scale'], positive: 'scale' }) },
    type: 'number',
  };
}

export function parseMinMax(input: StepInput): { step: MinMaxStep; type: Type } {
  takesNumbers(input);
  const { min, max } = numbersOf(input, 'minMax', { keys: ['min', 'max'], optional: ['range'] });
  const { range = [0, 1] } = input.step['minMax'] as { range?: unknown };
  if (!(min < max)) input.fail(`min is ${min} and max is ${max}`, 'a min below max');
  if (!isRange(range)) return input.fail(`range is ${shown(range)}`, '[low, high], low below high');
  return { step: { minMax: { min, max, range } }, type: 'number' };
}

function isRange(range: unknown): range is [number, number] {
  if (isRecord(range) || !Array.isArray(range) || range.length !== 2) return false;
  const [low, high] = range as unknown[];
  return isFiniteNumber(low) && isFiniteNumber(high) && low < high;
}

export function applyStandardise({ standardise: { mean, std } }: StandardiseStep, name: string): Apply {
  return ofNumbers(name, (x) => (x - mean) / std);
}

export function applyRobust({ robust: { centre, scale } }: RobustStep, name: string): Apply {
  return ofNumbers(name, (x) => (x - centre) / scale);
}

export function applyMinMax({ minMax: { min, max, range } }: MinMaxStep, name: string): Apply {
  const [low, high] = range;
  return ofNumbers(name, (x) => low + ((x - min) / (max - min)) * (high - low));
}
