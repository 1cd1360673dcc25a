// Why the students answer as they do: what each column pushes the log-odds by, and the words of a text, marked by theirs.
import type { JSX } from 'preact';
import { Occlusion } from '../report/charts/occlusion.tsx';
import type { Answers } from './messages.ts';
import { Numbers, signed } from './numbers.tsx';
import { useLoaded } from './use-loaded.ts';

const STUDENTS = [
  ['debiased', 'De-biased student'],
  ['plain', 'Plain KD student'],
] as const;
/** Most rows of a list of columns. */
const MOST_COLUMNS = 15;

export function Pushes({
  why,
  texts,
}: {
  readonly why: NonNullable<Answers['why']>;
  readonly texts: Answers['texts'];
}): JSX.Element {
  const all = STUDENTS.flatMap(([key]) => why[key].parts.flatMap(({ spans = [] }) => spans));
  // one scale for both students
  const largest = Math.max(...all.map(({ share }) => Math.abs(share)), 1e-9);
  const marks = useLoaded(() => import('./marked-text.tsx'), all.length > 0);
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
            <p>
              From {signed(why[key].bias)} for numbers at their means, no category and{' '}
              {why[key].image ? 'a uniform image' : 'no text'}, to {signed(why[key].margin)}.
            </p>
            {why[key].image && (
              <Occlusion
                title={`Cells of the image, ${title}`}
                caption="How much the log-odds change when a cell of the image is replaced by the mean pixel. The cells need not add up to the image's push."
                {...why[key].image}
              />
            )}
            {why[key].parts.map((part) => {
              const text = texts[part.column];
              return marks && part.spans && text !== undefined ? (
                <marks.MarkedText key={part.column} part={part} text={text} largest={largest} title={title} />
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
