// A student as one JavaScript module without dependencies: raw fields in, probability out, the kernel's bits.
import { MISSING } from '../data/missing.ts';
import { DebkdError } from '../io/errors.ts';
import type { Student } from '../student/student.ts';
import { VERSION } from '../version.ts';
import type { Exported } from './exported.ts';
import { javascriptSource } from './javascript-source.ts';
import { checkParity, syntheticRecords } from './parity.ts';

/**
 * The student as `student.js` with `student.d.ts`: `predict(record)` and `predictBatch(records)`, preprocessing and
 * threshold inside. It is imported and run on synthetic rows before it is returned.
 * @throws DebkdError `export` when its answers differ from the student's by more than 1e-6
 */
export async function toJavaScript(student: Student): Promise<Exported> {
  const source = javascriptSource(modelOf(student));
  const records = syntheticRecords(student);
  const shipped = await importText(source);
  const answered = (shipped.predictBatch(records) as { probability: number }[]).map(({ probability }) => probability);
  const expected = records.map((record) => student.predictRecord(record).probability);
  const largestDifference = checkParity('js', expected, answered);
  const utf8 = new TextEncoder();
  const files = [
    { path: 'student.js', bytes: utf8.encode(source) },
    { path: 'student.d.ts', bytes: utf8.encode(declarations(student)) },
  ];
  return { target: 'js', files, largestDifference };
}

/** Runs a module's text. @throws DebkdError `export` where the host runs no such text, as a page under a strict policy */
async function importText(source: string): Promise<{ predictBatch(records: readonly object[]): unknown }> {
  const bytes = new TextEncoder().encode(source);
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  // base64: Bun takes long percent-encoded text for something else
  const address = `data:text/javascript;base64,${btoa(binary)}`;
  try {
    return await import(/* @vite-ignore */ /* webpackIgnore: true */ address);
  } catch (error) {
    throw new DebkdError(
      'export',
      `export js: this host does not run the module, so that its answers cannot be compared (${(error as Error).message}); allow data: in the page's script-src, or export from the command line`,
    );
  }
}

/** All of a student as JSON text, its parameters as base64 of little-endian float32. */
function modelOf({ preprocessing, architecture, threshold, parameters }: Student): string {
  const bytes = new DataView(new ArrayBuffer(4 * parameters.length));
  parameters.forEach((x, i) => {
    bytes.setFloat32(4 * i, x, true);
  });
  let binary = '';
  for (const byte of new Uint8Array(bytes.buffer)) binary += String.fromCharCode(byte);
  const { clip, columns, F, missing } = preprocessing;
  return JSON.stringify({
    debkd: VERSION,
    threshold,
    clip,
    missing: (missing ?? MISSING).map((text) => text.trim().toLowerCase()),
    columns,
    widths: [F, ...architecture.hidden, 1],
    activation: architecture.activation,
    residual: architecture.residual,
    parameters: btoa(binary),
  });
}

function declarations({ preprocessing }: Student): string {
  const names = preprocessing.columns.map((column) => {
    const type = column.kind === 'numeric' ? 'number | string | null' : 'string | number | boolean | null';
    return `  readonly ${JSON.stringify(column.name)}: ${type};\n`;
  });
  return `/** One raw record; null where a value is missing, or text that stands for it. */
export interface StudentRecord {
${names.join('')}}
export interface Prediction {
  /** Of class 1. */
  readonly probability: number;
  /** 1 where the probability is at or above the threshold. */
  readonly label: 0 | 1;
}
export declare const threshold: number;
/** Throws TypeError when a column is absent or a value is no number where one is needed. */
export declare function predict(record: StudentRecord): Prediction;
export declare function predictBatch(records: readonly StudentRecord[]): Prediction[];
`;
}
