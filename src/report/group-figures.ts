// Charts by group: the shifts of de-biasing, and the bias of the teacher and the student.

import { shownGroup } from '../data/shown-group.ts';
import type { GroupBias } from '../metrics/group-bias.ts';
import type { Style } from './charts/chart.tsx';
import type { ChartOf } from './charts/draw.ts';
import type { Measure } from './charts/dumbbells.tsx';
import { type Domain, paddedDomain } from './charts/scale.ts';
import { type ClassNames, classWords } from './class-words.ts';
import { whole } from './difference.ts';
import { isGlobal, shiftsOf } from './group-shifts.ts';
import type { DistillRecord } from './result.ts';
import { percentText } from './short-numbers.ts';

/** The measures of a group's bias. */
export const MEASURES: readonly [
  key: keyof GroupBias & ('falseNegativeRate' | 'falsePositiveRate' | 'calibrationGap'),
  label: string,
][] = [
  ['falseNegativeRate', 'False-negative rate'],
  ['falsePositiveRate', 'False-positive rate'],
  ['calibrationGap', 'Mean probability minus share of class 1'],
];

/** The chart of shifts by group. None if all rows have the same correction: it would suggest a group bias that was not found. */
export function shiftCharts({ debias, changes }: DistillRecord): ChartOf[] {
  if (changes.groups.length === 0 || isGlobal(debias)) return [];
  const meaning =
    'A bar that ends far from the dashed line shows a bias of the teacher that is specific to its group. The largest differences come first.';
  return [['Shifts', { groups: shiftsOf(changes), all: changes.meanShift, meaning }]];
}

/** The models of the pictures by group; plain KD only where it was measured. */
const GROUP_MODELS: readonly (Style & { readonly key: 'teacher' | 'kd' | 'student' })[] = [
  { key: 'teacher', name: 'teacher', style: 'teacher' },
  { key: 'kd', name: 'plain KD', style: 'plain' },
  { key: 'student', name: 'de-biased', style: 'student' },
];

interface Picture {
  readonly title: string;
  readonly hint: string;
  readonly caption: string;
}

/** Letters of a class that fit into a hint. */
const SHORT = 11;

/** The words of the pictures. */
function picturesOf(names: ClassNames | undefined): Readonly<Record<(typeof MEASURES)[number][0], Picture>> {
  const [zero, one] = [classWords(0, names), classWords(1, names)];
  const isShort = Math.max(zero.length, one.length) <= SHORT;
  const taken = (as: 0 | 1): string => {
    const known = isShort ? names : undefined;
    return `${classWords(as === 0 ? 1 : 0, known)} taken for ${known ? [known.negative, known.positive][as] : as}`;
  };
  return {
    falseNegativeRate: {
      title: 'Missed positives',
      hint: `${taken(0)}; lower is better`,
      caption: `Share of ${one} that a model takes for ${zero} (false-negative rate); lower is better.`,
    },
    falsePositiveRate: {
      title: 'False alarms',
      hint: `${taken(1)}; lower is better`,
      caption: `Share of ${zero} that a model takes for ${one} (false-positive rate); lower is better.`,
    },
    calibrationGap: {
      title: 'Calibration',
      hint: 'mean error in points; 0 is best',
      caption: `Mean probability minus share of ${one}; closer to 0 is better.`,
    },
  };
}

/** The models that were measured by group. */
export function groupModels({ groups }: Pick<DistillRecord, 'groups'>): typeof GROUP_MODELS {
  return GROUP_MODELS.filter(({ key }) => groups.some((models) => models[key] !== undefined));
}

/** The pictures by group, one for each measure. Where all groups are values of one column, its name is said once. */
export function groupMeasures({ groups, label }: Pick<DistillRecord, 'groups' | 'label'>): Measure[] {
  const pictures = picturesOf(label);
  const column = sharedColumn(groups);
  return MEASURES.map(([measure]): Measure => {
    const { title, hint, caption } = pictures[measure];
    const bands = groups.flatMap((models) =>
      GROUP_MODELS.flatMap(({ key }) => {
        const found = models[key]?.[measure];
        return found ? [found.value, found.low, found.high].filter(Number.isFinite) : [];
      }),
    );
    return {
      title,
      hint,
      caption,
      x: {
        domain: measure === 'calibrationGap' ? paddedDomain([0, ...bands]) : fromZero(bands),
        label: '',
        format: tickText,
      },
      text: percentText,
      groups: groups.map((models) => ({
        name: nameIn(column, models.teacher.group),
        values: `${valueText(models.teacher[measure].value)} → ${valueText(models.student[measure].value)}`,
        marks: GROUP_MODELS.flatMap(({ key, name, style }) => {
          const found = models[key]?.[measure];
          return found ? [{ name, style, ...found }] : [];
        }),
      })),
    };
  });
}

/** The name of a group in a picture: its value where the title has the column. */
function nameIn(column: string | undefined, group: string): string {
  return column === undefined ? shownGroup(group) : group.slice(column.length + 1) || 'missing';
}

/** The column of groups such as `sex=F`, if they share one and its name is short enough for a title. */
export function sharedColumn(groups: DistillRecord['groups']): string | undefined {
  const [column] = groups.map(({ teacher: { group } }) => group.split('=', 1)[0] as string);
  const isShared = groups.every(({ teacher: { group } }) => group.startsWith(`${column}=`));
  return isShared && column && column.length <= MAX_COLUMN ? column : undefined;
}

/** Letters of a column that fit into a title. */
const MAX_COLUMN = 24;

/**
 * The groups by the larger change of their two error rates, the largest first: an order for all pictures, so that they can be read across.
 * Ranges of numbers keep their own order.
 */
export function byChange(groups: DistillRecord['groups']): DistillRecord['groups'] {
  if (groups.some(isRange)) return groups;
  const change = ({ teacher, student }: DistillRecord['groups'][number]): number =>
    Math.max(
      ...(['falseNegativeRate', 'falsePositiveRate'] as const).map((rate) => {
        const by = Math.abs(whole(student[rate]).value - whole(teacher[rate]).value);
        return Number.isFinite(by) ? by : 0;
      }),
    );
  return [...groups].sort((a, b) => change(b) - change(a));
}

/** Whether a group is a range of numbers, such as `age 28 .. <37`. */
function isRange({ teacher: { group } }: DistillRecord['groups'][number]): boolean {
  return !group.includes('=') && / \.\. </.test(group);
}

/** One picture for each measure, with what the largest change is. */
export function biasCharts(result: DistillRecord): ChartOf[] {
  if (result.groups.length === 0) return [];
  const legend = groupModels(result);
  const groups = byChange(result.groups);
  const order = groups.some(isRange) ? '' : ' The largest changes of an error rate come first.';
  return groupMeasures({ ...result, groups }).map((measure, k): ChartOf => {
    const caption = `${measure.caption} ${largestChange(groups, k)}Bands are 95 % intervals; in brackets, the labelled test rows.${order}`;
    const counted = measure.groups.map((group, i) => ({ ...group, rows: groups[i]?.teacher.rows ?? 0 }));
    return ['Dumbbells', { ...measure, groups: counted, caption, legend }];
  });
}

/** The group that changes most by a measure, in words; empty where none is measured. */
function largestChange(groups: DistillRecord['groups'], k: number): string {
  const [measure] = MEASURES[k] as (typeof MEASURES)[number];
  const by = ({ teacher, student }: DistillRecord['groups'][number]): number =>
    Math.abs(whole(student[measure]).value - whole(teacher[measure]).value);
  const [most] = groups.filter((models) => Number.isFinite(by(models))).sort((a, b) => by(b) - by(a));
  if (!most) return '';
  const [before, after] = [most.teacher, most.student].map((model) => percentText(model[measure].value));
  return `The largest change is that of ${shownGroup(most.teacher.group)}: ${before} for the teacher, ${after} for the student. `;
}

/** An axis of rates begins at 0 and ends at 1 at most. */
function fromZero(values: readonly number[]): Domain {
  const most = Math.max(0.01, ...values);
  return [0, Math.min(1, 1.05 * most)];
}

function tickText(share: number): string {
  return `${Number((100 * share).toFixed(1))} %`.replace('-', '−');
}

const valueText = (share: number): string => (Number.isFinite(share) ? percentText(share) : 'none');
