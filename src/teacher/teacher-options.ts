// The options of loadTeacher.
import type { Preprocessing } from '../data/preprocessing.ts';
import type { Source } from '../io/source.ts';
import type { ImageLayout, ImageOrder } from './image-inputs.ts';
import type { InputColumns } from './input-columns.ts';
import type { Provider } from './provider-names.ts';
import type { Convention } from './reading.ts';

/** The part of an onnxruntime-web module that debkd uses. The module's own declarations need those of the DOM. */
export interface OnnxRuntime {
  /** Creates sessions. */
  readonly InferenceSession: { create(model: Uint8Array, options?: object): Promise<object> };
  /** Makes input tensors. */
  readonly Tensor: object;
  /** Settings of the runtime. */
  readonly env: object;
}

/** Options of loadTeacher; each overrides what it would detect. */
export interface TeacherOptions {
  /**
   * The preprocessing that the teacher was trained with; its width must match the teacher's inputs. Default: the
   * preprocessing.json of a folder.
   */
  readonly preprocessing?: Preprocessing;
  /**
   * The model's config.json, as an object or a source of JSON: names of its classes and the kind of problem, as Hugging
   * Face writes them. Default: that of a folder; for a model file, only the names from its folder's are used.
   */
  readonly config?: Source | Readonly<Record<string, unknown>>;
  /**
   * Columns that enter each input, in order, by the input's name. Default: an input of one value takes the column of
   * its name; one of several values takes the table's other columns of its kind, if their number fits. With a
   * preprocessing, the encoded columns of these columns enter, in the order of the preprocessing.
   */
  readonly inputs?: InputColumns;
  /**
   * The tokenizer of a teacher of text: tokenizer.json of Hugging Face, as an object or a source of JSON. Default: that of the model's
   * folder.
   */
  readonly tokenizer?: Source | Readonly<Record<string, unknown>>;
  /** The tokenizer_config.json of a teacher of text. Default: that in the folder of tokenizer.json, if there is one. */
  readonly tokenizerConfig?: Source | Readonly<Record<string, unknown>>;
  /**
   * Columns that a teacher of text reads: one, or two for a text and its pair; other teachers ignore it. Default: the table's only column
   * of running text.
   */
  readonly text?: readonly string[];
  /**
   * Most tokens of a row of a teacher of text, special ones included; longer texts are cut. Default: that of tokenizer.json,
   * tokenizer_config.json or config.json, at most the positions of the model, else 512.
   */
  readonly maxLength?: number;
  /**
   * The preprocessor_config.json of a teacher of images, as an object or a source of JSON: size, resampling, centre, mean and standard
   * deviation, as image processors of Hugging Face write them. Default: that of the model's folder, or pretrained_cfg of timm in config.json;
   * without one, images are resized to the model's size and labelled rows choose the rest (Teacher.forLabels).
   */
  readonly imageConfig?: Source | Readonly<Record<string, unknown>>;
  /** The column of images that a teacher of images reads; other teachers ignore it. Default: the table's only column of images. */
  readonly image?: string;
  /** Rows and columns of pixels that images are resized to, or one number for both; default: as imageConfig, else the model's size. */
  readonly imageSize?: number | readonly [height: number, width: number];
  /**
   * Mean of the values (imageScale) for each channel in the order in which they enter, or one for all. With imageStd or imageScale it
   * replaces what imageConfig says; default with one of these: 0.
   */
  readonly imageMean?: number | readonly number[];
  /** Standard deviation, as imageMean; default 1. */
  readonly imageStd?: number | readonly number[];
  /** What bytes become before the mean is subtracted: `0..1` (default), `-1..1`, or `0..255` as they are. */
  readonly imageScale?: '0..1' | '-1..1' | '0..255';
  /** The order of the input's axes, where its shape leaves it open; default: by its sizes and their names. */
  readonly imageLayout?: ImageLayout;
  /** The channels of images in the order in which they enter; default `rgb`, or `grey` for a model of one channel. */
  readonly imageOrder?: ImageOrder;
  /** What the output means; default: detected. */
  readonly convention?: Convention;
  /**
   * Which of two values per row belongs to class 1; default: by the model's class names and label output, else the
   * second.
   */
  readonly positiveClass?: 'first' | 'second';
  /**
   * Class 1, by its name or its index from 0: this class versus the rest, one of several independent labels, or the name
   * of one of several outputs. Default for more than two values: open, until forTarget chooses it.
   */
  readonly class?: string;
  /** An input that the model must have; default: not checked. */
  readonly input?: string;
  /**
   * The output to read, or `NAME[k]`: value k of it, or tensor k of a list. Default: the one that looks like a score.
   */
  readonly output?: string;
  /**
   * Files of the model's weights by their names in the model; default: read from the model's folder, if the source is a
   * path or an address.
   */
  readonly externalData?: ReadonlyMap<string, Source>;
  /**
   * Called with true when the ONNX runtime begins a step, and with false when it ends; another true may follow without
   * a false. The runtime blocks its thread: to limit its time, load the teacher in a worker and terminate the worker
   * from outside.
   */
  readonly onRuntime?: (busy: boolean) => void;
  /** Another onnxruntime-web module; default: `onnxruntime-web/wasm`. It runs in this thread only. */
  readonly ort?: OnnxRuntime;
  /**
   * Threads that run the model, each with a session of its own; default 1. They start when the rest of the rows takes
   * longer than about 2 s, and end when idle; where the host has no workers, this thread runs the model. Answers do not
   * depend on their number.
   */
  readonly threads?: number;
  /**
   * What runs the model: `wasm` (default), with the same bits on every host; `native`, the package onnxruntime-node, if
   * it is installed; `webgpu`, with the module onnxruntime-web/webgpu as `ort`. The last bits of answers depend on it,
   * and the record of a run names it unless it is `wasm`.
   */
  readonly provider?: Provider;
}
