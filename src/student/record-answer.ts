// The answer to one raw record, without kernels: a call of them would cost more than the sums.
import { ACTIVATION } from '../kernels/activation.ts';
import { sigmoid } from '../kernels/elementary.ts';
import { layout } from '../kernels/layout.ts';
import { type SparseRow, singleRow, sparseRow } from '../kernels/single-row.ts';
import { encodeRecord, type RawRecord, type RecordPlan, recordPlan } from './record.ts';
import type { StudentData } from './student-data.ts';

type Model = Pick<StudentData, 'architecture' | 'parameters' | 'preprocessing'>;

interface Opened {
  readonly model: Model;
  readonly plan: RecordPlan;
  readonly margin: (row: SparseRow) => number;
  readonly row: SparseRow;
}

/** What each student needs to answer, made once. */
const opened = new WeakMap<Float32Array, Opened>();

/** The probability of class 1. @throws DebkdError `column` */
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
