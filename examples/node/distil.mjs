// node distil.mjs TEACHER.onnx ROWS.csv PREPROCESSING.json [OUT]
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as debkd from 'debkd';

const [teacherFile, rowsFile, preprocessingFile, out = 'student'] = process.argv.slice(2);
if (!preprocessingFile) {
  console.error('usage: node distil.mjs TEACHER.onnx ROWS.csv PREPROCESSING.json [OUT]');
  process.exit(2);
}

// Ctrl-C: the call rejects with the signal's reason, and nothing is half-written
const controller = new AbortController();
process.once('SIGINT', () => controller.abort(new Error('stopped')));
const watch = {
  signal: controller.signal,
  onProgress: ({ stage, done, total }) => {
    if (done === total) console.error(`${stage}: ${total}`);
  },
};

try {
  const preprocessing = debkd.parsePreprocessing(
    JSON.parse(await readFile(preprocessingFile, 'utf8')),
    preprocessingFile,
  );
  const teacher = await debkd.loadTeacher(teacherFile, { preprocessing });
  const table = await debkd.readCsv(rowsFile, { target: 'label' });
  // the split is by a hash of the features: equal rows share a part
  const { train, validation, test } = await debkd.encodeParts(table, debkd.split(table), preprocessing);

  const { student, debias, warnings } = await debkd.distill({
    teacher,
    train,
    validation,
    student: { hidden: [16] },
    seed: 1,
    ...watch,
  });
  for (const warning of warnings) console.error(`warning: ${warning}`);

  const soft = await debkd.softLabels(teacher, test, watch);
  const before = await debkd.evaluate(soft.margins.map(debkd.sigmoid), test.labels);
  const after = await debkd.evaluate(student.predictProba(test), test.labels, { threshold: student.threshold });
  console.log(`de-biased by ${debias.method}`);
  for (const [name, { metrics }] of [
    ['teacher', before],
    ['student', after],
  ])
    console.log(`${name}: AUC ${metrics.auc.value.toFixed(3)}, log-loss ${metrics.logLoss.value.toFixed(3)}`);

  await mkdir(out, { recursive: true });
  await student.save(join(out, 'student.debkd'));
  for (const { path, bytes } of (await debkd.exportTo('js', student)).files) await writeFile(join(out, path), bytes);
  teacher[Symbol.dispose]();
} catch (error) {
  // a DebkdError has a code and a readable message
  console.error(error instanceof debkd.DebkdError ? `${error.code}: ${error.message}` : error);
  process.exitCode = 1;
}
