// Validates a statistics file, and that it fits a student.
import { type BaseIssue, exactOptional as maybe, safeParse } from 'valibot';
import { DebkdError, quote } from '../io/errors.ts';
import { type Check, count, exactly, type Fields, list, number, object, orNull, text, word } from '../report/checks.ts';
import { HISTOGRAM_KINDS, type Histogram, type MarginHistogram, type Statistics } from './histogram.ts';

function statisticsSchema(): Check<Statistics> {
  return object({
    schema: exactly('debkd/statistics@1'),
    student: text(),
    rows: count(),
    columns: list(
      object({
        column: text(),
        kind: word(HISTOGRAM_KINDS, HISTOGRAM_KINDS.join(', ')),
        part: maybe(text()),
        edges: maybe(list(number())),
        categories: maybe(list(text())),
        counts: list(orNull(count())),
        missing: orNull(count()),
        unknown: maybe(orNull(count())),
      } satisfies Fields<Histogram>),
    ),
    margins: object({
      edges: list(number()),
      counts: list(orNull(count())),
      validation: maybe(list(orNull(count()))),
    } satisfies Fields<MarginHistogram>),
  } satisfies Fields<Statistics>);
}

/**
 * Validates the JSON of statistics.json, or of what a deployed student has counted.
 * @param name its name in messages, such as the name of its file
 * @throws DebkdError `value` for the first field that is missing or wrong
 */
export function parseStatistics(value: unknown, name: string): Statistics {
  const { success, output, issues } = safeParse(statisticsSchema(), value, { abortEarly: true });
  if (!success) {
    const [{ input, message, path = [] }] = issues as [BaseIssue<unknown>];
    throw refusal(name, path.map(({ key }) => String(key)).join('.'), input, message);
  }
  for (const [i, { edges = [], categories, counts }] of output.columns.entries()) {
    checkLength(name, `columns.${i}`, counts, (categories ?? edges).length + 1);
    checkEdges(name, `columns.${i}`, edges);
  }
  const { edges, counts, validation } = output.margins;
  checkEdges(name, 'margins', edges);
  for (const one of [counts, validation ?? counts]) checkLength(name, 'margins', one, edges.length + 1);
  return output;
}

function checkLength(name: string, path: string, counts: readonly unknown[], length: number): void {
  if (counts.length !== length) throw refusal(name, `${path}.counts`, counts, `a list of ${length}, one for each bin`);
}

function checkEdges(name: string, path: string, edges: readonly number[]): void {
  if (edges.some((edge, i) => i > 0 && edge <= (edges[i - 1] as number)))
    throw refusal(name, `${path}.edges`, edges, 'ascending numbers');
}

function refusal(name: string, path: string, seen: unknown, expected: string): DebkdError {
  return new DebkdError('value', {
    subject: `statistics ${quote(name, 200)}`,
    seen: `${path || 'the whole'} is ${describe(seen)}`,
    expected,
    remedy: 'give the statistics.json that distill wrote',
  });
}

function describe(seen: unknown): string {
  if (typeof seen === 'string') return quote(seen);
  if (Array.isArray(seen)) return `a list of ${seen.length}`;
  if (typeof seen === 'object' && seen !== null) return 'an object';
  return seen === undefined ? 'missing' : String(seen);
}

/** Refuses statistics of another student. @throws DebkdError `value` */
export function checkStudent({ student }: Statistics, name: string, wanted: string): void {
  if (student === wanted) return;
  throw new DebkdError('value', {
    subject: `statistics ${quote(name, 200)}`,
    seen: `they are of the student with SHA-256 ${quote(student, 12)}`,
    expected: `those of this student, ${quote(wanted, 12)}`,
    remedy: 'give the statistics.json of the same run of distill',
  });
}
