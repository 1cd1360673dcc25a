// How well the columns that a student is given still tell a column that is withheld from it.
import { columnFields } from '../data/column-fields.ts';
import { type AnyDataset, type Dataset, pickMembers } from '../data/dataset.ts';
import { looksOf } from '../data/looks.ts';
import { appendColumns, type Matrix } from '../data/matrix.ts';
import { plainColumns } from '../data/plain-columns.ts';
import type { Preprocessing } from '../data/preprocessing.ts';
import { rawNames } from '../data/raw-inputs.ts';
import { matrixRows } from '../data/row-source.ts';
import { rowsWhere } from '../data/rows-where.ts';
import { sampleRows } from '../data/split.ts';
import type { WithheldColumn } from '../data/withheld-columns.ts';
import { quote } from '../io/errors.ts';
import type { ProgressOptions } from '../io/progress.ts';
import { hardLabels } from '../loss/distillation.ts';
import { evaluate } from '../metrics/evaluation.ts';
import type { Estimate } from '../metrics/metric.ts';
import { rocAuc } from '../metrics/ranking.ts';
import { fit } from '../student/fit.ts';
import { labelSelection } from '../student/selection.ts';

/** A column of the student that by itself tells a group of a withheld column. */
export interface Proxy {
  /** Name of the column. */
  readonly column: string;
  /** AUC of the column alone on the test rows. */
  readonly auc: number;
}

/** How well the student's columns tell one group of a withheld column from all other rows. */
export interface WithheldGroup {
  /** Such as `sex=Female` or `age > 37`. */
  readonly group: string;
  /** Test rows of the group. */
  readonly rows: number;
  /** AUC on the test rows of a logistic regression on the student's columns, fitted on training rows. */
  readonly auc: Estimate;
  /** The columns that tell the group best by themselves, the best first. */
  readonly proxies: readonly Proxy[];
}

/** What the student's columns tell about a withheld column. */
export interface WithheldRecord {
  /** Name of the withheld column. */
  readonly column: string;
  /** The measured groups; empty where no group has enough rows. */
  readonly groups: readonly WithheldGroup[];
}

type Part = 'train' | 'validation' | 'test';

/** Fewest rows of a group, and of the others, in the training and in the test rows. */
export const FEWEST = 30;
/** Most groups of a column, the most common ones. */
const MOST_GROUPS = 5;
/** Most training rows of a fit, a random sample. */
const MOST_ROWS = 20_000;
const SINGLE_ROWS = 5000;
/** Proxies in the record, and the least AUC of one on the training rows. */
const MOST_PROXIES = 5;
const LEAST_PROXY = 0.55;
/** From this AUC on there is a warning. */
export const TELLING = 0.7;
const REPLICATES = 500;
const SEED = 1;
const NONE = new Int32Array(0);

/**
 * Measures what the student's columns tell about each withheld column (`withheld` of the datasets): one group against the other rows with a
 * value. Of two groups the smaller one is measured. Of an image, only its brightness, contrast and the like are used.
 * @throws DebkdError `memory`; the signal's reason when aborted
 */
export async function measureWithheld(
  data: Readonly<Record<Part, AnyDataset>>,
  { signal }: Pick<ProgressOptions, 'signal'> = {},
): Promise<WithheldRecord[]> {
  const records: WithheldRecord[] = [];
  for (const [k, { name, groups }] of (data.train.withheld ?? []).entries()) {
    const codes = (part: Part): Int32Array => (data[part].withheld as readonly WithheldColumn[])[k]?.codes ?? NONE;
    const counts = (part: Part): number[] => groups.map((_, g) => codes(part).filter((code) => code === g).length);
    const known = (part: Part): number => codes(part).filter((code) => code >= 0).length;
    const [train, test] = [counts('train'), counts('test')];
    const enough = groups.flatMap((group, g) => {
      const [own, held] = [train[g] as number, test[g] as number];
      const fewest = Math.min(own, known('train') - own, held, known('test') - held);
      return fewest >= FEWEST ? [{ group, g }] : [];
    });
    // of two groups, telling one is telling the other; the last is the rarer one
    const measured = groups.length === 2 ? enough.slice(-1) : enough.slice(0, MOST_GROUPS);
    const found: WithheldGroup[] = [];
    for (const { group, g } of measured) {
      const of = (part: Part): GroupRows =>
        groupRowsOf(data[part], codes(part), g, part === 'train' ? MOST_ROWS : Infinity);
      found.push({
        group,
        rows: test[g] as number,
        ...(await measureGroup(of('train'), of('validation'), of('test'), signal)),
      });
    }
    records.push({ column: name, groups: found });
  }
  return records;
}

/** Rows of a part with a value in the withheld column, labelled by whether they are of a group. */
type GroupRows = Dataset;

function groupRowsOf(data: AnyDataset, codes: Int32Array, group: number, most: number): GroupRows {
  const known = rowsWhere(codes.length, (row) => (codes[row] as number) >= 0 && (data.weights?.[row] ?? 1) > 0);
  const rows = sampleRows(known, most, SEED);
  const { features, preprocessing } = linearInputs(matrixRows(data.features).select(rows), data.preprocessing);
  const { penaltyFactors: _, ...members } = pickMembers(data, rows);
  const labels = Int8Array.from(rows, (row) => (codes[row] === group ? 1 : 0));
  return { ...members, features, teacherInputs: features, preprocessing, labels };
}

/** Inputs of a logistic regression: the student's, with a few numbers in the place of an image. */
function linearInputs(matrix: Matrix, preprocessing: Preprocessing): Pick<Dataset, 'features' | 'preprocessing'> {
  const looks = looksOf(matrix);
  if (!looks) return { features: matrix, preprocessing };
  const features = appendColumns(plainColumns(matrix, preprocessing), looks);
  const columns = Array.from({ length: features.width }, (_, offset) => ({
    ...({ kind: 'numeric', transform: 'none', mean: 0, std: 1, width: 1 } as const),
    name: String(offset),
    offset,
  }));
  return { features, preprocessing: { clip: preprocessing.clip, columns, encodedWidth: features.width } };
}

async function measureGroup(
  train: GroupRows,
  validation: GroupRows,
  test: GroupRows,
  signal: ProgressOptions['signal'],
): Promise<Pick<WithheldGroup, 'auc' | 'proxies'>> {
  const ones = validation.labels.filter((y) => y > 0).length;
  const chosen = Math.min(ones, validation.rows - ones) >= FEWEST ? labelSelection(validation) : undefined;
  const targets = { margins: new Float64Array(train.rows) };
  const student = await fit({ hidden: [] }, train, targets, hardLabels(), { seed: SEED, validation: chosen, signal });
  const { labels, weights } = test;
  const { metrics } = await evaluate(student.predictProba(test), labels, {
    scores: student.margins(test),
    weights,
    seed: SEED,
    replicates: REPLICATES,
    signal,
  });
  return { auc: metrics.auc, proxies: proxiesOf(train, test) };
}

/** The columns of numbers and categories that tell the group best, by the training rows, with their AUC on the test rows. */
function proxiesOf(all: GroupRows, test: GroupRows): Proxy[] {
  const { preprocessing } = test;
  if (rawNames(preprocessing.columns).length < 2 || all.features.fields !== preprocessing.columns.length) return [];
  const some = sampleRows(Uint32Array.from(all.labels.keys()), SINGLE_ROWS, SEED);
  const features = matrixRows(all.features).select(some);
  const train = { ...pickMembers(all, some), features, preprocessing };
  const found = rawNames(preprocessing.columns).flatMap((column) => {
    const scores = columnFields(preprocessing, features, column).flatMap((field) => singleScores(train, test, field));
    if (scores.length === 0) return [];
    const best = scores.reduce((high, next) => (next.train > high.train ? next : high));
    return best.train >= LEAST_PROXY ? [{ column, train: best.train, auc: best.test }] : [];
  });
  const sorted = found.sort((a, b) => b.train - a.train).slice(0, MOST_PROXIES);
  return sorted.map(({ column, auc }) => ({ column, auc }));
}

/** The AUC of one field, in the direction that the training rows have: a number, or the share of the group with the category. */
function singleScores(
  train: Pick<Dataset, 'features' | 'labels' | 'weights'>,
  test: Pick<Dataset, 'features' | 'labels' | 'weights'>,
  field: number,
): { train: number; test: number }[] {
  const fixed = train.features.fieldColumns[field] as number;
  if (fixed < -1) return [];
  const shares = fixed < 0 ? sharesOf(train, field) : undefined;
  const aucOf = ({ features, labels, weights }: typeof train): number => {
    const { data, fields } = features;
    const numbers = new Float32Array(data.buffer, data.byteOffset, data.length);
    const score = (row: number): number => {
      const at = row * fields + field;
      return shares ? (shares.get(data[at] as number) ?? 0.5) : (numbers[at] as number);
    };
    return rocAuc(
      Float64Array.from(labels, (_, row) => score(row)),
      labels,
      weights,
    );
  };
  const [own, held] = [aucOf(train), aucOf(test)];
  return [own < 0.5 ? { train: 1 - own, test: 1 - held } : { train: own, test: held }];
}

/** The share of the group among the training rows with each category, drawn to one half by two rows. */
function sharesOf({ features, labels }: Pick<Dataset, 'features' | 'labels'>, field: number): Map<number, number> {
  const counts = new Map<number, { rows: number; ones: number }>();
  for (const [row, y] of labels.entries()) {
    const word = features.data[row * features.fields + field] as number;
    const count = counts.get(word) ?? { rows: 0, ones: 0 };
    counts.set(word, count);
    count.rows++;
    count.ones += y;
  }
  return new Map(Array.from(counts, ([word, { rows, ones }]) => [word, (ones + 1) / (rows + 2)]));
}

/** Warnings about withheld columns that the student's columns tell. */
export function withheldWarnings(records: readonly WithheldRecord[]): string[] {
  return records.flatMap(({ column, groups }) => {
    const [worst] = [...groups].sort((a, b) => b.auc.value - a.auc.value);
    if (!worst || !(worst.auc.value > TELLING)) return [];
    const { group, auc, proxies } = worst;
    const by = proxies.slice(0, 3).map((proxy) => `${quote(proxy.column)} (${proxy.auc.toFixed(2)})`);
    return [
      `withheld column ${quote(column)}: the student's other columns still tell ${quote(group)} from the other rows (AUC ${auc.value.toFixed(3)}, above ${TELLING})${by.length > 0 ? `; by themselves ${by.join(', ')} tell it most` : ''}. The student can treat the groups differently without the column: measure its bias by group, and withhold such columns too if they are not needed`,
    ];
  });
}
