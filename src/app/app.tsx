// The page: files, what was found, settings, the run, results. What is chosen is kept until it is thrown away.
import type { JSX, TargetedDragEvent } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Target } from '../deploy/targets.ts';
import { CheckStep } from './check.tsx';
import { Downloads } from './downloads.tsx';
import { type Files, FilesStep, refusal, sortFiles } from './files.tsx';
import type { Checked, Choice, Outcome, Settings, TableSummary, TeacherSummary } from './messages.ts';
import { ProgressStep, type Running } from './progress.tsx';
import type { Remote, WorkError } from './remote.ts';
import { Results } from './results.tsx';
import { SettingsStep, settingsProblem } from './settings.tsx';
import { forget, keep, kept, storageRefused } from './store.ts';
import { WhatIf } from './what-if.tsx';

/** What outlives the page. */
interface Session {
  readonly choice: Partial<Choice>;
  readonly settings: Settings;
  /** A run that was begun and not ended. */
  readonly running: boolean;
}

type Problems = Readonly<Record<string, string | undefined>>;

export function App({ remote }: { readonly remote: Remote }): JSX.Element {
  const [files, setFiles] = useState<Files>({ beside: [] });
  const [teacher, setTeacher] = useState<TeacherSummary>();
  const [table, setTable] = useState<TableSummary>();
  const [choice, setChoice] = useState<Partial<Choice>>({});
  const [checked, setChecked] = useState<Checked>();
  const [settings, setSettings] = useState<Settings>({});
  const [running, setRunning] = useState<Running>();
  const [outcome, setOutcome] = useState<Outcome>();
  const [busy, setBusy] = useState<string>();
  const [problems, setProblems] = useState<Problems>({});
  const [earlier, setEarlier] = useState<Session & { readonly files: Files }>();
  const [over, setOver] = useState(false);
  /** How often each was chosen: an answer of an earlier choice is none. */
  const turns = useRef({ teacher: 0, rows: 0 });
  const startRef = useRef<(resumed: boolean) => void>(() => undefined);

  const problem = (place: string, text: string | undefined): void => setProblems((all) => ({ ...all, [place]: text }));
  const store = (running: boolean): Promise<void> => keep('session', { choice, settings, running } satisfies Session);

  useEffect(() => {
    Promise.all([kept<Session>('session'), kept<Files>('files')]).then(([session, known]) => {
      if (known?.model || known?.rows)
        setEarlier({ choice: {}, settings: {}, running: false, ...session, files: known });
    });
  }, []);
  useEffect(() => {
    if (files.model || files.rows) void keep('files', files);
  }, [files]);
  // as it is typed: a reload loses nothing
  useEffect(() => {
    if (files.model || files.rows) void store(running !== undefined);
  }, [choice, settings]);

  /** Opens what changed, and forgets what depended on it. */
  const take = async (next: Files): Promise<{ teacher?: TeacherSummary; table?: TableSummary }> => {
    setFiles(next);
    setEarlier(undefined);
    const opened: { teacher?: TeacherSummary; table?: TableSummary } = {};
    const { model, preprocessing, beside, convention, positiveClass, rows } = next;
    const asked = ['model', 'preprocessing', 'convention', 'positiveClass'] as const;
    if (model && asked.some((key) => next[key] !== files[key])) {
      turns.current.teacher++;
      const turn = turns.current.teacher;
      setTeacher(undefined);
      forgetResults();
      problem('teacher', refusal(model));
      problem('preprocessing', undefined);
      setBusy('starting the ONNX runtime, opening the teacher ...');
      try {
        if (!refusal(model)) {
          const request = { model, preprocessing, beside, convention, positiveClass };
          opened.teacher = await remote.openTeacher(request);
          // unless another was chosen meanwhile
          if (turn !== turns.current.teacher) return {};
          setTeacher(opened.teacher);
        }
      } catch (error) {
        if (turn !== turns.current.teacher) return {};
        problem((error as WorkError).code === 'preprocessing' ? 'preprocessing' : 'teacher', (error as Error).message);
      }
      setBusy(undefined);
    }
    if (rows && rows !== files.rows) {
      turns.current.rows++;
      const turn = turns.current.rows;
      setTable(undefined);
      setChoice({});
      forgetResults();
      problem('data', refusal(rows));
      setBusy('reading the rows ...');
      try {
        if (!refusal(rows)) {
          const found = await remote.openTable(rows);
          if (turn !== turns.current.rows) return {};
          opened.table = found;
          setTable(found);
          setChoice({
            drop: [],
            ...(found.target !== undefined && { target: found.target }),
            ...(found.positive !== undefined && { positive: found.positive }),
          });
        }
      } catch (error) {
        if (turn !== turns.current.rows) return {};
        problem('data', (error as Error).message);
      }
      setBusy(undefined);
    }
    return opened;
  };

  const forgetResults = (): void => {
    setChecked(undefined);
    setOutcome(undefined);
    setProblems((all) => ({ ...all, check: undefined, target: undefined, run: undefined }));
  };

  const label = table?.columns.find(({ name }) => name === choice.target);
  const decided = teacher && table && label?.distinct === 2 && choice.positive ? (choice as Choice) : undefined;

  // teacher and rows are tried together as soon as both are there
  useEffect(() => {
    if (!decided || running) return;
    let current = true;
    forgetResults();
    setBusy('trying the teacher on some rows ...');
    remote
      .check({ ...decided, drop: decided.drop ?? [] })
      .then(
        (found) => current && setChecked(found),
        (error: WorkError) => current && problem(placeOf(error), error.message),
      )
      .finally(() => current && setBusy(undefined));
    return () => {
      current = false;
    };
  }, [teacher, table, choice]);

  const start = async (resumed: boolean): Promise<void> => {
    const wrong = settingsProblem(settings);
    problem('run', wrong);
    if (!decided || wrong) return;
    setOutcome(undefined);
    const began = performance.now();
    let state: Running = { progress: undefined, since: began, now: began, epochs: [], resumed };
    setRunning(state);
    remote.onProgress = (progress) => {
      const now = performance.now();
      const fresh = progress.stage !== state.progress?.stage;
      const losses = progress.losses;
      state = {
        ...state,
        ...{ progress, now, since: fresh ? now : state.since },
        epochs: losses ? [...(fresh ? [] : state.epochs), losses] : state.epochs,
      };
      schedule();
    };
    // many steps come within a frame: the page draws the last of them
    let scheduled = false;
    const schedule = (): void => {
      if (scheduled) return;
      scheduled = true;
      requestAnimationFrame(() => {
        scheduled = false;
        setRunning((shown) => shown && state);
      });
    };
    await store(true);
    try {
      setOutcome(await remote.run({ ...decided, drop: decided.drop ?? [] }, settings, 'run'));
      setTimeout(() => document.getElementById('results')?.focus());
    } catch (error) {
      const { code, message } = error as WorkError;
      if (code !== 'aborted')
        problem(code === 'value' || code === 'usage' ? 'run' : placeOf(error as WorkError), message);
      else problem('run', 'Cancelled. What was finished is kept; Distil goes on from it.');
    }
    remote.onProgress = () => undefined;
    setRunning(undefined);
    await store(false);
  };
  startRef.current = start;

  /** What was chosen before the page was left; a run that was interrupted goes on. */
  const resume = async (session: Session & { readonly files: Files }): Promise<void> => {
    setSettings(session.settings);
    const opened = await take(session.files);
    if (opened.table && session.choice.target !== undefined) setChoice(session.choice);
    if (session.running && opened.table && opened.teacher) setGo(true);
  };
  const [go, setGo] = useState(false);
  useEffect(() => {
    if (!go || !checked) return;
    setGo(false);
    startRef.current(true);
  }, [go, checked]);

  const example = async (): Promise<void> => {
    setBusy('loading the example ...');
    try {
      const get = async (name: string): Promise<File> => {
        const response = await fetch(`example/${name}`);
        if (!response.ok) throw new Error(`example/${name}: status ${response.status}`);
        return new File([await response.blob()], name);
      };
      const [model, preprocessing, rows] = [
        await get('teacher.onnx'),
        await get('preprocessing.json'),
        await get('data.csv'),
      ];
      await take({ model, preprocessing, rows, beside: [] });
    } catch (error) {
      problem('data', `The example cannot be loaded (${(error as Error).message}); go online once, or choose files.`);
    }
    setBusy(undefined);
  };

  const ask = useCallback((record: Readonly<Record<string, string>>) => remote.answer(record), [remote]);
  const drop = (event: TargetedDragEvent<HTMLElement>): void => {
    event.preventDefault();
    setOver(false);
    const dropped = [...(event.dataTransfer?.files ?? [])];
    if (dropped.length > 0 && !running) void take(sortFiles(dropped, files));
  };

  return (
    <main
      class={over ? 'over' : ''}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <header>
        <h1>debkd</h1>
        <p>
          Distil a binary classifier into a small, honest one: its bias is measured on your rows and taken out of its
          labels. On this device; nothing is sent anywhere.
        </p>
      </header>
      {earlier && (
        <section aria-labelledby="earlier" class="earlier">
          <h2 id="earlier">Earlier on this device</h2>
          <p>
            {earlier.files.model?.name} and {earlier.files.rows?.name ?? 'no rows'}
            {earlier.running ? ', and a run that was interrupted.' : '.'}
          </p>
          <p class="buttons">
            <button type="button" class="main" onClick={() => resume(earlier)}>
              {earlier.running ? 'Resume' : 'Open again'}
            </button>
            <button
              type="button"
              onClick={() => {
                setEarlier(undefined);
                void forget();
              }}
            >
              Forget
            </button>
          </p>
        </section>
      )}
      {/* what a run works with stays as it is while it runs */}
      <fieldset disabled={running !== undefined}>
        <FilesStep
          {...{ files, teacher, table, problems }}
          busy={busy}
          onChange={(next) => void take(next)}
          onExample={() => void example()}
        />
        {table && <CheckStep {...{ table, choice, checked, problems }} onChange={setChoice} />}
      </fieldset>
      {table && teacher && (
        <SettingsStep
          settings={settings}
          ready={checked !== undefined}
          running={running !== undefined}
          problem={problems['run']}
          onChange={setSettings}
          onRun={() => void start(false)}
        />
      )}
      {storageRefused() && (
        <p class="warning">
          This browser keeps nothing for the page (no room, or a private window): after a reload you begin again.
        </p>
      )}
      {running && <ProgressStep running={running} onCancel={() => void remote.cancel()} />}
      {outcome && (
        <>
          <Results outcome={outcome} />
          <WhatIf outcome={outcome} ask={ask} />
          <Downloads
            outcome={outcome}
            download={(what: Target | 'student' | 'result', quantize) => remote.download(what, { quantize })}
          />
        </>
      )}
    </main>
  );
}

/** Where a problem is said. */
function placeOf({ code }: WorkError): string {
  if (code === 'target') return 'target';
  if (code === 'teacher' || code === 'convention') return 'teacher';
  if (code === 'preprocessing') return 'preprocessing';
  return code === 'table' ? 'data' : 'check';
}
