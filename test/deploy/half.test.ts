// float16 conversion, checked against itself and NumPy.
import { expect, test } from 'vitest';
import { floatToHalf, halfToFloat } from '../../src/io/half.ts';
import { describePython, python } from '../python.ts';
import { dice } from '../random.ts';

test('every float16 survives the round trip', () => {
  for (let bits = 0; bits < 65536; bits++) {
    const value = halfToFloat(bits);
    if (Number.isNaN(value)) expect(Number.isNaN(halfToFloat(floatToHalf(value)))).toBe(true);
    else if (floatToHalf(value) !== bits) throw new Error(`${bits} becomes ${floatToHalf(value)}`);
  }
});

describePython('numpy')('with NumPy', () => {
  test('rounds 100,000 numbers and every midpoint as NumPy does, ties to even', () => {
    const d = dice(5);
    const values: number[] = [];
    for (let i = 0; i < 1e5; i++) values.push(Math.fround(d.real(-1, 1) * 2 ** (d.below(50) - 32)));
    for (let bits = 0; bits < 31743; bits++) {
      const middle = (halfToFloat(bits) + halfToFloat(bits + 1)) / 2;
      values.push(middle, -middle, Math.fround(middle * (1 + 2 ** -23)), Math.fround(middle * (1 - 2 ** -23)));
    }
    values.push(65519.99, 65520, 1e9, -1e9, Infinity, 2 ** -25, 2 ** -26);
    const input = Buffer.from(Float32Array.from(values).buffer);
    const program = `import sys, numpy as np
np.seterr(all='ignore')
x = np.frombuffer(sys.stdin.buffer.read(), np.float32)
print(' '.join(map(str, x.astype(np.float16).view(np.uint16).tolist())))`;
    const expected = python(program, input).trim().split(' ').map(Number);
    const wrong = values.findIndex((value, i) => floatToHalf(value) !== expected[i]);
    expect(wrong < 0 ? undefined : [values[wrong], floatToHalf(values[wrong] as number), expected[wrong]]).toBe(
      undefined,
    );
  });
});
