// The same student of images, trained here and in PyTorch with one thread: quality and seconds of CPU, in turns. Prints a Markdown table.
//   PYTHON=/usr/bin/python3 npm run images-torch -- [--teachers ID,ID --epochs 30 --runs 3 --cache DIR]
// Both train on the de-biased targets of one draw of setting A, for the same number of steps, and keep the last epoch.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as debkd from '../library.mjs';
import { drawParts, openData, openFeatures, SETTINGS } from './image-draws.mjs';

const { values } = parseArgs({
  options: {
    teachers: { type: 'string', default: 'malaria-resnet-groupbias,scenes-resnet-groupbias' },
    epochs: { type: 'string', default: '30' },
    runs: { type: 'string', default: '3' },
    cache: { type: 'string', default: '.cache/images' },
  },
});
const python = process.env['PYTHON'] ?? 'python3';
const program = fileURLToPath(new URL('image-torch.py', import.meta.url));
const epochs = Number(values.epochs);
const WIDTHS = [8, 16, 32];

/** The pixels of a dataset's rows, in order. */
function pixelsOf({ features }) {
  const { images, data, fields, fieldColumns, rows } = features;
  const field = fieldColumns.indexOf(-3);
  const length = images.size[0] * images.size[1] * images.channels;
  const out = new Uint8Array(rows * length);
  for (let i = 0; i < rows; i++) {
    const number = data[i * fields + field];
    out.set(images.pixels.subarray(number * length, (number + 1) * length), i * length);
  }
  return out;
}

const cache = await debkd.openDiskCache(values.cache);
console.log(
  `| teacher | rows | debkd: AUC / log-loss | PyTorch: AUC / log-loss | debkd, s | PyTorch, s | ratio |\n|---|---|---|---|---|---|---|`,
);
for (const id of values.teachers.split(',')) {
  const source = await openData(id);
  const featuresOf = await openFeatures(source, cache);
  const { rows, data, margins } = await drawParts(source, SETTINGS.A, 1, { cache });
  const { train, test } = data;
  const parts = ['train', 'validation'].map((part) => ({
    ...{ data: data[part], margins: margins[part], features: featuresOf(rows[part]) },
  }));
  const { debiased } = await debkd.debiasParts(...parts);
  const targets = { margins: debiased.train };
  const { images } = train.features;
  const folder = mkdtempSync(join(tmpdir(), 'debkd-torch-'));
  const turns = source.augment.includes('turn');
  const spec = { size: images.size[0], channels: images.channels, widths: WIDTHS, turns };
  writeFileSync(join(folder, 'spec.json'), JSON.stringify({ ...spec, mean: images.mean, std: images.std }));
  writeFileSync(join(folder, 'train.u8'), pixelsOf(train));
  writeFileSync(join(folder, 'test.u8'), pixelsOf(test));
  const probabilities = debiased.train.map((z) => 1 / (1 + Math.exp(-z)));
  writeFileSync(join(folder, 'targets.f64'), new Uint8Array(probabilities.buffer));
  writeFileSync(join(folder, 'labels.f64'), new Uint8Array(Float64Array.from(test.labels).buffer));
  const ours = [];
  const theirs = [];
  for (let seed = 1; seed <= Number(values.runs); seed++) {
    const before = process.cpuUsage();
    const student = await debkd.fit(
      { hidden: [], conv: { channels: WIDTHS } },
      train,
      targets,
      debkd.debiasedDistillation(),
      {
        ...{ seed, epochs, augment: source.augment },
      },
    );
    const { user, system } = process.cpuUsage(before);
    const { metrics } = await debkd.evaluate(student.predictProba(test), test.labels, { replicates: 0 });
    ours.push({ seconds: (user + system) / 1e6, auc: metrics.auc.value, logLoss: metrics.logLoss.value });
    theirs.push(JSON.parse(execFileSync(python, [program, folder, values.epochs, String(seed)]).toString()));
  }
  rmSync(folder, { recursive: true });
  const mean = (list, key) => list.reduce((sum, one) => sum + one[key], 0) / list.length;
  const middle = (list) => list.map(({ seconds }) => seconds).sort((a, b) => a - b)[Math.floor(list.length / 2)];
  const quality = (list) => `${mean(list, 'auc').toFixed(4)} / ${mean(list, 'logLoss').toFixed(4)}`;
  const [a, b] = [middle(ours), middle(theirs)];
  console.log(
    `| ${id} | ${train.rows} | ${quality(ours)} | ${quality(theirs)} | ${a.toFixed(1)} | ${b.toFixed(1)} | ${(a / b).toFixed(2)} |`,
  );
}
