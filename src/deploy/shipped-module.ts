// The text of student.js: a module that was bundled when debkd was built, and the student as JSON in it.
import { toBase64 } from '../io/base64.ts';
import { DebkdError } from '../io/errors.ts';
import { littleEndian } from '../io/little-endian.ts';
import { sha256 } from '../io/sha256.ts';
import { concat } from '../io/source.ts';
import { packLayers } from '../student/pack-layers.ts';
import type { Student } from '../student/student.ts';
import { encodeStudent } from '../student/student-bytes.ts';
import { VERSION } from '../version.ts';
import { type Model, packColumns } from './shipped/model.ts';
import { modules } from './shipped-files.ts';

/** The text of student.js; of the wasm export, whose parameters are in their own file, where `wasm` is set. */
export function moduleText(student: Student, wasm: boolean = false): string {
  const { preprocessing, architecture, threshold, quantization } = student;
  const kind = wasm ? 'wasm' : `${quantization?.form ?? 'float32'} ${architecture.activation ?? 'relu'}`;
  const model: Model = {
    ...{ threshold, architecture, clip: preprocessing.clip, columns: packColumns(preprocessing) },
    ...(preprocessing.missing && { missing: preprocessing.missing }),
    parameters: wasm ? '' : toBase64(packedBytes(student)),
    about: {
      ...{ debkd: VERSION, student: (quantization?.source ?? sha256(encodeStudent(student))).slice(0, 16) },
      ...(quantization && { quantization: quantization.form }),
    },
  };
  const [found, name] = /^import ([\w$]+) ?from ?"debkd:model";/.exec(modules[kind] ?? '') ?? [];
  if (found === undefined) throw new Error(`the module ${kind} was not built as expected`);
  const text = `const ${name}=JSON.parse(${literal(model)});\n${modules[kind]?.slice(found.length)}`;
  return `// a student distilled with debkd ${VERSION}\n${text}`;
}

/** A student's layers as one run of bytes. */
export function packedBytes(student: Student): Uint8Array<ArrayBuffer> {
  return concat(
    packLayers(student).flatMap(({ weights, scales, biases }) =>
      [weights, ...(scales ? [scales] : []), biases].map(littleEndian),
    ),
  );
}

/**
 * JSON as a string literal that is code nowhere else: line separators, and what could end a script element, are escaped. In
 * single quotes, which JSON has few of.
 */
export function literal(value: unknown): string {
  const text = JSON.stringify(value).replace(
    /[\\'<\u2028\u2029]/g,
    (c) => `\\${c === '\\' || c === "'" ? c : `u${c.charCodeAt(0).toString(16).padStart(4, '0')}`}`,
  );
  return `'${text}'`;
}

/** The address of a module's text. base64: Bun takes long percent-encoded text for something else */
export function addressOf(text: string): string {
  return `data:text/javascript;base64,${toBase64(new TextEncoder().encode(text))}`;
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
