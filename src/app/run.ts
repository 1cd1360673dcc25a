// The state of a run: start, progress, cancel and outcome.
import { useRef, useState } from 'preact/hooks';
import type { Progress } from '../io/progress.ts';
import { type FieldErrors, settingOf, settingsErrors, trimmed } from './check-settings.ts';
import { unfold } from './fold.tsx';
import type { Choice } from './input-messages.ts';
import { withLock } from './lock.ts';
import { type Outcome, RESUMED, type Settings, type Work } from './messages.ts';
import type { Running } from './progress.tsx';
import type { WorkError } from './remote.ts';
import { TEXTS } from './texts.ts';

interface Listeners {
  running(running: boolean): Promise<void>;
  ended(outcome: Outcome, settings: Settings): Promise<void>;
}

export interface Run {
  /** The progress; undefined when no run is active. */
  readonly running: Running | undefined;
  readonly error: string | undefined;
  /** The errors of single settings. */
  readonly fields: FieldErrors;
  /** What happened that is no error: that the run was cancelled. */
  readonly notice: string | undefined;
  /**
   * Validates the settings, then runs.
   * @param choice undefined when the inputs are incomplete: only the settings are validated
   * @param on.running called when a run that can be resumed begins and ends
   * @param on.ended called with the outcome
   */
  start(choice: Choice | undefined, settings: Settings, on: Listeners): Promise<void>;
  cancel(): void;
  /** Clears the error and the notice. */
  clear(): void;
}

export function useRun(remote: Work): Run {
  const [running, setRunning] = useState<Running>();
  const [error, setError] = useState<string>();
  const [fields, setFields] = useState<FieldErrors>({});
  const [notice, setNotice] = useState<string>();
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

  const start: Run['start'] = async (choice, settings, on) => {
    const chosen = trimmed(settings);
    const wrong = settingsErrors(chosen);
    const [first] = Object.keys(wrong);
    setFields(wrong);
    setError(undefined);
    setNotice(undefined);
    if (first !== undefined) focus(first);
    if (!choice || first !== undefined) return;
    controller.current = new AbortController();
    const watch = { signal: controller.current.signal, onProgress: show() };
    // only one tab may store its run; another would overwrite it
    await withLock(async (keep) => {
      if (keep) await on.running(true);
      try {
        await on.ended(await remote.run({ choice, settings: chosen, keep }, watch), chosen);
        focus('results');
      } catch (failure) {
        const { code, message } = failure as WorkError;
        const setting = settingOf(message, chosen);
        const { cancelled, resumes } = TEXTS.progress;
        if (code === 'aborted') setNotice(keep ? `${cancelled} ${resumes}` : cancelled);
        else if (setting !== undefined) setFields({ [setting]: { text: message, value: String(chosen[setting]) } });
        else setError(message);
        focus(code === 'aborted' ? 'run' : (setting ?? 'run-error'));
      }
      setRunning(undefined);
      if (keep) await on.running(false);
    });
  };

  return {
    running,
    error,
    fields,
    notice,
    start,
    cancel: () => controller.current.abort(new DOMException('cancelled', 'AbortError')),
    clear() {
      setError(undefined);
      setFields({});
      setNotice(undefined);
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

/** Focuses an element after the next render, and unfolds what it is in. */
export function focus(id: string): void {
  setTimeout(() => {
    const element = document.getElementById(id);
    unfold(element);
    element?.focus();
  }, 50);
}
