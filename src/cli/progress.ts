// Progress on standard error: a bar on a terminal, otherwise one line per stage, and further ones for long work of the teacher.
import type { Progress } from '../io/progress.ts';

const WIDTH = 28;
const REDRAW_MS = 80;
const DETAIL_MS = 15_000;
/** Time between lines where there is no terminal. */
const LINE_MS = 30_000;
/** The rate is that of this time: the teacher speeds up when its threads start, and rows differ. */
const WINDOW_MS = 20_000;
/** Progress in this time says nothing about the rate: it may come from a cache. */
const START_MS = 500;
/** Stages whose steps are rows that the teacher runs. */
const OF_ROWS = ['soft labels', 'features'];

export interface ProgressView {
  show(progress: Progress): void;
  /** Sets the text next to the progress; without a terminal, writes it on its own line at most every 15 s. */
  detail(text: string): void;
  /** Removes the bar before other lines are written. */
  clear(): void;
}

export function openProgress(stream: NodeJS.WriteStream): ProgressView {
  let stage = '';
  let started = 0;
  let linedAt = 0;
  let recent: Sample[] = [];
  let drawnAt = 0;
  let visible = false;
  let last: Progress | undefined;
  let details = '';
  let detailsShownAt = performance.now();
  const clear = (): void => {
    if (visible) stream.write('\r\x1b[K');
    visible = false;
  };
  return {
    clear,
    detail(text) {
      details = `; ${text}`;
      const now = performance.now();
      if (!last) return;
      if (stream.isTTY) return this.show(last);
      if (now - detailsShownAt < DETAIL_MS) return;
      detailsShownAt = now;
      stream.write(`${stage}: ${last.done} of ${last.total}${rate(last, now - started)}${details}\n`);
    },
    show(progress) {
      last = progress;
      const now = performance.now();
      const fresh = progress.stage !== stage;
      if (fresh) {
        stage = progress.stage;
        started = now;
        linedAt = now;
        recent = [];
      }
      recent = sampled(recent, { at: now, done: progress.done }, started);
      const ofRows = OF_ROWS.includes(stage);
      if (!stream.isTTY) {
        if (fresh) stream.write(`${stage} ...\n`);
        else if (ofRows && details === '' && now - linedAt >= LINE_MS) {
          linedAt = now;
          stream.write(`${stage}: ${progress.done} of ${progress.total}${outlook(progress, recent)}\n`);
        }
        return;
      }
      const done = progress.done >= progress.total;
      if (!fresh && !done && now - drawnAt < REDRAW_MS) return;
      drawnAt = now;
      const share = progress.total > 0 ? progress.done / progress.total : 1;
      const full = Math.round(share * WIDTH);
      const left = ofRows && details === '' ? outlook(progress, recent) : timeByShare(share, now - started);
      stream.write(
        `\r\x1b[K${stage.padEnd(18)} ${'#'.repeat(full)}${'.'.repeat(WIDTH - full)} ${Math.floor(100 * share)} %${left}${details && `${rate(progress, now - started)}${details}`}`,
      );
      visible = true;
    },
  };
}

/** Progress at a time. */
interface Sample {
  readonly at: number;
  readonly done: number;
}

/** Adds a sample, and drops those that say nothing about the rate now, except the last of them. */
function sampled(recent: readonly Sample[], sample: Sample, started: number): Sample[] {
  const all = [...recent, sample];
  const from = Math.max(started + START_MS, sample.at - WINDOW_MS);
  const first = all.findIndex(({ at }) => at > from);
  return first < 0 ? [sample] : all.slice(Math.max(0, first - 1));
}

/** The recent rate, and the time left at this rate. */
function outlook({ done, total }: Progress, recent: readonly Sample[]): string {
  const [first, last] = [recent[0], recent.at(-1)];
  if (!first || !last || last.at - first.at < START_MS || last.done <= first.done) return '';
  const perMs = (last.done - first.done) / (last.at - first.at);
  const left = done < total ? `, ${timeLeft((total - done) / perMs)} left` : '';
  return `, ${perSecond(1000 * perMs)} rows a second${left}`;
}

/** The time left by the share that is done. */
function timeByShare(share: number, ms: number): string {
  return share > 0.02 && ms > START_MS ? `, ${timeLeft((ms * (1 - share)) / share)} left` : '';
}

function perSecond(rate: number): string {
  return rate < 10 ? rate.toFixed(1) : Math.round(rate).toLocaleString('en');
}

/** The rate so far, after the first half second. */
function rate({ done }: Progress, ms: number): string {
  return ms > 500 && done > 0 ? `, ${Math.round((1000 * done) / ms).toLocaleString('en')} a second` : '';
}

function timeLeft(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}
