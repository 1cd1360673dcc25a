// Detects what a teacher's output means from the graph's last operator, the output's name, a probe batch and the
// model's label output. Refuses unclear outputs: a wrong guess would distil nonsense silently.
import { DebkdError, quote } from '../io/errors.ts';
import { classNames } from './class-names.ts';
import { exactScore, lastNode } from './exact-score.ts';
import { namesByLabels } from './label-agreement.ts';
import { refuse, refuseOtherAxis, spanAfter, spanOf } from './make-reading.ts';
import { meaningOfMany, readMany, refuseOpen, withLabelNames } from './many-values.ts';
import { readOne } from './one-value.ts';
import { couldBeProbabilities } from './probe-values.ts';
import type { Case, Reading } from './reading.ts';
import { isTwoLabels, readTwo, refuseTwoLabels } from './two-values.ts';

/** What is known of an output. */
export type Evidence = Pick<Case, 'graph' | 'output' | 'probe' | 'stated' | 'problem'> & {
  /** The teacher, for messages. */
  readonly name: string;
  /** Class names of the model's configuration. */
  readonly names?: readonly string[] | undefined;
};

/** How to read an output, or what must be chosen first. */
export interface Understood {
  readonly reading: Reading;
  /** Present while class 1 is open. */
  readonly open?: OpenClass;
}

/** Class 1 of several, still to be chosen. */
export interface OpenClass {
  /** What to say where class 1 is needed. */
  readonly refusal: DebkdError;
  /** The same without the reason of a label, where `refusal` has one. */
  readonly general?: DebkdError;
  /** The reading with the value of class 1 chosen. @throws DebkdError `convention` */
  choose(place: number): Reading;
}

/** @throws DebkdError `convention` where the meaning is unclear, the stated one does not fit, or class 1 is open */
export function detectConvention(evidence: Evidence): Reading {
  const { reading, open } = understandOutput(evidence);
  if (open) throw open.refusal;
  return reading;
}

/**
 * Like detectConvention, but leaves class 1 open where the output has several classes and the caller stated none.
 * @throws DebkdError `convention`
 */
export function understandOutput({ graph, output, probe, stated, problem, name, names: own }: Evidence): Understood {
  const subject = `teacher ${quote(name, 200)}`;
  const last = lastNode(graph, output)?.node.operator ?? 'unknown';
  const ownNames = classNames(graph, output, probe.width, own);
  const names =
    ownNames ?? (probe.width > 2 && probe.labels ? namesByLabels(probe.labels, probe.values, probe.width) : undefined);
  const exact = exactScore(graph, output);
  const found: Case = {
    graph,
    output,
    probe,
    stated,
    subject,
    last,
    exact,
    names,
    problem,
    isNamedByLabels: !ownNames,
  };
  checkStated(found);
  if (probe.width === 1) return { reading: readOne(found) };
  refuseOtherAxis(found);
  const isStated = stated.class !== undefined || stated.place !== undefined;
  if (!isStated && (probe.width > 2 || (stated.positiveClass === undefined && isTwoLabels(found))))
    return openClass(found);
  return { reading: probe.width === 2 ? readTwo(found) : readMany(found) };
}

/** A reading whose class 1 is open. @throws DebkdError `convention` where no class can be read */
function openClass(found: Case): Understood {
  const { probe, stated, output } = found;
  const read = probe.width === 2 ? readTwo : readMany;
  const choose = (place: number): Reading => read({ ...found, stated: { ...stated, place } });
  const isClear = probe.width === 2 || meaningOfMany(found) !== undefined;
  const { names } = probe.width === 2 ? found : withLabelNames(found);
  const refusal = refusalOf(() => (probe.width === 2 ? refuseTwoLabels(found) : refuseOpen(found, isClear)));
  const open = { positiveClass: 'open', positiveReason: 'it is still to be chosen' } as const;
  if (isClear) {
    const { className: _, margin, ...first } = choose(0);
    return {
      reading: { ...first, ...open, margin: { ...margin, place: -1 } },
      open: { refusal, choose },
    };
  }
  return {
    reading: {
      ...open,
      ...(names && { classes: names }),
      output,
      tensor: output,
      convention: 'unclear',
      reason: `${spanAfter(found)}: exclusive classes (logits, probabilities) and independent labels (logit, probability) cannot be told apart`,
      margin: { form: 'logits', width: probe.width, place: -1, negate: false },
    },
    open: { refusal, choose },
  };
}

function refusalOf(refuse: () => never): DebkdError {
  try {
    return refuse();
  } catch (error) {
    if (error instanceof DebkdError) return error;
    throw error;
  }
}

function checkStated(found: Case): void {
  const { stated, probe, subject } = found;
  const { width } = probe;
  if (stated.positiveClass !== undefined && width !== 2) {
    refuse(found, {
      seen: `${width} value${width === 1 ? '' : 's'} per row`,
      expected: `2, of which the ${stated.positiveClass} is class 1`,
      remedy: width === 1 ? { id: 'omit-setting', setting: 'positive-class' } : { id: 'name-class' },
    });
  }
  if (stated.positiveClass !== undefined && (stated.class !== undefined || stated.place !== undefined)) {
    throw new DebkdError('convention', {
      subject,
      seen: 'class 1 is stated twice',
      remedy: [
        { id: 'omit-setting', setting: 'class' },
        { id: 'omit-setting', setting: 'positive-class' },
      ],
    });
  }
  if (!Number.isInteger(width) || width < 1)
    refuse(found, { seen: `${width} values per row`, expected: 'a whole number', remedy: 'export it again' });
  const one = stated.convention === 'logit' || stated.convention === 'probability';
  const mixed =
    width === 1
      ? stated.convention !== undefined && !one
      : width === 2 && one && stated.class === undefined && stated.place === undefined;
  if (mixed) {
    refuse(found, {
      seen: `${width} value${width > 1 ? 's' : ''} per row`,
      expected: `${width > 1 ? '1' : '2 or more'} for the convention ${stated.convention}`,
      remedy: { id: 'state-convention', choices: width > 1 ? ['logits', 'probabilities'] : ['logit', 'probability'] },
    });
  }
  if (stated.convention?.startsWith('prob') && probe.values.length > 0 && !couldBeProbabilities(probe.values)) {
    refuse(found, {
      seen: spanOf(probe),
      expected: `0 .. 1 for the convention ${stated.convention}`,
      remedy: { id: 'state-convention', choices: [one ? 'logit' : 'logits'] },
    });
  }
}
