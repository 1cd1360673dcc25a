// Warnings about given soft labels: limited answers, and rows without one.
import type { AnyDataset } from '../data/dataset.ts';
import type { Distillation } from '../distill-options.ts';
import { knownRows, usableRows } from '../labels/unknown.ts';
import { MARGIN_LIMIT } from '../teacher/margin.ts';
import type { Teacher } from '../teacher/teacher.ts';

/** Says which answers were limited. @param limited number of answers in the training and validation rows */
export function limitedWarnings({ record }: NonNullable<Teacher['given']>, limited: number): string[] {
  const { resolution, limit } = record;
  if (limited === 0) return [];
  const step = resolution ?? 0;
  return [
    step > 0 && limit !== null && limit < MARGIN_LIMIT
      ? `soft labels: ${limited} answers of 0 or 1 were read as ${shown(step / 2)} or ${shown(1 - step / 2)}, because the answers are rounded to multiples of ${shown(step)}. Give more digits, or the log-odds`
      : `soft labels: ${limited} probabilities are practically 0 or 1; their log-odds were limited to +-${limit}. Give the log-odds to keep them exact`,
  ];
}

/** Says what happens to rows without a soft label. */
export function unknownWarnings(
  soft: Distillation['soft'],
  data: Readonly<Record<'train' | 'validation', AnyDataset>>,
): string[] {
  const warnings: string[] = [];
  for (const [part, name] of [
    ['train', 'training'],
    ['validation', 'validation'],
  ] as const) {
    const { margins } = soft[part];
    const { rows, labels } = data[part];
    const known = knownRows(margins)?.length ?? rows;
    const unused = rows - (usableRows(margins, labels)?.length ?? rows);
    const own = rows - known - unused;
    if (own > 0)
      warnings.push(
        `soft labels: ${own} of ${rows} ${name} rows have none; ${part === 'train' ? 'the student is trained on their own labels there' : 'the student is selected by their own labels there'}`,
      );
    if (unused > 0)
      warnings.push(
        `soft labels: ${unused} of ${rows} ${name} rows have neither a soft label nor a label and are left out`,
      );
  }
  return warnings;
}

function shown(x: number): string {
  return String(Number(x.toPrecision(4)));
}
