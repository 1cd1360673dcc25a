// Teachers and data sets of the shared folder: splits, encodings and probabilities equal the stored ones.
import { expect, test } from 'vitest';
import { readCsv } from '../../src/data/csv.ts';
import { encode } from '../../src/data/dataset.ts';
import { denseRows } from '../../src/data/matrix.ts';
import { parsePreprocessing } from '../../src/data/preprocessing.ts';
import { readSplit, split } from '../../src/data/split.ts';
import { sigmoid } from '../../src/kernels/elementary.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { describeShared, shared, sharedFloats, sharedJson } from '../shared.ts';

interface Entry {
  id: string;
  dataset: string;
  convention: string;
  scoreOutput: string;
}
const CONVENTIONS: Record<string, string> = {
  logit: 'logit',
  'logit-flat': 'logit',
  prob: 'probability',
  logits2: 'logits',
  probs2: 'probabilities',
  sklearn: 'probabilities',
};

describeShared('on the real data sets', () => {
  const datasets = ['adult', 'bank', 'default', 'german', 'spambase', 'wdbc'];
  const tables = new Map<string, ReturnType<typeof readCsv>>();
  const table = (name: string): ReturnType<typeof readCsv> => {
    const read = tables.get(name) ?? readCsv(shared(`data/${name}/data.csv.gz`), { target: 'label' });
    tables.set(name, read);
    return read;
  };

  test.each(datasets)('%s: the hash split equals the stored one', async (name) => {
    const data = await table(name);
    const stored = split(data, { by: await readSplit(shared(`data/${name}/split.csv.gz`)) });
    expect(split(data)).toEqual(stored);
  });

  test.each(datasets)('%s: the encoding reproduces the stored inputs bit by bit', async (name) => {
    const data = await table(name);
    const preprocessing = parsePreprocessing(sharedJson(`teachers/${name}.preprocessing.json`), name);
    const stored = sharedJson<{ rows: number[]; inputs: number[][] | number[] }>(
      `teachers/${name}.reference-inputs.json`,
    );
    const { features } = encode(data, preprocessing, { rows: Uint32Array.from(stored.rows) });
    expect(denseRows(features, 0, 64)).toEqual(Float32Array.from(stored.inputs.flat()));
  });

  const entries = describeEntries();
  test.each(entries)('$id: convention and probabilities', async ({ id, dataset, convention }) => {
    const preprocessing = parsePreprocessing(sharedJson(`teachers/${dataset}.preprocessing.json`), dataset);
    using teacher = await loadTeacher(shared(`teachers/${id}.onnx`), { preprocessing });
    expect(teacher.convention).toBe(CONVENTIONS[convention]);
    const stored = sharedJson<{ rows: number[]; probability: number[] }>(`teachers/${id}.reference.json`);
    const { teacherInputs } = encode(await table(dataset), preprocessing, { rows: Uint32Array.from(stored.rows) });
    const { margins, clippedCount } = await teacher.margins(teacherInputs);
    const logits = sharedFloats(`teachers/${id}.logits.f32`);
    stored.rows.forEach((row, i) => {
      expect(sigmoid(margins[i] as number)).toBeCloseTo(stored.probability[i] as number, 4);
      if (clippedCount === 0)
        expect(Math.abs((margins[i] as number) - (logits[row] as number))).toBeLessThan(
          1e-4 * Math.max(1, Math.abs(logits[row] as number)),
        );
    });
    expect(clippedCount).toBe(0);
  });
});

function describeEntries(): Entry[] {
  try {
    const all = sharedJson<Entry[] | { teachers: Entry[] }>('teachers/teachers.json');
    return Array.isArray(all) ? all : all.teachers;
  } catch {
    return [];
  }
}
