// The interface of a loaded teacher.
import type { Matrix, StoredMatrix } from '../data/matrix.ts';
import type { Preprocessing } from '../data/preprocessing.ts';
import type { RawColumns } from '../data/raw-columns.ts';
import type { AnyTable, Column, StoredTable, Table } from '../data/table.ts';
import type { DebkdError } from '../io/errors.ts';
import type { ProgressOptions } from '../io/progress.ts';
import type { Features } from './features.ts';
import type { ImageInputs } from './image-inputs.ts';
import type { ColumnInput } from './input-columns.ts';
import type { OnnxGraph } from './onnx-graph.ts';
import type { Reading } from './reading.ts';
import type { TextCounts, TextInputs } from './text-inputs.ts';
import type { Trace } from './trace.ts';

/** The columns of a table in memory, of raw rows, or of a table in a file. */
export type TableColumns = { readonly columns: readonly Column[] } | Pick<StoredTable, 'columns' | 'chunks' | 'chunk'>;

/** Soft labels that were given instead of a model (givenSoftLabels). */
export interface GivenSoftLabels {
  /** What they are, for records. @throws DebkdError as givenSoftLabels, if class names can be read only with the target's values */
  readonly record: {
    /** Names of the columns. */
    readonly columns: readonly string[];
    /** What the values mean. */
    readonly convention: 'logit' | 'probability' | 'percentage';
    /** The step of rounded probabilities; null if they are not multiples of one, or log-odds. */
    readonly resolution: number | null;
    /** Bound of the margins from probabilities, log-odds; null for log-odds. */
    readonly limit: number | null;
    /** Rows of the table. */
    readonly rows: number;
    /** Rows with a soft label. */
    readonly known: number;
    /** Rows whose margin was limited. */
    readonly limited: number;
    /** Mean standard deviation of a row's answers, log-odds; absent for one column. */
    readonly spread?: number;
  };
  /** The margins of rows by their numbers in the table, NaN where there is none. @throws DebkdError `value` if the rows do not fit */
  read(rows: { readonly rowNumbers?: Uint32Array | undefined; readonly tableRows?: number | undefined }): {
    margins: Float64Array;
    clippedCount: number;
  };
}

/** The margins of some rows, to be completed. */
export interface PartialMargins {
  /** Log-odds, float64 [rows]; NaN for a row that is still to be run. */
  readonly margins: Float64Array;
  /** Known rows whose margin was limited. */
  clippedCount: number;
  /** Called after each batch. */
  onBatch?(): void;
}

/** The features of some rows, to be completed. */
export interface PartialFeatures {
  /** float32 [rows x values per row], NaN for a row that is still to be run; undefined if no row is known. */
  values: Float32Array | undefined;
  /** Called after each batch. */
  onBatch?(): void;
}

/** A loaded teacher. It holds an ONNX session: dispose of it, for example with `using`. */
export interface Teacher extends Disposable {
  /** Name of the source that it was loaded from, for messages. */
  readonly name: string;
  /** SHA-256 of the ONNX file. */
  readonly sha256: string;
  /** SHA-256 of everything except the rows that its margins depend on: files, runtime, and how the output is read. */
  readonly identity: string;
  /**
   * The runtime and its version where it is not onnxruntime-web in WebAssembly (TeacherOptions.provider), for records;
   * absent where it is.
   */
  readonly runtime?: string | undefined;
  /** The graph of the ONNX file. */
  readonly graph: OnnxGraph;
  /** What its output means; `unclear` only while class 1 is open, where `convention` must be stated as well. */
  readonly convention: Reading['convention'];
  /** How its output is read, and why. */
  readonly reading: Reading;
  /** Why that output is read, and how columns enter its inputs. */
  readonly why: { readonly output: string; readonly inputs: string };
  /**
   * Why margins are refused: class 1 is one of several and still open. Undefined once it is chosen, by forTarget or the
   * option `class`.
   */
  readonly refusal: DebkdError | undefined;
  /** The preprocessing that it was loaded with, given or from its folder. */
  readonly preprocessing: Preprocessing | undefined;
  /**
   * `matrix`: its inputs take encoded columns; `columns`: they take raw columns, by name or as stated, tokens of texts, or images; `rows`: given
   * soft labels are found by row number, and each of several teachers takes its own inputs.
   */
  readonly takes: 'matrix' | 'columns' | 'rows';
  /** What a teacher of text reads; absent for other teachers. */
  readonly text?: TextInputs;
  /** What a teacher of images reads; absent for other teachers. */
  readonly image?: ImageInputs;
  /** Soft labels given instead of a model; absent for a model. */
  readonly given?: GivenSoftLabels;
  /** The earlier student whose answers it gives, by the student's inputs of a dataset; absent for other teachers. */
  readonly student?: { margins(rows: Matrix | StoredMatrix): Float64Array };
  /** The teachers that it combines (combineTeachers); absent for a single teacher. */
  readonly parts?: readonly Teacher[];
  /**
   * Number of encoded columns of its input, or of inputs that take a column; undefined if it takes any number of
   * columns.
   */
  readonly width: number | undefined;
  /** Columns that its inputs take by name or as stated; empty if one input takes all columns. */
  readonly inputs: readonly string[];
  /** How raw columns enter its inputs; empty if it takes encoded columns. */
  readonly columnInputs: readonly ColumnInput[];
  /** Notes for the user, one sentence each. */
  readonly notes: readonly string[];
  /**
   * Margins (log-odds of class 1) of encoded or raw rows (Dataset.teacherInputs), float64 [rows]; `clippedCount` is the
   * number of margins limited to +-16, because the output is a probability; `texts` counts the texts that were cut or empty, for a
   * teacher of text.
   * @param options.batchSize rows per session call; default 512, at most 32 for a teacher of text or images, or the model's fixed size
   * @param options.firstRow number of the first row in a larger table, for messages; default 0
   * @param options.partial margins that are known already; they are completed in place
   * @throws DebkdError `teacher`, `preprocessing` or `column` if the rows do not fit or the model fails
   */
  margins(
    rows: Matrix | RawColumns,
    options?: { batchSize?: number; firstRow?: number; partial?: PartialMargins | undefined } & ProgressOptions,
  ): Promise<{ margins: Float64Array; clippedCount: number; texts?: TextCounts }>;
  /**
   * This teacher with class 1 chosen by the label's values: of two classes, if the model names both values; of several,
   * if it names the positive one. Else this teacher. Both share one session.
   */
  forTarget(target: Table['target']): Teacher;
  /**
   * This teacher with the columns of a table assigned to inputs of several columns or of text; this teacher if none is open. Both
   * share one session.
   * @throws DebkdError `column` if columns are missing, or several assignments are possible
   */
  forTable(table: Pick<AnyTable, 'name' | 'missing'> & TableColumns): Teacher;
  /**
   * This teacher with how it reads images tried on labelled rows: where nothing says how bytes become numbers, the labels choose it;
   * otherwise notes say where they contradict it. This teacher if it reads no images, class 1 is open, or a class has fewer than 8 rows.
   * Both share one session.
   * @param rows some rows; they all run, in each way that is tried
   * @param labels 1 or 0 of each row
   * @throws DebkdError `teacher` where the labels do not clearly choose
   */
  forLabels(rows: RawColumns, labels: Int8Array, options?: ProgressOptions): Promise<Teacher>;
  /**
   * The rows as they enter the inputs, and the values of the score tensor. Meant for a few rows.
   * @throws DebkdError like margins, but not while class 1 is open
   */
  trace(rows: Matrix | RawColumns): Promise<Trace>;
  /**
   * The tensor `wanted`; default: the last hidden layer, or why there is none.
   * @throws DebkdError `teacher` if there is no such tensor
   */
  hiddenLayer(wanted?: string): { layer: string } | { why: string };
  /**
   * The values of a tensor (see hiddenLayer) for each row, flattened; of a tensor with values for each token of a text, their mean over the
   * row's tokens, and of images their mean over the places of an image. The first call opens a second session.
   * @param options.partial features that are known already; they are completed in place
   */
  features(
    rows: Matrix | RawColumns,
    layer: string,
    options?: { batchSize?: number; firstRow?: number; partial?: PartialFeatures | undefined } & ProgressOptions,
  ): Promise<Features>;
  /**
   * Margins and features (see margins and features), from one run of the model per row where this changes no bit of them. Whether it does is
   * found with the first 32 rows, which run more than once.
   * @param options.partial margins and features that are known already; they are completed in place
   * @throws DebkdError as margins and features
   */
  answers(
    rows: Matrix | RawColumns,
    layer: string,
    options?: {
      batchSize?: number;
      firstRow?: number;
      partial?: { margins?: PartialMargins | undefined; features?: PartialFeatures | undefined };
    } & ProgressOptions,
  ): Promise<{ margins: Float64Array; clippedCount: number; texts?: TextCounts; features: Features }>;
  /** Ends threads that run the model, which frees their memory; a later call starts them again where they save time. */
  rest?(): Promise<void>;
}
