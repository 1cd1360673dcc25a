// Shows the deferral band next to the threshold's slider: its ends, what it gives and what it promises. The page loads this file for a
// student that defers.
import type { JSX } from 'preact';
import { withUnits } from '../report/charts/units.ts';
import { aimWords, bandWords, type DeferralPromise, isPromise } from '../report/decision-words.ts';
import { percentText } from '../report/short-numbers.ts';
import { BAND_TEXTS } from './band-texts.ts';
import type { CutBand, ThresholdCuts } from './messages.ts';
import { probabilityText } from './number-texts.ts';
import { type Given, placeOf } from './threshold-costs.ts';

export { BAND_TEXTS };

const WORDS = BAND_TEXTS;
/** Units of the drawing over the whole slider. */
const WIDTH = 1000;

/** The band on the slider. The words below say the same. */
export function BandMarks({
  cuts,
  band,
}: {
  readonly cuts: ThresholdCuts;
  readonly band: CutBand | null | undefined;
}): JSX.Element | null {
  if (!band) return null;
  const [from, to] = [band.from, band.to].map((p) => WIDTH * placeOf(cuts, p)) as [number, number];
  return (
    <svg class="band" viewBox={`0 0 ${WIDTH} 10`} preserveAspectRatio="none" aria-hidden="true">
      <rect x={from} width={to - from} height="10" />
      <path d={`M${from} 0v10M${to} 0v10`} />
    </svg>
  );
}

/** What the band at the shown threshold gives, and whether it promises anything. */
export function BandWords({
  band,
  shown,
  promise,
}: {
  readonly band: CutBand | null | undefined;
  readonly shown: Given;
  readonly promise: DeferralPromise;
}): JSX.Element {
  if (!band)
    return (
      <p id="band" class="warning">
        {withUnits(WORDS.noBand(aimWords(promise)))}
      </p>
    );
  const wrong = Number.isFinite(shown.wrong) ? percentText(shown.wrong) : 'none';
  const ends = [probabilityText(band.from), probabilityText(band.to)] as const;
  return (
    <>
      <p id="band">
        {withUnits(
          band.from < band.to ? WORDS.band(ends, [percentText(shown.deferred), wrong]) : WORDS.noneDeferred(wrong),
        )}
      </p>
      <p id="band-promise" class={band.isPromised || !isPromise(promise) ? 'hint' : 'warning'}>
        {withUnits(promiseText(band, promise, shown.threshold))}
      </p>
    </>
  );
}

function promiseText({ isPromised }: CutBand, promise: DeferralPromise, threshold: number): string {
  if (!isPromise(promise)) return isPromised ? WORDS.chosen(bandWords(promise)) : WORDS.chosenAgain;
  return isPromised ? WORDS.promised(bandWords(promise)) : WORDS.notPromised(probabilityText(threshold));
}
