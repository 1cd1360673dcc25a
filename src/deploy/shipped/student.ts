// The source of student.js in every export but wasm: the library's own encoding and network; an export replaces the
// import of `debkd:model` with the student. The build bundles it once for each storage form and activation, with and
// without steps: a student carries only the code it needs.
import model from 'debkd:model';
import { gelu, relu } from '../../kernels/activation.ts';
import { sigmoid, tanh } from '../../kernels/elementary.ts';
import { layout } from '../../kernels/layout.ts';
import { singleRow, sparseRow } from '../../kernels/single-row.ts';
import { planColumns } from '../../student/plan-columns.ts';
import { encodeRecord, planRecords, type RawRecord, unknownFields as unknownOf } from '../../student/record.ts';
import { describe } from './about.ts';
import { unpackParameters, unpackPreprocessing } from './model.ts';
import { describeSteps, unpackSteps } from './steps-model.ts';

/** The build replaces it with the activation of the hidden layers. */
declare const HIDDEN_ACTIVATION: 'relu' | 'tanh' | 'gelu';

/** The build replaces it with whether columns of the student have steps. */
declare const STEPS: boolean;

const preprocessing = STEPS ? unpackSteps(model) : unpackPreprocessing(model);
const { encodedWidth } = preprocessing;
const plan = STEPS ? planColumns(preprocessing) : planRecords(preprocessing);
const activation = HIDDEN_ACTIVATION === 'relu' ? relu : HIDDEN_ACTIVATION === 'tanh' ? tanh : gelu;
const margin = singleRow(unpackParameters(model, encodedWidth), layout(encodedWidth, model.architecture), activation);
const row = sparseRow(encodedWidth);

export const threshold: number = model.threshold;
export const about: object = STEPS ? describeSteps(model, preprocessing) : describe(model);

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
