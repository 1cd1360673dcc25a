// docs/terms.md has every term of the app and the report, with the same meaning and the same page.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { TERMS } from '../../src/report/terms.ts';

const page = readFileSync(new URL('../../docs/terms.md', import.meta.url), 'utf8');

/** The text below each heading of a term, on one line. */
const sections = new Map(
  page
    .split('\n### ')
    .slice(1)
    .map((section): [string, string] => {
      const [title = '', ...lines] = (section.split('\n## ')[0] as string).split('\n');
      return [title.toLowerCase(), lines.join(' ').trim().replace(/\s+/g, ' ')];
    }),
);

test.each(Object.values(TERMS))('docs/terms.md: $name', ({ name, meaning, page: more }) => {
  const text = sections.get(name.toLowerCase());
  expect(text?.slice(0, meaning.length)).toBe(meaning);
  expect(text).toMatch(new RegExp(`\\]\\(${more.replace('.', '\\.')}(#[\\w-]+)?\\)`));
});
