// The results of the run that is shown: metrics, images, what-if and downloads. Loads with the first run.
import type { JSX } from 'preact';
import { Downloads } from './downloads.tsx';
import type { KeptRun } from './kept-runs.ts';
import type { Picture, Work } from './messages.ts';
import { Results } from './results.tsx';
import { TEXTS } from './texts.ts';
import { useLoaded } from './use-loaded.ts';
import { WhatIf } from './what-if.tsx';

export { ProgressStep } from './progress.tsx';

interface Props {
  readonly run: KeptRun;
  /** Which run this is, where it may be unclear. */
  readonly notice: string | undefined;
  /** A picture that was dropped on the page. */
  readonly dropped: File | undefined;
  readonly ask: (record: Readonly<Record<string, string>>, picture?: Picture) => ReturnType<Work['answer']>;
  readonly remote: Work;
}

export function RunResults({ run, notice, dropped, ask, remote }: Props): JSX.Element {
  const { id, outcome, readOnly } = run;
  const shown = useLoaded(() => import('./shown-images.tsx'), outcome.images !== undefined);
  return (
    <>
      {notice !== undefined && (
        <p class="which" role="status">
          {notice}
        </p>
      )}
      <Results key={`results ${id}`} outcome={outcome} />
      {shown && outcome.images && <shown.Images images={outcome.images} />}
      {readOnly ? (
        <p class="which">{TEXTS.runs.readOnly}</p>
      ) : (
        <>
          <WhatIf key={`what if ${id}`} outcome={outcome} dropped={dropped} ask={ask} remote={remote} />
          <Downloads
            key={`downloads ${id}`}
            outcome={outcome}
            download={(what, quantize) => remote.download(what, { quantize })}
          />
        </>
      )}
    </>
  );
}
