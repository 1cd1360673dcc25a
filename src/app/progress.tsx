// The progress of a run: stage, time left, loss curves and a cancel button.
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Progress } from '../io/progress.ts';
import { type Epoch, LossFigure } from './figures.tsx';

/** The progress of a run. */
export interface Running {
  readonly progress: Progress | undefined;
  /** When this stage began, in milliseconds. */
  readonly since: number;
  readonly now: number;
  /** The steps of this stage that were done when it began, such as rows from the cache. */
  readonly first: number;
  readonly epochs: readonly Epoch[];
  readonly resumed: boolean;
}

/** Stages that count rows. */
const ROWS = /^(soft labels|features)/;
/** An estimate of the rate takes this time. */
const LEAST_MS = 300;

export function ProgressStep({
  running: { progress, since, now, first, epochs, resumed },
  onCancel,
}: {
  readonly running: Running;
  readonly onCancel: () => void;
}): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
    heading.current?.scrollIntoView();
  }, []);
  const share = progress && progress.total > 1 ? progress.done / progress.total : undefined;
  const done = progress ? progress.done - first : 0;
  const perSecond = done > 0 && now - since > LEAST_MS ? (1000 * done) / (now - since) : undefined;
  const left =
    progress && perSecond && share && share > 0.02 ? (1000 * (progress.total - progress.done)) / perSecond : undefined;
  const isOfRows = progress && ROWS.test(progress.stage);
  return (
    <section aria-labelledby="progress">
      <h2 id="progress" ref={heading} tabIndex={-1}>
        Distilling
      </h2>
      {resumed && <p>Resumed from the stored steps.</p>}
      {/* screen readers announce each stage, not each step */}
      <p role="status">{progress?.stage ?? 'Starting'}</p>
      <progress aria-label="Progress of this stage" max={1} value={share} />
      <p class="left">
        {share === undefined ? '' : `${Math.floor(100 * share)} %`}
        {isOfRows && perSecond
          ? `, ${progress.done.toLocaleString('en')} of ${progress.total.toLocaleString('en')} rows, ${rate(perSecond)} rows a second`
          : ''}
        {left === undefined ? '' : `, about ${duration(left)} left in this stage`}
      </p>
      <button type="button" onClick={onCancel}>
        Cancel
      </button>
      {epochs.length > 1 && (
        <div class="figures">
          <LossFigure epochs={epochs} total={progress?.losses ? progress.total : epochs.length} />
        </div>
      )}
    </section>
  );
}

function rate(perSecond: number): string {
  return perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond).toLocaleString('en');
}

function duration(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  return seconds < 90 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}
