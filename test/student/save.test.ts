// student.save and Student.load: an atomic write of encodeStudent's bytes, and the errors where it fails.
import { execFile, execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, expect, test, vi } from 'vitest';
import { parsePreprocessing } from '../../src/data/preprocessing.ts';
import * as node from '../../src/io/node.ts';
import { Student } from '../../src/student/student.ts';
import { encodeStudent } from '../../src/student/student-bytes.ts';
import { loadStudent } from '../../src/student/student-file.ts';

vi.mock('../../src/io/node.ts', { spy: true });
afterEach(() => vi.mocked(node.fsPromises).mockReset());

const student = new Student({
  architecture: { hidden: [] },
  parameters: Float32Array.of(0.5, -0.25),
  preprocessing: parsePreprocessing(
    {
      columns: [{ name: 'age', kind: 'numeric', transform: 'none', mean: 40, std: 12, offset: 0, width: 1 }],
      encodedWidth: 1,
    },
    'test',
  ),
  threshold: 0.4,
  provenance: { seed: 1 },
});
const folder = mkdtempSync(join(realpathSync(tmpdir()), 'debkd-save-'));
const bytesAt = (path: string): Uint8Array => new Uint8Array(readFileSync(path));
const leftovers = (): string[] => readdirSync(folder).filter((name) => name.includes('.part-'));

test('writes the bytes of encodeStudent, and reads them from a path, URL, bytes and blob', async () => {
  const path = join(folder, 'student.debkd');
  await student.save(path);
  expect(bytesAt(path)).toEqual(encodeStudent(student));
  expect(leftovers()).toEqual([]);
  for (const source of [path, pathToFileURL(path), bytesAt(path), new Blob([readFileSync(path)])]) {
    const loaded = await Student.load(source);
    expect(loaded).toBeInstanceOf(Student);
    expect(loaded.threshold).toBe(0.4);
    expect(loaded.predictRecord({ age: 52 })).toEqual(student.predictRecord({ age: 52 }));
    expect(await loadStudent(source)).toEqual(loaded);
  }
});

test('replaces an earlier file, also through a link and by URL', async () => {
  const [path, link] = [join(folder, 'earlier.debkd'), join(folder, 'link.debkd')];
  writeFileSync(path, 'something else, and longer than a student is'.repeat(100));
  symlinkSync(path, link);
  await student.save(pathToFileURL(link));
  expect(bytesAt(path)).toEqual(encodeStudent(student));
  expect(realpathSync(link)).toBe(path);
});

test('a failed write keeps the earlier file and leaves no other file', async () => {
  const path = join(folder, 'kept.debkd');
  await student.save(path);
  const fs = await import('node:fs/promises');
  const rename = async (): Promise<never> => {
    throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
  };
  vi.mocked(node.fsPromises).mockResolvedValue({ ...fs, rename } as typeof fs);
  await expect(student.with({ threshold: 0.9 }).save(path)).rejects.toMatchObject({
    code: 'source',
    message: `${JSON.stringify(path)}: cannot be written (the disk is full); make room, or choose another place`,
  });
  expect((await Student.load(path)).threshold).toBe(0.4);
  expect(leftovers()).toEqual([]);
});

test('refuses a folder, and a path in a missing folder', async () => {
  await expect(student.save(folder)).rejects.toMatchObject({
    code: 'source',
    message: `file ${JSON.stringify(folder)}: this is a folder, expected a file; name a file in it`,
  });
  const nowhere = join(folder, 'none', 'student.debkd');
  await expect(student.save(nowhere)).rejects.toMatchObject({
    code: 'source',
    message: `file ${JSON.stringify(nowhere)}: there is no folder ${JSON.stringify(join(folder, 'none'))}; create it, or choose another place`,
  });
  expect(existsSync(join(folder, 'none'))).toBe(false);
});

test.skipIf(process.platform === 'win32')('a pipe is written, not replaced', async () => {
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const read = promisify(execFile)('cat', [pipe], { encoding: 'buffer', timeout: 5000 });
  await student.save(pipe);
  expect(statSync(pipe).isFIFO()).toBe(true);
  expect(new Uint8Array((await read).stdout)).toEqual(encodeStudent(student));
});

test('names the alternative on a host without a file system', async () => {
  vi.mocked(node.fsPromises).mockRejectedValue(new TypeError('Failed to resolve module specifier'));
  await expect(student.save('student.debkd')).rejects.toMatchObject({
    code: 'source',
    message: 'file "student.debkd": this host has no file system; store the bytes of encodeStudent yourself',
  });
});
