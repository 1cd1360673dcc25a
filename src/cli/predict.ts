// debkd predict: rows in, probability and label out, in order, as a stream.
import { locateColumns } from '../data/preprocessing.ts';
import { openTable } from '../data/read-table.ts';
import { quote } from '../io/errors.ts';
import { streamInput } from '../io/node.ts';
import { chunksOf, unzipped } from '../io/source.ts';
import { encodeRecord } from '../student/record.ts';
import { openStudent, text } from './inputs.ts';
import { print } from './messages.ts';
import type { Values } from './parse.ts';

export async function predict(values: Values): Promise<void> {
  const student = await openStudent(values);
  const path = text(values, 'data');
  const name = path ?? 'standard input';
  const bytes = path === undefined ? unzipped(streamInput(), name) : chunksOf(path);
  const { format, rows } = await openTable(bytes, name);
  const { preprocessing, threshold } = student;
  locateColumns(preprocessing, rows.header, name);
  const json = format === 'ndjson';
  if (!json) await print('probability,label\n');
  const width = preprocessing.F;
  let row = 0;
  for await (const chunk of rows.chunks) {
    const x = new Float32Array(chunk.length * width);
    chunk.forEach((fields, i) => {
      const record = Object.fromEntries(rows.header.map((column, j) => [column, fields[j]]));
      x.set(encodeRecord(record, preprocessing, `data ${quote(name, 200)}, row ${++row}`), i * width);
    });
    const lines = Array.from(student.predictProba(x), (p) => {
      const label = p >= threshold ? 1 : 0;
      return json ? `{"probability":${p},"label":${label}}\n` : `${p},${label}\n`;
    });
    if (lines.length > 0) await print(lines.join(''));
  }
}
