// A teacher that is asked for margins and features runs each row once, with the bits of two passes; where bits would differ, there are two.
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { encodeColumn } from '../../src/data/chunks.ts';
import type { Dataset } from '../../src/data/dataset.ts';
import { denseMatrix, type Matrix } from '../../src/data/matrix.ts';
import type { RawColumns } from '../../src/data/raw-columns.ts';
import type { LabelCache } from '../../src/io/cache.ts';
import type { Progress } from '../../src/io/progress.ts';
import { combineTeachers } from '../../src/teacher/combine-teachers.ts';
import { hiddenFeatures } from '../../src/teacher/hidden-features.ts';
import { labelKey } from '../../src/teacher/label-cache.ts';
import { LayerSessions } from '../../src/teacher/layer-sessions.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { softLabels } from '../../src/teacher/soft-labels.ts';
import type { Teacher } from '../../src/teacher/teacher.ts';
import { teacherAnswers } from '../../src/teacher/teacher-answers.ts';
import { countedRuntime } from '../counted-runtime.ts';
import { imageFiles, imageRows } from '../image-files.ts';
import { INSIDE, LAST, normOnnx } from '../norm-onnx.ts';
import { plainImage, tinyImageOnnx } from '../tiny-image-model.ts';
import { tinyOnnx, wideOnnx } from '../tiny-onnx.ts';
import { goldenTokens, tinyText } from '../tiny-text.ts';

const INPUTS = 5;
const ROWS = 2000;
const counted = await countedRuntime();
const load = (output: 'score' | 'probability' = 'score'): Promise<Teacher> =>
  loadTeacher(normOnnx(INPUTS, output), {
    convention: output === 'score' ? 'logit' : 'probability',
    ort: counted.ort,
  });
const matrix = (rows: number, from = 0): Matrix =>
  denseMatrix(
    Float32Array.from({ length: INPUTS * rows }, (_, i) => ((((i + INPUTS * from) * 7919) % 1009) - 504) / 250),
    INPUTS,
  );
const datasetOf = (teacherInputs: Matrix | RawColumns): Dataset =>
  ({ teacherInputs, rows: teacherInputs.rows }) as Dataset;
const rows = matrix(ROWS);
const data = datasetOf(rows);

// from a teacher that never sees both questions, each in its own session
const reference = await load();
const margins = (await reference.margins(rows)).margins;
const features = await reference.features(rows, LAST);
const inside = await reference.features(rows, INSIDE);
afterAll(() => reference[Symbol.dispose]());
afterEach(() => vi.restoreAllMocks());

const OWN = 'score -> score';
const LAYER = `score,${LAST} -> ${LAST}`;
const BOTH = `score,${LAST} -> score,${LAST}`;

async function opened(output?: 'score' | 'probability'): Promise<Teacher> {
  const teacher = await load(output);
  counted.rows();
  return teacher;
}

test('a row runs once, except the first batch, which compares the sessions', async () => {
  using teacher = await opened();
  const both = await teacher.answers(rows, LAST);
  expect(both.margins).toEqual(margins);
  expect(both.features).toEqual(features);
  expect(counted.rows()).toEqual({ [OWN]: 512, [BOTH]: ROWS });
  // and then no row runs twice
  const more = matrix(700, ROWS);
  const later = await teacher.answers(more, LAST, { batchSize: 100 });
  expect(counted.rows()).toEqual({ [BOTH]: 700 });
  expect(later.margins).toEqual((await reference.margins(more)).margins);
  expect(later.features).toEqual(await reference.features(more, LAST));
});

test('a score that is no output of the file: the session of the layer alone is compared, closed, and replaced', async () => {
  using teacher = await opened('probability');
  const own = await teacher.features(matrix(1), LAST);
  expect([...counted.open].some((name) => name === `probability,${LAST}`)).toBe(true);
  counted.rows();
  const both = await teacher.answers(rows, LAST);
  expect(both.margins).toEqual(margins);
  expect(both.features).toEqual(features);
  const joined = `probability,score,${LAST}`;
  expect(counted.rows()).toEqual({
    'probability,score -> score': 512,
    [`probability,${LAST} -> ${LAST}`]: 512,
    [`${joined} -> score,${LAST}`]: ROWS,
  });
  expect(counted.open.has(`probability,${LAST}`)).toBe(false);
  expect(await teacher.features(matrix(1), LAST)).toEqual(own);
  expect(counted.rows()).toEqual({ [`${joined} -> ${LAST}`]: 1 });
});

test('a layer whose output changes the bits of the score: two passes, with the bits of each', async () => {
  const compared = vi.spyOn(LayerSessions.prototype, 'setAlike');
  using teacher = await opened();
  const seen: Progress[] = [];
  const both = await teacher.answers(rows, INSIDE, { onProgress: (progress) => seen.push(progress) });
  expect(both.margins).toEqual(margins);
  expect(both.features).toEqual(inside);
  const pass = { [OWN]: ROWS, [`score,${INSIDE} -> score,${INSIDE}`]: 512, [`score,${INSIDE} -> ${INSIDE}`]: 1488 };
  expect(counted.rows()).toEqual(pass);
  // the runtime has fused the normalisation where it could
  expect(compared.mock.calls).toEqual([['score', INSIDE, false]]);
  // the progress is that of one question
  const done = seen.map((progress) => progress.done);
  expect(done).toEqual([...done].sort((a, b) => a - b));
  expect(new Set(seen.map(({ stage, total }) => `${stage} ${total}`))).toEqual(new Set([`soft labels ${ROWS}`]));
  expect([done.filter((count) => count <= ROWS / 2).length, done.at(-1)]).toEqual([4, ROWS]);
  // the answer is remembered
  await teacher.answers(rows, INSIDE);
  expect(counted.rows()).toEqual({ [OWN]: ROWS, [`score,${INSIDE} -> ${INSIDE}`]: ROWS });
});

test('a session that changes bits is closed where it is of no other use', async () => {
  using teacher = await opened('probability');
  const both = await teacher.answers(rows, INSIDE);
  expect(both.margins).toEqual(margins);
  expect(both.features).toEqual(inside);
  expect(counted.open.has(`probability,${INSIDE}`)).toBe(true);
  expect(counted.open.has(`probability,score,${INSIDE}`)).toBe(false);
});

test('a score whose output changes the bits of the layer: two passes as well', async () => {
  // no model is known where the runtime does this: the last value of a batch is one bit larger
  const joined = `probability,score,${LAST}`;
  const changing = await countedRuntime((outputs, result) => {
    const layer = result[LAST];
    if (outputs !== joined || !layer) return;
    const bits = new Uint32Array((layer.data as Float32Array).buffer, (layer.data as Float32Array).byteOffset);
    bits[bits.length - 1] = (bits.at(-1) as number) + 1;
  });
  using teacher = await loadTeacher(normOnnx(INPUTS, 'probability'), { convention: 'probability', ort: changing.ort });
  changing.rows();
  const both = await teacher.answers(rows, LAST);
  expect(both.margins).toEqual(margins);
  expect(both.features).toEqual(features);
  expect(changing.rows()).toEqual({
    'probability,score -> score': ROWS,
    [`probability,${LAST} -> ${LAST}`]: ROWS,
    [`${joined} -> score,${LAST}`]: 512,
  });
  expect(changing.open.has(joined)).toBe(false);
});

test('few rows decide nothing', async () => {
  using teacher = await opened();
  const few = matrix(20);
  for (let call = 0; call < 2; call++) {
    const both = await teacher.answers(few, LAST);
    expect(both.margins).toEqual(margins.slice(0, 20));
    expect(both.features.values).toEqual(features.values.slice(0, 20 * features.width));
    expect(counted.rows()).toEqual({ [OWN]: 20, [BOTH]: 20 });
  }
  // 2 batches of 20 decide
  await teacher.answers(matrix(60), LAST, { batchSize: 20 });
  expect(counted.rows()).toEqual({ [OWN]: 40, [BOTH]: 60 });
});

test('the score as the layer is one tensor', async () => {
  using teacher = await opened();
  const both = await teacher.answers(rows, 'score');
  expect(both.margins).toEqual(margins);
  expect(both.features).toEqual(await reference.features(rows, 'score'));
});

test('an abort rejects with its reason, in the comparison and after it', async () => {
  for (const at of [0, 1000]) {
    using teacher = await opened();
    const controller = new AbortController();
    const reason = new Error('enough');
    if (at === 0) controller.abort(reason);
    const onProgress = ({ done }: Progress): void => {
      if (done >= at) controller.abort(reason);
    };
    const running = teacher.answers(rows, LAST, { signal: controller.signal, onProgress });
    expect(await running.catch((error: unknown) => error)).toBe(reason);
    expect((await teacher.answers(rows, LAST)).margins).toEqual(margins);
  }
});

test('two calls at the same time are both right', async () => {
  using teacher = await opened('probability');
  const calls = await Promise.all([
    teacher.answers(rows, LAST),
    teacher.answers(rows, LAST),
    teacher.features(rows, LAST),
  ]);
  expect(calls[0].margins).toEqual(margins);
  expect(calls[1]).toEqual(calls[0]);
  expect(calls[2]).toEqual(features);
});

function memoryCache(): LabelCache & { readonly entries: Map<string, Uint8Array> } {
  const entries = new Map<string, Uint8Array>();
  return {
    entries,
    get: async (key) => entries.get(key),
    put: async (key, bytes) => void entries.set(key, bytes),
  };
}
const KEYS = [labelKey(reference.identity, rows), labelKey(reference.identity, rows, LAST)] as const;
const separate = memoryCache();
await softLabels(reference, data, { cache: separate });
await hiddenFeatures(reference, data, { cache: separate, layer: LAST });

describe('blocks of a cache', () => {
  test('the entries are those of separate questions', async () => {
    using teacher = await opened();
    const cache = memoryCache();
    const both = await teacherAnswers(teacher, data, { layer: LAST, cache });
    expect(both).toEqual({ soft: { margins, clippedCount: 0, cached: 0 }, features });
    expect(cache.entries).toEqual(separate.entries);
    expect([...cache.entries.keys()]).toEqual([...KEYS]);
    counted.rows();
    expect(await teacherAnswers(teacher, data, { layer: LAST, cache })).toEqual({
      soft: { margins, clippedCount: 0, cached: ROWS },
      features,
    });
    expect(counted.rows()).toEqual({});
  });

  test.each([
    ['margins', 0, { [LAYER]: ROWS }],
    ['features', 1, { [OWN]: ROWS }],
  ] as const)('where it has the %s, only the others are asked for', async (_, place, asked) => {
    using teacher = await opened();
    const cache = memoryCache();
    cache.entries.set(KEYS[place], separate.entries.get(KEYS[place]) as Uint8Array);
    const seen: Progress[] = [];
    const onProgress = (progress: Progress): void => void seen.push(progress);
    const both = await teacherAnswers(teacher, data, { layer: LAST, cache, onProgress });
    expect(both).toEqual({ soft: { margins, clippedCount: 0, cached: place === 0 ? ROWS : 0 }, features });
    expect(counted.rows()).toEqual(asked);
    expect(cache.entries).toEqual(separate.entries);
    expect(new Set(seen.map(({ stage }) => stage))).toEqual(new Set(['soft labels']));
    expect(seen.at(-1)).toMatchObject({ done: ROWS, total: ROWS });
  });

  test('of several blocks each is asked for what it lacks', async () => {
    using teacher = await opened();
    const large = datasetOf(matrix(16_384 + 600));
    const cache = memoryCache();
    await softLabels(reference, datasetOf(matrix(16_384)), { cache });
    counted.rows();
    const both = await teacherAnswers(teacher, large, { layer: LAST, cache });
    expect(counted.rows()).toEqual({ [LAYER]: 16_384, [OWN]: 512, [BOTH]: 600 });
    expect(both.soft.cached).toBe(16_384);
    expect(both.soft.margins).toEqual((await softLabels(reference, large)).margins);
    expect(both.features).toEqual(await hiddenFeatures(reference, large, { layer: LAST }));
  });
});

/** Time runs so fast that each batch is stored. */
function hasten(): void {
  const now = performance.now.bind(performance);
  vi.spyOn(performance, 'now').mockImplementation(() => 1e7 * now());
}

/** Small batches for what runs block by block. */
function inBatches(teacher: Teacher, batchSize: number): Teacher {
  return {
    ...teacher,
    margins: (given, options) => teacher.margins(given, { ...options, batchSize }),
    features: (given, layer, options) => teacher.features(given, layer, { ...options, batchSize }),
    answers: (given, layer, options) => teacher.answers(given, layer, { ...options, batchSize }),
  };
}

/** Asks until `most` rows are done. */
async function interrupted(
  work: (watch: { signal: AbortSignal; onProgress: (p: Progress) => void }) => Promise<unknown>,
  most: number,
): Promise<void> {
  const controller = new AbortController();
  const onProgress = ({ done }: Progress): void => {
    if (done >= most) controller.abort('killed');
  };
  await expect(work({ signal: controller.signal, onProgress })).rejects.toBe('killed');
}

describe('an interrupted block', () => {
  test.each([100, 150, ROWS])('goes on with both where it stopped, in batches of %i', async (batchSize) => {
    hasten();
    using teacher = await opened();
    const cache = memoryCache();
    await interrupted((watch) => teacherAnswers(inBatches(teacher, 100), data, { layer: LAST, cache, ...watch }), 1000);
    counted.rows();
    const both = await teacherAnswers(inBatches(teacher, batchSize), data, { layer: LAST, cache });
    expect(both).toEqual({ soft: { margins, clippedCount: 0, cached: both.soft.cached }, features });
    expect(both.soft.cached).toBeGreaterThanOrEqual(800);
    // the last batches of the killed run, and those after them
    const asked = counted.rows();
    if (batchSize === 100) expect(asked[BOTH]).toBeLessThanOrEqual(ROWS - 800);
    expect([...cache.entries].filter(([key]) => !separate.entries.has(key)).map(([, bytes]) => bytes.length)).toEqual([
      0, 0,
    ]);
    for (const key of KEYS) expect(cache.entries.get(key)).toEqual(separate.entries.get(key));
  });

  test('asks only for the features of rows whose margins are known, and the other way round', async () => {
    hasten();
    for (const [before, alone] of [
      [softLabels, `score,${LAST} -> ${LAST}`],
      [hiddenFeatures, `score,${LAST} -> score`],
    ] as const) {
      using teacher = await opened();
      const small = inBatches(teacher, 100);
      const cache = memoryCache();
      await interrupted((watch) => before(small, data, { layer: LAST, cache, ...watch }), 1000);
      counted.rows();
      const both = await teacherAnswers(small, data, { layer: LAST, cache });
      expect([both.soft.margins, both.features]).toEqual([margins, features]);
      const asked = counted.rows();
      expect(asked[alone]).toBeGreaterThanOrEqual(700);
      expect((asked[alone] as number) + (asked[BOTH] as number)).toBeLessThanOrEqual(ROWS + 100);
    }
  });
});

test('of several teachers only the one whose layer is read is asked for it', async () => {
  const other = await loadTeacher(tinyLinear(), { convention: 'logit' });
  using teacher = combineTeachers([other, await opened()]);
  const both = { ...data, otherInputs: [rows] } as Dataset;
  const { soft, features: found } = await teacherAnswers(teacher, both, { layer: LAST });
  expect(counted.rows()).toEqual({ [OWN]: 512, [BOTH]: ROWS });
  expect(found).toEqual(features);
  expect(soft).toEqual(await softLabels(teacher, both));
  expect(soft.each?.[1]?.margins).toEqual(margins);
});

/** A model without a hidden layer. */
function tinyLinear(): Uint8Array<ArrayBuffer> {
  return tinyOnnx({ inputs: INPUTS });
}

describe('rows that run in another order, or in batches of their own', () => {
  const { texts, kinds } = goldenTokens;
  const many = Array.from({ length: 200 }, (_, i) =>
    `${texts[i % texts.length]} ${texts[(i * 7) % 5]}`.slice(0, 20 + (i % 90)),
  );
  const textRows: RawColumns = {
    name: 'rows.csv',
    rows: many.length,
    rowNumbers: Uint32Array.from(many.keys()),
    columns: [
      encodeColumn(
        'text',
        many.map((text) => [text]),
        0,
      ),
    ],
  };
  test.each([
    ['pooled', {}],
    ['words', {}],
    ['pooled', { batch: 4 }],
  ] as const)('texts, layer %s %o', async (layer, model) => {
    using teacher = await loadTeacher(tinyText({ tokens: 256, ...model }), {
      ...{ tokenizer: kinds.word_piece.tokenizer, text: ['text'], ort: counted.ort },
    });
    const apart = { ...(await teacher.margins(textRows)), features: await teacher.features(textRows, layer) };
    counted.rows();
    expect(await teacher.answers(textRows, layer)).toEqual(apart);
    const asked = counted.rows();
    // a model of a fixed batch is padded for each length
    expect(asked[`logits,${layer} -> logits,${layer}`]).toBe('batch' in model ? many.length + 8 : many.length);
    expect(asked['logits -> logits']).toBeLessThan(100);
    expect(apart.features.values).not.toEqual(new Float32Array(apart.features.values.length));
  });

  test('images', async () => {
    const images = imageFiles((text) => plainImage([Number(text) % 256, (7 * Number(text)) % 256, 90], 12));
    const some = imageRows(
      Array.from({ length: 150 }, (_, i) => `${i}`),
      images,
    );
    using teacher = await loadTeacher(tinyImageOnnx(), {
      ...{ imageMean: 0.5, imageStd: 0.2, convention: 'logit', ort: counted.ort },
    });
    const apart = { ...(await teacher.margins(some)), features: await teacher.features(some, 'means') };
    counted.rows();
    expect(await teacher.answers(some, 'means')).toEqual(apart);
    expect(counted.rows()).toEqual({ 'y -> y': 32, 'y,means -> y,means': 150 });
  });

  test('calls that run out of memory get smaller', async () => {
    using teacher = await loadTeacher(wideOnnx(2 ** 22), { convention: 'logit' });
    const wide = denseMatrix(
      Float32Array.from({ length: 600 }, (_, i) => i / 300),
      2,
    );
    const both = await teacher.answers(wide, 'y');
    both.margins.forEach((v, i) => {
      expect(Math.abs(v - (4 * i + 1) / 600)).toBeLessThan(1e-3);
    });
    expect(Float64Array.from(both.features.values)).toEqual(both.margins);
  });
});
