// The type declarations and the package.json that are exported with student.js.
import { recordInputs } from '../student/record-inputs.ts';
import type { Student } from '../student/student.ts';

const TYPES = {
  number: 'number | string | null',
  category: 'string | number | boolean | null',
  date: 'string | null',
  text: 'string | null',
  image: 'StudentImage',
} as const;

const IMAGE = `/** The pixels of an image, 8 bits per channel, row by row from the top; an ImageData is one. decoder.js gives them for PNG and JPEG. */
export interface StudentImage {
  readonly width: number;
  readonly height: number;
  /** Bytes, [height x width x channels]: 1 channel is grey, 3 are red, green and blue, 4 also alpha, which is dropped. */
  readonly pixels?: Uint8Array | Uint8ClampedArray;
  /** The same under the name that ImageData has. */
  readonly data?: Uint8Array | Uint8ClampedArray;
  readonly channels?: 1 | 3 | 4;
}
`;

/** The types that both declarations share; a record has a field for each column. */
function commonTypes(student: Student): string {
  const { defer, groupThresholds } = student;
  const inputs = recordInputs(student);
  const names = inputs.map(({ name, type }) => `  readonly ${JSON.stringify(name)}: ${TYPES[type]};\n`);
  const types = ['number', 'category', 'date', 'text', 'image'].filter(
    (type) => type === 'number' || type === 'category' || inputs.some((input) => input.type === type),
  );
  return `/** A raw record. Use null for a missing value. Other fields are ignored. */
export interface StudentRecord {
${names.join('')}}
${inputs.some(({ type }) => type === 'image') ? IMAGE : ''}export interface Prediction {
  /** Probability of class 1. */
  readonly probability: number;
  /** 1 if the probability is at or above the threshold${groupThresholds ? " of the record's group" : ''}, otherwise 0. */
  readonly label: 0 | 1;
${defer ? '  /** Whether someone else should decide: the probability is in the deferral band. */\n  readonly defer: boolean;\n' : ''}}
export declare const threshold: number;
${defer ? '/** The deferral band: from < probability < to. */\nexport declare const defer: { readonly from: number; readonly to: number };\n' : ''}/** The student's version, threshold and inputs. */
export declare const about: {
  /** Version of debkd that exported it. */
  readonly debkd: string;
  /** The first 16 digits of the SHA-256 of student.debkd. */
  readonly student: string;
  readonly threshold: number;
${groupThresholds ? '  readonly groupThresholds: { readonly column: string; readonly thresholds: readonly (readonly [value: string, threshold: number])[] };\n' : ''}${defer ? '  readonly defer: { readonly from: number; readonly to: number };\n' : ''}  readonly quantization?: 'float16' | 'int8';
  readonly inputs: readonly { readonly name: string; readonly type: ${types.map((type) => `'${type}'`).join(' | ')}; readonly categories?: readonly string[] }[];
};
`;
}

const PREDICT = [
  [
    'Predicts one record. Calls onUnknown with each field that unknownFields lists. Throws an Error with the `field` if a field is absent, or its value is a list, an object, or not a finite number where one is required.',
    'predict(record: StudentRecord, onUnknown?: (field: string) => void): Prediction',
  ],
  ['Predicts each record, in order.', 'predictBatch(records: readonly StudentRecord[]): Prediction[]'],
  [
    'The fields with a category that the student does not know; they add nothing to the prediction.',
    'unknownFields(record: StudentRecord): string[]',
  ],
] as const;

export function moduleDeclarations(student: Student): string {
  const functions = PREDICT.map(([doc, type]) => `/** ${doc} */\nexport declare function ${type};\n`);
  return commonTypes(student) + functions.join('');
}

export function wasmDeclarations(student: Student): string {
  const methods = PREDICT.map(([doc, type]) => `  /** ${doc} */\n  ${type};\n`);
  return `${commonTypes(student)}export interface OpenedStudent {
${methods.join('')}}
/** Instantiates the compiled student.wasm. */
export declare function openStudent(module: WebAssembly.Module): OpenedStudent;
`;
}

/** package.json for student.js: marks it as an ES module. */
export const PACKAGE: string = `${JSON.stringify({ private: true, type: 'module', main: 'student.js', types: 'student.d.ts' }, null, 2)}\n`;
