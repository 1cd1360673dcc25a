// The page: files, checks, settings, run, results, and the kept runs.
import type { JSX } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { trimmed } from './check-settings.ts';
import { useDropZone } from './drop-zone.ts';
import { Earlier } from './earlier.tsx';
import { askedExample, builtExamples, type Example } from './examples.ts';
import { FilesStep } from './files.tsx';
import type { Choice } from './input-messages.ts';
import { type Opened, useInputs } from './inputs.ts';
import type { Outcome, Picture, Settings, Work } from './messages.ts';
import type { PickedFile } from './picked-file.ts';
import { workErrorOf } from './remote.ts';
import { focus, useRun } from './run.ts';
import { RunsList } from './runs.tsx';
import { type EarlierSession, useSession } from './session.ts';
import type { Files } from './sort-files.ts';
import { storageRefused } from './store.ts';
import { takeFiles } from './take-files.ts';
import { TEXTS } from './texts.ts';
import { useBack } from './use-back.ts';
import { useLoaded } from './use-loaded.ts';
import { useRuns } from './use-runs.ts';
import { ExampleCards, Header, Help } from './welcome.tsx';

/** A reload of the page does not run the example of its address again. */
const asked = askedExample(location.search);

export function App({ remote }: { readonly remote: Work }): JSX.Element {
  const [settings, setSettings] = useState<Settings>({});
  const run = useRun(remote);
  /** Counts the changes of the inputs; the results of a run belong to one of them. */
  const changes = useRef(0);
  const [shownOf, setShownOf] = useState<number>();
  const inputs = useInputs(remote, () => {
    changes.current++;
    run.clear();
  });
  const runs = useRuns(remote, () => {
    setShownOf(undefined);
    focus('results');
  });
  const { files, teachers = [], table, choice, checked, complete, errors } = inputs;
  const { running } = run;
  const { shown } = runs;
  const [dropped, setDropped] = useState<File>();
  const [undo, setUndo] = useState<{ readonly text: string; readonly files: Files }>();
  const isEmpty = !files.models?.length && !files.jsons?.length && !files.rows && !files.images;
  const isReady = table !== undefined && (teachers.length > 0 || choice.softLabels !== undefined);
  // most of the page loads when it is first needed
  const steps = useLoaded(() => import('./steps.ts'), !isEmpty);
  const results = useLoaded(() => import('./run-results.tsx'), shown !== undefined || running !== undefined);
  const session = useSession({ files, choice, settings, running: running !== undefined });

  const open = (next: Files): Promise<Opened> => {
    session.dismiss();
    return inputs.open(next);
  };
  const start = (): Promise<void> =>
    run.start(checked && complete, settings, {
      running: session.keepRunning,
      ended: async (outcome: Outcome, used: Settings) => {
        const { rows, images, example, ...ofTeachers } = files;
        const made = { teachers: ofTeachers, rows: { rows, images }, choice: complete as Choice, settings: used };
        setShownOf(changes.current);
        const own = table?.name ?? rows?.name ?? '';
        await runs.add(outcome, made, example === undefined ? own : TEXTS.examples.named(example));
      },
    });
  const ask = useCallback(
    (record: Readonly<Record<string, string>>, picture?: Picture) => remote.answer(record, picture),
    [remote],
  );

  /** A run that starts after the check: of an example, or an interrupted one, unless its choice changes. */
  const waiting = useRef<'any choice' | Partial<Choice> | undefined>(undefined);
  const resume = async (earlier: EarlierSession): Promise<void> => {
    setSettings(earlier.settings);
    const opened = await open(earlier.files);
    if (!opened.table) return;
    const again = earlier.choice.target === undefined ? undefined : earlier.choice;
    if (again) inputs.choose(again);
    waiting.current = earlier.running && opened.teachers ? again : undefined;
  };
  useEffect(() => {
    if (!checked || !waiting.current) return;
    const isSame = waiting.current === 'any choice' || waiting.current === choice;
    waiting.current = undefined;
    if (isSame) void start();
  }, [checked]);

  const openExample = async (example: Example, isRun: boolean): Promise<void> => {
    session.dismiss();
    setUndo(undefined);
    waiting.current = isRun ? 'any choice' : undefined;
    setSettings(example.settings ?? {});
    await inputs.openExample(example);
  };
  useEffect(() => {
    const known = builtExamples();
    const example = known.find(({ id }) => id === asked?.id);
    if (example) void openExample(example, asked?.run === true);
    else if (asked)
      inputs.report(
        'drop',
        TEXTS.examples.unknown(
          asked.id,
          known.map(({ id }) => id),
        ),
      );
  }, []);

  const takeNow = async (picked: readonly PickedFile[]): Promise<void> => {
    const files = inputs.latest();
    // a picture goes to the form of a student of images
    const [{ file: first } = {}] = picked;
    if (shown?.outcome.images && picked.length === 1 && first?.type.startsWith('image/')) {
      setDropped(first);
      return;
    }
    waiting.current = undefined;
    try {
      const taken = await takeFiles(picked, files);
      inputs.report('drop', taken.error);
      if (taken.runs.length > 0) void runs.import(taken.runs);
      if (!taken.files) return;
      const replaced = replacedIn(files, taken.files);
      setUndo(replaced === undefined ? undefined : { text: TEXTS.files.replaced(replaced), files });
      void open(taken.files);
    } catch (error) {
      inputs.report('drop', workErrorOf(error).message);
    }
  };
  /** One choice after the other: the next replaces what the last has opened. */
  const last = useRef(Promise.resolve());
  const take = (picked: readonly PickedFile[]): void => {
    if (running || picked.length === 0) return;
    last.current = last.current.then(() => takeNow(picked));
  };
  const isOver = useDropZone(take);
  const isStale = shown !== undefined && shownOf !== undefined;
  /** The steps fold when a run begins, and when a run is shown. */
  const fold = running ? 'running' : shown?.id;

  const isStart = isEmpty && fold === undefined;
  useBack(isStart, asked !== undefined, () => {
    // a run goes on: its results would come without the files that they are of
    if (running) return history.pushState('opened', '');
    waiting.current = undefined;
    setUndo(isEmpty ? undefined : { text: TEXTS.files.closed, files });
    setSettings({});
    inputs.report('drop', undefined);
    runs.close();
    void open({});
    focus('choose-files');
  });

  return (
    <main class={isOver ? 'over' : ''}>
      <Header isEmpty={isStart} />
      {session.earlier && isEmpty && (
        <Earlier
          files={session.earlier.files}
          running={session.earlier.running}
          onOpen={() => session.earlier && void resume(session.earlier)}
          onForget={session.forget}
        />
      )}
      {/* the inputs cannot change during a run */}
      <fieldset disabled={running !== undefined}>
        <FilesStep
          files={files}
          isEmpty={isEmpty}
          isOver={isOver}
          fold={fold}
          teachers={teachers}
          table={table}
          busy={inputs.busy}
          errors={errors}
          undo={undo?.text}
          onUndo={() => {
            if (undo) void open(undo.files);
            setUndo(undefined);
            focus('choose-files');
          }}
          onChange={(next) => void open(next)}
          onRemove={(name, rest) => {
            setUndo({ text: TEXTS.files.removed(name), files });
            void open(rest);
          }}
          onPick={take}
        >
          {isEmpty && (
            <ExampleCards
              examples={builtExamples()}
              isBusy={inputs.busy !== undefined}
              onRun={(example) => void openExample(example, true)}
            />
          )}
        </FilesStep>
        {table && steps && (
          <steps.CheckStep
            table={table}
            fold={fold}
            choice={choice}
            hasModel={(files.models ?? []).length > 0}
            readsText={teachers.some((teacher) => teacher.readsText)}
            checked={checked}
            errors={errors}
            onChange={inputs.choose}
          />
        )}
        {isReady && steps && (
          <steps.SettingsStep
            settings={settings}
            fold={fold}
            checked={checked}
            ready={complete !== undefined && checked !== undefined}
            running={running !== undefined}
            error={run.error}
            fields={run.fields}
            notice={run.notice}
            onChange={setSettings}
            onRun={() => void start()}
          />
        )}
      </fieldset>
      {storageRefused() && <p class="warning">{TEXTS.earlier.refused}</p>}
      {running && steps && <steps.ProgressStep running={running} onCancel={run.cancel} />}
      {shown && !running && results && (
        <results.RunResults
          run={shown}
          notice={
            !isStale
              ? TEXTS.runs.shown(shown.name)
              : shownOf !== changes.current
                ? TEXTS.runs.otherInputs
                : JSON.stringify(shown.settings) !== JSON.stringify(trimmed(settings))
                  ? TEXTS.runs.older
                  : undefined
          }
          dropped={dropped}
          ask={ask}
          remote={remote}
        />
      )}
      {isEmpty && <Help />}
      <RunsList runs={runs} isBusy={running !== undefined} />
    </main>
  );
}

/** The file whose place another has taken. */
function replacedIn(known: Files, next: Files): string | undefined {
  if (known.rows && next.rows && known.rows !== next.rows) return known.rows.name;
  const [before] = known.models ?? [];
  return before && !next.models?.includes(before) ? before.name : undefined;
}
