// How a teacher's output is read, and the evidence that decides it.
import type { ExactScore } from './exact-score.ts';
import type { MarginForm } from './margin.ts';
import type { OnnxGraph } from './onnx-graph.ts';

/** What an output means: the log-odds or the probability of class 1, or one logit or probability per class. */
export type Convention = 'logit' | 'probability' | 'logits' | 'probabilities';

/** The tensor to read, and how it becomes a margin. */
export interface Reading {
  /**
   * Which of two values per row belongs to class 1; `only` if there is one value, `other` if there are more than two,
   * `open` if class 1 is still to be chosen among several.
   */
  readonly positiveClass: 'only' | 'first' | 'second' | 'other' | 'open';
  /** Why that value belongs to class 1. */
  readonly positiveReason: string;
  /** The model's class names in the order of its scores; absent if it has none. */
  readonly classes?: readonly string[];
  /** The model's name of class 1; absent if it has none. */
  readonly className?: string;
  /** The graph output that the convention describes. */
  readonly output: string;
  /** The tensor to read: `output`, or the score before its Sigmoid or Softmax. */
  readonly tensor: string;
  /** How `tensor` becomes a margin. */
  readonly margin: MarginForm;
  /**
   * What the output means; `unclear` only while class 1 is open, where the caller must state the convention as well;
   * `percentage` only for given soft labels.
   */
  readonly convention: Convention | 'unclear' | 'percentage';
  /** Why it means that. */
  readonly reason: string;
}

/** A model's answers to random rows; without values if it rejected them. */
export interface Probe {
  /** Values per row of the output. */
  readonly width: number;
  /** [rows x width] */
  readonly values: Float64Array;
  /** The same for the score before a probability, if there is one. */
  readonly exact?: { readonly width: number; readonly values: Float64Array } | undefined;
  /** The model's label output, one per row. */
  readonly labels?: readonly string[] | undefined;
}

/** What the caller states about the output. */
export interface Stated {
  readonly convention?: Convention | undefined;
  readonly positiveClass?: 'first' | 'second' | undefined;
  /** Name or index of class 1. */
  readonly class?: string | undefined;
  /** Index of the value of class 1, where the caller stated it as a place. */
  readonly place?: number | undefined;
}

/** Whether the model's classes exclude each other or are independent labels, as its configuration says. */
export type Problem = 'exclusive' | 'independent' | 'regression';

/** The evidence for a reading. */
export interface Case {
  readonly graph: OnnxGraph;
  readonly output: string;
  readonly probe: Probe;
  readonly stated: Stated;
  /** The teacher, for messages. */
  readonly subject: string;
  /** Name of the last operator; `unknown` if no operator makes the output. */
  readonly last: string;
  readonly exact: ExactScore | undefined;
  /** The model's class names in the order of its scores. */
  readonly names: readonly string[] | undefined;
  /** Whether only the model's label output shows the names. */
  readonly isNamedByLabels?: boolean | undefined;
  /** Where the names were corrected by the model's label output: why. */
  readonly namesReason?: string | undefined;
  /** What the model's configuration says. */
  readonly problem?: Problem | undefined;
}
