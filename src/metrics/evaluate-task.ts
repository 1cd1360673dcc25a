// The evaluation of one model, here or as a task of another thread.
import type { Threads } from '../io/threads.ts';
import { type EvaluateOptions, type Evaluation, evaluate, replicatesOf } from './evaluation.ts';

/** What evaluate takes, without what cannot leave a thread. */
interface Args {
  readonly probabilities: ArrayLike<number>;
  readonly labels: ArrayLike<number>;
  readonly options: Omit<EvaluateOptions, 'signal' | 'onProgress'>;
}

/** As evaluate. Another thread reports only the end. @param threads default: this thread */
export async function evaluateInThreads(
  threads: Threads | undefined,
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  options: EvaluateOptions,
): Promise<Evaluation> {
  const here = (): Promise<Evaluation> => evaluate(probabilities, labels, options);
  if (!threads) return here();
  const { signal, onProgress, ...rest } = options;
  const args: Args = { probabilities, labels, options: rest };
  const evaluation = await threads.run<Evaluation>({ name: 'evaluate', shared: [], args }, here);
  signal?.throwIfAborted();
  const total = options.replicates ?? replicatesOf(evaluation.rows);
  onProgress?.({ stage: 'intervals', done: total, total });
  return evaluation;
}

/** The task `evaluate` in a thread. */
export function evaluateTask({ probabilities, labels, options }: Args): Promise<Evaluation> {
  return evaluate(probabilities, labels, options);
}
