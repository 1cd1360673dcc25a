// The progress of a whole call: the share never falls and ends at 1, and the time left that is shown rises slowly and is never far too short.
import { expect, test } from 'vitest';
import { openOverall } from '../../src/io/overall.ts';
import type { Progress } from '../../src/io/progress.ts';
import type { Step } from '../../src/io/step.ts';
import { FEW, leftAfter, nextTime, type ShownTime, timeText } from '../../src/io/time-left.ts';

/** A step, the seconds that it really takes, and the parts of its work that are reported; none: its end only. */
interface Real extends Step {
  readonly real: number;
  readonly reports?: number;
}

interface Drawn {
  readonly at: number;
  /** Seconds that are really left. */
  readonly left: number;
  readonly shown: number;
  readonly name: string | undefined;
}

/** Runs steps with a clock of its own, and draws the time left at intervals. */
function simulate(steps: readonly Real[], interval = 0.5): { drawn: Drawn[]; seen: Progress[]; seconds: number } {
  const seconds = steps.reduce((sum, { real }) => sum + real, 0);
  const events: { at: number; progress: Progress }[] = [];
  let began = 0;
  for (const { stage, real, reports = 1 } of steps) {
    for (let k = 1; k <= reports; k++)
      events.push({ at: began + (real * k) / reports, progress: { stage, done: k, total: reports } });
    began += real;
  }
  let now = 0;
  const seen: Progress[] = [];
  const overall = openOverall(steps, (progress) => seen.push(progress), { clock: () => now });
  const drawn: Drawn[] = [];
  let [next, drawAt] = [0, 0];
  let shown: ShownTime | undefined;
  let heard = 0;
  while (next < events.length) {
    const event = events[next] as (typeof events)[number];
    now = Math.min(event.at, drawAt);
    const last = seen.at(-1);
    if (now === drawAt) {
      const left = last && now >= 1 ? leftAfter(last, now - heard) : undefined;
      if (left !== undefined) {
        shown = nextTime(shown, left, now);
        drawn.push({ at: now, left: seconds - now, shown: shown.seconds, name: last?.step?.name });
      }
      drawAt += interval;
    }
    if (event.at > now) continue;
    heard = now;
    overall.onProgress(event.progress);
    next++;
  }
  overall.finish('end');
  return { drawn, seen, seconds };
}

/** The largest rise between two drawings, as a factor. */
function largestRise(drawn: readonly Drawn[]): number {
  return Math.max(1, ...drawn.slice(1).map(({ shown }, i) => shown / (drawn[i] as Drawn).shown));
}

function checkShares(seen: readonly Progress[]): void {
  const shares = seen.map(({ overall }) => overall?.done as number);
  expect(shares.every((share, i) => share >= (shares[i - 1] ?? 0) && share <= 1)).toBe(true);
  expect(seen.at(-1)?.overall).toEqual({ done: 1, total: 1, secondsLeft: 0 });
}

const students = (expected: number, real: readonly number[], reports = 20): Real[] =>
  real.map((time, i) => ({
    stage: `student ${i + 1} of ${real.length}`,
    name: `training student ${i + 1} of ${real.length}`,
    ...{ kind: 'student', seconds: expected, real: time, reports },
  }));

/** A run whose steps take a multiple of what is expected. */
const runOf = (factor: number): Real[] => [
  { stage: 'soft labels', name: 'asking', seconds: 4, real: 4 * factor, reports: 40, units: 40 },
  { stage: 'label de-biasing', name: 'removing', seconds: 12, real: 12 * factor, reports: 90 },
  ...students(
    4,
    [4, 4, 4, 4, 4, 4].map((time) => time * factor),
  ),
  { stage: 'end', name: 'ending', seconds: 1, real: factor },
];

test.each([
  ['as expected', runOf(1), 0.1],
  ['3 times as long', runOf(3), 0.35],
  ['a third', runOf(1 / 3), 2],
  ['10 times as long', runOf(10), 0.5],
])('a run that takes %s', (_, steps, error) => {
  for (const interval of [0.1, 0.5, 2]) {
    const { drawn, seen, seconds } = simulate(steps, interval);
    checkShares(seen);
    expect(largestRise(drawn)).toBeLessThanOrEqual(1.2);
    for (const { left, shown } of drawn) if (left >= 20) expect(shown).toBeGreaterThan(FEW);
    const half = drawn.find(({ at }) => at >= seconds / 2) as Drawn;
    expect(Math.abs(half.shown / half.left - 1), `${half.shown} for ${half.left}`).toBeLessThan(error);
  }
});

test('with the expected times, the share is that of the time', () => {
  const { seen, seconds } = simulate(runOf(1));
  const halfway = seen.find(({ stage }) => stage === 'student 3 of 6') as Progress;
  expect(halfway.overall?.done).toBeCloseTo(24 / seconds, 1);
});

test('a stage that stalls counts down ever more slowly, and never to a few seconds', () => {
  const { drawn, seen } = simulate([
    { stage: 'a', name: 'a', seconds: 5, real: 5, reports: 50 },
    { stage: 'b', name: 'b', seconds: 15, real: 80 },
    { stage: 'c', name: 'c', seconds: 5, real: 5, reports: 50 },
  ]);
  checkShares(seen);
  expect(largestRise(drawn)).toBeLessThanOrEqual(1.2);
  for (const { left, shown } of drawn) if (left >= 20) expect(shown).toBeGreaterThan(FEW);
  const stalled = drawn.filter(({ at, left }) => at > 6 && left > 6).map(({ shown }) => shown);
  expect(stalled.every((shown, i) => i === 0 || shown <= (stalled[i - 1] as number))).toBe(true);
});

test('a stage from a cache ends at once and says nothing about the others', () => {
  const cached = { stage: 'soft labels', name: 'asking', seconds: 30, real: 0.01, reports: 3, units: 3 };
  const { drawn, seen } = simulate([cached, ...students(10, [10, 10, 10])]);
  checkShares(seen);
  for (const { left, shown } of drawn) {
    expect(shown).toBeLessThan(left * 1.5 + FEW);
    if (left >= 20) expect(shown).toBeGreaterThan(15);
  }
});

test('rows from a cache say nothing about the rate of the others', () => {
  let now = 0;
  const seen: Progress[] = [];
  const steps = [{ stage: 'soft labels', name: 'asking', seconds: 10, units: 1000 }];
  const overall = openOverall(steps, (progress) => seen.push(progress), { clock: () => now });
  for (const done of [250, 500]) {
    now += 0.01;
    overall.onProgress({ stage: 'soft labels', done, total: 1000 });
  }
  for (let done = 510; done <= 600; done += 10) {
    now += 1;
    overall.onProgress({ stage: 'soft labels', done, total: 1000 });
  }
  expect(seen.at(-1)?.overall?.secondsLeft).toBeCloseTo(40, 0);
});

test('progress of two students in turns', () => {
  let now = 0;
  const seen: Progress[] = [];
  const steps = [...students(10, [10, 10, 10, 10]), { stage: 'end', name: 'ending', seconds: 2 }];
  const overall = openOverall(steps, (progress) => seen.push(progress), { clock: () => now });
  // students 1 and 2, then 3 and 4, each pair in 10 s
  for (const pair of [1, 3])
    for (let done = 1; done <= 10; done++) {
      now += 1;
      for (const i of [pair, pair + 1]) overall.onProgress({ stage: `student ${i} of 4`, done, total: 10 });
    }
  checkShares([...seen, { ...(seen[0] as Progress), overall: { done: 1, total: 1, secondsLeft: 0 } }]);
  const after = (n: number): number => seen[2 * n - 1]?.overall?.secondsLeft as number;
  expect(after(5)).toBeGreaterThan(14);
  expect(after(5)).toBeLessThan(21);
  expect(after(15)).toBeCloseTo(7, 0);
  expect(seen.at(-1)?.step).toMatchObject({ number: 5, of: 5, name: 'ending' });
  expect(seen[2]?.step?.name).toBe('training student 1 of 4');
  // the first that runs is shown until it ends, whichever reports
  expect(seen[3]?.step?.name).toBe('training student 1 of 4');
  expect(seen[22]?.step?.name).toBe('training student 3 of 4');
});

test('a call within a call: its steps count among those of the whole', () => {
  let now = 0;
  const seen: Progress[] = [];
  const clock = () => now;
  const outer = openOverall(
    [
      { stage: 'reading', name: 'reading the table', seconds: 2 },
      { stage: 'distil', name: 'distilling', seconds: 10, steps: 2 },
      { stage: 'soft labels', name: 'asking about the test rows', seconds: 1 },
    ],
    (progress) => seen.push(progress),
    { clock },
  );
  now = 2;
  outer.onProgress({ stage: 'reading', done: 5, total: 5 });
  const inner = openOverall(
    [
      { stage: 'soft labels', name: 'asking', seconds: 4 },
      { stage: 'student', name: 'training', seconds: 6 },
    ],
    outer.onProgress,
    { clock },
  );
  now = 4;
  inner.onProgress({ stage: 'soft labels', done: 1, total: 2 });
  now = 6;
  inner.onProgress({ stage: 'soft labels', done: 2, total: 2 });
  now = 12;
  inner.finish('student');
  now = 13;
  outer.onProgress({ stage: 'soft labels', done: 1, total: 1 });
  outer.finish('soft labels');
  checkShares(seen);
  expect(seen.map(({ step }) => `${step?.number} of ${step?.of}: ${step?.name}`)).toEqual([
    '2 of 4: distilling',
    '2 of 4: asking',
    '3 of 4: training',
    '4 of 4: asking about the test rows',
    '4 of 4: asking about the test rows',
    '4 of 4: asking about the test rows',
  ]);
  expect(seen.map(({ overall }) => Math.round(13 * (overall?.done as number)))).toEqual([2, 4, 6, 12, 13, 13]);
});

test('times in words', () => {
  expect([2, 5, 6, 60, 70, 120, 600, 660, 7200, 8640].map(timeText)).toEqual([
    ...['a few seconds', 'a few seconds', '6 s', '60 s', '1 min 10 s', '2 min', '10 min', '11 min', '120 min', '2.4 h'],
  ]);
});
