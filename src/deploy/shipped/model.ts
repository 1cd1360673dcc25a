// The JSON of a student inside student.js.
import type { ImageColumn } from '../../data/image-column.ts';
import type { Preprocessing, PreprocessingColumn, TextColumn } from '../../data/preprocessing.ts';
import type { Step } from '../../data/steps/step.ts';
import { halfToFloat } from '../../io/half.ts';
import type { Architecture } from '../../student/architecture.ts';
import type { DeferBand } from '../../student/decide.ts';
import type { GroupThresholds } from '../../student/group-thresholds.ts';
import type { QuantizedForm } from '../../student/quantized-forms.ts';
import type { RawRecord } from '../../student/record.ts';
import { packDigits } from './packed-numbers.ts';

/** A column as a short list: name, mean, standard deviation, 1 for symlog; or name, categories. */
export type PackedPlain = readonly [string, number, number, 0 | 1] | readonly [string, readonly string[]];

/** A text column: name, and its form. `rows` and `levels` are those of its weights by rarity, the levels packed (packDigits). */
export type PackedText = readonly [
  string,
  Pick<TextColumn, 'buckets' | 'words' | 'characters' | 'seen'> & {
    readonly rows?: number;
    readonly levels?: string;
  },
];

/** An image column: name, and its form. */
export type PackedImage = readonly [string, Pick<ImageColumn, 'size' | 'channels' | 'mean' | 'std'>];

/** A column of any kind; one with steps has its name, width, steps. */
export type PackedColumn = PackedPlain | readonly [string, number, readonly Step[]] | PackedText | PackedImage;

/** A student without its training: all that predictions need. */
export interface Model {
  readonly threshold: number;
  readonly groupThresholds?: GroupThresholds;
  /** The threshold of a record, by its group; the module of a student with such thresholds sets it. */
  readonly thresholdOf?: (record: RawRecord) => number;
  readonly defer?: DeferBand;
  readonly clip: number;
  readonly missing?: readonly string[];
  readonly columns: readonly PackedColumn[];
  readonly architecture: Architecture;
  /** Base64 of the layers, little-endian (packLayers in quantization.ts): weights, scales of int8, biases. */
  readonly parameters: string;
  /** The int8 weights of a student with texts or an image, which are then not in `parameters` (packCodes). */
  readonly codes?: string;
  /**
   * debkd's version, the first 16 digits of the SHA-256 of student.debkd, and the storage form unless it is float32.
   */
  readonly about: object;
}

export function packColumns({ columns }: Preprocessing): PackedColumn[] {
  return columns.map((column) => {
    if (column.kind === 'text') return packText(column);
    if (column.kind === 'image') {
      const { name, size, channels, mean, std } = column;
      return [name, { size, channels, mean, std }];
    }
    if (column.kind === 'steps') return [column.name, column.width, column.steps];
    return column.kind === 'numeric'
      ? [column.name, column.mean, column.std, column.transform === 'symlog' ? 1 : 0]
      : [column.name, column.categories];
  });
}

/** A text column of a student, as JSON. */
function packText({ name, buckets, words, characters, seen, idf }: TextColumn): PackedText {
  const weights = idf && { rows: idf.rows, levels: packDigits(idf.levels) };
  return [name, { buckets, words, characters, seen, ...weights }];
}

/** The preprocessing of a student without steps and texts. */
export function unpackPreprocessing({ clip, missing, columns }: Model): Preprocessing {
  let encodedWidth = 0;
  const unpacked = (columns as readonly PackedPlain[]).map(([name, mean, std, symlog]): PreprocessingColumn => {
    const offset = encodedWidth;
    if (typeof mean !== 'number') {
      encodedWidth += mean.length;
      return { name, kind: 'categorical', categories: mean, offset, width: mean.length };
    }
    encodedWidth++;
    return { name, kind: 'numeric', transform: symlog ? 'symlog' : 'none', mean, std: std as number, offset, width: 1 };
  });
  return { clip, columns: unpacked, encodedWidth, ...(missing && { missing }) };
}

/** The build replaces it with the storage form of the parameters: a student carries no code for the others. */
declare const FORM: 'float32' | QuantizedForm;

/** The parameters as float32, in the order of kernels/layout.ts. */
export function unpackParameters({ architecture, parameters }: Model, encodedWidth: number): Float32Array {
  const { buffer } = fromBase64(parameters);
  // little-endian hosts, which most are, read the bytes in place
  if (FORM === 'float32' && new Uint8Array(Uint32Array.of(1).buffer)[0]) return new Float32Array(buffer);
  const view = new DataView(buffer);
  const widths = [encodedWidth, ...architecture.hidden, 1];
  const out: number[] = [];
  let offset = 0;
  const float = (): number => {
    offset += FORM === 'float32' ? 4 : 2;
    return FORM === 'float32' ? view.getFloat32(offset - 4, true) : halfToFloat(view.getUint16(offset - 2, true));
  };
  for (let l = 1; l < widths.length; l++) {
    const outputs = widths[l] as number;
    const weights = (widths[l - 1] as number) * outputs;
    if (FORM === 'int8') {
      const codes = offset;
      offset += weights;
      const scales = Array.from({ length: outputs }, float);
      for (let i = 0; i < weights; i++) out.push(view.getInt8(codes + i) * (scales[i % outputs] as number));
    }
    for (let i = FORM === 'int8' ? weights : 0; i < weights + outputs; i++) out.push(float());
  }
  return Float32Array.from(out);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const native = Uint8Array as unknown as { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> };
  if (native.fromBase64) return native.fromBase64(text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
