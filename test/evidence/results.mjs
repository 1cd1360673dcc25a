// docs/results.md: every teacher of ../shared, every method, tuned, on rows no teacher was fitted on; 2,000 of them and all.
//   npm run results [-- --teachers a,b --methods a,b --seeds 20 --rows 2000,all --threads 2 --out build/results]
// Each comparison is a folder of `debkd compare`; finished ones are kept, an interrupted one goes on where it was.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { METHODS } from '../../dist/index.js';

const { values } = parseArgs({
  options: {
    teachers: { type: 'string' },
    methods: { type: 'string', default: METHODS.join(',') },
    seeds: { type: 'string', default: '20' },
    rows: { type: 'string', default: '2000,all' },
    threads: { type: 'string', default: '2' },
    out: { type: 'string', default: 'build/results' },
  },
});
const root = fileURLToPath(new URL('../../', import.meta.url));
const shared = (path) => fileURLToPath(new URL(`../../../shared/${path}`, import.meta.url));
const listed = JSON.parse(readFileSync(shared('teachers/teachers.json'), 'utf8'));
const known = Array.isArray(listed) ? listed : listed.teachers;
const wanted = values.teachers?.split(',') ?? known.map(({ id }) => id);
mkdirSync(values.out, { recursive: true });

const done = [];
for (const rows of values.rows.split(',')) {
  for (const id of wanted) {
    const { dataset } = known.find((teacher) => teacher.id === id);
    const out = `${values.out}/${id}-${rows}`;
    if (!existsSync(`${out}/compare.json`)) {
      const args = [
        ...['compare', '--teacher', shared(`teachers/${id}.onnx`), '--data', shared(`data/${dataset}/data.csv.gz`)],
        ...['--preprocessing', shared(`teachers/${dataset}.preprocessing.json`)],
        ...['--split', shared(`data/${dataset}/split-transfer.csv.gz`), '--student', '16', '--tune', '--resume'],
        ...['--methods', values.methods, '--seeds', values.seeds, '--threads', values.threads, '--out', out],
        ...(rows === 'all' ? [] : ['--train-rows', rows]),
      ];
      console.error(`${id}, ${rows} rows ...`);
      const { status } = spawnSync(process.execPath, [`${root}dist/cli/main.js`, ...args], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      if (status !== 0) process.exit(status ?? 1);
    }
    done.push({ id, rows, result: JSON.parse(readFileSync(`${out}/compare.json`, 'utf8')) });
  }
}

const SHOWN = [
  ['auc', 'AUC'],
  ['logLoss', 'log-loss'],
  ['brier', 'Brier'],
  ['ece', 'ECE'],
  ['accuracy', 'accuracy'],
  ['f1', 'F1'],
  ['ks', 'KS'],
];
/** Metrics that are better when lower. */
const LOWER = new Set(['logLoss', 'brier', 'ece']);
const line = (cells) => `| ${cells.join(' | ')} |`;
const table = (head, body) => [line(head), line(head.map(() => '---')), ...body.map(line)].join('\n');
const signed = (x, digits = 4) => `${x < 0 ? '−' : '+'}${Math.abs(x).toFixed(digits).replace(/^0/, '')}`;

function means({ result }) {
  const { methods, summary, results } = result;
  const best = new Map(
    SHOWN.map(([metric]) => {
      const all = summary.filter((s) => s.metric === metric).map((s) => s.mean);
      return [metric, LOWER.has(metric) ? Math.min(...all) : Math.max(...all)];
    }),
  );
  return table(
    ['method', ...SHOWN.map(([, name]) => name)],
    methods.map((method) => {
      const cells = SHOWN.map(([metric]) => {
        const found = summary.find((s) => s.method === method && s.metric === metric);
        if (!found) return '';
        const text = `${found.mean.toFixed(4).replace(/^0/, '')} ± ${(found.high - found.mean).toFixed(4).replace(/^0/, '')}`;
        return found.mean === best.get(metric) ? `**${text}**` : text;
      });
      const why = results.find((row) => row.method === method && (row.notApplicable ?? row.failed));
      return [method, ...(why ? [why.notApplicable ? 'not applicable' : 'failed', ...cells.slice(1)] : cells)];
    }),
  );
}

/** Whether an interval of a - b lies wholly on a's side (won), on b's (lost), or neither. */
function verdict({ metric, difference: { low, high } }) {
  if (low === null) return '';
  const [worse, better] = LOWER.has(metric) ? [low > 0, high < 0] : [high < 0, low > 0];
  return better ? ' won' : worse ? ' lost' : '';
}

function differences({ result }) {
  const rows = result.paired.filter(
    ({ a, b, metric }) => a === 'debiased' && b !== 'debiased' && SHOWN.slice(0, 2).some(([m]) => m === metric),
  );
  const byRival = new Map();
  for (const pair of rows) byRival.set(pair.b, [...(byRival.get(pair.b) ?? []), pair]);
  return table(
    ['debiased −', 'AUC', 'log-loss'],
    [...byRival].map(([rival, pairs]) => [
      rival,
      ...pairs.map((pair) => {
        const { value, low, high } = pair.difference;
        return `${signed(value)} (${signed(low)} .. ${signed(high)})${verdict(pair)}`;
      }),
    ]),
  );
}

/** Mean rank of each method over comparisons where every method applied. */
function ranks(part, metric) {
  const full = part.filter(({ result }) => result.methods.every((m) => result.summary.some((s) => s.method === m)));
  if (full.length === 0) return '';
  const sums = new Map();
  for (const { result } of full) {
    const order = result.summary
      .filter((s) => s.metric === metric)
      .sort((a, b) => (LOWER.has(metric) ? a.mean - b.mean : b.mean - a.mean));
    order.forEach(({ method }, k) => {
      sums.set(method, (sums.get(method) ?? 0) + (k + 1) / full.length);
    });
  }
  return [...sums]
    .sort(([, a], [, b]) => a - b)
    .map(([method, rank]) => `${method} ${rank.toFixed(1)}`)
    .join(', ');
}

const sections = values.rows.split(',').flatMap((rows) => {
  const part = done.filter((entry) => entry.rows === rows);
  return [
    `## ${rows === 'all' ? 'All training rows' : `${Number(rows).toLocaleString('en')} training rows at most`}`,
    ...['auc', 'logLoss'].map(
      (metric) =>
        `Mean rank by ${SHOWN.find(([m]) => m === metric)[1]}, where every method applies: ${ranks(part, metric)}.`,
    ),
    ...part.flatMap((entry) => {
      const { rows: r, seeds } = entry.result;
      return [
        `### ${entry.id}`,
        `${r.train} training rows${r.train < r.pool ? ` drawn from ${r.pool}` : ''}, ${r.validation} to choose by, ${r.test} test rows, ${seeds.length} seeds.`,
        means(entry),
        differences(entry),
      ];
    }),
  ];
});
writeFileSync(
  `${root}docs/results.md`,
  `${[
    '# Results',
    'Printed by `npm run results`, given the data sets and teachers: students with one hidden layer of 16, every method tuned over 15 settings on the validation rows, measured once on the test rows; means over seeds with 95 % t intervals. "won" and "lost": the interval of the paired difference lies wholly on one side. What the methods are: [method.md](method.md).',
    ...sections,
  ].join('\n\n')}\n`,
);
