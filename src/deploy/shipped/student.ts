// What student.js of every export is made of: the library's own encoding and sums, and the model in place of `debkd:model`.
import { unpackModel } from './model.ts';
import model from 'debkd:model';
import { sigmoid } from '../../kernels/elementary.ts';
import { layout } from '../../kernels/reference.ts';
import { singleRow, sparseRow } from '../../kernels/single-row.ts';
import { type RawRecord, recordEncoder } from '../../student/record.ts';

const { preprocessing, architecture } = model;
const { encodeInto, unknownFields: unknownOf } = recordEncoder(preprocessing);
const margin = singleRow(unpackModel(model), layout(preprocessing.F, architecture));
const row = sparseRow(preprocessing.F);

export const threshold: number = model.threshold;
/** What this student is, and what it takes. */
export const about: object = model.about;

export function predict(record: RawRecord): { probability: number; label: 0 | 1 } {
  encodeInto(row, record);
  const probability = sigmoid(margin(row));
  return { probability, label: probability >= threshold ? 1 : 0 };
}

export function predictBatch(records: readonly RawRecord[]): { probability: number; label: 0 | 1 }[] {
  return records.map(predict);
}

export function unknownFields(record: RawRecord): string[] {
  return unknownOf(record);
}
