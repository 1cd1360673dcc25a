// Short definitions, folded, where the words that they explain occur.
import type { JSX } from 'preact';
import { questionOf, TERMS, type TermName } from '../report/terms.ts';
import { DocsLink } from './docs-link.tsx';

/** The words that occur nearby, each with its meaning. */
export function Terms({ names }: { readonly names: readonly TermName[] }): JSX.Element {
  return (
    <div class="terms">
      {names.map((key) => {
        const { name, meaning, page } = TERMS[key];
        return (
          <details key={key} class="term">
            <summary>{questionOf(TERMS[key])}</summary>
            <p>
              {meaning} <DocsLink page={page} about={name} />
            </p>
          </details>
        );
      })}
    </div>
  );
}
