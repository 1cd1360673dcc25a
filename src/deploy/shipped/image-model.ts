// A student with an image inside student.js: its columns, its plan, its parameters, and `about`.
import type { ImageColumn } from '../../data/image-column.ts';
import type { PlainColumn, Preprocessing, PreprocessingColumn } from '../../data/preprocessing.ts';
import type { RawInput } from '../../data/raw-inputs.ts';
import { fromBase64 } from '../../io/base64.ts';
import { halfToFloat } from '../../io/half.ts';
import { type NetworkLayout, productsOf } from '../../kernels/trunk-layout.ts';
import { imageField } from '../../student/image-field.ts';
import type { QuantizedForm } from '../../student/quantized-forms.ts';
import { fieldEncoder, type RecordPlan } from '../../student/record.ts';
import type { Model, PackedColumn, PackedImage, PackedText } from './model.ts';
import { unpackWideCodes } from './packed-numbers.ts';

/** The build replaces it with the student's columns other than the image. */
declare const OTHERS: 'none' | 'plain' | 'steps';

/** The preprocessing of a student that has an image. */
export function unpackImages({ clip, missing, columns }: Model): Preprocessing {
  let encodedWidth = 0;
  const unpacked = (columns as readonly Exclude<PackedColumn, PackedText>[]).map((packed): PreprocessingColumn => {
    const column = unpackColumn(packed, encodedWidth);
    encodedWidth += column.width;
    return column;
  });
  return { clip, columns: unpacked, encodedWidth, ...(missing && { missing }) };
}

function unpackColumn(
  [name, second, third, symlog]: Exclude<PackedColumn, PackedText>,
  offset: number,
): PreprocessingColumn {
  if (OTHERS === 'none') return imageOf(name, second as PackedImage[1], offset);
  if (Array.isArray(third)) return { name, kind: 'steps', steps: third, offset, width: second as number };
  if (Array.isArray(second)) return { name, kind: 'categorical', categories: second, offset, width: second.length };
  const transform = symlog ? 'symlog' : 'none';
  if (typeof second === 'number')
    return { name, kind: 'numeric', transform, mean: second, std: third as number, offset, width: 1 };
  return imageOf(name, second as PackedImage[1], offset);
}

function imageOf(name: string, form: PackedImage[1], offset: number): ImageColumn {
  return { name, kind: 'image', ...form, offset, width: form.size[0] * form.size[1] * form.channels };
}

/** The plan of a student whose columns may be images, and have no steps. */
export function planImages(preprocessing: Preprocessing): RecordPlan {
  const { columns, encodedWidth } = preprocessing;
  return {
    width: encodedWidth,
    names: columns.map(({ name }) => name),
    fields: columns.map((column) =>
      OTHERS === 'none' || column.kind === 'image'
        ? imageField(column as ImageColumn)
        : fieldEncoder(column as PlainColumn, preprocessing),
    ),
  };
}

/** The build replaces it with the storage form of the parameters. */
declare const FORM: 'float32' | QuantizedForm;

/** The parameters as float32, in the order of kernels/trunk-layout.ts. */
export function unpackImageParameters({ parameters, codes }: Model, layout: NetworkLayout): Float32Array {
  const bytes = fromBase64(parameters);
  const view = new DataView(bytes.buffer);
  const out = new Float32Array(layout.size);
  let offset = 0;
  const float = (): number => {
    offset += FORM === 'float32' ? 4 : 2;
    return FORM === 'float32' ? view.getFloat32(offset - 4, true) : halfToFloat(view.getUint16(offset - 2, true));
  };
  if (FORM !== 'int8') return out.map(float);
  const products = productsOf(layout);
  const packed = unpackWideCodes(
    codes as string,
    products.reduce((sum, { weight, bias }) => sum + bias - weight, 0),
  );
  let used = 0;
  for (const { outputs, weight, bias } of products) {
    const scales = Array.from({ length: outputs }, float);
    for (let i = weight; i < bias; i++)
      out[i] = (packed[used++] as number) * (scales[(i - weight) % outputs] as number);
    for (let j = 0; j < outputs; j++) out[bias + j] = float();
  }
  return out;
}

/** `about` of a student whose columns may be images, and have no steps. */
export function describeImages({ about, threshold, defer }: Model, { columns }: Preprocessing): object {
  const inputs = columns.map((column): RawInput => {
    const { name, kind } = column;
    if (OTHERS === 'none' || kind === 'image') return { name, type: 'image' };
    return kind === 'categorical'
      ? { name, type: 'category', categories: column.categories }
      : { name, type: 'number' };
  });
  return { ...about, threshold, ...(defer && { defer }), inputs };
}
