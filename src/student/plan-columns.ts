// Plans of records for any preprocessing.
import type { ImageColumn } from '../data/image-column.ts';
import { missingTest } from '../data/missing.ts';
import type { Preprocessing, PreprocessingColumn } from '../data/preprocessing.ts';
import { sameValue } from '../data/same-value.ts';
import { stepsEncoder } from '../data/steps/encoder.ts';
import { listedValues, oneHotOf, type StepsColumn } from '../data/steps/step.ts';
import type { Problem } from '../data/steps/value.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { addValue, type FieldEncoder, fieldEncoder, type RecordPlan, type Subject, textOf } from './record.ts';
import { textField } from './text-field.ts';

/** Makes the encoder of an image column. */
type ImageField = (column: ImageColumn) => FieldEncoder;

/**
 * Makes the plan of a preprocessing with columns of both forms.
 * @param imageField for students of images (image-plan.ts); apart, because others have no code for them
 */
export function planColumns(preprocessing: Preprocessing, imageField: ImageField = refuseImages): RecordPlan {
  const { columns, encodedWidth: width } = preprocessing;
  const counts = new Map<string, number>();
  for (const { name } of columns) counts.set(name, 1 + (counts.get(name) ?? 0));
  const reported = new Map<string, { unknown: boolean }>();
  return {
    width,
    names: columns.map(({ name }) => name),
    fields: columns.map((column) => {
      const field = column.kind === 'image' ? imageField(column) : fieldOf(column, preprocessing);
      if (counts.get(column.name) === 1) return field;
      const state = reported.get(column.name);
      const own = state ?? { unknown: false };
      reported.set(column.name, own);
      return onceUnknown(field, own, state === undefined);
    }),
  };
}

function refuseImages({ name }: ImageColumn): never {
  throw new DebkdError('column', {
    subject: `column ${quote(name)}`,
    seen: 'it holds images',
    expected: 'a record without images',
  });
}

function fieldOf(column: Exclude<PreprocessingColumn, ImageColumn>, preprocessing: Preprocessing): FieldEncoder {
  if (column.kind === 'steps') return stepsField(column, preprocessing);
  return column.kind === 'text' ? textField(column) : fieldEncoder(column, preprocessing);
}

/** Reports a field once, even if several columns with its name do not know the value. @param first of these columns */
function onceUnknown(field: FieldEncoder, state: { unknown: boolean }, first: boolean): FieldEncoder {
  return (value, row, subject) => {
    if (first) state.unknown = false;
    if (field(value, row, subject) || state.unknown) return true;
    state.unknown = true;
    return false;
  };
}

function stepsField(column: StepsColumn, preprocessing: Preprocessing): FieldEncoder {
  const encode = stepsEncoder(column, preprocessing);
  const isNumber = oneHotOf(column) === undefined;
  const { name, offset } = column;
  const isMissing = missingTest(preprocessing.missing);
  const listed = listedValues(column.steps).filter((value) => typeof value === 'string');
  const same = sameValue(listed);
  return (input, row, subject) => {
    const text = textOf(name, input, subject);
    const isExact = typeof input === 'string' || listed.includes(text) || isMissing(text);
    const { value, unknown, problem } = encode(isExact ? text : (same(input) ?? text));
    if (problem) throw refused(name, subject, problem);
    if (isNumber) addValue(row, offset, value);
    else if (value >= 0) addValue(row, offset + value, 1);
    return !unknown;
  };
}

function refused(name: string, subject: Subject, { seen, expected, remedy }: Problem): DebkdError {
  return new DebkdError('column', {
    subject: typeof subject === 'string' ? subject : subject(),
    seen: `field ${quote(name)}: ${seen}`,
    ...(expected !== undefined && { expected }),
    remedy,
    field: name,
  });
}
