// The example of docs/production.md: three students of adult, whose first rows are people under 40 and whose later rows people of 40 and
// over. Writes the tables, runs each command of that page with the teacher adult-mlp, and prints what the command prints.
//   npm run production [-- --out FOLDER]
// Only rows that the teacher was not fitted on are used. They get a customer number, because the teachers' own split is the default one:
// by it, none of these rows is for training.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import * as debkd from '../library.mjs';
import { requireShared } from './shared.mjs';

const { values } = parseArgs({ options: { out: { type: 'string', default: 'build/production' } } });
const { path: shared } = requireShared();
const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const folder = values.out;
mkdirSync(folder, { recursive: true });

const lines = (name) => {
  const bytes = gunzipSync(readFileSync(shared(`data/adult/${name}.csv.gz`)));
  return bytes.toString().trim().split('\n');
};
const [header, ...rows] = lines('data');
const parts = lines('split-transfer').slice(1);
const used = rows.flatMap((row, i) => (parts[i] === 'unused' ? [] : [`${i + 1},${row}`]));
const isLater = (row) => Number(row.split(',', 2)[1]) >= 40;
const laterRows = used.filter(isLater);
const draw = (of, n, seed) => new Set(debkd.sampleRows(Uint32Array.from(of.keys()), n, seed));
const arrived = draw(laterRows, 4000, 1);
const arrivals = laterRows.filter((_, i) => arrived.has(i));
const labelled = draw(arrivals, 200, 2);
const write = (name, chosen) => writeFileSync(join(folder, name), `${[`customer,${header}`, ...chosen].join('\n')}\n`);
write(
  'rows.csv',
  used.filter((row) => !isLater(row)),
);
write('new.csv', arrivals);
write(
  'labelled.csv',
  arrivals.filter((_, i) => labelled.has(i)),
);
write(
  'later.csv',
  laterRows.filter((_, i) => !arrived.has(i)),
);
copyFileSync(shared('teachers/adult-mlp.onnx'), join(folder, 'teacher.onnx'));
copyFileSync(shared('teachers/adult.preprocessing.json'), join(folder, 'p.json'));

const TEACHER = '--teacher teacher.onnx --preprocessing p.json';
const COMMANDS = [
  `distill ${TEACHER} --data rows.csv --split-by group:customer --student 16 --out first --threshold-by cost:FP=1,FN=4 --defer 0.12 --withhold sex --groups sex`,
  'monitor --student first --data new.csv --out monitoring',
  'distill --from first --data labelled.csv --split-by group:customer --replay rows.csv --out second',
  ...['first', 'second'].flatMap((student) => [
    `evaluate --student ${student} --data later.csv`,
    `evaluate --student ${student} --data rows.csv --split-by group:customer`,
  ]),
  `distill --from second ${TEACHER} --data later.csv --split-by group:customer --replay rows.csv --defer 0.2 --groups sex --out third`,
];
for (const command of COMMANDS) {
  const args = [main, ...command.split(' '), ...(command.startsWith('evaluate') ? ['--target', 'label'] : [])];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`debkd ${command}\n${stderr}`);
  console.log(`$ debkd ${command}\n${stdout}`);
}
