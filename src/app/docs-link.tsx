// A link to a page of the documentation; it opens in another tab, so that the app keeps its state.
import type { JSX } from 'preact';
import { TEXTS } from './texts.ts';

/** Where the documentation is. */
const DOCS = 'https://github.com/debkd/debkd/blob/main/docs/';

/** @param page a file of docs @param about what it is about, for those who hear the link alone */
export function DocsLink({ page, about }: { readonly page: string; readonly about: string }): JSX.Element {
  return (
    <a href={`${DOCS}${page}`} target="_blank" rel="noreferrer" aria-label={TEXTS.terms.moreAbout(about)}>
      {TEXTS.terms.more}
    </a>
  );
}
