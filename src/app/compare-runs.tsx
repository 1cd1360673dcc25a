// Two or three runs side by side: their settings and the metrics of their students.
import type { JSX } from 'preact';
import { METRIC_NAMES, METRICS } from '../metrics/metric.ts';
import { COMPARE_TEXTS } from './compare-texts.ts';
import type { RunHead } from './kept-runs.ts';
import { metricText } from './number-texts.ts';
import { Numbers } from './numbers.tsx';

const WORDS = COMPARE_TEXTS;

export function ComparedRuns({ heads }: { readonly heads: readonly RunHead[] }): JSX.Element {
  const names = [...new Set(heads.flatMap(({ settings }) => Object.keys(settings)))];
  const shown = (value: number | undefined): string =>
    value === undefined || Number.isNaN(value) ? WORDS.undefinedMetric : metricText(value);
  const rows = [
    [WORDS.teacherRow, ...heads.map(({ teacher }) => teacher)],
    [WORDS.studentRow, ...heads.map(({ student }) => student)],
    ...names.map((name) => [name, ...heads.map(({ settings }) => String(settings[name] ?? WORDS.default))]),
    ...METRICS.map((metric) => [
      METRIC_NAMES[metric],
      ...heads.map(({ metrics }) => shown(metrics['de-biased']?.[metric])),
    ]),
    [WORDS.teacherAuc, ...heads.map(({ metrics }) => shown(metrics['teacher']?.auc))],
  ];
  const doubt = doubtOf(heads);
  return (
    <div id="compared-runs">
      {doubt && <p class="warning">{doubt}</p>}
      {/* two runs may have the same name */}
      <Numbers caption={WORDS.compared} head={['', ...heads.map(({ name }, i) => `${i + 1}. ${name}`)]} rows={rows} />
    </div>
  );
}

/** Why the differences between runs may not be those of their students. */
function doubtOf(heads: readonly RunHead[]): string | undefined {
  const known = (key: 'label' | 'testRows'): readonly string[] => heads.flatMap((head) => head[key] ?? []);
  if (new Set(known('label')).size > 1) return WORDS.otherLabels([...new Set(known('label'))]);
  if (new Set(known('testRows')).size > 1) return WORDS.otherRows;
  return known('testRows').length < heads.length ? WORDS.unknownRows : undefined;
}
