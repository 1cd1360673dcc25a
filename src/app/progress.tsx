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
  readonly epochs: readonly Epoch[];
  readonly resumed: boolean;
}

export function ProgressStep({
  running: { progress, since, now, epochs, resumed },
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
  const left = share && share > 0.02 ? ((now - since) / share) * (1 - share) : undefined;
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

function duration(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  return seconds < 90 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}
