// A preprocessing encodes raw rows as numbers; it is fitted on given rows or read from a file.
//   numeric: z = (transform(x) - mean) / std, clipped to ±clip; a missing value is 0
//   categorical: 1 in the column of the category that equals the text, all zeros for an unlisted text; a missing value
//     whose spelling is not listed is the category '', if there is one
//   text: the value of each n-gram of the text, one column for each bucket that was seen (text-column.ts)
//   image: the pixels of the resized image (image-column.ts)
//   steps: one operation after the other (steps/step.ts)
// Computed in float64, then cast to float32.
import { withStoredNames } from '../io/stored-names.ts';
import { parseColumns, SYMLOG_STORED } from './parse-columns.ts';
import { parseImage } from './parse-image.ts';
import { parseText } from './parse-text.ts';
import type { Preprocessing } from './preprocessing-column.ts';
import { parseSteps } from './steps/parse.ts';

export { parseNumber, standardise } from '../kernels/numbers.ts';
export type {
  CategoricalColumn,
  NumericColumn,
  PlainColumn,
  Preprocessing,
  PreprocessingColumn,
} from './preprocessing-column.ts';
export type { TextColumn, TextWeights } from './text-column.ts';

/** The preprocessing as JSON of student files, whose bytes stay the same across versions. */
export function storedPreprocessing(preprocessing: Preprocessing): unknown {
  const stored = preprocessing.columns.map((column) => {
    if (column.kind === 'steps') {
      const { kind: _, ...rest } = column;
      return rest;
    }
    return column.kind === 'numeric' && column.transform === 'symlog'
      ? { ...column, transform: SYMLOG_STORED }
      : column;
  });
  return withStoredNames({ ...preprocessing, columns: stored });
}

/**
 * Checks the JSON of a preprocessing file. `clip` is optional there.
 * @param name of the file, for messages
 * @throws DebkdError `preprocessing`
 * @example
 * const preprocessing = parsePreprocessing(JSON.parse(await readFile('preprocessing.json', 'utf8')), 'preprocessing.json');
 */
export function parsePreprocessing(value: unknown, name: string): Preprocessing {
  return parseColumns(value, name, { steps: parseSteps, text: parseText, image: parseImage });
}
