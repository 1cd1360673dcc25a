// The results of the run that is shown: metrics, images, what-if and downloads. Loads with the first run.
import type { JSX } from 'preact';
import { useCallback, useEffect, useState } from 'preact/hooks';
import { Downloads, StudentButton } from './downloads.tsx';
import { JumpList, type PartId } from './jump-list.tsx';
import type { KeptRun } from './kept-runs.ts';
import type { Picture, UsedThreshold, Work } from './messages.ts';
import { ResultParts, Results } from './results.tsx';
import { Rows } from './rows.tsx';
import { focus } from './run.ts';
import { ScorePart } from './score.tsx';
import { TEXTS } from './texts.ts';
import { useLoaded } from './use-loaded.ts';
import { type Tried, WhatIf } from './what-if.tsx';

// the curves of a run, which waits for its results anyway
export { LossFigure } from './figures.tsx';

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
  const { result } = outcome;
  const shown = useLoaded(() => import('./shown-images.tsx'), outcome.images !== undefined);
  const decide = useLoaded(() => import('./threshold.tsx'), outcome.cuts !== undefined && !readOnly);
  const [used, setUsed] = useState<UsedThreshold>();
  const [tried, setTried] = useState<Tried & { readonly run: string }>();
  useEffect(() => setUsed(undefined), [outcome]);
  /** The picture for what-if: the one that was dropped or chosen from the lists last. */
  const [picture, setPicture] = useState<File>();
  useEffect(() => setPicture(undefined), [id]);
  useEffect(() => setPicture(dropped), [dropped]);
  const tryPicture = (file: File): void => {
    setPicture(file);
    focus('what-if');
  };
  // the rows of the table are its files
  const kept = run.inputs !== undefined;
  const isOfImages = outcome.inputs.some(({ type, teacherOnly }) => type === 'image' && !teacherOnly);
  const hasRows = !outcome.images && result.rows.test > 0;
  const has: Readonly<Record<PartId, boolean>> = {
    'group-figures': result.groups.length > 0,
    changed: true,
    'group-thresholds-heading': result.groupThresholds !== undefined,
    'deferral-heading': result.deferral !== undefined,
    charts: outcome.models.length > 0,
    record: true,
    'shown-images': outcome.images !== undefined,
    'threshold-part': decide !== undefined,
    rows: hasRows && !readOnly,
    'what-if': !readOnly,
    score: !isOfImages && !readOnly,
    downloads: !readOnly,
  };
  // another threshold asks again
  const askAgain = useCallback<Props['ask']>((record, picture) => ask(record, picture), [ask, used]);
  return (
    <>
      {notice !== undefined && (
        <p class="which" role="status">
          {notice}
        </p>
      )}
      <Results key={`results ${id}`} outcome={outcome}>
        {!readOnly && (
          <StudentButton
            bytes={result.student.bytes}
            download={() => remote.download('student', { quantize: undefined })}
          />
        )}
      </Results>
      <JumpList has={has} />
      <ResultParts key={`parts ${id}`} outcome={outcome} />
      {shown && outcome.images && <shown.Images images={outcome.images} onTry={readOnly ? undefined : tryPicture} />}
      {readOnly ? (
        <p class="which">{TEXTS.runs.readOnly}</p>
      ) : (
        <>
          {decide && outcome.cuts && (
            <decide.ThresholdPart
              key={`threshold ${id}`}
              cuts={outcome.cuts}
              target={outcome.target}
              promise={outcome.cuts.bands && result.deferral}
              own={result.student.threshold}
              used={used}
              onUse={async (threshold, band) => setUsed(await remote.useThreshold(threshold, band))}
            />
          )}
          {hasRows && (
            <Rows
              key={`rows ${id}`}
              kept={kept}
              outcome={outcome}
              remote={remote}
              onTry={(at) => setTried({ at, run: id })}
            />
          )}
          <WhatIf
            key={`what if ${id}`}
            outcome={outcome}
            kept={kept}
            tried={tried?.run === id ? tried : undefined}
            dropped={picture}
            ask={askAgain}
            remote={remote}
          />
          {isOfImages ? (
            <p class="which">{TEXTS.score.images}</p>
          ) : (
            <ScorePart key={`score ${id} ${used?.sha256}`} remote={remote} />
          )}
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
