// The page: files, checks, settings, run and results.
import type { JSX } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { CheckStep } from './check.tsx';
import { Downloads } from './downloads.tsx';
import { useDropZone } from './drop-zone.ts';
import { Earlier } from './earlier.tsx';
import { type Files, FilesStep, sortFiles } from './files.tsx';
import { type Opened, useInputs } from './inputs.ts';
import type { Choice, ImageFolder, Picture, Settings, Work } from './messages.ts';
import type { PickedFile } from './picked-file.ts';
import { ProgressStep } from './progress.tsx';
import { workErrorOf } from './remote.ts';
import { Results } from './results.tsx';
import { useRun } from './run.ts';
import { type EarlierSession, useSession } from './session.ts';
import { SettingsStep } from './settings.tsx';
import { storageRefused } from './store.ts';
import { useLoaded } from './use-loaded.ts';
import { WhatIf } from './what-if.tsx';

export function App({ remote }: { readonly remote: Work }): JSX.Element {
  const [settings, setSettings] = useState<Settings>({});
  const run = useRun(remote);
  const inputs = useInputs(remote, run.clear);
  const { files, teachers = [], table, choice, checked, complete, errors } = inputs;
  const { running, outcome } = run;
  const [dropped, setDropped] = useState<File>();
  const shown = useLoaded(() => import('./shown-images.tsx'), outcome?.images !== undefined);
  const session = useSession({ files, choice, settings, running: running !== undefined });

  const open = (next: Files): Promise<Opened> => {
    session.dismiss();
    return inputs.open(next);
  };
  const start = (): Promise<void> => run.start(checked && complete, settings, session.keepRunning);
  const ask = useCallback(
    (record: Readonly<Record<string, string>>, picture?: Picture) => remote.answer(record, picture),
    [remote],
  );

  /** The choice of an interrupted run: it resumes after the check, unless the choice changes. */
  const interrupted = useRef<Partial<Choice> | undefined>(undefined);
  const resume = async (earlier: EarlierSession): Promise<void> => {
    setSettings(earlier.settings);
    const opened = await open(earlier.files);
    if (!opened.table) return;
    const again = earlier.choice.target === undefined ? undefined : earlier.choice;
    if (again) inputs.choose(again);
    interrupted.current = earlier.running && opened.teachers ? again : undefined;
  };
  useEffect(() => {
    if (!checked || !interrupted.current) return;
    const isSame = interrupted.current === choice;
    interrupted.current = undefined;
    if (isSame) void start();
  }, [checked]);

  const take = async (picked: readonly PickedFile[]): Promise<void> => {
    if (running || picked.length === 0) return;
    // a picture goes to the form of a student of images
    const [{ file: first } = {}] = picked;
    if (outcome?.images && picked.length === 1 && first?.type.startsWith('image/')) {
      setDropped(first);
      return;
    }
    let given: readonly File[];
    let images: ImageFolder | undefined;
    try {
      const isInFolder = picked.some(({ path }) => path.includes('/'));
      const sorted = isInFolder
        ? (await import('./image-folder.ts')).sortFolders(picked)
        : { images: undefined, others: picked };
      images = sorted.images;
      const hasFolder = sorted.others.some(({ path }) => path.includes('/'));
      given = hasFolder
        ? (await import('./model-folder.ts')).filesOf(sorted.others)
        : sorted.others.map(({ file }) => file);
    } catch (error) {
      inputs.report('drop', workErrorOf(error).message);
      return;
    }
    const next = { ...(await sortFiles(given, files)), ...(images && { images }) };
    const used = [next.rows, ...[next.models, next.jsons, next.externalData].flatMap((list) => list ?? [])];
    const odd = given.find((file) => !used.includes(file));
    inputs.report(
      'drop',
      odd &&
        `${odd.name}: unknown file type, expected .onnx, .json, .csv, .ndjson, .parquet or .npy (optionally gzipped), .zip, or a folder of images`,
    );
    void open(next);
  };
  const isOver = useDropZone((dropped) => void take(dropped));

  return (
    <main class={isOver ? 'over' : ''}>
      <header>
        <h1>debkd</h1>
        <p>
          Distil a binary classifier into a small student. debkd measures the teacher's bias on your labelled rows and
          corrects its soft labels before it trains the student. Everything runs on this device.
        </p>
      </header>
      {session.earlier && (
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
          teachers={teachers}
          table={table}
          busy={inputs.busy}
          errors={errors}
          onChange={(next) => void open(next)}
          onPick={(picked) => void take(picked)}
          onExample={() => {
            session.dismiss();
            void inputs.openExample();
          }}
        />
        {table && (
          <CheckStep
            table={table}
            choice={choice}
            hasModel={(files.models ?? []).length > 0}
            readsText={teachers.some((teacher) => teacher.readsText)}
            checked={checked}
            errors={errors}
            onChange={inputs.choose}
          />
        )}
        {table && (teachers.length > 0 || choice.softLabels !== undefined) && (
          <SettingsStep
            settings={settings}
            texts={checked?.texts ?? []}
            hasImage={checked?.hasImage === true}
            ready={complete !== undefined && checked !== undefined}
            running={running !== undefined}
            error={run.error}
            onChange={setSettings}
            onRun={() => void start()}
          />
        )}
      </fieldset>
      {storageRefused() && (
        <p class="warning">
          This browser does not store the session (storage is full, or the window is private). A reload starts over.
        </p>
      )}
      {running && <ProgressStep running={running} onCancel={run.cancel} />}
      {outcome && (
        <>
          {!run.isMadeWith(settings) && <p class="warning">These results belong to other settings than those above.</p>}
          <Results outcome={outcome} />
          {shown && outcome.images && <shown.Images images={outcome.images} />}
          <WhatIf outcome={outcome} dropped={dropped} ask={ask} remote={remote} />
          <Downloads outcome={outcome} download={(what, quantize) => remote.download(what, { quantize })} />
        </>
      )}
    </main>
  );
}
