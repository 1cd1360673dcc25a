// The results of a run: the verdict, the figures that count, charts and metrics.
import type { ComponentChildren, JSX } from 'preact';
import { type Estimate, LOWER_IS_BETTER, METRIC_NAMES, METRICS, type Metric } from '../metrics/metric.ts';
import { Strip, VerdictBox } from '../report/charts/summary.tsx';
import { withUnits } from '../report/charts/units.ts';
import { deferralWords, shiftNote, thresholdWords } from '../report/decision-words.ts';
import { keyFigures } from '../report/key-figures.ts';
import { percentText } from '../report/short-numbers.ts';
import { verdictOf } from '../report/verdict.ts';
import { ComparedFigure, LossFigure, MarginsFigure, ReliabilityFigure, RocFigure, ShiftsFigure } from './figures.tsx';
import { Fold, usePrintedWhole } from './fold.tsx';
import type { Model, Outcome } from './messages.ts';
import { metricText, probabilityText } from './number-texts.ts';
import { Numbers, type NumbersCell, signed } from './numbers.tsx';
import { RESULT_TEXTS } from './result-texts.ts';
import { Terms } from './terms.tsx';
import { TEXTS } from './texts.ts';
import { useLoaded } from './use-loaded.ts';

const WORDS = RESULT_TEXTS.results;
const CHARTS = RESULT_TEXTS.charts;

interface Props {
  readonly outcome: Outcome;
}

/** What to do with the student, and the figures that count. @param children what follows the verdict */
export function Results({
  outcome: { result, target },
  children,
}: Props & { readonly children: ComponentChildren }): JSX.Element {
  return (
    <section aria-labelledby="results" class="results">
      <h2 id="results" tabIndex={-1}>
        {WORDS.heading}
      </h2>
      <VerdictBox verdict={verdictOf(result, target)} />
      {children}
      <Strip figures={keyFigures(result)} />
      <Terms names={['auc', 'logLoss', 'calibration']} />
    </section>
  );
}

/** The main pictures, and folded what changed, the charts and the record. */
export function ResultParts({ outcome: { result, models } }: Props): JSX.Element {
  const { figures } = result;
  usePrintedWhole();
  const byGroup = useLoaded(() => import('./group-figures.tsx'), result.groups.length > 0);
  /** Without groups these pictures tell most; with groups those of the groups do. */
  const isMain = result.groups.length === 0;
  const main = (
    <>
      <ReliabilityFigure models={models} />
      {/* two small charts, one above the other, are as high as one of the others */}
      <div>
        <ComparedFigure models={models} metric="logLoss" title={CHARTS.logLoss} better={CHARTS.left} />
        <ComparedFigure models={models} metric="auc" title={CHARTS.auc} better={CHARTS.right} />
      </div>
    </>
  );
  const own = models.find(({ name }) => name === 'de-biased')?.metrics;
  return (
    <div class="results">
      {byGroup && <byGroup.GroupFigures result={result} />}
      {isMain && models.length > 0 && <div class="figures">{main}</div>}
      {result.warnings.map((text) => (
        <p key={text} class="warning">
          {text}
        </p>
      ))}
      <Fold id="changed" title={WORDS.changed} said={WORDS.meanShift(signed(result.changes.meanShift))}>
        <p id="summary">{result.summary}</p>
        <Terms names={['debiasing', 'infusion', 'softLabel']} />
      </Fold>
      <Decisions result={result} />
      {models.length > 0 && (
        <Fold
          id="charts"
          title={TEXTS.parts.names.charts}
          said={own && WORDS.measured(metricText(own.auc.value), metricText(own.logLoss.value), METRICS.length - 2)}
        >
          <div class="figures">
            {!isMain && main}
            <RocFigure models={models} />
            {figures && <MarginsFigure margins={figures.margins} />}
            <ShiftsFigure result={result} />
            {figures && figures.training.length > 1 && (
              <LossFigure
                epochs={figures.training.map(({ train, validation }) => ({
                  train,
                  validation: validation ?? Number.NaN,
                }))}
                total={figures.training.length}
              />
            )}
          </div>
          <h3>{WORDS.metrics(result.rows.labelled.test)}</h3>
          <Numbers
            caption={WORDS.table}
            head={[WORDS.metric, WORDS.better, ...models.map(({ name }) => name)]}
            rows={METRICS.map((metric) => [
              METRIC_NAMES[metric],
              LOWER_IS_BETTER.has(metric) ? WORDS.lower : WORDS.higher,
              ...cells(models, metric),
            ])}
            stack
          />
          <Terms names={['kd']} />
        </Fold>
      )}
      <Record result={result} />
    </div>
  );
}

/** The thresholds of groups, and when the student defers. */
function Decisions({ result }: Pick<Outcome, 'result'>): JSX.Element {
  const { deferral, groupThresholds } = result;
  const thresholds = useLoaded(() => import('../report/group-threshold-part.ts'), groupThresholds !== undefined);
  const test = deferral?.test;
  return (
    <>
      {thresholds && (
        <Fold id="group-thresholds-heading" title={WORDS.groupThresholds} said={groupThresholds?.column}>
          <ul id="group-thresholds">
            {thresholds.thresholdList(result).map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </Fold>
      )}
      {deferral && (
        <Fold
          id="deferral-heading"
          title={WORDS.defers}
          said={
            test &&
            withUnits(WORDS.deferred(percentText(1 - test.answered.value), percentText(test.answeredErrors.value)))
          }
        >
          <ul id="deferral">
            {deferralWords(deferral).map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
          {shiftNote(deferral) && <p>{shiftNote(deferral)}</p>}
          <Terms names={['deferral']} />
        </Fold>
      )}
    </>
  );
}

/** The student, its digest and the command of the run. */
function Record({ result }: Pick<Outcome, 'result'>): JSX.Element {
  const { student } = result;
  const { thresholdChoice } = student;
  return (
    <Fold id="record" title={WORDS.record} said={WORDS.recordSaid(student.architecture, student.sha256.slice(0, 8))}>
      <p>
        {WORDS.student(student.architecture, student.parameters, probabilityText(student.threshold))}{' '}
        <code id="sha256">{student.sha256}</code>
      </p>
      {thresholdChoice && thresholdChoice.rule !== 'f1' && <p>{WORDS.threshold(thresholdWords(result) ?? '')}</p>}
      {result.command && (
        <>
          <h3>{WORDS.command}</h3>
          <code class="command">{result.command}</code>
        </>
      )}
    </Fold>
  );
}

/** A metric of each model, the best in bold; none in bold if several round to the best value. */
function cells(models: readonly Model[], metric: Metric): NumbersCell[] {
  const sign = LOWER_IS_BETTER.has(metric) ? 1 : -1;
  const costs = models.map(({ metrics }) => {
    const { value } = metrics[metric];
    return Number.isNaN(value) ? Infinity : sign * Number(value.toFixed(3));
  });
  const least = Math.min(...costs);
  const isUnique = Number.isFinite(least) && costs.filter((cost) => cost === least).length === 1;
  return models.map(({ metrics }, k) => cell(metrics[metric], isUnique && costs[k] === least));
}

function cell({ value, low, high }: Estimate, strong: boolean): NumbersCell {
  if (Number.isNaN(value)) return WORDS.notDefined;
  return { value: metricText(value), small: WORDS.interval(metricText(low), metricText(high)), strong };
}
