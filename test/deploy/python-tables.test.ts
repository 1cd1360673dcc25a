// The tables that debkd_student.py reads, against debkd's own reader: the same rows, or both refuse.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { openTable } from '../../src/data/read-table.ts';
import { DebkdError } from '../../src/io/errors.ts';
import { unzipped } from '../../src/io/source.ts';
import { Student } from '../../src/student/student.ts';
import { encodeStudent } from '../../src/student/student-bytes.ts';
import { debkd } from '../cli/run.ts';
import { describePython, python } from '../python.ts';
import { type Dice, dice } from '../random.ts';

const READER = fileURLToPath(new URL('../../src/deploy/shipped/python/debkd_student.py', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'debkd-python-tables-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Reads tables, each in base64; prints the header and the rows of each, or null where it is refused. */
const PROGRAM = `
import base64, json, os, sys
sys.dont_write_bytecode = True
sys.path.insert(0, ${JSON.stringify(join(READER, '..'))})
from debkd_student import RecordError, parse_table, text_of_table
def read(data):
    try:
        return parse_table(text_of_table(base64.b64decode(data)))
    except RecordError as error:
        assert str(error) and '\\n' not in str(error), error
        return None
print(json.dumps([read(data) for data in json.load(sys.stdin)]))`;

type Read = readonly [header: readonly string[], rows: readonly (readonly string[])[]] | null;

async function readHere(bytes: Uint8Array): Promise<Read> {
  try {
    const { format, rows } = await openTable(unzipped(chunks(bytes), 'rows.csv'), 'rows.csv');
    if (format !== 'csv') return null;
    const all: (readonly string[])[] = [];
    for await (const some of rows.chunks) all.push(...some);
    return [rows.header, all];
  } catch (error) {
    if (error instanceof DebkdError) return null;
    throw error;
  }
}

/** A file as Node reads it. */
async function* chunks(bytes: Uint8Array): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (let at = 0; at < bytes.length; at += 2 ** 18) yield new Uint8Array(bytes.slice(at, at + 2 ** 18));
}

const pick = <T>(d: Dice, list: readonly T[]): T => list[d.below(list.length)] as T;
const times = <T>(n: number, f: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => f(i));

/** A table with one or more oddities of a dialect. */
function oddTable(d: Dice): string {
  const delimiter = pick(d, [',', ',', ';', '\t', '|']);
  const ends = pick(d, [['\n'], ['\r\n'], ['\r'], ['\n', '\r\n'], ['\n', '\r\n', '\r']]);
  const width = 1 + d.below(4);
  const quotedShare = pick(d, [0, 0.2, 1]);
  const texts = ['', '1', '-2.5', 'x y', ' a ', 'é', 'a,b', 'a;b', 'a"b', 'p\nq', 'p\rq', '#', '\ufeff', 'sep=;', '|'];
  const field = (text: string): string => {
    const needs = /["\r\n]/.test(text) || text.includes(delimiter);
    if (!needs && d.real(0, 1) >= quotedShare) return text;
    return `"${text.replaceAll('"', '""')}"${d.below(12) === 0 ? ' '.repeat(1 + d.below(70)) : ''}`;
  };
  const names = times(width, (j) => (d.below(25) === 0 ? pick(d, ['', '2', '1.5', '#a', 'a']) : `c${j}`));
  const trailing = pick(d, ['', '', '', 'rows', 'all']);
  const lines = times(1 + d.below(6), () => {
    const row = times(width + (d.below(40) === 0 ? 1 : 0), () => field(pick(d, texts)));
    return row.join(delimiter) + (trailing === '' || d.below(30) === 0 ? '' : delimiter);
  });
  const header = names.map(field).join(delimiter) + (trailing === 'all' ? delimiter : '');
  const blank = (): string => (d.below(8) === 0 ? `${pick(d, ['', '', ' ', '""'])}${pick(d, ends)}` : '');
  const body = [header, ...lines].map((line) => blank() + line + pick(d, ends)).join('') + blank();
  const start = pick(d, ['', '', '', '', '\ufeff', 'sep=;\r\n', '"sep=,"\n', '\n']);
  const text = start + (d.below(3) === 0 ? body.replace(/(\r\n|\r|\n)$/, '') : body);
  if (d.below(5) > 0) return text;
  // one character is lost or added
  const at = d.below(text.length + 1);
  return text.slice(0, at) + pick(d, ['', '"', delimiter, '\n', '\r', '\0', 'x']) + text.slice(at + d.below(2));
}

/** Characters of a CSV in any order. */
function soup(d: Dice): string {
  const parts = [',', ';', '|', '"', '""', '\n', '\r\n', '\r', ' ', 'a', '1', 'b', '\n'];
  return times(1 + d.below(14), () => pick(d, parts)).join('');
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const longRows = (last: string): string => `a,b,\n${'1,x,\n'.repeat(70000)}2,y,${last}\n`;

describePython('numpy')('tables', () => {
  test.each([
    ['odd tables', oddTable, 3000],
    ['characters in any order', soup, 3000],
  ])('%s: the rows of debkd, or both refuse', async (_, make, count) => {
    const d = dice(5);
    const texts = times(count, () => make(d));
    const expected = await Promise.all(texts.map((text) => readHere(encode(text))));
    const answers = JSON.parse(
      python(PROGRAM, JSON.stringify(texts.map((text) => Buffer.from(text).toString('base64')))),
    ) as Read[];
    const read = expected.filter((one) => one !== null).length;
    expect(read).toBeGreaterThan(count / 10);
    expect(count - read).toBeGreaterThan(count / 10);
    texts.forEach((text, i) => void expect(answers[i], JSON.stringify(text)).toEqual(expected[i]));
  });

  const cases: readonly (readonly [string, Uint8Array])[] = [
    ['gzip', gzipSync('a,b\n1,2\n')],
    ['gzip that is cut short', gzipSync('a,b\n1,2\n').subarray(0, 20)],
    ['zeros in gzip, as in a decompression bomb', gzipSync(new Uint8Array(2 ** 27))],
    ['Latin-1', Uint8Array.of(97, 10, 0xe9, 10)],
    ['UTF-16', new Uint8Array(Buffer.from('a,b\n1,2\n', 'utf16le'))],
    ['NDJSON', encode('{"a": 1}\n')],
    ['a JSON array', encode('[{"a": 1}]')],
    ['an HTML page', encode('<!DOCTYPE html>\n<p>\n')],
    ['more blank lines than a file begins with', encode(`${'\n'.repeat(1001)}a\n1\n`)],
    ['blank lines at the start', encode(`${'\n'.repeat(1000)}a\n1\n`)],
    ['a long row', encode(`a,b\n1,"${'x'.repeat(3 * 2 ** 23)}"\n`)],
    ['a delimiter at the end of many rows', encode(longRows(''))],
    ['a value after such a delimiter, late', encode(longRows('7'))],
    ['a delimiter inside the first rows alone', encode(`a;b\n${'1,2;3\n'.repeat(20000)}1,2;3,4\n`)],
  ];
  test.each(cases)('%s', async (_, bytes) => {
    const [answer] = JSON.parse(python(PROGRAM, JSON.stringify([Buffer.from(bytes).toString('base64')]))) as Read[];
    expect(answer).toEqual(await readHere(bytes));
  });

  test.each([
    ['a blank line in a table of one column', 'a\n0.5\n\n1\n', 0],
    ['CR as the end of lines', 'a\r0.5\r1\r', 0],
    ['a header alone', 'a\n', 0],
    ['a header without the column', 'b\n', 2],
    ['a quote that is never closed', 'a,b\n1,"x\n2,y\n', 2],
    ['text after a closing quote', 'a,b\n1,"red"x\n', 2],
    ['a column twice', 'a,b,a\n1,2,3\n', 2],
  ])('as a program, like debkd predict: %s', (_, text, status) => {
    const preprocessing = {
      ...{ clip: 4, encodedWidth: 1 },
      columns: [{ name: 'a', kind: 'numeric', transform: 'none', mean: 1, std: 2, offset: 0, width: 1 }] as const,
    };
    const student = new Student({
      ...{ architecture: { hidden: [] }, preprocessing, threshold: 0.5, provenance: {} },
      parameters: Float32Array.of(0.7, 0.1),
    });
    const file = join(folder, 'student.debkd');
    const rows = join(folder, 'rows.csv');
    writeFileSync(file, encodeStudent(student));
    writeFileSync(rows, text);
    const expected = debkd(['predict', '--student', folder, '--data', rows]);
    const found = spawnSync('/usr/bin/python3', ['-B', READER, file, rows], { encoding: 'utf8' });
    expect([found.status, found.stdout]).toEqual([status, expected.stdout]);
    expect(expected.status === 0).toBe(status === 0);
    expect(found.stderr).toMatch(status === 0 ? /^$/ : /^debkd_student: data ".*rows\.csv"[^\n]*\n$/);
  });
});
