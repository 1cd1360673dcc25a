// The source of student.js in every export but wasm, for students with texts: student.ts with their columns and their parameters.
import model from 'debkd:model';
import { ACTIVATION } from '../../kernels/activation.ts';
import { sigmoid } from '../../kernels/elementary.ts';
import { layout } from '../../kernels/layout.ts';
import { singleRow, sparseRow } from '../../kernels/single-row.ts';
import { type Answer, type DeferBand, decide } from '../../student/decide.ts';
import { planColumns } from '../../student/plan-columns.ts';
import { encodeRecord, type RawRecord, unknownFields as unknownOf } from '../../student/record.ts';
import { unpackParameters } from './model.ts';
import { describeSteps } from './steps-model.ts';
import { describeTexts, planTexts, unpackTextParameters, unpackTexts } from './text-model.ts';

/** The build replaces them with the storage form of the parameters, and with whether columns of the student have steps. */
declare const FORM: 'float32' | 'float16' | 'int8';
declare const STEPS: boolean;

const preprocessing = unpackTexts(model);
const { encodedWidth } = preprocessing;
const plan = STEPS ? planColumns(preprocessing) : planTexts(preprocessing);
const shape = layout(encodedWidth, model.architecture);
const unpack = FORM === 'int8' ? unpackTextParameters : unpackParameters;
const margin = singleRow(unpack(model, encodedWidth), shape, ACTIVATION[shape.activation]);
const row = sparseRow(encodedWidth);

export const threshold: number = model.threshold;
export const defer: DeferBand | undefined = model.defer;
export const about: object = STEPS ? describeSteps(model, preprocessing) : describeTexts(model, preprocessing);

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
