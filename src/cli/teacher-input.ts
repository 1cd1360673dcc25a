// Opens the teacher of --teacher, read by the options for its inputs and output.
import { availableParallelism } from 'node:os';
import { type Preprocessing, parsePreprocessing } from '../data/preprocessing.ts';
import { dispose } from '../io/dispose.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { RUNTIME_SECONDS } from '../io/limit.ts';
import { jsonOf } from '../io/source.ts';
import { parseInputs } from '../settings/inputs.ts';
import { list, number, text, texts, type Values } from '../settings/values.ts';
import { loadTeacher } from '../teacher/onnx.ts';
import type { Convention } from '../teacher/reading.ts';
import type { Teacher } from '../teacher/teacher.ts';
import type { TeacherOptions } from '../teacher/teacher-options.ts';
import { imageOptions } from './image-options.ts';
import { postToMain } from './messages.ts';
import { readOptionFile } from './option-file.ts';

/**
 * The options of `loadTeacher`, from --preprocessing (or another file of one teacher), --inputs, --text, --tokenizer, --max-length, those
 * about images, --output, --convention, --positive-class, --class and --provider.
 * @throws DebkdError `usage` where --na-values contradicts the preprocessing, `source` or `preprocessing` for its file
 */
export async function teacherOptions(
  values: Values,
  file: string | undefined = text(values, 'preprocessing'),
): Promise<TeacherOptions> {
  const preprocessing =
    file === undefined ? undefined : parsePreprocessing(await readOptionFile('preprocessing', jsonOf(file)), file);
  checkMissing(preprocessing, values, quote(file ?? '', 200));
  const inputs = values['inputs'] === undefined ? undefined : texts(values, 'inputs').join(';');
  const columns = texts(values, 'text').flatMap((given) => list({ given }, 'given'));
  const tokenizer = text(values, 'tokenizer');
  const maxLength = number(values, 'max-length');
  const output = text(values, 'output');
  const convention = conventionOf(values);
  const provider = text(values, 'provider') as TeacherOptions['provider'];
  const positiveClass = text(values, 'positive-class') as 'first' | 'second' | undefined;
  return {
    ...(preprocessing && { preprocessing }),
    ...(inputs !== undefined && { inputs: parseInputs(inputs) }),
    ...(values['text'] !== undefined && { text: columns }),
    ...(tokenizer !== undefined && { tokenizer }),
    ...(maxLength !== undefined && { maxLength }),
    ...imageOptions(values),
    ...(output && { output }),
    ...(convention && { convention }),
    ...(positiveClass && { positiveClass }),
    ...(provider && { provider }),
    ...(values['class'] !== undefined && { class: text(values, 'class') as string }),
  };
}

/** The convention of a model. @throws DebkdError `usage` for one of soft labels only */
function conventionOf(values: Values): Convention | undefined {
  const stated = text(values, 'convention');
  if (stated === 'percentage' && values['soft-labels'] === undefined)
    throw new DebkdError('usage', {
      subject: 'option --convention',
      seen: 'percentage, which only soft labels can be',
      expected: 'logit, probability, logits or probabilities',
    });
  return (stated === 'log-odds' ? 'logit' : stated) as Convention | undefined;
}

/** Refuses --na-values for a preprocessing with missing values of its own. @throws DebkdError `usage` */
function checkMissing(preprocessing: Preprocessing | undefined, values: Values, name: string): void {
  if (!preprocessing?.missing || values['na-values'] === undefined) return;
  throw new DebkdError('usage', {
    subject: 'option --na-values',
    seen: `preprocessing ${name} already lists missing values (${preprocessing.missing.map((one) => quote(one)).join(', ')})`,
    remedy: [{ id: 'omit-setting', setting: 'na-values' }, 'change "missing" in the preprocessing'],
  });
}

/** --threads; default: one per core. */
export function threadsOf(values: Values): number {
  return number(values, 'threads') ?? availableParallelism();
}

/** The teacher of --teacher, and what opens it again. */
export interface OpenedTeacher {
  readonly teacher: Teacher;
  readonly path: string;
  readonly options: TeacherOptions;
  /** That of --preprocessing or of the teacher's folder. */
  readonly preprocessing: Preprocessing | undefined;
}

/**
 * The options that open the teacher as it is now read: workers know neither the label's values, which may have chosen
 * its class, nor the table, whose columns may have been assigned to its inputs.
 */
export function optionsOf({ teacher: opened, options }: OpenedTeacher, teacher: Teacher): TeacherOptions {
  const { positiveClass, className, margin } = teacher.reading;
  const inputs = new Map(
    teacher.columnInputs.flatMap(({ tensor, columns }) => (columns ? [[tensor.name, columns] as const] : [])),
  );
  const columns = teacher.text?.columns;
  const assigned = {
    ...options,
    ...(teacher.text
      ? { maxLength: teacher.text.maxLength, ...(columns && { text: columns }) }
      : !teacher.image && inputs.size > 0 && { inputs }),
  };
  const stated = options.positiveClass !== undefined || options.class !== undefined;
  if (stated || teacher.refusal) return assigned;
  if (opened.refusal) return { ...assigned, class: className ?? `${margin.place}` };
  return positiveClass === 'first' || positiveClass === 'second' ? { ...assigned, positiveClass } : assigned;
}

/**
 * Opens a teacher of --teacher with the preprocessing of --preprocessing, of another file, or of its folder.
 * @param file another file of preprocessing
 */
export async function openTeacher(path: string, values: Values, file?: string): Promise<OpenedTeacher> {
  const options = await teacherOptions(values, file);
  const seconds = number(values, 'teacher-limit') ?? RUNTIME_SECONDS;
  const onRuntime = (busy: boolean): void => postToMain({ kind: 'runtime', seconds: busy ? seconds : 0 });
  const threads = threadsOf(values);
  const teacher = await loadTeacher(path, { ...options, onRuntime, threads });
  const { preprocessing } = teacher;
  try {
    if (!options.preprocessing) checkMissing(preprocessing, values, 'that of the folder');
  } catch (error) {
    teacher[dispose]();
    throw error;
  }
  return { teacher, path, options, preprocessing };
}
