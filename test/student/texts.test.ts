// Students of texts answer alike for tables, records, and after a round trip through their file.
import { expect, test, vi } from 'vitest';
import { encode } from '../../src/data/dataset.ts';
import { fitPreprocessing } from '../../src/data/fit-preprocessing.ts';
import { hasherOf } from '../../src/data/hash-texts.ts';
import { denseRows } from '../../src/data/matrix.ts';
import { readTable } from '../../src/data/read-table.ts';
import { placesOf, type TextColumn } from '../../src/data/text-column.ts';
import { distillation } from '../../src/loss/distillation.ts';
import { crossCalibrate } from '../../src/student/cross-calibrate.ts';
import { fit as train } from '../../src/student/fit.ts';
import { fitLogistic } from '../../src/student/fit-logistic.ts';
import { encodeStudent } from '../../src/student/student-bytes.ts';
import { decodeStudent } from '../../src/student/student-file.ts';
import { chooseTextWeights, rarityFactors } from '../../src/student/text-weights.ts';
import { dice } from '../random.ts';
import { weighByRarity, withWeights } from '../text-idf.ts';
import { textRows } from '../texts.ts';

vi.mock('../../src/student/fit-logistic.ts', { spy: true });

const ODD = [
  '',
  ' \t ',
  'zzzzq',
  '\ud800 lone \udfff',
  'so 🙂 good 👩‍👩‍👧',
  '今天天气很好，不是吗？',
  'สวัสดีครับทุกคน',
  'שָׁלוֹם עולם and مَرْحَبا',
  'cafe\u0301 CAFÉ e\u0301',
  'x'.repeat(5000),
  'the kettle\nwas "late", again',
];
const rows = textRows(400, { seed: 3 }).map(({ note, age, town, label }, i) => ({
  note: i < ODD.length ? (ODD[i] as string) : note,
  age,
  town,
  title: `${town} is number ${i} of my list`,
  label: label || null,
}));
const read = (list: readonly object[]) =>
  readTable(new TextEncoder().encode(list.map((row) => JSON.stringify(row)).join('\n')), { target: 'label' });
const table = await read(rows);
const range = (from: number, to: number): Uint32Array => Uint32Array.from({ length: to - from }, (_, i) => from + i);
const preprocessing = fitPreprocessing(table, { rows: range(4, 300) });
const part = (from: number, to: number) => encode(table, preprocessing, { rows: range(from, to) });
const [data, others] = [part(4, 300), part(300, 400)];
const all = encode(table, preprocessing);
const margins = Float64Array.from(data.labels, (y) => (y > 0 ? 2 : y < 0 ? 0 : -2));

/** A text that has n-grams, none of whose buckets the students know. */
function unknownText(): string {
  const spec = preprocessing.columns[0] as TextColumn;
  const [places, hasher] = [placesOf(spec), hasherOf(spec)];
  for (let point = 0x13000; ; point++) {
    const text = String.fromCodePoint(point);
    if (hasher.buckets(text).every((bucket) => places[bucket] === -1)) return text;
  }
}
const unknown = unknownText();

test.each([
  { hidden: [], rarity: false },
  { hidden: [], rarity: true },
  { hidden: [8], rarity: true },
])('a student of shape $hidden, weights by rarity: $rarity', async ({ hidden, rarity }) => {
  expect(preprocessing.columns.map(({ kind }) => kind)).toEqual(['text', 'numeric', 'categorical', 'text']);
  const given = rarity ? withWeights(data, weighByRarity(data)) : data;
  const student = await train({ hidden }, given, { margins }, distillation(), { seed: 1, epochs: 2 });
  const again = decodeStudent(encodeStudent(student));
  expect(again.preprocessing).toEqual(student.preprocessing);
  // rows that were encoded without weights are weighed by the student
  const p = student.predictProba(all);
  expect(student.predictProba(encode(table, student.preprocessing))).toEqual(p);
  expect(again.predictProba(all)).toEqual(p);
  rows.forEach(({ label: _, ...record }, i) => {
    for (const one of [student, again]) expect(one.predictRecord(record).probability, `row ${i}`).toBe(p[i]);
  });
  expect(new Set(p).size).toBeGreaterThan(300);
  const answer = (note: string | null): number =>
    student.predictRecord({ note, age: 40, town: 'Ayr', title: '' }).probability;
  // without n-grams that it knows, a text is a row of zeros
  expect(answer('')).toBe(answer(unknown));
  expect(answer(null)).toBe(answer(''));
  expect(answer('the kettle was lovely')).not.toBe(answer(''));
  const record = { note: unknown, age: 40, town: 'Ayr', title: 'Ayr is' };
  expect(student.unknownFields(record)).toEqual(['note']);
  expect(student.unknownFields({ ...record, note: '' })).toEqual([]);
  expect(student.unknownFields({ ...record, note: 'the kettle', town: 'Rome' })).toEqual(['town']);
});

test('penalties by rarity are taken unless they are clearly worse', async () => {
  const given = { train: data, validation: others };
  const of = ({ labels }: typeof data): Float64Array => Float64Array.from(labels, (y) => (y > 0 ? 2 : y < 0 ? 0 : -2));
  const chosen = await chooseTextWeights(given, { train: of(data), validation: of(others) });
  const { taken, difference, standardError } = chosen.textWeights as NonNullable<typeof chosen.textWeights>;
  expect(taken).toBe(difference <= standardError);
  expect(chosen.train.penaltyFactors).toEqual(taken ? rarityFactors(data) : undefined);
  // rows whose texts have weights stay as they are
  const weighed = { train: withWeights(data, weighByRarity(data)), validation: others };
  expect((await chooseTextWeights(weighed, { train: of(data), validation: of(others) })).train).toBe(weighed.train);
});

test('factors of the penalty: 1 / idf^2 of the n-grams, divided by their mean, and 1 of other columns', () => {
  const factors = rarityFactors(data);
  const dense = denseRows(data.features, 0, data.rows);
  const { width } = data.features;
  const inverse = (j: number): number => {
    const rows = range(0, data.rows).filter((i) => dense[i * width + j] !== 0).length;
    return (Math.log((1 + data.rows) / (1 + rows)) + 1) ** -2;
  };
  for (const { kind, offset, width: own } of data.preprocessing.columns) {
    const places = Array.from({ length: own }, (_, k) => offset + k);
    const values = kind === 'text' ? places.map(inverse) : places.map(() => 1);
    const mean = values.reduce((sum, value) => sum + value, 0) / own;
    for (const [k, j] of places.entries()) expect(factors[j]).toBeCloseTo((values[k] as number) / mean, 9);
  }
});

test('frequent words that decide, beside rare words that do not: equal penalties are clearly better, and are taken', async () => {
  const d = dice(6);
  const list = Array.from({ length: 600 }, (_, i) => {
    const good = d.below(2);
    return {
      note: `${good ? 'aa' : 'bb'} ${Array.from({ length: 12 }, () => `q${d.below(250)}z`).join(' ')}`,
      label: good,
      n: i % 7,
    };
  });
  const own = await read(list);
  const fitted = fitPreprocessing(own, { rows: range(0, 150), text: ['note'] });
  const [train, validation] = [range(0, 150), range(150, 600)].map((part) => encode(own, fitted, { rows: part })) as [
    typeof data,
    typeof data,
  ];
  const of = ({ labels }: typeof data): Float64Array => Float64Array.from(labels, (y) => (y > 0 ? 1.5 : -1.5));
  const given = await chooseTextWeights({ train, validation }, { train: of(train), validation: of(validation) });
  const { taken, difference, standardError } = given.textWeights as NonNullable<typeof given.textWeights>;
  expect([taken, difference > standardError]).toEqual([false, true]);
  expect(given.train).toBe(train);
});

test('calibration: the labels of a fold do not reach the student that answers for it', async () => {
  const loss = distillation({ alpha: 0.3 });
  const student = await fitLogistic(data, { targets: { margins }, loss }, { path: { penalties: [0.3] } });
  const asked: number[] = [];
  const run = async (change: (y: number, fold: number) => number) => {
    vi.mocked(fitLogistic).mockClear();
    const changed = (one: typeof data): typeof data => ({
      ...one,
      labels: one.labels.map((y, i) => change(y, one.folds[i] as number)),
    });
    const { calibration } = await crossCalibrate(student, {
      ...{ train: changed(data), validation: changed(others), loss },
      targetsWithout(fold) {
        asked.push(fold);
        return { margins: margins.map((u) => u + 0.01 * fold) };
      },
    });
    const { results, lastCall } = vi.mocked(fitLogistic).mock;
    expect(lastCall?.[2].path?.penalties).toEqual([0.3]);
    const fits = await Promise.all(results.map(({ value }) => value as ReturnType<typeof fitLogistic>));
    return { calibration, parameters: fits.map((fit) => fit.parameters) };
  };
  const plain = await run((y) => y);
  expect(asked).toEqual([0, 1, 2, 3, 4]);
  expect(plain.calibration?.slope).toBeGreaterThan(0);
  const flipped = await run((y, fold) => (fold === 2 && y >= 0 ? 1 - y : y));
  expect(flipped.calibration).not.toEqual(plain.calibration);
  for (const fold of [0, 1, 3, 4]) expect(flipped.parameters[fold]).not.toEqual(plain.parameters[fold]);
  expect(flipped.parameters[2]).toEqual(plain.parameters[2]);
});

test('calibration: a slope below 0 is not taken', async () => {
  const loss = distillation({ alpha: 1 });
  const student = await fitLogistic(data, { targets: { margins }, loss }, { path: { penalties: [0.3] } });
  const opposite = (one: typeof data): typeof data => ({ ...one, labels: one.labels.map((y) => (y < 0 ? y : 1 - y)) });
  const { calibration, student: same } = await crossCalibrate(student, {
    ...{ train: opposite(data), validation: opposite(others), loss },
    targetsWithout: () => ({ margins }),
  });
  expect(calibration?.slope).toBeLessThan(0);
  expect([calibration?.taken, same.parameters]).toEqual([false, student.parameters]);
});
