// What is counted of each column that a student reads.
import { textAt } from '../data/byte-texts.ts';
import { columnNumbers } from '../data/column-numbers.ts';
import { hashTexts } from '../data/hash-texts.ts';
import { missingTest } from '../data/missing.ts';
import type { Preprocessing } from '../data/preprocessing.ts';
import { rawInputs } from '../data/raw-inputs.ts';
import { stepsEncoder } from '../data/steps/encoder.ts';
import type { DateStep } from '../data/steps/step.ts';
import type { Column } from '../data/table.ts';
import { wordsOf } from '../data/text/words.ts';
import { placesOf, type TextColumn } from '../data/text-column.ts';
import type { Histogram } from './histogram.ts';

/** One quantity of a column. */
export interface Measure extends Pick<Histogram, 'column' | 'kind' | 'part'> {
  /** The student's categories; only for categories. */
  readonly listed?: readonly string[];
  /** Whether a text counts as missing. */
  readonly isMissing: (text: string) => boolean;
  /** The number of each text that has rows, NaN if it is missing; absent for categories. @param counts rows of each text */
  readonly numbers?: (column: Column, counts: Uint32Array) => ArrayLike<number>;
}

/** The measures of a student's columns, in the order of its columns. */
export function measuresOf(preprocessing: Preprocessing): Measure[] {
  const { columns, missing } = preprocessing;
  const isMissing = missingTest(missing);
  return rawInputs(columns).flatMap(({ name, type, categories = [] }): Measure[] => {
    const shared = { column: name, isMissing };
    const specs = columns.filter((spec) => spec.name === name);
    switch (type) {
      case 'category': {
        const listed = new Set(categories);
        const isAbsent = (text: string): boolean => isMissing(text) && (text === '' || !listed.has(text));
        return [{ ...shared, kind: 'category', listed: categories, isMissing: isAbsent }];
      }
      case 'date':
        return datesOf(specs).map((step) => ({
          ...shared,
          kind: 'date',
          part: step.date === 'daysSince' ? `days since ${step.since}` : step.date,
          numbers: dateNumbers(step, missing),
        }));
      case 'text': {
        const spec = specs.find((one): one is TextColumn => one.kind === 'text') as TextColumn;
        return [
          { ...shared, kind: 'words', numbers: byText(isMissing, (text) => wordsOf(text).length) },
          { ...shared, kind: 'known n-grams', numbers: knownShares(spec, isMissing) },
        ];
      }
      case 'image':
        return [{ ...shared, kind: 'image', numbers: byText(isMissing, () => 0) }];
      default:
        return [{ ...shared, kind: 'number', numbers: plainNumbers(missing, isMissing) }];
    }
  });
}

type Numbers = NonNullable<Measure['numbers']>;

/** A number of each text that has rows. */
function byText(isMissing: (text: string) => boolean, numberOf: (text: string) => number): Numbers {
  return (column, counts) =>
    Float64Array.from(counts, (count, code) => {
      if (count === 0) return NaN;
      const text = textAt(column, code);
      return isMissing(text) ? NaN : numberOf(text);
    });
}

/** Numbers as the student reads them. A text that is no number, where the student only asks whether one is there, counts as 0. */
function plainNumbers(missing: readonly string[] | undefined, isMissing: (text: string) => boolean): Numbers {
  return (column, counts) => {
    const numbers = columnNumbers(column, missing);
    const isAbsent = (code: number): boolean => counts[code] === 0 || isMissing(textAt(column, code));
    // most columns have a number in every row: no copy is made
    if (areFinite(numbers)) return numbers;
    return numbers.map((x, code) => (Number.isFinite(x) ? x : isAbsent(code) ? NaN : 0));
  };
}

/** A loop: a function that is called for each of many millions of numbers takes most of the time. */
function areFinite(numbers: Float64Array): boolean {
  for (let i = 0; i < numbers.length; i++) if (!Number.isFinite(numbers[i])) return false;
  return true;
}

/** The different parts of a date that a column's steps take. */
function datesOf(specs: Preprocessing['columns']): DateStep[] {
  const found = specs.flatMap((spec) =>
    spec.kind === 'steps' ? spec.steps.filter((step): step is DateStep => 'date' in step) : [],
  );
  return [...new Map(found.map((step) => [JSON.stringify(step), step])).values()];
}

function dateNumbers(step: DateStep, missing: readonly string[] | undefined): Numbers {
  const encode = stepsEncoder({ steps: [step] }, { clip: Infinity, missing });
  return (column, counts) =>
    Float64Array.from(counts, (count, code) => {
      if (count === 0) return NaN;
      const { value, problem } = encode(textAt(column, code));
      return problem ? NaN : value;
    });
}

/** The share of a text's different n-grams that have a weight. */
function knownShares(spec: TextColumn, isMissing: (text: string) => boolean): Numbers {
  const places = placesOf(spec);
  return (column, counts) => {
    const texts = hashTexts(column, spec);
    return Float64Array.from(counts, (count, code) => {
      if (count === 0 || isMissing(textAt(column, code))) return NaN;
      const buckets = texts.bucketsOf(code);
      let known = 0;
      for (const bucket of buckets) if ((places[bucket] as number) >= 0) known++;
      return buckets.length === 0 ? NaN : known / buckets.length;
    });
  };
}
