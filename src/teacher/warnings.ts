// Signs that a teacher is fed wrongly: the usual causes are the preprocessing, the class order and the convention.

import type { AnyDataset } from '../data/dataset.ts';
import { type Dataset, selectRows } from '../data/dataset.ts';
import { matrixRows } from '../data/row-source.ts';
import { sampleRows } from '../data/split.ts';
import { openArena } from '../kernels/memory.ts';
import { MAX_COLUMNS } from '../labels/candidates.ts';
import { MAX_FITTED } from '../labels/sample.ts';
import { rocAuc } from '../metrics/ranking.ts';

/** The teacher is warned about when a logistic fit beats its AUC by more than this. */
const SLACK = 0.01;
const FEWEST_ROWS = 50;
const PENALTY = 1;
const CAUSES =
  'the usual causes are the wrong preprocessing (--preprocessing), class 1 (--positive of the labels, --positive-class of the teacher) or convention (--convention)';
/** Below it classes are not badly ranked but swapped. */
const SWAPPED = 0.2;
/** Log-odds beyond which a probability is 0 or 1 to the eye, and then to the computer. */
const SATURATED = 30;

/**
 * Warnings about the teacher on held-out rows: log-odds beyond all sense, an AUC below .5, or below that of a ridge logistic
 * regression fitted on the training rows by more than .01.
 * @param margins of `heldOut`, float64 [rows]
 */
export function teacherWarnings(margins: Float64Array, heldOut: AnyDataset, train: AnyDataset): string[] {
  if (margins.length > 1 && margins.every((v) => v === margins[0])) {
    return [
      `teacher: it answers the same, log-odds ${(margins[0] as number).toFixed(4)}, to all ${margins.length} held-out rows, so that there is nothing to learn from it; ${CAUSES}`,
    ];
  }
  if (countSaturated(margins) > margins.length / 2) {
    const typical = Math.round(margins.map(Math.abs).sort()[margins.length >> 1] as number);
    return [
      `teacher: its log-odds are around ${typical}, so that nearly every row gets probability 0 or 1; most likely it expects standardised columns: give the preprocessing that it was trained with (--preprocessing)`,
    ];
  }
  const labelled = heldOut.labels.filter((y) => y >= 0);
  const positives = labelled.filter((y) => y > 0).length;
  if (labelled.length < FEWEST_ROWS || positives === 0 || positives === labelled.length) return [];
  const auc = rocAuc(margins, heldOut.labels);
  if (auc < SWAPPED) {
    return [
      `teacher: its AUC on held-out rows is ${auc.toFixed(3)}: it ranks the classes the other way round; another value of the label is class 1 (--positive), or another output of the teacher (--positive-class)`,
    ];
  }
  if (auc < 0.5) {
    return [`teacher: its AUC on held-out rows is ${auc.toFixed(3)}, worse than chance; ${CAUSES}`];
  }
  if (train.features.width > MAX_COLUMNS) return [];
  const [own, theirs] = [sample(train), sample(heldOut)];
  const rival = rocAuc(logisticMargins(own.data, theirs.data), theirs.data.labels);
  const same = rocAuc(
    Float64Array.from(theirs.rows, (row) => margins[row] as number),
    theirs.data.labels,
  );
  if (same >= rival - SLACK) return [];
  return [
    `teacher: its AUC on held-out rows is ${same.toFixed(3)}, a logistic regression has ${rival.toFixed(3)}; if that surprises you, ${CAUSES}`,
  ];
}

/** How many margins are so large that a probability says nothing but the class. */
export function countSaturated(margins: Float64Array): number {
  return margins.filter((v) => Math.abs(v) > SATURATED).length;
}

/** As many rows as are fitted on. */
function sample(part: AnyDataset): { rows: Uint32Array; data: Dataset } {
  const all = Uint32Array.from({ length: part.rows }, (_, i) => i);
  const rows = sampleRows(all, MAX_FITTED, 0);
  const whole = rows.length === part.rows && matrixRows(part.features).all !== undefined;
  return { rows, data: whole ? (part as Dataset) : selectRows(part, rows) };
}

function logisticMargins(train: Dataset, heldOut: Dataset): Float64Array {
  using arena = openArena();
  const { kernels } = arena;
  const { width, fields, fieldColumns } = train.features;
  const theta = arena.reserve(8 * (width + 2));
  const columns = arena.put(fieldColumns);
  const fold = arena.put(train.folds);
  const none = arena.reserve(8 * Math.max(train.rows, heldOut.rows));
  const data = arena.put(train.features.data);
  const scratch = arena.reserve(kernels.logisticScratch(width, fields, train.rows) >>> 0);
  kernels.fitLogistic(
    theta,
    none,
    arena.put(train.labels),
    fold,
    -1,
    train.rows,
    data,
    fields,
    columns,
    width,
    arena.put(new Float64Array(width).fill(PENALTY)),
    0,
    scratch,
    0,
  );
  const out = arena.reserve(8 * heldOut.rows);
  kernels.applyLogistic(theta, none, arena.put(heldOut.features.data), fields, columns, heldOut.rows, out);
  return arena.f64(out, heldOut.rows);
}
