// Measures exported projects under load on loopback with autocannon: 20 connections send single records, then lists of 100. Prints rows
// per second, the 99th percentile of the latency, and the counts of wrong and lost answers. Exit code 1 if there are any.
//   npm run load [-- --seconds 5]
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import * as debkd from '../library.mjs';
import { PLATFORM_RUNTIMES } from '../runtime/platforms.mjs';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '5' } } });
const require = createRequire(new URL('../runtime/package.json', import.meta.url));
const { default: autocannon } = await import(pathToFileURL(require.resolve('autocannon')).href);
const model = (path) => new URL(`../../models/${path}`, import.meta.url);

const table = await debkd.readCsv(readFileSync(model('wdbc/data.csv')), { target: 'label' });
const preprocessing = debkd.parsePreprocessing(
  JSON.parse(readFileSync(model('wdbc/preprocessing.json'), 'utf8')),
  'wdbc',
);
const rows = debkd.encode(table, preprocessing);
const targets = { margins: new Float64Array(rows.rows) };
const student = await debkd.fit({ hidden: [64, 32] }, rows, targets, debkd.hardLabels(), { seed: 1, epochs: 3 });
const records = Array.from({ length: 100 }, (_, row) =>
  Object.fromEntries(table.columns.map(({ name, texts, codes }) => [name, Number(texts[codes[row]])])),
);
const folder = mkdtempSync(join(tmpdir(), 'debkd-load-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const platform of debkd.PLATFORMS) {
  for (const { path, bytes } of (await debkd.toEdge(student, platform)).files) {
    mkdirSync(dirname(join(folder, platform, path)), { recursive: true });
    writeFileSync(join(folder, platform, path), bytes);
  }
}

let wrong = 0;
console.log(
  '| runtime | records per request | requests per second | rows per second | p99 | wrong | lost |\n|---|---|---|---|---|---|---|',
);
for (const [name, { project, why, start }] of Object.entries(PLATFORM_RUNTIMES)) {
  if (why) {
    console.log(`| ${name} | did not run: ${why} |`);
    continue;
  }
  const { url, stop } = await start(join(folder, project));
  for (const size of [1, 100]) {
    const sent = size === 1 ? records[0] : records;
    const answers = [sent].flat().map((record) => student.predictRecord(record));
    const expected = `${JSON.stringify(size === 1 ? answers[0] : answers)}\n`;
    const result = await autocannon({
      url: `${url}/predict`,
      method: 'POST',
      connections: 20,
      duration: Number(values.seconds),
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(sent),
      verifyBody: (body) => String(body) === expected,
    });
    const { errors, timeouts, mismatches, non2xx, requests, latency } = result;
    const bad = mismatches + non2xx;
    wrong += bad + errors + timeouts;
    console.log(
      `| ${name} | ${size} | ${Math.round(requests.mean)} | ${Math.round(requests.mean * size)} | ${latency.p99} ms | ${bad} | ${errors + timeouts} |`,
    );
  }
  await stop();
}
process.exit(wrong > 0 ? 1 : 0);
