// The progress of a run: one bar with the time left, the step, loss curves and a cancel button.
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Progress } from '../io/progress.ts';
import { leftAfter, nextTime, type ShownTime, timeText } from '../io/time-left.ts';
import type { Epoch } from './figures.tsx';
import { TEXTS } from './texts.ts';
import { useLoaded } from './use-loaded.ts';

const { progress: WORDS } = TEXTS;

/** The progress of a run. */
export interface Running {
  readonly progress: Progress | undefined;
  /** When this progress arrived, in milliseconds. */
  readonly heard: number;
  readonly epochs: readonly Epoch[];
  readonly resumed: boolean;
}

/** Stages that count rows. */
const ROWS = /^(soft labels|features)/;
/** Between two changes of the time left, in milliseconds; it is shown after twice as long. */
const PAUSE = 500;

export function ProgressStep({
  running: { progress, heard, epochs, resumed },
  onCancel,
}: {
  readonly running: Running;
  readonly onCancel: () => void;
}): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  const shown = useRef<ShownTime | undefined>(undefined);
  const [now, setNow] = useState(0);
  useEffect(() => {
    heading.current?.focus();
    heading.current?.scrollIntoView();
    const began = performance.now();
    const timer = setInterval(() => setNow(performance.now() - began < 2 * PAUSE ? 0 : performance.now()), PAUSE);
    return () => clearInterval(timer);
  }, []);
  const hasCurves = epochs.length > 1;
  // the bar does not wait for the charts
  const figures = useLoaded(() => import('./run-results.tsx'), hasCurves);
  const { overall, step, stage = WORDS.starting, done = 0, total = 0 } = progress ?? {};
  const left = progress && now > 0 ? leftAfter(progress, Math.max(0, now - heard) / 1000) : undefined;
  if (left === undefined) shown.current = undefined;
  else if (shown.current?.at !== now / 1000) shown.current = nextTime(shown.current, left, now / 1000);
  return (
    <section aria-labelledby="progress">
      <h2 id="progress" ref={heading} tabIndex={-1}>
        {WORDS.heading}
      </h2>
      {resumed && <p>{WORDS.resumed}</p>}
      {/* screen readers announce each step, not each share */}
      <p role="status">{step ? `${step.number} of ${step.of}: ${step.name}` : stage}</p>
      <progress aria-label={WORDS.bar} max={1} value={overall?.done} />
      <p class="left">
        {overall && `${Math.floor(100 * overall.done)} %`}
        {shown.current && WORDS.left(timeText(shown.current.seconds))}
        {ROWS.test(stage) && done < total && WORDS.rows(done, total)}
      </p>
      <button type="button" onClick={onCancel}>
        {WORDS.cancel}
      </button>
      {hasCurves && figures && (
        <div class="figures">
          <figures.LossFigure epochs={epochs} total={progress?.losses ? total : epochs.length} />
        </div>
      )}
    </section>
  );
}
