// A student as safetensors: the length of a JSON header (uint64), the header, the tensors. PyTorch's names and layout.

import { storedPreprocessing } from '../data/preprocessing.ts';
import { halfToFloat } from '../io/half.ts';
import { littleEndian } from '../io/little-endian.ts';
import { concat } from '../io/source.ts';
import { layout } from '../kernels/layout.ts';
import { packLayers } from '../student/pack-layers.ts';
import { Student } from '../student/student.ts';
import { VERSION } from '../version.ts';
import type { Exported } from './exported.ts';
import { checkParity, encodedRecords, type ParityOptions, parityRecords } from './parity.ts';

type Numbers = Float32Array | Uint16Array | Int8Array;

interface Entry {
  readonly dtype: 'F32' | 'F16' | 'I8';
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/**
 * The student as `student.safetensors`: `layers.0.weight` [outputs, inputs] and `layers.0.bias`, as of nn.Linear, layer by
 * layer; int8 weights have `layers.0.weight_scale` [outputs], float16. The header's `__metadata__` has, as JSON, `architecture`,
 * `preprocessing` and `threshold`. It is read again and run on synthetic rows before it is returned.
 * @param options.records raw records to run as well
 * @throws DebkdError `export` when its answers differ from the student's
 */
export async function toSafetensors(student: Student, options: ParityOptions = {}): Promise<Exported> {
  const bytes = encode(student);
  const rows = encodedRecords(student, parityRecords(student, options));
  const back = new Student({ ...student, parameters: decode(bytes, student) });
  const largestDifference = checkParity('safetensors', student.predictProba(rows), back.predictProba(rows));
  return { target: 'safetensors', files: [{ path: 'student.safetensors', bytes }], largestDifference };
}

function encode(student: Student): Uint8Array<ArrayBuffer> {
  const entries: [string, Entry][] = [];
  const parts: Uint8Array[] = [];
  let at = 0;
  const add = (name: string, shape: readonly number[], values: Numbers): void => {
    const dtype = values instanceof Float32Array ? 'F32' : values instanceof Uint16Array ? 'F16' : 'I8';
    entries.push([name, { dtype, shape, data_offsets: [at, at + values.byteLength] }]);
    parts.push(littleEndian(values));
    at += values.byteLength;
  };
  packLayers(student).forEach(({ inputs, outputs, weights, scales, biases }, l) => {
    add(
      `layers.${l}.weight`,
      [outputs, inputs],
      weights.map((_, i) => weights[place(i, inputs, outputs)] as number),
    );
    if (scales) add(`layers.${l}.weight_scale`, [outputs], scales);
    add(`layers.${l}.bias`, [outputs], biases);
  });
  const { architecture, preprocessing, threshold, quantization } = student;
  const metadata = {
    ...{ format: 'pt', debkd: VERSION, architecture: JSON.stringify(architecture) },
    ...{ preprocessing: JSON.stringify(storedPreprocessing(preprocessing)), threshold: String(threshold) },
    ...(quantization && { quantization: JSON.stringify({ form: quantization.form, loss: quantization.loss }) }),
  };
  const header = new TextEncoder().encode(JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) }));
  // spaces after the header, to a multiple of 8, as readers map it
  const padded = new Uint8Array(Math.ceil(header.length / 8) * 8).fill(0x20);
  padded.set(header);
  const length = new Uint8Array(8);
  new DataView(length.buffer).setUint32(0, padded.length, true);
  return concat([length, padded, ...parts]);
}

/** Where element i of [outputs, inputs] lies in [inputs, outputs]. */
function place(i: number, inputs: number, outputs: number): number {
  return (i % inputs) * outputs + Math.floor(i / inputs);
}

/** The parameters that a reader finds in the bytes. */
function decode(bytes: Uint8Array, { preprocessing, architecture }: Student): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const start = 8 + view.getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, start))) as Record<string, Entry>;
  const read = (name: string): number[] | undefined => {
    const entry = header[name];
    if (!entry) return undefined;
    const [from, to] = entry.data_offsets.map((offset) => start + offset) as [number, number];
    const size = { F32: 4, F16: 2, I8: 1 }[entry.dtype];
    return Array.from({ length: (to - from) / size }, (_, i) => {
      if (entry.dtype === 'F32') return view.getFloat32(from + 4 * i, true);
      return entry.dtype === 'F16' ? halfToFloat(view.getUint16(from + 2 * i, true)) : view.getInt8(from + i);
    });
  };
  const { layers, size } = layout(preprocessing.encodedWidth, architecture);
  const out = new Float32Array(size);
  layers.forEach(({ inputs, outputs, weight, bias }, l) => {
    const scales = read(`layers.${l}.weight_scale`);
    read(`layers.${l}.weight`)?.forEach((w, i) => {
      out[weight + place(i, inputs, outputs)] = w * (scales?.[Math.floor(i / inputs)] ?? 1);
    });
    out.set(read(`layers.${l}.bias`) ?? [], bias);
  });
  return out;
}
