// Logistic students of texts against scikit-learn (test/golden/text_logistic.py).
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Dataset, encode } from '../../src/data/dataset.ts';
import { fitText } from '../../src/data/fit-text.ts';
import { readTable } from '../../src/data/read-table.ts';
import { withColumns } from '../../src/data/select-columns.ts';
import type { TextForm } from '../../src/data/text/ngrams.ts';
import { hardLabels } from '../../src/loss/distillation.ts';
import { fitLogistic } from '../../src/student/fit-logistic.ts';
import { weighByRarity, withWeights } from '../text-idf.ts';

interface Golden {
  readonly form: TextForm;
  readonly train: number;
  readonly texts: readonly string[];
  readonly labels: readonly number[];
  readonly cases: readonly {
    readonly rarity: boolean;
    readonly penalty: number;
    readonly weights: readonly number[];
    readonly bias: number;
    readonly probabilities: readonly number[];
    readonly logLoss: number;
  }[];
}
const golden = JSON.parse(readFileSync(new URL('../golden/text_logistic.json', import.meta.url), 'utf8')) as Golden;
const lines = golden.texts.map((note, i) => JSON.stringify({ note, label: golden.labels[i] }));
const table = await readTable(new TextEncoder().encode(lines.join('\n')), { target: 'label' });
const rows = Uint32Array.from({ length: golden.train }, (_, i) => i);
const fitted = fitText(table, 'note', { rows, form: golden.form });

test.each(golden.cases)('weights by rarity: $rarity, penalty $penalty', async ({ rarity, penalty, ...expected }) => {
  const preprocessing = withColumns({ clip: 10, columns: [], encodedWidth: 0 }, [{ ...fitted, offset: 0 }]);
  const equal = encode(table, preprocessing, { rows });
  const data = (rarity ? withWeights(equal, weighByRarity(equal)) : equal) as Dataset;
  expect(data.preprocessing).toEqual(
    rarity
      ? {
          ...preprocessing,
          columns: [{ ...fitText(table, 'note', { rows, form: golden.form, idf: true }), offset: 0 }],
        }
      : preprocessing,
  );
  const targets = { margins: new Float64Array(data.rows) };
  const student = await fitLogistic(data, { targets, loss: hardLabels() }, { path: { penalties: [penalty] } });
  const all = encode(table, data.preprocessing);
  const p = student.predictProba(all);
  const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
  const logLoss = mean(
    Array.from(p.subarray(0, golden.train), (q, i) => -Math.log(golden.labels[i] === 1 ? q : 1 - q)),
  );
  expect(Math.abs(logLoss - expected.logLoss)).toBeLessThan(1e-3);
  expect(student.parameters).toHaveLength(expected.weights.length + 1);
  const scale = Math.max(...expected.weights.map(Math.abs));
  [...expected.weights, expected.bias].forEach((w, j) => {
    expect(Math.abs((student.parameters[j] as number) - w)).toBeLessThan(4e-3 * scale);
  });
  p.forEach((q, i) => {
    expect(Math.abs(q - (expected.probabilities[i] as number)), `row ${i}`).toBeLessThan(2e-3);
  });
});
