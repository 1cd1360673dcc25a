// What a teacher's output was found to mean, and what that is decided from.
import type { ExactScore } from './exact-score.ts';
import type { MarginForm } from './margin.ts';
import type { OnnxGraph } from './onnx-graph.ts';

/** What an output means: the log-odds of class 1, its probability, or, for several classes, a logit or a probability of each. */
export type Convention = 'logit' | 'probability' | 'logits' | 'probabilities';

/** Which tensor to read, and how it becomes a margin. */
export interface Reading {
  /** Which of two values a row is class 1's; `only` where there is one, `other` where there are more. */
  readonly positiveClass: 'only' | 'first' | 'second' | 'other';
  /** Why that one is class 1. */
  readonly positiveReason: string;
  /** What the model calls its classes, in the order of its scores; absent where it does not. */
  readonly classes?: readonly string[];
  /** What it calls class 1; absent where it does not. */
  readonly className?: string;
  /** The graph output that the convention describes. */
  readonly output: string;
  /** The tensor that is read: `output`, or the one before its Sigmoid or Softmax. */
  readonly tensor: string;
  /** How `tensor` is read. */
  readonly margin: MarginForm;
  /** What the output means. */
  readonly convention: Convention;
  /** Why it means that. */
  readonly reason: string;
}

/** What a model answered to some random rows; empty where it refused them. */
export interface Probe {
  /** Values a row of the output, and these, [rows x width]. */
  readonly width: number;
  readonly values: Float64Array;
  /** The same of the tensor before its probability, where there is one. */
  readonly exact?: { readonly width: number; readonly values: Float64Array } | undefined;
  /** What the model's own label output said of each row. */
  readonly labels?: readonly string[] | undefined;
}

/** What a caller knows better. */
export interface Stated {
  readonly convention?: Convention | undefined;
  readonly positiveClass?: 'first' | 'second' | undefined;
  /** Name or place of the class that is class 1. */
  readonly class?: string | undefined;
}

/** What the decisions are made from. */
export interface Case {
  readonly graph: OnnxGraph;
  readonly output: string;
  readonly probe: Probe;
  readonly stated: Stated;
  readonly subject: string;
  /** The last operator's name; `unknown` where the output is no operator's. */
  readonly last: string;
  readonly exact: ExactScore | undefined;
  readonly names: readonly string[] | undefined;
}
