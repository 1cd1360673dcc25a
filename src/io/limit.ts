// A time limit on work in another thread: wasm that never ends blocks its own thread, so another one must notice.
import { DebkdError } from './errors.ts';

/**
 * Returns a function to call with true when work begins and false when it ends; `onExceeded` is called after `seconds`
 * of work.
 */
export function openLimit(seconds: number, onExceeded: () => void): (busy: boolean) => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return (busy) => {
    clearTimeout(timer);
    timer = busy ? setTimeout(onExceeded, 1000 * seconds) : undefined;
  };
}

/** Default seconds that the ONNX runtime may take to open a model or run one batch. */
export const RUNTIME_SECONDS = 60;

/** The error of a teacher that exceeds the limit. */
export function exceeded(seconds: number): DebkdError {
  return new DebkdError('teacher', {
    subject: 'teacher',
    seen: `the ONNX runtime took longer than the limit of ${seconds} s to open the model or to run a batch`,
    remedy: [{ id: 'raise-limit' }, 'use a smaller model'],
  });
}
