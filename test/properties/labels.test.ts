// Properties of de-biasing and knowledge infusion on random teachers and rows.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Dataset } from '../../src/data/dataset.ts';
import { selectRows } from '../../src/data/dataset.ts';
import { softplus } from '../../src/kernels/elementary.ts';
import { DEBIAS_METHODS, type DebiasMethod } from '../../src/labels/debias-names.ts';
import { INFUSION_FORMS, MAX_STRENGTH } from '../../src/labels/infusion-forms.ts';
import { infuse } from '../../src/labels/knowledge-infusion.ts';
import { applyDebias, fitDebias } from '../../src/labels/label-debiasing.ts';
import { debiasedDistillation } from '../../src/loss/debiased-distillation.ts';
import { fit as train } from '../../src/student/fit.ts';
import { drawWorld, teach } from '../simulator.ts';

const bias = fc.record({
  rows: fc.integer({ min: 60, max: 700 }),
  seed: fc.integer({ min: 1, max: 1e6 }),
  scale: fc.double({ min: 0.05, max: 8, noNaN: true }),
  shift: fc.double({ min: -4, max: 4, noNaN: true }),
  group: fc.double({ min: -3, max: 3, noNaN: true }),
  bend: fc.constantFrom(0, 0, 0.5),
});
type Bias = typeof bias extends fc.Arbitrary<infer T> ? T : never;
const world = ({ rows, seed, ...dials }: Bias) => {
  const drawn = drawWorld(rows, seed);
  return { dataset: drawn.dataset, margins: teach(drawn, dials) };
};
const bothClasses = ({ labels }: Dataset): boolean => labels.includes(0) && labels.includes(1);

function meanLoss(margins: Float64Array, labels: Int8Array): number {
  let sum = 0;
  margins.forEach((d, i) => {
    sum += softplus(labels[i] ? -d : d);
  });
  return sum / margins.length;
}

test('auto never raises the cross-fitted log-loss of the teacher', async () => {
  await fc.assert(
    fc.asyncProperty(bias, async (drawn) => {
      const { dataset, margins } = world(drawn);
      fc.pre(bothClasses(dataset));
      const { crossFitted } = await fitDebias(margins, dataset);
      const [before, after] = [margins, crossFitted].map((d) => meanLoss(d, dataset.labels)) as [number, number];
      expect(after).toBeLessThanOrEqual(before + 1e-12);
    }),
    { numRuns: 60 },
  );
});

test('isotonic is monotone on the rows it was fitted on and on any others', async () => {
  await fc.assert(
    fc.asyncProperty(
      bias,
      fc.array(fc.double({ min: -30, max: 30, noNaN: true }), { minLength: 2, maxLength: 60 }),
      async (drawn, others) => {
        const { dataset, margins } = world(drawn);
        fc.pre(bothClasses(dataset));
        const debias = await fitDebias(margins, dataset, { method: 'isotonic' });
        const some = Float64Array.from({ length: dataset.rows }, (_, i) => others[i % others.length] as number);
        for (const v of [margins, some]) {
          const d = applyDebias(debias, v, dataset);
          const order = [...v.keys()].sort((a, b) => (v[a] as number) - (v[b] as number));
          for (let k = 1; k < order.length; k++) {
            const [a, b] = [order[k - 1] as number, order[k] as number];
            expect(d[b] as number).toBeGreaterThanOrEqual(d[a] as number);
            if (v[a] === v[b]) expect(d[a]).toBe(d[b]);
          }
        }
      },
    ),
    { numRuns: 40 },
  );
});

test('swapping classes mirrors every map (1e-5) and keeps the method that auto chooses', async () => {
  await fc.assert(
    fc.asyncProperty(
      bias,
      fc.constantFrom(...DEBIAS_METHODS.filter((method) => method !== 'trees' && method !== 'stack')),
      async (drawn, method: DebiasMethod) => {
        const { dataset, margins } = world({ ...drawn, rows: Math.min(drawn.rows, 400) });
        fc.pre(bothClasses(dataset));
        const original = await fitDebias(margins, dataset, { method });
        const mirrored = { ...dataset, labels: dataset.labels.map((y) => 1 - y) };
        const swapped = await fitDebias(
          margins.map((v) => -v),
          mirrored,
          { method },
        );
        expect(swapped.method).toBe(original.method);
        original.crossFitted.forEach((d, i) => {
          expect(Math.abs((swapped.crossFitted[i] as number) + d)).toBeLessThan(1e-5 * Math.max(1, Math.abs(d)));
        });
      },
    ),
    { numRuns: 60 },
  );
});

test('the order of rows does not change the fitted map (1e-6)', async () => {
  await fc.assert(
    fc.asyncProperty(
      bias,
      fc.constantFrom('prior', 'temperature', 'platt', 'beta', 'isotonic', 'residual', 'auto'),
      fc.integer(),
      async (drawn, method, orderSeed) => {
        const { dataset, margins } = world({ ...drawn, rows: Math.min(drawn.rows, 400) });
        fc.pre(bothClasses(dataset));
        const order = reordered(dataset.rows, orderSeed);
        const original = await fitDebias(margins, dataset, { method: method as DebiasMethod });
        const other = await fitDebias(
          Float64Array.from(order, (row) => margins[row] as number),
          selectRows(dataset, order),
          { method: method as DebiasMethod },
        );
        expect(other.method).toBe(original.method);
        order.forEach((row, i) => {
          const d = original.crossFitted[row] as number;
          expect(Math.abs((other.crossFitted[i] as number) - d)).toBeLessThan(1e-6 * Math.max(1, Math.abs(d)));
        });
      },
    ),
    { numRuns: 40 },
  );
});

test('swapping classes negates the weights of a logistic student (1e-4 of the largest)', async () => {
  await fc.assert(
    fc.asyncProperty(bias, fc.constantFrom(0, 0.3, 1), async (drawn, alpha) => {
      const { dataset, margins } = world({ ...drawn, rows: 200 });
      const loss = debiasedDistillation({ alpha });
      const options = { seed: 1, epochs: 3 };
      const original = await train({ hidden: [] }, dataset, { margins }, loss, options);
      const swappedData = { ...dataset, labels: dataset.labels.map((y) => 1 - y) };
      const swapped = await train({ hidden: [] }, swappedData, { margins: margins.map((v) => -v) }, loss, options);
      const largest = original.parameters.reduce((max, w) => Math.max(max, Math.abs(w)), 0);
      original.parameters.forEach((w, i) => {
        expect(Math.abs((swapped.parameters[i] as number) + w)).toBeLessThan(1e-4 * largest);
      });
    }),
    { numRuns: 40 },
  );
});

/** The row numbers rotated by `seed`, and reversed where it is odd. */
function reordered(rows: number, seed: number): Uint32Array {
  const start = Math.abs(seed) % rows;
  const order = Uint32Array.from({ length: rows }, (_, i) => (i + start) % rows);
  return seed % 2 ? order.reverse() : order;
}

const margin = fc.oneof(
  fc.double({ min: -40, max: 40, noNaN: true }),
  fc.constantFrom(0, -0, 1e4, -1e4, 709, -709, 745, -745, 5e-324, -5e-324, 1e-310, 36.7, -36.7),
);
const infused = fc.record({
  form: fc.constantFrom(...INFUSION_FORMS),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  temperature: fc.constantFrom(0.5, 1, 4),
  rows: fc.array(fc.record({ d: margin, y: fc.constantFrom(-1, 0, 1) }), { minLength: 1, maxLength: 40 }),
});

test('infusion: margins stay finite except for mix at strength 1 and never move away from the label; strength 0 changes nothing', () => {
  fc.assert(
    fc.property(infused, ({ form, share, temperature, rows }) => {
      const margins = Float64Array.from(rows, ({ d }) => d);
      const labels = Int8Array.from(rows, ({ y }) => y);
      const dataset = { rows: rows.length, labels } as Dataset;
      const rates = { r0: 0.1, r1: 0.2 };
      const strength = share * MAX_STRENGTH[form];
      const u = infuse({ margins }, dataset, { form, strength, temperature, rates }).margins;
      u.forEach((value, i) => {
        const { d, y } = rows[i] as { d: number; y: number };
        const certain = form === 'mix' && strength === 1 && y >= 0;
        if (certain) expect(value).toBe(y > 0 ? Infinity : -Infinity);
        else expect(Number.isFinite(value)).toBe(true);
        if (y < 0) expect(Object.is(value, d)).toBe(true);
        // orthogonal and smooth limit the confidence in a label, so they may reduce a margin that exceeds the limit
        else if (form !== 'orthogonal' && form !== 'smooth')
          expect((value - d) * (y > 0 ? 1 : -1)).toBeGreaterThanOrEqual(-1e-9 * Math.max(1, Math.abs(d)));
      });
      expect(infuse({ margins }, dataset, { form, strength: 0, temperature, rates }).margins).toEqual(margins);
    }),
    { numRuns: 1000 },
  );
});

test('margins of +-1e4 and subnormal ones give finite results with every map', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ v: margin, y: fc.constantFrom(0, 1) }), { minLength: 40, maxLength: 200 }),
      fc.constantFrom(...DEBIAS_METHODS),
      async (rows, method) => {
        const { dataset } = drawWorld(rows.length, 7);
        const labelled = { ...dataset, labels: Int8Array.from(rows, ({ y }) => y) };
        fc.pre(bothClasses(labelled));
        const debias = await fitDebias(
          Float64Array.from(rows, ({ v }) => v),
          labelled,
          { method },
        );
        expect(debias.crossFitted.every(Number.isFinite)).toBe(true);
        expect(debias.selectionMargins.every(Number.isFinite)).toBe(true);
      },
    ),
    { numRuns: 100 },
  );
});
