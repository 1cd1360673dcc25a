// Paths as Windows writes them: drive letters, backslashes, shares; and names with blanks, % and #. The rules of Windows come from
// node:path/win32, so that no Windows is needed; on other systems such a path is the name of a file, which must reach it unchanged.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import win32 from 'node:path/win32';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { addressOf } from '../../src/cli/app-files.ts';
import { contains } from '../../src/cli/output-path.ts';
import { softLabelColumns } from '../../src/cli/soft-label-columns.ts';
import { teacherFiles } from '../../src/cli/teacher-files.ts';
import { relativePath } from '../../src/data/image-source.ts';
import { readTable } from '../../src/data/read-table.ts';
import { innerPath } from '../../src/io/file-tree.ts';
import { openFolder } from '../../src/io/folder-tree.ts';
import { textOf } from '../../src/io/source.ts';
import { teacherNames } from '../../src/teacher/combine-teachers.ts';
import { siblingOf } from '../../src/teacher/external-data.ts';
import { pathOf } from '../../src/teacher/model-source.ts';
import type { Teacher } from '../../src/teacher/teacher.ts';
import { debkd } from '../cli/run.ts';

const folder = mkdtempSync(join(tmpdir(), 'debkd-paths-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ABSOLUTE = ['C:\\a\\b.csv', '\\\\server\\share\\x.csv', 'C:/a/b.csv', 'c:b.csv', '\\a\\b.csv'];

describe('rules', () => {
  test('what is inside a folder', () => {
    for (const path of [...ABSOLUTE, '..\\x.png', 'a\\..\\..\\x.png', 'a/..\\../x.png', 'file:///C:/a.png', 'a\0b'])
      expect(innerPath(path), path).toBeUndefined();
    expect(innerPath('.\\a b\\c%20#1.png')).toBe('a b/c%20#1.png');
    expect(innerPath('a\\..\\b.png')).toBe('b.png');
  });

  test.each([
    ['C:\\photos', 'C:\\photos\\a b\\1%.png', 'a b\\1%.png'],
    ['C:\\photos', 'c:/Photos/1.png', '1.png'],
    ['C:\\', 'C:\\1.png', '1.png'],
    ['\\\\server\\share', '\\\\SERVER\\share\\x#1.png', 'x#1.png'],
    ['C:\\photos', 'C:\\photos2\\1.png', undefined],
    ['C:\\photos', 'D:\\photos\\1.png', undefined],
    ['C:\\photos', 'C:\\photos\\..\\1.png', undefined],
    ['/photos', '/photos/1.png', '1.png'],
    ['/photos', '/Photos/1.png', undefined],
    ['/', '/photos/1.png', 'photos/1.png'],
  ])('an image in %s: %s', (root, path, inside) => {
    expect(relativePath({ root }, path)).toBe(inside);
  });

  test('whether --out holds an input', () => {
    const within = (outer: string, inner: string): boolean => contains(outer, inner, win32);
    expect(within('C:\\out', 'C:\\out\\a.csv')).toBe(true);
    expect(within('C:\\out', 'c:\\OUT')).toBe(true);
    expect(within('\\\\server\\share\\out', '\\\\server\\share\\out\\x.onnx')).toBe(true);
    expect(within('C:\\out', 'C:\\out\\..hidden')).toBe(true);
    expect(within('C:\\out', 'C:\\out2\\a.csv')).toBe(false);
    expect(within('C:\\out', 'D:\\out\\a.csv')).toBe(false);
    expect(within('C:\\out', '\\\\server\\share\\a.csv')).toBe(false);
    expect(within('C:\\out\\a', 'C:\\out')).toBe(false);
  });

  test('addresses of files in a folder', () => {
    expect(addressOf('example\\data.csv', win32.sep)).toBe('example/data.csv');
    // where a slash separates folders, a backslash is part of a name
    expect(addressOf('a\\b', '/')).toBe('a\\b');
  });

  test('a colon of --soft-labels is not that of a drive', () => {
    const read = (given: string) => softLabelColumns({ 'soft-labels': given });
    for (const file of [...ABSOLUTE, 'file:///C:/a/b.csv', 'a b%20#1.csv'])
      expect(read(`${file}:p,q`), file).toEqual({ file, columns: ['p', 'q'] });
    expect(read('C:p')).toEqual({ file: undefined, columns: ['C:p'] });
  });

  test('a teacher and its preprocessing', () => {
    const [given] = teacherFiles({ teacher: ['C:\\a=b\\t.onnx=\\\\server\\share\\p #1.json'] });
    expect(given).toEqual({ path: 'C:\\a=b\\t.onnx', preprocessing: '\\\\server\\share\\p #1.json' });
    const names = ['C:\\a\\b.onnx', '\\\\server\\share\\x.onnx', 'C:/a/b.onnx', 'models\\c d\\'];
    expect(teacherNames(names.map((name) => ({ name })) as Teacher[])).toEqual(['b', 'x', 'b-2', 'c d']);
  });

  test('weights beside a model', () => {
    expect(siblingOf('C:\\a\\t.onnx', 'w.bin')).toBe('C:\\a\\w.bin');
    expect(siblingOf('\\\\server\\share\\t.onnx', 'w.bin')).toBe('\\\\server\\share\\w.bin');
    expect(siblingOf('C:/a/t.onnx', 'parts\\w.bin')).toBe('C:/a/parts\\w.bin');
    for (const model of ['file:///C:/a%20b/t.onnx', new URL('file:///C:/a%20b/t.onnx')])
      expect(String(siblingOf(model, 'w %#1.bin'))).toBe('file:///C:/a%20b/w%20%25%231.bin');
  });

  test('a drive is no scheme', () => {
    for (const path of ABSOLUTE) expect(pathOf(path)).toBe(path);
    expect(pathOf(new URL('file:///C:/a%20b/t.onnx'))).toBe('file:///C:/a%20b/t.onnx');
  });

  test.each(ABSOLUTE)('%s is looked for as it is written', async (path) => {
    const subject = `file ${JSON.stringify(path)}: there is no such file; check the path`;
    await expect(readTable(path)).rejects.toMatchObject({ code: 'source', message: subject });
  });
});

const NAMES = ['C:\\a\\b.csv', '\\\\server\\share\\x.csv', 'a b.csv', 'a%20b.csv', 'a#b?c.csv', '100 %.csv', 'C:c.csv'];
// these are names of files only where a backslash and a colon may be in a name
describe.runIf(process.platform !== 'win32')('files with such names', () => {
  const place = join(folder, 'x #y % z');
  mkdirSync(place);
  for (const name of NAMES) writeFileSync(join(place, name), `a,label\n${NAMES.indexOf(name)},1\n`);

  test.each(NAMES)('%s: by path, by URL, by the text of a URL, and in a folder', async (name) => {
    const path = join(place, name);
    const expected = `a,label\n${NAMES.indexOf(name)},1\n`;
    for (const source of [path, pathToFileURL(path), pathToFileURL(path).href])
      expect(await textOf(source)).toBe(expected);
    expect((await readTable(pathToFileURL(path))).rows).toBe(1);
    for (const tree of [place, pathToFileURL(place), pathToFileURL(place).href])
      expect(new TextDecoder().decode(await (await openFolder(tree)).read(name))).toBe(expected);
  });

  test('the command line takes and writes them', () => {
    const rows = Array.from(
      { length: 60 },
      (_, i) => `${i},${(i * 7) % 10},${i % 3 === 0 ? 1 : 0},${(i % 10) / 10 + 0.05}`,
    );
    for (const [i, name] of NAMES.entries()) {
      writeFileSync(join(place, name), `a,b,label,p\n${rows.join('\n')}\n`);
      const args = ['distill', '--soft-labels', 'p', '--data', name, '--student', 'logistic', '--seed', '1'];
      const out = `${name} out`;
      const { status, stderr } = debkd([...args, '--out', out], { cwd: place });
      expect(status, `${name}: ${stderr}`).toBe(0);
      expect(existsSync(join(place, out, 'student.debkd'))).toBe(true);
      const predicted = debkd(['predict', '--student', out, '--data', name], { cwd: place });
      expect(predicted.stdout.split('\n'), predicted.stderr).toHaveLength(62);
      if (i === 0)
        expect(debkd(['export', '--student', out, '--to', 'js', '--out', `${name} js`], { cwd: place }).status).toBe(0);
    }
  });
});
