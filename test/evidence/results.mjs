// Writes docs/results.md and its figures. Compares tuned methods for every teacher of docs/data.md on at most 2,000 rows that no teacher was
// fitted on. Two other settings take longer: all such rows, and the rows that the teacher was fitted on.
//   npm run results [-- --teachers a,b --settings 2000,all,same --seeds 6 --threads 2 --out build/results]
// Each comparison writes a folder with `debkd compare`. Another run reuses finished folders and resumes an unfinished one; after a change
// to a method, give another --out. --teachers selects some teachers: their tables are printed, and docs/ is left unchanged.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { differencesTable, METHODS, meansTable, rankMethods } from '../library.mjs';
import { forest } from './forest.mjs';
import { requireShared } from './shared.mjs';

const { values } = parseArgs({
  options: {
    teachers: { type: 'string' },
    settings: { type: 'string', default: '2000' },
    seeds: { type: 'string', default: '6' },
    threads: { type: 'string', default: '2' },
    out: { type: 'string', default: 'build/results' },
  },
});
const root = fileURLToPath(new URL('../../', import.meta.url));
const { path: shared, json } = requireShared();
const listed = json('teachers/teachers.json');
const known = Array.isArray(listed) ? listed : listed.teachers;
const wanted = values.teachers?.split(',') ?? known.map(({ id }) => id);

/** Fewer methods for the setting with all rows, which is slow. */
const FEW = 'hard,kd,kd-soft,debiased';
const SETTINGS = {
  2000: {
    title: 'At most 2,000 training rows, which no teacher was fitted on',
    options: ['--train-rows', '2000', '--methods', METHODS.join(',')],
    split: 'split-transfer',
  },
  all: {
    title: 'All rows that no teacher was fitted on',
    options: ['--methods', FEW],
    split: 'split-transfer',
  },
  same: {
    title: 'The rows the teacher was fitted on',
    options: ['--methods', 'hard,kd,debiased'],
    split: 'split',
  },
};

/** Whether a folder holds a finished comparison with the same number of seeds and the same methods. */
function isComplete(out, options, wanted) {
  if (!existsSync(`${out}/compare.json`)) return false;
  const { seeds, methods } = JSON.parse(readFileSync(`${out}/compare.json`, 'utf8'));
  return seeds.length === Number(wanted) && methods.join() === options[options.indexOf('--methods') + 1];
}

mkdirSync(values.out, { recursive: true });
const done = [];
for (const setting of values.settings.split(',')) {
  const { options, split } = SETTINGS[setting];
  const { seeds } = values;
  for (const id of wanted) {
    const { dataset } = known.find((teacher) => teacher.id === id);
    const out = `${values.out}/${id}-${setting}`;
    if (!isComplete(out, options, seeds)) {
      const args = [
        'compare',
        `--teacher=${shared(`teachers/${id}.onnx`)}`,
        `--data=${shared(`data/${dataset}/data.csv.gz`)}`,
        `--preprocessing=${shared(`teachers/${dataset}.preprocessing.json`)}`,
        `--split=${shared(`data/${dataset}/${split}.csv.gz`)}`,
        '--student=16',
        '--tune',
        '--resume',
        `--seeds=${seeds}`,
        `--threads=${values.threads}`,
        `--out=${out}`,
        ...options,
      ];
      console.error(`${id}, ${setting} ...`);
      const { status } = spawnSync(process.execPath, [`${root}dist/cli/main.js`, ...args], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      if (status !== 0) process.exit(status ?? 1);
    }
    done.push({ id, setting, result: JSON.parse(readFileSync(`${out}/compare.json`, 'utf8')) });
  }
}

const ranked = (part, metric, methods) => {
  const { ranks, comparisons } = rankMethods(
    part.map(({ result }) => result),
    metric,
    methods,
  );
  return `${ranks.map(({ method, meanRank }) => `${method} ${meanRank.toFixed(1)}`).join(', ')} (${comparisons} comparisons)`;
};

const tables = (part) =>
  part.flatMap((entry) => {
    const { rows: r, seeds, methods: compared } = entry.result;
    const ours = ['debiased', 'debiased-hint'].filter((method) => compared.includes(method));
    return [
      `### ${entry.id}`,
      `${r.train} training rows${r.train < r.pool ? ` drawn from ${r.pool}` : ''}, ${r.validation} validation rows, ${r.test} test rows, ${seeds.length} seeds.`,
      meansTable(entry.result).join('\n'),
      ...ours
        .map((method) => differencesTable(entry.result, method))
        .flatMap((lines) => (lines.length > 2 ? [lines.join('\n')] : [])),
    ];
  });

if (values.teachers !== undefined) {
  console.log(tables(done).join('\n\n'));
  process.exit(0);
}
mkdirSync(`${root}docs/results`, { recursive: true });
const sections = values.settings.split(',').flatMap((setting) => {
  const part = done.filter((entry) => entry.setting === setting);
  const methods = [...new Set(part.flatMap(({ result }) => result.methods))];
  const pictures = ['auc', 'logLoss'].map((metric) => {
    const file = `results/${setting}-${metric}.svg`;
    writeFileSync(`${root}docs/${file}`, forest(part, metric, ['hard', 'kd', 'kd-soft', 'fitnet']));
    return `![debiased minus others by ${metric === 'auc' ? 'AUC' : 'log-loss'}](${file})`;
  });
  return [
    `## ${SETTINGS[setting].title}`,
    ...['auc', 'logLoss'].map((metric) => {
      const name = metric === 'auc' ? 'AUC' : 'log-loss';
      return `Mean rank by ${name} over the comparisons with every method: ${ranked(part, metric, methods)}.`;
    }),
    ...pictures,
    ...tables(part),
  ];
});
writeFileSync(
  `${root}docs/results.md`,
  `${[
    '# Results',
    'For readers who want every figure: all teachers, methods and metrics. [What it gains](gains.md) has the summary.',
    '`npm run results` prints this page, and `npm run results -- --teachers wdbc-mlp` the tables of one teacher, from six UCI data sets (Adult, Bank Marketing, Default of Credit Card Clients, Spambase, WDBC, German Credit) and 14 teachers exported to ONNX: MLPs, a ResNet and an FT-Transformer from PyTorch, and boosted trees from scikit-learn. Teachers named -overconfident, -priorshift, -groupbias and -noise are biased on purpose.',
    'Students have one hidden layer of 16. Every method is tuned over 15 settings on the validation rows and measured once on the test rows. Figures are means over seeds with 95 % t intervals. "won" and "lost" mean that the interval of the paired difference excludes zero. [method.md](method.md) describes the methods. `--settings all` compares on all rows that no teacher was fitted on, `--settings same` on those that the teacher was fitted on.',
    ...sections,
  ].join('\n\n')}\n`,
);
