// De-biasing of two parts: the use and scale of the teacher's features, and the sample of large data.
import { expect, test } from 'vitest';
import { denseMatrix } from '../../src/data/matrix.ts';
import { debiasParts, type LabelledPart, MAX_FEATURES } from '../../src/labels/debias-parts.ts';
import { applyDebias } from '../../src/labels/label-debiasing.ts';
import { type Features, featureScale, joinFeatures, standardiseFeatures } from '../../src/teacher/features.ts';
import { dice } from '../random.ts';
import { drawLabels, drawWorld } from '../simulator.ts';

/** Rows of a teacher whose margin ignores its first feature, which has an offset `shift`; the second feature is constant. */
function part(rows: number, seed: number, shift = 0): LabelledPart & { features: Features } {
  const { dataset, truth } = drawWorld(rows, seed);
  const d = dice(seed + 50);
  const secret = Float32Array.from({ length: rows }, () => d.real(-4, 4));
  const labels = drawLabels(
    truth.map((v, i) => v + (secret[i] as number)),
    d,
  );
  const values = Float32Array.from({ length: 2 * rows }, (_, k) => (k % 2 ? 7 : (secret[k >> 1] as number) + shift));
  return { data: { ...dataset, labels }, margins: truth, features: { rows, width: 2, values } };
}

const [train, validation] = [part(150, 41, 3), part(130, 42, 5)];
const { features: _, ...plain } = train;

test('features of both parts are standardised together', async () => {
  const { debias, debiased, leakage } = await debiasParts(train, validation, { method: 'residual' });
  expect(leakage.leaked).toBe(false);
  expect(debias).toMatchObject({ method: 'residual', on: 'features', rows: 280 });
  // 7 penalties and hinges on the inputs, 5 penalties on the features
  expect(debias.candidates.map(({ on }) => on)).toEqual([
    undefined,
    ...new Array(8).fill('inputs'),
    ...new Array(5).fill('features'),
  ]);
  // the number of knots, b and a, three inputs, and the only feature that is not constant
  expect(debias.parameters).toHaveLength(1 + 2 + 3 + 1);
  expect([...debiased.train, ...debiased.validation]).toEqual([...debias.crossFitted]);
  // at the minimum, the gradient of each column equals that of the penalty
  const scale = featureScale(joinFeatures([train.features, validation.features]));
  const residuals = [train, validation].map(({ data, margins, features }) => {
    const own = standardiseFeatures(features, scale);
    return applyDebias(debias, margins, data, { features: own }).reduce(
      (sum, d, i) => sum + (1 / (1 + Math.exp(-d)) - (data.labels[i] as number)) * (own.values[i] as number),
      0,
    );
  });
  const w = debias.parameters.at(-1) as number;
  expect(residuals.reduce((a, b) => a + b, 0) + (debias.penalty as number) * w).toBeCloseTo(0, 4);
});

test('features of only one part are not used, and features are optional', async () => {
  for (const [a, b] of [
    [train, { ...validation, features: undefined }],
    [plain, validation],
    [plain, { ...validation, features: undefined }],
  ] as const) {
    const { debias } = await debiasParts(a, b, { method: 'residual' });
    expect(debias.candidates).toHaveLength(9);
    expect(debias.candidates.every(({ on }) => on !== 'features')).toBe(true);
  }
});

test('with leakage, features are standardised on the validation rows', async () => {
  const known = { ...train, margins: Float64Array.from(train.data.labels, (y) => (y ? 9 : -9)) };
  const { debias, debiased, selectionMargins, leakage } = await debiasParts(known, validation, { method: 'residual' });
  expect(leakage.leaked).toBe(true);
  expect(debias).toMatchObject({ method: 'residual', on: 'features', rows: 130 });
  const own = standardiseFeatures(train.features, featureScale(validation.features));
  expect(debiased.train).toEqual(applyDebias(debias, known.margins, train.data, { features: own }));
  expect(selectionMargins.train).toEqual(debiased.train);
  expect(debiased.validation).toEqual(debias.crossFitted);
});

/** Whether maps on features are among the candidates; aborts before they are fitted. */
async function usesFeatures(rows: [number, number], width: number): Promise<boolean> {
  const ended = new AbortController();
  let maps = 0;
  const parts = rows.map((n, k): LabelledPart => {
    const { dataset, truth } = drawWorld(n, 43 + k);
    // the first feature is the row number, the others are constant and dropped
    const values = new Float32Array(n * width);
    for (let i = 0; i < n; i++) values[i * width] = i;
    return { data: dataset, margins: truth, features: { rows: n, width, values } };
  }) as [LabelledPart, LabelledPart];
  const onProgress = ({ total }: { total?: number | undefined }): void => {
    maps = ((total as number) - 1) / 5;
    ended.abort();
  };
  const options = { method: 'residual', signal: ended.signal, onProgress } as const;
  await expect(debiasParts(...parts, options)).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  expect([9, 14]).toContain(maps);
  return maps === 14;
}

test('features are used up to 2 ** 22 values in both parts together', async () => {
  expect(MAX_FEATURES).toBe(2 ** 22);
  expect(await usesFeatures([1500, 548], 2 ** 11)).toBe(true);
  expect(await usesFeatures([1500, 549], 2 ** 11)).toBe(false);
});

test('margins of a wrong length are refused, even if the lengths of both parts add up', async () => {
  const long = { ...plain, margins: new Float64Array(151) };
  const short = { ...validation, margins: validation.margins.slice(1) };
  await expect(debiasParts(long, short, { method: 'platt' })).rejects.toThrow(
    'label de-biasing: 151 margins for 150 rows, expected one per row',
  );
  await expect(debiasParts(plain, short, { method: 'platt' })).rejects.toThrow(
    'label de-biasing: 129 margins for 130 rows, expected one per row',
  );
});

test('with more than 32768 rows the map is fitted on labelled ones, and the others get their d from it', async () => {
  /** Margins of 0; the first rows have a label, every fourth of them 1. */
  const few = (rows: number, labelled: number): LabelledPart => {
    const features = denseMatrix(new Float32Array(rows), 1);
    const labels = Int8Array.from({ length: rows }, (_, i) => (i < labelled ? Number(i % 4 === 0) : -1));
    const folds = Uint8Array.from({ length: rows }, (_, i) => (i >> 2) % 5);
    const { preprocessing } = train.data;
    return {
      data: { rows, features, teacherInputs: features, preprocessing, labels, folds },
      margins: new Float64Array(rows),
    };
  };
  const { debias, debiased } = await debiasParts(few(32749, 40), few(20, 20), { method: 'prior' });
  expect(debias.rows).toBe(60);
  expect([debiased.train.length, debiased.validation.length]).toEqual([32749, 20]);
  for (const d of [...debiased.train.subarray(0, 100), ...debiased.validation, debiased.train.at(-1)])
    expect(d).toBeCloseTo(-Math.log(3), 10);
});
