// The verdict on a student, by rules over 95 % intervals; docs/method.md states them.
import { NUMBER_ROWS } from '../data/equal-rows.ts';
import { shownGroup } from '../data/shown-group.ts';
import type { Estimate } from '../metrics/metric.ts';
import type { ClassNames } from './class-words.ts';
import { type Change, changeOf, differenceOf } from './difference.ts';
import { changedGroups, type GroupChange, groupWords } from './group-changes.ts';
import type { DistillRecord } from './result.ts';
import { sizeText, unsigned } from './short-numbers.ts';

/** What to do with the student. */
export type VerdictLevel = 'ship' | 'caution' | 'no';

/** The verdict on a student. */
export interface Verdict {
  /** Whether to use it: yes, after a look at the reasons, or not yet. */
  readonly level: VerdictLevel;
  /** What was found, in one sentence. */
  readonly headline: string;
  /** What to do, in one sentence. */
  readonly advice: string;
  /** What it rests on, a sentence each. */
  readonly reasons: readonly string[];
  /** What to change; absent where nothing is wrong. */
  readonly next?: string;
}

/** With fewer labelled test rows no difference is called clear. */
export const FEWEST_TEST_ROWS = 100;
/** A rise of the teacher's log-loss by more than this share is too much. */
export const LARGEST_RISE = 0.05;
/** With fewer labelled training and validation rows, more labels help most. */
export const FEW_LABELS = 500;
/** A student with fewer parameters may be too small. */
export const SMALL_STUDENT = 5000;

/** Groups among the reasons. */
const MOST_GROUPS = 4;

type Rival = 'teacher' | 'hard' | 'kd';
const RIVALS: Readonly<Record<Rival, string>> = {
  teacher: 'its teacher',
  hard: 'a student of the labels alone',
  kd: 'a student of plain KD',
};

/** The student and a rival on the same rows. */
interface Pair {
  readonly rival: Rival;
  readonly name: string;
  readonly student: Estimate;
  readonly other: Estimate;
  /** The difference in log-loss. */
  readonly difference: Estimate;
  readonly change: Change;
}

/** The verdict on the student of a record. @param names the classes of the table; default those of the record */
export function verdictOf(result: DistillRecord, names: ClassNames | undefined = result.label): Verdict {
  const pairs = pairsOf(result);
  const tested = result.rows.labelled.test;
  if (!result.metrics.test) {
    const isEmpty = result.rows.test === 0;
    return {
      level: 'no',
      headline: `The student was not measured: ${isEmpty ? 'the split has no test rows' : 'no test row has a label'}.`,
      advice: 'Do not ship it yet: nothing is known about its answers.',
      reasons: [],
      next: isEmpty
        ? `Measure it on at least ${FEWEST_TEST_ROWS} labelled rows that it has not seen (debkd evaluate), or distil again with a split that has test rows.`
        : `Label some test rows, at least ${FEWEST_TEST_ROWS}, and distil again.`,
    };
  }
  const groups = changedGroups(result, names);
  const teacher = pairs.find(({ rival }) => rival === 'teacher');
  const lost =
    pairs.find(({ rival, change }) => rival === 'hard' && change === 'worse') ??
    pairs.find(({ rival, change }) => rival === 'kd' && change === 'worse') ??
    pairs.find((pair) => pair.rival === 'teacher' && pair.change === 'worse' && rise(pair) > LARGEST_RISE);
  const best = groups.find(({ change }) => change === 'better');
  const shown = lost ?? teacher ?? pairs[0];
  const found = {
    headline: headlineOf(result, shown, tested < FEWEST_TEST_ROWS, lost ? undefined : best),
    reasons: [
      ...reasonsOf(pairs),
      ...(result.baselines ? [] : ['Not compared with students of the labels alone and of plain KD (--baselines).']),
      ...rankingReasons(result),
      ...groupReasons(groups),
    ],
  };
  const { different } = result.rows;
  if (different !== undefined)
    return {
      level: 'caution',
      ...found,
      advice: `No verdict: only ${different} of the ${result.rows.test} test rows differ.`,
      next: `${NUMBER_ROWS}.`,
    };
  if (tested < FEWEST_TEST_ROWS)
    return {
      level: 'caution',
      ...found,
      advice: `Too few test rows for a verdict: only ${tested} have a label.`,
      next: `Measure it on at least ${FEWEST_TEST_ROWS} labelled test rows.`,
    };
  if (lost) return { level: 'no', ...found, advice: `Do not ship it yet: ${loss(lost)}.`, next: remedy(lost, result) };
  return { ...found, ...weighed(result, { teacher, shown, groups }) };
}

/** Level and advice of a student that lost to none by much. */
function weighed(
  result: DistillRecord,
  { teacher, shown, groups }: { teacher: Pair | undefined; shown: Pair | undefined; groups: readonly GroupChange[] },
): Pick<Verdict, 'level' | 'advice' | 'next'> {
  const worse = groups.find(({ change }) => change === 'worse');
  if (worse)
    return {
      level: 'caution',
      advice: `Look at ${shownGroup(worse.group)} first: on its ${worse.teacher.rows} test rows the student is worse than its teacher.`,
      next: `Label more rows of ${shownGroup(worse.group)}, and distil again.`,
    };
  if (teacher?.change === 'worse')
    return {
      level: 'caution',
      advice: `It is a little worse than its teacher: ship it if its size is worth ${unsigned(teacher.difference.value)} of log-loss.`,
      next: isSmall(result) ? LARGER : 'Label more rows, and distil again.',
    };
  if (rankingChange(result) === 'worse')
    return {
      level: 'caution',
      advice:
        'Its probabilities are no worse than the teacher’s, but it ranks the rows worse: ship it if you use probabilities only.',
      next: isSmall(result) ? LARGER : 'Label more rows, and distil again.',
    };
  if (!shown)
    return { level: 'caution', advice: 'No clear difference: nothing was measured to compare it with.', next: COMPARE };
  if (shown.change === 'none')
    return {
      level: 'caution',
      advice: `No clear difference from ${shown.name}: ship it if a small model is what you need.`,
      next: 'Measure it on more labelled test rows to tell them apart.',
    };
  const trade = groups.find(({ isTrade }) => isTrade);
  return {
    level: 'ship',
    advice: 'Ship this student.',
    ...(trade && {
      next: `In ${shownGroup(trade.group)} one kind of error falls and the other rises: choose the threshold by what each costs (on the page under Threshold; otherwise by --threshold-by cost:FP=1,FN=5).`,
    }),
  };
}

const LARGER = 'Distil a larger student, for example --student 64.';
const COMPARE = 'Distil again with --baselines, to compare it with students of the labels and of plain KD.';

/** The student against each model that was measured on the same rows. */
function pairsOf(result: DistillRecord): Pair[] {
  const { teacher, metrics, metricsWithTeacher, baselines = [], differences = {} } = result;
  const all: [Rival, Estimate | undefined, Estimate | undefined][] = [
    ['teacher', teacher.metrics.test?.logLoss, (metricsWithTeacher ?? metrics).test?.logLoss],
    ...(['hard', 'kd'] as const).map((rival): [Rival, Estimate | undefined, Estimate | undefined] => {
      const other = baselines.find(({ method }) => method === rival);
      return [rival, other?.metrics.test?.logLoss, metrics.test?.logLoss];
    }),
  ];
  return all.flatMap(([rival, other, student]) => {
    if (!other || !student) return [];
    const difference = differences[rival]?.logLoss ?? differenceOf(student, other);
    const change = changeOf(difference, true);
    if (change === undefined) return [];
    const name = rival === 'teacher' && teacher.teachers ? 'the mean of its teachers' : RIVALS[rival];
    return [{ rival, name, student, other, difference, change }];
  });
}

/** The rise of the log-loss as a share of the other model's. */
function rise({ difference, other }: Pair): number {
  return difference.value / other.value;
}

function headlineOf(
  result: DistillRecord,
  pair: Pair | undefined,
  isVague: boolean,
  best: GroupChange | undefined,
): string {
  const { bytes } = result.student;
  const student = `student${bytes === undefined ? '' : ` (${sizeText(bytes)})`}`;
  if (!pair) return `The ${student} has a log-loss of ${unsigned(result.metrics.test?.logLoss.value ?? NaN, 3)}.`;
  const { student: own, other, change, name } = pair;
  const digits = own.value.toFixed(3) === other.value.toFixed(3) ? 4 : 3;
  const numbers = `log-loss ${unsigned(own.value, digits)} instead of ${unsigned(other.value, digits)}`;
  const start =
    change === 'none' || isVague
      ? `No clear difference between the ${student} and ${name}`
      : `The ${student} is ${change} than ${name}`;
  return `${start}: ${numbers}.${best ? ` In ${shownGroup(best.group)} it ${best.words}.` : ''}`;
}

function reasonsOf(pairs: readonly Pair[]): string[] {
  return pairs.map(({ name, difference, change }) => {
    const { value, low, high } = difference;
    const [from, to] = value < 0 ? [-high, -low] : [low, high];
    const side = value < 0 ? 'lower' : 'higher';
    const sure = change === 'none' ? ', no clear difference' : '';
    return `Against ${name}: log-loss ${unsigned(value)} ${side} (95 % interval ${signedText(from)} to ${signedText(to)})${sure}.`;
  });
}

/** The difference of the AUC from the teacher's. */
function rankingChange({ teacher, metrics, metricsWithTeacher, differences }: DistillRecord): Change | undefined {
  const [before, after] = [teacher.metrics.test?.auc, (metricsWithTeacher ?? metrics).test?.auc];
  return before && after ? changeOf(differences?.teacher?.auc ?? differenceOf(after, before), false) : undefined;
}

function rankingReasons(result: DistillRecord): string[] {
  return rankingChange(result) === 'worse' ? ['Against its teacher: the AUC is clearly lower.'] : [];
}

/** The groups with a clear change first. */
function groupReasons(groups: readonly GroupChange[]): string[] {
  const order = ['worse', 'better', 'none', undefined];
  const sorted = [...groups].sort((a, b) => order.indexOf(a.change) - order.indexOf(b.change));
  const worse = sorted.filter(({ change }) => change === 'worse').length;
  const shown = Math.max(MOST_GROUPS, worse);
  const left = sorted.length - shown;
  const more = left > 0 ? [`${left} more group${left === 1 ? ' is' : 's are'} below.`] : [];
  return [...sorted.slice(0, shown).map(groupWords), ...more];
}

function loss({ rival }: Pair): string {
  if (rival === 'hard') return 'training on the labels alone is better';
  return rival === 'kd' ? 'plain distillation is better' : 'its teacher is better';
}

/** One suggestion, by the cause. */
function remedy({ rival }: Pair, result: DistillRecord): string {
  if (rival === 'hard') return 'Use hard labels: distil again with --debias none --infuse mix:1.';
  if (rival === 'kd') return 'Use plain distillation: distil again with --debias none.';
  const { train, validation } = result.rows.labelled;
  if (train + validation < FEW_LABELS)
    return `Label more rows: it learnt from ${train + validation} labels. debkd next names the most useful ones.`;
  return isSmall(result) ? LARGER : 'Keep the teacher: a larger student or more labels are unlikely to help.';
}

function isSmall({ student }: DistillRecord): boolean {
  return student.parameters < SMALL_STUDENT;
}

function signedText(x: number): string {
  return `${x < 0 ? '−' : ''}${unsigned(x)}`;
}
