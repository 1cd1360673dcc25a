// The results of a run: metrics and charts.
import type { JSX } from 'preact';
import { METRIC_NAMES, METRICS, type Metric } from '../metrics/metric.ts';
import { deferralWords, SHIFT_NOTE, thresholdWords } from '../report/decision-words.ts';
import { ComparedFigure, LossFigure, MarginsFigure, ReliabilityFigure, RocFigure, ShiftsFigure } from './figures.tsx';
import type { Model, Outcome } from './messages.ts';
import { Numbers } from './numbers.tsx';
import { useLoaded } from './use-loaded.ts';

export function Results({ outcome: { result, models } }: { readonly outcome: Outcome }): JSX.Element {
  const { student, figures, warnings } = result;
  const groups = useLoaded(() => import('../report/group-threshold-part.ts'), result.groupThresholds !== undefined);
  return (
    <section aria-labelledby="results">
      <h2 id="results" tabIndex={-1}>
        Results
      </h2>
      <p id="summary">{result.summary}</p>
      {warnings.map((text) => (
        <p key={text} class="warning">
          {text}
        </p>
      ))}
      <p>
        Student: {student.architecture}, {student.parameters.toLocaleString('en')} parameters, threshold{' '}
        {student.threshold.toFixed(4)}. SHA-256 of student.debkd: <code id="sha256">{student.sha256}</code>
      </p>
      {student.thresholdChoice && student.thresholdChoice.rule !== 'f1' && <p>{thresholdWords(result)}.</p>}
      {groups && (
        <ul id="group-thresholds">
          {groups.thresholdList(result).map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      {result.deferral && (
        <>
          <h3>When the student defers</h3>
          <ul id="deferral">
            {deferralWords(result.deferral).map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
          <p>{SHIFT_NOTE}</p>
        </>
      )}
      {models.length > 0 && (
        <>
          <h3>Metrics on {result.rows.labelled.test.toLocaleString('en')} labelled test rows, with 95 % intervals</h3>
          <Numbers
            caption="Metrics"
            head={['Metric', ...models.map(({ name }) => name)]}
            rows={METRICS.map((metric) => [METRIC_NAMES[metric], ...models.map((model) => show(model, metric))])}
          />
          <div class="figures">
            <ReliabilityFigure models={models} />
            <RocFigure models={models} />
            <ComparedFigure models={models} metric="auc" title="AUC" better="right" />
            <ComparedFigure models={models} metric="logLoss" title="Log-loss" better="left" />
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
        </>
      )}
      {result.command && (
        <details>
          <summary>The same run on the command line</summary>
          <code class="command">{result.command}</code>
        </details>
      )}
    </section>
  );
}

function show({ metrics }: Model, metric: Metric): string {
  const { value, low, high } = metrics[metric];
  return Number.isNaN(value) ? 'not defined' : `${value.toFixed(4)} (${low.toFixed(4)} to ${high.toFixed(4)})`;
}
