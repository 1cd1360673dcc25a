// debkd export: target folders, quantisation and refusals.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { debkd, modelPath, temporary, WDBC } from './run.ts';

const student = join(temporary(), 'student');
debkd(['distill', ...WDBC, '--out', student]);
const rows = ['--data', modelPath('wdbc/data.csv'), '--split', modelPath('wdbc/split.csv')];
const to = (...args: readonly string[]): ReturnType<typeof debkd> => debkd(['export', '--student', student, ...args]);

test('--to all writes a folder per target, the same bytes each time, with the answers of the student', async () => {
  const place = join(temporary(), 'exports');
  const { status, stdout } = to('--to', 'all', '--out', place, '--json');
  expect(status).toBe(0);
  const { schema, files, largestDifference } = JSON.parse(stdout);
  expect(schema).toBe('debkd/export@1');
  const targets = ['aws-lambda', 'cloudflare', 'deno', 'js', 'node', 'onnx', 'python', 'safetensors', 'vercel', 'wasm'];
  expect(readdirSync(place).sort()).toEqual(targets);
  expect(Object.keys(largestDifference).sort()).toEqual(targets);
  const exact = targets.filter((name) => name !== 'onnx');
  expect(exact.map((name) => largestDifference[name])).toEqual(exact.map(() => 0));
  for (const file of files) expect(existsSync(join(place, file)), file).toBe(true);
  expect(files).toContain('onnx/student-raw.onnx');
  expect(files).toContain('wasm/student.wasm');
  expect(files).toContain('node/Dockerfile');

  const before = files.map((file: string) => readFileSync(join(place, file)));
  expect(to('--to', 'all', '--out', place).status).toBe(0);
  expect(files.map((file: string) => readFileSync(join(place, file)))).toEqual(before);

  const { predict } = await import(join(place, 'js/student.js'));
  const [header = '', first = ''] = readFileSync(modelPath('wdbc/data.csv'), 'utf8').split('\n');
  const record = Object.fromEntries(header.split(',').map((name, j) => [name, first.split(',')[j]]));
  const [, line] = debkd(['predict', '--student', student], { input: `${header}\n${first}\n` }).stdout.split('\n');
  const { probability, label } = predict(record);
  expect(`${probability},${label}`).toBe(line);
  const onnx = debkd(['inspect', join(place, 'onnx/student.onnx'), '--json']);
  expect(JSON.parse(onnx.stdout)).toMatchObject({ opset: 17, convention: 'probability' });
});

test('inspect reads an exported raw model as a teacher', () => {
  const place = temporary();
  to('--to', 'onnx', '--out', place);
  const again = debkd(['inspect', join(place, 'onnx/student-raw.onnx'), '--json']);
  expect(again.status).toBe(0);
  expect(JSON.parse(again.stdout)).toMatchObject({ convention: expect.stringMatching(/probability|logit/) });
});

test('--quantize measures the loss, prints it and stores it', () => {
  const place = join(temporary(), 'small');
  const { status, stdout } = to('--to', 'js,node', '--quantize', 'int8', ...rows, '--out', place);
  expect(status).toBe(0);
  expect(stdout).toMatch(
    /int8 against float32, 129 rows: AUC 0\.\d{4} -> 0\.\d{4}, log-loss 0\.\d{4} -> 0\.\d{4}, [\d.]+ % of the labels agree, probabilities differ by at most 0\.\d{4}\n$/,
  );
  const stored = JSON.parse(readFileSync(join(place, 'js/quantization.json'), 'utf8'));
  expect(stored).toMatchObject({ form: 'int8', rows: 129, of: 'data' });
  expect(stored.auc).toHaveLength(2);
  expect(readFileSync(join(place, 'node/README.md'), 'utf8')).toMatch(
    /stored as int8. Compared with float32 on 129 rows, [\d.]+ % of the labels agree, AUC is/,
  );
  const plain = to('--to', 'js', '--quantize', 'float16', '--out', join(temporary(), 'x'), '--json');
  expect(plain.stderr).toMatch(/without --data, AUC and log-loss are not measured/);
  expect(JSON.parse(plain.stdout).quantization).toMatchObject({ form: 'float16', of: 'synthetic records' });
});

test('--name and --cors set the name and the origins of projects', () => {
  const place = temporary();
  const named = ['--name', 'tumour-student', '--cors', 'https://a.example,https://b.example'];
  expect(to('--to', 'cloudflare', '--out', place, ...named).status).toBe(0);
  expect(JSON.parse(readFileSync(join(place, 'cloudflare/wrangler.jsonc'), 'utf8')).name).toBe('tumour-student');
  expect(readFileSync(join(place, 'cloudflare/src/config.js'), 'utf8')).toContain(
    '["https://a.example","https://b.example"]',
  );
});

test.each([
  [['--to', 'node', '--name', '../x'], /^debkd: project name: "\.\.\/x", expected lower-case letters/],
  [['--to', 'node', '--cors', 'a.example'], /^debkd: allowed origin: "a\.example", expected a scheme and a host/],
  [['--to', 'js', '--quantize', 'int8', '--data', 'nowhere.csv'], /"nowhere\.csv": there is no such file/],
])('refused: %j', (args, message) => {
  const place = temporary();
  const { status, stderr, stdout } = to(...args, '--out', place);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr.replace(/^(export|note).*\n/gm, '')).toMatch(message);
  expect(readdirSync(place)).toEqual([]);
});

test('files that an export did not write, or that were changed, are kept', () => {
  const place = temporary();
  mkdirSync(join(place, 'node/lib'), { recursive: true });
  for (const file of ['node/README.md', 'node/student.js', 'node/lib/mine.js'])
    writeFileSync(join(place, file), 'mine');
  const foreign = to('--to', 'js,node', '--out', place);
  expect(foreign.status).toBe(2);
  expect(foreign.stderr).toMatch(/the folder holds other files/);
  expect(readdirSync(place)).toEqual(['node']);

  const damaged = temporary();
  mkdirSync(join(damaged, 'js'));
  writeFileSync(join(damaged, 'js/.debkd-export.json'), '{');
  expect(to('--to', 'js', '--out', damaged)).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/\.debkd-export\.json is damaged/),
  });

  const other = temporary();
  expect(to('--to', 'node', '--out', other).status).toBe(0);
  expect(to('--to', 'node', '--out', other).status).toBe(0);
  mkdirSync(join(other, 'node/.git'));
  writeFileSync(join(other, 'node/.git/HEAD'), 'mine');
  expect(to('--to', 'node', '--out', other).stderr).toMatch(
    /"\.git\/HEAD" is not of an export, and would be removed; move it/,
  );
  rmSync(join(other, 'node/.git'), { recursive: true });
  writeFileSync(join(other, 'node/src/config.js'), 'export const config = {};');
  const edited = to('--to', 'node', '--out', other);
  expect([edited.status, edited.stderr]).toEqual([
    2,
    expect.stringMatching(/"src\/config\.js" was changed, and would be removed; move it/),
  ]);
  expect(readFileSync(join(other, 'node/src/config.js'), 'utf8')).toBe('export const config = {};');
});
