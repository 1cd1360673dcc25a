// A text with its words marked by their pushes: the hue and the line say the direction, the intensity the size; a table has the numbers.
import type { JSX } from 'preact';
import type { ColumnShare } from '../student/explain.ts';
import { Numbers, signed } from './numbers.tsx';
import { RESULT_TEXTS } from './result-texts.ts';

const WORDS = RESULT_TEXTS.pushes;
/** Steps of intensity. */
const LEVELS = 4;

/** A text with its words marked by their shares, and the same as a table. */
export function MarkedText({
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
          <summary>{WORDS.inNumbers}</summary>
          <Numbers
            caption={WORDS.words(column, title)}
            head={WORDS.wordsHead}
            rows={words.map(({ text: word, share: push }) => [word, signed(push)])}
          />
          <Numbers
            caption={WORDS.ngrams(column, title)}
            head={WORDS.ngramsHead}
            rows={ngrams.map(({ text: piece, share: push }) => [piece, signed(push)])}
          />
        </details>
      )}
    </>
  );
}
