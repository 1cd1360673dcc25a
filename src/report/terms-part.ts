// What the terms of a report mean, for readers who do not know the field.
import { capital, escapeHtml, folded } from './page.ts';
import { TERMS, type TermName } from './terms.ts';

/** The meanings of the terms that a page uses, folded. */
export function termsPart(names: readonly TermName[] = Object.keys(TERMS) as TermName[]): string {
  const meanings = names.map((key) => {
    const { name, meaning } = TERMS[key];
    return `<dt>${escapeHtml(capital(name))}</dt><dd>${escapeHtml(meaning)}</dd>`;
  });
  return folded('What the terms mean', `<dl>${meanings.join('\n')}</dl>`);
}
