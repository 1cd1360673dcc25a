// Predicts one raw record without the kernels: for one row, a kernel call costs more than its arithmetic.
import { ACTIVATION } from '../kernels/activation.ts';
import { sigmoid } from '../kernels/elementary.ts';
import { layout } from '../kernels/layout.ts';
import { type SparseRow, singleRow, sparseRow } from '../kernels/single-row.ts';
import { encodeRecord, type RawRecord, type RecordPlan } from './record.ts';
import { recordPlan } from './record-plan.ts';
import type { StudentData } from './student-data.ts';

type Model = Pick<StudentData, 'architecture' | 'parameters' | 'preprocessing'>;

interface Opened {
  readonly model: Model;
  readonly plan: RecordPlan;
  readonly margin: (row: SparseRow) => number;
  readonly row: SparseRow;
}

/** The prepared form of each student, by its parameters. */
const opened = new WeakMap<Float32Array, Opened>();

/** Returns the probability of class 1. @throws DebkdError `column` */
export function answerRecord(model: Model, record: RawRecord): number {
  const { architecture, parameters, preprocessing } = model;
  let found = opened.get(parameters);
  if (!found || found.model.preprocessing !== preprocessing || found.model.architecture !== architecture) {
    found = {
      model,
      plan: recordPlan(preprocessing),
      margin: singleRow(
        parameters,
        layout(preprocessing.encodedWidth, architecture),
        ACTIVATION[architecture.activation ?? 'relu'],
      ),
      row: sparseRow(preprocessing.encodedWidth),
    };
    opened.set(parameters, found);
  }
  encodeRecord(found.plan, record, found.row);
  return sigmoid(found.margin(found.row));
}
