// Finished runs in IndexedDB, each whole, and the heads of all as the list, with their names. A run that the browser does not store stays in memory until
// the page closes.
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { METRICS, type Metric } from '../metrics/metric.ts';
import type { Outcome, PackedRun, RunInputs, Settings } from './messages.ts';

/** A run in the list. */
export interface RunHead {
  readonly id: string;
  readonly name: string;
  /** When it ended, in milliseconds since 1970. */
  readonly at: number;
  readonly teacher: string;
  readonly settings: Settings;
  readonly student: string;
  /** The metrics on the labelled test rows by model; empty without any. */
  readonly metrics: Readonly<Record<string, Readonly<Record<Metric, number>>>>;
  /** Whether only the record is known, without the student. */
  readonly readOnly: boolean;
  /** The label, as `column = value of class 1`; absent where it is not known. */
  readonly label?: string | undefined;
  /** The digest of the test rows; absent where it is not known. */
  readonly testRows?: string | undefined;
}

/** A run with everything that it opens with. */
export interface KeptRun extends RunHead {
  readonly outcome: Outcome;
  /** Absent for a record without its student. */
  readonly packed?: PackedRun | undefined;
  /** Absent where the files were too large to keep, and in an exported run. */
  readonly inputs?: RunInputs | undefined;
}

/** How a run was stored: whole, without its files, or only in memory. */
export type Stored = 'whole' | 'without files' | 'in memory';

interface Schema extends DBSchema {
  heads: { key: string; value: RunHead };
  runs: { key: string; value: KeptRun };
}

const memory = new Map<string, KeptRun>();

/** Makes a run to keep. */
export function keptRun(
  outcome: Outcome,
  of: Pick<KeptRun, 'name' | 'teacher' | 'settings' | 'packed' | 'inputs'>,
  at: number,
): KeptRun {
  const { student, label = outcome.target } = outcome.result;
  const valuesOf = ({ metrics }: Outcome['models'][number]) =>
    Object.fromEntries(METRICS.map((metric) => [metric, metrics[metric].value])) as Record<Metric, number>;
  return {
    ...of,
    id: crypto.randomUUID(),
    at,
    outcome,
    student: student.architecture,
    metrics: Object.fromEntries(outcome.models.map((model) => [model.name, valuesOf(model)])),
    readOnly: of.packed === undefined,
    label: label && `${label.name} = ${label.positive}`,
    testRows: outcome.testRows,
  };
}

/** An outcome without the row of the table that it has. */
export function withoutRows({ first: _, ...outcome }: Outcome): Outcome {
  return outcome;
}

/** All runs, the newest first. */
export async function listRuns(): Promise<readonly RunHead[]> {
  const stored = (await within((database) => database.getAll('heads'))) ?? [];
  // a run in memory is newer than what is stored of it
  const others = stored.filter(({ id }) => !memory.has(id));
  return [...others, ...[...memory.values()].map(headOf)].sort((a, b) => b.at - a.at);
}

/** A whole run; undefined if it is gone. */
export async function readRun(id: string): Promise<KeptRun | undefined> {
  const inMemory = memory.get(id);
  if (inMemory) return inMemory;
  return within(async (database) => {
    const [run, head] = await Promise.all([database.get('runs', id), database.get('heads', id)]);
    return run && { ...run, name: head?.name ?? run.name };
  });
}

/** Stores a run. Without room for its files, it is stored without them. */
export async function storeRun(run: KeptRun): Promise<Stored> {
  const put = (whole: KeptRun): Promise<boolean | undefined> =>
    within(async (database) => {
      const change = database.transaction(['heads', 'runs'], 'readwrite');
      try {
        await Promise.all([
          change.objectStore('heads').put(headOf(whole)),
          change.objectStore('runs').put(whole),
          change.done,
        ]);
      } catch (error) {
        // WebKit leaves a transaction open whose files it could not store, and the next one waits for it
        abort(change);
        throw error;
      }
      return true;
    });
  memory.delete(run.id);
  if (await put(run)) return 'whole';
  if (run.inputs && (await put({ ...run, inputs: undefined, outcome: withoutRows(run.outcome) })))
    return 'without files';
  memory.set(run.id, run);
  return 'in memory';
}

/** Gives a run another name. A stored one has it in its head only: there may be no room to store it whole once more. */
export async function renameRun(id: string, name: string): Promise<void> {
  const run = await readRun(id);
  if (!run) return;
  const renamed = { ...run, name };
  if (memory.has(id)) return void (await storeRun(renamed));
  const isStored = await within(async (database) => {
    await database.put('heads', headOf(renamed));
    return true;
  });
  if (!isStored) memory.set(id, renamed);
}

/** Deletes a run. */
export async function deleteRun(id: string): Promise<void> {
  memory.delete(id);
  await within(async (database) => {
    const change = database.transaction(['heads', 'runs'], 'readwrite');
    await Promise.all([change.objectStore('heads').delete(id), change.objectStore('runs').delete(id), change.done]);
  });
}

function abort(change: { abort(): void }): void {
  try {
    change.abort();
  } catch {
    // it has ended
  }
}

function headOf({ packed: _, inputs: __, outcome: ___, ...head }: KeptRun): RunHead {
  return head;
}

/** The result of `act` on the database; undefined if the browser refuses storage. */
async function within<T>(act: (database: IDBPDatabase<Schema>) => Promise<T>): Promise<T | undefined> {
  let database: IDBPDatabase<Schema> | undefined;
  try {
    database = await openDB<Schema>('debkd-runs', 1, {
      upgrade(opened) {
        opened.createObjectStore('heads', { keyPath: 'id' });
        opened.createObjectStore('runs', { keyPath: 'id' });
      },
    });
    return await act(database);
  } catch {
    return undefined;
  } finally {
    database?.close();
  }
}
