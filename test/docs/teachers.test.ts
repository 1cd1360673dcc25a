// Runs the recipes of docs/teachers.md for PyTorch, scikit-learn and XGBoost. The exported teachers have the stated output convention
// and the margins of the library that trained them.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readCsv } from '../../src/data/csv.ts';
import { encode } from '../../src/data/dataset.ts';
import { denseMatrix, denseRows } from '../../src/data/matrix.ts';
import { parsePreprocessing } from '../../src/data/preprocessing.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { temporary } from '../cli/run.ts';

const python = '/usr/bin/python3';
const hasTorch = spawnSync(python, ['-c', 'import torch, torch.onnx, onnx']).status === 0;
if (!hasTorch) console.warn('skipped: the PyTorch recipe of docs/teachers.md; Python has no torch or no onnx');

test.runIf(hasTorch).each([
  ['torch.nn.Linear(6, 1)', 'logit'],
  ['torch.nn.Linear(6, 1), torch.nn.Sigmoid()', 'probability'],
  ['torch.nn.Linear(6, 2)', 'logits'],
  ['torch.nn.Linear(6, 2), torch.nn.Softmax(dim=1)', 'probabilities'],
] as const)('%s is %s', async (end, convention) => {
  const folder = temporary();
  const program = `import torch
torch.manual_seed(1)
columns = 4
model = torch.nn.Sequential(torch.nn.Linear(4, 6), torch.nn.ReLU(), ${end})
with torch.no_grad():
    model[2].weight.mul_(20)
${recipe('model.eval')}x = torch.arange(40).reshape(10, 4).float() / 10 - 2
y = model[:3](x)
margins = y[:, 0] if y.shape[1] == 1 else y[:, 1] - y[:, 0]
print(*margins.tolist())
`;
  writeFileSync(join(folder, 'export.py'), program);
  const { status, stdout, stderr } = spawnSync(python, ['export.py'], { cwd: folder, encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  const expected = (stdout.trim().split('\n').at(-1) as string).split(' ').map(Number);
  using teacher = await loadTeacher(join(folder, 'teacher.onnx'));
  expect(teacher.convention).toBe(convention);
  const x = Float32Array.from({ length: 40 }, (_, i) => i / 10 - 2);
  const { margins } = await teacher.margins(denseMatrix(x, 4));
  for (const [i, margin] of margins.entries()) expect(margin).toBeCloseTo(expected[i] as number, 4);
});

const docs = readFileSync(new URL('../../docs/teachers.md', import.meta.url), 'utf8');

/** The one code block of docs/teachers.md that contains these words. */
function recipe(words: string): string {
  const blocks = [...docs.matchAll(/```(?:python|json)\n([\s\S]*?)```/g)].map(([, block = '']) => block);
  const found = blocks.filter((block) => block.includes(words));
  expect(found, words).toHaveLength(1);
  return found[0] as string;
}

test('the preprocessing that the page shows is valid', () => {
  expect(parsePreprocessing(JSON.parse(recipe('"job"')), 'docs').columns.map(({ name }) => name)).toEqual([
    'age',
    'job',
  ]);
});

const recipes = fileURLToPath(new URL('../../examples/teachers', import.meta.url));

/** Runs a Python program that can import the recipes; returns the numbers on its last line. */
function answers(folder: string, program: string): number[] {
  writeFileSync(join(folder, 'export.py'), `import sys\nsys.path.insert(0, ${JSON.stringify(recipes)})\n${program}`);
  const { status, stdout, stderr } = spawnSync(python, ['export.py'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  });
  expect(status, stderr).toBe(0);
  return (stdout.trim().split('\n').at(-1) as string).split(' ').map(Number);
}

const hasModules = (...names: string[]): boolean => {
  if (spawnSync(python, ['-c', `import onnx, ${names.join(', ')}`]).status === 0) return true;
  console.warn(`skipped: a recipe of docs/teachers.md; Python does not have all of onnx, ${names.join(', ')}`);
  return false;
};

/** Expects the teacher's margins of x to equal those of its library to 4 decimal places. */
async function expectMargins(
  folder: string,
  x: Float32Array,
  width: number,
  expected: readonly number[],
): Promise<void> {
  using teacher = await loadTeacher(join(folder, 'teacher.onnx'));
  expect(teacher.convention).toBe('logit');
  const { margins } = await teacher.margins(denseMatrix(x, width));
  expect(margins).toHaveLength(expected.length);
  for (const [i, margin] of margins.entries()) expect(margin).toBeCloseTo(expected[i] as number, 4);
}

test
  .runIf(hasModules('sklearn'))
  .each([
    'LogisticRegression()',
    'make_pipeline(StandardScaler(), LogisticRegression())',
    "make_pipeline(StandardScaler(), MLPClassifier((7, 5), activation='tanh', max_iter=80))",
    'MLPClassifier((6,), max_iter=80)',
  ])('scikit-learn: %s', async (model) => {
  const folder = temporary();
  const expected = answers(
    folder,
    `import numpy, onnx
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
numpy.random.seed(1)
x = numpy.random.randn(300, 4) * [1, 5, 2, 1] + [0, 9, -3, 1]
y = (x[:, 0] + x[:, 1] / 5 + numpy.random.randn(300) > 2).astype(int)
pipeline = model = ${model}.fit(x, y)
${recipe('sklearn_to_onnx')}rows = x[:20].astype(numpy.float32)
rows.tofile('rows.f32')
p = model.predict_proba(rows.astype(float))[:, 1]
print(*(numpy.log(p) - numpy.log1p(-p)))
`,
  );
  await expectMargins(
    folder,
    new Float32Array(new Uint8Array(readFileSync(join(folder, 'rows.f32'))).buffer),
    4,
    expected,
  );
});

test.runIf(hasModules('xgboost'))('XGBoost, with missing values', async () => {
  const folder = temporary();
  const expected = answers(
    folder,
    `import numpy, onnx, xgboost
numpy.random.seed(2)
x = numpy.random.randn(600, 5).astype(numpy.float32)
x[numpy.random.rand(600, 5) < .2] = numpy.nan
y = (numpy.nan_to_num(x[:, 0]) + numpy.isnan(x[:, 1]) + numpy.random.randn(600) > .5).astype(int)
classifier = model = xgboost.XGBClassifier(n_estimators=60, max_depth=5, base_score=.3).fit(x, y)
${recipe('xgboost_to_onnx')}x[:50].tofile('rows.f32')
print(*model.predict(x[:50], output_margin=True))
`,
  );
  await expectMargins(
    folder,
    new Float32Array(new Uint8Array(readFileSync(join(folder, 'rows.f32'))).buffer),
    5,
    expected,
  );
});

test.runIf(hasModules('sklearn', 'pandas'))(
  'the preprocessing of a ColumnTransformer encodes rows as it does',
  async () => {
    const folder = temporary();
    const expected = answers(
      folder,
      `import json, numpy, pandas
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
numpy.random.seed(3)
table = pandas.DataFrame({'age': numpy.random.randint(18, 90, 60).astype(float), 'job': numpy.random.choice(['nurse', 'clerk', 'smith'], 60),
                          'pay': numpy.random.lognormal(3, 1, 60), 'label': numpy.random.randint(0, 2, 60)})
table.loc[::7, 'age'] = numpy.nan
columns = ColumnTransformer([
  ('numbers', make_pipeline(SimpleImputer(strategy='mean'), StandardScaler()), ['age', 'pay']),
  ('texts', OneHotEncoder(handle_unknown='ignore'), ['job'])], sparse_threshold=0)
encoded = columns.fit_transform(table)
${recipe('preprocessing import')}table.to_csv('rows.csv', index=False)
print(*encoded.ravel())
`,
    );
    const preprocessing = parsePreprocessing(JSON.parse(readFileSync(join(folder, 'preprocessing.json'), 'utf8')), 'p');
    const table = await readCsv(join(folder, 'rows.csv'), { target: 'label' });
    const x = denseRows(encode(table, preprocessing).features, 0, table.rows);
    expect(x).toHaveLength(expected.length);
    for (const [i, value] of x.entries()) expect(value).toBeCloseTo(expected[i] as number, 5);
  },
);
