// The messages about inputs: files, what is in them, and what was chosen.
import type { MissingCount } from '../data/count-missing.ts';
import type { SoftLabelConvention } from '../teacher/soft-label-values.ts';

/** The files of the teachers, and how to read their outputs. */
export interface TeacherFiles {
  /** None where the soft labels are a column of the table. */
  readonly models?: readonly Blob[] | undefined;
  /**
   * Preprocessings, and config.json, preprocessor_config.json, tokenizer.json and tokenizer_config.json of Hugging Face; see sortJsons.
   */
  readonly jsons?: readonly Blob[] | undefined;
  /** Weight files that the models refer to. */
  readonly externalData?: readonly Blob[] | undefined;
  readonly convention?: string | undefined;
  readonly positiveClass?: string | undefined;
  /** Class 1, by name or index. */
  readonly class?: string | undefined;
  /** Columns by input, as INPUT=a,b;OTHER=c. */
  readonly inputs?: string | undefined;
  /** Most tokens of a text. */
  readonly maxLength?: string | undefined;
}

/** A folder of images: files by their path in it. */
export interface ImageFolder {
  readonly name: string;
  readonly files: ReadonlyMap<string, Blob>;
}

/** Where the rows are: a table, a folder with a folder of images for each class, or a table and the folder of its images. */
export interface RowFiles {
  readonly rows?: Blob | undefined;
  readonly images?: ImageFolder | undefined;
}

/** How the teacher is read. */
export interface TeacherSummary {
  readonly name: string;
  readonly sha256: string;
  readonly operators: readonly string[];
  readonly inputs: readonly string[];
  readonly output: string;
  readonly convention: string;
  readonly reason: string;
  readonly positiveClass: string;
  readonly positiveReason: string;
  /** The model's name of class 1. */
  readonly className?: string;
  /** The names of several classes, or their indices; absent where class 1 is clear. */
  readonly classes?: readonly string[] | undefined;
  readonly entry: string;
  /** Whether it reads texts. */
  readonly readsText: boolean;
}

/** A column of the table. */
export interface ColumnSummary {
  readonly name: string;
  readonly kind: 'number' | 'category';
  /** Number of distinct values that are not missing. */
  readonly distinct: number;
  readonly missing: number;
  /** Up to three distinct values. */
  readonly examples: readonly string[];
  /** Whether it looks like texts. */
  readonly isText: boolean;
  /** How its values are distributed: bins of numbers, or the most common values; none for texts. */
  readonly bars: readonly Bar[];
}

/** A bin of numbers, or a value, and its number of rows. */
export interface Bar {
  readonly label: string;
  readonly rows: number;
}

/** The table, with guesses of the label column and of class 1. */
export interface TableSummary {
  readonly name: string;
  readonly rows: number;
  readonly columns: readonly ColumnSummary[];
  /** The column most likely to be the label, and its value most likely to be class 1. */
  readonly target?: string | undefined;
  readonly positive?: string | undefined;
  /** The column whose images are open. */
  readonly image?: string | undefined;
  /** The first names, where the header looks like a row of data; otherwise absent. */
  readonly headless?: readonly string[] | undefined;
}

/** The columns of labels, soft labels and weights, the value of class 1, the columns that are not for the student, and the split. */
export interface Choice {
  readonly target: string;
  readonly positive: string;
  readonly exclude: readonly string[];
  /** Sensitive columns: as `exclude`, and the report says how well the student's columns still tell them. */
  readonly withhold?: readonly string[] | undefined;
  /** Column of soft labels, which replaces a model or adds to it; default none. */
  readonly softLabels?: string | undefined;
  /** What they mean; default as detected. */
  readonly softLabelsAre?: SoftLabelConvention | undefined;
  /** Column of row weights; default none. */
  readonly weights?: string | undefined;
  /** Columns of texts; default: as found. */
  readonly text?: readonly string[] | undefined;
  /** Columns whose values are groups: label de-biasing corrects each, and the report compares their errors. Default none. */
  readonly groups?: readonly string[] | undefined;
  /** Default: by hash, 60/20/20. */
  readonly split?: SplitChoice | undefined;
}

/** How the rows are split. */
export interface SplitChoice {
  /** Keeps the values of a column together, or splits by its times; default: by hash. */
  readonly by?: 'group' | 'time' | undefined;
  readonly column?: string | undefined;
  /** Such as 70/15/15. */
  readonly shares?: string | undefined;
}

/** The result of a quick check of the teacher on a sample, before a run. */
export interface Checked {
  readonly rows: { readonly train: number; readonly validation: number; readonly test: number };
  readonly labelled: number;
  readonly positives: number;
  readonly missing: readonly MissingCount[];
  /** The columns of texts that the student is given. */
  readonly texts: readonly string[];
  /** Whether the student is given images. */
  readonly hasImage: boolean;
  /** How the column of soft labels is read. */
  readonly softLabels?: string | undefined;
  /** The teacher's AUC on a sample of validation rows; NaN if a class is absent. */
  readonly auc: number;
  /** Labelled rows in that sample. */
  readonly sampled: number;
  /** Whether the teacher seems to be fitted on the training rows. */
  readonly known: boolean;
  /** Warnings to read before a run, one sentence each. */
  readonly notes: readonly string[];
  /** What `known` was decided by. */
  readonly sentence: string;
  /** The options of a run's command line, without the settings. */
  readonly options: Readonly<Record<string, string | boolean | readonly string[]>>;
}
