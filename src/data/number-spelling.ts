// Recognises numbers in spellings for people: a decimal comma, separators between thousands, a unit, or a time of day.

/** Such as 1234,5. */
const COMMA = /^[+-]?\d+,\d+$/;
/** Such as 1.234.567 or 1.234,5. */
const POINTS = /^[+-]?\d{1,3}(\.\d{3})+(,\d+)?$/;
/** Such as 1,234,567 or 1,234.5. */
const COMMAS = /^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/;
/** Such as 1 234 567 or 1'234'567, with any kind of white space. */
const GAPS = /^[+-]?\d{1,3}([\s'’]\d{3})+([.,]\d+)?$/;
/** Such as \u22125, with a typographic minus sign or a dash. */
const MINUS = /^[\u2212\u2012\u2013]\s?(\d+\.?\d*|\.\d+)$/;
/** Such as 12.5 % or $ 1,200.50. */
const PERCENT = /^[+-]?(\d+[.,]?\d*|[.,]\d+)\s?%$/;
const MONEY = /^[+-]?\s?\p{Sc}\s?[\d.,'’\s]*\d[.,]?$|^[+-]?\d[\d.,'’\s]*\s?\p{Sc}$/u;
/** Such as 8:15, 08:15:30 or 8:15 pm. */
const TIME = /^\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(\s?[ap]\.?m\.?)?$/i;
/** Such as 70 kg or 1248 CC: a number and letters. */
const ENDING = /^[<>~]?\s?[+-]?(\d+\.?\d*|\.\d+)\s?(?<unit>[\p{L}°][\p{L}°²³./]*)$/u;
/** Units of one measure; a column may mix them: magnitudes, mass, length, time, bytes. */
const UNITS = [
  'k m b mn bn mio',
  'mg g kg t lb lbs oz',
  'mm cm m km in ft mi',
  'ms s sec secs min mins h hr hrs hour hours d day days week weeks month months y yr yrs year years',
  'kb mb gb tb',
].map((measure) => new Set(measure.split(' ')));
/** Such as USD 12.50 or Rs. 450. */
const CURRENCY = /^(usd|us\$|eur|gbp|chf|cad|aud|jpy|inr|rs\.?)\s?[\d.,'’\s]*\d$/i;
/** Such as 126/83 or 30 x 40. */
const PAIR = /^(\d+\.?\d*)\s?[/x×]\s?(\d+\.?\d*)$/i;
/** Negative numbers as (56.7), 56.7- or - 56.7. */
const NEGATIVE = /^(\((\d[\d.,]*)\)|\d+\.?\d*-|[+-]\s+\d+\.?\d*)$/;
/** Such as '56.7, "56.7" or ="56.7". */
const QUOTED = /^(['’`]\s?[+-]?\d+\.?\d*['’`]?|=?"\s?[+-]?\d+\.?\d*\s?")$/;
const PLAIN = /^[+-]?(\d+\.?\d*|\.\d+)$/;

/** Least share of the texts that are no plain numbers which a spelling must explain. */
const MOST = 0.9;

const is =
  (...kinds: readonly RegExp[]) =>
  (text: string): boolean =>
    kinds.some((kind) => kind.test(text));

/** The spellings that unitSpelling knows, apart from units. */
const UNIT_SPELLINGS: readonly {
  readonly seen: string;
  readonly test: (text: string) => boolean;
  readonly remedy: (example: string) => string;
  /** Whether plain numbers must be among them. */
  readonly isBeside?: boolean;
}[] = [
  { seen: 'numbers with a percent sign', test: is(PERCENT), remedy: () => 'write them without it' },
  { seen: 'amounts of money', test: is(MONEY, CURRENCY), remedy: () => 'write them without the currency' },
  { seen: 'pairs of numbers', test: is(PAIR), remedy: () => 'write each number in a column of its own' },
  { seen: 'numbers in quotation marks', test: is(QUOTED), remedy: (example) => `write ${digitsOf(example)}` },
  {
    seen: 'negative numbers without a minus sign before them',
    test: is(NEGATIVE),
    remedy: (example) => `write -${digitsOf(example)}`,
    isBeside: true,
  },
  { seen: 'times of day', test: is(TIME), remedy: () => 'write them in hours, such as 8.25 for 8:15' },
];

/** A spelling that is not read as numbers. */
export interface Spelling {
  /** Such as: numbers with a decimal comma (such as "508,48"). */
  readonly seen: string;
  /** Such as: write 508.48. */
  readonly remedy: string;
}

/**
 * Describes the texts of a column if they are numbers and those that are not plain share a spelling; otherwise
 * undefined.
 */
export function numberSpelling(texts: readonly string[]): Spelling | undefined {
  const trimmed = texts.map((text) => text.trim());
  const notPlain = trimmed.filter((text) => !PLAIN.test(text));
  const [first] = notPlain;
  if (first === undefined) return undefined;
  const all = (...kinds: RegExp[]): boolean => notPlain.every((text) => kinds.some((kind) => kind.test(text)));
  const show = (what: string, plain: string): Spelling => ({
    seen: `numbers with ${what} (such as ${JSON.stringify(first)})`,
    remedy: `write ${plain}`,
  });
  const joined = first.replace(/[\s'’]/gu, '');
  if (all(GAPS)) return show('gaps between thousands', joined.replace(',', '.'));
  const commas = all(COMMAS);
  const decimal = all(COMMA, POINTS);
  // 1,234 can be either, and no other number of the column decides
  if (commas && decimal)
    return show(
      'a comma, for the point or between thousands',
      `${first.replaceAll(',', '')} or ${first.replace(',', '.')}`,
    );
  if (all(MINUS)) return show('another minus sign than -', first.replace(/^.\s?/, '-'));
  if (commas) return show('commas between thousands', first.replaceAll(',', ''));
  if (decimal) return show('a decimal comma', first.replaceAll('.', '').replace(',', '.'));
  return undefined;
}

/**
 * As numberSpelling, for spellings that a few distinct categories may have, too: percentages, amounts of money, numbers with a unit
 * or in quotation marks, negative numbers of accountants, pairs of numbers, and times of day.
 */
export function unitSpelling(texts: readonly string[]): Spelling | undefined {
  const trimmed = texts.map((text) => text.trim());
  const notPlain = trimmed.filter((text) => !PLAIN.test(text));
  for (const { seen, remedy, test, isBeside = false } of UNIT_SPELLINGS) {
    if (isBeside && notPlain.length === trimmed.length) continue;
    const found = notPlain.filter(test);
    const [first] = found;
    // a few words, such as unknown, may be among them
    if (first === undefined || found.length < MOST * notPlain.length) continue;
    return { seen: `${seen} (such as ${JSON.stringify(first)})`, remedy: remedy(first) };
  }
  const ofUnits = notPlain.filter((text) => ENDING.test(text));
  if (ofUnits[0] === undefined || ofUnits.length < MOST * notPlain.length || !haveOneUnit(ofUnits)) return undefined;
  return {
    seen: `numbers with a unit (such as ${JSON.stringify(ofUnits[0])})`,
    remedy: 'write them in one unit and without it',
  };
}

/** Whether all texts end in the same letters, or in units of one measure. */
function haveOneUnit(texts: readonly string[]): boolean {
  const units = new Set(texts.map((text) => ENDING.exec(text)?.groups?.['unit']?.replace(/\.$/, '').toLowerCase()));
  return units.size === 1 || UNITS.some((measure) => [...units].every((unit) => measure.has(unit as string)));
}

const digitsOf = (text: string): string => /\d[\d.,]*/.exec(text)?.[0] ?? text;
