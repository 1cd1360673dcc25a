// The progress on standard error: one line on a terminal, no silence longer than 2 s without one.
import { afterEach, expect, test, vi } from 'vitest';
import { openProgress } from '../../src/cli/progress.ts';
import type { Progress } from '../../src/io/progress.ts';

afterEach(() => void vi.useRealTimers());

const training: Progress = {
  ...{ stage: 'student 3 of 6', done: 5, total: 20 },
  overall: { done: 0.42, total: 1, secondsLeft: 30 },
  step: { number: 6, of: 9, name: 'training student 3 of 6, label mix 0.3', secondsLeft: 12 },
};

/** A view with a clock of its own, and what it wrote with the time in milliseconds. */
function open(stream: { isTTY: boolean; columns?: number }) {
  vi.useFakeTimers({ toFake: ['performance', 'setInterval'] });
  const written: { at: number; text: string }[] = [];
  const began = performance.now();
  const write = (text: string) => written.push({ at: performance.now() - began, text }) > 0;
  const view = openProgress({ columns: 80, ...stream, write } as never, (ms, run) => void setInterval(run, ms));
  return { view, written };
}

test('without a terminal, a step that says nothing has a line every 2 s at most, and the time left goes on', () => {
  const { view, written } = open({ isTTY: false });
  vi.advanceTimersByTime(2000);
  view.show(training);
  vi.advanceTimersByTime(20_000);
  const gaps = written.slice(1).map(({ at }, i) => at - (written[i]?.at as number));
  expect(Math.max(...gaps)).toBeLessThanOrEqual(2000);
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1000);
  expect(written[0]?.text).toBe('42 %, 30 s left; 6 of 9: training student 3 of 6, label mix 0.3\n');
  const left = written.map(({ text }) => Number(/, (\d+) s left/.exec(text)?.[1]));
  expect(left).toEqual([...left].sort((a, b) => b - a));
  expect(left.at(-1)).toBeGreaterThan(18);
});

test('on a terminal, one line that fits', () => {
  for (const columns of [120, 60]) {
    const { view, written } = open({ isTTY: true, columns });
    vi.advanceTimersByTime(1000);
    view.show(training);
    const line = '[########............] 42 %, 30 s left; 6 of 9: training student 3 of 6, label mix 0.3';
    expect(written.at(-1)?.text).toBe(`\r\x1b[K${line.slice(0, columns - 1)}`);
    view.clear();
    expect(written.at(-1)?.text).toBe('\r\x1b[K');
    vi.useRealTimers();
  }
});

test('nothing is written after the end', () => {
  for (const end of [
    { ...training, overall: { done: 1, total: 1 } },
    { stage: 'images', done: 4, total: 4 },
  ]) {
    const { view, written } = open({ isTTY: false });
    vi.advanceTimersByTime(2000);
    view.show(end);
    const lines = written.length;
    vi.advanceTimersByTime(10_000);
    expect(written).toHaveLength(lines);
    vi.useRealTimers();
  }
});

test('without a terminal, the first lines wait for almost 2 s or for the third step: an early refusal stands alone', () => {
  const reading: Progress = { ...training, step: { number: 2, of: 9, name: 'encoding the rows' } };
  const refused = open({ isTTY: false });
  refused.view.show(reading);
  vi.advanceTimersByTime(1500);
  expect(refused.written).toEqual([]);
  refused.view.clear();
  expect(refused.written).toEqual([]);
  vi.useRealTimers();
  const slow = open({ isTTY: false });
  slow.view.show(reading);
  vi.advanceTimersByTime(2000);
  expect(slow.written).toHaveLength(1);
  vi.useRealTimers();
  const fast = open({ isTTY: false });
  fast.view.show(reading);
  fast.view.show(training);
  expect(fast.written.map(({ text }) => text).join('')).toMatch(
    /^[^\n]*encoding the rows\n[^\n]*training student 3 of 6[^\n]*\n$/,
  );
});
