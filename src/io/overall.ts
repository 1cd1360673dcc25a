// One progress for a call of several steps, whose expected times are corrected while it runs. Progress of steps may arrive in turns.
import type { Progress } from './progress.ts';
import type { Step } from './step.ts';
import { advance, kindOf, newState, type State, timesLeft } from './step-times.ts';
import { LEAST } from './time-left.ts';

/** The progress of a call. */
export interface Overall {
  /** Passes progress on, with `overall` and `step`. */
  readonly onProgress: (progress: Progress) => void;
  /** Says that a step has ended, also one without progress, such as one from a cache. */
  readonly end: (stage: string) => void;
  /** Replaces the steps that have not begun; one that runs has ended. @param rough as openOverall */
  readonly plan: (steps: readonly Step[], rough?: boolean) => void;
  /** Reports that all is done, as the last progress of a stage. */
  readonly finish: (stage: string) => void;
}

/** The share that is done before the end. */
const MOST = 0.999;

/**
 * Opens the progress of a call.
 * @param rough whether the times are guesses: there is no time left to show
 * @param clock the time in seconds
 */
export function openOverall(
  steps: readonly Step[],
  onProgress: ((progress: Progress) => void) | undefined,
  { rough = false, clock = () => performance.now() / 1000 }: { rough?: boolean; clock?: () => number } = {},
): Overall {
  let all = steps.map(newState);
  let isRough = rough;
  let share = 0;
  let last = clock();
  let lastEnd = last;
  const endStep = (step: State, now: number): void => {
    if (step.ended) return;
    step.ended = true;
    step.spent = now - (step.began ?? lastEnd);
    lastEnd = now;
  };
  // steps of a kind may run in several threads: the first of them is shown until it ends
  const current = (): State | undefined => all.find(({ ended }) => !ended);
  const take = (progress: Progress, now: number): void => {
    const found = find(all, progress);
    const step = found ?? (all.some(({ stage }) => stage === progress.stage) ? undefined : current());
    if (!step) return;
    // earlier steps of other kinds have ended, even if they did not say so
    for (const other of all.slice(0, all.indexOf(step))) if (kindOf(other) !== kindOf(step)) endStep(other, now);
    step.began ??= lastEnd;
    advance(step, progress, now);
    const { done, total } = progress.overall ?? step;
    if (found && done >= total) endStep(step, now);
  };
  return {
    onProgress(progress) {
      const now = clock();
      take(progress, now);
      const times = timesLeft(all);
      const left = Math.max(LEAST, times.left);
      // the share that remains of the bar is the share of the time
      share = Math.max(share, Math.min(MOST, 1 - ((1 - share) * left) / (now - last + left)));
      last = now;
      const shown = current() ?? all.at(-1);
      const overall = { done: share, total: 1, ...(!isRough && { secondsLeft: left }) };
      const step = shown && stepOf(all, shown, progress, isRough ? undefined : times.of(shown));
      onProgress?.({ ...progress, overall, ...(step && { step }) });
    },
    end(stage) {
      const step = all.find((one) => !one.ended && one.stage === stage);
      if (step) endStep(step, clock());
    },
    plan(more, guessed = false) {
      const now = clock();
      for (const step of all) if (step.began !== undefined) endStep(step, now);
      all = [...all.filter(({ ended }) => ended), ...more.map(newState)];
      isRough = guessed;
    },
    finish(stage) {
      share = 1;
      const number = countOf(all);
      const step = { number, of: number, name: all.at(-1)?.name ?? stage, secondsLeft: 0 };
      onProgress?.({ stage, done: 1, total: 1, overall: { done: 1, total: 1, secondsLeft: 0 }, step });
    },
  };
}

/** The step that progress belongs to: the first of its stage, but none behind a call with an overall progress of its own. */
function find(all: readonly State[], { stage, overall }: Progress): State | undefined {
  const call = all.findIndex(({ ended, steps }) => !ended && steps !== undefined);
  if (overall) return all[call];
  return all.slice(0, call < 0 ? undefined : call).find((one) => !one.ended && one.stage === stage);
}

function countOf(all: readonly Step[]): number {
  return all.reduce((sum, { steps = 1 }) => sum + steps, 0);
}

/** The step that is shown: its number among all, its name and its time left. */
function stepOf(
  all: readonly State[],
  shown: State,
  { step: inner, stage }: Progress,
  secondsLeft: number | undefined,
): NonNullable<Progress['step']> {
  const before = countOf(all.slice(0, all.indexOf(shown)));
  const of = countOf(all);
  if (inner && shown.steps !== undefined)
    return { ...inner, number: before + inner.number, of: of - shown.steps + inner.of };
  const isOther = shown.began !== undefined && !all.some((one) => one.stage === stage);
  const name = isOther ? `${shown.name}, ${stage}` : shown.name;
  return { number: before + 1, of, name, ...(secondsLeft !== undefined && { secondsLeft }) };
}
