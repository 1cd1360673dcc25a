// Makes the corpus: small valid files of every kind, which the mutator changes.
//   npm run build && node test/hostile/make-corpus.mjs
import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { parquetWriteBuffer } from 'hyparquet-writer';
import * as debkd from '../library.mjs';

const corpus = new URL('corpus/', import.meta.url);
const bundled = new URL('../../node_modules/.cache/debkd-tiny-onnx.mjs', import.meta.url);
await build({
  entryPoints: [new URL('../tiny-onnx.ts', import.meta.url).pathname],
  outfile: bundled.pathname,
  bundle: true,
  format: 'esm',
  platform: 'node',
});
const { tinyOnnx, endlessOnnx } = await import(bundled.href);

for (const old of readdirSync(corpus)) rmSync(new URL(old, corpus), { recursive: true });
const put = (path, content) => {
  const file = new URL(path, corpus);
  mkdirSync(new URL('.', file), { recursive: true });
  writeFileSync(file, content);
};

/** A pseudo-random integer in [0, below), a function of i only. */
const pick = (i, below) => (((i * 2654435761) % 4294967296) >>> 8) % below;
const COLOURS = ['red', 'green', 'blue'];
const rows = Array.from({ length: 90 }, (_, i) => {
  const x = pick(i, 1000) / 100;
  const y = pick(i + 500, 5000);
  const colour = COLOURS[pick(i + 900, 3)];
  return { x, y, colour, label: x + (colour === 'red' ? 3 : 0) > 5 + pick(i + 77, 4) ? 1 : 0 };
});
const csv = (list, delimiter = ',') =>
  `${['x', 'y', 'colour', 'label'].join(delimiter)}\n${list.map((r) => Object.values(r).join(delimiter)).join('\n')}\n`;

put('csv/plain.csv', csv(rows.slice(0, 30)));
put('csv/semicolon.csv', csv(rows.slice(0, 20), ';').replaceAll('\n', '\r\n'));
put('csv/tab.csv', csv(rows.slice(0, 20), '\t'));
put('csv/quoted.csv', '\ufeffa,"b ""c""",label\n1,"x,\ny",yes\n2,"",no\n-3.5e2,"",yes\n,z,no\n1e3,"x,\ny",yes\n');
put('csv/missing.csv', 'a,b,label\nNA,1,1\n?,,0\nnull,3,\n4,#N/A,1\n5,6,0\n');
put('csv/packed.csv.gz', gzipSync(csv(rows.slice(0, 20))));
put(
  'ndjson/plain.ndjson',
  `${rows
    .slice(0, 30)
    .map((row) => JSON.stringify(row))
    .join('\n')}\n`,
);
put(
  'ndjson/odd.ndjson',
  '{"a":1,"b":"x","label":true}\n{"b":null,"a":-2.5e3,"label":false}\n\n{"a":12345678901234567890,"label":true}\n',
);

const column = (name, type) => ({ name, data: rows.map((row) => row[name]), ...(type && { type }) });
const table = [column('x', 'DOUBLE'), column('y', 'INT32'), column('colour', 'STRING'), column('label', 'INT32')];
const nulls = table.map(({ name, data, type }) => ({
  name,
  type,
  nullable: true,
  data: data.map((v, i) => (i % 5 === 2 ? null : v)),
}));
put('parquet/plain.parquet', Buffer.from(parquetWriteBuffer({ columnData: table, codec: 'UNCOMPRESSED' })));
put('parquet/snappy.parquet', Buffer.from(parquetWriteBuffer({ columnData: nulls })));
put(
  'parquet/groups.parquet',
  Buffer.from(parquetWriteBuffer({ columnData: nulls, rowGroupSize: 30, codec: 'UNCOMPRESSED' })),
);
const more = [
  { name: 'flag', data: rows.map((row) => row.label === 1), type: 'BOOLEAN' },
  { name: 'when', data: rows.map((_, i) => new Date(86400000 * i)), type: 'TIMESTAMP' },
  { name: 'big', data: rows.map((_, i) => BigInt(i) * 1000000007n), type: 'INT64' },
  { name: 'constant', data: rows.map(() => 'same'), type: 'STRING' },
  column('label', 'INT32'),
];
put('parquet/types.parquet', Buffer.from(parquetWriteBuffer({ columnData: more, codec: 'UNCOMPRESSED' })));

const npy = (descr, shape, values, version = 1) => {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }\n`;
  const head = [0x93, ...Buffer.from('NUMPY'), version, 0, header.length, 0, ...(version > 1 ? [0, 0] : [])];
  return Buffer.concat([Buffer.from(head), Buffer.from(header), Buffer.from(values.buffer)]);
};
put(
  'npy/doubles.npy',
  npy(
    '<f8',
    '(8, 3)',
    Float64Array.from({ length: 24 }, (_, i) => i / 7),
  ),
);
put(
  'npy/bytes.npy',
  npy(
    '|u1',
    '(12,)',
    Uint8Array.from({ length: 12 }, (_, i) => i % 2),
    2,
  ),
);
put(
  'npy/halves.npy',
  npy(
    '>f2',
    '(4, 4)',
    Uint16Array.from({ length: 16 }, (_, i) => i * 997),
  ),
);

const STEPS = [
  ['x', { impute: 'median', value: 4 }, { clip: [-9, null] }, { standardise: { mean: 5, std: 3 } }],
  ['x', { missing: true }],
  ['x', { symlog: true }, { robust: { centre: 1, scale: 2 } }, { bin: { edges: [-1, 0, 1, 2] } }],
  ['y', { log1p: true }, { minMax: { min: 0, max: 9, range: [-1, 1] } }, { yeoJohnson: { lambda: 0.7 } }],
  [
    'colour',
    {
      map: [
        ['red', 'warm'],
        ['blue', null],
      ],
      otherwise: 'cold',
    },
    { impute: 'constant', value: 'cold' },
    { ordinal: ['cold', 'warm'], otherwise: 3, missing: 4 },
  ],
  ['colour', { oneHot: { categories: ['red', 'green'], drop: 'first' } }],
];
const preprocessing = {
  clip: 10,
  columns: [
    { name: 'x', kind: 'numeric', transform: 'none', mean: 5, std: 3, offset: 0, width: 1 },
    { name: 'y', kind: 'numeric', transform: 'slog1p', mean: 7, std: 1.5, offset: 1, width: 1 },
    { name: 'colour', kind: 'categorical', categories: ['blue', 'green', 'red'], offset: 2, width: 3 },
  ],
  F: 5,
};
put('preprocessing/plain.json', JSON.stringify(preprocessing, null, 1));
put(
  'preprocessing/steps.json',
  JSON.stringify(
    { columns: STEPS.map(([name, ...steps], offset) => ({ name, steps, offset })), encodedWidth: STEPS.length },
    null,
    1,
  ),
);
put('preprocessing/missing.json', JSON.stringify({ ...preprocessing, missing: ['na', '-'] }));
put(
  'split/parts.csv',
  `split\n${rows
    .slice(0, 30)
    .map((_, i) => ['train', 'validation', 'test', 'unused'][pick(i, 4)])
    .join('\n')}\n`,
);
put(
  'config/plain.json',
  JSON.stringify({ teacher: 't.onnx', data: 'd.csv', trainRows: 2000, hidden: undefined, student: '8', epochs: 5 }),
);
put(
  'config/lists.json',
  JSON.stringify({ drop: ['a', 'b'], resume: true, seed: 3, learningRate: 0.002, debias: 'platt' }),
);

const teacher = tinyOnnx({ inputs: 5, weights: [1.2, 0.1, -0.3, 0.1, 0.8] });
put('distill/teacher.onnx', teacher);
put('distill/rows.csv', csv(rows));
put('distill/preprocessing.json', JSON.stringify(preprocessing));

const read = await debkd.readCsv(Buffer.from(csv(rows)), { target: 'label' });
const encoded = await debkd.encodeParts(read, debkd.split(read), preprocessing);
const loaded = await debkd.loadTeacher(teacher, { preprocessing });
const entries = new Map();
const store = { get: async (key) => entries.get(key), put: async (key, bytes) => void entries.set(key, bytes) };
const checkpoint = debkd.storedCheckpoint(store, debkd.checkpointKey('a run'));
const options = { ...encoded, teacher: loaded, seed: 1, epochs: 3, checkpoint };
const { student } = await debkd.distill({ ...options, student: { hidden: [4] } });
const parts = [...entries.values()];
put('checkpoint/early.bin', parts[1]);
put('checkpoint/late.bin', parts.at(-1));
put('student/mlp.debkd', debkd.encodeStudent(student));
const logistic = await debkd.distill({ ...options, checkpoint: undefined, student: { hidden: [] } });
put('student/logistic.debkd', debkd.encodeStudent(logistic.student));
const record = (row) => ({ x: row.x, y: row.y, colour: row.colour });
put('request/one.json', JSON.stringify(record(rows[0])));
put('request/some.json', JSON.stringify(rows.slice(0, 5).map(record)));
put('request/missing.json', JSON.stringify({ x: null, y: '12', colour: 'mauve', other: [1] }));

const tiny = new URL('../teacher/tiny/', import.meta.url);
mkdirSync(new URL('onnx/', corpus));
for (const name of readdirSync(tiny)) {
  if (name.endsWith('.onnx')) copyFileSync(new URL(name, tiny), new URL(`onnx/${name}`, corpus));
}
put('onnx/endless.onnx', endlessOnnx());
