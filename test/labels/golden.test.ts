// Calibration maps and the ridge logistic fit against SciPy and scikit-learn (test/golden/measures.py).
import { describe, expect, test } from 'vitest';
import type { Dataset } from '../../src/data/dataset.ts';
import { denseMatrix } from '../../src/data/matrix.ts';
import { openArena } from '../../src/kernels/memory.ts';
import type { MapName } from '../../src/labels/debias-names.ts';
import { applyMap, fitMap } from '../../src/labels/maps/maps.ts';
import { placeProblem } from '../../src/labels/maps/problem.ts';
import golden from '../golden/measures.json' with { type: 'json' };

interface Problem {
  v: number[];
  phi: number[][];
  y: number[];
}

function minimum({ v, phi, y }: Problem, penalty: number | null, centre: number): Float64Array {
  using arena = openArena();
  const { kernels } = arena;
  const width = penalty === null ? 0 : (phi[0]?.length ?? 0);
  const matrix = denseMatrix(Float32Array.from(phi.flat()), phi[0]?.length ?? 1);
  const slots = penalty === null ? 0 : matrix.fields;
  const start = new Float64Array(width + 2);
  start[1] = 1;
  const theta = arena.put(start);
  const [margins, labels, folds] = [
    arena.put(Float64Array.from(v)),
    arena.put(Int8Array.from(y)),
    arena.put(new Uint8Array(y.length)),
  ];
  const words = arena.put(matrix.data);
  const columns = arena.put(matrix.fieldColumns);
  const scratch = arena.reserve(kernels.logisticScratch(width, slots));
  const steps = kernels.fitLogistic(
    theta,
    margins,
    labels,
    folds,
    -1,
    y.length,
    words,
    slots,
    columns,
    width,
    arena.put(new Float64Array(width).fill(penalty ?? 0)),
    centre,
    scratch,
    0,
    0,
  );
  expect(steps).toBeLessThan(50);
  return arena.f64(theta, width + 2);
}

test.each(golden.fits)('$name: the minimum, within 1e-6', (g) => {
  const theta = minimum(g, g.penalty, 1);
  g.theta.forEach((want, j) => {
    expect(Math.abs((theta[j] as number) - want)).toBeLessThan(1e-6 * Math.max(1, Math.abs(want)));
  });
});

describe('calibrations', () => {
  const { calibrations: g } = golden;
  const dataset = (v: readonly number[]): Dataset => {
    const features = denseMatrix(new Float32Array(v.length), 1);
    const labels = Int8Array.from(g.y);
    const preprocessing = { clip: 10, columns: [], encodedWidth: 1 };
    return {
      rows: v.length,
      features,
      teacherInputs: features,
      labels,
      folds: new Uint8Array(v.length),
      preprocessing,
    };
  };
  const parametersOf = (method: MapName, v: readonly number[]): Float64Array => {
    using arena = openArena();
    return fitMap(placeProblem(arena, Float64Array.from(v), dataset(v)), { method }, -1);
  };

  test('prior: the shift, within 1e-12', () => {
    expect(Math.abs((parametersOf('prior', g.v)[0] as number) - (g.prior[0] as number))).toBeLessThan(1e-12);
  });

  test('temperature: the slope, within 1e-6', () => {
    expect(Math.abs((parametersOf('temperature', g.v)[0] as number) - (g.temperature[0] as number))).toBeLessThan(1e-6);
  });

  test.each(g.beta)('beta: the minimum under a, b >= 0, within 1e-5', ({ v, parameters }) => {
    const found = parametersOf('beta', v);
    parameters.forEach((want, j) => {
      expect(Math.abs((found[j] as number) - want)).toBeLessThan(1e-5);
    });
  });

  test('isotonic: the steps of scikit-learn, within 1e-12', () => {
    using arena = openArena();
    const problem = placeProblem(arena, Float64Array.from(g.v), dataset(g.v));
    const d = applyMap(problem, { method: 'isotonic' }, fitMap(problem, { method: 'isotonic' }, -1));
    g.isotonic.forEach((want, i) => {
      expect(Math.abs((d[i] as number) - want)).toBeLessThan(1e-12 * 10);
    });
  });
});

test('ridge logistic regression of scikit-learn, within 1e-5 (its own tolerance)', () => {
  const { ridge } = golden;
  const theta = minimum(ridge, ridge.penalty, 0);
  ridge.theta.forEach((want, j) => {
    expect(Math.abs((theta[j] as number) - want)).toBeLessThan(1e-5);
  });
});
