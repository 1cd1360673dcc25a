// Progress on standard error: a bar that redraws on a terminal, a line a stage elsewhere.
import type { Progress } from '../io/progress.ts';

const WIDTH = 28;
const REDRAW_MS = 80;

export interface ProgressView {
  show(progress: Progress): void;
  /** Takes the bar away, before other lines. */
  clear(): void;
}

export function openProgress(stream: NodeJS.WriteStream): ProgressView {
  let stage = '';
  let started = 0;
  let drawn = 0;
  let visible = false;
  const clear = (): void => {
    if (visible) stream.write('\r\x1b[K');
    visible = false;
  };
  return {
    clear,
    show(progress) {
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
      if (!fresh && !done && now - drawn < REDRAW_MS) return;
      drawn = now;
      const share = progress.total > 0 ? progress.done / progress.total : 1;
      const full = Math.round(share * WIDTH);
      const left =
        share > 0.02 && now - started > 500 ? `, ${timeLeft(((now - started) * (1 - share)) / share)} left` : '';
      stream.write(
        `\r\x1b[K${stage.padEnd(18)} ${'#'.repeat(full)}${'.'.repeat(WIDTH - full)} ${Math.floor(100 * share)} %${left}`,
      );
      visible = true;
    },
  };
}

function timeLeft(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return seconds < 90 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}
