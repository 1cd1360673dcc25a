// The state of the kept runs: the list, the run that is shown, and what was deleted last.
import { useEffect, useRef, useState } from 'preact/hooks';
import {
  deleteRun,
  type KeptRun,
  keptRun,
  listRuns,
  type RunHead,
  readRun,
  renameRun,
  storeRun,
  withoutRows,
} from './kept-runs.ts';
import type { Outcome, RunInputs, Work } from './messages.ts';
import { workErrorOf } from './remote.ts';
import { saveFile } from './save-file.ts';
import { TEXTS } from './texts.ts';

/** The kept runs and the functions that change them. */
export interface Runs {
  readonly heads: readonly RunHead[];
  /** The run whose results are shown. */
  readonly shown: KeptRun | undefined;
  /** What the browser could not keep. */
  readonly notice: string | undefined;
  readonly error: string | undefined;
  /** The run that was deleted last, until another change. */
  readonly deleted: KeptRun | undefined;
  /** Keeps a run that has ended, and shows it. */
  add(outcome: Outcome, inputs: RunInputs, name: string): Promise<void>;
  open(id: string): Promise<void>;
  /** Shows no run any more; it stays in the list. */
  close(): void;
  rename(id: string, name: string): Promise<void>;
  remove(id: string): Promise<void>;
  undo(): Promise<void>;
  export(id: string): Promise<void>;
  /** Reads exported runs, keeps them, and shows the last. */
  import(files: readonly File[]): Promise<void>;
}

/** @param onShown called after a run of the list is shown */
export function useRuns(remote: Pick<Work, 'pack' | 'restore'>, onShown: () => void): Runs {
  const [heads, setHeads] = useState<readonly RunHead[]>([]);
  const [shown, setShown] = useState<KeptRun>();
  const [notice, setNotice] = useState<string>();
  const [error, setError] = useState<string>();
  const [deleted, setDeleted] = useState<KeptRun>();
  const refused = useRef(false);
  const refresh = async (): Promise<void> => setHeads(await listRuns());
  useEffect(() => {
    void refresh();
  }, []);

  const store = async (run: KeptRun): Promise<void> => {
    const stored = await storeRun(run);
    if (stored === 'without files') setNotice(TEXTS.runs.withoutFiles);
    // said once, not after each run
    if (stored === 'in memory' && !refused.current) setNotice(TEXTS.runs.full);
    refused.current = stored === 'in memory';
    if (stored === 'whole') setNotice(undefined);
    await refresh();
  };
  const show = async (run: KeptRun): Promise<void> => {
    if (run.packed) await remote.restore(run.packed, run.outcome, run.inputs);
    const { outcome, inputs } = run;
    // the teacher is not there to be asked
    // a copy: what the page did with the earlier one, such as another threshold, is undone
    const asked = inputs
      ? { ...outcome }
      : { ...withoutRows(outcome), asksTeacher: false, inputs: outcome.inputs.filter((one) => !one.teacherOnly) };
    setShown({ ...run, outcome: asked });
    onShown();
  };
  /** Runs `act`, and shows its error at the list. */
  const attempt = async (act: () => Promise<void>): Promise<void> => {
    setError(undefined);
    try {
      await act();
    } catch (failure) {
      setError(failure instanceof Error && 'code' in failure ? failure.message : workErrorOf(failure).message);
    }
  };

  return {
    ...{ heads, shown, notice, error, deleted },
    async add(outcome, inputs, name) {
      const packed = await remote.pack();
      const { models = [] } = inputs.teachers;
      const teacher = models.map((model) => (model as File).name).join(', ') || TEXTS.runs.givenLabels;
      const run = keptRun(outcome, { name, teacher, settings: inputs.settings, packed, inputs }, Date.now());
      setDeleted(undefined);
      setShown(run);
      await store(run);
    },
    open: (id) =>
      attempt(async () => {
        const run = await readRun(id);
        if (!run) return setError(TEXTS.runs.notStored);
        await show(run);
      }),
    close: () => setShown(undefined),
    async rename(id, name) {
      await renameRun(id, name);
      setShown((run) => (run?.id === id ? { ...run, name } : run));
      await refresh();
    },
    async remove(id) {
      const run = await readRun(id);
      await deleteRun(id);
      await refresh();
      setDeleted(run);
    },
    async undo() {
      if (deleted) await store(deleted);
      setDeleted(undefined);
    },
    export: (id) =>
      attempt(async () => {
        const run = await readRun(id);
        if (!run) return setError(TEXTS.runs.notStored);
        saveFile((await import('./run-file.ts')).exportRun(run));
      }),
    import: (files) =>
      attempt(async () => {
        const { importRun } = await import('./run-file.ts');
        for (const file of files) {
          const run = await importRun(file);
          await show(run);
          await store(run);
        }
      }),
  };
}
