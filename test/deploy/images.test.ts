// Students of images in every export, against the kernel.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import type { Dataset } from '../../src/data/dataset.ts';
import { openDecoder } from '../../src/data/image/decode.ts';
import type { Raster } from '../../src/data/image/raster.ts';
import { denseRows, type Matrix } from '../../src/data/matrix.ts';
import type { Exported } from '../../src/deploy/exported.ts';
import { toJavaScript } from '../../src/deploy/javascript.ts';
import { toOnnx } from '../../src/deploy/onnx.ts';
import { syntheticRecords } from '../../src/deploy/parity.ts';
import { quantize } from '../../src/deploy/quantize.ts';
import { toSafetensors } from '../../src/deploy/safetensors.ts';
import { packWideCodes, unpackWideCodes } from '../../src/deploy/shipped/packed-numbers.ts';
import { moduleUrl } from '../../src/deploy/shipped-module.ts';
import { toWasm } from '../../src/deploy/wasm.ts';
import type { Architecture } from '../../src/student/architecture.ts';
import type { RawRecord } from '../../src/student/record.ts';
import { Student } from '../../src/student/student.ts';
import { studentLayout } from '../../src/student/student-layout.ts';
import { loadRuntime } from '../../src/teacher/runtime.ts';
import { pictureFile, picturePixels, pictures } from '../pictures.ts';
import { describePython, pythonFile } from '../python.ts';
import { dice } from '../random.ts';
import {
  IMAGE_CASES,
  type TinyForm,
  tinyDataset,
  tinyImageStudent,
  tinyPreprocessing,
  tinyRecord,
} from '../tiny-images.ts';

const FORMS = ['float32', 'float16', 'int8'] as const;
const source = ({ files }: Exported, path: string): string =>
  new TextDecoder().decode(files.find((file) => file.path === path)?.bytes);
interface Shipped {
  predictBatch(records: readonly object[]): { probability: number; label: number }[];
  unknownFields(record: object): string[];
  about: { inputs: readonly { name: string; type: string }[] };
}
interface Network {
  readonly memory: WebAssembly.Memory;
  open(): number;
  end(): number;
}
const load = async <T>(text: string): Promise<T> => (await import(moduleUrl(text))) as T;
const inForm = (student: Student, form: (typeof FORMS)[number]): Student =>
  form === 'float32' ? student : quantize(student, form, { force: true });

type Decoder = Awaited<ReturnType<typeof openDecoder>> & {
  decode(bytes: Uint8Array): Raster;
  sizeOf(bytes: Uint8Array): object;
};

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing failed';
}

/** The encoded columns besides the image's; float32 [rows x columns]. */
function otherColumns({ features }: Dataset): Float32Array {
  const { size, channels, offset } = features.images as NonNullable<Matrix['images']>;
  const length = size[0] * size[1] * channels;
  return denseRows(features, 0, features.rows).filter((_, i) => {
    const column = i % features.width;
    return column < offset || column >= offset + length;
  });
}

/** Runs student.onnx on a dataset. */
async function evaluate(bytes: Uint8Array, data: Dataset): Promise<number[]> {
  const ort = await loadRuntime();
  const session = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] });
  const { features } = data;
  const { size, channels, pixels } = features.images as NonNullable<Matrix['images']>;
  const others = otherColumns(data);
  const width = others.length / features.rows;
  const { probability } = await session.run({
    image: new ort.Tensor('uint8', pixels, [features.rows, ...size, channels]),
    ...(width > 0 && { input: new ort.Tensor('float32', others, [features.rows, width]) }),
  });
  await session.release();
  return Array.from((probability as { data: Float32Array }).data);
}

const rows = 24;
const recordsOf = (form: TinyForm): RawRecord[] => Array.from({ length: rows }, (_, i) => tinyRecord(form, 300 + i));

describe.each(IMAGE_CASES)('%j on %j', (shape, form) => {
  const made = tinyImageStudent(form, shape);
  test.each(FORMS)('JavaScript and wasm in %s predict the bits of the kernel', async (storage) => {
    const student = inForm(await made, storage);
    const expected = [...student.predictProba(tinyDataset(form, rows, 300))];
    const records = recordsOf(form);
    const synthetic = syntheticRecords(student);
    const answers = synthetic.map((record) => student.predictRecord(record));
    const [js, wasm] = [await toJavaScript(student), await toWasm(student)];
    expect([js, wasm].map(({ largestDifference }) => largestDifference)).toEqual([0, 0]);
    expect(source(await toJavaScript(student), 'student.js')).toBe(source(js, 'student.js'));
    const shipped = await load<Shipped>(source(js, 'student.js'));
    expect(shipped.predictBatch(records).map(({ probability }) => probability)).toEqual(expected);
    expect(shipped.predictBatch(synthetic)).toEqual(answers);
    expect(shipped.about.inputs.find(({ name }) => name === 'image')).toEqual({ name: 'image', type: 'image' });
    if (form.others) expect(shipped.unknownFields({ ...records[0], colour: 'green' })).toEqual(['colour']);
    expect(() => shipped.predictBatch([{ ...records[0], image: 'a.png' }])).toThrow(
      /field "image" is string, expected/,
    );
    const module = new WebAssembly.Module(wasm.files[0]?.bytes as Uint8Array<ArrayBuffer>);
    expect(WebAssembly.Module.imports(module)).toEqual([]);
    const { openStudent } = await load<{ openStudent(module: WebAssembly.Module): Shipped }>(
      source(wasm, 'student.js'),
    );
    const opened = openStudent(module);
    expect(opened.predictBatch(records).map(({ probability }) => probability)).toEqual(expected);
    expect(opened.predictBatch(synthetic)).toEqual(answers);
    const { memory, open, end } = new WebAssembly.Instance(module).exports as unknown as Network;
    open();
    expect(end()).toBeLessThanOrEqual(memory.buffer.byteLength);
    expect(end()).toBeGreaterThan(memory.buffer.byteLength - 2 * 65536);
  });
});

describe.each(IMAGE_CASES)('%j on %j', (shape, form) => {
  test.each(FORMS)('ONNX and safetensors in %s', async (storage) => {
    const student = inForm(await tinyImageStudent(form, shape), storage);
    const onnx = await toOnnx(student);
    expect(onnx.files.map(({ path }) => path)).toEqual(['student.onnx', 'student-raw.onnx']);
    expect(onnx.largestDifference).toBeLessThan(2e-3);
    expect(onnx.notes?.[0]).toContain('uint8 [height, width, 3]');
    // at the student's size
    const data = tinyDataset(form, rows, 300);
    const expected = student.predictProba(data);
    const actual = await evaluate(onnx.files[0]?.bytes as Uint8Array, data);
    expect(Math.max(...actual.map((p, i) => Math.abs(p - (expected[i] as number))))).toBeLessThan(1e-6);
    const safetensors = await toSafetensors(student);
    expect(safetensors.largestDifference).toBe(0);
  });
});

describePython('torch')('PyTorch loads student.safetensors as docs/other-runtimes.md says', () => {
  const folder = mkdtempSync(join(tmpdir(), 'debkd-torch-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const cases = IMAGE_CASES.map(([shape, form], i) => ({
    shape,
    form,
    storage: FORMS[i % 3] as (typeof FORMS)[number],
  }));

  test.each(cases)('$shape on $form in $storage', async ({ shape, form, storage }) => {
    const student = inForm(await tinyImageStudent(form, shape), storage);
    const data = tinyDataset(form, rows, 300);
    const file = join(folder, 'student.safetensors');
    writeFileSync(file, (await toSafetensors(student)).files[0]?.bytes as Uint8Array);
    const images = Buffer.from((data.features.images as NonNullable<Matrix['images']>).pixels).toString('base64');
    const input = JSON.stringify({ rows, images, others: [...otherColumns(data)] });
    const found = JSON.parse(pythonFile('test/golden/image_student.py', [file], input)) as number[];
    const expected = student.predictProba(data);
    expect(Math.max(...found.map((p, i) => Math.abs(p - (expected[i] as number))))).toBeLessThan(1e-6);
  });
});

test('large images and windows: the memory of student.wasm fits, and the bits are the same', async () => {
  for (const [size, conv] of [
    [[96, 95], { channels: [9, 17], kernel: 5 }],
    [[8, 96], { channels: [33, 2, 40], blocks: 'separable' }],
    [[96, 8], { channels: [16], blocks: 'residual' }],
  ] as const) {
    const preprocessing = tinyPreprocessing({ size, channels: 3, others: true });
    const architecture: Architecture = { hidden: [7], conv };
    const d = dice(4);
    const parameters = Float32Array.from({ length: studentLayout(preprocessing, architecture).size }, () =>
      d.real(-0.2, 0.2),
    );
    const student = new Student({ architecture, parameters, preprocessing, threshold: 0.5, provenance: {} });
    const { files, largestDifference } = await toWasm(student);
    expect(largestDifference).toBe(0);
    const module = new WebAssembly.Module(files[0]?.bytes as Uint8Array<ArrayBuffer>);
    const { memory, open, end } = new WebAssembly.Instance(module).exports as unknown as Network;
    open();
    expect(end()).toBeLessThanOrEqual(memory.buffer.byteLength);
  }
});

test('wide codes come back, in characters that neither JSON nor HTML escapes', () => {
  const all = Int8Array.from({ length: 255 }, (_, i) => i - 127);
  for (const codes of [all, all.subarray(0, 1), all.subarray(3, 103), new Int8Array(0)]) {
    const text = packWideCodes(codes);
    expect(unpackWideCodes(text, codes.length)).toEqual([...codes]);
    expect(JSON.stringify(text)).toBe(`"${text}"`);
    expect(text).not.toMatch(/[<'\\]/);
  }
});

test('decoder.js beside student.js has the pixels of Pillow and of the library, and the same errors', async () => {
  const student = await tinyImageStudent({ size: [8, 8], channels: 3 }, { hidden: [], conv: { channels: [2] } });
  const library = await openDecoder();
  for (const exported of [await toJavaScript(student), await toWasm(student)]) {
    const { openDecoder: open } = await load<{ openDecoder(modules: object): Decoder }>(source(exported, 'decoder.js'));
    const compiled = (path: string): WebAssembly.Module =>
      new WebAssembly.Module(exported.files.find((file) => file.path === path)?.bytes as Uint8Array<ArrayBuffer>);
    const decoder = open({ png: compiled('png.wasm'), jpeg: compiled('jpeg.wasm') });
    for (const [name, { width, height, pixels }] of Object.entries(pictures)) {
      if (pixels === '') continue;
      const bytes = pictureFile(name);
      const found = decoder.decode(bytes);
      expect(found, name).toEqual(library.decode(bytes, name));
      expect(found).toMatchObject({ width, height });
      expect(decoder.sizeOf(bytes)).toEqual({ width, height });
      expect([...found.pixels], name).toEqual([...picturePixels(name)]);
      const cut = bytes.slice(0, bytes.length - 20);
      expect(messageOf(() => decoder.decode(cut))).toBe(messageOf(() => library.decode(cut, 'image')));
    }
    expect(() => open({}).decode(pictureFile('rgb.png'))).toThrow(/the module of this format was not given/);
    expect(source(exported, 'decoder.d.ts')).toContain('decode(bytes: Uint8Array): DecodedImage');
  }
});

test('size: at most 12 KiB of student.js for conv:8,16,32 in int8', async () => {
  const form = { size: [32, 32], channels: 3 } as const;
  const { parameters, ...rest } = await tinyImageStudent(form, { hidden: [], conv: { channels: [8, 16, 32] } });
  const d = dice(6);
  // bell-shaped, as trained weights are
  const bell = parameters.map(() => Array.from({ length: 4 }, () => d.real(-0.1, 0.1)).reduce((sum, x) => sum + x, 0));
  const { files } = await toJavaScript(inForm(new Student({ ...rest, parameters: bell }), 'int8'));
  const size = gzipSync(files[0]?.bytes as Uint8Array, { level: 9 }).length;
  expect(size).toBeLessThan(12 * 1024);
});
