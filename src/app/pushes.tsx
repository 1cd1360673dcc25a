// Why the students answer as they do: what each column pushes the log-odds by, and the words of a text, marked by theirs.
import type { JSX } from 'preact';
import type { ColumnShare } from '../student/explain.ts';
import type { Answers } from './messages.ts';
import { Numbers } from './numbers.tsx';

const STUDENTS = [
  ['debiased', 'De-biased student'],
  ['plain', 'Plain KD student'],
] as const;
/** Most rows of a list of columns. */
const MOST_COLUMNS = 15;
/** Steps of intensity. */
const LEVELS = 4;

export function Pushes({ answers: { why, texts } }: { readonly answers: Answers }): JSX.Element {
  const all = STUDENTS.flatMap(([key]) => why[key].parts.flatMap(({ spans = [] }) => spans));
  // one scale for both students
  const largest = Math.max(...all.map(({ share }) => Math.abs(share)), 1e-9);
  return (
    <section aria-labelledby="pushes">
      <h3 id="pushes">What pushes</h3>
      <p>
        In log-odds: above 0 towards class 1
        {all.length > 0 && (
          <>
            {' '}
            (<mark class="push up-3">marked like this</mark>), below 0 towards class 0 (
            <mark class="push down-3">like this</mark>)
          </>
        )}
        .
      </p>
      <div class="columns">
        {STUDENTS.map(([key, title]) => (
          <div key={key} id={`pushes-${key}`}>
            <h4>{title}</h4>
            {why[key].parts.map((part) => {
              const text = texts[part.column];
              return part.spans && text !== undefined ? (
                <MarkedText key={part.column} part={part} text={text} largest={largest} title={title} />
              ) : null;
            })}
            {why[key].parts.some(({ spans }) => !spans) && (
              <Numbers
                caption={`Columns, ${title}`}
                head={['Column', 'Push']}
                rows={why[key].parts.slice(0, MOST_COLUMNS).map(({ column, share }) => [column, signed(share)])}
              />
            )}
          </div>
        ))}
      </div>
    </section>
  );
}

/** A text with its words marked by their shares, and the same as a table. */
function MarkedText({
  part: { column, share, spans = [], ngrams = [] },
  text,
  largest,
  title,
}: {
  readonly part: ColumnShare;
  readonly text: string;
  readonly largest: number;
  readonly title: string;
}): JSX.Element {
  const between = (i: number): string => text.slice(spans[i - 1]?.end ?? 0, spans[i]?.start ?? text.length);
  const words = [...spans].sort((a, b) => Math.abs(b.share) - Math.abs(a.share));
  return (
    <>
      <p class="marked">
        <strong>{column}</strong> {signed(share)}:{' '}
        {spans.map((span, i) => {
          const level = Math.ceil((LEVELS * Math.abs(span.share)) / largest - 0.25);
          return (
            <span key={span.start}>
              {between(i)}
              {level < 1 ? (
                span.text
              ) : (
                <mark class={`push ${span.share > 0 ? 'up' : 'down'}-${level}`} title={signed(span.share)}>
                  {span.text}
                </mark>
              )}
            </span>
          );
        })}
        {between(spans.length)}
      </p>
      {words.length > 0 && (
        <details>
          <summary>Words and pieces in numbers</summary>
          <Numbers
            caption={`Words of ${column}, ${title}`}
            head={['Word', 'Push']}
            rows={words.map(({ text: word, share: push }) => [word, signed(push)])}
          />
          <Numbers
            caption={`N-grams of ${column}, ${title}`}
            head={['Words and pieces of words', 'Push']}
            rows={ngrams.map(({ text: piece, share: push }) => [piece, signed(push)])}
          />
        </details>
      )}
    </>
  );
}

function signed(value: number): string {
  const digits = Math.abs(value).toFixed(3);
  return Number(digits) === 0 ? '0' : `${value > 0 ? '+' : '\u2212'}${digits}`;
}
