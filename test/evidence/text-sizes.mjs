// Accuracy against size: students of texts with 2^10 to 2^18 buckets as int8, in setting B of text-draws.mjs, one draw, with the
// time of student.js for a text of 20 words on this machine. Prints a Markdown table for docs/results-texts.md.
//   npm run text-sizes -- [--teachers ID,ID]
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import * as debkd from '../library.mjs';
import { drawParts, openData, SETTINGS } from './text-draws.mjs';

const { values } = parseArgs({
  options: {
    teachers: { type: 'string', default: 'clickbait-bert,hate-bert-groupbias,rt-polarity-bert,germeval-bert' },
  },
});
const TEXT =
  'Thirteen simple ways to make your kitchen look much bigger without spending more than a few dollars or hours today';
const CALLS = 20000;

/** The time of one prediction of a module, after as many to warm up. */
async function microseconds(bytes) {
  const { predict } = await import(`data:text/javascript;base64,${Buffer.from(bytes).toString('base64')}`);
  const run = () => {
    const started = performance.now();
    for (let i = 0; i < CALLS; i++) predict({ text: TEXT });
    return ((performance.now() - started) / CALLS) * 1000;
  };
  run();
  return run();
}

const LOSS = debkd.debiasedDistillation({ temperature: 1, alpha: 1 });

console.log(
  '| teacher | buckets | buckets seen | student.js, gzip | 20 words, µs | test AUC / log-loss, float32 | int8 |\n|---|---|---|---|---|---|---|',
);
for (const id of values.teachers.split(',')) {
  const source = await openData(id);
  const { data, margins, rows } = await drawParts(source, SETTINGS.B, 1);
  for (const power of [10, 12, 14, 16, 18]) {
    const form = { buckets: 2 ** power, words: [1, 2], characters: [3, 5] };
    const column = { ...debkd.fitText(source.table, 'text', { rows: rows.train, form }), offset: 0 };
    const preprocessing = { clip: 10, columns: [column], encodedWidth: column.width };
    const encode = (part) => ({
      ...debkd.encode(source.table, preprocessing, { rows: rows[part] }),
      labels: data[part].labels,
    });
    const parts = { train: encode('train'), validation: encode('validation'), test: encode('test') };
    const { train } = await debkd.chooseTextWeights(parts, margins);
    const fitted = await debkd.debiasParts(
      { data: train, margins: margins.train },
      { data: parts.validation, margins: margins.validation },
    );
    const selection = debkd.debiasedSelection(parts.validation, fitted.selectionMargins.validation);
    const trained = await debkd.fit({ hidden: [] }, train, { margins: fitted.debiased.train }, LOSS, {
      seed: 1,
      validation: selection,
    });
    const small = debkd.quantize(trained, 'int8', { force: true });
    const { files } = await debkd.toJavaScript(small);
    const bytes = gzipSync(files[0].bytes, { level: 9 }).length;
    const show = async (student) => {
      const { metrics } = await debkd.evaluate(student.predictProba(parts.test), parts.test.labels, { replicates: 2 });
      return `${metrics.auc.value.toFixed(4)} / ${metrics.logLoss.value.toFixed(4)}`;
    };
    console.log(
      `| ${id} | 2^${power} | ${column.width} | ${(bytes / 1000).toFixed(1)} kB | ${(await microseconds(files[0].bytes)).toFixed(0)} | ${await show(trained)} | ${await show(small)} |`,
    );
  }
}
