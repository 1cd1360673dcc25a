// The session that survives a reload: files, choices, settings, and whether a run is unfinished.
import { useEffect, useState } from 'preact/hooks';
import type { Choice } from './input-messages.ts';
import { busyElsewhere } from './lock.ts';
import type { Settings } from './messages.ts';
import type { Files } from './sort-files.ts';
import { forget, keep, kept } from './store.ts';

/** The stored session, without its files. */
export interface Session {
  readonly choice: Partial<Choice>;
  readonly settings: Settings;
  /** Whether a run is unfinished. */
  readonly running: boolean;
}

/** A session with its files. */
export interface EarlierSession extends Session {
  readonly files: Files;
}

/** The stored session and the functions that change it. */
export interface KeptSession {
  /** The session before this page load; undefined if there is none or it was dismissed. */
  readonly earlier: EarlierSession | undefined;
  /** Stops offering the earlier session. */
  dismiss(): void;
  /** Dismisses the earlier session and deletes the stored data. */
  forget(): void;
  /** Stores whether a run is active. */
  keepRunning(running: boolean): Promise<void>;
}

/** Stores the session at each change; a reload loses nothing. */
export function useSession({ files, choice, settings, running }: EarlierSession): KeptSession {
  const [earlier, setEarlier] = useState<EarlierSession>();
  const keepRunning = (now: boolean): Promise<void> =>
    keep('session', { choice, settings, running: now } satisfies Session);

  useEffect(() => {
    void loadEarlier().then(setEarlier);
  }, []);
  const isEmpty = !files.models?.length && !files.rows && !files.images;
  useEffect(() => {
    if (!isEmpty) void keep('files', files);
  }, [files]);
  useEffect(() => {
    if (!isEmpty) void keepRunning(running);
  }, [choice, settings]);

  return {
    earlier,
    keepRunning,
    dismiss: () => setEarlier(undefined),
    forget() {
      setEarlier(undefined);
      void forget();
    },
  };
}

interface EarlierFiles {
  readonly model?: File;
  readonly preprocessing?: File;
}

async function loadEarlier(): Promise<EarlierSession | undefined> {
  const [session, stored] = [await kept<Session>('session'), await kept<Files & EarlierFiles>('files')];
  // earlier versions had one model and one preprocessing
  const { model, preprocessing, ...rest } = stored ?? {};
  const files = { ...(model && { models: [model] }), ...(preprocessing && { jsons: [preprocessing] }), ...rest };
  if (!files.models?.length && !files.rows && !files.images) return undefined;
  const running = session?.running === true && !(await busyElsewhere());
  // earlier versions wrote `drop`
  const { drop, ...choice } = (session?.choice ?? {}) as Session['choice'] & { drop?: readonly string[] };
  return { choice: { ...(drop && { exclude: drop }), ...choice }, settings: session?.settings ?? {}, running, files };
}
