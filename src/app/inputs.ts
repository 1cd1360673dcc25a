// Teacher and rows as they are opened, and what a check of both together finds.
import { useEffect, useRef, useState } from 'preact/hooks';
import { checkErrors, type Errors, type Place } from './errors.ts';
import { fetchExample } from './example.ts';
import { type Files, refusal } from './files.tsx';
import type { Checked, Choice, TableSummary, TeacherSummary, Work } from './messages.ts';
import type { WorkError } from './remote.ts';

export interface Opened {
  readonly teacher?: TeacherSummary | undefined;
  readonly table?: TableSummary | undefined;
}

export interface Inputs extends Opened {
  readonly files: Files;
  readonly choice: Partial<Choice>;
  /** The choice, once teacher and rows are open and it is complete. */
  readonly complete: Choice | undefined;
  /** What the check found; undefined until it has. */
  readonly checked: Checked | undefined;
  /** What is being done, for the status line. */
  readonly busy: string | undefined;
  readonly errors: Errors;
  /** Opens the files that changed. Where other files were chosen meanwhile, what it returns lacks them. */
  open(files: Files): Promise<Opened>;
  openExample(): Promise<void>;
  choose(choice: Partial<Choice>): void;
  report(place: Place, text: string | undefined): void;
}

/** Milliseconds after the last choice before teacher and rows are checked. */
const PAUSE = 150;
/** What of the files decides how the teacher is opened. */
const TEACHER_KEYS = ['model', 'preprocessing', 'convention', 'positiveClass'] as const;

/** @param onChange called when teacher, rows or choice change: results of the earlier ones are out of date */
export function useInputs(remote: Work, onChange: () => void): Inputs {
  const [files, setFiles] = useState<Files>({});
  const [teacher, setTeacher] = useState<TeacherSummary>();
  const [table, setTable] = useState<TableSummary>();
  const [choice, setChoice] = useState<Partial<Choice>>({});
  const [checked, setChecked] = useState<Checked>();
  const [busy, setBusy] = useState<string>();
  const [openErrors, setOpenErrors] = useState<Errors>({});
  const [checkedErrors, setCheckedErrors] = useState<Errors>({});
  /** How often each was chosen: an answer to an earlier choice is not used. */
  const turns = useRef({ teacher: 0, data: 0 });

  const report = (place: Place, text: string | undefined): void => setOpenErrors((all) => ({ ...all, [place]: text }));
  const invalidate = (): void => {
    setChecked(undefined);
    setCheckedErrors({});
    onChange();
  };

  /** The answer of `act`, or undefined where the file is refused, cannot be opened, or another one was chosen meanwhile. */
  const attempt = async <T>(
    place: 'teacher' | 'data',
    file: File,
    status: string,
    act: () => Promise<T>,
  ): Promise<T | undefined> => {
    const turn = ++turns.current[place];
    const isLatest = (): boolean => turn === turns.current[place];
    const refused = refusal(file);
    report(place, refused);
    if (refused) return undefined;
    setBusy(status);
    try {
      const found = await act();
      return isLatest() ? found : undefined;
    } catch (error) {
      const { code, message } = error as WorkError;
      if (isLatest()) report(code === 'preprocessing' ? 'preprocessing' : place, message);
      return undefined;
    } finally {
      if (isLatest()) setBusy(undefined);
    }
  };

  const openTeacher = async (model: File, next: Files): Promise<TeacherSummary | undefined> => {
    setTeacher(undefined);
    invalidate();
    report('preprocessing', undefined);
    const { preprocessing, externalData, convention, positiveClass } = next;
    const found = await attempt('teacher', model, 'starting the ONNX runtime, opening the teacher ...', () =>
      remote.openTeacher({ model, preprocessing, externalData, convention, positiveClass }),
    );
    if (found) setTeacher(found);
    return found;
  };

  const openTable = async (rows: File): Promise<TableSummary | undefined> => {
    setTable(undefined);
    setChoice({});
    invalidate();
    const found = await attempt('data', rows, 'reading the rows ...', () => remote.openTable(rows));
    if (!found) return undefined;
    const { target, positive } = found;
    setTable(found);
    setChoice({ drop: [], ...(target !== undefined && { target }), ...(positive !== undefined && { positive }) });
    return found;
  };

  const open = async (next: Files): Promise<Opened> => {
    const { model, rows } = next;
    setFiles(next);
    if (!model) {
      turns.current.teacher++;
      setTeacher(undefined);
    }
    if (!rows) {
      turns.current.data++;
      setTable(undefined);
    }
    if ((files.model && !model) || (files.rows && !rows)) setBusy(undefined);
    const otherTeacher = TEACHER_KEYS.some((key) => next[key] !== files[key]);
    return {
      teacher: model && otherTeacher ? await openTeacher(model, next) : undefined,
      table: rows && rows !== files.rows ? await openTable(rows) : undefined,
    };
  };

  const openExample = async (): Promise<void> => {
    setBusy('loading the example ...');
    try {
      await open(await fetchExample());
    } catch (error) {
      report('data', `The example cannot be loaded (${(error as Error).message}); go online once, or choose files.`);
    }
    setBusy(undefined);
  };

  const label = table?.columns.find(({ name }) => name === choice.target);
  const isComplete = teacher && table && label?.distinct === 2 && choice.positive;
  const complete = isComplete ? ({ drop: [], ...choice } as unknown as Choice) : undefined;

  // teacher and rows are checked together as soon as both are there
  useEffect(() => {
    invalidate();
    if (!complete) return;
    let latest = true;
    const timer = setTimeout(() => {
      setBusy('trying the teacher on some rows ...');
      remote
        .check(complete)
        .then(
          (found) => latest && setChecked(found),
          (error: WorkError) => latest && setCheckedErrors(checkErrors(error, complete.target)),
        )
        .finally(() => latest && setBusy(undefined));
    }, PAUSE);
    return () => {
      latest = false;
      clearTimeout(timer);
    };
  }, [teacher, table, choice]);

  const errors = { ...openErrors, ...checkedErrors };
  return {
    files,
    teacher,
    table,
    choice,
    complete,
    checked,
    busy,
    errors,
    open,
    openExample,
    choose: setChoice,
    report,
  };
}
