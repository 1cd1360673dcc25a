// Cross-fitting: the labels that a row's d depends on, and the start of each fit.
import { afterEach, expect, test, vi } from 'vitest';
import { denseMatrix } from '../../src/data/matrix.ts';
import type { Threads } from '../../src/io/threads.ts';
import { openArena } from '../../src/kernels/memory.ts';
import { crossFit } from '../../src/labels/cross-fit.ts';
import type { DebiasMap } from '../../src/labels/maps/map.ts';
import { fitMap } from '../../src/labels/maps/maps.ts';
import { type CalibrationProblem, placeProblem } from '../../src/labels/maps/problem.ts';
import { dice } from '../random.ts';
import { drawWorld } from '../simulator.ts';

vi.mock('../../src/labels/maps/maps.ts', { spy: true });
afterEach(() => vi.mocked(fitMap).mockClear());

const nothing = async (): Promise<void> => undefined;

test("a row's d depends on the labels of other folds, its loss on its own label", async () => {
  const ones = [1, 1, 0, 0, 0, 1, 1, 0, 0, 0];
  const folds = [0, 0, 1, 1, 2, 2, 3, 3, 4, 4];
  using arena = openArena();
  const rows = {
    ...{ rows: 11, features: denseMatrix(new Float32Array(11), 1) },
    labels: Int8Array.from([...ones, -1]),
    folds: Uint8Array.from([...folds, 4]),
  };
  let steps = 0;
  const step = async (): Promise<void> => void steps++;
  const maps: DebiasMap[] = [{ method: 'none' }, { method: 'prior' }];
  const [none, prior] = await crossFit(placeProblem(arena, new Float64Array(11), rows), maps, { step });
  expect(steps).toBe(10);
  expect(none?.method).toBe('none');
  expect(none?.crossFitted).toEqual(new Float64Array(11));
  none?.losses.forEach((loss, i) => {
    expect(loss).toBeCloseTo(i < 10 ? Math.LN2 : 0, 12);
  });
  // computed from the 8 labelled rows of other folds
  const share = (i: number): number =>
    ones.filter((y, k) => y && folds[k] !== rows.folds[i]).length / folds.filter((f) => f !== rows.folds[i]).length;
  expect([share(0), share(2), share(4), share(6), share(10)]).toEqual([2 / 8, 4 / 8, 3 / 8, 3 / 8, 4 / 8]);
  expect(prior?.crossFitted).toHaveLength(11);
  prior?.crossFitted.forEach((d, i) => {
    expect(d).toBeCloseTo(Math.log(share(i) / (1 - share(i))), 10);
    const loss = i < 10 ? -Math.log(ones[i] ? share(i) : 1 - share(i)) : 0;
    expect(prior.losses[i]).toBeCloseTo(loss, 10);
  });
});

const world = drawWorld(150, 31);
const d = dice(32);
const hidden = { rows: 150, width: 1, values: Float32Array.from({ length: 150 }, () => d.real(-1, 1)) };

test('a fit starts from the platt fit of its fold, or from the previous fit on the same columns', async () => {
  const tried: [map: DebiasMap, from: number | undefined][] = [
    [{ method: 'none' }, undefined],
    [{ method: 'platt' }, undefined],
    [{ method: 'beta' }, undefined],
    [{ method: 'residual', penalty: 300, on: 'inputs' }, 1],
    [{ method: 'residual', penalty: 30, on: 'inputs' }, 3],
    [{ method: 'residual', on: 'inputs' }, 1],
    [{ method: 'residual', penalty: 300, on: 'features' }, 1],
    [{ method: 'residual', penalty: 30, on: 'features' }, 6],
    [{ method: 'prior' }, undefined],
    [{ method: 'trees', count: 2 }, 1],
    [{ method: 'trees', count: 3 }, 9],
    [{ method: 'trees', count: 5 }, 10],
    [{ method: 'temperature' }, undefined],
    [{ method: 'trees', count: 2 }, 1],
    [{ method: 'residual', penalty: 3, on: 'inputs' }, 1],
  ];
  using arena = openArena();
  const maps = tried.map(([map]) => map);
  await crossFit(placeProblem(arena, world.truth, world.dataset, hidden), maps, { step: nothing });
  const { calls, results } = vi.mocked(fitMap).mock;
  expect(calls).toHaveLength(5 * maps.length);
  for (const [call, [, map, fold, start]] of calls.entries()) {
    const k = call % maps.length;
    const first = call - k;
    const from = tried[k]?.[1];
    expect([map, fold]).toEqual([maps[k], first / maps.length]);
    expect(start, `map ${k} of fold ${fold}`).toBe(from === undefined ? undefined : results[first + from]?.value);
  }
});

test('trees without a platt fit compute it themselves, with the same bits', async () => {
  const trees: DebiasMap = { method: 'trees', count: 3 };
  using arena = openArena();
  const problem = placeProblem(arena, world.truth, world.dataset);
  const [alone] = await crossFit(problem, [trees], { step: nothing });
  const [, after] = await crossFit(problem, [{ method: 'platt' }, trees], { step: nothing });
  expect(alone).toEqual(after);
});

test('rows that depend on the fold are made once for each fold, however many chains of maps there are', async () => {
  using arena = openArena();
  const problem = placeProblem(arena, world.truth, world.dataset);
  const maps: DebiasMap[] = [
    { method: 'trees' },
    { method: 'residual', penalty: 30, on: 'inputs' },
    { method: 'platt' },
  ];
  const wanted = await crossFit(problem, maps, { step: nothing });
  const folds: number[] = [];
  // no thread can be started here
  const threads: Threads = { size: 2, run: async (_, here) => await here() };
  const inFold = (fold: number): CalibrationProblem => {
    folds.push(fold);
    return problem;
  };
  expect(await crossFit(problem, maps, { step: nothing, inFold, threads })).toEqual(wanted);
  expect(folds).toEqual([0, 1, 2, 3, 4]);
});
