// Students to compare with.
import type { DistillSettings } from '../cli/settings.ts';
import { tuneMethod } from '../compare/cell.ts';
import { prepareMaterial } from '../compare/material.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Distilled } from '../distill.ts';
import type { Watch } from '../io/progress.ts';
import type { Part } from '../report/result.ts';
import type { Student } from '../student/student.ts';

/** The students that ours is compared with, trained alike: on hard labels, and by plain distillation. */
export async function trainRivals(
  run: Distilled,
  { train, validation }: Readonly<Record<Part, Dataset>>,
  settings: DistillSettings,
  { signal, onProgress }: Watch,
): Promise<{ hard: Student; plain: Student }> {
  const material = prepareMaterial(
    { data: train, margins: run.soft.train.margins },
    { data: validation, margins: run.soft.validation.margins },
  );
  const { student, seed, epochs, batchSize, optimizer, dropout } = settings;
  const made: Student[] = [];
  for (const method of ['hard', 'kd'] as const) {
    onProgress?.({ stage: method === 'hard' ? 'hard labels, to compare' : 'plain KD, to compare', done: 0, total: 1 });
    const options = { student, seed, epochs, batchSize, optimizer, dropout, signal };
    made.push((await tuneMethod(method, material, options)).student);
  }
  const [hard, plain] = made as [Student, Student];
  return { hard, plain };
}
