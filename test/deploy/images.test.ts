// Students of images in every export, against the kernel.
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Exported } from '../../src/deploy/exported.ts';
import { toJavaScript } from '../../src/deploy/javascript.ts';
import { syntheticRecords } from '../../src/deploy/parity.ts';
import { quantize } from '../../src/deploy/quantize.ts';
import { moduleUrl } from '../../src/deploy/shipped-module.ts';
import { toWasm } from '../../src/deploy/wasm.ts';
import type { RawRecord } from '../../src/student/record.ts';
import type { Student } from '../../src/student/student.ts';
import { IMAGE_CASES, type TinyForm, tinyDataset, tinyImageStudent, tinyRecord } from '../tiny-images.ts';

const FORMS = ['float32', 'float16', 'int8'] as const;
const source = ({ files }: Exported, path: string): string =>
  new TextDecoder().decode(files.find((file) => file.path === path)?.bytes);
interface Shipped {
  predictBatch(records: readonly object[]): { probability: number; label: number }[];
  unknownFields(record: object): string[];
  about: { inputs: readonly { name: string; type: string }[] };
}
const load = async <T>(text: string): Promise<T> => (await import(moduleUrl(text))) as T;
const inForm = (student: Student, form: (typeof FORMS)[number]): Student =>
  form === 'float32' ? student : quantize(student, form, { force: true });

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
    expect(await toJavaScript(student)).toEqual(js);
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
    const { memory, open, end } = new WebAssembly.Instance(module).exports as {
      memory: WebAssembly.Memory;
      open(): number;
      end(): number;
    };
    open();
    expect(end()).toBeLessThanOrEqual(memory.buffer.byteLength);
    expect(end()).toBeGreaterThan(memory.buffer.byteLength - 2 * 65536);
  });
});

test('size: at most 12 kB of student.js for conv:8,16,32 in int8', async () => {
  const student = await tinyImageStudent(
    { size: [32, 32], channels: 3 },
    { hidden: [], conv: { channels: [8, 16, 32] } },
  );
  const { files } = await toJavaScript(inForm(student, 'int8'));
  const size = gzipSync(files[0]?.bytes as Uint8Array, { level: 9 }).length;
  expect(size).toBeLessThan(12_000);
});
