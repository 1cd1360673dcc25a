// Dates for ONNX, which cannot read them: each part of a date that a student uses is a number, an input of its own.
import type { Preprocessing, PreprocessingColumn } from '../data/preprocessing.ts';
import { stepsEncoder } from '../data/steps/encoder.ts';
import type { DateStep, StepsColumn } from '../data/steps/step.ts';
import type { RawRecord } from '../student/record.ts';

/** A part of a date: its step, and the name of the input that has it. */
interface Part {
  readonly column: string;
  readonly step: DateStep;
  readonly name: string;
}

/**
 * Replaces columns that read dates by columns of numbers, such as `born (year)`.
 * @returns the preprocessing, and a function that replaces a record's dates by their parts, NaN where missing
 */
export function withDateParts(preprocessing: Preprocessing): {
  preprocessing: Preprocessing;
  toParts: (record: RawRecord) => RawRecord;
} {
  const parts = partsOf(preprocessing.columns);
  if (parts.length === 0) return { preprocessing, toParts: (record) => record };
  const limits = { clip: Number.MAX_VALUE, missing: preprocessing.missing };
  const numberOf = (step: DateStep, text: string): number => {
    const { value, problem } = stepsEncoder({ steps: [step] }, limits)(text);
    return problem ? Number.NaN : value;
  };
  const columns = preprocessing.columns.map((column): PreprocessingColumn => {
    if (column.kind !== 'steps') return column;
    const at = dateIndex(column);
    const step = at < 0 ? undefined : (column.steps[at] as DateStep);
    const part = parts.find((one) => one.column === column.name && (!step || same(one.step, step)));
    if (!part) return column;
    if (!step) return { ...column, name: part.name }; // a flag of missing dates
    const imputed = column.steps.slice(0, at).flatMap((before) => {
      if (!('impute' in before)) return [];
      return [{ impute: 'constant', value: numberOf(step, String(before.value)) } as const];
    });
    return { ...column, name: part.name, steps: [...imputed, ...column.steps.slice(at + 1)] };
  });
  const dates = new Set(parts.map(({ column }) => column));
  return {
    preprocessing: { ...preprocessing, columns },
    toParts(record) {
      const others = Object.entries(record).filter(([name]) => !dates.has(name));
      const numbers = parts.map(({ column, step, name }): [string, number] => {
        return [name, numberOf(step, String(record[column] ?? ''))];
      });
      return Object.fromEntries([...others, ...numbers]);
    },
  };
}

/** The parts of dates that columns use, each once. */
function partsOf(columns: readonly PreprocessingColumn[]): Part[] {
  const taken = new Set(columns.map(({ name }) => name));
  const parts: Part[] = [];
  for (const column of columns) {
    const step = column.kind === 'steps' ? column.steps[dateIndex(column)] : undefined;
    if (!step || !('date' in step) || parts.some((one) => one.column === column.name && same(one.step, step))) continue;
    let name = `${column.name} (${step.date})`;
    while (taken.has(name)) name = `_${name}`;
    taken.add(name);
    parts.push({ column: column.name, step, name });
  }
  return parts;
}

/** The index of the date step before which values are only imputed; -1 if there is none. */
function dateIndex({ steps }: StepsColumn): number {
  const first = steps.findIndex((step) => !('impute' in step));
  return first >= 0 && 'date' in (steps[first] as object) ? first : -1;
}

const same = (a: DateStep, b: DateStep): boolean => JSON.stringify(a) === JSON.stringify(b);
