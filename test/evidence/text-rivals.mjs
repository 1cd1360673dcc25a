// Rivals of students of texts that learn from labels alone: TF-IDF with logistic regression (scikit-learn) and fastText, on the labelled
// rows of the draws of text-draws.mjs, and on every label of the data sets' training rows. Needs Python (PYTHON) with scikit-learn, and the
// program `fasttext` (Debian's package); without it, only the first. Prints a Markdown table for docs/results.md.
//   npm run text-rivals -- [--draws 3]
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { requireShared } from './shared.mjs';
import { drawParts, openData, SETTINGS, TEACHERS } from './text-draws.mjs';

const { values } = parseArgs({ options: { draws: { type: 'string', default: '3' } } });
const { path: shared } = requireShared(['text/data'], ' -- --sets texts');
const program = fileURLToPath(new URL('text-rivals.py', import.meta.url));

/** The texts and labels of rows. */
function partOf({ table }, rows) {
  const column = table.columns.find(({ name }) => name === 'text');
  return {
    texts: Array.from(rows, (row) => column.texts[column.codes[row]]),
    labels: Array.from(rows, (row) => table.labels[row]),
  };
}

function run(jobs) {
  const input = jobs.map((job) => JSON.stringify(job)).join('\n');
  const { stdout, stderr, status } = spawnSync(process.env.PYTHON ?? 'python3', [program], {
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(stderr);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

const mean = (list) => list.reduce((sum, x) => sum + x, 0) / list.length;
const show = (rows, name) =>
  rows[0][name]
    ? `${mean(rows.map((row) => row[name].auc)).toFixed(4)} / ${mean(rows.map((row) => row[name].logLoss)).toFixed(4)}`
    : 'not installed';

console.log('| data | labelled rows | TF-IDF, logistic regression | fastText |\n|---|---|---|---|');
for (const id of ['hate-cnn', 'clickbait-bert', 'rt-polarity-bert', 'germeval-bert'].filter((id) =>
  TEACHERS.includes(id),
)) {
  const source = await openData(id);
  for (const [name, setting] of Object.entries(SETTINGS)) {
    const jobs = [];
    for (let seed = 1; seed <= Number(values.draws); seed++) {
      const { rows } = await drawParts(source, { ...setting, unlabelled: false }, seed);
      jobs.push({
        name: `${source.name} ${name}`,
        ...Object.fromEntries(['train', 'validation', 'test'].map((part) => [part, partOf(source, rows[part])])),
      });
    }
    const found = run(jobs);
    console.log(
      `| ${source.name} | ${jobs[0].train.labels.length} (${name}) | ${show(found, 'tfidf')} | ${show(found, 'fasttext')} |`,
    );
  }
  const parts = { train: [], validation: [], test: [] };
  const split = gunzipSync(readFileSync(shared(`text/data/${source.name}/split.csv.gz`)));
  for (const [row, part] of split.toString().trim().split('\n').slice(1).entries()) parts[part].push(row);
  const [whole] = run([
    {
      name: source.name,
      ...Object.fromEntries(Object.entries(parts).map(([part, rows]) => [part, partOf(source, rows)])),
    },
  ]);
  console.log(
    `| ${source.name} | ${parts.train.length} (every label) | ${show([whole], 'tfidf')} | ${show([whole], 'fasttext')} |`,
  );
}
