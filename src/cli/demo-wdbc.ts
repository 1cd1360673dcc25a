// debkd demo --data wdbc: real rows that all have a label, and a teacher that was biased on purpose, from models/.
import { trainBaselines } from '../compare/baselines.ts';
import { countMissing } from '../data/count-missing.ts';
import { readCsv } from '../data/csv.ts';
import { encodeParts } from '../data/parts.ts';
import { parsePreprocessing } from '../data/preprocessing.ts';
import { readSplit, split } from '../data/split.ts';
import { distill } from '../distill.ts';
import { jsonOf } from '../io/source.ts';
import { collectStatistics } from '../monitor/statistics.ts';
import { measureDistillation } from '../report/measure.ts';
import { textReport } from '../report/text.ts';
import { parseArchitecture } from '../student/architecture.ts';
import { loadTeacher } from '../teacher/onnx.ts';
import { lastSteps, stepsOf } from './distill-steps.ts';
import { endSteps, note, onProgress, planSteps, print } from './messages.ts';
import { RESULT_FILES, writeResult } from './result-folder.ts';

const STUDENT = parseArchitecture('16');

/** Distils the teacher, writes to `out` and prints the report of distill. @param seed of training */
export async function demoWdbc(out: string, seed: number): Promise<void> {
  const settings = { student: STUDENT, seed };
  // models/ is next to dist/; this file is bundled into a folder of dist/
  const models = new URL('../../models/', import.meta.url);
  const preprocessing = parsePreprocessing(await jsonOf(new URL('wdbc/preprocessing.json', models)), 'wdbc');
  using teacher = await loadTeacher(new URL('wdbc-mlp-biased/teacher.onnx', models), { preprocessing });
  const table = await readCsv(new URL('wdbc/data.csv', models), { target: 'label' });
  const parts = split(table, { by: await readSplit(new URL('wdbc/split.csv', models)) });
  const data = await encodeParts(table, parts, preprocessing);

  const options = { ...settings, ...data, teacher };
  planSteps(stepsOf({ baselines: true }, options, data));
  const run = await distill({ ...options, onProgress });
  planSteps(lastSteps({ baselines: true }, options, data, run));
  const baselines = await trainBaselines(run, data, settings, { onProgress });
  const { result } = await measureDistillation(run, teacher, {
    data,
    baselines,
    missing: countMissing(table),
    files: RESULT_FILES,
    command: 'debkd demo --data wdbc',
    label: table.target,
    teacherFile: { name: 'teacher.onnx' },
    onProgress,
  });
  const statistics = collectStatistics({ student: run.student, table, split: parts, ...data });
  await writeResult(out, run, { result, statistics });
  endSteps('intervals');
  for (const warning of result.warnings) note(`warning: ${warning}`);
  await print(
    `Breast Cancer Wisconsin, ${result.rows.train} training rows. The PyTorch teacher was biased on purpose (models/README.md).\n\n` +
      textReport(result, out) +
      'This data set is easy and every row has a label: training on the labels does as well. docs/results.md has larger data sets.\n' +
      `Next: debkd export --student ${out} --to js,cloudflare --out ${out}-exports, or debkd serve for the browser app.\n`,
  );
}
