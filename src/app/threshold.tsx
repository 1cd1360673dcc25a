// The threshold of the student: what others give on the test rows, what they cost, and the choice of one. Loads with results.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { classWords } from '../report/class-words.ts';
import type { DeferralPromise } from '../report/decision-words.ts';
import { percentText } from '../report/short-numbers.ts';
import { ErrorMessage } from './error-message.tsx';
import type { CutBand, Outcome, ThresholdCuts, UsedThreshold } from './messages.ts';
import { probabilityText } from './number-texts.ts';
import { Numbers, type NumbersCell } from './numbers.tsx';
import { Terms } from './terms.tsx';
import { TEXTS } from './texts.ts';
import { cheapest, type Given, givenAt, parseCost } from './threshold-costs.ts';
import { useLoaded } from './use-loaded.ts';

interface Props {
  readonly cuts: ThresholdCuts;
  readonly target: Outcome['target'];
  /** What the band of the run promises; undefined for a student that answers everything. */
  readonly promise: DeferralPromise | undefined;
  /** The threshold of the run. */
  readonly own: number;
  /** The threshold that was chosen here; undefined: the threshold of the run. */
  readonly used: UsedThreshold | undefined;
  readonly onUse: (threshold: number, band: CutBand | undefined) => Promise<void>;
}

const { threshold: WORDS } = TEXTS;

/** A button that keeps the focus when it has nothing left to do. */
function Choice({
  words,
  isOff,
  isMain = false,
  onChoose,
}: {
  readonly words: string;
  readonly isOff: boolean;
  readonly isMain?: boolean;
  readonly onChoose: () => void;
}): JSX.Element {
  return (
    <button
      type="button"
      class={isMain ? 'main' : undefined}
      aria-disabled={isOff}
      onClick={() => {
        if (!isOff) onChoose();
      }}
    >
      {words}
    </button>
  );
}

export function ThresholdPart({ cuts, target, promise, own, used, onUse }: Props): JSX.Element {
  const first = cuts.cuts.indexOf(own);
  const [k, setK] = useState(first);
  const [texts, setTexts] = useState({ missed: '1', alarm: '1', deferred: '0.1' });
  const [error, setError] = useState<string>();
  const missed = parseCost(texts.missed);
  const alarm = parseCost(texts.alarm);
  const deferred = parseCost(texts.deferred);
  const isRight = missed !== undefined && alarm !== undefined && deferred !== undefined && missed + alarm > 0;
  const costs = isRight ? { missed, alarm, deferred } : { missed: 1, alarm: 1, deferred: 0 };
  const best = cheapest(cuts, costs, own);
  const shown = givenAt(cuts, k, costs);
  const band = cuts.bands?.[k];
  const bands = useLoaded(() => import('./threshold-band.tsx'), promise !== undefined);
  const [zero, one] = [classWords(0, target), classWords(1, target)];
  const count = (rows: number): string => rows.toLocaleString('en', { maximumFractionDigits: cuts.isWeighted ? 1 : 0 });
  const cost = (value: number): string =>
    isRight ? value.toLocaleString('en', { maximumFractionDigits: 2 }) : 'not defined';
  const cell = (rows: number, of: number, error?: string): NumbersCell => ({
    value: count(rows),
    small: `(${share(rows / of)}${error === undefined ? '' : `, ${error}`})`,
    strong: false,
  });
  const use = (threshold: number): void => {
    setError(undefined);
    onUse(threshold, band ?? undefined).catch((failure: Error) => setError(failure.message));
  };
  const field = (id: keyof typeof texts, label: string): JSX.Element => (
    <label>
      {label}
      <input
        id={`cost-${id}`}
        inputMode="decimal"
        value={texts[id]}
        aria-describedby="cost-error"
        onInput={(event) => {
          // the element of the event is gone when the change is made
          const { value } = event.currentTarget;
          setTexts((all) => ({ ...all, [id]: value }));
        }}
      />
    </label>
  );
  const columns: readonly (readonly [string, Given])[] = [
    ['Shown', shown],
    ['Of the run', givenAt(cuts, first, costs)],
    ['Cheapest', givenAt(cuts, best, costs)],
  ];
  const row = (name: string, text: (given: Given) => string): string[] => [
    name,
    ...columns.map(([, given]) => text(given)),
  ];
  const wrongCost = missed === undefined ? texts.missed : deferred === undefined ? texts.deferred : texts.alarm;
  const valueText = [
    `${probabilityText(shown.threshold)}: ${WORDS.missed} ${share(shown.missed)}, ${WORDS.alarms} ${share(shown.alarms)}`,
    ...(promise ? [`deferred ${share(shown.deferred)}`] : []),
  ].join(', ');
  return (
    <section aria-labelledby="threshold-heading" id="threshold-part">
      <h2 id="threshold-heading">{WORDS.heading}</h2>
      <p>{WORDS.intro(one)}</p>
      <Terms names={['threshold', 'missed']} />
      <label>
        {WORDS.threshold}: <span id="threshold-shown">{probabilityText(shown.threshold)}</span>
        <span class="slide">
          {bands && <bands.BandMarks cuts={cuts} band={band} />}
          <input
            id="threshold"
            type="range"
            min={0}
            max={cuts.cuts.length - 1}
            step={1}
            value={k}
            aria-valuetext={valueText}
            aria-describedby={bands && 'band'}
            onInput={(event) => setK(Number(event.currentTarget.value))}
          />
        </span>
      </label>
      {bands && promise && <bands.BandWords band={band} shown={shown} promise={promise} />}
      <div class="pair">
        <div>
          <Numbers
            caption="Labelled test rows by label and by what the student calls them"
            head={[
              cuts.isWeighted ? 'Weighted rows' : 'Rows',
              WORDS.called(one),
              WORDS.called(zero),
              ...(bands ? [bands.BAND_TEXTS.deferred] : []),
            ]}
            rows={[
              [
                WORDS.of(one),
                cell(shown.truePositive, cuts.positive),
                cell(shown.falseNegative, cuts.positive, WORDS.missed),
                ...(bands ? [cell(shown.deferredPositive, cuts.positive)] : []),
              ],
              [
                WORDS.of(zero),
                cell(shown.falsePositive, cuts.negative, WORDS.alarms),
                cell(shown.trueNegative, cuts.negative),
                ...(bands ? [cell(shown.deferredNegative, cuts.negative)] : []),
              ],
            ]}
          />
          <div class="costs">
            {field('missed', WORDS.missedCost)}
            {field('alarm', WORDS.alarmCost)}
            {bands && field('deferred', bands.BAND_TEXTS.cost)}
          </div>
          <ErrorMessage id="cost-error" text={isRight ? undefined : WORDS.wrong(wrongCost)} />
        </div>
        <Numbers
          caption="Thresholds compared"
          head={['On the test rows', ...columns.map(([name]) => name)]}
          rows={[
            row('Threshold', ({ threshold }) => probabilityText(threshold)),
            row(WORDS.missedOf(one), (given) => share(given.missed)),
            row(WORDS.alarmsOf(zero), (given) => share(given.alarms)),
            row('Precision', (given) => share(given.precision)),
            ...(bands
              ? [
                  row(bands.BAND_TEXTS.deferred, (given) => share(given.deferred)),
                  row(bands.BAND_TEXTS.wrong, (given) => share(given.wrong)),
                ]
              : []),
            row('Cost', (given) => cost(given.cost)),
          ]}
        />
      </div>
      <p role="status" id="cheapest">
        {isRight && WORDS.cheapest(probabilityText(cuts.cuts[best] as number), cost(givenAt(cuts, best, costs).cost))}
      </p>
      {isRight && <p class="hint">{WORDS.rule(`${alarm}`, `${missed}`)}</p>}
      <p class="buttons">
        <Choice isOff={!isRight || k === best} onChoose={() => setK(best)} words={WORDS.goCheapest} />
        <Choice isOff={k === first} onChoose={() => setK(first)} words={WORDS.goOwn} />
        <Choice
          isMain
          isOff={shown.threshold === (used?.threshold ?? own) || band === null}
          onChoose={() => use(shown.threshold)}
          words={WORDS.use}
        />
      </p>
      <p role="status" id="used-threshold">
        {used && (
          <>
            {used.threshold === own ? WORDS.isOwn : WORDS.used(probabilityText(used.threshold))}{' '}
            <code>{used.sha256}</code>
            {bands && !isPromised(cuts, used.threshold) && ` ${bands.BAND_TEXTS.gone}`}
          </>
        )}
      </p>
      <ErrorMessage text={error} />
    </section>
  );
}

/** Whether a threshold keeps the promise of the run. */
function isPromised({ cuts, bands }: ThresholdCuts, threshold: number): boolean {
  return bands?.[cuts.indexOf(threshold)]?.isPromised === true;
}

const share = (value: number): string => (Number.isFinite(value) ? percentText(value) : 'not defined');
