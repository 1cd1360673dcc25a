// Predicts one raw record without the kernels: for one row, a kernel call costs more than its arithmetic.
import { ACTIVATION } from '../kernels/activation.ts';
import { sigmoid } from '../kernels/elementary.ts';
import { singleImage } from '../kernels/image-row.ts';
import { type SparseRow, singleRow, sparseRow } from '../kernels/single-row.ts';
import { encodeRecord, type RawRecord, type RecordPlan } from './record.ts';
import { recordPlan } from './record-plan.ts';
import type { StudentData } from './student-data.ts';
import { networkInputs, studentLayout } from './student-layout.ts';

type Model = Pick<StudentData, 'architecture' | 'parameters' | 'preprocessing'>;

/** A student that is ready to predict records. */
export interface OpenedRecords {
  readonly plan: RecordPlan;
  /** The margin of an encoded row, float32. */
  readonly margin: (row: SparseRow) => number;
  /** A row to encode into. */
  readonly row: SparseRow;
}

interface Opened extends OpenedRecords {
  readonly model: Model;
}

/** The prepared form of each student, by its parameters. */
const opened = new WeakMap<Float32Array, Opened>();

/** Returns the probability of class 1. @throws DebkdError `column` */
export function answerRecord(model: Model, record: RawRecord): number {
  const { plan, margin, row } = openRecords(model);
  encodeRecord(plan, record, row);
  return sigmoid(margin(row));
}

/** Prepares a student for records; its own form is kept until it is gone. */
export function openRecords(model: Model): OpenedRecords {
  const { architecture, parameters, preprocessing } = model;
  let found = opened.get(parameters);
  if (!found || found.model.preprocessing !== preprocessing || found.model.architecture !== architecture) {
    const plan = recordPlan(preprocessing);
    const { image } = networkInputs(preprocessing);
    const shape = studentLayout(preprocessing, architecture);
    const activation = ACTIVATION[shape.activation];
    const margin = image ? singleImage(parameters, shape, image, activation) : singleRow(parameters, shape, activation);
    found = { model, plan, margin, row: plan.row?.() ?? sparseRow(plan.width) };
    opened.set(parameters, found);
  }
  return found;
}
