// distill from teacher to student: results, determinism, resuming, warnings and refused options.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { tuneMethod } from '../src/compare/cell.ts';
import { prepareInputs } from '../src/compare/method-inputs.ts';
import { readCsv } from '../src/data/csv.ts';
import { concatRows, encode, selectRows } from '../src/data/dataset.ts';
import { distill } from '../src/distill.ts';
import type { DistillOptions } from '../src/distill-options.ts';
import type { LabelCache } from '../src/io/cache.ts';
import type { Progress } from '../src/io/progress.ts';
import { sha256 } from '../src/io/sha256.ts';
import { evaluate } from '../src/metrics/evaluation.ts';
import { type Checkpoint, checkpointKey, storedCheckpoint } from '../src/student/checkpoint.ts';
import { Student } from '../src/student/student.ts';
import { encodeStudent } from '../src/student/student-bytes.ts';
import { decodeStudent } from '../src/student/student-file.ts';
import { loadTeacher } from '../src/teacher/onnx.ts';
import { model, modelJson, wdbc } from './models.ts';

const data = await wdbc();
const teacher = await loadTeacher(model('wdbc-mlp-biased/teacher.onnx'), { preprocessing: data.preprocessing });
const options: DistillOptions = {
  teacher,
  train: data.train,
  validation: data.validation,
  student: { hidden: [8] },
  seed: 1,
  epochs: 20,
};

test.each(['wdbc-mlp', 'wdbc-mlp-biased'])(
  '%s gives the logits of PyTorch (1e-5) and has the hash of its model card',
  async (name) => {
    using loaded = await loadTeacher(model(`${name}/teacher.onnx`), { preprocessing: data.preprocessing });
    const { rows, logits } = modelJson<{ rows: number[]; logits: number[] }>(`${name}/reference.json`);
    const table = await readCsv(model('wdbc/data.csv'), { target: 'label' });
    const { margins } = await loaded.margins(
      encode(table, data.preprocessing, { rows: Uint32Array.from(rows) }).features,
    );
    logits.forEach((logit, i) => {
      expect(Math.abs((margins[i] as number) - logit)).toBeLessThan(1e-5 * Math.max(1, Math.abs(logit)));
    });
    const { sha256: digest } = modelJson<{ sha256: string }>(`${name}/card.json`);
    expect(
      createHash('sha256')
        .update(readFileSync(model(`${name}/teacher.onnx`)))
        .digest('hex'),
    ).toBe(digest);
    expect(loaded.sha256).toBe(digest);
  },
);

test('a deliberate bias is found and corrected', async () => {
  const run = await distill({ ...options, epochs: undefined });
  expect(run.debias.method).toBe('platt');
  expect(run.debias.parameters[0]).toBeLessThan(-1);
  expect(run.changes.meanShift).toBeLessThan(-1);
  expect(run.changes.flipped).toBeGreaterThan(10);
  expect(run.warnings.join()).toMatch(/with 320 labelled training and validation rows/);
  const [train, validation] = [data.train, data.validation];
  const material = prepareInputs(
    { data: train, margins: run.soft.train.margins },
    { data: validation, margins: run.soft.validation.margins },
  );
  const { student: kd } = await tuneMethod('kd', material, { student: { hidden: [8] }, seed: 1 });
  const loss = async (s: Student): Promise<number> =>
    (await evaluate(s.predictProba(data.test), data.test.labels, { replicates: 2 })).metrics.logLoss.value;
  expect(await loss(run.student)).toBeLessThan((await loss(kd)) - 0.04);
});

test('the same run gives the same bytes; another seed gives different ones', async () => {
  const bytes = async (seed: number): Promise<string> =>
    sha256(encodeStudent((await distill({ ...options, seed })).student));
  const first = await bytes(1);
  expect(await bytes(1)).toBe(first);
  expect(await bytes(2)).not.toBe(first);
});

test('a student file is read back completely; a damaged one is refused', async () => {
  const { student } = await distill({ ...options, infusion: { form: 'mix', strength: 0.3 } });
  const bytes = encodeStudent(student);
  const again = decodeStudent(bytes);
  expect(encodeStudent(again)).toEqual(bytes);
  expect(again.predictProba(data.test)).toEqual(student.predictProba(data.test));
  const header = new TextDecoder().decode(bytes.subarray(12, 12 + new DataView(bytes.buffer).getUint32(8, true)));
  expect(Object.keys(JSON.parse(header))).toEqual(['architecture', 'preprocessing', 'threshold', 'provenance']);
  expect(header).not.toMatch(/\/|file:|20\d\d-/);
  for (const at of [0, 7, 9, 40, bytes.length - 1]) {
    const broken = bytes.slice();
    broken[at] = (broken[at] as number) ^ 1;
    expect(() => decodeStudent(broken)).toThrow(/student "student": /);
  }
  expect(() => decodeStudent(bytes.subarray(0, 100))).toThrow(/damaged/);
  expect(() => decodeStudent(new Uint8Array(3))).toThrow(/not a student file/);
});

test('a student can be sent as data by structured clone', async () => {
  const { student } = await distill({ ...options, infusion: { form: 'none' } });
  const copy = new Student(structuredClone(student));
  expect(copy.predict(data.test)).toEqual(student.predict(data.test));
});

test('predictRecord gives the same bits as a batch', async () => {
  const { student } = await distill({ ...options, infusion: { form: 'none' } });
  const table = await readCsv(model('wdbc/data.csv'), { target: 'label' });
  const batch = student.predictProba(encode(table, data.preprocessing));
  for (const row of [0, 17, 400]) {
    const record = Object.fromEntries(table.columns.map((c) => [c.name, c.texts[c.codes[row] as number] as string]));
    expect(student.predictRecord(record).probability).toBe(batch[row]);
    const { mean_radius: _, ...rest } = record;
    expect(() => student.predictRecord({ ...rest, mean_radios: 1 })).toThrow(/no field "mean_radius"; did you mean/);
    expect(() => student.predictRecord({ ...record, mean_radius: 'wide' })).toThrow(/"wide", expected a finite number/);
    expect(student.predictRecord({ ...record, mean_radius: null })).toEqual(
      student.predictRecord({ ...record, mean_radius: '' }),
    );
  }
});

test('progress reaches the total; an abort rejects with its reason and stops the work', async () => {
  const seen: Progress[] = [];
  const controller = new AbortController();
  const reason = new Error('enough');
  const running = distill({
    ...options,
    signal: controller.signal,
    onProgress: (p) => {
      seen.push(p);
      if (p.stage === 'student 2 of 6') controller.abort(reason);
    },
  });
  await expect(running).rejects.toBe(reason);
  const last = seen.at(-1) as Progress;
  expect(last.stage).toBe('student 2 of 6');
  expect(seen.filter((p) => p.stage === 'student 1 of 6').map((p) => p.done)).toEqual(
    Array.from({ length: 20 }, (_, i) => i + 1),
  );
  expect(seen.every((p) => p.done >= 1 && p.done <= p.total)).toBe(true);
});

test('the progress of the whole call never falls, ends at its total, and names every step', async () => {
  const seen: Progress[] = [];
  await distill({ ...options, onProgress: (p) => seen.push(p) });
  const shares = seen.map(({ overall }) => overall?.done as number);
  expect(shares.every((share, i) => share >= (shares[i - 1] ?? 0) && share <= 1)).toBe(true);
  expect(shares.slice(0, -1).every((share) => share < 1)).toBe(true);
  expect(seen.at(-1)).toMatchObject({ overall: { done: 1, total: 1, secondsLeft: 0 }, step: { number: 9, of: 9 } });
  expect([...new Set(seen.map(({ step }) => `${step?.number} of ${step?.of}: ${step?.name}`))]).toEqual([
    '1 of 9: asking the teacher (soft labels)',
    "2 of 9: removing the teacher's bias",
    ...[0, 0.1, 0.3, 0.5, 0.7, 1].map((mix, i) => `${i + 3} of 9: training student ${i + 1} of 6, label mix ${mix}`),
    '9 of 9: choosing the threshold',
  ]);
});

test('a run resumed at any point gives the bytes of an uninterrupted one', async () => {
  const whole = encodeStudent((await distill(options)).student);
  const key = checkpointKey('test');
  type Entries = ReadonlyMap<string, Uint8Array>;
  const storeOf = (stored: Entries, onPut: (entries: Entries) => void = () => undefined): LabelCache => {
    const entries = new Map(stored);
    return {
      get: async (name) => entries.get(name),
      async put(name, bytes) {
        entries.set(name, bytes);
        onPut(new Map(entries));
      },
    };
  };
  const whenever = (store: LabelCache): Checkpoint => ({ ...storedCheckpoint(store, key), pause: 0 });
  const states: Entries[] = [];
  await distill({ ...options, checkpoint: whenever(storeOf(new Map(), (entries) => states.push(entries))) });
  // for both parts a block of soft labels and all of them, then the de-biased labels, then 20 epochs and the end of six students
  expect(states).toHaveLength(5 + 6 * 21);
  for (const at of [0, 1, 2, 3, 4, 10, 24, 25, 60, 130]) {
    const resumed = whenever(storeOf(states[at] as Entries));
    const steps: number[] = [];
    const onProgress = ({ stage, done }: Progress): void => void (stage.startsWith('student') && steps.push(done));
    expect(encodeStudent((await distill({ ...options, checkpoint: resumed, onProgress })).student)).toEqual(whole);
    // from the 5th entry on, students resume at the stored epoch
    expect(steps).toHaveLength(at < 5 ? 120 : 120 - (at - 4 - Math.floor((at - 4) / 21)));
  }
  const last = states.at(-1) as Entries;
  expect(await storedCheckpoint(storeOf(last), key).get('margins train')).toBeInstanceOf(Uint8Array);
  expect(await storedCheckpoint(storeOf(last), checkpointKey('another run')).get('margins train')).toBeUndefined();
  const damaged = new Map(Array.from(last, ([name, bytes]) => [name, bytes.subarray(0, bytes.length - 1)]));
  expect(await storedCheckpoint(storeOf(damaged), key).get('margins train')).toBeUndefined();
});

test('leakage is detected, and the map is fitted on held-out rows', async () => {
  const memory = new Map<unknown, Float64Array>([
    [data.train.teacherInputs, Float64Array.from(data.train.labels, (y) => (y ? 9 : -9))],
    [
      data.validation.teacherInputs,
      Float64Array.from(data.validation.labels, (y, i) => (y ? 9 : -9) * (i % 6 ? 1 : -1)),
    ],
  ]);
  const leaky = {
    ...teacher,
    margins: async (x: unknown) => ({ margins: memory.get(x) as Float64Array, clippedCount: 0 }),
  };
  const run = await distill({ ...options, teacher: leaky as typeof teacher, infusion: { form: 'none' } });
  expect(run.leakage.leaked).toBe(true);
  expect(run.warnings[0]).toMatch(/seems to have been fitted on these training rows/);
  expect(run.debias.rows).toBe(data.validation.rows);
  expect(run.debias.parameters[1]).toBeLessThan(0.5);
});

test('a teacher with swapped classes gets a warning with the causes', async () => {
  const swapped = {
    ...teacher,
    margins: async (x: Parameters<typeof teacher.margins>[0]) => {
      const { margins, clippedCount } = await teacher.margins(x);
      return { margins: margins.map((v) => -v), clippedCount };
    },
  };
  const run = await distill({ ...options, teacher: swapped as typeof teacher, infusion: { form: 'none' } });
  expect(run.warnings.join()).toMatch(
    /it ranks the classes in reverse.*the other value of the label as class 1, or the other output of the teacher/,
  );
});

test('unlabelled rows are distilled but do not affect the map', async () => {
  const labels = data.train.labels.map((y, i) => (i % 2 ? y : -1));
  const run = await distill({ ...options, train: { ...data.train, labels }, infusion: { form: 'mix', strength: 0.5 } });
  expect(run.debias.rows).toBe(220);
  run.debiased.train.forEach((d, i) => {
    if (labels[i] === -1) expect(run.targets.margins[i]).toBe(d);
    else expect(run.targets.margins[i]).not.toBe(d);
  });
  const other = { ...data.train, labels: labels.map((y, i) => (i % 2 ? y : -1)) };
  expect(
    (await distill({ ...options, train: other, infusion: { form: 'mix', strength: 0.5 } })).debias.parameters,
  ).toEqual(run.debias.parameters);
});

test('warns about few validation rows and few rows of a class, with figures and remedies', async () => {
  const few = selectRows(
    data.validation,
    Uint32Array.from({ length: 60 }, (_, i) => i),
  );
  let ones = 0;
  const labels = data.train.labels.map((y) => (y === 1 && ++ones > 1 ? -1 : y));
  const train = { ...data.train, labels };
  const run = await distill({ ...options, train, validation: few, infusion: { form: 'none' } });
  expect(run.warnings).toContainEqual(
    expect.stringMatching(/^validation: 60 labelled rows, fewer than 100.*Give it more rows/),
  );
  expect(run.warnings).toContainEqual(
    expect.stringMatching(/^training: 1 row of class 1, fewer than 10.*Give more rows of it/),
  );
  const none = { ...few, labels: few.labels.map(() => -1) };
  const blind = await distill({ ...options, validation: none, infusion: { form: 'none' } });
  expect(blind.warnings).toContainEqual(
    expect.stringMatching(
      /^validation: no labelled rows, so the epoch,.* are chosen by corrected labels alone. Label some/,
    ),
  );
  expect(blind.student.threshold).not.toBe(0.5);
  const plain = await distill({ ...options, validation: none, infusion: { form: 'none' }, debias: 'none' });
  expect(plain.warnings).toContainEqual(
    expect.stringMatching(/^validation: no labelled rows, so the threshold is 0.5. Label some/),
  );
  expect(plain.student.threshold).toBe(0.5);
  expect(plain.thresholdBy).toBe('labels');
});

test('with few validation labels the threshold is chosen by the corrected labels of both parts', async () => {
  const few = selectRows(
    data.validation,
    Uint32Array.from({ length: 60 }, (_, i) => i),
  );
  const run = await distill({ ...options, validation: few, infusion: { form: 'none' } });
  expect(run.thresholdBy).toBe('corrected labels');
  // F1 of the expected counts at the chosen threshold and at others
  const parts = [data.train, few];
  const p = parts.flatMap((part) => [...run.student.predictProba(part)]);
  const d = [...run.debiased.train, ...run.debiased.validation];
  const targets = parts
    .flatMap((part) => [...part.labels])
    .map((y, i) => (y < 0 ? 0 : 0.2 * y) + (y < 0 ? 1 : 0.8) * (1 / (1 + Math.exp(-(d[i] as number)))));
  const total = targets.reduce((a, b) => a + b, 0);
  const f1 = (threshold: number): number => {
    const above = [...p.keys()].filter((i) => (p[i] as number) >= threshold);
    return (2 * above.reduce((sum, i) => sum + (targets[i] as number), 0)) / (above.length + total);
  };
  const best = Math.max(...p.map(f1));
  expect(f1(run.student.threshold)).toBeCloseTo(best, 12);
  const byLabels = await distill({ ...options, validation: few, infusion: { form: 'none' }, select: 'labels' });
  expect(byLabels.thresholdBy).toBe('labels');
  const many = { ...options, validation: concatRows(data.train, data.train) };
  expect((await distill({ ...many, infusion: { form: 'none' } })).thresholdBy).toBe('labels');
});

test('a higher class weight raises probabilities; balanced is the ratio of the classes', async () => {
  const mean = (p: Float64Array): number => p.reduce((a, b) => a + b, 0) / p.length;
  const run = async (classWeight: number | 'balanced' | undefined) =>
    (await distill({ ...options, classWeight, infusion: { form: 'none' } })).student;
  const [plain, one, heavy, light] = [await run(undefined), await run(1), await run(8), await run(0.1)];
  expect(one.parameters).toEqual(plain.parameters);
  const p = [light, plain, heavy].map((student) => mean(student.predictProba(data.test)));
  expect(p).toEqual([...p].sort((a, b) => a - b));
  expect((p[2] as number) - (p[0] as number)).toBeGreaterThan(0.05);
  const balanced = await run('balanced');
  const ones = data.train.labels.filter((y) => y === 1).length;
  // the ratio also scales the loss, which has almost no effect on AdamW
  const ratio = await run((data.train.rows - ones) / ones);
  expect(mean(balanced.predictProba(data.test))).toBeCloseTo(mean(ratio.predictProba(data.test)), 2);
});

test.each([
  ['no training rows', { train: { ...data.train, rows: 0 } }, /training part: no rows; give the part more rows/],
  [
    'no validation rows',
    { validation: { ...data.validation, rows: 0 } },
    /validation part: no rows; give the part more rows/,
  ],
  ['a width of 0', { student: { hidden: [0] } }, /hidden widths from 1 to 4096/],
  ['a negative seed', { seed: -1 }, /seed is -1/],
  ['no epochs', { epochs: 0 }, /epochs is 0/],
  ['a strength of 2', { infusion: { form: 'mix' as const, strength: 2 } }, /strength 2, expected a number from 0 to 1/],
  ['a class weight of 0', { classWeight: 0 }, /class weight 0, expected balanced or a number above 0/],
  ['a huge learning rate', { optimizer: { learningRate: 1e9 } }, /learning rate is/],
])('%s is refused', async (_, change, message) => {
  await expect(distill({ ...options, ...change })).rejects.toThrow(message);
});

test('with few labels of one class students also learn from the hidden layer; enough labels, or leaving it out, avoid that', async () => {
  const few = (part: typeof data.train, most: number): typeof data.train => {
    let ones = 0;
    const rows = Array.from(part.labels.keys()).filter((i) => part.labels[i] !== 1 || ones++ < most);
    return selectRows(part, Uint32Array.from(rows));
  };
  const rare = { ...options, train: few(data.train, 20), validation: few(data.validation, 8) };
  const stages = new Set<string>();
  const run = await distill({ ...rare, onProgress: ({ stage }) => stages.add(stage) });
  // 250 / 28 labels, at most 5, times .5
  expect(run.hint?.weight).toBe(2.5);
  expect([...stages]).toContain('student 12 of 12');
  const loss = (run.student.provenance as { loss: { hint?: { weight: number } } }).loss;
  expect(loss.hint?.weight).toBe(run.hint?.taken ? 2.5 : undefined);
  expect(run.infusion.candidates).toHaveLength(6);
  for (const other of [options, { ...rare, ablate: ['features'] as const }, { ...rare, student: { hidden: [] } }])
    expect((await distill(other)).hint).toBeUndefined();
});
