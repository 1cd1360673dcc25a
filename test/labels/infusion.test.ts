// Every form of infusion against its definition, and properties that all forms share.
import { describe, expect, test } from 'vitest';
import type { Dataset } from '../../src/data/dataset.ts';
import { denseMatrix } from '../../src/data/matrix.ts';
import { INFUSION_FORMS, type InfusionForm, MAX_STRENGTH } from '../../src/labels/infusion-forms.ts';
import { infuse } from '../../src/labels/knowledge-infusion.ts';
import { noiseRates } from '../../src/labels/noise-rates.ts';
import golden from '../golden/infusion.json' with { type: 'json' };

function rows(labels: readonly number[]): Dataset {
  const features = denseMatrix(new Float32Array(labels.length), 1);
  const preprocessing = { clip: 10, columns: [], encodedWidth: 1 };
  const n = labels.length;
  return {
    rows: n,
    features,
    teacherInputs: features,
    preprocessing,
    labels: Int8Array.from(labels),
    folds: new Uint8Array(n),
  };
}
const dataset = rows(golden.y);
const margins = Float64Array.from(golden.d);
const forms = INFUSION_FORMS.filter((form) => form !== 'none');

test.each(golden.cases)('$form at strength $strength, T $temperature: NumPy gives the same (1e-12)', (g) => {
  const options = {
    form: g.form as InfusionForm,
    strength: g.strength,
    temperature: g.temperature,
    rates: golden.rates,
  };
  const u = infuse({ margins }, dataset, options).margins;
  g.u.forEach((want, i) => {
    expect(Math.abs((u[i] as number) - want), `row ${i}`).toBeLessThan(1e-12 * Math.max(10, Math.abs(want)));
  });
});

describe.each(forms)('%s', (form) => {
  test('strength 0 is the identity to the bit; unlabelled rows keep their targets at any strength', () => {
    expect(infuse({ margins }, dataset, { form, strength: 0 }).margins).toEqual(margins);
    const none = rows(golden.y.map(() => -1));
    expect(infuse({ margins }, none, { form, strength: 1 }).margins).toEqual(margins);
  });

  test('swapping the classes negates the result', () => {
    const swapped = rows(golden.y.map((y) => (y < 0 ? y : 1 - y)));
    const { r0, r1 } = golden.rates;
    const there = infuse({ margins }, dataset, { form, strength: 0.5, rates: { r0, r1 } }).margins;
    const back = infuse({ margins: margins.map((d) => -d) }, swapped, {
      form,
      strength: 0.5,
      rates: { r0: r1, r1: r0 },
    }).margins;
    there.forEach((u, i) => {
      // at d = 0, shift and smooth count one of the classes as wrong, so there is no symmetry
      if (margins[i] !== 0) expect(Math.abs((back[i] as number) + u)).toBeLessThan(1e-12 * Math.max(10, Math.abs(u)));
    });
  });

  test('extreme margins give numbers, and a label never moves its row away from itself', () => {
    const d = Float64Array.of(1e4, -1e4, 1e-300, -1e-300, 745, -745);
    for (const y of [0, 1]) {
      const u = infuse({ margins: d }, rows(d.length ? Array.from(d, () => y) : []), {
        form,
        strength: MAX_STRENGTH[form],
      }).margins;
      u.forEach((x, i) => {
        expect(x).not.toBeNaN();
        if (form !== 'orthogonal')
          expect(y ? x >= (d[i] as number) : x <= (d[i] as number), `${d[i]} -> ${x}`).toBe(true);
      });
    }
  });

  test('a strength out of range is refused', () => {
    for (const strength of [-0.1, MAX_STRENGTH[form] + 0.1, Number.NaN]) {
      expect(() => infuse({ margins }, dataset, { form, strength })).toThrow(
        /knowledge infusion: strength .*expected a number from 0 to/,
      );
    }
  });
});

test('mix with strength 1 gives the labels', () => {
  const u = infuse({ margins }, dataset, { form: 'mix', strength: 1 }).margins;
  golden.y.forEach((y, i) => {
    expect(u[i]).toBe(y < 0 ? margins[i] : y ? Infinity : -Infinity);
  });
});

test('noise rates equal those of NumPy, and the true rates within .1', () => {
  const found = noiseRates(Float64Array.from(golden.noise.margins), Int8Array.from(golden.noise.labels));
  expect(Math.abs(found.r0 - golden.noise.r0)).toBeLessThan(1e-12);
  expect(Math.abs(found.r1 - golden.noise.r1)).toBeLessThan(1e-12);
  expect(Math.abs(found.r0 - golden.noise.true[0]!)).toBeLessThan(0.1);
  expect(Math.abs(found.r1 - golden.noise.true[1]!)).toBeLessThan(0.1);
});
