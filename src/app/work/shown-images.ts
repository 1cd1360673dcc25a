// The images to look at after a run: those whose soft label de-biasing moved most, and the worst errors on the test rows.
import type { Dataset } from '../../data/dataset.ts';
import type { Split } from '../../data/split.ts';
import type { Column, Table } from '../../data/table.ts';
import type { Distillation } from '../../distill-options.ts';
import { sigmoid } from '../../kernels/elementary.ts';
import type { Part } from '../../report/result.ts';
import type { ShownImage, ShownImages } from '../messages.ts';

/** Most images of a list. */
const MOST = 12;

interface Measured {
  readonly run: Distillation;
  readonly data: Readonly<Record<Part, Dataset>>;
  /** The teacher's margins of the test rows; empty if they were not measured. */
  readonly margins: Float64Array;
  readonly table: Table;
  /** The rows of each part. */
  readonly parts: Split;
  /** The group of each test row by the column of the student's thresholds of groups. */
  readonly thresholdGroups?: readonly string[] | undefined;
}

/** The images to show; undefined for a table without images. */
export async function shownImages({
  run,
  data,
  margins,
  table,
  parts,
  thresholdGroups,
}: Measured): Promise<ShownImages | undefined> {
  const column = table.columns.find(({ images }) => images);
  if (!column) return undefined;
  const teacher = Array.from(run.soft.train.margins, sigmoid);
  const target = Array.from(run.targets.margins, sigmoid);
  const moved = largest(target, (p, row) => Math.abs(p - (teacher[row] as number)));
  const { student } = run;
  const answers = data.test.rows > 0 ? Array.from(student.predictProba(data.test)) : [];
  const called = data.test.rows > 0 ? student.predict(data.test, thresholdGroups) : [];
  const { labels } = data.test;
  const errors = largest(answers, (p, row) => {
    const label = labels[row] as number;
    const isWrong = label >= 0 && called[row] !== label;
    return isWrong ? Math.abs(p - label) : 0;
  });
  const shown = async (
    rows: Uint32Array,
    at: number,
    known: Omit<ShownImage, 'path' | 'file' | 'label'>,
  ): Promise<ShownImage> => {
    const row = rows[at] as number;
    const label = table.labels[row] as number;
    return { ...(await imageOf(column, row)), label: label < 0 ? undefined : (label as 0 | 1), ...known };
  };
  const [first] = parts.test.length > 0 ? parts.test : parts.train;
  return {
    moved: await Promise.all(
      moved.map((i) => shown(parts.train, i, { teacher: teacher[i] as number, student: target[i] as number })),
    ),
    errors: await Promise.all(
      errors.map((i) => shown(parts.test, i, { teacher: sigmoid(margins[i] ?? NaN), student: answers[i] as number })),
    ),
    example: first === undefined ? undefined : await imageOf(column, first),
  };
}

/** The places of the largest sizes above 0, the largest first. */
function largest(values: readonly number[], sizeOf: (value: number, place: number) => number): number[] {
  const sizes = values.map(sizeOf);
  return [...sizes.keys()]
    .filter((i) => (sizes[i] as number) > 0)
    .sort((a, b) => (sizes[b] as number) - (sizes[a] as number) || a - b)
    .slice(0, MOST);
}

async function imageOf({ texts, codes, images }: Column, row: number): Promise<Pick<ShownImage, 'path' | 'file'>> {
  const path = texts[codes[row] as number] as string;
  const bytes = (await images?.bytes(path)) ?? new Uint8Array(0);
  return { path, file: new File([Uint8Array.from(bytes)], path) };
}
