// Reads soft labels that were made elsewhere: numbers, or texts such as "80 %" and "yes (0.8)", the answers of language models.
import { missingTest } from '../data/missing.ts';
import { parseNumber } from '../data/preprocessing.ts';
import type { Table } from '../data/table.ts';
import { sameClass } from '../data/target.ts';
import { DebkdError, quote } from '../io/errors.ts';

/** What given soft labels mean: the probability of class 1, the same in percent, or its log-odds. */
export type SoftLabelConvention = 'probability' | 'percentage' | 'logit';
/** Every SoftLabelConvention. */
export const SOFT_LABEL_CONVENTIONS: readonly SoftLabelConvention[] = ['probability', 'percentage', 'logit'];

/** The answer for one row; empty, null, undefined and NaN stand for no answer. */
export type SoftLabelValue = number | string | null | undefined;

/** An answer: a number, and what the text says about it. */
interface Answer {
  readonly value: number;
  readonly percent: boolean;
  /** The class that the number is the confidence of; absent without a class word. */
  readonly positive?: boolean;
}

/** The answers of all columns. */
export interface ReadAnswers {
  readonly convention: SoftLabelConvention;
  /** Why it is that. */
  readonly reason: string;
  /** Log-odds, or probabilities of class 1, of each column; NaN where there is no answer; float64 [rows]. */
  readonly columns: readonly Float64Array[];
}

/** Words that name a class where the target's values do not. */
const WORDS: readonly (readonly [word: string, positive: boolean])[] = [
  ['yes', true],
  ['true', true],
  ['no', false],
  ['false', false],
];

/** Where a stated convention would help. */
const STATE = { id: 'state-convention', choices: SOFT_LABEL_CONVENTIONS } as const;

/** A column of answers. */
export interface AnswerColumn {
  readonly given: ArrayLike<SoftLabelValue>;
  /** Names the column in messages. */
  readonly subject: string;
}

/**
 * Reads columns of answers, which have one convention.
 * @throws DebkdError `value` for answers that cannot be read or are out of range, `convention` if their meaning is unclear
 */
export function readAnswers(
  columns: readonly AnswerColumn[],
  { stated, target }: { readonly stated: SoftLabelConvention | undefined; readonly target: Table['target'] },
): ReadAnswers {
  const parsed = columns.map((column) => parseAnswers(column, target));
  const known = [...new Set(parsed.flat())].filter((answer) => answer !== undefined);
  const subject = columns.length === 1 ? (columns[0] as AnswerColumn).subject : 'soft labels';
  if (known.length === 0) {
    throw new DebkdError('value', {
      subject,
      seen: `none of ${columns[0]?.given.length} rows has a soft label`,
      expected: 'at least one',
    });
  }
  const { convention, reason } = stated
    ? { convention: stated, reason: 'as stated' }
    : detectConvention(known, subject);
  const values = columns.map((column, k) => valuesOf(column, parsed[k] as (Answer | undefined)[], convention));
  if (!stated && convention !== 'logit' && values.every((of) => of.every((p) => !(p > 0 && p < 1)))) {
    throw new DebkdError('convention', {
      subject,
      seen: 'only 0 and 1, which are labels',
      expected: 'soft labels',
      remedy: ['give probabilities or log-odds', STATE],
    });
  }
  return { convention, reason, columns: values };
}

/** The numbers of a column in the unit of the convention. @throws DebkdError `value` for one out of range */
function valuesOf(
  { given, subject }: AnswerColumn,
  answers: readonly (Answer | undefined)[],
  convention: SoftLabelConvention,
): Float64Array {
  const values = new Float64Array(given.length).fill(NaN);
  const bad: number[] = [];
  answers.forEach((answer, row) => {
    if (!answer) return;
    const value = amountOf(answer, convention);
    if (value === undefined) bad.push(row);
    else values[row] = value;
  });
  if (bad.length > 0) {
    const expected =
      convention === 'logit'
        ? 'a finite log-odds, without a class or a percent sign'
        : `a ${convention} from 0 to ${convention === 'percentage' ? 100 : 1}`;
    refuseRows(given, bad, { subject, expected, remedy: STATE });
  }
  return values;
}

/** The number in the unit of the convention: log-odds, or the probability of class 1; undefined out of range. */
function amountOf({ value, percent, positive }: Answer, convention: SoftLabelConvention): number | undefined {
  if (convention === 'logit') return percent || positive !== undefined || !Number.isFinite(value) ? undefined : value;
  const whole = percent || convention === 'percentage' ? 100 : 1;
  if (!(value >= 0 && value <= whole)) return undefined;
  // (100 - 90) / 100 is .1, and 1 - .9 is not
  return (positive === false ? whole - value : value) / whole;
}

/** With a smaller share of values below 0, and none below -1, these values are probably faults. */
const FEW_BELOW = 0.01;

/** @throws DebkdError `convention` with the choices */
function detectConvention(
  answers: readonly Answer[],
  subject: string,
): { convention: SoftLabelConvention; reason: string } {
  const unsigned = answers.filter(({ percent }) => !percent).map(({ value }) => value);
  const anyPercent = unsigned.length < answers.length;
  const anyWord = answers.some(({ positive }) => positive !== undefined);
  const low = unsigned.reduce((least, x) => Math.min(least, x), Infinity);
  const high = unsigned.reduce((most, x) => Math.max(most, x), -Infinity);
  const span = `numbers from ${low} to ${high}`;
  const refuse = (seen: string): never => {
    throw new DebkdError('convention', { subject, seen, remedy: STATE });
  };
  if (low < 0) {
    if (anyPercent || anyWord) refuse(`${span} beside ${anyPercent ? 'percent signs' : 'class names'}`);
    // one value a little below 0 does not make probabilities or percentages log-odds
    const below = unsigned.filter((x) => x < 0).length;
    if (low >= -1 && (high <= 1 || below < FEW_BELOW * unsigned.length))
      refuse(
        `${span}, ${below} of ${unsigned.length} below 0: log-odds, or ${high <= 1 ? 'probabilities' : 'others'} with faults`,
      );
    return { convention: 'logit', reason: `negative values: ${span}` };
  }
  if (anyPercent) {
    // "yes 80 %" beside "0.8": a share or less than one percent?
    if (unsigned.some((x) => x > 0 && x <= 1)) refuse(`numbers of at most 1 beside percent signs`);
    return { convention: 'percentage', reason: 'values with a percent sign' };
  }
  if (high <= 1) return { convention: 'probability', reason: span };
  if (anyWord) {
    if (unsigned.some((x) => x > 0 && x <= 1)) refuse(`confidences of at most 1 and of more than 1`);
    return { convention: 'percentage', reason: `confidences up to ${high}` };
  }
  return refuse(`${span}: ${high > 100 ? 'neither' : 'not'} probabilities${high > 100 ? ' nor percentages' : ''}`);
}

/** Reads each distinct text once; undefined for a row without an answer. @throws DebkdError `value` */
function parseAnswers({ given, subject }: AnswerColumn, target: Table['target']): (Answer | undefined)[] {
  const missing = missingTest();
  const known = new Map<string, Answer | undefined | 'bad'>();
  const bad: number[] = [];
  const answers: (Answer | undefined)[] = [];
  for (let row = 0; row < given.length; row++) {
    const item = given[row];
    if (item === null || item === undefined || (typeof item === 'number' && Number.isNaN(item))) {
      answers.push(undefined);
      continue;
    }
    if (typeof item === 'number') {
      answers.push({ value: item, percent: false });
      continue;
    }
    const text = String(item);
    if (!known.has(text)) known.set(text, missing(text.trim()) ? undefined : (parseAnswer(text, target) ?? 'bad'));
    const answer = known.get(text);
    if (answer === 'bad') bad.push(row);
    answers.push(answer === 'bad' ? undefined : answer);
  }
  if (bad.length > 0) {
    const classes = target ? `${quote(target.positive)}, ${quote(target.negative)}, ` : '';
    refuseRows(given, bad, {
      subject,
      expected: `a number, optionally with % or a class (${classes}yes, no) such as "yes 80 %", or an empty field`,
      remedy: 'correct or empty these rows',
    });
  }
  return answers;
}

/** Reads "0.8", "80 %", "yes 80 %", "no: 90%", "spam (0.8)", "0.8 yes"; undefined if it is something else. */
function parseAnswer(text: string, target: Table['target']): Answer | undefined {
  const bare = parseConfidence(text);
  if (bare) return bare;
  const words = [
    ...(target
      ? ([
          [target.positive, true],
          [target.negative, false],
        ] as const)
      : []),
    ...WORDS,
  ];
  const lower = text.trim().toLowerCase();
  // the longest word first: "not spam" before "no"
  for (const [word, positive] of [...words].sort(([a], [b]) => b.length - a.length)) {
    const name = word.trim().toLowerCase();
    if (name === '') continue;
    for (const rest of [
      lower.startsWith(name) ? lower.slice(name.length) : '',
      lower.endsWith(name) ? reversedEnd(lower.slice(0, -name.length)) : '',
    ]) {
      // a number follows the word after a space or a sign, so that "1.5" is not the class 1 and .5
      const found = /^[\s:=,;(["'-]+(.*)$/s.exec(rest);
      const answer = found && parseConfidence(found[1] as string);
      if (answer) return { ...answer, positive: positiveOf(word, positive, target) };
    }
  }
  return undefined;
}

/** "0.8 (" as " 0.8": the text before a word, for the pattern of the text after one. */
function reversedEnd(before: string): string {
  const trimmed = before.replace(/[\s:=,;(["'-]+$/, '');
  return trimmed.length < before.length ? ` ${trimmed}` : '';
}

/** A word that is also a value of the target means what the target says. */
function positiveOf(word: string, positive: boolean, target: Table['target']): boolean {
  if (target && sameClass(word, target.positive)) return true;
  if (target && sameClass(word, target.negative)) return false;
  return positive;
}

/** Reads "0.8", "80 %" and "(80%)." */
function parseConfidence(text: string): Answer | undefined {
  const [, number = '', sign = ''] = /^[\s(["']*([^%\s)\]"']+)\s*(%?)[\s)\]"'.]*$/.exec(text) ?? [];
  const value = parseNumber(number.replace(/(\d)\.$/, '$1'));
  return Number.isNaN(value) ? undefined : { value, percent: sign === '%' };
}

/** @throws DebkdError `value` that names the first row, its value and the number of such rows */
function refuseRows(
  given: ArrayLike<SoftLabelValue>,
  rows: readonly number[],
  { subject, ...rest }: Pick<ConstructorParameters<typeof DebkdError>[1], 'subject' | 'expected' | 'remedy'>,
): never {
  const [first = 0] = rows;
  const item = given[first];
  const more = rows.length > 1 ? ` (and ${rows.length - 1} more rows like it)` : '';
  throw new DebkdError('value', {
    subject: `${subject}, row ${first + 1}`,
    seen: `${typeof item === 'string' ? quote(item) : String(item)}${more}`,
    ...rest,
  });
}
