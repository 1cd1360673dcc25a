// The threshold of the student: what others give on the test rows, what they cost, and the choice of one. Loads with results.
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { percentText } from '../report/short-numbers.ts';
import { ErrorMessage } from './error-message.tsx';
import type { ThresholdCuts, UsedThreshold } from './messages.ts';
import { Numbers, type NumbersCell } from './numbers.tsx';
import { cheapest, type Given, givenAt, parseCost } from './threshold-costs.ts';

interface Props {
  readonly cuts: ThresholdCuts;
  /** The threshold of the run. */
  readonly own: number;
  /** The threshold that was chosen here; undefined: the threshold of the run. */
  readonly used: UsedThreshold | undefined;
  readonly onUse: (threshold: number) => Promise<void>;
}

const WORDS = {
  heading: 'Threshold',
  intro:
    'At this probability and above, the student calls a record class 1. Move it to see what it gives on the labelled test rows.',
  threshold: 'Threshold of the student',
  missedCost: 'Cost of a missed positive',
  alarmCost: 'Cost of a false alarm',
  wrong: (text: string): string => `“${text}”: expected a cost, a number from 0, such as 8; they cannot both be 0`,
  cheapest: (threshold: string, cost: string): string =>
    `The cheapest threshold for these costs is ${threshold}, at a cost of ${cost}.`,
  rule: (alarm: string, missed: string): string =>
    `It is chosen on the rows that measure it, so its cost is a little too low. “Threshold by” cost:FP=${alarm},FN=${missed} in the settings chooses on the validation rows instead.`,
  goCheapest: 'Show the cheapest',
  goOwn: 'Show the threshold of the run',
  use: 'Use this threshold',
  used: (threshold: string): string =>
    `What-if, scoring and the downloads now use threshold ${threshold}, until another run is opened; report.html and result.json still describe the run. SHA-256 of student.debkd:`,
  isOwn: 'What-if, scoring and the downloads use the threshold of the run again. SHA-256 of student.debkd:',
} as const;

export function ThresholdPart({ cuts, own, used, onUse }: Props): JSX.Element {
  const first = cuts.cuts.indexOf(own);
  const [k, setK] = useState(first);
  const [texts, setTexts] = useState({ missed: '1', alarm: '1' });
  const [error, setError] = useState<string>();
  const missed = parseCost(texts.missed);
  const alarm = parseCost(texts.alarm);
  const isRight = missed !== undefined && alarm !== undefined && missed + alarm > 0;
  const costs = isRight ? { missed, alarm } : { missed: 1, alarm: 1 };
  const best = cheapest(cuts, costs, own);
  const shown = givenAt(cuts, k, costs);
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
    onUse(threshold).catch((failure: Error) => setError(failure.message));
  };
  const field = (id: 'missed' | 'alarm', label: string): JSX.Element => (
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
  return (
    <section aria-labelledby="threshold-heading" id="threshold-part">
      <h2 id="threshold-heading">{WORDS.heading}</h2>
      <p>{WORDS.intro}</p>
      <label>
        {WORDS.threshold}: <span id="threshold-shown">{probability(shown.threshold)}</span>
        <input
          id="threshold"
          type="range"
          min={0}
          max={cuts.cuts.length - 1}
          step={1}
          value={k}
          aria-valuetext={`${probability(shown.threshold)}: missed ${share(shown.missed)}, false alarms ${share(shown.alarms)}`}
          onInput={(event) => setK(Number(event.currentTarget.value))}
        />
      </label>
      <Numbers
        caption="Labelled test rows by label and by what the student calls them"
        head={[cuts.isWeighted ? 'Weighted rows' : 'Rows', 'Called class 1', 'Called class 0']}
        rows={[
          ['Of class 1', cell(shown.truePositive, cuts.positive), cell(shown.falseNegative, cuts.positive, 'missed')],
          [
            'Of class 0',
            cell(shown.falsePositive, cuts.negative, 'false alarms'),
            cell(shown.trueNegative, cuts.negative),
          ],
        ]}
      />
      <div class="columns">
        {field('missed', WORDS.missedCost)}
        {field('alarm', WORDS.alarmCost)}
      </div>
      <ErrorMessage
        id="cost-error"
        text={isRight ? undefined : WORDS.wrong(missed === undefined ? texts.missed : texts.alarm)}
      />
      <Numbers
        caption="Thresholds compared"
        head={['On the test rows', ...columns.map(([name]) => name)]}
        rows={[
          row('Threshold', ({ threshold }) => probability(threshold)),
          row('Missed, of class 1', (given) => share(given.missed)),
          row('False alarms, of class 0', (given) => share(given.alarms)),
          row('Precision', (given) => share(given.precision)),
          row('Cost', (given) => cost(given.cost)),
        ]}
      />
      <p role="status" id="cheapest">
        {isRight && WORDS.cheapest(probability(cuts.cuts[best] as number), cost(givenAt(cuts, best, costs).cost))}
      </p>
      {isRight && <p class="hint">{WORDS.rule(`${alarm}`, `${missed}`)}</p>}
      <p class="buttons">
        <button type="button" disabled={!isRight || k === best} onClick={() => setK(best)}>
          {WORDS.goCheapest}
        </button>
        <button type="button" disabled={k === first} onClick={() => setK(first)}>
          {WORDS.goOwn}
        </button>
        <button
          type="button"
          class="main"
          disabled={shown.threshold === (used?.threshold ?? own)}
          onClick={() => use(shown.threshold)}
        >
          {WORDS.use}
        </button>
      </p>
      <p role="status" id="used-threshold">
        {used && (
          <>
            {used.threshold === own ? WORDS.isOwn : WORDS.used(probability(used.threshold))} <code>{used.sha256}</code>
          </>
        )}
      </p>
      <ErrorMessage text={error} />
    </section>
  );
}

const probability = (value: number): string => value.toFixed(4);
const share = (value: number): string => (Number.isFinite(value) ? percentText(value) : 'not defined');
