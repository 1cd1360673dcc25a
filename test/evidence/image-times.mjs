// Sizes and times of exported students of images, for decoded images of 64 x 64 pixels on this machine. Prints a Markdown table for
// docs/deploy.md. The weights are random and bell-shaped, as trained ones are.
//   npm run image-times
import { gzipSync } from 'node:zlib';
import * as debkd from '../library.mjs';

const CALLS = 500;
const REPEATS = 5;

let state = 1;
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};
const bell = () => random() + random() + random() + random() - 2;

function studentOf(channels, shape) {
  const architecture = debkd.parseArchitecture(shape);
  const width = 32 * 32 * channels;
  const [mean, std] = [0.5, 0.25].map((value) => Array.from({ length: channels }, () => value));
  const column = { name: 'image', kind: 'image', size: [32, 32], channels, mean, std, offset: 0, width };
  const preprocessing = { clip: 10, columns: [column], encodedWidth: width };
  let inputs = channels;
  let size = 0;
  for (const outputs of architecture.conv.channels) {
    size += (9 * inputs + 1) * outputs;
    inputs = outputs;
  }
  const parameters = Float32Array.from({ length: size + inputs + 1 }, () => bell() / 8);
  return new debkd.Student({ architecture, parameters, preprocessing, threshold: 0.5, provenance: {} });
}

const records = [1, 3, 4].map((channels) => ({
  image: { width: 64, height: 64, pixels: Uint8Array.from({ length: 64 * 64 * channels }, () => 256 * random()) },
}));

/** The median time of an answer, after as many to warm up. */
function microseconds(predict) {
  const times = Array.from({ length: REPEATS + 1 }, () => {
    const started = performance.now();
    for (let i = 0; i < CALLS; i++) predict(records[i % records.length]);
    return ((performance.now() - started) / CALLS) * 1000;
  });
  return times
    .slice(1)
    .sort((a, b) => a - b)
    [Math.floor(REPEATS / 2)].toFixed(0);
}

const importOf = ({ bytes }) => import(`data:text/javascript;base64,${Buffer.from(bytes).toString('base64')}`);
const zipped = (files) => files.reduce((sum, { bytes }) => sum + gzipSync(bytes, { level: 9 }).length, 0);
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;

console.log(
  '| student, 32 x 32, int8 | export | bytes with gzip | microseconds for 64 x 64 pixels |\n|---|---|---|---|',
);
for (const channels of [1, 3]) {
  const name = `conv:8,16,32, ${channels === 1 ? 'grey' : 'colour'}`;
  const student = debkd.quantize(studentOf(channels, 'conv:8,16,32'), 'int8', { force: true });
  const fileOf = ({ files }, path) => files.find((file) => file.path === path);
  const js = await debkd.toJavaScript(student);
  const { predict } = await importOf(fileOf(js, 'student.js'));
  console.log(`| ${name} | \`js\` | ${kilobytes(zipped([fileOf(js, 'student.js')]))} | ${microseconds(predict)} |`);
  const wasm = await debkd.toWasm(student);
  const parts = [fileOf(wasm, 'student.wasm'), fileOf(wasm, 'student.js')];
  const opened = (await importOf(parts[1])).openStudent(new WebAssembly.Module(parts[0].bytes));
  console.log(`| ${name} | \`wasm\` | ${kilobytes(zipped(parts))} | ${microseconds(opened.predict)} |`);
  if (channels === 1) continue;
  for (const path of ['decoder.js', 'png.wasm', 'jpeg.wasm'])
    console.log(`| any | \`${path}\` | ${kilobytes(zipped([fileOf(js, path)]))} | |`);
}
