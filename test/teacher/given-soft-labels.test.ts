// Given soft labels: how answers are read, limited and averaged; rows without one; the same student as the model that made them.
import { expect, test } from 'vitest';
import { compare } from '../../src/compare/compare.ts';
import { METHODS } from '../../src/compare/method-names.ts';
import { textColumn } from '../../src/data/column-values.ts';
import { readCsv } from '../../src/data/csv.ts';
import { type Dataset, encode, selectRows } from '../../src/data/dataset.ts';
import { encodeParts } from '../../src/data/parts.ts';
import { parsePreprocessing } from '../../src/data/preprocessing.ts';
import { readTable } from '../../src/data/read-table.ts';
import { readSplit, sampleRows, split } from '../../src/data/split.ts';
import { storeTable } from '../../src/data/stored-table.ts';
import { distill } from '../../src/distill.ts';
import { sigmoid } from '../../src/kernels/elementary.ts';
import { infuse } from '../../src/labels/knowledge-infusion.ts';
import { htmlReport } from '../../src/report/html.ts';
import { measureDistillation } from '../../src/report/measure.ts';
import { parseResult } from '../../src/report/parse-result.ts';
import { textReport } from '../../src/report/text.ts';
import { givenSoftLabels } from '../../src/teacher/given-soft-labels.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import type { SoftLabelValue } from '../../src/teacher/soft-label-values.ts';
import { softLabels } from '../../src/teacher/soft-labels.ts';
import { model, wdbc } from '../models.ts';
import { describeShared, shared, sharedJson } from '../shared.ts';

/** A dataset of n rows. */
async function rowsOf(n: number): Promise<Dataset> {
  const lines = Array.from({ length: n }, (_, i) => `${i},${i % 2 === 0 ? 'spam' : 'not spam'}`);
  const table = await readCsv(new TextEncoder().encode(`x,label\n${lines.join('\n')}\n`), {
    target: 'label',
    positive: 'spam',
  });
  return encode(table, (await encodeParts(table, split(table), undefined)).train.preprocessing);
}

async function probabilities(values: readonly SoftLabelValue[], options = {}): Promise<(number | null)[]> {
  const data = await rowsOf(values.length);
  const { margins } = await softLabels(givenSoftLabels(values, options).forTarget(data.target), data);
  return Array.from(margins, (v) => (Number.isNaN(v) ? null : Number(sigmoid(v).toFixed(6))));
}

test.each<[string, SoftLabelValue[], object, (number | null)[]]>([
  ['probabilities', [0.25, 0.9, null, '0.125', '', NaN, undefined], {}, [0.25, 0.9, null, 0.125, null, null, null]],
  ['percent signs', ['25 %', '90%', '12.5%', 'n/a'], {}, [0.25, 0.9, 0.125, null]],
  ['stated percentages', [25, 90, 0.5], { convention: 'percentage' }, [0.25, 0.9, 0.005]],
  ['log-odds', [-1, 0, 2], {}, [0.268941, 0.5, 0.880797]],
  ['stated log-odds', [1, 0, 2], { convention: 'logit' }, [0.731059, 0.5, 0.880797]],
  [
    'answers of a language model',
    ['yes 80 %', 'no 90%', 'Yes: 70%', 'No (65 %).', '60%'],
    {},
    [0.8, 0.1, 0.7, 0.35, 0.6],
  ],
  ['values of the target', ['spam (0.8)', 'not spam (0.9)', '0.75 spam', '.7'], {}, [0.8, 0.1, 0.75, 0.7]],
  ['confidences above 1', ['yes 80', 'no 95'], {}, [0.8, 0.05]],
])('%s', async (_, values, options, expected) => {
  expect(await probabilities(values, options)).toEqual(expected);
});

test('answers that name a class which is a number wait for the labels', async () => {
  const csv = 'x,answer,label\n1,1 (0.60),1\n2,0 (0.79),0\n3,0.4,1\n';
  const table = await readCsv(new TextEncoder().encode(csv), { target: 'label', drop: ['answer'] });
  const values = ['1 (0.60)', '0 (0.79)', '0.4'];
  const data = encode(table, { clip: 10, encodedWidth: 0, columns: [] });
  const { margins } = await softLabels(givenSoftLabels(values).forTarget(table.target), data);
  expect(Array.from(margins, (v) => Number(sigmoid(v).toFixed(6)))).toEqual([0.6, 0.21, 0.4]);
});

test.each<[string, SoftLabelValue[], object, RegExp]>([
  [
    '0 .. 100 without a sign',
    [10, 20, 80],
    {},
    /^convention soft labels "soft labels": numbers from 10 to 80: not prob.*probability\|percentage\|logit/,
  ],
  ['a share beside percent signs', ['yes 80 %', '0.8'], {}, /^convention .*at most 1 beside percent signs/],
  [
    'a probability a little below 0',
    [0.2, 0.7, -0.0001],
    {},
    /^convention .*1 of 3 below 0: log-odds, or probabilities with faults/,
  ],
  ['scores from -1 to 1', [0.2, -0.7, 0.9, -1], {}, /^convention .*2 of 4 below 0/],
  [
    'a percentage a little below 0',
    [...Array.from({ length: 200 }, (_, i) => i / 2), -0.01],
    {},
    /^convention .*1 of 201 below 0: log-odds, or others with faults/,
  ],
  ['labels', [0, 1, 1], {}, /^convention .*only 0 and 1, which are labels/],
  ['text', ['0.5', 'maybe', 'perhaps'], {}, /^value soft labels "soft labels", row 2: "maybe" \(and 1 more rows/],
  ['a word without a number', ['yes 0.5', 'yes'], {}, /^value soft labels "soft labels", row 2: "yes"/],
  [
    'out of range',
    [0.5, 1.5, -2],
    { convention: 'probability' },
    /^value soft labels "soft labels", row 2: 1.5 \(and 1 more rows like it\), expected a probability from 0 to 1/,
  ],
  ['an infinite log-odds', [-Infinity, 1], {}, /^value soft labels "soft labels", row 1: -Infinity/],
  ['nothing', ['', null], {}, /^value soft labels "soft labels": none of 2 rows/],
  ['another class', ['ham 0.8', 'spam 0.5'], {}, /^value soft labels "soft labels", row 1: "ham 0.8"/],
])('refused: %s', async (_, values, options, message) => {
  const refused = await probabilities(values, options).then(
    () => '',
    (error) => `${error.code} ${error.message}`,
  );
  expect(refused).toMatch(message);
});

test('no rows, and lists of different lengths', () => {
  expect(() => givenSoftLabels([])).toThrow('0 rows');
  expect(() => givenSoftLabels([[0.5, 0.2], [0.1]], { name: ['a', 'b'] })).toThrow('"b": 1 rows, expected 2 as in "a"');
});

test.each<[string, number[], number | null, number]>([
  ['tenths', [0, 0.3, 0.9, 1], 0.1, 0.05],
  ['votes of 3', [0, 1 / 3, 2 / 3, 1], 1 / 3, 1 / 6],
  ['votes of 500 in float32', [0, 0.318, 0.934, 1].map(Math.fround), 1 / 500, 1 / 1000],
  ['three decimals', [0, 0.123, 0.457, 0.999, 1], 0.001, 0.0005],
  ['float32', [0, 0.12341236, 0.7310586, 1].map(Math.fround), null, sigmoid(-16)],
  ['float64', [0, 0.1234567890123456, 0.9876543210123456, 1], null, sigmoid(-36)],
])('rounded to %s: 0 and 1 are limited', async (_, values, step, least) => {
  const data = await rowsOf(values.length);
  const teacher = givenSoftLabels(values);
  const { margins, clippedCount } = await softLabels(teacher, data);
  expect(clippedCount).toBe(2);
  if (step === null) expect(teacher.given?.record.resolution).toBeNull();
  else expect(teacher.given?.record.resolution).toBeCloseTo(step, 12);
  expect(Math.abs(sigmoid(margins[0] as number) / least - 1)).toBeLessThan(1e-9);
  expect(margins.at(-1)).toBe(-(margins[0] as number));
  // the others stay what they are
  values.slice(1, -1).forEach((p, i) => {
    expect(sigmoid(margins[i + 1] as number)).toBeCloseTo(p, 7);
  });
});

test('log-odds are not limited, and a probability in full precision gives the float32 log-odds that it is made of', async () => {
  const logits = [-40, -17.25, -3.1234567, 0.1, 8.7654321, 16.5, 20.5].map(Math.fround);
  const data = await rowsOf(logits.length);
  const given = await softLabels(givenSoftLabels(logits), data);
  expect([...given.margins]).toEqual(logits);
  const asText = logits.slice(1).map((v) => String(sigmoid(v)));
  const read = await softLabels(givenSoftLabels(['', ...asText]), data);
  expect([...read.margins].slice(1)).toEqual(logits.slice(1));
});

test('several answers a row: the mean of the log-odds of those present', async () => {
  const data = await rowsOf(3);
  const teacher = givenSoftLabels(
    [
      [-1, 2, null],
      [3, null, null],
      [1, -1, null],
    ],
    { name: ['a', 'b', 'c'] },
  );
  const { margins } = await softLabels(teacher, data);
  expect([...margins]).toEqual([1, 0.5, NaN]);
  // standard deviations of (-1, 3, 1) and (2, -1)
  expect(teacher.given?.record).toMatchObject({ columns: ['a', 'b', 'c'], known: 2, spread: (2 + Math.sqrt(4.5)) / 2 });
});

test('soft labels of another table are refused; those of selected rows are found', async () => {
  const data = await rowsOf(4);
  await expect(softLabels(givenSoftLabels([0.1, 0.2, 0.3]), data)).rejects.toThrow('3 rows, expected 4 as in the data');
  const { rowNumbers: _, tableRows: __, ...without } = data;
  await expect(softLabels(givenSoftLabels([0.1, 0.2, 0.3, 0.4]), without)).rejects.toThrow('no numbers in the table');
  const some = selectRows(selectRows(data, Uint32Array.of(3, 1, 0)), Uint32Array.of(2, 0));
  const { margins } = await softLabels(givenSoftLabels([-4, -3, -2, -1]), some);
  expect([...margins]).toEqual([-4, -1]);
});

test('infusion gives a row without a soft label its own label, for every form', async () => {
  const data = { ...(await rowsOf(4)), labels: Int8Array.of(1, 0, -1, 1) };
  const margins = Float64Array.of(NaN, NaN, NaN, 0.5);
  for (const form of ['none', 'mix', 'residual', 'shift', 'noise'] as const) {
    const u = infuse({ margins }, data, { form, strength: form === 'none' ? 0 : 0.5 }).margins;
    expect([...u.slice(0, 3)]).toEqual([Infinity, -Infinity, NaN]);
    expect(Number.isFinite(u[3])).toBe(true);
  }
});

/** Breast-cancer rows with the answers of the biased teacher, of which every fifth is missing, and every third row unlabelled. */
async function partlyKnown() {
  const { preprocessing, train, validation } = await wdbc();
  const whole = await readCsv(model('wdbc/data.csv'), { target: 'label' });
  using onnx = await loadTeacher(model('wdbc-mlp-biased/teacher.onnx'), { preprocessing });
  const { margins } = await softLabels(onnx, encode(whole, preprocessing));
  const values = Array.from(margins, (v, i) => (i % 5 === 0 ? null : v));
  const table = { ...whole, labels: whole.labels.map((y, i) => (i % 3 === 0 ? -1 : y)) };
  return { table, preprocessing, values, train, validation };
}

test('rows without a soft label learn from their own label; those with neither are left out', async () => {
  const { table, preprocessing, values } = await partlyKnown();
  const data = await encodeParts(table, split(table), preprocessing);
  const teacher = givenSoftLabels(values, { name: 'v' });
  const base = {
    teacher,
    train: data.train,
    validation: data.validation,
    student: { hidden: [4] },
    seed: 1,
    epochs: 5,
  };
  const run = await distill({ ...base, infusion: { form: 'mix', strength: 0.3 } });
  const numbers = [...(data.train.rowNumbers as Uint32Array)];
  numbers.forEach((row, i) => {
    const [u, y] = [run.targets.margins[i], data.train.labels[i]];
    if (row % 5 > 0) expect(Number.isFinite(u)).toBe(true);
    else expect(u).toBe(y === 1 ? Infinity : y === 0 ? -Infinity : NaN);
    expect(Number.isNaN(run.debiased.train[i])).toBe(row % 5 === 0);
  });
  const known = numbers.filter((row) => row % 5 > 0).length;
  expect(run.changes.rows).toBe(known);
  expect(run.debias.rows).toBeLessThan(known + data.validation.rows);
  const own = numbers.filter((row) => row % 5 === 0 && row % 3 > 0).length;
  const unused = numbers.filter((row) => row % 15 === 0).length;
  expect(run.warnings.join('\n')).toContain(`soft labels: ${own} of ${numbers.length} training rows have none`);
  expect(run.warnings.join('\n')).toContain(
    `soft labels: ${unused} of ${numbers.length} training rows have neither a soft label nor a label`,
  );
  // the same student without the rows that are left out
  const used = Uint32Array.from([...numbers.keys()].filter((i) => (numbers[i] as number) % 15 > 0));
  const less = await distill({
    ...base,
    train: selectRows(data.train, used),
    infusion: { form: 'mix', strength: 0.3 },
  });
  expect(less.student.parameters).toEqual(run.student.parameters);

  const { result } = await measureDistillation(run, teacher, { data, missing: [] });
  const test = [...(data.test.rowNumbers as Uint32Array)];
  expect(result.teacher.softLabels?.knownRows).toEqual({
    train: known,
    validation: [...(data.validation.rowNumbers as Uint32Array)].filter((row) => row % 5 > 0).length,
    test: test.filter((row) => row % 5 > 0).length,
  });
  expect(result.metrics).not.toEqual(result.metricsWithTeacher);
  expect(parseResult(JSON.parse(JSON.stringify(result)), 'r')).toMatchObject({
    teacher: { softLabels: { columns: ['v'] } },
  });
  expect(textReport(result, undefined)).toContain('soft labels: "v", log-odds; 455 of 569 rows have one');
  expect(await htmlReport(result)).toContain('Teacher (rows with a soft label)');
  expect(run.student.provenance).toMatchObject({ teacher: { softLabels: { columns: ['v'], known: 455 } } });
});

test('validation rows without any soft label select by their labels', async () => {
  const { table, preprocessing, values } = await partlyKnown();
  const parts = split(table);
  const held = new Set(parts.validation);
  const teacher = givenSoftLabels(values.map((v, row) => (held.has(row) ? null : v)));
  const data = await encodeParts(table, parts, preprocessing);
  const run = await distill({ teacher, ...data, student: { hidden: [4] }, seed: 1, epochs: 3 });
  expect(run.debiased.validation.every(Number.isNaN)).toBe(true);
  expect(run.leakage.z).toBe(0);
  const none = givenSoftLabels(values.map((v, row) => (held.has(row) ? v : null)));
  await expect(distill({ teacher: none, ...data, student: { hidden: [4] }, seed: 1, epochs: 3 })).rejects.toThrow(
    'training part: no row has a soft label',
  );
});

test('compare: every method runs on rows without a soft label, and feature-based ones do not apply', async () => {
  const { table, preprocessing, values } = await partlyKnown();
  const { train, validation, test } = await encodeParts(table, split(table), preprocessing);
  const teacher = givenSoftLabels(values);
  const options = { teacher, data: { train, validation, test }, student: { hidden: [4] }, seeds: 1, epochs: 4 };
  const result = await compare(METHODS, options);
  for (const { method, metrics, notApplicable } of result.results) {
    if (['fitnet', 'rkd', 'debiased-hint'].includes(method))
      expect(notApplicable).toBe('soft labels have no hidden layer');
    else expect(metrics?.logLoss).toBeLessThan(1);
  }
  expect(result.rows.pool).toBeLessThan(train.rows);
  expect(result.teacher.softLabels?.known).toBe(455);
  expect(parseResult(JSON.parse(JSON.stringify(result)), 'r')).toMatchObject({
    teacher: { softLabels: { known: 455 } },
  });
  await expect(compare(['kd'], { ...options, layer: 'h' })).rejects.toThrow('soft labels have no hidden layer');
});

test('a stored table gives the same student as one in memory', async () => {
  const { table, preprocessing, values } = await partlyKnown();
  const teacher = givenSoftLabels(values);
  const shape = { student: { hidden: [4] }, seed: 1, epochs: 3 };
  using stored = await storeTable(model('wdbc/data.csv'), { target: 'label' });
  using files = await encodeParts(stored, split(stored), preprocessing);
  const memory = await encodeParts({ ...table, labels: stored.labels }, split(table), preprocessing);
  const [a, b] = [await distill({ teacher, ...files, ...shape }), await distill({ teacher, ...memory, ...shape })];
  expect(a.student.parameters).toEqual(b.student.parameters);
});

describeShared('the student of given soft labels is that of the model, to the bit', () => {
  test('adult-mlp-groupbias: log-odds, and probabilities in full precision', async () => {
    const preprocessing = parsePreprocessing(sharedJson('teachers/adult.preprocessing.json'), 'adult');
    using onnx = await loadTeacher(shared('teachers/adult-mlp-groupbias.onnx'), { preprocessing });
    const table = await readTable(shared('data/adult/data.csv.gz'), { target: 'label' });
    const parts = split(table, { by: await readSplit(shared('data/adult/split-transfer.csv.gz')) });
    const [train, validation] = [sampleRows(parts.train, 800, 1), sampleRows(parts.validation, 400, 1)];
    const data = await encodeParts(table, { train, validation, test: parts.test.slice(0, 2) }, preprocessing);
    const some = { ...data, student: { hidden: [4] }, seed: 1, epochs: 3 };
    const all = Uint32Array.from([...train, ...validation]);
    const { margins } = await softLabels(onnx, encode(table, preprocessing, { rows: all }));
    const column = (of: (v: number) => string): string[] => {
      const texts = Array<string>(table.rows).fill('');
      all.forEach((row, i) => {
        texts[row] = of(margins[i] as number);
      });
      return texts;
    };
    // given soft labels have no hidden layer
    const { student } = await distill({ ...some, teacher: onnx, ablate: ['features'] });
    const byDefault = await distill({ ...some, teacher: onnx });
    expect(byDefault.student.parameters).not.toEqual(student.parameters);
    for (const texts of [column(String), column((v) => String(sigmoid(v)))]) {
      const csv = new TextEncoder().encode(`p,i\n${texts.map((text, i) => `${text},${i}`).join('\n')}\n`);
      const teacher = givenSoftLabels(textColumn(await readCsv(csv), 'p'));
      const run = await distill({ ...some, teacher });
      expect(run.student.parameters).toEqual(student.parameters);
      expect(run.student.threshold).toBe(student.threshold);
    }
  });
});
