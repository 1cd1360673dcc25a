// Reads times: numbers, ISO 8601 dates and date-times, and dates such as 31.12.2024. No Date, whose parsing differs
// between engines.
import { parseNumber } from './preprocessing.ts';

/** A time that can be compared with others of its kind and zone. */
export interface Time {
  /** `number`, or `date` for a calendar date with or without a time of day. */
  readonly kind: 'number' | 'date';
  /** Whether it states its offset from UTC; false for a date without a time of day. */
  readonly zoned: boolean;
  /** Whether it has a time of day. */
  readonly clock: boolean;
  /** The number, or the whole seconds since 1970-01-01T00:00 (UTC if zoned). */
  readonly seconds: number;
  /** Nanoseconds after `seconds`, from 0. */
  readonly nanoseconds: number;
  /** For a date such as 03.04.2024: whether the first number is too large for a month. Undefined for other times. */
  readonly dayFirst?: boolean;
}

const CLOCK = String.raw`(?:[Tt ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?( ?[Zz]|[+-]\d{2}(?::?\d{2})?)?)?`;
const ISO = new RegExp(String.raw`^(\d{4})-(\d{2})(?:-(\d{2}))?${CLOCK}$`);
const DOTTED = new RegExp(String.raw`^(\d{1,2})\.(\d{1,2})\.(\d{4})${CLOCK}$`);

/** Reads a time; undefined for any other text. */
export function parseTime(text: string): Time | undefined {
  const trimmed = text.trim();
  const number = parseNumber(trimmed);
  if (Number.isFinite(number))
    return { kind: 'number', zoned: false, clock: false, seconds: number + 0, nanoseconds: 0 };
  const iso = ISO.exec(trimmed);
  if (iso) {
    const [, year, month, day, ...clock] = iso;
    if (day === undefined && clock[0] !== undefined) return undefined;
    return timeOf([Number(year), Number(month), Number(day ?? 1)], clock);
  }
  const dotted = DOTTED.exec(trimmed);
  if (!dotted) return undefined;
  const [, day, month, year, ...clock] = dotted;
  const time = timeOf([Number(year), Number(month), Number(day)], clock);
  return time && { ...time, dayFirst: Number(day) > 12 };
}

/** @param clock hours, minutes, seconds, fraction and offset, as texts */
function timeOf(
  [year, month, day]: readonly [number, number, number],
  [hours, minutes, seconds = '0', fraction = '', offset]: readonly (string | undefined)[],
): Time | undefined {
  const days = daysSince1970(year, month, day);
  if (days === undefined) return undefined;
  if (hours === undefined) return { kind: 'date', zoned: false, clock: false, seconds: 86400 * days, nanoseconds: 0 };
  const [h, m, s] = [Number(hours), Number(minutes), Number(seconds)];
  const shift = offset === undefined ? 0 : secondsOf(offset);
  // 60 is a leap second
  if (h > 23 || m > 59 || s > 60 || shift === undefined) return undefined;
  return {
    kind: 'date',
    zoned: offset !== undefined,
    clock: true,
    seconds: 86400 * days + 3600 * h + 60 * m + s - shift,
    nanoseconds: Number(fraction.padEnd(9, '0')),
  };
}

/** The seconds of an offset from UTC: `Z`, `+02`, `+02:00` or `+0200`. */
function secondsOf(offset: string): number | undefined {
  const parts = /^([+-])(\d{2}):?(\d{2})?$/.exec(offset);
  if (!parts) return 0;
  const [, sign, hours, minutes = '0'] = parts;
  if (Number(hours) > 23 || Number(minutes) > 59) return undefined;
  return (sign === '-' ? -1 : 1) * (3600 * Number(hours) + 60 * Number(minutes));
}

/** Days from 1970-01-01 to a date of the Gregorian calendar; undefined if there is no such date. */
function daysSince1970(year: number, month: number, day: number): number | undefined {
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  const length = lengths[month - 1];
  if (length === undefined || day < 1 || day > length) return undefined;
  const before = year - 1;
  const leapDays = Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400);
  const inYear = lengths.slice(0, month - 1).reduce((sum, days) => sum + days, 0) + day - 1;
  // 719162 days from 0001-01-01 to 1970-01-01
  return 365 * before + leapDays + inYear - 719162;
}
