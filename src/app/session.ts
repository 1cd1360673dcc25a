// What outlives the page: the files, what was chosen, and whether a run was begun and not ended.
import { useEffect, useState } from 'preact/hooks';
import type { Files } from './files.tsx';
import { busyElsewhere } from './lock.ts';
import type { Choice, Settings } from './messages.ts';
import { forget, keep, kept } from './store.ts';

export interface Session {
  readonly choice: Partial<Choice>;
  readonly settings: Settings;
  /** A run was begun and not ended. */
  readonly running: boolean;
}

export interface EarlierSession extends Session {
  readonly files: Files;
}

export interface KeptSession {
  /** The session before this page; undefined where there is none, or it was dismissed. */
  readonly earlier: EarlierSession | undefined;
  /** No longer offers the earlier session. */
  dismiss(): void;
  /** The same, and removes what is kept. */
  forget(): void;
  /** Keeps that a run goes on, or not. */
  keepRunning(running: boolean): Promise<void>;
}

/** Keeps a session as it changes: a reload loses nothing. */
export function useSession({ files, choice, settings, running }: EarlierSession): KeptSession {
  const [earlier, setEarlier] = useState<EarlierSession>();
  const keepRunning = (now: boolean): Promise<void> =>
    keep('session', { choice, settings, running: now } satisfies Session);

  useEffect(() => {
    void loadEarlier().then(setEarlier);
  }, []);
  useEffect(() => {
    if (files.model || files.rows) void keep('files', files);
  }, [files]);
  useEffect(() => {
    if (files.model || files.rows) void keepRunning(running);
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

async function loadEarlier(): Promise<EarlierSession | undefined> {
  const [session, files] = [await kept<Session>('session'), await kept<Files>('files')];
  if (!files?.model && !files?.rows) return undefined;
  const running = session?.running === true && !(await busyElsewhere());
  return { choice: session?.choice ?? {}, settings: session?.settings ?? {}, running, files };
}
