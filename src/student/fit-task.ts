// The training of one student, here or as a task of another thread.
import type { AnyDataset } from '../data/dataset.ts';
import { isInMemory } from '../data/row-source.ts';
import type { Progress } from '../io/progress.ts';
import type { Threads } from '../io/threads.ts';
import type { Targets } from '../labels/knowledge-infusion.ts';
import type { Loss } from '../loss/loss.ts';
import type { Features } from '../teacher/features.ts';
import type { Architecture } from './architecture.ts';
import type { Checkpoint } from './checkpoint.ts';
import { type FitOptions, fit } from './fit.ts';
import type { Selection } from './selection.ts';
import { Student } from './student.ts';
import type { StudentData } from './student-data.ts';

/** What students of one distillation share: rows, selection, and the teacher's features for a hint. */
type Shared = readonly [dataset: AnyDataset, selection: Omit<Selection, 'dataset'>, of: AnyDataset, hint?: Features];

/** What is of one student alone. */
interface Args {
  readonly architecture: Architecture;
  readonly targets: Targets;
  readonly loss: Loss;
  readonly options: Omit<FitOptions, 'signal' | 'onProgress' | 'resume' | 'validation' | 'features'>;
  /** The saved state of a checkpoint; null: none was saved. Absent without a checkpoint. */
  readonly saved?: Uint8Array | null | undefined;
  readonly pause?: number | undefined;
}

type News = { readonly progress: Progress } | { readonly state: Uint8Array };

/** Whether students of these rows can be trained in other threads: the rows are in memory, and the loss is no function. */
export function isSendable(rows: readonly AnyDataset[], loss: Loss): boolean {
  return loss.compute === undefined && rows.every(({ features }) => isInMemory(features));
}

/** Trains a student in the next free thread. @throws DebkdError as fit; the signal's reason when aborted */
export async function fitInThreads(
  threads: Threads,
  [architecture, dataset, targets, loss]: readonly [Architecture, AnyDataset, Targets, Loss],
  options: FitOptions & { readonly validation: Selection },
): Promise<Student> {
  const { signal, onProgress, resume, validation, features, ...rest } = options;
  const shared = [
    withoutTeacher(dataset),
    selectionOf(validation),
    withoutTeacher(validation.dataset),
    ...(features ? [features] : []),
  ];
  const saved = resume && ((await resume.checkpoint.get(resume.part)) ?? null);
  const args: Args = { architecture, targets, loss, options: rest, saved, pause: resume?.checkpoint.pause };
  return new Promise((resolve, reject) => {
    const hear = (news: News): void => {
      if (signal?.aborted) reject(signal.reason);
      else if ('progress' in news) onProgress?.(news.progress);
      else resume?.checkpoint.put(resume.part, news.state).catch(reject);
    };
    const here = async (): Promise<StudentData> => fit(architecture, dataset, targets, loss, options);
    threads
      .run<StudentData, News>({ name: 'fit student', shared, args }, here, hear)
      .then((data) => resolve(data instanceof Student ? data : new Student(data)), reject);
  });
}

/** The task `fit student` in a thread. */
export async function fitStudentTask(
  [dataset, selection, of, features]: Shared,
  { architecture, targets: learned, loss, options, saved, pause }: Args,
  onNews: (news: News) => void,
): Promise<StudentData> {
  const checkpoint: Checkpoint = {
    get: async () => saved ?? undefined,
    put: async (_, state) => onNews({ state }),
    ...(pause !== undefined && { pause }),
  };
  const student = await fit(architecture, dataset, learned, loss, {
    ...options,
    features,
    validation: { ...selection, dataset: of },
    resume: saved === undefined ? undefined : { checkpoint, part: '' },
    onProgress: (progress) => onNews({ progress }),
  });
  return { ...student };
}

// one copy of each, because a thread knows what it has by its identity
const copies: WeakMap<object, object> = /* @__PURE__ */ new WeakMap();

function copyOf<T extends object>(of: object, make: () => T): T {
  const copy = (copies.get(of) as T | undefined) ?? make();
  copies.set(of, copy);
  return copy;
}

/** The rows without the teacher's inputs: fits do not use them, and open images cannot leave a thread. */
function withoutTeacher(data: AnyDataset): AnyDataset {
  return copyOf(data, () => {
    const { otherInputs: _, ...rest } = data;
    return { ...rest, teacherInputs: data.features } as AnyDataset;
  });
}

function selectionOf(selection: Selection): Omit<Selection, 'dataset'> {
  return copyOf(selection, () => {
    const { dataset: _, ...rest } = selection;
    return rest;
  });
}
