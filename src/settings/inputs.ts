// The columns of each input of the teacher as text: NAME=COLUMN,COLUMN;NAME=COLUMN. A name with a comma, a semicolon or an
// equals sign is in double quotes; a double quote in it is doubled.
import { DebkdError, quote } from '../io/errors.ts';

/** Between two inputs. */
const BETWEEN = ';';

/** Parses the columns of each input. @throws DebkdError `usage` */
export function parseInputs(text: string): ReadonlyMap<string, readonly string[]> {
  const inputs = new Map<string, readonly string[]>();
  let at = 0;
  const fail = (seen: string): never => {
    throw new DebkdError('usage', {
      subject: `inputs ${quote(text, 200)}`,
      seen,
      expected:
        'INPUT=COLUMN,COLUMN for each input, several inputs separated by semicolons, such as num=age,hours;text=job',
      remedy: 'put a name with a comma, a semicolon or an equals sign in double quotes',
    });
  };
  /** A name up to one of the marks, which stays. */
  const name = (marks: string): string => {
    while (text[at] === ' ') at++;
    if (text[at] !== '"') {
      const start = at;
      while (at < text.length && !marks.includes(text[at] as string)) at++;
      return text.slice(start, at).trim();
    }
    let found = '';
    for (at++; ; at++) {
      if (at >= text.length) fail('a quoted name does not end');
      if (text[at] !== '"') found += text[at];
      else if (text[at + 1] === '"') found += text[at++];
      else break;
    }
    at++;
    while (text[at] === ' ') at++;
    if (at < text.length && !marks.includes(text[at] as string))
      fail(`${quote(text[at] as string)} follows a quoted name`);
    return found;
  };
  while (at < text.length) {
    const input = name(`=${BETWEEN}`);
    if (text[at] !== '=') {
      if (input === '' && inputs.size > 0 && at >= text.length) break;
      fail(`no columns for ${quote(input)}`);
    }
    const columns: string[] = [];
    do {
      at++;
      const quoted = /^ *"/.test(text.slice(at, at + 16));
      const column = name(`,${BETWEEN}`);
      if (column === '' && !quoted) fail(`an empty column of ${quote(input)}`);
      columns.push(column);
    } while (text[at] === ',');
    if (inputs.has(input)) fail(`the columns of ${quote(input)} are given twice`);
    inputs.set(input, columns);
    at++;
  }
  if (inputs.size === 0) fail('it is empty');
  return inputs;
}

/** The text that parseInputs reads as these columns. */
export function formatInputs(inputs: Iterable<readonly [string, readonly string[]]>): string {
  const quoted = (name: string): string => (/^[^,;="\s]+$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`);
  return Array.from(inputs, ([input, columns]) => `${quoted(input)}=${columns.map(quoted).join(',')}`).join(BETWEEN);
}
