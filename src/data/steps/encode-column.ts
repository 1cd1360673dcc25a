// Encodes a column of a table by steps: each distinct text once.
import { DebkdError, quote } from '../../io/errors.ts';
import type { Remedy } from '../../io/remedies.ts';
import { missingTest } from '../missing.ts';
import type { Preprocessing } from '../preprocessing.ts';
import type { Column, Table } from '../table.ts';
import { causeOf, type UnknownCount } from '../unknown-values.ts';
import { stepsEncoder } from './encoder.ts';
import { listedValues, oneHotOf, type StepsColumn } from './step.ts';
import type { Problem } from './value.ts';

/** The encoded texts of a column. */
export interface EncodedTexts {
  /** For each text its number, or the place in the one-hot group, -1 for none; [texts]. */
  readonly values: Float64Array;
  /** Why a text cannot be encoded, by its code. */
  readonly problems: ReadonlyMap<number, Problem>;
  /** The codes of texts that the steps do not list. */
  readonly unknown: readonly number[];
}

/** Encodes the distinct texts of a column. */
export function encodeTexts(spec: StepsColumn, { texts }: Column, preprocessing: Preprocessing): EncodedTexts {
  const encode = stepsEncoder(spec, preprocessing);
  const values = new Float64Array(texts.length);
  const problems = new Map<number, Problem>();
  const unknown: number[] = [];
  texts.forEach((text, code) => {
    const encoded = encode(text);
    values[code] = encoded.value;
    if (encoded.problem) problems.set(code, encoded.problem);
    if (encoded.unknown) unknown.push(code);
  });
  return { values, problems, unknown };
}

/** Throws the error of a value that cannot be encoded. */
export function refuseValue(
  { name, codes }: Column,
  code: number,
  problem: Problem,
  { name: data, before = 0 }: Pick<Table, 'name' | 'before'>,
): never {
  const { seen, expected, remedy } = problem;
  const ways: Remedy[] = remedy === 'correct it' ? [remedy, { id: 'list-missing' }] : [remedy];
  throw new DebkdError('column', {
    subject: `data ${quote(data, 200)}, column ${quote(name)}, row ${before + codes.indexOf(code) + 1}`,
    seen,
    expected,
    remedy: ways,
  });
}

/**
 * Counts the unlisted values of a column; undefined if there are none. Missing values do not count.
 * @param counts number of rows with each text; [texts]
 */
export function unlistedOf(
  spec: StepsColumn,
  { texts }: Column,
  { unknown }: EncodedTexts,
  { counts, missing }: { readonly counts: ArrayLike<number>; readonly missing: readonly string[] | undefined },
): UnknownCount | undefined {
  const isMissing = missingTest(missing);
  const codes = unknown.filter((code) => (counts[code] as number) > 0 && !isMissing(texts[code] as string));
  if (codes.length === 0) return undefined;
  const example = texts[codes[0] as number] as string;
  return {
    column: spec.name,
    count: codes.reduce((sum, code) => sum + (counts[code] as number), 0),
    rows: Array.from(counts).reduce((sum, count) => sum + count, 0),
    example,
    cause: causeOf(example, listedValues(spec.steps).map(String)),
    ...(oneHotOf(spec) === undefined && { imputed: true }),
  };
}
