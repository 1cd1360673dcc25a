// Synthetic values of columns with steps and of texts: typical, missing, unknown and extreme ones. No row of data is needed.
import { type Preprocessing, parseNumber } from '../data/preprocessing.ts';
import { formatOf, type RawInput, rawInputs } from '../data/raw-inputs.ts';
import { stepsEncoder } from '../data/steps/encoder.ts';
import { listedValues, type Step, type StepsColumn } from '../data/steps/step.ts';
import { exp, log } from '../kernels/elementary.ts';
import { below } from '../kernels/random.ts';
import { drawText, TYPICAL_TEXT } from './synthetic-text.ts';

type Value = string | number | null;

/** Values of one raw column. */
export interface SyntheticColumn {
  /** A typical value, which the student takes. */
  readonly typical: Value;
  /** Draws a value that the student takes. */
  readonly draw: (source: Iterator<number>) => Value;
}

/** Attempts to draw a value that no step refuses. */
const TRIES = 8;
/** Largest standardised number drawn, on both sides. */
const SPREAD = 4;

/** The raw columns that have steps or are texts, by name. */
export function syntheticColumns(preprocessing: Preprocessing): Map<string, SyntheticColumn> {
  const { columns } = preprocessing;
  const found = new Map<string, SyntheticColumn>();
  for (const { name, type } of rawInputs(columns)) {
    const entries = columns.filter((column) => column.name === name);
    const specs = entries.filter((column): column is StepsColumn => column.kind === 'steps');
    const isText = type === 'text';
    if (specs.length === 0 && !isText) continue;
    const encoders = specs.map((spec) => stepsEncoder(spec, preprocessing));
    const needsNumber = entries.some(({ kind }) => kind === 'numeric');
    const accepts = (value: Value): boolean => {
      const text = String(value ?? '');
      return (
        encoders.every((encode) => encode(text).problem === undefined) &&
        (!needsNumber || text === '' || Number.isFinite(parseNumber(text)))
      );
    };
    if (isText) {
      found.set(name, acceptedTexts(accepts));
      continue;
    }
    const spec =
      specs.find(({ steps }) => !steps.some((step) => 'missing' in step && !('ordinal' in step))) ?? specs[0];
    const maker = { steps: (spec as StepsColumn).steps, type, format: formatOf(columns, name) };
    const typical = [typicalValue(maker), 0, 1, null].find(accepts) ?? null;
    found.set(name, {
      typical,
      draw(source) {
        for (let i = 0; i < TRIES; i++) {
          const value = drawValue(maker, source);
          if (accepts(value)) return value;
        }
        return typical;
      },
    });
  }
  return found;
}

/** Texts that other columns of the same name take as well. */
function acceptedTexts(accepts: (value: Value) => boolean): SyntheticColumn {
  const typical = accepts(TYPICAL_TEXT) ? TYPICAL_TEXT : null;
  return {
    typical,
    draw(source) {
      const value = drawText(source);
      return accepts(value) ? value : typical;
    },
  };
}

interface Maker {
  readonly steps: readonly Step[];
  readonly type: RawInput['type'];
  readonly format: string;
}

function typicalValue({ steps, type, format }: Maker): Value {
  if (type === 'date') return dateText(format, { year: 2024, month: 1, day: 31, hour: 12 });
  const listed = listedValues(steps).find((value) => value !== null);
  if (listed !== undefined) return listed;
  const x = inverse(steps, 0);
  return Number.isFinite(x) ? Number(x.toPrecision(3)) : 1;
}

function drawValue({ steps, type, format }: Maker, source: Iterator<number>): Value {
  const kind = below(source, 32);
  if (kind === 0) return null;
  const uniform = (): number => (source.next().value as number) / 2 ** 31 - 1;
  if (type === 'date') {
    const date = { year: 1960 + below(source, 80), month: 1 + below(source, 12), day: 1 + below(source, 28) };
    return dateText(format, { ...date, hour: below(source, 24) });
  }
  const listed = listedValues(steps);
  if (listed.length > 0) {
    if (kind > 1) return listed[below(source, listed.length)] as Value;
    return type === 'number' || typeof (listed[0] ?? listed[1]) === 'number' ? 123456789 : 'a value never seen';
  }
  return kind === 1 ? uniform() * 1e9 : inverse(steps, SPREAD * uniform());
}

/** A number that the steps turn into about z; NaN or infinite if there is none. */
function inverse(steps: readonly Step[], z: number): number {
  return steps.reduceRight((x, step) => {
    if ('standardise' in step) return step.standardise.mean + x * step.standardise.std;
    if ('robust' in step) return step.robust.centre + x * step.robust.scale;
    if ('minMax' in step) {
      const { min, max } = step.minMax;
      return (min + max) / 2 + (x / SPREAD) * (max - min);
    }
    if ('log1p' in step || 'symlog' in step) return Math.sign(x) * (exp(Math.abs(x)) - 1);
    if ('yeoJohnson' in step) return inverseYeoJohnson(x, step.yeoJohnson.lambda);
    if ('bin' in step) {
      const { edges } = step.bin;
      const [first, last] = [edges[0] as number, edges.at(-1) as number];
      return (first + last) / 2 + (z / SPREAD) * (last - first);
    }
    return x;
  }, z);
}

function inverseYeoJohnson(y: number, lambda: number): number {
  const power = (v: number, of: number): number => (of === 0 ? exp(v) : exp(log(1 + of * v) / of)) - 1;
  return y < 0 ? -power(-y, 2 - lambda) : power(y, lambda);
}

function dateText(format: string, date: { year: number; month: number; day: number; hour: number }): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  const texts = {
    YYYY: String(date.year),
    MM: two(date.month),
    DD: two(date.day),
    HH: two(date.hour),
    mm: '30',
    ss: '00',
  };
  return format.replace(/YYYY|MM|DD|HH|mm|ss/g, (token) => texts[token as keyof typeof texts]);
}
