// What the finished parts of a distillation depend on: the key of its checkpoint.
import type { AnyDataset, Dataset } from '../data/dataset.ts';
import { bytesDigest, matrixDigests } from '../data/matrix-digest.ts';
import { featureNames } from '../data/row-source.ts';
import type { Split } from '../data/split.ts';
import type { AnyTable } from '../data/table.ts';
import { columnChoice } from '../settings/split.ts';
import type { DistillSettings } from '../settings/training.ts';
import { list, text, type Values } from '../settings/values.ts';
import type { Teacher } from '../teacher/teacher.ts';
import { VERSION } from '../version.ts';
import type { RunInputs } from './run-checkpoint.ts';
import { teacherFiles } from './teacher-files.ts';

/** The inputs of a distillation. */
export interface DistillInputs {
  readonly teacher: Teacher;
  readonly table: Pick<AnyTable, 'columns' | 'hashes' | 'labels' | 'missing'>;
  readonly parts: Split;
  readonly settings: DistillSettings;
  readonly train: Pick<AnyDataset, 'preprocessing' | 'groups' | 'weights'>;
  readonly validation: Pick<AnyDataset, 'groups' | 'weights'>;
  /** The rows of --replay. */
  readonly replay: Dataset | undefined;
  /** The numbers of the validation rows that are held out for deferral. */
  readonly heldOut: Uint32Array | undefined;
}

/** The inputs that determine the parts of the run. The earlier student of --from is one of the teachers. */
export function runInputs(
  values: Values,
  { teacher, table, parts, settings, train, validation, replay, heldOut }: DistillInputs,
): RunInputs {
  const groups = [train, validation].flatMap((part) => (part.groups ? matrixDigests(part.groups.matrix) : []));
  return {
    'version of debkd': VERSION,
    teacher: [teacher.identity],
    rows: [
      // hashes of rows cover their features, among them the content of images
      ...[parts.train, parts.validation, table.hashes, table.labels].map(bytesDigest),
      featureNames(table),
      parts.folds ? bytesDigest(parts.folds) : null,
      // groups and weights may come from columns that are no features
      groups,
      [train, validation].map(({ weights }) => (weights ? bytesDigest(weights) : null)),
      heldOut ? bytesDigest(heldOut) : null,
      replay ? matrixDigests(replay.features) : null,
    ],
    options: [
      // how texts and images enter the student depends on further options
      train.preprocessing,
      train.groups?.preprocessing ?? null,
      ...[settings, values['train-rows'], list(values, 'drop'), table.missing],
      // the content, because a file may have changed, and that of a folder has no option
      (teacher.parts ?? [teacher]).map((part) => part.preprocessing ?? null),
      text(values, 'preprocessing'),
      teacherFiles(values).map((one) => one.preprocessing ?? null),
      columnChoice(values),
    ],
  };
}
