// Progress on standard error: a bar on a terminal, otherwise one line per stage.
import type { Progress } from '../io/progress.ts';

const WIDTH = 28;
const REDRAW_MS = 80;
const DETAIL_MS = 15_000;

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
      }
      if (!stream.isTTY) {
        if (fresh) stream.write(`${stage} ...\n`);
        return;
      }
      const done = progress.done >= progress.total;
      if (!fresh && !done && now - drawnAt < REDRAW_MS) return;
      drawnAt = now;
      const share = progress.total > 0 ? progress.done / progress.total : 1;
      const full = Math.round(share * WIDTH);
      const left =
        share > 0.02 && now - started > 500 ? `, ${timeLeft(((now - started) * (1 - share)) / share)} left` : '';
      stream.write(
        `\r\x1b[K${stage.padEnd(18)} ${'#'.repeat(full)}${'.'.repeat(WIDTH - full)} ${Math.floor(100 * share)} %${left}${details && `${rate(progress, now - started)}${details}`}`,
      );
      visible = true;
    },
  };
}

/** The rate so far, after the first half second. */
function rate({ done }: Progress, ms: number): string {
  return ms > 500 && done > 0 ? `, ${Math.round((1000 * done) / ms).toLocaleString('en')} a second` : '';
}

function timeLeft(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return seconds < 90 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}
