// Detects what a teacher's output means from the graph's last operator, the output's name, a probe batch and the
// model's label output. Refuses unclear outputs: a wrong guess would distil nonsense silently.
import { DebkdError, quote } from '../io/errors.ts';
import { classNames } from './class-names.ts';
import { exactScore, lastNode } from './exact-score.ts';
import { namesByLabels } from './label-agreement.ts';
import { refuse, refuseOtherAxis, spanOf } from './make-reading.ts';
import { readMany } from './many-values.ts';
import { readOne } from './one-value.ts';
import { couldBeProbabilities } from './probe-values.ts';
import type { Case, Reading } from './reading.ts';
import { readTwo } from './two-values.ts';

/** @throws DebkdError `convention` where the meaning is unclear or the stated one does not fit */
export function detectConvention({
  graph,
  output,
  probe,
  stated,
  name,
}: Pick<Case, 'graph' | 'output' | 'probe' | 'stated'> & { readonly name: string }): Reading {
  const subject = `teacher ${quote(name, 200)}`;
  const last = lastNode(graph, output)?.node.operator ?? 'unknown';
  const names =
    classNames(graph, output, probe.width) ??
    (probe.width > 2 && probe.labels ? namesByLabels(probe.labels, probe.values, probe.width) : undefined);
  const found: Case = { graph, output, probe, stated, subject, last, exact: exactScore(graph, output), names };
  checkStated(found);
  if (probe.width === 1) return readOne(found);
  refuseOtherAxis(found);
  return probe.width === 2 ? readTwo(found) : readMany(found);
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
  if (stated.positiveClass !== undefined && stated.class !== undefined) {
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
    width === 1 ? stated.convention !== undefined && !one : width === 2 && one && stated.class === undefined;
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
