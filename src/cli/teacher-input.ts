// Opens the teacher of --teacher, read by the options for its inputs and output.
import { type Preprocessing, parsePreprocessing } from '../data/preprocessing.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { RUNTIME_SECONDS } from '../io/limit.ts';
import { jsonOf } from '../io/source.ts';
import { number, text, type Values } from '../settings/values.ts';
import { loadTeacher, type TeacherOptions } from '../teacher/onnx.ts';
import type { Convention } from '../teacher/reading.ts';
import type { Teacher } from '../teacher/teacher.ts';
import { postToMain } from './messages.ts';
import { readOptionFile } from './option-file.ts';

/**
 * The options of `loadTeacher`, from --preprocessing (or another file of one teacher), --output, --convention, --positive-class and --class.
 * @throws DebkdError `usage` where --na-values contradicts the preprocessing, `source` or `preprocessing` for its file
 */
export async function teacherOptions(
  values: Values,
  file: string | undefined = text(values, 'preprocessing'),
): Promise<TeacherOptions> {
  const preprocessing =
    file === undefined ? undefined : parsePreprocessing(await readOptionFile('preprocessing', jsonOf(file)), file);
  if (preprocessing?.missing && values['na-values'] !== undefined) {
    throw new DebkdError('usage', {
      subject: 'option --na-values',
      seen: `preprocessing ${quote(file ?? '', 200)} already lists missing values (${preprocessing.missing.map((one) => quote(one)).join(', ')})`,
      remedy: [{ id: 'omit-setting', setting: 'na-values' }, 'change "missing" in the preprocessing'],
    });
  }
  const output = text(values, 'output');
  const convention = conventionOf(values);
  const positiveClass = text(values, 'positive-class') as 'first' | 'second' | undefined;
  return {
    ...(preprocessing && { preprocessing }),
    ...(output && { output }),
    ...(convention && { convention }),
    ...(positiveClass && { positiveClass }),
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

/** The options with the class that the label's values decided: workers do not know these values. */
export function withClass(options: TeacherOptions, { reading }: Teacher): TeacherOptions {
  const { positiveClass } = reading;
  const stated = options.positiveClass !== undefined || options.class !== undefined;
  return stated || (positiveClass !== 'first' && positiveClass !== 'second') ? options : { ...options, positiveClass };
}

/** The teacher of --teacher and the preprocessing of --preprocessing, or of another file of this teacher. */
export async function openTeacher(
  path: string,
  values: Values,
  file?: string,
): Promise<{ teacher: Teacher; preprocessing: Preprocessing | undefined }> {
  const options = await teacherOptions(values, file);
  const seconds = number(values, 'teacher-limit') ?? RUNTIME_SECONDS;
  const onRuntime = (busy: boolean): void => postToMain({ kind: 'runtime', seconds: busy ? seconds : 0 });
  return { teacher: await loadTeacher(path, { ...options, onRuntime }), preprocessing: options.preprocessing };
}
