// debkd predict: rows in, probability and label out, in order, as a stream.
import { openRows } from '../data/csv.ts';
import { locateColumns } from '../data/preprocessing.ts';
import type { RawRows } from '../data/table.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { streamInput } from '../io/node.ts';
import { chunksOf, concat, unzipped } from '../io/source.ts';
import { encodeRecord, type RawRecord } from '../student/record.ts';
import type { Student } from '../student/student.ts';
import { openStudent, text } from './inputs.ts';
import { print } from './messages.ts';
import type { Values } from './parse.ts';

export async function predict(values: Values): Promise<void> {
  const student = await openStudent(values);
  const path = text(values, 'data');
  const name = path ?? 'standard input';
  const bytes = path === undefined ? unzipped(streamInput(), name) : chunksOf(path);
  const answer = answering(student, name);
  const { first, all } = await peek(bytes);
  if (first === '{') {
    for await (const records of jsonLines(all, name)) {
      const lines = answer(records).map(([probability, label]) => `{"probability":${probability},"label":${label}}\n`);
      await print(lines.join(''));
    }
    return;
  }
  const rows = await openRows(all, name);
  locateColumns(student.preprocessing, rows.header, name);
  await print('probability,label\n');
  for await (const records of csvRecords(rows)) {
    if (records.length > 0)
      await print(
        answer(records)
          .map((pair) => `${pair.join(',')}\n`)
          .join(''),
      );
  }
}

/** Answers records in order; their place in the input names them in messages. */
function answering(
  student: Student,
  name: string,
): (records: readonly RawRecord[]) => [probability: number, label: number][] {
  const width = student.preprocessing.F;
  let row = 0;
  return (records) => {
    const x = new Float32Array(records.length * width);
    records.forEach((record, i) => {
      x.set(encodeRecord(record, student.preprocessing, `data ${quote(name, 200)}, row ${++row}`), i * width);
    });
    return Array.from(student.predictProba(x), (p) => [p, p >= student.threshold ? 1 : 0]);
  };
}

async function* csvRecords({ header, chunks }: RawRows): AsyncGenerator<RawRecord[]> {
  for await (const rows of chunks)
    yield rows.map((fields) => Object.fromEntries(header.map((column, j) => [column, fields[j]])));
}

/** Records of newline-delimited JSON, a chunk at a time. */
async function* jsonLines(bytes: AsyncGenerator<Uint8Array>, name: string): AsyncGenerator<RawRecord[]> {
  const decoder = new TextDecoder();
  let pending = '';
  let line = 0;
  const parse = (lines: readonly string[]): RawRecord[] =>
    lines.flatMap((content) => {
      line++;
      if (content.trim() === '') return [];
      try {
        const value: unknown = JSON.parse(content);
        if (typeof value === 'object' && value !== null && !Array.isArray(value)) return [value as RawRecord];
      } catch {}
      throw new DebkdError(
        'table',
        `data ${quote(name, 200)}, line ${line}: not a JSON object; expected one record a line`,
      );
    });
  for await (const chunk of bytes) {
    const lines = (pending + decoder.decode(chunk, { stream: true })).split('\n');
    pending = lines.pop() ?? '';
    const records = parse(lines);
    if (records.length > 0) yield records;
  }
  const records = parse([pending + decoder.decode()]);
  if (records.length > 0) yield records;
}

/** The first character that is no white space, and all bytes from the start. */
async function peek(bytes: AsyncGenerator<Uint8Array>): Promise<{ first: string; all: AsyncGenerator<Uint8Array> }> {
  let head: Uint8Array = new Uint8Array(0);
  let first = '';
  while (first === '') {
    const { done, value } = await bytes.next();
    if (done) break;
    head = concat([head, value]);
    first = new TextDecoder().decode(head.subarray(0, 4096)).trimStart().slice(0, 1);
  }
  const all = (async function* () {
    if (head.length > 0) yield head;
    yield* bytes;
  })();
  return { first, all };
}
