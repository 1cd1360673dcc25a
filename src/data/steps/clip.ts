// clip: limits numbers.
import { isFiniteNumber, type StepInput, shown, type Type, takesNumbers } from './check.ts';
import type { ClipStep } from './step.ts';
import { type Apply, ofNumbers } from './value.ts';

export function parseClip(input: StepInput): { step: ClipStep; type: Type } {
  takesNumbers(input);
  const { clip } = input.step;
  const expected = '[low, high], numbers or null, low not above high';
  if (!Array.isArray(clip) || clip.length !== 2) return input.fail(`clip is ${shown(clip)}`, expected);
  const [low, high] = clip as unknown[];
  const isLimit = (limit: unknown): limit is number | null => limit === null || isFiniteNumber(limit);
  if (!isLimit(low) || !isLimit(high) || (low ?? -Infinity) > (high ?? Infinity))
    return input.fail(`clip is ${shown(clip)}`, expected);
  return { step: { clip: [low, high] }, type: 'number' };
}

export function applyClip({ clip: [low, high] }: ClipStep, name: string): Apply {
  return ofNumbers(name, (x) => (low !== null && x < low ? low : high !== null && x > high ? high : x));
}
