// Teachers of text on the command line: label, inspect and their refusals.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { goldenTokens, tinyText, tokenValue } from '../tiny-text.ts';
import { debkd } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'debkd-cli-text-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const { tokenizer, ids, cut } = goldenTokens.kinds.word_piece;
const hub = join(folder, 'hub');
mkdirSync(hub);
writeFileSync(join(hub, 'model.onnx'), tinyText({ tokens: 256, outputs: 2 }));
writeFileSync(join(hub, 'tokenizer.json'), JSON.stringify(tokenizer));
writeFileSync(join(hub, 'config.json'), JSON.stringify({ id2label: { 0: 'fine', 1: 'rude' } }));
const alone = join(folder, 'alone.onnx');
writeFileSync(alone, tinyText({ tokens: 256, positions: 64 }));
// a field holds no control characters that CSV readers treat in their own way
const kept = goldenTokens.texts.flatMap((text, k) => (/\n|control/.test(text) ? [] : [k]));
const data = join(folder, 'rows.csv');
const field = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const lines = kept.map((k) => `${field(goldenTokens.texts[k] as string)},${k % 2 ? 'yes' : 'no'},${k % 2}`);
writeFileSync(data, `body,group,label\n${lines.join('\n')}\n`);
const sum = (row: readonly number[]): number => row.reduce((total, id) => total + tokenValue(id), 0);

test('label writes the margins, and says how many texts were cut or empty', () => {
  const out = join(folder, 'soft.f32');
  const args = ['label', '--data', data, '--text', 'body', '--no-cache', '--force', '--out', out];
  const margins = (): number[] => {
    const bytes = readFileSync(out);
    return [...new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))];
  };
  const whole = debkd([...args, '--teacher', hub]);
  expect(whole.stderr).toContain('class 1 of the teacher is "rude"');
  expect(whole.stderr).toContain(`note: teacher: 2 of ${kept.length} texts have no token, such as empty ones`);
  expect(whole.stderr).not.toContain('were cut');
  expect(margins()).toEqual(kept.map((k) => sum(ids[k] as readonly number[])));
  const short = debkd([...args, '--teacher', alone, '--tokenizer', hub, '--max-length', '12']);
  const longer = kept.filter((k) => (ids[k] as readonly number[]).length > 12).length;
  expect(short.stderr).toContain(
    `note: teacher: ${longer} of ${kept.length} texts are longer than 12 tokens and were cut`,
  );
  expect(margins()).toEqual(kept.map((k) => sum(cut[k] as readonly number[])));
});

test('inspect shows the tokenizer, the column and the ids of rows', () => {
  const { stdout } = debkd(['inspect', hub, '--data', data, '--text', 'body']);
  expect(stdout).toContain(`tokenizer    "${join(hub, 'tokenizer.json')}", WordPiece, 210 tokens`);
  expect(stdout).toContain('text         "body", at most 512 tokens per row');
  expect(stdout).toMatch(/row 1 .*input_ids int64\[\d+\] 2, \d+, /);
  const record = JSON.parse(debkd(['inspect', hub, '--json']).stdout) as { text: object; takes: string };
  expect(record.takes).toBe('columns');
  expect(record.text).toEqual({
    tokenizer: join(hub, 'tokenizer.json'),
    kind: 'WordPiece',
    tokens: 210,
    maxLength: 512,
  });
});

test.each([
  [
    ['--teacher', alone],
    /no tokenizer is given \(no tokenizer.json in .*\); give the tokenizer.json .*\(--tokenizer FILE\)/,
  ],
  [
    ['--teacher', hub, '--text', 'bodi'],
    /no column "bodi", which should hold the texts \(did you mean "body"\?\); name the column of text \(--text COLUMN\)/,
  ],
  [
    ['--teacher', alone, '--tokenizer', hub, '--max-length', '65'],
    /maximum length: 65, expected at most 64, the positions of the model; set another length \(--max-length\)/,
  ],
  [
    ['--teacher', hub, '--tokenizer', alone],
    /tokenizer .*alone.onnx": (the bytes are not text|not JSON .*), expected tokenizer.json/,
  ],
])('%j is refused', (args, message) => {
  const { status, stderr } = debkd(['label', '--data', data, ...args]);
  expect(stderr).toMatch(message);
  expect(status).toBe(2);
});
