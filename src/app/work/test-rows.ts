// The test rows that the page shows: one as a record, and the lists of rows to look at. Loads when they are first asked for. The rows are
// read from their file again then, so that a run does not keep their texts.
import { countsIn } from '../../data/row-weights.ts';
import type { Table } from '../../data/table.ts';
import type { LabelCache } from '../../io/cache.ts';
import { DebkdError } from '../../io/errors.ts';
import { once } from '../../io/once.ts';
import { sigmoid, softplus } from '../../kernels/elementary.ts';
import { softLabels } from '../../teacher/soft-labels.ts';
import type { ListedRow, ListedRows, TestRow } from '../messages.ts';
import { recordAt } from './fields.ts';
import { readRowFiles } from './rows.ts';
import type { Finished, Live } from './run.ts';

/** Most rows of a list. */
const MOST = 10;
/** Most characters of a listed value. */
const LENGTH = 200;

const tables = new WeakMap<Live, () => Promise<Table>>();

/** The table of a run, read once. */
function tableOf(live: Live): Promise<Table> {
  const read = tables.get(live) ?? once(() => readRowFiles(live.files, {}));
  tables.set(live, read);
  return read();
}

/** A test row. @throws DebkdError `usage` for a run without its rows, as readTable */
export async function testRow({ live }: Finished, at: number, names: readonly string[]): Promise<TestRow> {
  const run = await live();
  const row = run.test[at];
  if (row === undefined)
    throw new DebkdError('usage', {
      subject: `test row ${at}`,
      seen: `the run has ${run.test.length}`,
      remedy: 'choose another row',
    });
  const record = recordAt(await tableOf(run), row, names);
  return { at, number: row + 1, label: labelAt(run, at), record };
}

/**
 * The rows to look at.
 * @throws DebkdError `usage` for a run without its rows, as readTable and softLabels
 */
export async function listRows(
  { live, student }: Finished,
  columns: readonly string[],
  cache: LabelCache,
): Promise<ListedRows> {
  const run = await live();
  const { test } = run.data;
  if (test.rows === 0) return { disagreements: [], errors: [] };
  const table = await tableOf(run);
  const own = student.margins(test);
  // a run without labelled test rows has not asked the teacher about them
  const asked =
    run.margins?.length === test.rows ? run.margins : (await softLabels(run.teacher, test, { cache })).margins;
  const counts = countsIn(test);
  const places = [...own.keys()];
  const teacher = (at: number): number => sigmoid(asked[at] as number);
  const probability = (at: number): number => sigmoid(own[at] as number);
  const loss = (at: number): number => {
    const label = labelAt(run, at);
    if (label === undefined) return Number.NaN;
    return softplus(label === 1 ? -(own[at] as number) : (own[at] as number));
  };
  const listed = (at: number): ListedRow => {
    const row = run.test[at] as number;
    return {
      ...{ at, number: row + 1, label: labelAt(run, at) },
      ...{ teacher: teacher(at), student: probability(at), loss: loss(at) },
      values: Object.values(recordAt(table, row, columns)).map((text) => text.slice(0, LENGTH)),
    };
  };
  const largest = (among: readonly number[], sizeOf: (at: number) => number): ListedRow[] =>
    among
      .map((at) => ({ at, size: sizeOf(at) }))
      .filter(({ size }) => size > 0)
      .sort((a, b) => b.size - a.size || a.at - b.at)
      .slice(0, MOST)
      .map(({ at }) => listed(at));
  return {
    disagreements: largest(places, (at) => Math.abs(teacher(at) - probability(at))),
    errors: largest(places.filter(counts), loss),
  };
}

function labelAt({ data: { test } }: Live, at: number): 0 | 1 | undefined {
  const label = test.labels[at] as number;
  return label < 0 ? undefined : (label as 0 | 1);
}
