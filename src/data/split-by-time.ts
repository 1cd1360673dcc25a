// Splits rows by time: the oldest to training, the newest to test.
import { DebkdError, quote } from '../io/errors.ts';
import { PART_NAMES, type Split, type SplitPart } from './split-parts.ts';
import type { Column } from './table.ts';
import { parseTime, type Time } from './time-text.ts';

/**
 * Splits rows by the times of a column. Rows of equal times share a part: the one in whose share the middle of these rows
 * is, counted from the oldest row.
 * @param limits shares of the rows before the validation part, and before the test part
 * @throws DebkdError `split`
 */
export function splitByTime(column: Column, limits: readonly [number, number], data: string): Split {
  const subject = `data ${quote(data, 200)}, column ${quote(column.name)}`;
  const times = readTimes(column, subject);
  const counts = new Uint32Array(times.length);
  for (const code of column.codes) counts[code] = (counts[code] as number) + 1;
  const order = [...times.keys()].filter((code) => (counts[code] as number) > 0);
  const compare = (a: number, b: number): number => {
    const [x, y] = [times[a] as Time, times[b] as Time];
    return x.seconds - y.seconds || x.nanoseconds - y.nanoseconds;
  };
  order.sort(compare);

  const rows = column.codes.length;
  const partOf: SplitPart[] = [];
  const ranges = new Map<SplitPart, [oldest: string, newest: string]>();
  for (let from = 0, before = 0; from < order.length; ) {
    // texts of one time, such as 2024-01-01 and 2024-01-01T00:00
    let to = from;
    let equal = 0;
    while (to < order.length && compare(order[from] as number, order[to] as number) === 0)
      equal += counts[order[to++] as number] as number;
    const middle = before + equal / 2;
    const part = middle < limits[0] * rows ? 'train' : middle < limits[1] * rows ? 'validation' : 'test';
    const text = column.texts[order[from] as number] as string;
    ranges.set(part, [ranges.get(part)?.[0] ?? text, text]);
    for (const code of order.slice(from, to)) partOf[code] = part;
    before += equal;
    from = to;
  }
  const numbers: Record<SplitPart, number[]> = { train: [], validation: [], test: [] };
  column.codes.forEach((code, row) => {
    numbers[partOf[code] as SplitPart].push(row);
  });
  const empty = (['train', 'validation', 'test'] as const).filter(
    (part) => numbers[part].length === 0 && (part !== 'test' || limits[1] < 1),
  );
  if (empty.length > 0) {
    throw new DebkdError('split', {
      subject,
      seen: `equal times share a part, which leaves no rows for ${empty.map((part) => PART_NAMES[part]).join(' or ')}`,
      expected: 'more different times',
      remedy: ['name a column with finer times', { id: 'give-split' }],
    });
  }
  return {
    train: Uint32Array.from(numbers.train),
    validation: Uint32Array.from(numbers.validation),
    test: Uint32Array.from(numbers.test),
    times: Object.fromEntries(ranges),
  };
}

/** The time of each text. @throws DebkdError `split` for the first row without one, or with one of another kind */
function readTimes({ texts, codes }: Column, subject: string): readonly Time[] {
  const times = texts.map(parseTime);
  const rowOf = (code: number): number => codes.indexOf(code) + 1;
  const fail = (code: number, seen: string, expected: string, remedy?: string): never => {
    throw new DebkdError('split', { subject: `${subject}, row ${rowOf(code)}`, seen, expected, remedy });
  };
  const used = [...new Set(codes)];
  const first = used[0] as number;
  const shown = (code: number): string => quote(texts[code] as string);
  for (const code of used) {
    const time = times[code];
    if (time) continue;
    const text = texts[code] as string;
    fail(
      code,
      text.trim() === '' ? 'no time' : `${quote(text)} is not a time`,
      'a number, a date such as 2024-12-31, or a date and time such as 2024-12-31T23:59:00Z',
      /^\s*\d{1,4}\/\d{1,2}\/\d{1,4}/.test(text) ? 'write the dates as year-month-day' : undefined,
    );
  }
  const all = times as Time[];
  const { kind } = all[first] as Time;
  const other = used.find((code) => all[code]?.kind !== kind);
  if (other !== undefined)
    fail(
      other,
      `${shown(other)} is a ${all[other]?.kind}`,
      `a ${kind}, as in row ${rowOf(first)}`,
      'write all times in one way',
    );
  const withClock = used.filter((code) => all[code]?.clock);
  const zoned = withClock.find((code) => all[code]?.zoned);
  const local = used.find((code) => !all[code]?.zoned);
  if (zoned !== undefined && local !== undefined)
    fail(
      local,
      `${shown(local)} has no time zone`,
      `one, as ${shown(zoned)} in row ${rowOf(zoned)} has`,
      'write all times in one time zone',
    );
  const dotted = used.filter((code) => all[code]?.dayFirst !== undefined);
  if (dotted.length > 0 && !dotted.some((code) => all[code]?.dayFirst)) {
    const [code] = dotted as [number];
    fail(
      code,
      `${shown(code)}: no date of the column has a first number above 12, so it may be the day or the month`,
      'dates such as 2024-12-31',
      'write the dates as year-month-day',
    );
  }
  return all;
}
