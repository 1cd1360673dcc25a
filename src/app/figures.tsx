// The pictures of a distillation.
import type { JSX } from 'preact';
import type { Metric } from '../metrics/metric.ts';
import { type Histogram, MARGIN_TICKS, marginTick, pointRadius, type ReliabilityBin } from '../report/figures-data.ts';
import { byDistance, groupName, isGlobal } from '../report/group-shifts.ts';
import { Chart, path } from './chart.tsx';
import type { Model, Outcome } from './messages.ts';

const UNIT = [0, 1] as const;
/** The style of each model, in the order of Outcome.models. */
const STYLES = ['teacher', 'debiased', 'plain', 'hard'];

export function Reliability({ models }: { readonly models: readonly Model[] }): JSX.Element {
  const shown = models.filter(({ name }) => name === 'teacher' || name === 'de-biased');
  const bins = shown.flatMap(({ name, reliability }) =>
    reliability.map((bin): [string, ReliabilityBin] => [name, bin]),
  );
  const most = Math.max(...bins.map(([, { rows }]) => rows));
  return (
    <Chart
      title="Reliability, before and after"
      caption="Test rows in ten bins of their probability, with 95 % intervals; the larger a point, the more rows. On the diagonal, of rows given 70 %, 70 % are class 1."
      x={{ domain: UNIT, label: 'mean probability' }}
      y={{ domain: UNIT, label: 'share of class 1' }}
      legend={[
        ['teacher', 'teacher'],
        ['debiased', 'de-biased student'],
      ]}
      draw={(x, y) => (
        <>
          <line class="guide" x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} />
          {bins.map(([name, { rows, probability, share, low, high }]) => {
            const r = pointRadius(rows, most);
            return (
              <g key={`${name}${probability}`} class={name === 'teacher' ? 'teacher' : 'debiased'}>
                <line class="interval" x1={x(probability)} x2={x(probability)} y1={y(low)} y2={y(high)} />
                {name === 'teacher' ? (
                  <rect x={x(probability) - r} y={y(share) - r} width={2 * r} height={2 * r} />
                ) : (
                  <circle cx={x(probability)} cy={y(share)} r={r} />
                )}
              </g>
            );
          })}
        </>
      )}
      head={['Model', 'Rows', 'Mean probability', 'Share of class 1', 'Interval']}
      rows={bins.map(([name, { rows, probability, share, low, high }]) => [
        ...[name, rows, probability.toFixed(3), share.toFixed(3), `${low.toFixed(3)} to ${high.toFixed(3)}`],
      ])}
    />
  );
}

export function Roc({ models }: { readonly models: readonly Model[] }): JSX.Element {
  return (
    <Chart
      title="ROC"
      caption="True against false positive rate on the test rows."
      x={{ domain: UNIT, label: 'false positive rate' }}
      y={{ domain: UNIT, label: 'true positive rate' }}
      legend={models.map(({ name }, i) => [STYLES[i] as string, name])}
      draw={(x, y) => (
        <>
          <line class="guide" x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} />
          {models.map(({ name, roc }, i) => (
            <path key={name} class={`line ${STYLES[i]}`} d={path(roc, x, y)} />
          ))}
        </>
      )}
      head={['Model', 'AUC', 'Interval']}
      rows={models.map(({ name, metrics: { auc } }) => [
        ...[name, auc.value.toFixed(4), `${auc.low.toFixed(4)} to ${auc.high.toFixed(4)}`],
      ])}
    />
  );
}

/** Each model's metric with its interval, side by side. */
export function Compared({
  models,
  metric,
  title,
  better,
}: {
  readonly models: readonly Model[];
  readonly metric: Metric;
  readonly title: string;
  readonly better: string;
}): JSX.Element {
  const estimates = models.map(({ metrics }) => metrics[metric]);
  const [low, high] = [Math.min(...estimates.map((e) => e.low)), Math.max(...estimates.map((e) => e.high))];
  const room = 0.05 * (high - low || 1);
  return (
    <Chart
      title={title}
      caption={`On the test rows, with 95 % intervals; ${better} is better.`}
      x={{ domain: [low - room, high + room], label: title }}
      y={{ domain: [models.length, 0], label: '', ticks: [] }}
      height={200}
      draw={(x, y) =>
        models.map(({ name }, i) => {
          const { value, low: from, high: to } = estimates[i] as (typeof estimates)[number];
          const at = y(i + 0.65);
          return (
            <g key={name} class={STYLES[i]}>
              <line class="interval" x1={x(from)} x2={x(to)} y1={at} y2={at} />
              <circle cx={x(value)} cy={at} r="5" />
              <text class="name" x={x(value)} y={at - 10} text-anchor="middle">
                {`${name} ${value.toFixed(4)}`}
              </text>
            </g>
          );
        })
      }
      head={['Model', title, 'Interval']}
      rows={models.map(({ name }, i) => {
        const { value, low: from, high: to } = estimates[i] as (typeof estimates)[number];
        return [name, value.toFixed(4), `${from.toFixed(4)} to ${to.toFixed(4)}`];
      })}
    />
  );
}

export function Margins({ figures }: { readonly figures: NonNullable<Outcome['result']['figures']> }): JSX.Element {
  const { teacher, debiased } = figures.margins;
  const most = Math.max(...[teacher, debiased].flatMap((h) => [...h.negatives, ...h.positives]), 1);
  const bars = (h: Histogram, x: (v: number) => number, y: (v: number) => number, up: boolean): JSX.Element[] =>
    h.from.flatMap((from, k) =>
      (['negatives', 'positives'] as const).map((kind) => {
        const size = Math.abs(y(h[kind][k] as number) - y(0));
        const at = up ? y(0) - size : y(0);
        return (
          <rect
            key={`${up}${from}${kind}`}
            class={`bar ${kind}`}
            x={x(from) + 0.5}
            y={at}
            width={Math.max(1, x(from + h.width) - x(from) - 1)}
            height={size}
          />
        );
      }),
    );
  return (
    <Chart
      title="Margins by class"
      caption="Log-odds of the labelled training rows: above the line as the teacher gave them, below it after de-biasing. The outer bars hold all that lies beyond."
      x={{
        ...{
          domain: [MARGIN_TICKS[0] as number, MARGIN_TICKS.at(-1) as number],
          label: 'margin (log-odds of class 1)',
        },
        ...{ ticks: MARGIN_TICKS, format: marginTick },
      }}
      y={{ domain: [-most, most], label: 'rows', format: (v) => String(Math.abs(v)) }}
      legend={[
        ['negatives', 'class 0'],
        ['positives', 'class 1'],
      ]}
      draw={(x, y) => (
        <>
          {bars(teacher, x, y, true)}
          {bars(debiased, x, y, false)}
          <line class="guide" x1={x(-8)} x2={x(8)} y1={y(0)} y2={y(0)} />
        </>
      )}
      head={['From', 'Teacher, class 0', 'Teacher, class 1', 'De-biased, class 0', 'De-biased, class 1']}
      rows={teacher.from.map((from, k) => [
        ...[from.toFixed(1), teacher.negatives[k] as number, teacher.positives[k] as number],
        ...[debiased.negatives[k] as number, debiased.positives[k] as number],
      ])}
    />
  );
}

export function Moved({ result }: { readonly result: Outcome['result'] }): JSX.Element | null {
  const { debias, changes } = result;
  const groups = byDistance(changes).slice(0, 8);
  if (groups.length === 0) return null;
  const { meanShift: all } = changes;
  const most = Math.max(...[...groups, changes].map(({ meanShift }) => Math.abs(meanShift)), 0.01);
  return (
    <Chart
      title="What moved, by group"
      caption={`Mean shift of the label's log-odds by group, furthest from the line first: it is that of all rows, ${all.toFixed(2)}. ${isGlobal(debias) ? "One correction was applied to all rows; groups differ by the teacher's own confidence." : 'There the teacher erred unlike elsewhere.'}`}
      x={{ domain: [-1.1 * most, 1.1 * most], label: 'mean shift (log-odds)' }}
      y={{ domain: [groups.length, 0], label: '', ticks: [] }}
      height={60 + 34 * groups.length}
      draw={(x, y) => (
        <>
          <line class="guide" x1={x(all)} x2={x(all)} y1={y(0)} y2={y(groups.length)} />
          {groups.map((group, i) => {
            const at = y(i + 0.5);
            return (
              <g key={groupName(group)}>
                <rect
                  class="bar debiased"
                  x={Math.min(x(0), x(group.meanShift))}
                  width={Math.abs(x(group.meanShift) - x(0))}
                  y={at + 1}
                  height="9"
                />
                <text class="name" x={x(0)} y={at - 3} text-anchor="middle">
                  {cut(groupName(group))}
                </text>
              </g>
            );
          })}
        </>
      )}
      head={['Group', 'Rows', 'Mean shift', 'Minus that of all rows']}
      rows={groups.map((group) => [
        ...[groupName(group), group.rows, group.meanShift.toFixed(3), (group.meanShift - all).toFixed(3)],
      ])}
    />
  );
}

/** The end of a name, its value, says more than the rest. */
const cut = (text: string): string => (text.length > 46 ? `${text.slice(0, 10)}…${text.slice(-35)}` : text);

export interface Epoch {
  readonly train: number;
  readonly validation: number;
}

/** Training and validation loss by epoch; also while they come. */
export function Curves({ epochs, total }: { readonly epochs: readonly Epoch[]; readonly total: number }): JSX.Element {
  const series = (['train', 'validation'] as const).filter((key) =>
    epochs.every((epoch) => Number.isFinite(epoch[key])),
  );
  const values = epochs.flatMap((epoch) => series.map((key) => epoch[key]));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = 0.05 * (high - low || 0.1);
  return (
    <Chart
      title="Training"
      caption="Mean training loss, and cross-entropy on the validation rows against what the student is chosen by. The first has the entropy of its targets taken off."
      x={{ domain: [1, Math.max(2, total)], label: 'epoch' }}
      y={{ domain: [low - room, high + room], label: 'loss' }}
      legend={series.map((key) => [
        key === 'train' ? 'plain' : 'debiased',
        key === 'train' ? 'training' : 'validation',
      ])}
      draw={(x, y) =>
        series.map((key) => (
          <path
            key={key}
            class={`line ${key === 'train' ? 'plain' : 'debiased'}`}
            d={path(
              epochs.map((epoch, i) => [i + 1, epoch[key]] as const),
              x,
              y,
            )}
          />
        ))
      }
      head={['Epoch', 'Training', 'Validation']}
      rows={epochs.map(({ train, validation }, i) => [i + 1, train.toFixed(5), validation.toFixed(5)])}
    />
  );
}
