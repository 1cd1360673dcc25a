// Exports a student as safetensors, with PyTorch's names and layout. The file is the length of the header (uint64), the
// header as JSON, and the tensors.
import { storedPreprocessing } from '../data/preprocessing.ts';
import { halfToFloat } from '../io/half.ts';
import { littleEndian } from '../io/little-endian.ts';
import { concat } from '../io/source.ts';
import type { LayerLayout } from '../kernels/layout.ts';
import { productsOf } from '../kernels/trunk-layout.ts';
import { type PackedLayer, packLayers } from '../student/pack-layers.ts';
import { Student } from '../student/student.ts';
import { studentLayout } from '../student/student-layout.ts';
import { VERSION } from '../version.ts';
import type { Exported } from './exported.ts';
import { checkParity, type ParityOptions, parityRecords, recordProbabilities } from './parity.ts';
import { tensorShapes } from './tensor-shapes.ts';

type Numbers = Float32Array | Uint16Array | Int8Array;

interface Entry {
  readonly dtype: 'F32' | 'F16' | 'I8';
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/**
 * Exports the student as `student.safetensors`. Each layer has `layers.0.weight` [outputs, inputs] and `layers.0.bias`
 * [outputs], as in nn.Linear. Each convolution of a student of images has `stages.0.weight` [outputs, inputs, kernel, kernel], [outputs, 1,
 * kernel, kernel] where each channel is convolved by itself, and `stages.0.bias`, as in nn.Conv2d. int8 weights also have `layers.0.weight_scale` [outputs] in float16. The header's
 * `__metadata__` contains `architecture`, `preprocessing` and `threshold` as JSON. The file is read back and runs on
 * synthetic records first.
 * @param options.records raw records to run as well
 * @throws DebkdError `export` if a probability differs by more than 1e-6
 */
export async function toSafetensors(student: Student, options: ParityOptions = {}): Promise<Exported> {
  const bytes = encode(student);
  const records = parityRecords(student, options);
  const back = new Student({ ...student, parameters: decode(bytes, student) });
  const largestDifference = checkParity(
    'safetensors',
    recordProbabilities(student, records),
    recordProbabilities(back, records),
  );
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
  const packed = packLayers(student);
  tensorShapes(student).forEach(({ name, shape, indexOf }, l) => {
    const { outputs, weights, scales, biases } = packed[l] as PackedLayer;
    add(
      `${name}.weight`,
      shape,
      weights.map((_, i) => weights[indexOf(i)] as number),
    );
    if (scales) add(`${name}.weight_scale`, [outputs], scales);
    add(`${name}.bias`, [outputs], biases);
  });
  const { architecture, preprocessing, threshold, groupThresholds, defer, quantization } = student;
  const metadata = {
    format: 'pt',
    debkd: VERSION,
    architecture: JSON.stringify(architecture),
    preprocessing: JSON.stringify(storedPreprocessing(preprocessing)),
    threshold: String(threshold),
    ...(groupThresholds && { groupThresholds: JSON.stringify(groupThresholds) }),
    ...(defer && { defer: JSON.stringify(defer) }),
    ...(quantization && { quantization: JSON.stringify({ form: quantization.form, loss: quantization.loss }) }),
  };
  const header = new TextEncoder().encode(JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) }));
  // padded with spaces to a multiple of 8, which aligns the tensors for readers that map the file
  const padded = new Uint8Array(Math.ceil(header.length / 8) * 8).fill(0x20);
  padded.set(header);
  const length = new Uint8Array(8);
  new DataView(length.buffer).setUint32(0, padded.length, true);
  return concat([length, padded, ...parts]);
}

/** The parameters, as a reader of the file finds them. */
function decode(bytes: Uint8Array, student: Student): Float32Array {
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
  const shape = studentLayout(student.preprocessing, student.architecture);
  const products = productsOf(shape);
  const out = new Float32Array(shape.size);
  tensorShapes(student).forEach(({ name, indexOf }, l) => {
    const { inputs, weight, bias } = products[l] as LayerLayout;
    const scales = read(`${name}.weight_scale`);
    read(`${name}.weight`)?.forEach((w, i) => {
      out[weight + indexOf(i)] = w * (scales?.[Math.floor(i / inputs)] ?? 1);
    });
    out.set(read(`${name}.bias`) ?? [], bias);
  });
  return out;
}
