// Accuracy against size: students of images with 4 to 32 channels in the first stage, on 16 to 64 pixels, as int8, in setting A of
// image-draws.mjs, one draw, with the time of student.js for a decoded image of 64 x 64 pixels on this machine. Prints a Markdown table for
// docs/results-images.md.
//   npm run image-sizes -- [--teachers ID,ID --cache DIR]
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import * as debkd from '../library.mjs';
import { drawParts, openData, openFeatures, SETTINGS } from './image-draws.mjs';

const { values } = parseArgs({
  options: {
    teachers: { type: 'string', default: 'malaria-resnet-groupbias,scenes-resnet-groupbias' },
    cache: { type: 'string', default: '.cache/images' },
  },
});
const SIZES = [
  ...[4, 8, 16, 32].map((width) => ({ width, pixels: 32 })),
  ...[16, 48, 64].map((pixels) => ({ width: 8, pixels })),
];
const CALLS = 300;
const LOSS = debkd.debiasedDistillation({ temperature: 1, alpha: 1 });

/** The time of one prediction of a module, after as many to warm up. */
async function milliseconds(bytes, name) {
  const { predict } = await import(`data:text/javascript;base64,${Buffer.from(bytes).toString('base64')}`);
  const pixels = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 7919) & 255);
  const record = { [name]: { pixels, width: 64, height: 64, channels: 3 } };
  const run = () => {
    const started = performance.now();
    for (let i = 0; i < CALLS; i++) predict(record);
    return (performance.now() - started) / CALLS;
  };
  run();
  return run();
}

const cache = await debkd.openDiskCache(values.cache);
console.log(
  '| teacher | student | pixels | parameters | student.js, gzip | one image, ms | test AUC / log-loss, float32 | int8 |\n|---|---|---|---|---|---|---|---|',
);
for (const id of values.teachers.split(',')) {
  const source = await openData(id);
  const featuresOf = await openFeatures(source, cache);
  for (const { width, pixels } of SIZES) {
    const { rows, data, margins } = await drawParts(source, SETTINGS.A, 1, { image: { size: pixels }, cache });
    const parts = ['train', 'validation'].map((part) => ({
      ...{ data: data[part], margins: margins[part] },
      features: featuresOf(rows[part]),
    }));
    const { debiased, selectionMargins } = await debkd.debiasParts(...parts);
    const selection = debkd.debiasedSelection(data.validation, selectionMargins.validation);
    const text = `conv:${width},${2 * width},${4 * width}`;
    const trained = await debkd.fit(debkd.parseArchitecture(text), data.train, { margins: debiased.train }, LOSS, {
      ...{ seed: 1, validation: selection, augment: source.augment },
    });
    const { student } = await debkd.calibrateOnTargets(trained, selection);
    const small = debkd.quantize(student, 'int8', { data: data.validation, force: true });
    const { files } = await debkd.toJavaScript(small);
    const file = files.find(({ path, name }) => (path ?? name) === 'student.js') ?? files[0];
    const show = async (one) => {
      const { metrics } = await debkd.evaluate(one.predictProba(data.test), data.test.labels, { replicates: 2 });
      return `${metrics.auc.value.toFixed(4)} / ${metrics.logLoss.value.toFixed(4)}`;
    };
    const size = (gzipSync(file.bytes, { level: 9 }).length / 1000).toFixed(1);
    const time = (await milliseconds(file.bytes, 'image')).toFixed(2);
    console.log(
      `| ${id} | ${text} | ${pixels} | ${student.parameters.length} | ${size} kB | ${time} | ${await show(student)} | ${await show(small)} |`,
    );
  }
}
