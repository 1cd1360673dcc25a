// The time left as it is shown: it follows the estimate slowly, and never rises by more than 20 % at a time.
import type { Progress } from './progress.ts';

/** Time left of a step that has not ended, in seconds. */
export const LEAST = 0.05;

/** What is shown, and when that was. */
export interface ShownTime {
  /** The estimate, smoothed, in seconds. */
  readonly smooth: number;
  /** The seconds that are shown: a whole number, coarse for long times. */
  readonly seconds: number;
  /** When, in seconds. */
  readonly at: number;
}

/** How fast the shown time follows the estimate, in seconds. */
const FOLLOW = 2;
const RISE = 1.2;
/** Shorter times are shown as a few seconds. */
export const FEW = 5;

/** The next time to show. @param left the estimate in seconds @param at the time in seconds */
export function nextTime(shown: ShownTime | undefined, left: number, at: number): ShownTime {
  if (!shown) return { smooth: left, seconds: coarse(left), at };
  const passed = at - shown.at;
  const expected = Math.max(0, shown.smooth - passed);
  const smooth = Math.min(
    expected + ((left - expected) * passed) / (passed + FOLLOW),
    RISE * Math.max(FEW, shown.smooth),
  );
  const most = Math.max(shown.seconds, coarse(RISE * shown.seconds, Math.floor));
  return { smooth, seconds: Math.min(coarse(smooth), most), at };
}

/** Rounds to a time that can be shown. Steps are small enough for a rise of 20 %. */
function coarse(seconds: number, round: (value: number) => number = Math.ceil): number {
  const step = seconds <= 60 ? 1 : seconds <= 600 ? 10 : seconds <= 7200 ? 60 : 360;
  return Math.max(FEW, step * round(seconds / step));
}

/** In words, such as `18 s`, `3 min 20 s` or `2.4 h`. */
export function timeText(seconds: number): string {
  if (seconds <= FEW) return 'a few seconds';
  if (seconds <= 60) return `${seconds} s`;
  if (seconds <= 600) return `${Math.floor(seconds / 60)} min${seconds % 60 ? ` ${seconds % 60} s` : ''}`;
  return seconds <= 7200 ? `${seconds / 60} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** The seconds left after a time without news: they count down ever more slowly, and never to 0. */
export function slowly(seconds: number, time: number): number {
  return seconds <= 0 ? 0 : (seconds * seconds) / (seconds + time);
}

/**
 * The seconds left a while after progress. What the step takes counts down ever more slowly without news.
 * @param since seconds since the progress
 */
export function leftAfter({ overall, step }: Progress, since: number): number | undefined {
  const { secondsLeft } = overall ?? {};
  if (secondsLeft === undefined) return undefined;
  const ofStep = Math.min(secondsLeft, Math.max(LEAST, step?.secondsLeft ?? secondsLeft));
  return secondsLeft - ofStep + slowly(ofStep, since);
}
