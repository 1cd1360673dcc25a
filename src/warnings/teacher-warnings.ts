// Warns about a teacher whose answers are implausible; usual causes are preprocessing, class order and convention.

import { countLabels } from '../data/count-labels.ts';
import type { AnyDataset } from '../data/dataset.ts';
import { type Dataset, pickMembers } from '../data/dataset.ts';
import { areEqual } from '../data/distinct-rows.ts';
import { keepRows } from '../data/keep-rows.ts';
import { IMAGE_FIELD, TEXT_FIELD } from '../data/matrix.ts';
import { allRows, matrixRows } from '../data/row-source.ts';
import { labelledMeanOne } from '../data/row-weights.ts';
import { sampleRows } from '../data/split.ts';
import { openArena } from '../kernels/memory.ts';
import { fitRidge, isWide } from '../labels/maps/ridge.ts';
import { MAX_FITTED } from '../labels/sample.ts';
import { knownRows, pickMargins } from '../labels/unknown.ts';
import { rocAuc } from '../metrics/ranking.ts';
import { countSaturated } from '../teacher/margin.ts';

/** Warn if the AUC of a logistic regression is higher than the teacher's by more than this. */
const SLACK = 0.01;
const FEWEST_ROWS = 50;
const PENALTY = 1;
const CAUSES_OF_GIVEN =
  'the usual causes are rows in another order, the wrong class 1 (a value of the label) or a wrong convention of the soft labels';
const CAUSES_OF_MODEL =
  "the usual causes are a wrong preprocessing, the wrong class 1 (a value of the label, an output of the teacher) or a wrong convention of the teacher's output";
/** Below this AUC the classes are probably swapped. */
const SWAPPED = 0.2;

/**
 * Warns if the teacher's answers on held-out rows are all equal or mostly saturated, if its AUC is below .5, or if its AUC is more
 * than .01 below that of a ridge logistic regression fitted on the training rows.
 * @param margins the teacher's margins of the validation rows, float64 [rows]; rows without a soft label do not count
 * @param given whether they were given instead of a model
 */
export function teacherWarnings(
  margins: Float64Array,
  validation: AnyDataset,
  train: AnyDataset,
  given: boolean = false,
): string[] {
  const known = knownRows(margins);
  if (known)
    return known.length === 0
      ? []
      : teacherWarnings(pickMargins(margins, known), keepRows(validation, known), train, given);
  const CAUSES = given ? CAUSES_OF_GIVEN : CAUSES_OF_MODEL;
  if (margins.length > 1 && margins.every((v) => v === margins[0])) {
    // the answers to equal rows are equal
    if (areEqual(validation)) return [];
    return [
      `teacher: it gives all ${margins.length} held-out rows the same log-odds, ${(margins[0] as number).toFixed(4)}, and a student learns nothing from it; ${CAUSES}`,
    ];
  }
  if (countSaturated(margins) > margins.length / 2) {
    const typical = Math.round(margins.map(Math.abs).sort()[margins.length >> 1] as number);
    return [
      `teacher: its log-odds are typically around ${typical}, which makes most probabilities 0 or 1; ${given ? CAUSES : 'it probably expects standardised columns. Give the preprocessing that it was trained with'}`,
    ];
  }
  const labelled = countLabels({ labels: validation.labels });
  if (labelled.rows < FEWEST_ROWS || labelled.rarer === 0) return [];
  const auc = rocAuc(margins, validation.labels, validation.weights);
  if (auc < SWAPPED) {
    return [
      `teacher: its AUC on held-out rows is ${auc.toFixed(3)}: it ranks the classes in reverse. State the other value of the label as class 1, or the other output of the teacher`,
    ];
  }
  if (auc < 0.5) {
    return [`teacher: its AUC on held-out rows is ${auc.toFixed(3)}, worse than chance; ${CAUSES}`];
  }
  if (train.features.fieldColumns.some((column) => column === TEXT_FIELD || column === IMAGE_FIELD)) return [];
  const [fitted, tested] = [sampleOf(train), sampleOf(validation)];
  const { labels, weights } = tested.data;
  const logisticAuc = rocAuc(logisticMargins(fitted.data, tested.data), labels, weights);
  const teacherAuc = rocAuc(
    Float64Array.from(tested.rows, (row) => margins[row] as number),
    labels,
    weights,
  );
  if (teacherAuc >= logisticAuc - SLACK) return [];
  return [
    `teacher: its AUC on held-out rows is ${teacherAuc.toFixed(3)}, that of a logistic regression is ${logisticAuc.toFixed(3)}; if you expected more, ${CAUSES}`,
  ];
}

/** At most MAX_FITTED rows of a part. */
function sampleOf(part: AnyDataset): { rows: Uint32Array; data: Sample } {
  const rows = sampleRows(allRows(part), MAX_FITTED, 0);
  const source = matrixRows(part.features);
  const isWhole = rows.length === part.rows && source.all !== undefined;
  // without the teacher's inputs, which need not be read
  return { rows, data: isWhole ? (part as Dataset) : { ...pickMembers(part, rows), features: source.select(rows) } };
}

type Sample = Pick<Dataset, 'rows' | 'features' | 'labels' | 'folds' | 'weights'>;

function logisticMargins(train: Sample, test: Sample): Float64Array {
  using arena = openArena();
  const { kernels } = arena;
  const { rows: n, features } = train;
  const { width, fields } = features;
  const none = arena.reserve(8 * Math.max(n, test.rows));
  const [y, fold] = [arena.put(train.labels), arena.put(train.folds)];
  const weights = train.weights ? arena.put(labelledMeanOne(train.weights, train.labels)) : 0;
  const [data, columns] = [arena.put(features.data), arena.put(features.fieldColumns)];
  const theta = arena.reserve(8 * (width + 2));
  if (isWide(width)) {
    const rows = { v: none, y, fold, weights, n };
    const start = new Float64Array(width + 2);
    const options = { penalty: PENALTY, centre: 0, skip: -1, start };
    arena.write(theta, fitRidge(arena, rows, { fields, width, data, columns }, options));
  } else {
    const penalties = arena.put(new Float64Array(width).fill(PENALTY));
    const scratch = arena.reserve(kernels.logisticScratch(width, fields) >>> 0);
    const rows: [number, number, number, number, number, number] = [theta, none, y, fold, -1, n];
    kernels.fitLogistic(...rows, data, fields, columns, width, penalties, 0, scratch, 0, weights);
  }
  const out = arena.reserve(8 * test.rows);
  kernels.applyLogistic(theta, none, arena.put(test.features.data), fields, columns, test.rows, out);
  return arena.f64(out, test.rows);
}
