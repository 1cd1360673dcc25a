// A time limit on work in another thread: wasm that never ends blocks its own thread, so another one must notice.

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

/** Message for a teacher that exceeds the limit. */
export function exceeded(seconds: number): string {
  return `teacher: the ONNX runtime has worked for ${seconds} s on opening the model or on one batch of rows, and ${seconds} s is the limit; raise it (--teacher-limit), or use a smaller model`;
}
