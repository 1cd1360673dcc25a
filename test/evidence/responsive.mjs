// Runs the app in Chromium with a large table, from reading to results, and measures how long the page was blocked at most: by the
// browser's long-task entries and by the gaps between timers.
//   npm run responsive [-- --rows 50000 --columns 100 --rounds 3]
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as debkd from '../library.mjs';
import { openAppServer, openChromium } from '../runtime/app-server.mjs';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '50000' },
    columns: { type: 'string', default: '100' },
    rounds: { type: 'string', default: '3' },
  },
});
const [rows, columns, rounds] = [values.rows, values.columns, values.rounds].map(Number);
const folder = mkdtempSync(join(tmpdir(), 'debkd-responsive-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

let state = 7;
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};
const names = Array.from({ length: columns }, (_, j) => `x${j}`);
const lines = [`${names.join(',')},label`];
for (let i = 0; i < rows; i++) {
  const row = names.map(() => (random() * 2 - 1).toFixed(4));
  const score = row.slice(0, 10).reduce((sum, x) => sum + Number(x), 0);
  lines.push(`${row.join(',')},${score + random() * 2 - 1 > 0 ? 1 : 0}`);
}
const data = join(folder, 'rows.csv');
writeFileSync(data, lines.join('\n'));
const spec = names.map((name, j) => ({
  name,
  kind: 'numeric',
  transform: 'none',
  mean: 0,
  std: 1,
  offset: j,
  width: 1,
}));
const teacher = new debkd.Student({
  architecture: { hidden: [] },
  parameters: Float32Array.from({ length: columns + 1 }, (_, j) => (j < 10 ? 1.5 : 0)),
  preprocessing: { clip: 10, encodedWidth: columns, columns: spec },
  threshold: 0.5,
  provenance: {},
});
const model = join(folder, 'teacher.onnx');
writeFileSync(model, (await debkd.toOnnx(teacher)).files[0].bytes);

const WATCH = `
globalThis.blocks = { longest: 0, gap: 0, tasks: 0 };
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) {
    blocks.longest = Math.max(blocks.longest, duration);
    blocks.tasks++;
  }
}).observe({ entryTypes: ['longtask'] });
const channel = new MessageChannel();
let last = performance.now();
channel.port1.onmessage = () => {
  const now = performance.now();
  blocks.gap = Math.max(blocks.gap, now - last);
  last = now;
  setTimeout(() => { last = performance.now(); channel.port2.postMessage(0); }, 4);
};
channel.port2.postMessage(0);
`;
const server = await openAppServer();
const browser = await openChromium();
console.log(
  `${rows} rows of ${columns} columns\n| round | seconds | longest task | tasks over 50 ms | longest gap |\n|---|---|---|---|---|`,
);
for (let round = 1; round <= rounds; round++) {
  const context = await browser.newContext();
  await context.addInitScript(`if (globalThis.document) { ${WATCH} }`);
  const page = await context.newPage();
  const started = performance.now();
  await page.goto(server.url);
  // ignore the second in which the page loads
  await page.waitForTimeout(1000);
  await page.evaluate(() => Object.assign(globalThis.blocks, { longest: 0, gap: 0, tasks: 0 }));
  await page.locator('#files-file').setInputFiles(model);
  await page.locator('#files-file').setInputFiles(data);
  await page.locator('#found').waitFor({ timeout: 120_000 });
  await page.locator('#epochs').fill('4');
  await page.getByRole('button', { name: 'Distil' }).click();
  await page.locator('#answer-debiased').waitFor({ timeout: 500_000 });
  const { longest, gap, tasks } = await page.evaluate(() => globalThis.blocks);
  const seconds = (performance.now() - started) / 1000;
  console.log(`| ${round} | ${seconds.toFixed(0)} | ${longest.toFixed(0)} ms | ${tasks} | ${gap.toFixed(0)} ms |`);
  await context.close();
}
await browser.close();
await server.stop();
