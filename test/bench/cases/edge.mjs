// The time of an exported student for one raw record of adult, compared with onnxruntime-web on the same student; and by how much the
// student delays the first answer of a worker.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { findShared } from '../../evidence/shared.mjs';
import * as debkd from '../../library.mjs';
import { PLATFORM_RUNTIMES } from '../../runtime/platforms.mjs';

const shared = findShared(['data/adult', 'teachers']);
const data = `${shared}/data/adult/data.csv.gz`;
const given = `${shared}/teachers/adult.preprocessing.json`;
const RECORDS = 2000;
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

/** A 108-64-32-1 student of adult, its encoded rows and some raw records; undefined where the data are missing. */
async function adult() {
  if (!shared) return undefined;
  const table = await debkd.readCsv(data, { target: 'label' });
  const preprocessing = debkd.parsePreprocessing(JSON.parse(readFileSync(given, 'utf8')), 'adult');
  const rows = debkd.encode(table, preprocessing);
  const targets = { margins: new Float64Array(rows.rows) };
  const student = await debkd.fit({ hidden: [64, 32] }, rows, targets, debkd.hardLabels(), { seed: 1, epochs: 5 });
  const numbers = new Set(preprocessing.columns.filter(({ kind }) => kind === 'numeric').map(({ name }) => name));
  const records = Array.from({ length: RECORDS }, (_, row) =>
    Object.fromEntries(
      table.columns.map(({ name, texts, codes }) => [
        name,
        numbers.has(name) ? Number(texts[codes[row]]) : texts[codes[row]],
      ]),
    ),
  );
  return { student, rows, records, numbers };
}

export async function edgeCases(say) {
  const found = await adult();
  if (!found) {
    say('skipped: exported students (no data; npm run data fetches them)');
    return [];
  }
  const { student, rows, records, numbers } = found;
  const folder = mkdtempSync(join(tmpdir(), 'debkd-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const write = (name, { files }) => {
    for (const { path, bytes } of files) writeFileSync(join(folder, `${name}-${path.replace(/\.js$/, '.mjs')}`), bytes);
    return files;
  };
  const forms = { float32: student, float16: debkd.quantize(student, 'float16', { data: rows }) };
  forms.int8 = debkd.quantize(student, 'int8', { data: rows });
  for (const [form, which] of Object.entries(forms)) {
    const [{ bytes }] = (await debkd.toJavaScript(which)).files;
    const [{ bytes: wasm }] = (await debkd.toWasm(which)).files;
    say(
      `student.js, ${form}: ${gzipSync(bytes, { level: 9 }).length} bytes gzip; student.wasm ${gzipSync(wasm, { level: 9 }).length}`,
    );
  }
  write('js', await debkd.toJavaScript(student));
  write('wasm', await debkd.toWasm(student));
  const onnx = (await debkd.toOnnx(student)).files;
  const { predict } = await import(join(folder, 'js-student.mjs'));
  const loader = await import(join(folder, 'wasm-student.mjs'));
  const opened = loader.openStudent(await WebAssembly.compile(readFileSync(join(folder, 'wasm-student.wasm'))));

  const require = createRequire(new URL('../../../package.json', import.meta.url));
  const ort = await import(require.resolve('onnxruntime-web'));
  ort.env.wasm.numThreads = 1;
  const create = (bytes) => ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] });
  const [encoded, raw] = [await create(onnx[0].bytes), await create(onnx[1].bytes)];
  const dense = debkd.denseRows(rows.features, 0, RECORDS);
  const feeds = (record) =>
    Object.fromEntries(
      Object.entries(record).map(([name, value]) => [
        name,
        numbers.has(name) ? new ort.Tensor('float32', [value], [1, 1]) : new ort.Tensor('string', [value], [1, 1]),
      ]),
    );
  const each = (answer) => async () => {
    const started = performance.now();
    for (let i = 0; i < RECORDS; i++) await answer(i);
    return (performance.now() - started) / RECORDS;
  };
  const plain = (answer) => async () => {
    const started = performance.now();
    for (let turn = 0; turn < 5; turn++) for (let i = 0; i < RECORDS; i++) answer(i);
    return (performance.now() - started) / RECORDS / 5;
  };
  const onRaw = each((i) => raw.run(feeds(records[i])));
  const onEncoded = each((i) =>
    encoded.run({ input: new ort.Tensor('float32', dense.subarray(i * 108, (i + 1) * 108), [1, 108]) }),
  );
  const rivals = (target) => [
    { against: 'onnxruntime-web, the same raw fields', target: 10, run: onRaw },
    { against: 'onnxruntime-web, encoded rows', target, run: onEncoded },
  ];
  return [
    { name: 'one raw record, student.js', ours: plain((i) => predict(records[i])), rivals: rivals(null) },
    { name: 'one raw record, student.wasm', ours: plain((i) => opened.predict(records[i])), rivals: rivals(10) },
  ];
}

const EMPTY = 'export default { fetch: () => new Response("ok") };\n';
const WITH = `import { predict } from './student.js';
const record = RECORD;
export default { fetch: () => new Response(String(predict(record).probability)) };
`;

/** Prints the milliseconds from starting workerd to its first answer, with and without a student, in interleaved rounds. */
export async function coldStart(rounds, say) {
  const { why, start } = PLATFORM_RUNTIMES.workerd;
  const found = why ? undefined : await adult();
  if (!found) return say(`skipped: cold start in workerd (${why ?? 'no data; npm run data fetches them'})`);
  const { student, records } = found;
  const folders = {};
  for (const name of ['empty', 'float32', 'int8']) {
    const folder = mkdtempSync(join(tmpdir(), 'debkd-cold-'));
    folders[name] = folder;
    mkdirSync(join(folder, 'src'));
    const which = name === 'int8' ? debkd.quantize(student, 'int8', { force: true }) : student;
    const source = name === 'empty' ? EMPTY : WITH.replace('RECORD', JSON.stringify(records[0]));
    writeFileSync(join(folder, 'src/index.js'), source);
    writeFileSync(join(folder, 'wrangler.jsonc'), '{"compatibility_date":"2025-01-01"}');
    if (name !== 'empty')
      writeFileSync(join(folder, 'src/student.js'), (await debkd.toJavaScript(which)).files[0].bytes);
  }
  const times = { empty: [], float32: [], int8: [] };
  for (let round = 0; round <= rounds; round++) {
    for (const [name, folder] of Object.entries(folders)) {
      const started = performance.now();
      const { url, stop } = await start(folder);
      await (await fetch(url)).text();
      if (round > 0) times[name].push(performance.now() - started);
      await stop();
    }
  }
  for (const folder of Object.values(folders)) rmSync(folder, { recursive: true, force: true });
  for (const name of ['float32', 'int8']) {
    const later = times[name].map((ms, i) => ms - times.empty[i]);
    const bound = median(later);
    say(
      `workerd, start to first answer with student.js, ${name}: ${bound.toFixed(1)} ms more than an empty worker (median of ${rounds}, ${Math.min(...later).toFixed(1)} .. ${Math.max(...later).toFixed(1)}; bar 5: ${bound < 5 ? 'reached' : 'missed'}); empty ${median(times.empty).toFixed(0)} ms`,
    );
  }
}
