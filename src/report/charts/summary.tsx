/** @jsxImportSource preact */
// The verdict in words, and the figures that a reader wants first.
import type { JSX } from 'preact';
import type { Verdict } from '../verdict.ts';
import { withUnits } from './units.ts';

/** A figure of the student next to the teacher's. */
export interface KeyFigure {
  readonly name: string;
  /** What is better, such as `higher is better`; absent for a size that is compared with none. */
  readonly better?: string;
  readonly value: string;
  /** The teacher's value; absent where it is not known. */
  readonly teacher?: string;
  /** What the difference shows, such as `better`; absent where nothing is compared. */
  readonly change?: 'better' | 'worse' | 'no clear difference' | 'about the same';
  /** Both intervals in words; absent for sizes. */
  readonly intervals?: string;
}

const SIGNS: Readonly<Record<Verdict['level'], string>> = { ship: '✓', caution: '!', no: '✕' };
const ARROWS: Readonly<Record<NonNullable<KeyFigure['change']>, string>> = {
  better: '▲',
  worse: '▼',
  'no clear difference': '≈',
  'about the same': '≈',
};

/** The verdict: what to do, why, and what to change. */
export function VerdictBox({
  verdict: { level, headline, advice, reasons, next },
}: {
  readonly verdict: Verdict;
}): JSX.Element {
  return (
    <div class={`verdict ${level}`}>
      <p class="advice">
        <span class="sign" aria-hidden="true">
          {SIGNS[level]}
        </span>
        {withUnits(advice)}
      </p>
      <p class="headline">{withUnits(headline)}</p>
      {next && (
        <p>
          <strong>Next:</strong> {withUnits(next)}
        </p>
      )}
      {reasons.length > 0 && (
        <details>
          <summary>Reasons</summary>
          <ul>
            {reasons.map((reason) => (
              <li key={reason}>{withUnits(reason)}</li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

/** The figures in a row; empty without any. */
export function Strip({ figures }: { readonly figures: readonly KeyFigure[] }): JSX.Element | null {
  if (figures.length === 0) return null;
  return (
    <dl class="strip">
      {figures.map(({ name, better, value, teacher, change, intervals }) => (
        <div key={name}>
          <dt>
            {name} {better && <small>{better}</small>}
          </dt>
          <dd class="value">{withUnits(value)}</dd>
          {teacher !== undefined && <dd>teacher {withUnits(teacher)}</dd>}
          {change && (
            <dd class={`change ${change.split(' ')[0]}`}>
              <span aria-hidden="true">{ARROWS[change]}</span> {change}
            </dd>
          )}
          {intervals !== undefined && (
            <dd>
              <details>
                <summary>95 % intervals</summary>
                {intervals}
              </details>
            </dd>
          )}
        </div>
      ))}
    </dl>
  );
}
