// What a teacher's output means: detected from the graph's last operator, the output's name, a probe batch and the model's own
// label output, or refused. A wrong guess would distil nonsense without a sign of it.
import { quote } from '../io/errors.ts';
import { classNames } from './class-names.ts';
import { exactScore, lastNode } from './exact-score.ts';
import { namesByLabels } from './label-agreement.ts';
import { refuse, refuseOtherAxis, spanOf } from './make-reading.ts';
import { readMany } from './many-values.ts';
import { readOne } from './one-value.ts';
import { couldBeProbabilities } from './probe-values.ts';
import type { Case, Reading } from './reading.ts';
import { readTwo } from './two-values.ts';

/** Decides, or throws DebkdError `convention` with the way out. */
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

function checkStated({ stated, probe, subject, output }: Case): void {
  const { width } = probe;
  if (stated.positiveClass !== undefined && width !== 2) {
    const values = width === 1 ? 'one value' : `${width} values`;
    const way = width === 1 ? 'leave it out' : 'name the class with --class';
    refuse(
      `${subject}: output ${quote(output)} has ${values} a row, so that --positive-class ${stated.positiveClass} says nothing; ${way}`,
    );
  }
  if (stated.positiveClass !== undefined && stated.class !== undefined)
    refuse(`${subject}: --class and --positive-class both say which class is class 1; give one of them`);
  if (!Number.isInteger(width) || width < 1)
    refuse(`${subject}: output ${quote(output)} has ${width} values a row, expected whole ones; export it again`);
  const one = stated.convention === 'logit' || stated.convention === 'probability';
  const mixed =
    width === 1 ? stated.convention !== undefined && !one : width === 2 && one && stated.class === undefined;
  if (mixed) {
    refuse(
      `${subject}: convention ${stated.convention} was given, but output ${quote(output)} has ${width} value${width > 1 ? 's' : ''} a row; give ${width > 1 ? 'logits or probabilities' : 'logit or probability'}`,
    );
  }
  if (stated.convention?.startsWith('prob') && probe.values.length > 0 && !couldBeProbabilities(probe.values)) {
    refuse(
      `${subject}: convention ${stated.convention} was given, but output ${quote(output)} has ${spanOf(probe)}; it is ${one ? 'logit' : 'logits'}`,
    );
  }
}
