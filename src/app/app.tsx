// The page: files, what was found, settings, the run, results. What is chosen is kept until it is thrown away.
import type { JSX } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Target } from '../deploy/targets.ts';
import { CheckStep } from './check.tsx';
import { Downloads } from './downloads.tsx';
import { useDrop } from './drop.ts';
import { Earlier } from './earlier.tsx';
import { type Files, FilesStep, refusal, sortFiles } from './files.tsx';
import { busyElsewhere, withLock } from './lock.ts';
import {
  type Checked,
  type Choice,
  type Outcome,
  RESUMED,
  type Settings,
  type TableSummary,
  type TeacherSummary,
} from './messages.ts';
import { ProgressStep, type Running } from './progress.tsx';
import type { Remote, WorkError } from './remote.ts';
import { Results } from './results.tsx';
import { SettingsStep, settingsProblem, trimmed } from './settings.tsx';
import { forget, keep, kept, storageRefused } from './store.ts';
import { type Place, type Problems, trialOf } from './trial.ts';
import { WhatIf } from './what-if.tsx';

/** What outlives the page. */
interface Session {
  readonly choice: Partial<Choice>;
  readonly settings: Settings;
  /** A run that was begun and not ended. */
  readonly running: boolean;
}

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
  /** What trying teacher and rows together found wrong, and where. */
  const [trial, setTrial] = useState<Problems>({});
  const [madeWith, setMadeWith] = useState('');
  const [earlier, setEarlier] = useState<Session & { readonly files: Files }>();
  /** How often each was chosen: an answer of an earlier choice is none. */
  const turns = useRef({ teacher: 0, rows: 0 });
  const cancelled = useRef(false);

  const problem = (place: Place, text: string | undefined): void => setProblems((all) => ({ ...all, [place]: text }));
  const store = (running: boolean): Promise<void> => keep('session', { choice, settings, running } satisfies Session);

  useEffect(() => {
    Promise.all([kept<Session>('session'), kept<Files>('files')]).then(([session, known]) => {
      if (!known?.model && !known?.rows) return;
      void busyElsewhere().then((busy) => {
        const running = session?.running === true && !busy;
        setEarlier({ choice: {}, settings: {}, ...session, running, files: known });
      });
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
    if (!model) {
      turns.current.teacher++;
      setTeacher(undefined);
    }
    if (!rows) {
      turns.current.rows++;
      setTable(undefined);
    }
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
          const found = await remote.openTeacher(request);
          // unless another was chosen meanwhile
          if (turn === turns.current.teacher) {
            opened.teacher = found;
            setTeacher(found);
          }
        }
      } catch (error) {
        const place = (error as WorkError).code === 'preprocessing' ? 'preprocessing' : 'teacher';
        if (turn === turns.current.teacher) problem(place, (error as Error).message);
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
    setTrial({});
    problem('run', undefined);
  };

  const label = table?.columns.find(({ name }) => name === choice.target);
  const decided = teacher && table && label?.distinct === 2 && choice.positive ? (choice as Choice) : undefined;

  // teacher and rows are tried together as soon as both are there
  useEffect(() => {
    forgetResults();
    if (!decided) return;
    let current = true;
    const timer = setTimeout(() => {
      setBusy('trying the teacher on some rows ...');
      remote
        .check({ ...decided, drop: decided.drop ?? [] })
        .then(
          (found) => current && setChecked(found),
          (error: WorkError) => current && setTrial(trialOf(error, decided.target)),
        )
        .finally(() => current && setBusy(undefined));
    }, PAUSE);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [teacher, table, choice]);

  const start = async (): Promise<void> => {
    const chosen = trimmed(settings);
    const wrong = settingsProblem(chosen);
    problem('run', wrong);
    if (!decided || !checked || wrong) return;
    setOutcome(undefined);
    cancelled.current = false;
    const began = performance.now();
    let state: Running = { progress: undefined, since: began, now: began, epochs: [], resumed: false };
    setRunning(state);
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
    remote.onProgress = (progress) => {
      // asked before there was a run to cancel
      if (cancelled.current) void remote.cancel();
      if (progress.stage === RESUMED) {
        state = { ...state, resumed: true };
        return schedule();
      }
      const now = performance.now();
      const fresh = progress.stage !== state.progress?.stage;
      const losses = progress.losses;
      state = {
        resumed: state.resumed,
        ...{ progress, now, since: fresh ? now : state.since },
        epochs: losses ? [...(fresh ? [] : state.epochs), losses] : state.epochs,
      };
      schedule();
    };
    // of several tabs one keeps its run: the others' would overwrite it
    await withLock(async (kept) => {
      if (kept) await store(true);
      try {
        setOutcome(await remote.run({ ...decided, drop: decided.drop ?? [] }, chosen, kept));
        setMadeWith(JSON.stringify(chosen));
        focus('results');
      } catch (error) {
        const { code, message } = error as WorkError;
        problem('run', code === 'aborted' ? 'Cancelled. What was finished is kept; Distil goes on from it.' : message);
        focus('run-problem');
      }
      remote.onProgress = () => undefined;
      setRunning(undefined);
      if (kept) await store(false);
    });
  };

  /** What was chosen before the page was left; a run that was interrupted goes on once teacher and rows were tried. */
  const resume = async (session: Session & { readonly files: Files }): Promise<void> => {
    setSettings(session.settings);
    const opened = await take(session.files);
    if (!opened.table) return;
    const again = session.choice.target === undefined ? undefined : session.choice;
    if (again) setChoice(again);
    resumed.current = session.running && opened.teacher ? again : undefined;
  };
  /** The choice of the run to go on with; another choice is another run. */
  const resumed = useRef<Partial<Choice> | undefined>(undefined);
  useEffect(() => {
    if (!checked || !resumed.current) return;
    const same = resumed.current === choice;
    resumed.current = undefined;
    if (same) void start();
  }, [checked]);

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
  const over = useDrop((given) => {
    if (running || given.length === 0) return;
    const next = sortFiles(given, files);
    const used = [next.model, next.preprocessing, next.rows, ...next.beside];
    const odd = given.find((file) => !used.includes(file));
    problem(
      'drop',
      odd && `${odd.name}: expected .onnx, .json, or a table (.csv, .ndjson, .parquet, .npy, gzip or not).`,
    );
    void take(next);
  });

  return (
    <main class={over ? 'over' : ''}>
      <header>
        <h1>debkd</h1>
        <p>
          Distil a binary classifier into a small, honest one: its bias is measured on your rows and taken out of its
          labels. On this device; nothing is sent anywhere.
        </p>
      </header>
      {earlier && (
        <Earlier
          files={earlier.files}
          running={earlier.running}
          onOpen={() => void resume(earlier)}
          onForget={() => {
            setEarlier(undefined);
            void forget();
          }}
        />
      )}
      {/* what a run works with stays as it is while it runs */}
      <fieldset disabled={running !== undefined}>
        <FilesStep
          {...{ files, teacher, table, busy }}
          problems={{ ...problems, ...trial }}
          onChange={(next) => void take(next)}
          onExample={() => void example()}
        />
        {table && <CheckStep {...{ table, choice, checked }} problems={trial} onChange={setChoice} />}
        {table && teacher && (
          <SettingsStep
            settings={settings}
            ready={decided !== undefined && checked !== undefined}
            running={running !== undefined}
            problem={problems.run}
            onChange={setSettings}
            onRun={() => void start()}
          />
        )}
      </fieldset>
      {storageRefused() && (
        <p class="warning">
          This browser keeps nothing for the page (no room, or a private window): after a reload you begin again.
        </p>
      )}
      {running && (
        <ProgressStep
          running={running}
          onCancel={() => {
            cancelled.current = true;
            void remote.cancel();
          }}
        />
      )}
      {outcome && (
        <>
          {madeWith !== JSON.stringify(trimmed(settings)) && (
            <p class="warning">These results were made with other settings than those above.</p>
          )}
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

/** Milliseconds after the last choice before teacher and rows are tried. */
const PAUSE = 150;

/** Moves the focus to what came, once it is there. */
function focus(id: string): void {
  setTimeout(() => document.getElementById(id)?.focus(), 50);
}
