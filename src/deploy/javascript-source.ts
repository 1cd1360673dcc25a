// The text of student.js. Its arithmetic is that of kernels/elementary.ts and kernels/reference.ts, operation by
// operation: a change there is a change here (test/deploy/javascript.test.ts compares the bits).

/** @param model JSON text; it enters the code as a string literal and never as code */
export function javascriptSource(model: string): string {
  // JSON.stringify leaves line separators, and a page may inline the module in a script element
  const literal = JSON.stringify(model).replace(
    /[\u2028\u2029<]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `// A student classifier distilled with debkd. Raw fields in, probability of class 1 out; no dependencies.
const model = JSON.parse(${literal});
${BODY}`;
}

const BODY = `const { clip, columns, widths } = model;
export const threshold = model.threshold;

const bytes = Uint8Array.from(atob(model.parameters), (c) => c.charCodeAt(0));
const floats = new DataView(bytes.buffer);
const parameters = Float32Array.from({ length: bytes.length / 4 }, (_, i) => floats.getFloat32(4 * i, true));
const places = columns.map((column) => new Map((column.categories ?? []).map((text, i) => [text, column.offset + i])));

// exp, log(1 + x) and sigmoid by the polynomials of the training kernel, so that every engine gives the same bits
const LN2_HI = 0.6931471803691238;
const LN2_LO = 1.9082149292705877e-10;
const view = new DataView(new ArrayBuffer(8));

function powerOfTwo(k) {
  view.setUint32(0, (k + 1023) << 20);
  view.setUint32(4, 0);
  return view.getFloat64(0);
}

function exp(x) {
  if (x < -745.1332191019412) return 0;
  const k = Math.floor(x * 1.4426950408889634 + 0.5);
  const r = x - k * LN2_HI - k * LN2_LO;
  let q = 1 / 6227020800;
  for (const c of [479001600, 39916800, 3628800, 362880, 40320, 5040, 720, 120, 24, 6]) q = q * r + 1 / c;
  q = q * r + 0.5;
  const y = 1 + (r + r * r * q);
  const half = k >> 1;
  return y * powerOfTwo(half) * powerOfTwo(k - half);
}

function logReduced(f, k, c) {
  const s = f / (2 + f);
  const half = 0.5 * f * f;
  const z = s * s;
  let q = 2 / 25;
  for (const n of [23, 21, 19, 17, 15, 13, 11, 9, 7, 5, 3]) q = q * z + 2 / n;
  return s * (half + q * z) + (k * LN2_LO + c) - half + f + k * LN2_HI;
}

function log1p(x) {
  if (x < 0.41421356237309503) return x < 1.1102230246251565e-16 ? x : logReduced(x, 0, 0);
  const u = 1 + x;
  view.setFloat64(0, u);
  const high = (view.getUint32(0) + (0x3ff00000 - 0x3fe6a09e)) >>> 0;
  view.setUint32(0, (high & 0xfffff) + 0x3fe6a09e);
  const k = (high >>> 20) - 1023;
  const c = k < 54 ? (k >= 2 ? 1 - (u - x) : x - (u - 1)) / u : 0;
  return logReduced(view.getFloat64(0) - 1, k, c);
}

function sigmoid(v) {
  if (v >= 0) return 1 / (1 + exp(-v));
  const e = exp(v);
  return e / (1 + e);
}

function tanh(x) {
  const a = Math.abs(x);
  if (a < 0.01) {
    const z = x * x;
    return x * (1 + z * (-1 / 3 + z * (2 / 15 - z * (17 / 315))));
  }
  const e = exp(-2 * a);
  const t = (1 - e) / (1 + e);
  return x < 0 ? -t : t;
}

function activate(v) {
  if (model.activation === 'tanh') return tanh(v);
  if (model.activation === 'gelu') return v * sigmoid(2 * 0.7978845608028654 * (v + 0.044715 * v * v * v));
  return v > 0 ? v : 0;
}

function numberOf(column, value) {
  const text = typeof value === 'string';
  const ok = !text || /^\\s*[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?\\s*$/.test(value);
  const x = ok ? Number(value) : NaN;
  if (!Number.isFinite(x)) {
    throw new TypeError('field ' + JSON.stringify(column.name) + ': expected a finite number, or null where it is missing');
  }
  return x;
}

const missingTexts = new Set(['', ...model.missing]);
function isMissing(text) {
  return missingTexts.has(text.trim().toLowerCase());
}

function encode(record) {
  const row = new Float32Array(widths[0]);
  columns.forEach((column, i) => {
    if (!Object.hasOwn(record, column.name)) {
      throw new TypeError('field ' + JSON.stringify(column.name) + ' is absent: expected it, with null where it is missing');
    }
    const value = record[column.name] ?? '';
    const missing = isMissing(String(value));
    if (column.kind === 'categorical') {
      const at = places[i].get(String(value)) ?? (missing ? places[i].get('') : undefined);
      if (at !== undefined) row[at] = 1;
    } else if (!missing) {
      const x = numberOf(column, value);
      const v = column.transform === 'slog1p' ? (x < 0 ? -log1p(-x) : log1p(x)) : x;
      row[column.offset] = Math.max(-clip, Math.min(clip, (v - column.mean) / column.std));
    }
  });
  return row;
}

// float32 sums in the kernel's order; the last layer's one output is the margin
function margin(row) {
  let input = row;
  let at = 0;
  for (let l = 1; l < widths.length; l++) {
    const width = widths[l];
    const sums = new Float32Array(width);
    for (let k = 0; k < input.length; k++, at += width) {
      const v = input[k];
      if (v === 0) continue;
      for (let j = 0; j < width; j++) sums[j] += Math.fround(v * parameters[at + j]);
    }
    for (let j = 0; j < width; j++, at++) {
      const sum = Math.fround(sums[j] + parameters[at]);
      if (l + 1 === widths.length) return sum;
      sums[j] = activate(sum);
      if (model.residual && l > 1) sums[j] += input[j];
    }
    input = sums;
  }
}

export function predict(record) {
  const probability = sigmoid(margin(encode(record)));
  return { probability, label: probability >= threshold ? 1 : 0 };
}

export function predictBatch(records) {
  return records.map(predict);
}
`;
