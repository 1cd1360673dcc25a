// The palette: contrast by WCAG 2.2, and distances between the models' colours as colour-blind readers see them (Machado, Oliveira,
// Fernandes 2009, severity 1), in OKLab (Ottosson 2020).
import { expect, test } from 'vitest';
import { PALETTES } from '../../src/report/charts/tokens.ts';

type Triple = readonly [number, number, number];
const SEEN: Readonly<Record<string, readonly [Triple, Triple, Triple]>> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
};

const times = (matrix: readonly Triple[], [x, y, z]: Triple): Triple =>
  matrix.map(([a, b, c]) => a * x + b * y + c * z) as unknown as Triple;

/** Linear light. */
function light(colour: string): Triple {
  return [1, 3, 5].map((at) => {
    const c = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as unknown as Triple;
}

function contrast(a: string, b: string): number {
  const [x, y] = [a, b].map((colour) => {
    const [r, g, blue] = light(colour);
    return 0.2126 * r + 0.7152 * g + 0.0722 * blue;
  }) as [number, number];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

/** The position of a colour as it is seen, in OKLab. */
function seen(colour: string, eyes: string): Triple {
  const rgb = times(SEEN[eyes] as readonly Triple[], light(colour)).map((x) => Math.min(1, Math.max(0, x)));
  const cones = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    rgb as unknown as Triple,
  ).map(Math.cbrt) as unknown as Triple;
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    cones,
  );
}

const distance = (a: string, b: string, eyes: string): number => {
  const [p, q] = [seen(a, eyes), seen(b, eyes)];
  return 100 * Math.hypot(...p.map((x, k) => x - (q[k] as number)));
};

test('the formulas: black on white, and red and green that deuteranopes confuse', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 6);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
  // the former colours of students and of plain KD in the dark theme
  expect(distance('#8ab4ff', '#c4a5ff', 'deuteranopia')).toBeLessThan(3);
  expect(distance('#8ab4ff', '#c4a5ff', 'normal')).toBeGreaterThan(7);
});

test.each(['light', 'dark'] as const)('%s: texts have a contrast of 4.5, marks of 3', (theme) => {
  const { paper, raised, ink, soft, good, warn, bad, ...rest } = PALETTES[theme];
  for (const text of [ink, soft, good, warn, bad])
    for (const under of [paper, raised]) expect(contrast(text, under), text).toBeGreaterThanOrEqual(4.5);
  const { teacher, student, plain, hard, class0, class1, line } = rest;
  for (const mark of [teacher, student, plain, hard, class0, class1, line])
    expect(contrast(mark, paper), mark).toBeGreaterThanOrEqual(3);
});

test.each(['light', 'dark'] as const)('%s: the models and the two classes stay apart for every reader', (theme) => {
  const { teacher, student, plain, hard, class0, class1 } = PALETTES[theme];
  const models = { teacher, student, plain, hard };
  for (const eyes of Object.keys(SEEN)) {
    const all = Object.entries(models);
    for (const [i, [name, colour]] of all.entries())
      for (const [other, second] of all.slice(i + 1))
        expect(distance(colour, second, eyes), `${name}, ${other}, ${eyes}`).toBeGreaterThan(12);
    expect(distance(class0, class1, eyes), `classes, ${eyes}`).toBeGreaterThan(15);
    for (const [name, colour] of all)
      for (const one of [class0, class1])
        expect(distance(colour, one, eyes), `${name}, ${one}, ${eyes}`).toBeGreaterThan(6);
  }
});
