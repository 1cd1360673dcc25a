// The source of student.js in every export but wasm: the library's own encoding and network; an export replaces the
// import of `debkd:model` with the student. The build bundles it once for each storage form and activation, with and
// without steps: a student carries only the code it needs.
import model from 'debkd:model';
import { gelu, relu } from '../../kernels/activation.ts';
import { sigmoid, tanh } from '../../kernels/elementary.ts';
import { layout } from '../../kernels/layout.ts';
import { singleRow, sparseRow } from '../../kernels/single-row.ts';
import { type Answer, type DeferBand, decide } from '../../student/decide.ts';
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
export const defer: DeferBand | undefined = model.defer;
export const about: object = STEPS ? describeSteps(model, preprocessing) : describe(model);

export function predict(record: RawRecord, onUnknown?: (field: string) => void): Answer {
  encodeRecord(plan, record, row, 'record', onUnknown);
  return decide(model, sigmoid(margin(row)), model.thresholdOf?.(record));
}

export function predictBatch(records: readonly RawRecord[]): Answer[] {
  return records.map((record) => predict(record));
}

export function unknownFields(record: RawRecord): string[] {
  return unknownOf(plan, record);
}
