// Several teachers of the same rows as one: the mean of their log-odds, as the field averages several teachers' logits.
import type { AnyDataset } from '../data/dataset.ts';
import { dispose } from '../io/dispose.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { digestOf } from '../io/sha256.ts';
import type { Teacher } from './teacher.ts';

/**
 * Combines several teachers of the same rows. Its soft labels are the mean of their log-odds; de-biasing sees the margins of each, and
 * chooses or stacks the teachers, each alone and all together. Hidden features are those of the first teacher that has some. Encode
 * the rows with `teachers`, the preprocessing of each teacher, where these differ (encodeParts). Disposing of it disposes of all.
 * @param teachers two or more, from loadTeacher or givenSoftLabels
 * @returns a teacher for distill, compare, softLabels and measureDistillation
 * @throws DebkdError `value` with fewer than two teachers, or a combined one among them
 * @example
 * using teacher = combineTeachers([await loadTeacher('a.onnx'), await loadTeacher('b.onnx')]);
 * const { student } = await distill({ teacher, train, validation, student: { hidden: [16] }, seed: 1 });
 */
export function combineTeachers(teachers: readonly Teacher[]): Teacher {
  if (teachers.length < 2 || teachers.some(({ parts }) => parts)) {
    throw new DebkdError('value', {
      subject: 'several teachers',
      seen: teachers.length < 2 ? `${teachers.length}` : 'a combination of others among them',
      expected: 'two or more single teachers',
    });
  }
  const names = teachers.map(({ name }) => name);
  const name = names.join(' + ');
  const shown = names.map((one) => quote(one, 100)).join(', ');
  const layered = teachers.find((teacher) => 'layer' in teacher.hiddenLayer());
  const refuse = (): never => {
    throw new DebkdError('value', {
      subject: `teachers ${shown}`,
      seen: 'rows for one teacher',
      expected: 'a dataset, with the inputs of each teacher',
      remedy: 'call softLabels or hiddenFeatures with the dataset',
    });
  };
  const reason = `mean log-odds of ${teachers.length} teachers: ${shown}`;
  return {
    name,
    sha256: digestOf(teachers.map(({ sha256 }) => sha256)),
    identity: digestOf(['teachers', ...teachers.map(({ identity }) => identity)]),
    graph: (teachers[0] as Teacher).graph,
    convention: 'logit',
    reading: {
      positiveClass: 'only',
      positiveReason: reason,
      output: name,
      tensor: name,
      margin: { form: 'logit', width: 1, place: 0, negate: false },
      convention: 'logit',
      reason,
    },
    why: { output: reason, inputs: 'each teacher takes its own' },
    refusal: teachers.find(({ refusal }) => refusal)?.refusal,
    preprocessing: undefined,
    takes: 'rows',
    parts: teachers,
    width: undefined,
    inputs: [...new Set(teachers.flatMap(({ inputs }) => inputs))],
    columnInputs: [],
    notes: [
      ...teachers.flatMap(({ notes }) => notes),
      ...(layered ? [`teachers: hidden features are those of ${quote(layered.name, 100)}`] : []),
    ],
    margins: async () => refuse(),
    features: async () => refuse(),
    answers: async () => refuse(),
    forTarget: (target) => combineTeachers(teachers.map((teacher) => teacher.forTarget(target))),
    forTable: (table) => combineTeachers(teachers.map((teacher) => teacher.forTable(table))),
    forLabels: async () => refuse(),
    trace: async () => refuse(),
    hiddenLayer(wanted) {
      const { teacher } = layerOf(teachers, wanted);
      return teacher.hiddenLayer(wanted);
    },
    rest: async () => {
      for (const teacher of teachers) await teacher.rest?.();
    },
    [dispose]: () => {
      for (const teacher of teachers) teacher[dispose]();
    },
  };
}

/** The first teacher that has the layer, and its place. @throws DebkdError `teacher` if none has the layer that is wanted */
export function layerOf(teachers: readonly Teacher[], wanted: string | undefined): { teacher: Teacher; place: number } {
  let refused: unknown;
  for (const [place, teacher] of teachers.entries()) {
    try {
      if ('layer' in teacher.hiddenLayer(wanted)) return { teacher, place };
    } catch (error) {
      refused ??= error;
    }
  }
  if (refused) throw refused;
  return { teacher: teachers[0] as Teacher, place: 0 };
}

/** The dataset with the inputs of teacher `place` as the teacher's. */
export function datasetOf<Data extends Pick<AnyDataset, 'teacherInputs' | 'otherInputs'>>(
  data: Data,
  place: number,
): Data {
  return place === 0 ? data : { ...data, teacherInputs: data.otherInputs?.[place - 1] ?? data.teacherInputs };
}

/** The mean of the known margins of each row; NaN if none is known. */
export function meanMargins(each: readonly Float64Array[]): Float64Array {
  const [first] = each as [Float64Array];
  return first.map((_, row) => {
    let [sum, known] = [0, 0];
    for (const margins of each) {
      const v = margins[row] as number;
      if (Number.isNaN(v)) continue;
      sum += v;
      known++;
    }
    return known > 0 ? sum / known : NaN;
  });
}

/** A short name of each teacher: that of its file, without folder and ending, and numbered where several are equal. */
export function teacherNames(teachers: readonly Teacher[]): string[] {
  const short = teachers.map(({ name }) => {
    const file = name
      .replace(/[\\/]+$/, '')
      .split(/[\\/]/)
      .at(-1) as string;
    return file.replace(/\.onnx$/i, '') || 'teacher';
  });
  return short.map((name, k) => {
    const earlier = short.slice(0, k).filter((other) => other === name).length;
    return earlier > 0 ? `${name}-${earlier + 1}` : name;
  });
}
