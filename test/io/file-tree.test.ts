// Paths of files: their order, what is inside a folder and what is hidden.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareBytes, innerPath, isHidden } from '../../src/io/file-tree.ts';
import { mapInOrder } from '../../src/io/in-order.ts';

test('texts are in the order of their UTF-8 bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
      expect(Math.sign(compareBytes(a, b))).toBe(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
    }),
  );
  // UTF-16 would have the first before the second
  expect(compareBytes('\u{1f600}', '\uffee')).toBeGreaterThan(0);
});

test.each([
  ['a/b.png', 'a/b.png'],
  ['./a//b.png', 'a/b.png'],
  ['a/../b.png', 'b.png'],
  ['a\\b.png', 'a/b.png'],
  ['a..b/c...png', 'a..b/c...png'],
  ['../b.png', undefined],
  ['a/../../b.png', undefined],
  ['..\\b.png', undefined],
  ['/b.png', undefined],
  ['\\\\server\\b.png', undefined],
  ['c:b.png', undefined],
  ['file:///b.png', undefined],
  ['a\0.png', undefined],
  ['a/..', undefined],
  ['', undefined],
])('the inner path of %j', (path, inner) => expect(innerPath(path)).toBe(inner));

test('hidden files', () => {
  for (const path of ['.a', 'b/.a/c', '__MACOSX/a.png', 'b/Thumbs.db']) expect(isHidden(path), path).toBe(true);
  for (const path of ['a.png', 'b.c/a', 'thumbs.db.png']) expect(isHidden(path), path).toBe(false);
});

test('work on many items keeps their order and its limit, and the first failure in order counts', async () => {
  let [running, most] = [0, 0];
  const work = async (k: number): Promise<number> => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, (7 * k) % 5));
    running--;
    if (k === 12 || k === 13) throw new Error(`item ${k}`);
    return k;
  };
  const done: number[] = [];
  const all = (async () => {
    for await (const k of mapInOrder(
      Array.from({ length: 30 }, (_, k) => k),
      4,
      work,
    ))
      done.push(k);
  })();
  await expect(all).rejects.toThrow('item 12');
  expect(done).toEqual(Array.from({ length: 12 }, (_, k) => k));
  expect(most).toBe(4);
});
