// The text of student.js: a module that was bundled when debkd was built, and the student as JSON in it.
import type { PreprocessingColumn } from '../data/preprocessing.ts';
import { DebkdError } from '../io/errors.ts';
import { littleEndian } from '../io/little-endian.ts';
import { sha256 } from '../io/sha256.ts';
import { concat } from '../io/source.ts';
import { packLayers } from '../student/quantization.ts';
import type { Student } from '../student/student.ts';
import { encodeStudent } from '../student/student-file.ts';
import { VERSION } from '../version.ts';
import { modules } from './shipped-files.ts';
import type { Model } from './shipped/model.ts';

/** What `about` says: enough to call the student, and to tell which one it is. */
export interface About {
  readonly debkd: string;
  /** SHA-256 of student.debkd. */
  readonly student: string;
  readonly threshold: number;
  readonly quantization?: object;
  readonly inputs: readonly object[];
}

export function aboutOf(student: Student): About {
  const { threshold, quantization, preprocessing } = student;
  return {
    ...{ debkd: VERSION, student: sha256(encodeStudent(student)), threshold },
    ...(quantization && { quantization: { form: quantization.form, loss: quantization.loss } }),
    inputs: preprocessing.columns.map(inputOf),
  };
}

function inputOf(column: PreprocessingColumn): object {
  if (column.kind === 'numeric') return { name: column.name, type: 'number' };
  return { name: column.name, type: 'category', categories: column.categories };
}

/** @param parameters whether the module holds them; the wasm module has them in its own file */
export function moduleText(kind: keyof typeof modules, student: Student, parameters: boolean): string {
  const { preprocessing, architecture, threshold, quantization } = student;
  const model: Model = {
    ...{ threshold, architecture, preprocessing, form: quantization?.form ?? 'float32' },
    parameters: parameters ? base64(packedBytes(student)) : '',
    about: aboutOf(student),
  };
  const text = modules[kind].replace(
    /^import (\w+) from "debkd:model";$/m,
    (_, name: string) => `const ${name} = JSON.parse(${literal(JSON.stringify(model))});`,
  );
  return `// A student classifier distilled with debkd ${VERSION}: raw fields in, probability of class 1 out; no dependencies.\n${text}`;
}

/** A student's layers as one run of bytes. */
export function packedBytes(student: Student): Uint8Array<ArrayBuffer> {
  return concat(
    packLayers(student).flatMap(({ weights, scales, biases }) =>
      [weights, ...(scales ? [scales] : []), biases].map(littleEndian),
    ),
  );
}

/** Text as a string literal that is code nowhere else: line separators, and what could end a script element, are escaped. */
export function literal(text: string): string {
  return JSON.stringify(text).replace(
    /[\u2028\u2029<]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function base64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** The address of a module's text. base64: Bun takes long percent-encoded text for something else */
export function addressOf(text: string): string {
  return `data:text/javascript;base64,${base64(new TextEncoder().encode(text))}`;
}

/** Runs a module's text. @throws DebkdError `export` where the host runs no such text, as a page under a strict policy */
export async function importText<T>(target: string, text: string): Promise<T> {
  try {
    return await import(/* @vite-ignore */ /* webpackIgnore: true */ addressOf(text));
  } catch (error) {
    throw new DebkdError(
      'export',
      `export ${target}: this host does not run the module, so that its answers cannot be compared (${(error as Error).message}); allow data: in the page's script-src, or export from the command line`,
    );
  }
}
