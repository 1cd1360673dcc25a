// The state of the inputs: opens the teacher and the rows, and checks them together.
import { useEffect, useRef, useState } from 'preact/hooks';
import { checkErrors, type Errors, type Place } from './errors.ts';
import { type Example, fetchExample } from './examples.ts';
import type { Checked, Choice, TableSummary, TeacherSummary } from './input-messages.ts';
import type { Work } from './messages.ts';
import type { WorkError } from './remote.ts';
import { type Files, refusal } from './sort-files.ts';
import { TEXTS } from './texts.ts';

/** Summaries of the opened inputs. */
export interface Opened {
  /** Empty where no model is chosen; undefined until all are open. */
  readonly teachers?: readonly TeacherSummary[] | undefined;
  readonly table?: TableSummary | undefined;
}

/** The state of the inputs and the functions that change it. */
export interface Inputs extends Opened {
  readonly files: Files;
  /** The files of the last choice, which the page may not show yet. */
  latest(): Files;
  readonly choice: Partial<Choice>;
  /** The choice, once it is complete and the teacher and the rows are open. */
  readonly complete: Choice | undefined;
  /** What the check found; undefined until it ends. */
  readonly checked: Checked | undefined;
  /** The current work, for the status line. */
  readonly busy: string | undefined;
  readonly errors: Errors;
  /** Opens the files that changed. The result leaves out files that a later choice has replaced. */
  open(files: Files): Promise<Opened>;
  /** Loads an example in place of the files. */
  openExample(example: Example): Promise<void>;
  choose(choice: Partial<Choice>): void;
  report(place: Place, text: string | undefined): void;
}

/** Milliseconds between the last choice and the check. */
const PAUSE = 150;
/** A change of these opens the teacher again. */
const TEACHER_KEYS = ['models', 'jsons', 'convention', 'positiveClass', 'class', 'inputs', 'maxLength'] as const;

/** @param onChange called when the teacher, the rows or the choice change: earlier results are then of other inputs */
export function useInputs(remote: Work, onChange: () => void): Inputs {
  const [files, setFiles] = useState<Files>({});
  const [teachers, setTeachers] = useState<readonly TeacherSummary[] | undefined>([]);
  const [table, setTable] = useState<TableSummary>();
  const [choice, setChoice] = useState<Partial<Choice>>({});
  const [checked, setChecked] = useState<Checked>();
  const [busy, setBusy] = useState<string>();
  const [openErrors, setOpenErrors] = useState<Errors>({});
  const [checkedErrors, setCheckedErrors] = useState<Errors>({});
  /** The files of the last choice, before the page shows them. */
  const held = useRef<Files>({});
  /** Counts the choices of each file; an answer to an earlier choice is ignored. */
  const turns = useRef({ teacher: 0, data: 0 });

  const report = (place: Place, text: string | undefined): void => setOpenErrors((all) => ({ ...all, [place]: text }));
  const invalidate = (): void => {
    setChecked(undefined);
    setCheckedErrors({});
    onChange();
  };

  /** The result of `act`; undefined if the file is refused, cannot be opened or was replaced meanwhile. */
  const attempt = async <T>(
    place: 'teacher' | 'data',
    files: readonly File[],
    status: string,
    act: () => Promise<T>,
  ): Promise<T | undefined> => {
    const turn = ++turns.current[place];
    const isLatest = (): boolean => turn === turns.current[place];
    const refused = files.map(refusal).find((text) => text !== undefined);
    report(place, refused);
    if (refused) return undefined;
    setBusy(status);
    try {
      const found = await act();
      return isLatest() ? found : undefined;
    } catch (error) {
      const { code, message } = error as WorkError;
      // errors of a tokenizer file belong to the field of JSON files; the error of a model without one, to the model's
      const isNamed = held.current.jsons?.some(({ name }) => message.startsWith(`"${name}"`));
      const isOfJson = code === 'preprocessing' || /^tokenizer\b/.test(message) || isNamed;
      if (isLatest()) report(isOfJson ? 'preprocessing' : place, message);
      return undefined;
    } finally {
      if (isLatest()) setBusy(undefined);
    }
  };

  const openTeachers = async ({ rows: _, images: __, ...next }: Files): Promise<Opened['teachers']> => {
    setTeachers(undefined);
    invalidate();
    report('preprocessing', undefined);
    const { models = [] } = next;
    const status =
      models.length > 0 ? 'Starting the ONNX runtime and opening the teacher ...' : 'Reading the preprocessing ...';
    const found = await attempt('teacher', models, status, () => remote.openTeachers(next));
    if (found) setTeachers(found);
    return found;
  };

  const openTable = async ({ rows, images }: Files): Promise<TableSummary | undefined> => {
    setTable(undefined);
    setChoice({});
    invalidate();
    const found = await attempt('data', rows ? [rows] : [], 'Reading the rows ...', () =>
      remote.openTable({ rows, images }),
    );
    if (!found) return undefined;
    const { target, positive } = found;
    setTable(found);
    setChoice({ exclude: [], ...(target !== undefined && { target }), ...(positive !== undefined && { positive }) });
    return found;
  };

  const open = async (next: Files): Promise<Opened> => {
    const { rows, images } = next;
    const files = held.current;
    held.current = next;
    setFiles(next);
    const hasRows = rows !== undefined || images !== undefined;
    if (!hasRows) {
      turns.current.data++;
      setTable(undefined);
      report('data', undefined);
      if (files.rows || files.images) setBusy(undefined);
    }
    const otherTeacher = TEACHER_KEYS.some((key) => next[key] !== files[key]);
    return {
      teachers: otherTeacher ? await openTeachers(next) : teachers,
      table: hasRows && (rows !== files.rows || images !== files.images) ? await openTable(next) : undefined,
    };
  };

  const openExample = async (example: Example): Promise<void> => {
    setBusy('Loading the example ...');
    try {
      const { table: opened } = await open(await fetchExample(example, remote));
      if (opened) setChoice((known) => ({ ...known, ...example.choice }));
    } catch (error) {
      report('drop', TEXTS.examples.failed((error as Error).message));
    }
    setBusy(undefined);
  };

  const label = table?.columns.find(({ name }) => name === choice.target);
  const hasTeacher = teachers && (teachers.length > 0 || choice.softLabels !== undefined);
  const isComplete = hasTeacher && table && label?.distinct === 2 && choice.positive;
  const complete = isComplete ? ({ exclude: [], ...choice } as unknown as Choice) : undefined;

  // check the teacher on the rows as soon as both are open
  useEffect(() => {
    invalidate();
    if (!complete) return;
    let latest = true;
    const timer = setTimeout(() => {
      setBusy('Checking the teacher on a sample of the rows ...');
      remote
        .check(complete)
        .then(
          (found) => latest && setChecked(found),
          (error: WorkError) => latest && setCheckedErrors(checkErrors(error)),
        )
        .finally(() => latest && setBusy(undefined));
    }, PAUSE);
    return () => {
      latest = false;
      clearTimeout(timer);
    };
  }, [teachers, table, choice]);

  const errors = { ...openErrors, ...checkedErrors };
  return {
    files,
    latest: () => held.current,
    teachers,
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
