// Parts of a comparison's job, run separately and in any order, give the outcome of the whole job.
import { beforeAll, expect, test } from 'vitest';
import { type CompareInputs, inputsDigest } from '../../src/compare/compare-inputs.ts';
import type { Job } from '../../src/compare/job.ts';
import { debiasedPart, partsKey, studentPart } from '../../src/compare/job-keys.ts';
import { methodSpec } from '../../src/compare/methods.ts';
import { openJobParts, openJobs } from '../../src/compare/run-jobs.ts';
import type { LabelCache } from '../../src/io/cache.ts';
import { DebkdError } from '../../src/io/errors.ts';
import { partKey } from '../../src/student/checkpoint.ts';
import { hiddenFeatures } from '../../src/teacher/hidden-features.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { softLabels } from '../../src/teacher/soft-labels.ts';
import { model, wdbc } from '../models.ts';

let inputs: CompareInputs;
beforeAll(async () => {
  const { train, validation, test: held, preprocessing } = await wdbc();
  using teacher = await loadTeacher(model('wdbc-mlp-biased/teacher.onnx'), { preprocessing });
  inputs = {
    ...{
      train,
      validation,
      test: held,
      student: { hidden: [4] },
      trainRows: 120,
      tune: true,
      replicates: 10,
      epochs: 3,
    },
    margins: {
      train: (await softLabels(teacher, train)).margins,
      validation: (await softLabels(teacher, validation)).margins,
    },
    features: { train: await hiddenFeatures(teacher, train), validation: await hiddenFeatures(teacher, validation) },
    debiasedOptions: {},
  };
});

function memory(): LabelCache & { readonly entries: Map<string, Uint8Array> } {
  const entries = new Map<string, Uint8Array>();
  return {
    entries,
    get: async (key) => entries.get(key)?.slice(),
    put: async (key, bytes) => void entries.set(key, bytes.slice()),
  };
}

const sameButSeconds = (outcome: object): object => ({ ...outcome, seconds: 0 });

test.each(['hard', 'fitnet', 'debiased', 'debiased-hint'] as const)(
  '%s: its parts give the outcome of the whole job',
  async (method) => {
    const job: Job = { method, seed: 3 };
    const whole = sameButSeconds(await openJobs(inputs)(job));
    expect(whole).toMatchObject({ kind: 'done' });
    const store = memory();
    const { settings, debiases } = methodSpec(method);
    if (debiases) await openJobParts(inputs, store).debias(3);
    const places = [...settings.keys()].reverse().filter((i) => i !== 5); // one is left to the end
    for (const i of places) await openJobParts(inputs, store).train(job, i);
    const run = partsKey(inputsDigest(inputs));
    expect(store.entries.has(partKey(run, debiasedPart(inputs, 3)))).toBe(debiases === true);
    expect(store.entries.has(partKey(run, studentPart(inputs, job, settings[4] ?? {})))).toBe(true);
    expect(store.entries.size).toBe(places.length + (debiases ? 1 : 0));
    expect(sameButSeconds(await openJobParts(inputs, store).finish(job))).toEqual(whole);
    expect(store.entries.size).toBe(places.length + (debiases ? 1 : 0) + 1);
    // and again, from the stored parts
    expect(sameButSeconds(await openJobParts(inputs, store).finish(job))).toEqual(whole);
  },
);

test('keys differ by inputs, seed and options of the de-biased methods', () => {
  const key = (changed: CompareInputs, seed = 3): string =>
    partKey(partsKey(inputsDigest(changed)), debiasedPart(changed, seed));
  const keys = [
    key(inputs),
    key(inputs, 4),
    key({ ...inputs, epochs: 4 }),
    key({ ...inputs, debiasedOptions: { debias: 'platt' } }),
    key({ ...inputs, margins: { ...inputs.margins, train: inputs.margins.train.map((m) => m + 1e-9) } }),
  ];
  expect(new Set(keys).size).toBe(keys.length);
});

test('rejects when the store fails, and succeeds when the same jobs run again', async () => {
  const store = memory();
  let away = true;
  const shaky = {
    ...store,
    async get(key: string) {
      if (away) throw new DebkdError('source', { subject: 'store', seen: 'it is away' });
      return store.get(key);
    },
  };
  const jobs = openJobParts({ ...inputs, tune: false }, shaky);
  const job: Job = { method: 'debiased', seed: 1 };
  await expect(jobs.finish(job)).rejects.toMatchObject({ code: 'source' });
  await expect(jobs.debias(1)).rejects.toMatchObject({ code: 'source' });
  away = false;
  expect(await jobs.finish(job)).toMatchObject({ kind: 'done' });
});
