// date: a part of a date as a number. Dates are read as written: no locale and no time zone changes them.
import { quote } from '../../io/errors.ts';
import { type StepInput, shown, type Type } from './check.ts';
import type { DatePart, DateStep } from './step.ts';
import type { Apply } from './value.ts';

const PARTS: readonly DatePart[] = ['year', 'month', 'day', 'weekday', 'hour', 'daysSince'];
/** ISO 8601: a date, and optionally a time with seconds, fractions and a zone. */
const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/;
/** What a token of a format matches, longest first. */
const TOKENS = { YYYY: '(?<year>\\d{4})', MM: '(?<month>\\d\\d?)', DD: '(?<day>\\d\\d?)' } as const;
const TIMES = { HH: '(?<hour>\\d\\d?)', mm: '\\d\\d', ss: '\\d\\d(?:[.,]\\d+)?' } as const;
const ALL: Readonly<Record<string, string>> = { ...TOKENS, ...TIMES };

export function parseDate({ step, type, fail }: StepInput): { step: DateStep; type: Type } {
  const { date, format, since } = step;
  const part = PARTS.find((name) => name === date);
  if (part === undefined) return fail(`date is ${shown(date)}`, `one of ${PARTS.join(', ')}`);
  if (type === 'number') fail('the step before gives numbers', 'dates as text');
  if (typeof format === 'string') checkFormat(format, part, fail);
  else if (format !== undefined) fail(`format is ${shown(format)}`, 'a text such as "DD.MM.YYYY"');
  if (part !== 'daysSince' && since !== undefined) fail(`since with date ${part}`, 'since only with daysSince');
  if (part === 'daysSince' && (typeof since !== 'string' || !readDate(since.trim(), ISO)))
    fail(`since is ${shown(since)}`, 'a day such as "2020-01-31"');
  return {
    step: {
      date: part,
      ...(format !== undefined && { format: format as string }),
      ...(since !== undefined && { since: since as string }),
    },
    type: 'number',
  };
}

function checkFormat(format: string, part: DatePart, fail: StepInput['fail']): void {
  const found = tokensOf(format).filter((token) => Object.hasOwn(ALL, token));
  const twice = found.find((token, i) => found.indexOf(token) !== i);
  if (twice !== undefined) fail(`format has ${twice} twice`, 'each token once');
  const unknown = tokensOf(format).find((token) => /^[A-SU-Ya-z]$/.test(token));
  if (unknown !== undefined)
    fail(
      `format ${quote(format)} has ${quote(unknown)}`,
      `the tokens ${Object.keys(ALL).join(' ')}, and characters that are no letters`,
    );
  const needed = Object.keys(TOKENS).concat(part === 'hour' ? ['HH'] : []);
  const lacking = needed.find((token) => !found.includes(token));
  if (lacking !== undefined) fail(`format ${quote(format)} has no ${lacking}`, `${needed.join(', ')} in the format`);
}

/** The tokens and the characters between them. */
function tokensOf(format: string): string[] {
  return format.match(/YYYY|MM|DD|HH|mm|ss|./gsu) ?? [];
}

function patternOf(format: string): RegExp {
  const parts = tokensOf(format).map((token) =>
    Object.hasOwn(ALL, token) ? (ALL[token] as string) : token.replace(/[^A-Za-z0-9 ]/g, '\\$&'),
  );
  return new RegExp(`^${parts.join('')}$`);
}

interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
}

/** Reads a date; undefined if the text is none, or names no day of the calendar. */
function readDate(text: string, pattern: RegExp): Day | undefined {
  const match = pattern.exec(text);
  if (!match) return undefined;
  const { year = match[1], month = match[2], day = match[3], hour = match[4] } = match.groups ?? {};
  const found = { year: Number(year), month: Number(month), day: Number(day), hour: Number(hour ?? 0) };
  const exists =
    found.month >= 1 &&
    found.month <= 12 &&
    found.day >= 1 &&
    found.day <= daysOfMonth(found.year, found.month) &&
    found.hour < 24;
  return exists ? found : undefined;
}

function daysOfMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days since 1 March of the year 0, in the Gregorian calendar: years begin in March, so that leap days end them. */
function dayNumber({ year, month, day }: Day): number {
  const [y, m] = month > 2 ? [year, month - 3] : [year - 1, month + 9];
  return 365 * y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + Math.floor((153 * m + 2) / 5) + day;
}

/** dayNumber modulo 7 of a Monday. */
const MONDAY = 6;

export function applyDate({ date, format, since }: DateStep, name: string): Apply {
  const pattern = format === undefined ? ISO : patternOf(format);
  const start = since === undefined ? 0 : dayNumber(readDate(since.trim(), ISO) as Day);
  return (x, state) => {
    if (x === undefined) return undefined;
    const found = readDate(String(x).trim(), pattern);
    if (!found) {
      state.problem = {
        seen: `${quote(String(x))} is not a date of ${name}`,
        expected: format ?? 'YYYY-MM-DD, with or without a time',
        remedy: 'correct it',
      };
      return undefined;
    }
    if (date === 'daysSince') return dayNumber(found) - start;
    return date === 'weekday' ? (dayNumber(found) + 7 - MONDAY) % 7 : found[date];
  };
}
