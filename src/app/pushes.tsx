// Why the students answer as they do: what each column pushes the log-odds by, and the words of a text, marked by theirs.
import type { JSX } from 'preact';
import { Occlusion } from '../report/charts/occlusion.tsx';
import { classWords } from '../report/class-words.ts';
import { Fold } from './fold.tsx';
import type { Answers, Outcome } from './messages.ts';
import { Numbers, signed } from './numbers.tsx';
import { RESULT_TEXTS } from './result-texts.ts';
import { useLoaded } from './use-loaded.ts';

const WORDS = RESULT_TEXTS.pushes;
const STUDENTS = ['debiased', 'plain'] as const;
/** Most rows of a list of columns. */
const MOST_COLUMNS = 15;

export function Pushes({
  why,
  texts,
  target,
}: {
  readonly why: NonNullable<Answers['why']>;
  readonly texts: Answers['texts'];
  readonly target: Outcome['target'];
}): JSX.Element {
  const all = STUDENTS.flatMap((key) => why[key].parts.flatMap(({ spans = [] }) => spans));
  // one scale for both students
  const largest = Math.max(...all.map(({ share }) => Math.abs(share)), 1e-9);
  const most = Math.max(...STUDENTS.flatMap((key) => why[key].parts.map(({ share }) => Math.abs(share))), 1e-9);
  const [first] = why.debiased.parts;
  const marks = useLoaded(() => import('./marked-text.tsx'), all.length > 0);
  return (
    <section aria-labelledby="pushes">
      <Fold id="pushes" level={3} title={WORDS.heading} said={first && WORDS.said(first.column, signed(first.share))}>
        <p>
          {WORDS.towards1(classWords(1, target))}
          {all.length > 0 && (
            <>
              {' '}
              (<mark class="push up-3">{WORDS.marked}</mark>
              {WORDS.towards0(classWords(0, target))}
              <mark class="push down-3">{WORDS.like}</mark>)
            </>
          )}
          .
        </p>
        <div class="columns">
          {STUDENTS.map((key) => (
            <div key={key} id={`pushes-${key}`}>
              <h4>{WORDS.students[key]}</h4>
              <p>{WORDS.from(signed(why[key].bias), why[key].image !== undefined, signed(why[key].margin))}</p>
              {why[key].image && (
                <Occlusion title={WORDS.cells(WORDS.students[key])} caption={WORDS.cellsCaption} {...why[key].image} />
              )}
              {why[key].parts.map((part) => {
                const text = texts[part.column];
                return marks && part.spans && text !== undefined ? (
                  <marks.MarkedText
                    key={part.column}
                    part={part}
                    text={text}
                    largest={largest}
                    title={WORDS.students[key]}
                  />
                ) : null;
              })}
              {why[key].parts.some(({ spans }) => !spans) && (
                <Numbers
                  caption={WORDS.columns(WORDS.students[key])}
                  head={WORDS.columnsHead}
                  rows={why[key].parts
                    .slice(0, MOST_COLUMNS)
                    .map(({ column, share }) => [column, <PushBar key={column} share={share} most={most} />])}
                />
              )}
            </div>
          ))}
        </div>
      </Fold>
    </section>
  );
}

/** A number and its bar. @param most the largest of all, by size */
function PushBar({ share, most }: { readonly share: number; readonly most: number }): JSX.Element {
  const size = Math.abs(share) / most;
  return (
    <>
      {signed(share)}
      <svg class="push-bar" viewBox="-1 0 2 1" preserveAspectRatio="none" aria-hidden="true">
        <rect class={share < 0 ? 'down' : 'up'} x={share < 0 ? -size : 0} width={size} height="1" />
        <line class="zero" x1="0" x2="0" y1="0" y2="1" />
      </svg>
    </>
  );
}
