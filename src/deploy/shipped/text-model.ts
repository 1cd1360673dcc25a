// A student with texts inside student.js: its text columns, its plan, and `about`.
import type { PlainColumn, Preprocessing, PreprocessingColumn } from '../../data/preprocessing.ts';
import type { RawInput } from '../../data/raw-inputs.ts';
import { placesOf } from '../../data/text-column.ts';
import { fromBase64 } from '../../io/base64.ts';
import { halfToFloat } from '../../io/half.ts';
import { fieldEncoder, type RecordPlan } from '../../student/record.ts';
import { textField } from '../../student/text-field.ts';
import type { Model, PackedColumn, PackedImage, PackedText } from './model.ts';
import { unpackCodes, unpackDigits } from './packed-numbers.ts';

/** The preprocessing of a student that has texts. */
export function unpackTexts({ clip, missing, columns }: Model): Preprocessing {
  let encodedWidth = 0;
  const unpacked = columns.map((packed): PreprocessingColumn => {
    const column = unpackColumn(packed as Exclude<PackedColumn, PackedImage>, encodedWidth);
    encodedWidth += column.width;
    return column;
  });
  return { clip, columns: unpacked, encodedWidth, ...(missing && { missing }) };
}

function unpackColumn(
  [name, second, third, symlog]: Exclude<PackedColumn, PackedImage>,
  offset: number,
): PreprocessingColumn {
  if (Array.isArray(third)) return { name, kind: 'steps', steps: third, offset, width: second as number };
  if (Array.isArray(second)) return { name, kind: 'categorical', categories: second, offset, width: second.length };
  const transform = symlog ? 'symlog' : 'none';
  if (typeof second === 'number')
    return { name, kind: 'numeric', transform, mean: second, std: third as number, offset, width: 1 };
  const { rows, levels, ...form } = second as PackedText[1];
  const width = placesOf(form).reduce((most, place) => Math.max(most, place + 1), 0);
  const idf = levels !== undefined && { idf: { rows: rows as number, levels: unpackDigits(levels, width) } };
  return { name, kind: 'text', ...form, ...idf, offset, width };
}

/** The plan of a student whose columns may be texts, and have no steps. */
export function planTexts(preprocessing: Preprocessing): RecordPlan {
  const { columns, encodedWidth } = preprocessing;
  return {
    width: encodedWidth,
    names: columns.map(({ name }) => name),
    fields: columns.map((column) =>
      column.kind === 'text' ? textField(column) : fieldEncoder(column as PlainColumn, preprocessing),
    ),
  };
}

/** The parameters of an int8 student with texts as float32, in the order of kernels/layout.ts. */
export function unpackTextParameters({ architecture, parameters, codes }: Model, encodedWidth: number): Float32Array {
  const halves = fromBase64(parameters);
  const packed = unpackCodes(codes as string);
  const widths = [encodedWidth, ...architecture.hidden, 1];
  const out: number[] = [];
  let [at, used] = [0, 0];
  const half = (): number => halfToFloat((halves[at++] as number) | ((halves[at++] as number) << 8));
  for (let l = 1; l < widths.length; l++) {
    const outputs = widths[l] as number;
    const scales = Array.from({ length: outputs }, half);
    const weights = (widths[l - 1] as number) * outputs;
    for (let i = 0; i < weights; i++) out.push((packed[used++] as number) * (scales[i % outputs] as number));
    for (let i = 0; i < outputs; i++) out.push(half());
  }
  return Float32Array.from(out);
}

/** `about` of a student whose columns may be texts, and have no steps. */
export function describeTexts({ about, threshold, defer }: Model, { columns }: Preprocessing): object {
  const inputs = columns.map((column): RawInput => {
    const { name, kind } = column;
    if (kind === 'text') return { name, type: 'text' };
    return kind === 'categorical'
      ? { name, type: 'category', categories: column.categories }
      : { name, type: 'number' };
  });
  return { ...about, threshold, ...(defer && { defer }), inputs };
}
