// What lies beside student.js: its types, and what tells older Nodes that it is a module.
import type { Student } from '../student/student.ts';

/** What a record is, by the student's columns. */
function recordType({ preprocessing }: Student): string {
  const names = preprocessing.columns.map((column) => {
    const type = column.kind === 'numeric' ? 'number | string | null' : 'string | number | boolean | null';
    return `  readonly ${JSON.stringify(column.name)}: ${type};\n`;
  });
  return `/** One raw record; null where a value is missing, or text that stands for it. Other fields are ignored. */
export interface StudentRecord {
${names.join('')}}
export interface Prediction {
  /** Of class 1. */
  readonly probability: number;
  /** 1 where the probability is at or above the threshold. */
  readonly label: 0 | 1;
}
export declare const threshold: number;
/** What this student is, and what it takes. */
export declare const about: {
  /** Version of debkd. */
  readonly debkd: string;
  /** The first 16 digits of the SHA-256 of student.debkd. */
  readonly student: string;
  readonly threshold: number;
  readonly quantization?: 'float16' | 'int8';
  readonly inputs: readonly { readonly name: string; readonly type: 'number' | 'category'; readonly categories?: readonly string[] }[];
};
`;
}

const PREDICT = [
  [
    'Throws an Error with the name of the `field` when a column is absent or a value is no number where one is needed; onUnknown is told what unknownFields lists.',
    'predict(record: StudentRecord, onUnknown?: (field: string) => void): Prediction',
  ],
  ['The same for each record.', 'predictBatch(records: readonly StudentRecord[]): Prediction[]'],
  [
    'Fields whose value is no category that the student knows: they count for nothing.',
    'unknownFields(record: StudentRecord): string[]',
  ],
] as const;

export function moduleDeclarations(student: Student): string {
  const functions = PREDICT.map(([doc, type]) => `/** ${doc} */\nexport declare function ${type};\n`);
  return recordType(student) + functions.join('');
}

export function wasmDeclarations(student: Student): string {
  const methods = PREDICT.map(([doc, type]) => `  /** ${doc} */\n  ${type};\n`);
  return `${recordType(student)}export interface OpenedStudent {
${methods.join('')}}
/** Opens student.wasm, compiled. */
export declare function openStudent(module: WebAssembly.Module): OpenedStudent;
`;
}

/** package.json of a folder that holds student.js. */
export const PACKAGE: string = `${JSON.stringify({ private: true, type: 'module', main: 'student.js', types: 'student.d.ts' }, null, 2)}\n`;
