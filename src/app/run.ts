// The state of a run: start, progress, cancel and outcome.
import { useRef, useState } from 'preact/hooks';
import type { Progress } from '../io/progress.ts';
import { withLock } from './lock.ts';
import { type Choice, type Outcome, RESUMED, type Settings, type Work } from './messages.ts';
import type { Running } from './progress.tsx';
import type { WorkError } from './remote.ts';
import { settingsError, trimmed } from './settings.tsx';

export interface Run {
  /** The progress; undefined when no run is active. */
  readonly running: Running | undefined;
  readonly outcome: Outcome | undefined;
  /** Whether the outcome belongs to these settings. */
  isMadeWith(settings: Settings): boolean;
  readonly error: string | undefined;
  /**
   * Validates the settings, then runs.
   * @param choice undefined when the inputs are incomplete: only the settings are validated
   * @param onRunning called when a run that can be resumed begins and ends
   */
  start(choice: Choice | undefined, settings: Settings, onRunning: (running: boolean) => Promise<void>): Promise<void>;
  cancel(): void;
  /** Clears the outcome and the error. */
  clear(): void;
}

export function useRun(remote: Work): Run {
  const [running, setRunning] = useState<Running>();
  const [outcome, setOutcome] = useState<Outcome>();
  const [error, setError] = useState<string>();
  const [madeWith, setMadeWith] = useState('');
  const controller = useRef(new AbortController());

  /** Shows the progress of a run, at most once per animation frame. */
  const show = (): ((progress: Progress) => void) => {
    let state: Running = { progress: undefined, heard: 0, epochs: [], resumed: false };
    let scheduled = false;
    setRunning(state);
    return (progress) => {
      state = next(state, progress);
      if (scheduled) return;
      scheduled = true;
      requestAnimationFrame(() => {
        scheduled = false;
        setRunning((shown) => shown && state);
      });
    };
  };

  const start: Run['start'] = async (choice, settings, onRunning) => {
    const chosen = trimmed(settings);
    const wrong = settingsError(chosen);
    setError(wrong);
    if (!choice || wrong) return;
    setOutcome(undefined);
    controller.current = new AbortController();
    const watch = { signal: controller.current.signal, onProgress: show() };
    // only one tab may store its run; another would overwrite it
    await withLock(async (keep) => {
      if (keep) await onRunning(true);
      try {
        setOutcome(await remote.run({ choice, settings: chosen, keep }, watch));
        setMadeWith(JSON.stringify(chosen));
        focus('results');
      } catch (failure) {
        const { code, message } = failure as WorkError;
        setError(
          code === 'aborted' ? 'Cancelled. The finished steps are stored; “Distil” resumes from them.' : message,
        );
        focus('run-error');
      }
      setRunning(undefined);
      if (keep) await onRunning(false);
    });
  };

  return {
    running,
    outcome,
    error,
    start,
    isMadeWith: (settings) => madeWith === JSON.stringify(trimmed(settings)),
    cancel: () => controller.current.abort(new DOMException('cancelled', 'AbortError')),
    clear() {
      setOutcome(undefined);
      setError(undefined);
    },
  };
}

/** The state after a progress event. */
function next(state: Running, progress: Progress): Running {
  if (progress.stage === RESUMED) return { ...state, resumed: true };
  const known = state.progress;
  const isNew = progress.stage !== known?.stage || progress.done < known.done;
  return {
    ...state,
    progress,
    heard: performance.now(),
    epochs: progress.losses ? [...(isNew ? [] : state.epochs), progress.losses] : state.epochs,
  };
}

/** Focuses an element after the next render. */
function focus(id: string): void {
  setTimeout(() => document.getElementById(id)?.focus(), 50);
}
