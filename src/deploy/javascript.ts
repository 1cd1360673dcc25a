// A student as one JavaScript module without dependencies: raw fields in, probability out, the kernel's bits.
import type { Student } from '../student/student.ts';
import { moduleDeclarations, PACKAGE } from './declarations.ts';
import type { Exported } from './exported.ts';
import { checkParity, type ParityOptions, parityRecords } from './parity.ts';
import { importText, moduleText } from './shipped-module.ts';

/**
 * The student as `student.js` with `student.d.ts`: `predict(record)`, `predictBatch(records)`, `unknownFields(record)` and
 * `about`, preprocessing and threshold inside. It is imported and run on synthetic rows before it is returned.
 * @param options.records raw records to run as well
 * @throws DebkdError `export` when its answers differ from the student's by more than 1e-6
 */
export async function toJavaScript(student: Student, options: ParityOptions = {}): Promise<Exported> {
  const source = moduleText(student);
  const largestDifference = await checkModule('js', student, source, options);
  const utf8 = new TextEncoder();
  const files = [
    { path: 'student.js', bytes: utf8.encode(source) },
    { path: 'student.d.ts', bytes: utf8.encode(moduleDeclarations(student)) },
    { path: 'package.json', bytes: utf8.encode(PACKAGE) },
  ];
  return { target: 'js', files, largestDifference };
}

type Answers = (records: readonly object[]) => { readonly probability: number }[];

/** Imports a module's text and compares its answers with the student's. @throws DebkdError `export` */
export async function checkModule(
  target: string,
  student: Student,
  source: string,
  options: ParityOptions,
): Promise<number> {
  const { predictBatch } = await importText<{ predictBatch: Answers }>(target, source);
  return checkAnswers(target, student, predictBatch, options);
}

/** Compares answers to synthetic records with the student's. @throws DebkdError `export` */
export function checkAnswers(target: string, student: Student, predictBatch: Answers, options: ParityOptions): number {
  const records = parityRecords(student, options);
  const expected = records.map((record) => student.predictRecord(record).probability);
  const answered = predictBatch(records).map(({ probability }) => probability);
  return checkParity(target, expected, answered);
}
