// Progress on standard error: on a terminal one line with a bar, otherwise a line for each step, and at least one every 2 s.
import type { Progress } from '../io/progress.ts';
import { leftAfter, nextTime, type ShownTime, timeText } from '../io/time-left.ts';

const WIDTH = 20;
/** Time between two drawings of the bar. */
const REDRAW_MS = 200;
/** Most time without a line where there is no terminal; the timer may be a little late. */
const LINE_MS = 1500;
/** Where there is no terminal, lines wait this long, or for a step after the first two, which open and read: an early refusal stands alone. */
const HOLD_MS = 1800;
const OPENING = 2;
/** Nothing is known about the time left before this. */
const START_MS = 1000;
/** The rate of rows is measured over this time. */
const WINDOW_MS = 20_000;
/** Stages whose steps are rows that the teacher runs. */
const OF_ROWS = ['soft labels', 'features'];

export interface ProgressView {
  show(progress: Progress): void;
  /** Sets the text after the progress. */
  detail(text: string): void;
  /** Removes the bar before other lines are written. */
  clear(): void;
  /** Writes the lines that wait. */
  flush(): void;
}

/** @param every runs a function at intervals of milliseconds, without keeping the process alive */
export function openProgress(
  stream: Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns'>,
  every: (ms: number, run: () => void) => void = (ms, run) => setInterval(run, ms).unref(),
): ProgressView {
  const opened = performance.now();
  let last: Progress | undefined;
  let heardAt = 0;
  let drawnAt = opened;
  let name = '';
  let began = 0;
  let recent: Sample[] = [];
  let shown: ShownTime | undefined;
  let details = '';
  let visible = false;
  let waiting = '';
  let waits = !stream.isTTY;
  const writeWaiting = (): void => {
    waits = false;
    if (waiting) stream.write(waiting);
    waiting = '';
  };
  const writeLine = (text: string): void => {
    if (waits) waiting += `${text}\n`;
    else stream.write(`${text}\n`);
  };
  const clear = (): void => {
    if (visible) stream.write('\r\x1b[K');
    visible = false;
  };
  const draw = (): void => {
    if (!last) {
      if (details && !stream.isTTY) writeLine(details.slice(2));
      drawnAt = performance.now();
      return;
    }
    const now = performance.now();
    drawnAt = now;
    const { share, left } = outlook(last, (now - heardAt) / 1000, (heardAt - began) / 1000);
    if (left !== undefined && now - opened >= START_MS) shown = nextTime(shown, left, now / 1000);
    else shown = undefined;
    const isDone = last.overall?.done === 1;
    const time = shown && !isDone ? `, ${timeText(shown.seconds)} left` : '';
    const amount = share === undefined ? '' : `${Math.floor(100 * share)} %${time}; `;
    const text = `${amount}${isDone ? 'done' : name}${rows(last, recent)}${details}`;
    if (!stream.isTTY) {
      writeLine(text);
      return;
    }
    const full = Math.round((share ?? 0) * WIDTH);
    const line = `[${'#'.repeat(full)}${'.'.repeat(WIDTH - full)}] ${text}`;
    stream.write(`\r\x1b[K${line.slice(0, Math.max(1, (stream.columns || 80) - 1))}`);
    visible = true;
  };
  const pause = stream.isTTY ? REDRAW_MS : LINE_MS;
  const isOver = (): boolean => last !== undefined && (last.overall ?? last).done >= (last.overall ?? last).total;
  every(REDRAW_MS, () => {
    if (waits && performance.now() - opened >= HOLD_MS) writeWaiting();
    if (!isOver() && performance.now() - drawnAt >= pause) draw();
  });
  return {
    clear,
    flush: writeWaiting,
    detail(text) {
      details = `; ${text}`;
    },
    show(progress) {
      const now = performance.now();
      [last, heardAt] = [progress, now];
      const { step, stage } = progress;
      if (step && step.number > OPENING) writeWaiting();
      const fresh = step ? `${step.of > 1 ? `${step.number} of ${step.of}: ` : ''}${step.name}` : stage;
      if (fresh !== name) {
        [name, began, recent] = [fresh, now, []];
        if (!step) shown = undefined;
        draw();
      } else if (progress.overall?.done === 1 || (stream.isTTY && now - drawnAt >= REDRAW_MS)) draw();
      recent = sampled(recent, { at: now, done: progress.done });
      if (progress.overall?.done === 1) writeWaiting();
    },
  };
}

/** The share that is done and the seconds left; of the stage where there is no overall progress. */
function outlook(
  progress: Progress,
  since: number,
  passed: number,
): { share: number | undefined; left: number | undefined } {
  const { overall, done, total } = progress;
  if (overall) return { share: overall.done / overall.total, left: leftAfter(progress, since) };
  if (total <= 1 || total === Infinity) return { share: undefined, left: undefined };
  const share = done / total;
  return { share, left: share > 0.02 && share < 1 ? Math.max(0, (passed * (1 - share)) / share - since) : undefined };
}

/** Progress at a time. */
interface Sample {
  readonly at: number;
  readonly done: number;
}

/** Adds a sample, and drops old ones. A new part of the rows begins anew. */
function sampled(recent: readonly Sample[], sample: Sample): Sample[] {
  if (sample.done < (recent.at(-1)?.done ?? 0)) return [sample];
  return [...recent.filter(({ at }) => at > sample.at - WINDOW_MS), sample];
}

/** The rows of a stage of rows, and how many run in a second. */
function rows({ stage, done, total }: Progress, recent: readonly Sample[]): string {
  if (!OF_ROWS.includes(stage) || done >= total) return '';
  const [first, last] = [recent[0], recent.at(-1)];
  const of = total === Infinity ? '' : ` of ${total.toLocaleString('en')}`;
  const counts = `, ${done.toLocaleString('en')}${of} rows`;
  if (!first || !last || last.at - first.at < 500 || last.done <= first.done) return counts;
  const perSecond = (1000 * (last.done - first.done)) / (last.at - first.at);
  return `${counts}, ${perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond).toLocaleString('en')} a second`;
}
