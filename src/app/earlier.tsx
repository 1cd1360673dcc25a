// What was chosen on this device before, to go on with or to throw away.
import type { JSX } from 'preact';
import type { Files } from './files.tsx';

interface Props {
  readonly files: Files;
  /** A run was begun and not ended. */
  readonly running: boolean;
  readonly onOpen: () => void;
  readonly onForget: () => void;
}

export function Earlier({ files: { model, rows }, running, onOpen, onForget }: Props): JSX.Element {
  return (
    <section aria-labelledby="earlier" class="earlier">
      <h2 id="earlier">Earlier on this device</h2>
      <p>
        {model?.name ?? 'no teacher'} and {rows?.name ?? 'no rows'}
        {running ? ', and a run that was interrupted.' : '.'}
      </p>
      <p class="buttons">
        <button type="button" class="main" onClick={onOpen}>
          {running ? 'Resume' : 'Open again'}
        </button>
        <button type="button" onClick={onForget}>
          Forget
        </button>
      </p>
    </section>
  );
}
