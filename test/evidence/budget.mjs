// Are students trained long enough by default? Compares each with ten times as many epochs, on every data set of docs/data.md, with 100
// training rows up to all of them.
//   npm run budget [-- --data german,bank --rows 100,300]
// A logistic student is fitted exactly and has no epochs. It is compared with a long training by AdamW, which early stopping regularises
// where the exact fit uses a ridge penalty; it does not count for the exit code.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as debkd from '../library.mjs';
import { requireShared } from './shared.mjs';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: 'german,wdbc,spambase,default,bank,adult' },
    rows: { type: 'string', default: '100,300,2000,all' },
    students: { type: 'string', default: 'logistic,16,32-16' },
  },
});
const shared = requireShared();
/** The largest acceptable gain of ten times as many epochs, in log-loss on the test rows. */
const MOST = 0.005;
const TEACHERS = {
  adult: 'adult-mlp-priorshift',
  bank: 'bank-mlp',
  default: 'default-mlp',
  spambase: 'spambase-mlp',
  wdbc: 'wdbc-mlp',
  german: 'german-mlp',
};
const cache = await debkd.openDiskCache(fileURLToPath(new URL('../../build/label-cache', import.meta.url)));

let worst = -Infinity;
console.log('| data | training rows (class 1) | student | epochs | log-loss | ten times as many | gain |');
console.log('| --- | --- | --- | --- | --- | --- | --- |');
for (const name of values.data.split(',')) {
  const teacherId = TEACHERS[name];
  const preprocessing = debkd.parsePreprocessing(await shared.json(`teachers/${name}.preprocessing.json`), name);
  const teacher = await debkd.loadTeacher(shared.path(`teachers/${teacherId}.onnx`), { preprocessing });
  const table = await debkd.readCsv(shared.path(`data/${name}/data.csv.gz`), { target: 'label' });
  const parts = debkd.split(table, {
    by: await debkd.readSplit(shared.path(`data/${name}/split-transfer.csv.gz`)),
  });
  const encoded = (rows) => debkd.encode(table, preprocessing, { rows });
  const [validation, test] = [encoded(parts.validation), encoded(parts.test)];
  for (const asked of values.rows.split(',')) {
    const wanted = asked === 'all' ? parts.train.length : Number(asked);
    if (wanted > parts.train.length) continue;
    const train = encoded(debkd.sampleRows(parts.train, wanted, 1));
    const ones = train.labels.filter((y) => y > 0).length;
    for (const shape of values.students.split(',')) {
      const student = { hidden: shape === 'logistic' ? [] : shape.split('-').map(Number) };
      const common = { teacher, train, validation, student, cache, infusion: { form: 'mix', strength: 0.1 }, seed: 1 };
      const lossOf = async (options) => {
        const run = await debkd.distill({ ...common, ...options });
        const { metrics } = await debkd.evaluate(run.student.predictProba(test), test.labels, { replicates: 200 });
        return { epochs: run.student.training.epochs, loss: metrics.logLoss.value };
      };
      const plain = await lossOf({});
      const long = await lossOf(
        shape === 'logistic' ? { epochs: 1500, optimizer: { name: 'adamw' } } : { epochs: 10 * plain.epochs },
      );
      if (shape !== 'logistic') worst = Math.max(worst, plain.loss - long.loss);
      const cells = [name, `${wanted} (${ones})`, shape, shape === 'logistic' ? 'exact' : plain.epochs];
      cells.push(plain.loss.toFixed(4), long.loss.toFixed(4), (plain.loss - long.loss).toFixed(4));
      console.log(`| ${cells.join(' | ')} |`);
    }
  }
  teacher[Symbol.dispose]?.();
}
console.log(`\nLargest gain of ten times as many epochs: ${worst.toFixed(4)} (limit: ${MOST})`);
process.exitCode = worst > MOST ? 1 : 0;
