// The source of student.js in every export but wasm, for students of images: student.ts with the trunk and the image column.
import model from 'debkd:model';
import { ACTIVATION, relu } from '../../kernels/activation.ts';
import { sigmoid } from '../../kernels/elementary.ts';
import { imageRow, singleImage } from '../../kernels/image-row.ts';
import type { ImageShape } from '../../kernels/trunk-layout.ts';
import { type Answer, type DeferBand, decide } from '../../student/decide.ts';
import { imageField } from '../../student/image-field.ts';
import { planColumns } from '../../student/plan-columns.ts';
import { encodeRecord, type RawRecord, unknownFields as unknownOf } from '../../student/record.ts';
import { networkInputs, studentLayout } from '../../student/student-layout.ts';
import { describeImages, planImages, unpackImageParameters, unpackImages } from './image-model.ts';
import { describeSteps } from './steps-model.ts';

/** The build replaces it with the student's columns other than the image: none, columns without steps, or any. */
declare const OTHERS: 'none' | 'plain' | 'steps';

/** The build replaces it with whether the hidden layers, if there are any, have ReLU. */
declare const RELU: boolean;

const preprocessing = unpackImages(model);
const image = networkInputs(preprocessing).image as ImageShape;
const plan = OTHERS === 'steps' ? planColumns(preprocessing, imageField) : planImages(preprocessing);
const shape = studentLayout(preprocessing, model.architecture);
const activation = RELU ? relu : ACTIVATION[shape.activation];
const margin = singleImage(unpackImageParameters(model, shape), shape, image, activation);
const row = imageRow(plan.width, image);

export const threshold: number = model.threshold;
export const defer: DeferBand | undefined = model.defer;
export const about: object =
  OTHERS === 'steps' ? describeSteps(model, preprocessing) : describeImages(model, preprocessing);

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
