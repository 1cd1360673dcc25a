// Stored results: real ones pass unchanged; a changed one either makes a page or is refused with the path of its fault.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { compare } from '../../src/compare/compare.ts';
import { DebkdError, htmlReport, parseResult } from '../../src/index.ts';
import type { DistillRecord } from '../../src/report/result.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { debkd, temporary, WDBC } from '../cli/run.ts';
import { model, wdbc } from '../models.ts';
import { type Dice, dice } from '../random.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Place = { readonly in: { [key: string]: Json }; readonly key: string };

const copy = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;

function distilled(...options: readonly string[]): Json {
  const out = join(temporary(), 'student');
  const { status, stderr } = debkd(['distill', ...options, '--out', out]);
  expect(status, stderr).toBe(0);
  return JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')) as Json;
}

async function compared(): Promise<Json> {
  const data = await wdbc();
  using teacher = await loadTeacher(model('wdbc-mlp/teacher.onnx'), { preprocessing: data.preprocessing });
  const common = { teacher, data, student: { hidden: [4] }, epochs: 3, replicates: 10, command: 'debkd compare' };
  return copy(await compare(['hard', 'kd', 'debiased', 'debiased+calibration'], { ...common, seeds: 2 }));
}

const real: Record<'distill' | 'compare', Json> = { distill: null, compare: null };
beforeAll(async () => {
  real.distill = distilled(
    ...WDBC,
    '--groups',
    'mean_radius',
    '--withhold',
    'mean_texture',
    '--baselines',
    '--calibrate',
    '--debias',
    'stack',
  );
  real.compare = await compared();
});

/** Every place in a value, at all depths. */
function placesOf(value: Json, found: Place[] = []): Place[] {
  if (typeof value !== 'object' || value === null) return found;
  const inside = value as { [key: string]: Json };
  for (const key of Object.keys(inside)) {
    found.push({ in: inside, key });
    placesOf(inside[key] as Json, found);
  }
  return found;
}

/** A random place that favours upper levels; otherwise nearly all would be numbers of the charts. */
function somewhere(value: Json, d: Dice): Place {
  let at: Place = { in: { whole: value }, key: 'whole' };
  for (;;) {
    const here = at.in[at.key];
    if (typeof here !== 'object' || here === null) return at;
    const keys = Object.keys(here);
    if (keys.length === 0 || (at.key !== 'whole' && d.below(3) === 0)) return at;
    at = { in: here as { [key: string]: Json }, key: keys[d.below(keys.length)] as string };
  }
}

const nested = (depth: number): Json => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`) as Json;
const OTHERS: readonly (() => Json)[] = [
  ...[null, true, false, '', 'NaN', 'Infinity', '<b>', '\u0000\ud800', 0, -1, 0.5, 1e9, 2 ** 53, -1e300, 1e308].map(
    (value) => () => value,
  ),
  ...[() => [], () => ({}), () => [null], () => ({ valueOf: 1, toString: 1 }), () => Number.POSITIVE_INFINITY],
  ...[() => nested(3000), () => JSON.parse('{"__proto__": {"a": 1}, "constructor": 1}') as Json],
];

/** One random change: a key removed or added, another value, a shorter or longer list, a value from another place. */
function change(value: Json, d: Dice): Json {
  const place = somewhere(value, d);
  const { in: inside, key } = place;
  const here = inside[key] as Json;
  switch (d.below(8)) {
    case 0:
    case 1:
      if (Array.isArray(inside)) inside.splice(Number(key), 1);
      else delete inside[key];
      return value;
    case 2: {
      // a value from another place
      const from = somewhere(value, d);
      inside[key] = copy(from.in[from.key]);
      return value;
    }
    case 3:
      if (Array.isArray(here) && here.length > 0) {
        const long = d.below(2) === 0 ? 300 : 20_000;
        const short = here.length > 0 && JSON.stringify(here[0]).length < 40;
        inside[key] = Array.from({ length: short ? long : 30 }, (_, i) => here[i % here.length] as Json);
      } else if (typeof here === 'string') inside[key] = here.repeat(1000);
      else if (typeof here === 'number') inside[key] = here * [-1, 1e-9, 1e9, 1e200][d.below(4)]!;
      else inside[key] = [here];
      return value;
    case 4:
      if (typeof here === 'object' && here !== null && !Array.isArray(here))
        here[['__proto__', '__defineGetter__', 'model', 'later'][d.below(4)] as string] = OTHERS[
          d.below(OTHERS.length)
        ]?.() as Json;
      else inside[key] = typeof here === 'object' ? 'a text' : String(here);
      return value;
    default:
      inside[key] = OTHERS[d.below(OTHERS.length)]?.() as Json;
      return value;
  }
}

/** `page`, or the message of a refusal; any other error is a failure. */
async function outcome(value: Json): Promise<string> {
  try {
    const result = parseResult(value, 'r.json');
    expect(await htmlReport(result)).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
    return 'page';
  } catch (error) {
    if (!(error instanceof DebkdError) || error.code !== 'value') throw error;
    return error.message;
  }
}

describe.each(['distill', 'compare'] as const)('a record of %s', (kind) => {
  test('unchanged: parses to the same and makes a page', async () => {
    expect(parseResult(copy(real[kind]), 'r.json')).toEqual(real[kind]);
    expect(await outcome(copy(real[kind]))).toBe('page');
  });

  test('a missing field is refused by its path, unless it is optional', async () => {
    const optional = new Set<string>();
    for (const { in: inside, key } of placesOf(real[kind])) {
      if (Array.isArray(inside)) continue;
      const kept = inside[key] as Json;
      delete inside[key];
      try {
        parseResult(real[kind], 'r.json');
        optional.add(key);
      } catch (error) {
        expect(error).toBeInstanceOf(DebkdError);
        expect((error as Error).message).toMatch(new RegExp(`^result "r\\.json": .*\\b${key} is missing, expected `));
      }
      inside[key] = kept;
    }
    const whole = [
      'command',
      'label',
      'columns',
      'trainedOn',
      'baselines',
      'figures',
      'calibration',
      'test',
      'selectionWeight',
      'thresholdBy',
      'thresholdChoice',
      'defer',
      'deferral',
      'importance',
      'withheld',
      'name',
      'bytes',
      'differences',
      'groupThresholds',
      'teacher',
      'logLoss',
      'auc',
    ];
    const maps = ['penalty', 'on', 'count', 'cut', 'logLoss'];
    const cells = [
      'settings',
      'threshold',
      'metrics',
      'temperature',
      'alpha',
      'strength',
      'learningRateScale',
      'weightDecayScale',
      'debias',
    ];
    const seconds = ['hard', 'kd', 'debiased', 'debiased+calibration'];
    for (const name of optional) expect([...whole, ...maps, ...cells, ...seconds]).toContain(name);
  });

  test('600 changed records: a page, or a refusal with the path', async () => {
    const d = dice(kind === 'distill' ? 71 : 72);
    let pages = 0;
    for (let i = 0; i < 600; i++) {
      let value = copy(real[kind]);
      for (let changes = 1 + d.below(2); changes > 0; changes--) value = change(value, d);
      const said = await outcome(value);
      if (said === 'page') pages++;
      else
        expect(said).toMatch(/^result "r\.json": \S+ is .{1,80}, expected .+; give the JSON that distill or compare/);
    }
    // both outcomes are frequent
    expect(pages).toBeGreaterThan(60);
    expect(pages).toBeLessThan(540);
  });
});

test('the importance of the columns is on the page, and a wrong one is refused', async () => {
  const value = copy(real.distill) as unknown as DistillRecord;
  expect(value.importance).toMatchObject({ rows: 129, of: 129, permutations: 5 });
  expect(value.importance?.columns).toHaveLength(29);
  const page = await htmlReport(value);
  expect(page).toContain("<h2>What the student's answers depend on</h2>");
  expect(page).toContain('Correlated columns share importance');
  expect(value.withheld).toMatchObject([{ column: 'mean_texture', groups: [{ rows: expect.any(Number) }] }]);
  expect(page).toContain("<h2>What the student's columns tell about withheld columns</h2>");
  expect(page).toMatch(/<td[^>]*>mean_texture &#62; [\d.]+<\/td>/);
  const wrong = { ...value, importance: { ...value.importance, permutations: -1 } };
  expect(() => parseResult(wrong, 'r.json')).toThrow(/importance\.permutations is -1, expected a whole number/);
});

test('a logistic student and shifted groups parse; unknown fields are left out', async () => {
  const [teacher, rows] = [WDBC.slice(0, 4), WDBC.slice(4, 8)];
  const value = distilled(...teacher, ...rows, '--student', 'logistic', '--debias', 'residual') as {
    [key: string]: Json;
  };
  expect(parseResult(copy(value), 'r.json')).toEqual(value);
  expect(parseResult({ ...value, later: 1 }, 'r.json')).toEqual(value);
});

test.each([
  [{ schema: 'debkd/distill@1' }, /^result "r\.json": summary is missing, expected a text; give the JSON that distill/],
  [{ schema: 'debkd/compare@1' }, /^result "r\.json": teacher is missing, expected an object; /],
  [{ schema: 'debkd/inspect@1' }, /: schema is "debkd\/inspect@1", expected debkd\/distill@1 or debkd\/compare@1; /],
  [{}, /: schema is missing, expected /],
  [[], /: the whole is a list of 0, expected an object; /],
  [null, /: the whole is null, expected an object; /],
  ['debkd/distill@1', /: the whole is "debkd\/distill@1", expected an object; /],
])('%j is refused', async (value, message) => {
  expect(await outcome(value as Json)).toMatch(message);
});

test('lists that are nested 100,000 deep are refused anywhere', async () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  expect(await outcome(JSON.parse(deep) as Json)).toMatch(/the whole is a list of 1, expected an object/);
  for (const key of ['groups', 'summary', 'teacher', 'later']) {
    const value = JSON.parse(`{"schema":"debkd/distill@1","${key}":${deep}}`) as Json;
    expect(await outcome(value)).toMatch(/ is (missing|a list of 1), expected /);
  }
});

test('messages quote unusual field names on one line', () => {
  const value = copy(real.compare) as { results: { settings: { [key: string]: Json } }[] };
  value.results[0]!.settings = { 'a\nb': [] };
  expect(() => parseResult(value, 'r\n.json')).toThrow(
    /^result "r\\n\.json": results\.0\.settings\."a\\nb" is a list of 0, /,
  );
});

test('records with former property names are read', async () => {
  const record = (await compared()) as { results: { settings?: Record<string, Json> }[] };
  const earlier = JSON.parse(
    JSON.stringify(record).replaceAll('learningRateScale', 'rate').replaceAll('weightDecayScale', 'decay'),
  ) as Json;
  expect(earlier).not.toEqual(record);
  expect(parseResult(earlier, 'earlier')).toEqual(parseResult(record, 'record'));
});

test('an unknown setting is shown by its name', async () => {
  const value = copy(real.compare) as { results: { settings: { [key: string]: Json } }[] };
  value.results[0]!.settings = { later: 3, __defineGetter__: 1 };
  expect(await htmlReport(parseResult(value, 'r.json'))).toContain('later 3, __defineGetter__ 1');
});

test('a result whose de-biasing sees texts makes a page that says so; the losses of a logistic student are by penalty', async () => {
  const value = copy(real.distill) as {
    debias: { parts: object[] };
    student: { penalty?: number };
  };
  const before = await htmlReport(parseResult(copy(value), 'r.json'));
  expect(before).toContain('the epoch with the lowest value is kept');
  Object.assign(value.debias.parts[0] as object, { method: 'residual', penalty: 3, on: 'texts' });
  value.student.penalty = 0.3;
  const page = await htmlReport(parseResult(value, 'r.json'));
  expect(page).toContain('inputs, words');
  expect(before).not.toContain('inputs, words');
  expect(page).toContain('the ridge penalty with the lowest value is kept');
  expect(page).not.toMatch(/by epoch|>Epoch</);
});
