// What a loaded teacher can do.
import type { Matrix } from '../data/matrix.ts';
import type { RawColumns } from '../data/raw-columns.ts';
import type { Table } from '../data/table.ts';
import type { ProgressOptions } from '../io/progress.ts';
import type { Features } from './features.ts';
import type { OnnxGraph } from './onnx-graph.ts';
import type { Convention, Reading } from './reading.ts';

/** A loaded teacher. Holds an ONNX session: dispose of it (`using`). */
export interface Teacher extends Disposable {
  /** What it was loaded from, for messages. */
  readonly name: string;
  /** Of the ONNX file. */
  readonly sha256: string;
  /** SHA-256 of all that its margins depend on beside the rows: files, runtime, output and how it is read. */
  readonly identity: string;
  /** What the ONNX file says of itself. */
  readonly graph: OnnxGraph;
  /** What its output means. */
  readonly convention: Convention;
  /** What is read, and why so. */
  readonly reading: Reading;
  /** Why that output is read, and how rows enter. */
  readonly why: { readonly output: string; readonly inputs: string };
  /** `matrix`: one input takes all encoded columns; `columns`: each input takes the raw column of its name. */
  readonly takes: 'matrix' | 'columns';
  /** Encoded columns of its input, or how many inputs take a column; undefined where it takes as many as there are. */
  readonly width: number | undefined;
  /** Columns that its inputs take by name; empty where one input takes all. */
  readonly inputs: readonly string[];
  /** What a reader should know of it, each a sentence. */
  readonly notes: readonly string[];
  /**
   * Margins of rows, encoded or raw (Dataset.teacherInputs), float64 [rows], and how many were limited to +-16 because the output is a probability.
   * @param options.batchSize rows a session call; default 512, or the model's own where it is fixed
   * @param options.firstRow of a larger table, for messages; default 0
   * @throws DebkdError `teacher`, `preprocessing` or `column` when the rows do not fit or the model fails
   */
  margins(
    rows: Matrix | RawColumns,
    options?: { batchSize?: number; firstRow?: number } & ProgressOptions,
  ): Promise<{ margins: Float64Array; clippedCount: number }>;
  /**
   * The same teacher with class 1 where the label's values say: as the model names its classes, where it names both of them.
   * It shares the session of this one.
   */
  forTarget(target: Table['target']): Teacher;
  /** The tensor that `wanted` names or the last hidden layer; or why there is none. @throws DebkdError `teacher` */
  hiddenLayer(wanted?: string): { layer: string } | { why: string };
  /** What a tensor (hiddenLayer) holds for each row, flattened. Opens a second session, the first time. */
  features(
    rows: Matrix | RawColumns,
    layer: string,
    options?: { batchSize?: number; firstRow?: number } & ProgressOptions,
  ): Promise<Features>;
}
