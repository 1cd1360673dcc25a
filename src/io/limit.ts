// A limit on work that another thread does: wasm that never ends blocks the thread it runs in, and only others can tell.

/** What says that the work began or ended; `onExceeded` is called when it has not ended after `seconds`. */
export function openLimit(seconds: number, onExceeded: () => void): (busy: boolean) => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return (busy) => {
    clearTimeout(timer);
    timer = busy ? setTimeout(onExceeded, 1000 * seconds) : undefined;
  };
}

/** Seconds that the ONNX runtime may work on one thing, where nobody says otherwise. */
export const RUNTIME_SECONDS = 60;

/** What a teacher that exceeds it is refused with. */
export function exceeded(seconds: number): string {
  return `teacher: the ONNX runtime has worked for ${seconds} s on opening the model or on one batch of rows, and ${seconds} s is the limit; raise it (--teacher-limit), or use a smaller model`;
}
