// Offers the stored session: open it again, or delete it.
import type { JSX } from 'preact';
import type { Files } from './sort-files.ts';
import { TEXTS } from './texts.ts';

interface Props {
  readonly files: Files;
  /** Whether a run is unfinished. */
  readonly running: boolean;
  readonly onOpen: () => void;
  readonly onForget: () => void;
}

export function Earlier({ files: { models = [], rows, images }, running, onOpen, onForget }: Props): JSX.Element {
  return (
    <section aria-labelledby="earlier" class="earlier">
      <h2 id="earlier">{TEXTS.earlier.heading}</h2>
      <p>
        {models.map(({ name }) => name).join(', ') || 'no teacher'} and {rows?.name ?? images?.name ?? 'no rows'}
        {running ? ', with an interrupted run.' : '.'}
      </p>
      <p class="buttons">
        <button type="button" class="main" onClick={onOpen}>
          {running ? 'Resume' : 'Open again'}
        </button>
        <button type="button" onClick={onForget}>
          Delete
        </button>
      </p>
    </section>
  );
}
