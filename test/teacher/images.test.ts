// Teachers of images: pixels and margins equal those of PyTorch with the steps of transformers (golden/image_teachers.py), however they are called.
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { openDecoder } from '../../src/data/image/decode.ts';
import type { LabelCache } from '../../src/io/cache.ts';
import { hiddenFeatures } from '../../src/teacher/hidden-features.ts';
import { RAW } from '../../src/teacher/image-candidates.ts';
import { planImages } from '../../src/teacher/image-rows.ts';
import { labelKey } from '../../src/teacher/label-cache.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { softLabels } from '../../src/teacher/soft-labels.ts';
import type { Teacher } from '../../src/teacher/teacher.ts';
import type { TeacherOptions } from '../../src/teacher/teacher-options.ts';
import { imageFiles, imageRows } from '../image-files.ts';

interface Case {
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly model: string;
  readonly outputs: readonly (readonly number[])[];
  readonly features: readonly (readonly number[])[];
  readonly first: readonly (readonly number[])[];
  readonly sum: readonly number[];
}
const golden = JSON.parse(readFileSync(new URL('../golden/image_teachers.json', import.meta.url), 'utf8')) as {
  readonly pictures: readonly string[];
  readonly cases: readonly Case[];
};
const bytesOf = (base64: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(base64, 'base64'));
const pictures = golden.pictures.map(bytesOf);
const names = pictures.map((_, i) => `${i}.png`);
const images = imageFiles((text) => pictures[Number.parseInt(text, 10)] as Uint8Array);
const rows = imageRows(names, images, { age: names.map((_, i) => `${i}`) });
const caseOf = (name: string): Case => golden.cases.find((one) => one.name === name) as Case;

const opened: Teacher[] = [];
afterAll(() => {
  for (const teacher of opened) teacher[Symbol.dispose]();
});
async function load(name: string, options: TeacherOptions = { imageConfig: caseOf(name).config }): Promise<Teacher> {
  const teacher = await loadTeacher(bytesOf(caseOf(name).model), options);
  opened.push(teacher);
  return teacher;
}

/** Log-odds of class 1: one logit, the difference of two, or the log-odds of two probabilities. */
function marginOf(name: string, output: readonly number[]): number {
  const [a = 0, b] = output;
  if (b === undefined) return a;
  return name === 'bytes' ? Math.log(b / a) : b - a;
}

describe.each(golden.cases)('$name', ({ name, config, outputs, features, first, sum }) => {
  // value 2 of three against the others
  const options: TeacherOptions = {
    imageConfig: config,
    ...(name === 'three' && { class: '2', convention: 'logits' as const }),
  };
  test('margins, alone and in batches', async () => {
    const teacher = await load(name, options);
    const { margins } = await teacher.margins(rows);
    const wanted = outputs.map((output) => {
      if (name !== 'three') return marginOf(name, output);
      const [a, b, c] = output.map(Math.exp) as [number, number, number];
      return Math.log(c / (a + b));
    });
    wanted.forEach((margin, i) => {
      expect(Math.abs((margins[i] as number) - margin), `row ${i}`).toBeLessThan(2e-5);
    });
    const again = await teacher.margins(imageRows([...names].reverse(), images), { batchSize: 1 });
    again.margins.reverse().forEach((margin, i) => {
      expect(margin).toBeCloseTo(margins[i] as number, 5);
    });
  });
  test('pixels and features', async () => {
    const teacher = await load(name, options);
    const { inputs } = await teacher.trace(rows);
    // binary16 has 11 bits
    const near = name === 'half' ? 2e-3 : 1e-6;
    inputs[0]?.values.forEach((values, i) => {
      first[i]?.forEach((x, k) => {
        expect(Math.abs((values[k] as number) - x)).toBeLessThan(near);
      });
      const total = (values as number[]).reduce((all, x) => all + x, 0);
      expect(Math.abs(total - (sum[i] as number))).toBeLessThan(name === 'half' ? 0.5 : 1e-3);
    });
    const found = teacher.hiddenLayer();
    const layer = 'layer' in found ? found.layer : '';
    // the layer before the head is 3 times the mean of a convolution over its places
    const convolution = teacher.graph.nodes.find(({ operator }) => operator === 'Relu')?.outputs[0] as string;
    const last = await teacher.features(rows, layer);
    const pooled = await teacher.features(rows, convolution);
    expect([last.width, pooled.width]).toEqual([5, 5]);
    features.flat().forEach((x, k) => {
      expect(Math.abs((last.values[k] as number) - 3 * x)).toBeLessThan(1e-5);
      expect(Math.abs((pooled.values[k] as number) - x)).toBeLessThan(1e-5);
    });
  });
});

test('inspect says how images are read', async () => {
  const teacher = await load('first');
  expect(teacher.image).toEqual({
    column: undefined,
    size: [16, 16],
    order: 'rgb',
    layout: 'channels-first',
    filter: 'bilinear',
    resizedTo: [16, 16],
    values: 'bytes / 255, mean [0.485, 0.456, 0.406], std [0.229, 0.224, 0.225]',
    isOpen: false,
    from: 'image configuration',
  });
  expect(teacher.takes).toBe('columns');
  expect(teacher.forTable(rows).inputs).toEqual(['image']);
  expect((await load('three')).image).toMatchObject({ size: [16, 15], resizedTo: 19, filter: 'bicubic' });
  expect((await load('own-size')).image).toMatchObject({ size: undefined, resizedTo: undefined });
});

test('options replace the configuration', async () => {
  const { config, outputs } = caseOf('flipped');
  const stated = await load('flipped', {
    imageConfig: { ...config, do_flip_channel_order: false },
    imageOrder: 'bgr',
    imageScale: '0..1',
  });
  const { margins } = await stated.margins(rows);
  outputs.forEach((output, i) => {
    expect(margins[i]).toBeCloseTo(output[0] as number, 5);
  });
  const first = caseOf('first');
  const options = { imageSize: 16, imageMean: [0.485, 0.456, 0.406], imageStd: [0.229, 0.224, 0.225] };
  const alone = await (await load('first', options)).margins(rows);
  first.outputs.forEach((output, i) => {
    expect(alone.margins[i]).toBeCloseTo(output[0] as number, 5);
  });
  // -1..1 is mean and standard deviation .5
  const [a, b] = [await load('first', { imageScale: '-1..1' }), await load('first', { imageMean: 0.5, imageStd: 0.5 })];
  const [left, right] = [(await a.margins(rows)).margins, (await b.margins(rows)).margins];
  left.forEach((margin, i) => {
    expect(margin).toBeCloseTo(right[i] as number, 4);
  });
  expect(a.identity).not.toBe(b.identity);
});

test('labels are cached by the images, not by their paths', async () => {
  const teacher = (await load('first')).forTable(rows);
  const entries = new Map<string, Uint8Array>();
  const cache: LabelCache = {
    get: async (key) => entries.get(key),
    put: async (key, bytes) => void entries.set(key, bytes),
  };
  const cold = await softLabels(teacher, { teacherInputs: rows, rowNumbers: rows.rowNumbers }, { cache });
  const renamed = imageRows(
    names.map((name) => `folder/${name}`),
    imageFiles((text) => pictures[Number.parseInt(text.slice(7), 10)] as Uint8Array),
  );
  const warm = await softLabels(teacher, { teacherInputs: renamed, rowNumbers: rows.rowNumbers }, { cache });
  expect([cold.cached, warm.cached]).toEqual([0, 6]);
  expect(warm.margins).toEqual(cold.margins);
  const other = imageRows([...names.slice(1), '0.png'], images);
  expect((await softLabels(teacher, { teacherInputs: other, rowNumbers: rows.rowNumbers }, { cache })).cached).toBe(0);
  // another way to read them is another teacher
  const bgr = (await load('first', { imageConfig: caseOf('first').config, imageOrder: 'bgr' })).forTable(rows);
  expect(labelKey(bgr.identity, rows)).not.toBe(labelKey(teacher.identity, rows));
  const { values, width } = await hiddenFeatures(teacher, { teacherInputs: rows } as never, { cache });
  expect([width, values.length]).toEqual([5, 30]);
});

test('known margins are completed, progress counts rows, an abort ends the run', async () => {
  const teacher = await load('first');
  const whole = await teacher.margins(rows);
  const partial = { margins: whole.margins.slice().fill(NaN, 2, 3), clippedCount: 0 };
  partial.margins[0] = 7;
  const seen: number[] = [];
  const { margins } = await teacher.margins(rows, {
    batchSize: 2,
    partial,
    onProgress: ({ done }) => seen.push(done),
  });
  expect(margins[0]).toBe(7);
  expect(margins[2]).toBeCloseTo(whole.margins[2] as number, 6);
  expect(seen).toEqual([2, 4, 6]);
  const stop = new AbortController();
  const reason = new Error('enough');
  const run = teacher.margins(rows, { batchSize: 1, signal: stop.signal, onProgress: () => stop.abort(reason) });
  await expect(run).rejects.toBe(reason);
});

test('a call of fixed size is filled up with its first image', async () => {
  const shape = [2, 3, 16, 16];
  const tensor = { name: 'x', type: 'float32', shape };
  const plan = planImages(imageRows(names, images), {
    input: { tensor, layout: 'channels-first', channels: 3, height: 16, width: 16 },
    decoder: await openDecoder(),
    name: 'teacher',
    column: undefined,
    order: 'rgb',
    steps: { resize: { filter: 'bilinear', to: [16, 16] }, crops: [], pixels: RAW },
  });
  class Tensor {
    readonly type: string;
    readonly data: Float32Array;
    readonly dims: readonly number[];
    constructor(type: string, data: Float32Array, dims: readonly number[]) {
      [this.type, this.data, this.dims] = [type, data, dims];
    }
  }
  const { x } = (await plan.feed({ Tensor } as never, 4, 5, 2)) as unknown as { x: Tensor };
  expect([x.type, x.dims]).toEqual(['float32', shape]);
  expect(x.data.subarray(768)).toEqual(x.data.subarray(0, 768));
  expect(new Set(x.data).size).toBeGreaterThan(50);
});

test('a batch at a time is read', async () => {
  const teacher = await load('first');
  let [open, most] = [0, 0];
  const counted = {
    ...images,
    async bytes(text: string) {
      open++;
      most = Math.max(most, open);
      return images.bytes(text);
    },
  };
  const many = imageRows(
    Array.from({ length: 100 }, (_, i) => names[i % 6] as string),
    counted,
  );
  await teacher.margins(many, {
    onProgress: () => {
      open = 0;
    },
  });
  expect(most).toBe(32);
});

test('a model of images also takes as many columns of numbers as it has pixels, where nothing is said about images', async () => {
  const teacher = await load('grey', {});
  const texts = ['0', '0.5'];
  const codes = Uint32Array.of(0, 1);
  const columns = Array.from({ length: 256 }, (_, k) => ({ name: `p${k}`, codes, texts }));
  const table = { name: 'pixels.csv', rows: 2, rowNumbers: codes, columns };
  const assigned = teacher.forTable(table);
  expect([assigned.takes, assigned.width, assigned.image]).toEqual(['matrix', 256, undefined]);
  const { margins } = await assigned.margins(table);
  expect(margins).toEqual((await teacher.margins(table)).margins);
  // a black image is 256 zeros
  const black = await load('grey', { imageMean: 0 });
  const pixel = bytesOf(Buffer.from('P5 16 16 255\n').toString('base64'));
  const pnm = Uint8Array.of(...pixel, ...new Uint8Array(256));
  const image = await black.margins(
    imageRows(
      ['0.pgm'],
      imageFiles(() => pnm),
    ),
  );
  expect(image.margins[0]).toBeCloseTo(margins[0] as number, 6);
});
