// The kinds of untrusted input and their readers. Reading must give a sensible result or throw a DebkdError; any other error is a fault.
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { mergeConfig } from '../../src/cli/parse.ts';
import { encode } from '../../src/data/dataset.ts';
import { fitPreprocessing } from '../../src/data/fit-preprocessing.ts';
import { encodeParts } from '../../src/data/parts.ts';
import { parsePreprocessing } from '../../src/data/preprocessing.ts';
import { readTable } from '../../src/data/read-table.ts';
import { readSplit, split } from '../../src/data/split.ts';
import type { Table } from '../../src/data/table.ts';
import { distill } from '../../src/distill.ts';
import { DebkdError } from '../../src/io/errors.ts';
import { sha256Bytes } from '../../src/io/sha256.ts';
import { concat, jsonOf } from '../../src/io/source.ts';
import { checkpointKey, partKey, storedCheckpoint } from '../../src/student/checkpoint.ts';
import { decodeStudent } from '../../src/student/student-file.ts';
import { loadTeacher } from '../../src/teacher/onnx.ts';
import { parseOnnx } from '../../src/teacher/parse-onnx.ts';
import { type Draw, mutate } from './mutate.ts';
import { changeCells, changeJson, changeProtobuf } from './structures.ts';

export interface Service {
  handle(request: Request): Promise<Response>;
}

export interface Kind {
  readonly name: string;
  /** Relative number of inputs of this kind. */
  readonly share: number;
  readonly files: readonly Uint8Array[];
  /** Makes a mutated file, usually with a correct checksum, because a wrong one would be rejected at once. */
  readonly make: (draw: Draw) => Uint8Array<ArrayBuffer>;
  readonly read: (bytes: Uint8Array<ArrayBuffer>, draw: Draw) => unknown;
}

/** For these kinds, half of the inputs are changed in ways that keep the file's format. */
const SHAPES: ReadonlyMap<string, (bytes: Uint8Array, draw: Draw) => Uint8Array<ArrayBuffer> | undefined> = new Map([
  ['csv', changeCells],
  ['split', changeCells],
  ['preprocessing', changeJson],
  ['config', changeJson],
  ['request', changeJson],
  ['ndjson', changeLine],
  ['student', changeHeader],
  ['onnx', changeProtobuf],
]);

/** NDJSON with one line changed as JSON. */
function changeLine(bytes: Uint8Array, draw: Draw): Uint8Array<ArrayBuffer> {
  const lines = new TextDecoder().decode(bytes).split('\n');
  const at = draw(lines.length);
  const changed = changeJson(new TextEncoder().encode(lines[at]), draw);
  if (changed) lines[at] = new TextDecoder().decode(changed);
  return new TextEncoder().encode(lines.join('\n'));
}

/** A student whose header is changed as JSON. Its kind corrects the checksum. */
function changeHeader(bytes: Uint8Array, draw: Draw): Uint8Array<ArrayBuffer> | undefined {
  const length = new DataView(bytes.buffer).getUint32(8, true);
  const header = changeJson(bytes.subarray(12, 12 + length), draw);
  if (!header) return undefined;
  const out = concat([bytes.subarray(0, 12), header, bytes.subarray(12 + length)]);
  new DataView(out.buffer).setUint32(8, header.length, true);
  return out;
}

/**
 * @param service an exported project's module that answers requests
 * @param onRuntime as in loadTeacher
 */
export function kinds(corpus: URL, service: Service, onRuntime: (busy: boolean) => void): Kind[] {
  const filesOf = (kind: string): Uint8Array[] =>
    readdirSync(new URL(`${kind}/`, corpus))
      .sort()
      .map((name) => Uint8Array.from(readFileSync(new URL(`${kind}/${name}`, corpus))));
  const kind = (
    name: string,
    share: number,
    read: Kind['read'],
    mend: (bytes: Uint8Array<ArrayBuffer>, draw: Draw) => Uint8Array<ArrayBuffer> = (bytes) => bytes,
  ): Kind => {
    const files = filesOf(name);
    const change = SHAPES.get(name);
    const make = (draw: Draw): Uint8Array<ArrayBuffer> => {
      const one = files[draw(files.length)] as Uint8Array;
      const shaped = change && draw(2) === 0 ? change(one, draw) : undefined;
      return mend(shaped ?? mutate(files, draw), draw);
    };
    return { name, share, files, make, read };
  };
  const zipped = (bytes: Uint8Array<ArrayBuffer>, draw: Draw): Uint8Array<ArrayBuffer> =>
    draw(16) === 0 ? mutate([gzipSync(bytes)], draw) : draw(16) === 0 ? gzipSync(bytes) : bytes;
  const table = async (bytes: Uint8Array<ArrayBuffer>): Promise<void> => {
    const read = await readTable(bytes, { target: 'label' });
    checkTable(read);
    const rows = split(read);
    if (rows.train.length === 0) return;
    const preprocessing = fitPreprocessing(read, { rows: rows.train });
    const { features } = encode(read, preprocessing, { rows: rows.train });
    demand(features.data.length === features.rows * features.fields, 'encoded rows of another size');
  };
  const small = Uint8Array.from(readFileSync(new URL('csv/plain.csv', corpus)));
  const key = checkpointKey('a run');
  const PART = 'margins train';
  return [
    kind('csv', 30, table, zipped),
    kind('ndjson', 12, table, zipped),
    kind('parquet', 16, table),
    kind('npy', 8, (bytes) => readTable(bytes).then(checkTable)),
    kind('preprocessing', 10, async (bytes) => {
      const parsed = parsePreprocessing(await jsonOf(bytes), 'fuzz');
      const data = await readTable(small, { target: 'label' });
      const { features } = encode(data, parsed);
      const floats = new Float32Array(features.data.buffer);
      features.fieldColumns.forEach((column, s) => {
        for (let i = 0; column >= 0 && i < features.rows; i++)
          demand(Number.isFinite(floats[i * features.fields + s]), 'an encoded number that is not finite');
      });
    }),
    kind('split', 8, async (bytes) => {
      const data = await readTable(small, { target: 'label' });
      const parts = split(data, { by: await readSplit(bytes) });
      demand(parts.train.length + parts.validation.length + parts.test.length <= data.rows, 'rows in two parts');
    }),
    kind('config', 8, async (bytes) => mergeConfig('distill', await jsonOf(bytes), {})),
    kind(
      'student',
      12,
      (bytes) => {
        const student = decodeStudent(bytes);
        const p = student.predictProba(new Float32Array(student.preprocessing.encodedWidth * 3).fill(0.5));
        demand(
          p.every((x) => x >= 0 && x <= 1),
          `probabilities ${p.join(', ')}`,
        );
      },
      (bytes, draw) => {
        if (bytes.length < 44 || draw(8) === 0) return bytes;
        const end = bytes.length - 32;
        bytes.set(sha256Bytes(bytes.subarray(0, end)), end);
        return bytes;
      },
    ),
    kind(
      'checkpoint',
      6,
      async (bytes) => {
        const store = { get: async () => bytes, put: async () => undefined };
        const part = await storedCheckpoint(store, key).get(PART);
        demand(part === undefined || part.length === bytes.length - 48, 'a part of another length');
      },
      (bytes, draw) => {
        if (bytes.length < 48 || draw(8) === 0) return bytes;
        const end = bytes.length - 32;
        const seal = [new TextEncoder().encode(partKey(key, PART)), bytes.subarray(0, end)];
        bytes.set(sha256Bytes(concat(seal)), end);
        return bytes;
      },
    ),
    kind('request', 15, async (bytes, draw) => {
      const type =
        ['application/json', 'application/json; charset=utf-8', 'text/plain', ''][draw(8)] ?? 'application/json';
      const path = ['/', '/predict/', '/health', '//', '/predict?x'][draw(24)] ?? '/predict';
      const method = ['PUT', 'OPTIONS', 'DELETE'][draw(24)] ?? 'POST';
      const request = new Request(`http://host${path}`, { method, headers: { 'content-type': type }, body: bytes });
      const response = await service.handle(request);
      demand([200, 204, 400, 404, 405, 413, 415].includes(response.status), `status ${response.status}`);
      const text = await response.text();
      if (response.status === 204) return;
      const answer = JSON.parse(text);
      if (response.status !== 200) {
        demand(typeof answer.error.message === 'string', 'a refusal without a message');
        throw new DebkdError('value', { subject: 'request', seen: answer.error.message });
      }
      const list = path.startsWith('/predict') ? (Array.isArray(answer) ? answer : [answer]) : [];
      for (const { probability } of list) demand(probability >= 0 && probability <= 1, `probability ${probability}`);
    }),
    kind('onnx', 20, (bytes) => parseOnnx(bytes, 'fuzz')),
    {
      ...kind('onnx', 5, async (bytes) => {
        const teacher = await loadTeacher(bytes, { onRuntime });
        teacher[Symbol.dispose]();
      }),
      name: 'onnx, opened',
    },
  ];
}

/** Mutates the teacher, the rows or the preprocessing, and distils a student. */
export function distillKind(corpus: URL, onRuntime: (busy: boolean) => void): Kind {
  const file = (path: string): Uint8Array<ArrayBuffer> => Uint8Array.from(readFileSync(new URL(path, corpus)));
  const sound = {
    onnx: file('distill/teacher.onnx'),
    csv: file('distill/rows.csv'),
    json: file('distill/preprocessing.json'),
  };
  const parts = Object.keys(sound) as (keyof typeof sound)[];
  return {
    name: 'distill',
    share: 1,
    files: Object.values(sound),
    make: () => new Uint8Array(0),
    async read(_, draw) {
      const one = parts[draw(parts.length)] as keyof typeof sound;
      const shape = { onnx: changeProtobuf, csv: changeCells, json: changeJson }[one];
      const changed = (draw(3) > 0 ? shape(sound[one], draw) : undefined) ?? mutate([sound[one]], draw);
      const given = { ...sound, [one]: changed };
      const preprocessing = parsePreprocessing(await jsonOf(given.json), 'fuzz');
      using teacher = await loadTeacher(given.onnx, { preprocessing, onRuntime });
      const data = await readTable(given.csv, { target: 'label' });
      const { train, validation } = await encodeParts(data, split(data), preprocessing);
      const { student } = await distill({ teacher, train, validation, student: { hidden: [4] }, epochs: 2, seed: 1 });
      const p = student.predictProba(train);
      demand(
        p.every((x) => x >= 0 && x <= 1),
        'a student without probabilities',
      );
    },
  };
}

function checkTable(table: Table): void {
  const { rows, columns, labels, hashes } = table;
  demand(labels.length === rows && hashes.length === 2 * rows, 'another number of labels or hashes');
  for (const { codes, texts, name } of columns) {
    demand(typeof name === 'string' && codes.length === rows, 'another number of values');
    demand(
      codes.every((code) => code < texts.length),
      'a value without text',
    );
    demand(
      texts.every((text) => typeof text === 'string'),
      'a value that is no text',
    );
  }
}

function demand(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(`accepted: ${otherwise}`);
}
