// debkd demo: a teacher that is biased on purpose, and what its students make of it.
import { tuneMethod } from '../compare/cell.ts';
import { prepareMaterial } from '../compare/material.ts';
import { readCsv } from '../data/csv.ts';
import { encode } from '../data/dataset.ts';
import { countMissing } from '../data/missing.ts';
import { parsePreprocessing } from '../data/preprocessing.ts';
import { readSplit, split } from '../data/split.ts';
import { distill } from '../distill.ts';
import { sha256 } from '../io/sha256.ts';
import { jsonOf } from '../io/source.ts';
import { sigmoid } from '../kernels/elementary.ts';
import { type Evaluation, evaluate } from '../metrics/evaluation.ts';
import { chooseThreshold } from '../metrics/threshold.ts';
import { figuresOf } from '../report/figures-data.ts';
import { htmlReport } from '../report/html.ts';
import { resultOf } from '../report/result.ts';
import { describeArchitecture, parseArchitecture } from '../student/architecture.ts';
import { encodeStudent } from '../student/student-file.ts';
import { loadTeacher } from '../teacher/onnx.ts';
import { softLabels } from '../teacher/soft-labels.ts';
import { FILES } from './distill.ts';
import { checkReplaceable, writeFolder } from './folder.ts';
import { note, onProgress, print } from './messages.ts';
import { text, type Values } from './values.ts';

const SEED = 1;
const STUDENT = '16';
const ROWS: readonly (readonly [name: string, key: 'auc' | 'logLoss' | 'brier' | 'ece' | 'f1'])[] = [
  ...[['AUC', 'auc'] as const, ['log-loss', 'logLoss'] as const, ['Brier', 'brier'] as const],
  ...[['ECE', 'ece'] as const, ['F1', 'f1'] as const],
];

export async function demo(values: Values): Promise<void> {
  const out = text(values, 'out') ?? 'debkd-demo';
  await checkReplaceable(out, FILES);
  // models/ lies beside dist/, whichever folder of dist/ this file is bundled into
  const models = new URL('../../models/', import.meta.url);
  const preprocessing = parsePreprocessing(await jsonOf(new URL('wdbc/preprocessing.json', models)), 'wdbc');
  using teacher = await loadTeacher(new URL('wdbc-mlp-biased/teacher.onnx', models), { preprocessing });
  const table = await readCsv(new URL('wdbc/data.csv', models), { target: 'label' });
  const parts = split(table, { by: await readSplit(new URL('wdbc/split.csv', models)) });
  const train = encode(table, preprocessing, { rows: parts.train });
  const validation = encode(table, preprocessing, { rows: parts.validation });
  const test = encode(table, preprocessing, { rows: parts.test });

  const student = parseArchitecture(STUDENT);
  const run = await distill({ teacher, train, validation, student, seed: SEED, onProgress });
  const material = prepareMaterial(
    { data: train, margins: run.soft.train.margins },
    { data: validation, margins: run.soft.validation.margins },
  );
  const { student: hard } = await tuneMethod('hard', material, { student, seed: SEED });
  const { student: kd } = await tuneMethod('kd', material, { student, seed: SEED });

  const { margins } = await softLabels(teacher, test, { onProgress });
  const threshold = chooseThreshold(run.soft.validation.margins.map(sigmoid), validation.labels);
  const measure = (p: Float64Array, at: number): Promise<Evaluation> =>
    evaluate(p, test.labels, { threshold: at, seed: SEED });
  const columns: [string, Evaluation][] = [['teacher', await measure(margins.map(sigmoid), threshold)]];
  for (const [name, s] of [
    ['hard labels', hard],
    ['plain KD', kd],
    ['de-biased', run.student],
  ] as const) {
    columns.push([name, await measure(s.predictProba(test), s.threshold)]);
  }

  const bytes = encodeStudent(run.student);
  const tests = {
    ...{ teacher: columns[0]?.[1] as Evaluation, student: columns[3]?.[1] as Evaluation },
    figures: figuresOf({
      test: { teacher: margins, student: run.student.predictProba(test), labels: test.labels },
      train: { teacher: run.soft.train.margins, debiased: run.debiased.train, labels: train.labels },
      history: run.student.training?.history ?? [],
    }),
  };
  const files = ['student.debkd', 'result.json', 'report.html'];
  const result = resultOf({
    ...{ run, teacher, sha256: sha256(bytes), data: { train, validation, test } },
    ...{ missing: countMissing(table), files, tests, command: 'debkd demo' },
  });
  await writeFolder(
    out,
    [
      { path: 'student.debkd', content: bytes },
      { path: 'result.json', content: `${JSON.stringify(result, null, 2)}\n` },
      { path: 'report.html', content: await htmlReport(result) },
    ],
    FILES,
  );
  for (const warning of run.warnings) note(`warning: ${warning}`);
  await print(page(columns, result.rows, describeArchitecture(preprocessing.F, student), result.summary, out));
}

function page(
  columns: readonly [string, Evaluation][],
  rows: { train: number; test: number },
  shape: string,
  summary: string,
  out: string,
): string {
  const width = 25;
  const lines = [
    'Breast Cancer Wisconsin; a PyTorch teacher that was biased on purpose (models/README.md).',
    `Students ${shape}, ${rows.train} training rows; ${rows.test} test rows, 95 % intervals:`,
    '',
    `${''.padEnd(10)}${columns.map(([name]) => name.padEnd(width)).join('')}`.trimEnd(),
  ];
  for (const [name, key] of ROWS) {
    const cells = columns.map(([, { metrics }]) => {
      const { value, low, high } = metrics[key];
      return `${value.toFixed(3)} (${low.toFixed(3)} .. ${high.toFixed(3)})`.padEnd(width);
    });
    lines.push(`${name.padEnd(10)}${cells.join('')}`.trimEnd());
  }
  lines.push(
    '',
    summary,
    `The de-biased student was written to ${out}/student.debkd, with result.json and report.html.`,
  );
  lines.push(
    `Next: debkd export --student ${out} --to js,cloudflare --out ${out}-exports; debkd serve is all of this in the browser`,
    '',
  );
  return lines.join('\n');
}
