// What student.js of every export is made of: the library's own encoding and sums, and the model in place of `debkd:model`.
// It is bundled once for each form and activation, so that a student has none of the code of the others.
import model from 'debkd:model';
import { gelu, relu } from '../../kernels/activation.ts';
import { sigmoid, tanh } from '../../kernels/elementary.ts';
import { layout } from '../../kernels/layout.ts';
import { singleRow, sparseRow } from '../../kernels/single-row.ts';
import { encodeRecord, planRecords, type RawRecord, unknownFields as unknownOf } from '../../student/record.ts';
import { describe } from './about.ts';
import { unpackParameters, unpackPreprocessing } from './model.ts';

/** Filled in by the build. */
declare const HIDDEN: 'relu' | 'tanh' | 'gelu';

const preprocessing = unpackPreprocessing(model);
const { encodedWidth } = preprocessing;
const plan = planRecords(preprocessing);
const activation = HIDDEN === 'relu' ? relu : HIDDEN === 'tanh' ? tanh : gelu;
const margin = singleRow(unpackParameters(model, encodedWidth), layout(encodedWidth, model.architecture), activation);
const row = sparseRow(encodedWidth);

export const threshold: number = model.threshold;
export const about: object = describe(model);

export function predict(record: RawRecord, onUnknown?: (field: string) => void): { probability: number; label: 0 | 1 } {
  encodeRecord(plan, record, row, 'record', onUnknown);
  const probability = sigmoid(margin(row));
  return { probability, label: probability >= threshold ? 1 : 0 };
}

export function predictBatch(records: readonly RawRecord[]): { probability: number; label: 0 | 1 }[] {
  return records.map((record) => predict(record));
}

export function unknownFields(record: RawRecord): string[] {
  return unknownOf(plan, record);
}
