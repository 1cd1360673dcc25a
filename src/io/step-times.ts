// How long the steps of a call still take: by expected times, the times of finished steps, and the rates of running ones.
import type { Progress } from './progress.ts';
import type { Step } from './step.ts';
import { slowly } from './time-left.ts';

/** A step with less than this time per expected second came from a cache. */
const CACHED = 0.02;
/** The rate of a step is measured over this time, in seconds: the teacher speeds up when its threads start, and rows differ. */
const WINDOW = 20;
/** Rows in this first time may come from a cache, and say nothing about the rate. */
const SKIPPED = 0.5;
/** A step's own rate counts fully after this share of it, or after this time; units, such as rows, take more equal times than stages. */
const SURE = { share: 0.2, units: 3, seconds: 30 };
/** Limits of what steps tell about the pace of those of other kinds. */
const USUAL = { least: 1 / 3, most: 3 };
/** Expected seconds that the first steps are averaged with. */
const PRIOR = 1;
/** A step as it runs. */
export interface State extends Step {
  ended: boolean;
  began: number | undefined;
  /** Seconds that it took; before the end, until the last progress. */
  spent: number;
  /** Units that are done, those of its earlier parts, all of this part, and all. */
  done: number;
  before: number;
  part: number;
  total: number;
  /** Recent progress. */
  samples: { at: number; done: number }[];
  /** Seconds left by its own rate, and how sure that is, from 0 to 1. */
  own: number;
  weight: number;
}

export function newState(step: Step): State {
  const counts = { done: 0, before: 0, part: 0, total: step.units ?? 1, spent: 0, own: 0, weight: 0 };
  return { ...step, ...counts, ended: false, began: undefined, samples: [] };
}

/** Takes progress into a step that has begun: what is done, and the time left by its own rate. */
export function advance(step: State, { done, total, share, overall }: Progress, now: number): void {
  const began = step.began as number;
  step.spent = now - began;
  if (overall) {
    step.own = overall.secondsLeft ?? step.seconds * (1 - overall.done / overall.total);
    step.weight = 1;
    return;
  }
  if (step.units !== undefined && (total !== step.part || done < step.done - step.before)) step.before += step.part;
  step.part = step.units === undefined ? 0 : total;
  step.done = step.before + (share === undefined ? done : share * total);
  step.total = Math.max(step.units ?? total, step.done);
  const { samples, units } = step;
  // the first progress also took what comes before it, such as reading rows
  if (units === undefined || step.spent >= SKIPPED) samples.push({ at: now, done: step.done });
  while (samples.length > 2 && (samples[1] as { at: number }).at < now - WINDOW) samples.shift();
  const [first] = samples;
  const [time, passed] = first ? [now - first.at, step.done - first.done] : [0, 0];
  if (time <= 0 || passed <= 0) return;
  step.own = ((step.total - step.done) * time) / passed;
  step.weight = Math.min(
    1,
    Math.max(time / (units === undefined ? SURE.seconds : SURE.units), passed / step.total / SURE.share),
  );
}

/** Seconds left of each step, and of all; steps of a kind may run at the same time. */
export function timesLeft(all: readonly State[]): { left: number; of: (step: State) => number } {
  const kinds = new Map<string, State[]>();
  for (const step of all) kinds.set(kindOf(step), [...(kinds.get(kindOf(step)) ?? []), step]);
  const known = paceOf(all.filter(({ steps }) => steps === undefined)) ?? 1;
  const usual = Math.min(USUAL.most, Math.max(USUAL.least, known));
  const of = (step: State): number => leftOf(step, paceOf(kinds.get(kindOf(step)) ?? []) ?? usual);
  let left = 0;
  for (const some of kinds.values()) {
    const running = some.filter(({ ended, began }) => !ended && began !== undefined).length;
    left += some.reduce((sum, step) => sum + of(step), 0) / Math.max(1, running);
  }
  return { left, of };
}

/** @param pace seconds per expected second of steps like it */
function leftOf(step: State, pace: number): number {
  if (step.ended) return 0;
  const expected = step.seconds * pace;
  if (step.weight === 0) return slowly(expected, step.spent);
  if (step.grows) return Math.max(step.own, expected - step.spent);
  return step.weight * step.own + (1 - step.weight) * expected * (1 - step.done / step.total);
}

/** Seconds per expected second of steps that have ended, or whose rate is known; undefined where there are none. */
function paceOf(some: readonly State[]): number | undefined {
  let [spent, expected] = [0, 0];
  for (const { ended, spent: seconds, seconds: planned, own, weight, grows } of some) {
    if (planned <= 0 || seconds < CACHED * planned) continue;
    // of a step whose total may grow, only a longer time is known before its end
    const counts = ended ? 1 : grows && seconds + own < planned ? 0 : weight;
    spent += counts * (ended ? seconds : seconds + own);
    expected += counts * planned;
  }
  return expected === 0 ? undefined : (spent + PRIOR) / (expected + PRIOR);
}

/** Steps of a kind tell about each other. */
export function kindOf({ kind, stage, name }: Step): string {
  return kind ?? `${stage}, ${name}`;
}
