// Exports a student as a JavaScript module without dependencies; its probabilities equal the student's bit for bit.
import { DebkdError } from '../io/errors.ts';
import type { Student } from '../student/student.ts';
import { moduleDeclarations, PACKAGE } from './declarations.ts';
import { decoderFiles } from './decoder-files.ts';
import type { Exported } from './exported.ts';
import { checkParity, hasImage, type ParityOptions, parityRecords } from './parity.ts';
import { loadShipped } from './shipped.ts';
import { importText, moduleText } from './shipped-module.ts';

/**
 * Exports the student as `student.js` with `student.d.ts` and `package.json`. The module exports `predict(record)`,
 * `predictBatch(records)`, `unknownFields(record)`, `threshold` and `about`, and contains the preprocessing. Before
 * it is returned, it is run on synthetic records, and its probabilities are compared with the student's.
 * A student of images comes with `decoder.js` and its wasm modules, which give the pixels of PNG and JPEG files.
 * @param options.records raw records to run as well
 * @throws DebkdError `export` if a probability differs by more than 1e-6, or the host forbids importing the module
 */
export async function toJavaScript(student: Student, options: ParityOptions = {}): Promise<Exported> {
  await loadShipped();
  const source = moduleText(student);
  const largestDifference = await checkModule('js', student, source, options);
  const utf8 = new TextEncoder();
  const files = [
    { path: 'student.js', bytes: utf8.encode(source) },
    { path: 'student.d.ts', bytes: utf8.encode(moduleDeclarations(student)) },
    { path: 'package.json', bytes: utf8.encode(PACKAGE) },
    ...(hasImage(student) ? await decoderFiles() : []),
  ];
  return { target: 'js', files, largestDifference };
}

type PredictBatch = (records: readonly object[]) => { readonly probability: number; readonly label: number }[];

/** Imports a module's text and compares its predictions with the student's. @throws DebkdError `export` */
export async function checkModule(
  target: string,
  student: Student,
  source: string,
  options: ParityOptions,
): Promise<number> {
  const { predictBatch } = await importText<{ predictBatch: PredictBatch }>(target, source);
  return checkPredictions(target, student, predictBatch, options);
}

/** Compares predictions for synthetic records with the student's. @throws DebkdError `export` */
export function checkPredictions(
  target: string,
  student: Student,
  predictBatch: PredictBatch,
  options: ParityOptions,
): number {
  const records = parityRecords(student, options);
  const expected = records.map((record) => student.predictRecord(record));
  const actual = predictBatch(records);
  const ofProbabilities = (answers: typeof actual): number[] => answers.map(({ probability }) => probability);
  const difference = checkParity(target, ofProbabilities(expected), ofProbabilities(actual));
  expected.forEach(({ probability, label }, i) => {
    const found = actual[i];
    // a probability that rounds another way may be on the other side of the threshold
    if (found && found.probability === probability && found.label !== label)
      throw new DebkdError('export', {
        subject: `export ${target}`,
        seen: `synthetic row ${i + 1} has label ${found.label}, by the student ${label}`,
        expected: 'the same label',
        remedy: 'report this with the student file (nothing was exported)',
      });
  });
  return difference;
}
