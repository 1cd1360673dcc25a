// The source of student.js in every export but wasm, for students of images: student.ts with the trunk and the image column.
import model from 'debkd:model';
import { ACTIVATION } from '../../kernels/activation.ts';
import { sigmoid } from '../../kernels/elementary.ts';
import { imageRow, singleImage } from '../../kernels/image-row.ts';
import type { ImageShape } from '../../kernels/trunk-layout.ts';
import { imageField } from '../../student/image-field.ts';
import { planColumns } from '../../student/plan-columns.ts';
import { encodeRecord, type RawRecord, unknownFields as unknownOf } from '../../student/record.ts';
import { networkInputs, studentLayout } from '../../student/student-layout.ts';
import { describeImages, planImages, unpackImageParameters, unpackImages } from './image-model.ts';
import { describeSteps } from './steps-model.ts';

/** The build replaces it with whether columns of the student have steps. */
declare const STEPS: boolean;

const preprocessing = unpackImages(model);
const image = networkInputs(preprocessing).image as ImageShape;
const plan = STEPS ? planColumns(preprocessing, imageField) : planImages(preprocessing);
const shape = studentLayout(preprocessing, model.architecture);
const margin = singleImage(unpackImageParameters(model, shape), shape, image, ACTIVATION[shape.activation]);
const row = imageRow(plan.width, image);

export const threshold: number = model.threshold;
export const about: object = STEPS ? describeSteps(model, preprocessing) : describeImages(model, preprocessing);

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
