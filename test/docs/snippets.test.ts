// The JavaScript snippets of the README and the docs run unchanged, their commands parse, and their links resolve.
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseCommand } from '../../src/cli/parse.ts';
import { TYPICAL_PNG } from '../../src/deploy/edge/sample.ts';
import { debkd, modelPath } from '../cli/run.ts';
import { hasRedis, redisServer } from '../cluster/machines.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const blocks = (page: string, language: string): string[] =>
  // opening and closing fences alternate
  [...read(page).matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].flatMap(([, of, code = '']) =>
    of === language ? [code] : [],
  );

// a folder inside the package, where its name resolves to dist/, as it does for users
const work = join(root, 'build', 'snippets');
afterAll(() => rmSync(work, { recursive: true, force: true }));

const WDBC = `
import { readFile as readIt } from 'node:fs/promises';
import * as lib from 'debkd';
const preprocessing = lib.parsePreprocessing(JSON.parse(await readIt('preprocessing.json', 'utf8')), 'wdbc');
const rows = await lib.readCsv('wdbc.csv', { target: 'label' });
const { train, validation, test } = await lib.encodeParts(rows, lib.split(rows), preprocessing);
const signal = new AbortController().signal;
const onProgress = () => {};
`;
const TEACHER = `${WDBC}const teacher = await lib.loadTeacher('teacher.onnx', { preprocessing });\n`;

/** How to run the snippet that contains `has`: the code before it, its working folder and the output it must print. */
const contexts: readonly {
  readonly has: string;
  readonly before: string;
  readonly folder?: string;
  readonly cluster?: true;
  readonly says?: RegExp;
}[] = [
  {
    has: 'document.getElementById(id)',
    before: `
import { readFile } from 'node:fs/promises';
const files = { teacher: await readFile('teacher.onnx'), rows: await readFile('wdbc.csv') };
const document = { getElementById: (id) => ({ files: [new Uint8Array(files[id])] }) };
`,
    says: /removing the teacher's bias/,
  },
  {
    has: "from 'debkd/edge'",
    before: "import { readFile } from 'node:fs/promises';\nconst bytes = await readFile('student.debkd');\n",
  },
  {
    has: "from 'debkd/worker'",
    before: `${WDBC}const file = new Uint8Array(await readIt('teacher.onnx'));\n`.replace(
      'lib.split(rows), preprocessing',
      'lib.split(rows)',
    ),
  },
  { has: 'debkd.storeTable(', before: `${TEACHER}const debkd = lib;\n` },
  {
    has: "debkd.readCsv('rows.csv', { target: 'label' })",
    before: '',
    says: /^\{ value: 0\.9/,
  },
  { has: "group: 'customer_id'", before: '', says: /^\[ 'amount' \]\n$/ },
  { has: 'const focal = customLoss', before: `${TEACHER}const debkd = lib;\n` },
  { has: 'predictBatch, unknownFields', before: '', folder: 'deploy/js' },
  {
    has: 'openDecoder({ png, jpeg })',
    before: `
import { readFile } from 'node:fs/promises';
const compiled = async (name) => WebAssembly.compile(await readFile(name));
const [png, jpeg] = [await compiled('png.wasm'), await compiled('jpeg.wasm')];
const bytes = new Uint8Array(Buffer.from('${TYPICAL_PNG}', 'base64'));
const context = { getImageData: (x, y, width, height) => ({ width, height, data: new Uint8ClampedArray(4 * width * height) }) };
`,
    folder: 'images/js',
  },
  {
    has: 'image: { pixels, width: 64, height: 64 }',
    before: 'const pixels = new Uint8Array(3 * 64 * 64);\n',
    folder: 'images',
  },
  {
    has: 'a WebAssembly.Module',
    before:
      "import { readFile } from 'node:fs/promises';\nconst module = await WebAssembly.compile(await readFile('student.wasm'));\n",
    folder: 'deploy/wasm',
  },
  {
    has: "from 'debkd/cluster'",
    before: `${TEACHER}const debkd = lib;\nconst methods = ['hard', 'debiased'];\nconst data = { train, validation, test };\nconst student = { hidden: [4] };\n`,
    cluster: true,
  },
];

beforeAll(() => {
  mkdirSync(work, { recursive: true });
  const jobs = Array.from(
    { length: 200 },
    (_, i) => `${20 + (i % 40)},${i % 3 ? 'nurse' : 'clerk'},${i % 40 > 20 ? 1 : 0}`,
  );
  writeFileSync(join(work, 'jobs.csv'), `age,job,label\n${jobs.join('\n')}\n`);
  const orders = Array.from({ length: 300 }, (_, i) => `${i >> 1},${i % 2 ? 'f' : 'm'},${i % 50},${i % 3 ? 1 : 0}`);
  writeFileSync(join(work, 'orders.csv'), `customer_id,agent,amount,label\n${orders.join('\n')}\n`);
  writeFileSync(join(work, 'make.mjs'), MAKE);
  copyFileSync(modelPath('wdbc-mlp-biased/teacher.onnx'), join(work, 'teacher.onnx'));
  copyFileSync(modelPath('wdbc/preprocessing.json'), join(work, 'preprocessing.json'));
  copyFileSync(modelPath('wdbc/data.csv'), join(work, 'wdbc.csv'));
  copyFileSync(modelPath('wdbc/data.csv'), join(work, 'rows.csv'));
  copyFileSync(modelPath('wdbc/data.csv'), join(work, 'rows.parquet')); // a CSV: the reader detects the format from the bytes
  cpSync(join(root, 'models'), join(work, 'models'), { recursive: true });
  const made = spawnSync(process.execPath, ['make.mjs'], { cwd: work, encoding: 'utf8' });
  expect(made.stderr).toBe('');
  const { status, stderr } = debkd(['export', '--student', 'student.debkd', '--to', 'js,wasm', '--out', 'deploy'], {
    cwd: work,
  });
  expect(status, stderr).toBe(0);
  const ofImages = ['export', '--student', 'images/student.debkd', '--to', 'js', '--out', 'images'];
  expect(debkd(ofImages, { cwd: work }).status).toBe(0);
});

/** Trains a student on jobs.csv with hard labels. */
const MAKE = `
import { mkdirSync, writeFileSync } from 'node:fs';
import * as debkd from 'debkd';
const table = await debkd.readCsv('jobs.csv', { target: 'label' });
const { train } = debkd.split(table);
const data = debkd.encode(table, debkd.fitPreprocessing(table, { rows: train }), { rows: train });
const student = await debkd.fit({ hidden: [4] }, data, { margins: new Float64Array(data.rows) }, debkd.hardLabels(), { seed: 1, epochs: 2 });
writeFileSync('student.debkd', debkd.encodeStudent(student));
const image = { name: 'image', kind: 'image', size: [8, 8], channels: 1, mean: [0.5], std: [0.2], offset: 0, width: 64 };
const age = { name: 'age', kind: 'numeric', transform: 'none', mean: 40, std: 10, offset: 64, width: 1 };
const ofImages = new debkd.Student({
  architecture: { hidden: [], conv: { channels: [2] } },
  parameters: Float32Array.from({ length: 24 }, (_, i) => (i % 5) - 2),
  preprocessing: { clip: 10, columns: [image, age], encodedWidth: 65 },
  ...{ threshold: 0.5, provenance: {} },
});
mkdirSync('images', { recursive: true });
writeFileSync('images/student.debkd', debkd.encodeStudent(ofImages));
`;

test('links lead to existing files and headings', () => {
  for (const page of [...pages, 'SECURITY.md', 'CHANGELOG.md', 'models/README.md']) {
    for (const [, link = ''] of read(page).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(link)) continue;
      const [path = '', heading] = link.split('#');
      const target = path === '' ? page : join(dirname(page), path);
      expect(existsSync(join(root, target)), `${page}: ${link}`).toBe(true);
      if (heading === undefined) continue;
      const known = [...read(target).matchAll(/^#+ (.*)$/gm)].map(([, title = '']) => slug(title));
      expect(known, `${page}: ${link}`).toContain(heading);
    }
  }
});

const slug = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .trim()
    .replace(/\s+/g, '-');

const written = pages.filter((page) => blocks(page, 'js').length + blocks(page, '').length > 0);
describe.each(written)('%s', (page) => {
  const snippets = blocks(page, 'js');
  test.runIf(snippets.length > 0).each(snippets.map((code, i) => ({ code, number: i + 1 })))(
    'snippet $number runs',
    async ({ code, number }) => {
      const context = contexts.find(({ has }) => code.includes(has));
      expect(context, `no context for this snippet: ${code}`).toBeDefined();
      if (context?.cluster && !hasRedis) return;
      const folder = join(work, context?.folder ?? '');
      const redis = context?.cluster && (await redisServer(join(work, 'redis')));
      const placed = code
        .replace('redis://HOST:6379', redis ? redis.url : '')
        .replace('/mnt/debkd', join(work, 'store'));
      const file = join(folder, `snippet-${number}.mjs`);
      const last = context?.cluster ? '\nteacher[Symbol.dispose]();\nprocess.exit(0);\n' : '\nprocess.exit(0);\n';
      writeFileSync(file, `${context?.before}${placed}${last}`);
      const { status, stdout, stderr } = spawnSync(process.execPath, [file], {
        cwd: folder,
        encoding: 'utf8',
        timeout: 60_000,
      });
      expect([status, stderr], `${stderr}\n${code}`).toEqual([0, '']);
      expect(stdout).toMatch(context?.says ?? /^/);
    },
  );

  const commands = blocks(page, '')
    .flatMap((block) => block.replaceAll(/\\\n\s*/g, ' ').split('\n'))
    .flatMap(
      (line) =>
        /(?:^|npx |\| .*)\bdebkd (.*)$/.exec(/mapper|pipe\(/.test(line) ? line.replace(/"\)?$/, '') : line)?.[1] ?? [],
    );
  test.runIf(commands.length > 0).each(commands)('debkd %s', (line) => {
    // drop comments and redirections, which belong to the shell
    const words = line.replace(/\s+(#|>).*$/, '').match(/"[^"]*"|\S+/g) ?? [];
    const [command = '', ...rest] = words.filter((word) => word !== '...').map((word) => word.replaceAll('"', ''));
    if (command === 'COMMAND') return;
    // `--option ...` leaves the value to the reader; give it one
    const args = rest.flatMap((word, i) =>
      word.startsWith('--') &&
      line.includes(`${word} ...`) &&
      rest[i + 1]?.startsWith('--') !== false &&
      isLeft(line, word)
        ? [word, 'x']
        : [word],
    );
    expect(() => parseCommand([command, ...args])).not.toThrow();
  });
});

const isLeft = (line: string, option: string): boolean => new RegExp(`${option} \\.\\.\\.`).test(line);
