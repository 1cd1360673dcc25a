// npy files as NumPy writes them: every element type, both byte orders and both layouts.
import { expect, test } from 'vitest';
import { readNpy } from '../../src/data/npy.ts';
import { readTable } from '../../src/data/read-table.ts';
import type { Table } from '../../src/data/table.ts';
import { describePython, python } from '../python.ts';

/** Makes an npy file. */
function npy(descr: string, shape: string, body: Uint8Array, fortran = 'False'): Uint8Array {
  const header = `{'descr': ${descr}, 'fortran_order': ${fortran}, 'shape': ${shape}, }`;
  const padded = `${header.padEnd(117)}\n`;
  return Uint8Array.from([
    ...[0x93, ...new TextEncoder().encode('NUMPY'), 1, 0, padded.length & 255, padded.length >> 8],
    ...new TextEncoder().encode(padded),
    ...body,
  ]);
}
const floats = (...values: number[]): Uint8Array => new Uint8Array(Float64Array.from(values).buffer);
const texts = (t: Table): string[][] =>
  t.columns.map((c) => [c.name, ...Array.from(c.codes, (code) => c.texts[code] as string)]);

test('a matrix and its labels, row-major and column-major', async () => {
  const labels = npy("'|b1'", '(3,)', Uint8Array.of(1, 0, 1));
  const want = [
    ['x0', '1', '3', '0.1'],
    ['x1', '-2', 'NaN', '1e+300'],
  ];
  const byRows = await readNpy(npy("'<f8'", '(3, 2)', floats(1, -2, 3, Number.NaN, 0.1, 1e300)), { labels });
  expect(texts(byRows)).toEqual(want);
  expect([...byRows.labels]).toEqual([1, 0, 1]);
  const byColumns = npy("'<f8'", '(3, 2)', floats(1, 3, 0.1, -2, Number.NaN, 1e300), 'True');
  expect(texts(await readTable(byColumns))).toEqual(want);
});

test('the label may be a column; a missing label is an unlabelled row', async () => {
  const x = npy("'<f8'", '(3, 2)', floats(5, 1, 6, 0, 7, Number.NaN));
  const t = await readNpy(x, { target: 'x1' });
  expect(texts(t)).toEqual([['x0', '5', '6', '7']]);
  expect([...t.labels]).toEqual([1, 0, -1]);
});

const body = floats(1, 2, 3, 4);
test.each<[string, Uint8Array, RegExp]>([
  ['text', npy("'<U3'", '(2, 2)', body), /its element type is '<U3', expected a matrix of numbers as numpy\.save/],
  ['complex numbers', npy("'<c16'", '(2, 1)', body), /its element type is '<c16'/],
  ['records', npy("[('a', '<f8')]", '(4,)', body), /its element type is a record/],
  ['objects', npy("'|O'", '(4,)', body), /its element type is '\|O'/],
  ['three dimensions', npy("'<f8'", '(2, 2, 1)', body), /its shape is \(2, 2, 1\)/],
  ['no dimension', npy("'<f8'", '()', floats(1)), /its shape is \(\)/],
  ['a negative size', npy("'<f8'", '(-2, -2)', body), /its shape is \(-2, -2\)/],
  ['a huge size', npy("'<f8'", '(99999999999999999999, 2)', body), /its shape/],
  [
    'a cut body',
    npy("'<f8'", '(2, 2)', body.subarray(0, 31)),
    /31 bytes of numbers, expected 32 for its shape \(2, 2\)/,
  ],
  ['a cut header', npy("'<f8'", '(2, 2)', body).subarray(0, 60), /cut inside its header/],
  ['no rows', npy("'<f8'", '(0, 2)', new Uint8Array()), /no rows, expected a matrix/],
  ['no columns', npy("'<f8'", '(2, 0)', new Uint8Array()), /no columns/],
])('npy with %s is refused', async (_, bytes, message) => {
  await expect(readTable(bytes)).rejects.toThrow(
    expect.objectContaining({ code: 'table', message: expect.stringMatching(message) }),
  );
});

test('labels of another length, or more than one per row, are refused', async () => {
  const x = npy("'<f8'", '(2, 2)', body);
  await expect(readNpy(x, { labels: npy("'|b1'", '(3,)', Uint8Array.of(1, 0, 1)) })).rejects.toThrow(
    /labels "bytes": shape \[3, 1\], expected \[2, 1\], one label per row of "bytes"/,
  );
  await expect(readNpy(x, { labels: x })).rejects.toThrow(expect.objectContaining({ code: 'target' }));
  await expect(readNpy(x, { labels: new TextEncoder().encode('label\n1\n0\n') })).rejects.toThrow(/not an npy file/);
});

describePython('numpy')('files written by NumPy', () => {
  const program = `import base64, io, json, sys
import numpy as np
out = []
x = np.array([[0, 1, 2], [3, 100, 7]])
for kind in ["f8", "f4", "f2", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1", "b1"]:
    for order in "<>":
        for layout in "CF":
            for version in [(1, 0), (2, 0)]:
                file = io.BytesIO()
                y = np.array(x, dtype=order + kind, order=layout)
                np.lib.format.write_array(file, y, version=version)
                values = [[repr(float(v)) for v in column] for column in y.T]
                out.append([order + kind + " " + layout + str(version[0]), base64.b64encode(file.getvalue()).decode(), values])
print(json.dumps(out))`;
  test('every element type, byte order and layout', async () => {
    const cases = JSON.parse(python(program)) as [string, string, string[][]][];
    expect(cases).toHaveLength(96);
    for (const [name, base64, values] of cases) {
      const t = await readTable(Uint8Array.from(Buffer.from(base64, 'base64')));
      expect(
        texts(t).map(([, ...column]) => column.map(Number)),
        name,
      ).toEqual(values.map((column) => column.map(Number)));
    }
  });
});
