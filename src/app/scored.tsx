// What the student answers to the rows of a file: shares, the first rows, and the file with the answers.
import type { JSX } from 'preact';
import { percentText, sizeText } from '../report/short-numbers.ts';
import type { Scored } from './messages.ts';
import { saveFile } from './save-file.ts';
import { TEXTS } from './texts.ts';

const { score: WORDS } = TEXTS;
const percent = (count: number, of: number): string => percentText(of === 0 ? 0 : count / of);

/** Most columns that the warning about unknown values names. */
const NAMED = 5;

export function ScoredRows({ scored }: { readonly scored: Scored }): JSX.Element {
  const { name, file, rows, positives, deferred, target, columns, shown, unknown, missing } = scored;
  const label = target ? `${target.name} = ${target.positive}` : undefined;
  const some = unknown.slice(0, NAMED);
  return (
    <>
      <p id="scored" role="status">
        {WORDS.scored(rows, percent(positives, rows), label)}
        {deferred !== undefined && ` ${WORDS.deferred(percent(deferred, rows))}`}
      </p>
      {some.length > 0 && (
        <p class="warning">
          {WORDS.unknown(
            some.map(({ column, count, example }) => WORDS.unknownIn(column, count, example)).join('; '),
            unknown.length - some.length,
          )}
        </p>
      )}
      {missing && <p class="warning">{WORDS.missing(missing)}</p>}
      {shown.length > 0 && (
        <section
          class="scroll"
          aria-label={WORDS.first(shown.length)} /* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */
          tabIndex={0}
        >
          <table id="scored-rows">
            <caption>{WORDS.first(shown.length)}</caption>
            <thead>
              <tr>
                {columns.map((column, i) => (
                  <th key={`${i} ${column}`} scope="col">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map((cells, i) => (
                <tr key={i}>
                  {cells.map((cell, k) => (
                    <td key={k}>{cell}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      <p class="buttons">
        <button type="button" class="main" id="save-scored" onClick={() => saveFile({ name, bytes: file })}>
          {WORDS.save(name)}
        </button>
        <span class="size">{sizeText(file.size)}</span>
      </p>
      <p class="hint">{WORDS.same}</p>
    </>
  );
}
