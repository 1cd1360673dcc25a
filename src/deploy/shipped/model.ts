// A student as JSON, and back.

import type { Preprocessing, PreprocessingColumn } from '../../data/preprocessing.ts';
import { halfToFloat } from '../../io/half.ts';
import type { Architecture } from '../../student/architecture.ts';
import type { QuantizedForm } from '../../student/quantized-forms.ts';

/** A column in few letters: name, mean, standard deviation, 1 for symlog; or name and categories. */
export type SmallColumn = readonly [string, number, number, 0 | 1] | readonly [string, readonly string[]];

/** What a module has inside. */
export interface Model {
  readonly threshold: number;
  readonly clip: number;
  readonly missing?: readonly string[];
  readonly columns: readonly SmallColumn[];
  readonly architecture: Architecture;
  /** base64 of the packed layers, little-endian (quantization.ts, packLayers): weights, int8's scales, biases. */
  readonly parameters: string;
  /** Version, the first 16 digits of the SHA-256 of student.debkd, and the form of its parameters where it is none of float32. */
  readonly about: object;
}

export function packColumns({ columns }: Preprocessing): SmallColumn[] {
  return columns.map((column) =>
    column.kind === 'numeric'
      ? [column.name, column.mean, column.std, column.transform === 'symlog' ? 1 : 0]
      : [column.name, column.categories],
  );
}

export function unpackPreprocessing({ clip, missing, columns }: Model): Preprocessing {
  let F = 0;
  const unpacked = columns.map(([name, mean, std, symlog]): PreprocessingColumn => {
    const offset = F;
    if (typeof mean !== 'number') {
      F += mean.length;
      return { name, kind: 'categorical', categories: mean, offset, width: mean.length };
    }
    F++;
    return { name, kind: 'numeric', transform: symlog ? 'symlog' : 'none', mean, std: std as number, offset, width: 1 };
  });
  return { clip, columns: unpacked, encodedWidth: F, ...(missing && { missing }) };
}

/** What the parameters are stored in: filled in by the build, so that a student has no code for the other forms. */
declare const FORM: 'float32' | QuantizedForm;

/** The parameters in float32, as kernels/layout.ts lays them out. */
export function unpackParameters({ architecture, parameters }: Model, F: number): Float32Array {
  const { buffer } = fromBase64(parameters);
  // most hosts have the order of the bytes, and read nothing
  if (FORM === 'float32' && new Uint8Array(Uint32Array.of(1).buffer)[0]) return new Float32Array(buffer);
  const view = new DataView(buffer);
  const widths = [F, ...architecture.hidden, 1];
  const out: number[] = [];
  let at = 0;
  const float = (): number => {
    at += FORM === 'float32' ? 4 : 2;
    return FORM === 'float32' ? view.getFloat32(at - 4, true) : halfToFloat(view.getUint16(at - 2, true));
  };
  for (let l = 1; l < widths.length; l++) {
    const outputs = widths[l] as number;
    const weights = (widths[l - 1] as number) * outputs;
    if (FORM === 'int8') {
      const codes = at;
      at += weights;
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
