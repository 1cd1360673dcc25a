// Structures of any size, to find readers whose work grows faster than their input, which mutated small files cannot show.
import { createHash } from 'node:crypto';
import { brotliCompressSync, deflateRawSync, gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { mergeConfig, parseCommand } from '../../src/cli/parse.ts';
import { readTable } from '../../src/data/read-table.ts';
import { readSplit } from '../../src/data/split.ts';
import { parsePreprocessing, parseResult } from '../../src/index.ts';
import { field, numberField } from '../../src/io/protobuf.ts';
import { concat } from '../../src/io/source.ts';
import { decodeStudent } from '../../src/student/student-file.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { tinyOnnx } from '../tiny-onnx.ts';

/** Makes inputs of about `n` bytes with one structure, and reads them as untrusted files. */
export interface Growing {
  readonly name: string;
  /** Bytes of the smallest input measured; the largest has 16 times as many. */
  readonly size: number;
  make(n: number): Uint8Array;
  read(bytes: Uint8Array): unknown;
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const table = (bytes: Uint8Array): Promise<unknown> => readTable(bytes as Uint8Array<ArrayBuffer>, { target: 'label' });
const KIB = 1024;

function tableOf(name: string, text: (n: number) => string, size: number = 128 * KIB): Growing {
  return { name, size, make: (n) => utf8(text(n)), read: table };
}

const varint = (n: number): number[] => (n < 128 ? [n] : [(n & 127) | 128, ...varint(Math.floor(n / 128))]);

function footer(meta: Uint8Array): Uint8Array {
  const length = new Uint8Array(Uint32Array.of(meta.length).buffer);
  return concat([utf8('PAR1'), meta, length, utf8('PAR1')]);
}

const bytesOf = (n: number, value: number): Uint8Array => new Uint8Array(n).fill(value);

/** Parquet with a page that declares 16 bytes. @param pack compresses n bytes into the page */
function bomb(codec: 'BROTLI' | 'GZIP' | 'ZSTD' | 'LZ4_RAW' | 'SNAPPY', pack: (n: number) => Uint8Array): Growing {
  return {
    name: `Parquet: a ${codec} page that declares 16 bytes`,
    size: 2 ** 22,
    make: (n) =>
      new Uint8Array(
        parquetWriteBuffer({
          columnData: [{ name: 'label', data: [1, 2], type: 'DOUBLE' }],
          codec,
          compressors: { [codec]: () => pack(n) },
        }),
      ),
    read: table,
  };
}

/** A zstd frame of RLE blocks, each of which repeats one byte. */
function zstd(n: number): Uint8Array {
  const block = 2 ** 17;
  const count = Math.ceil(n / block);
  const blocks = Array.from({ length: count }, (_, i) => {
    const head = (block << 3) | (1 << 1) | (i + 1 === count ? 1 : 0);
    return [head & 255, (head >> 8) & 255, head >> 16, 0];
  }).flat();
  return Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0x38, ...blocks]);
}

const info = (id: number, name: string, dims: readonly number[]): Uint8Array => {
  const shape = field(2, [field(1, [field(2, 'n')]), ...dims.map((dim) => field(1, [numberField(1, dim)]))]);
  return field(id, [field(1, name), field(2, [field(1, [numberField(1, 1), shape])])]);
};
const node = (operator: string, from: string, to: string): Uint8Array =>
  field(1, [field(1, from), field(2, to), field(4, operator)]);
const model = (graph: readonly Uint8Array[], metadata: readonly Uint8Array[] = []): Uint8Array =>
  concat([numberField(1, 8), field(7, [...graph]), field(8, [field(1, ''), numberField(2, 17)]), ...metadata]);

function teacher(name: string, make: (n: number) => Uint8Array, size: number): Growing {
  return {
    name,
    size,
    make,
    read: async (bytes) => {
      using _ = await loadTeacher(bytes as Uint8Array<ArrayBuffer>);
    },
  };
}

function student(name: string, header: (n: number) => object, size: number): Growing {
  return {
    name,
    size,
    read: (bytes) => decodeStudent(bytes),
    make(n) {
      const json = utf8(JSON.stringify({ threshold: 0.5, provenance: {}, ...header(n) }));
      const prefix = concat([utf8('debkd\0'), Uint8Array.of(1, 0), new Uint8Array(Uint32Array.of(json.length).buffer)]);
      const content = concat([prefix, json, new Uint8Array(8)]);
      return concat([content, createHash('sha256').update(content).digest()]);
    },
  };
}

function text(name: string, make: (n: number) => string, read: (text: string) => unknown, size: number): Growing {
  return { name, size, make: (n) => utf8(make(n)), read: (bytes) => read(new TextDecoder().decode(bytes)) };
}

const json = (read: (value: unknown) => unknown) => (content: string) => read(JSON.parse(content));
const numeric = (i: number): object => ({
  name: `c${i}`,
  kind: 'numeric',
  transform: 'none',
  mean: 0,
  std: 1,
  offset: i,
});

export const GROWING: readonly Growing[] = [
  tableOf('CSV: quotes and blanks', (n) => `a,label\n"${'" '.repeat(n / 2)}`),
  tableOf('CSV: text after a closing quote', (n) => `a,label\n${'"x" '.repeat(n / 4)}`),
  tableOf('CSV: doubled quotes', (n) => `a,label\n"${'""'.repeat(n / 2)}"`),
  tableOf('CSV: a quote, blanks and a quote', (n) => `"${' '.repeat(n)}"x`),
  tableOf('CSV: quotes, each followed by blanks', (n) => `a,label\n${`"${' '.repeat(60)}",`.repeat(n / 63)}`),
  tableOf('CSV: a quote that is never closed, over lines', (n) => `a,label\n"${'1,2\n'.repeat(n / 4)}`),
  tableOf('CSV: blanks', (n) => ' '.repeat(n)),
  tableOf('CSV: tabs', (n) => '\t'.repeat(n)),
  tableOf('CSV: empty lines', (n) => '\n'.repeat(n)),
  tableOf('CSV: a header and empty lines', (n) => `a,label\n${'\n'.repeat(n)}`),
  tableOf('CSV: line ends of all kinds', (n) => `a,label\n${'1,0\r\n2,1\r3,0\n'.repeat(n / 13)}`),
  tableOf('CSV: carriage returns', (n) => `a,label\n${'\r'.repeat(n)}`),
  tableOf('CSV: many columns', (n) => Array.from({ length: n / 6 }, (_, i) => `c${i}`).join()),
  tableOf(
    'CSV: long column names similar to the target',
    (n) => `${'label'.repeat(n / 10)},${'lebal'.repeat(n / 10)}\n1,2\n`,
  ),
  tableOf('CSV: many column names similar to the target', (n) => `${'labels,labell,labe,'.repeat(n / 19)}x\n`),
  tableOf(
    'CSV: distinct texts',
    (n) => `a,label\n${Array.from({ length: n / 9 }, (_, i) => `t${i},${i % 2}`).join('\n')}`,
  ),
  tableOf('CSV: distinct labels', (n) => `label\n${Array.from({ length: n / 6 }, (_, i) => i).join('\n')}`),
  tableOf('NDJSON: one line', (n) => `{"a":"${'x'.repeat(n)}"}`),
  tableOf('NDJSON: backslashes', (n) => `{"label":"${'\\\\'.repeat(n / 2)}"}`),
  tableOf('NDJSON: keys', (n) => `{${Array.from({ length: n / 9 }, (_, i) => `"k${i}":1`).join()}}`),
  tableOf('NDJSON: different keys on every line', (n) =>
    Array.from({ length: n / 9 }, (_, i) => `{"k${i}":1}`).join('\n'),
  ),
  tableOf('NDJSON: nested lists', (n) => `{"a":${'['.repeat(n)}`),
  tableOf('JSON: nested objects', (n) => '{"a":'.repeat(n / 5)),
  tableOf('npy: an endless header', (n) => `\x93NUMPY\x02${'('.repeat(n)}`),
  ...[
    ['a number', concat([Uint8Array.of(0x15), bytesOf(1, 0xff)]), 0xff],
    ['a long number', Uint8Array.of(0x16), 0xff],
    ['nested structures', Uint8Array.of(0x1c), 0x1c],
    ['nested lists', Uint8Array.of(0x19), 0x19],
  ].map(
    ([what, start, byte]): Growing => ({
      name: `Parquet: a footer of ${what}`,
      size: 64 * KIB,
      make: (n) => footer(concat([start as Uint8Array, bytesOf(n, byte as number)])),
      read: table,
    }),
  ),
  {
    name: 'Parquet: nested columns',
    size: 64 * KIB,
    make(n) {
      const column = [0x48, 1, 0x61, 0x15, 2, 0];
      const count = Math.floor(n / column.length);
      const head = [0x15, 2, 0x19, 0xfc, ...varint(count)];
      const columns = new Uint8Array(count * column.length).map((_, i) => column[i % column.length] as number);
      return footer(concat([Uint8Array.from(head), columns, Uint8Array.of(0x16, 0, 0x19, 0x0c, 0)]));
    },
    read: table,
  },
  {
    name: 'Parquet: empty structures',
    size: 256 * KIB,
    make: (n) =>
      footer(concat([Uint8Array.from([0x15, 2, 0x19, 0xfc, ...varint(n)]), bytesOf(n, 0), Uint8Array.of(0)])),
    read: table,
  },
  bomb('BROTLI', (n) => brotliCompressSync(new Uint8Array(n))),
  bomb('GZIP', (n) => gzipSync(new Uint8Array(n))),
  bomb('ZSTD', zstd),
  {
    name: 'gzip of zeros',
    size: 2 ** 22,
    make: (n) => gzipSync(new Uint8Array(n)),
    read: table,
  },
  {
    name: 'truncated gzip',
    size: 64 * KIB,
    make: (n) => concat([gzipSync('').subarray(0, 10), deflateRawSync(new Uint8Array(n).map((_, i) => (i * i) >> 3))]),
    read: table,
  },
  teacher(
    'ONNX: a wide input',
    (n) => model([node('ReduceMean', 'x', 'y'), field(2, 'g'), info(11, 'x', [n]), info(12, 'y', [1])]),
    2 ** 18,
  ),
  teacher(
    'ONNX: a chain of operators',
    (n) => tinyOnnx({ operators: Array<string>(Math.floor(n / 20)).fill('Identity') }),
    16 * KIB,
  ),
  teacher(
    'ONNX: names',
    (n) => model([node('Identity', 'x'.repeat(n), 'y'), info(11, 'x'.repeat(n), [2]), info(12, 'y', [2])]),
    64 * KIB,
  ),
  teacher(
    'ONNX: nested messages',
    (n) => {
      let inner: Uint8Array = field(1, 'x');
      while (inner.length < n) inner = field(1, [inner, inner]);
      return model([inner, info(12, 'y', [1])]);
    },
    64 * KIB,
  ),
  teacher(
    'ONNX: outputs',
    (n) =>
      model([
        node('Identity', 'x', 'y'),
        info(11, 'x', [2]),
        ...Array.from({ length: n / 20 }, (_, i) => info(12, `y${i}`, [1])),
      ]),
    32 * KIB,
  ),
  teacher(
    'ONNX: inputs',
    (n) =>
      model([
        node('Identity', 'x0', 'y'),
        ...Array.from({ length: n / 20 }, (_, i) => info(11, `x${i}`, [1])),
        info(12, 'y', [1]),
      ]),
    32 * KIB,
  ),
  teacher(
    'ONNX: class names in metadata',
    (n) => concat([tinyOnnx(), field(14, [field(1, 'id2label'), field(2, `{${"'0': '".repeat(n / 6)}`)])]),
    64 * KIB,
  ),
  student(
    'student: missing features and weights',
    (n) => ({
      architecture: { hidden: [4096] },
      preprocessing: {
        clip: 10,
        encodedWidth: n,
        columns: [
          {
            name: 'c',
            kind: 'categorical',
            categories: Array.from({ length: n }, (_, i) => String(i)),
            offset: 0,
            width: n,
          },
        ],
      },
    }),
    16 * KIB,
  ),
  student(
    'student: columns',
    (n) => ({
      architecture: { hidden: [1] },
      preprocessing: {
        clip: 10,
        encodedWidth: Math.floor(n / 80),
        columns: Array.from({ length: n / 80 }, (_, i) => numeric(i)),
      },
    }),
    256 * KIB,
  ),
  student(
    'student: hidden layers',
    (n) => ({
      architecture: { hidden: Array(Math.floor(n / 2)).fill(1) },
      preprocessing: { clip: 10, encodedWidth: 1, columns: [numeric(0)] },
    }),
    64 * KIB,
  ),
  text(
    'preprocessing: columns',
    (n) => JSON.stringify({ clip: 1, encodedWidth: 1, columns: Array.from({ length: n / 80 }, (_, i) => numeric(i)) }),
    json((value) => parsePreprocessing(value, 'p')),
    256 * KIB,
  ),
  text(
    'preprocessing: nested lists',
    (n) => `{"columns":${'['.repeat(n / 2)}${']'.repeat(n / 2)}}`,
    json((value) => parsePreprocessing(value, 'p')),
    8 * KIB,
  ),
  text(
    'split: rows',
    (n) => `split\n${'train\n'.repeat(n / 6)}other`,
    (content) => readSplit(utf8(content) as Uint8Array<ArrayBuffer>),
    128 * KIB,
  ),
  text(
    'config: keys similar to options',
    (n) => `{${Array.from({ length: n / 14 }, (_, i) => `"epoch${i}":1`).join()}}`,
    json((value) => mergeConfig('distill', value, {})),
    64 * KIB,
  ),
  text(
    'command line: a long name',
    (n) => `--${'epochs'.repeat(n / 6)}`,
    (content) => parseCommand(['distill', content]),
    64 * KIB,
  ),
  text(
    'result: nested lists',
    (n) => `{"schema":"debkd/distill@1","groups":${'['.repeat(n / 2)}${']'.repeat(n / 2)}}`,
    json((value) => parseResult(value, 'r')),
    4 * KIB,
  ),
];
