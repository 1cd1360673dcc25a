// The text of student.js: a module bundled by the build, with the student as JSON.
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
import { packCodes, packWideCodes } from './shipped/packed-numbers.ts';
import { shipped } from './shipped.ts';

/** The text of student.js, after `loadShipped`. @param wasm for the wasm export, whose parameters are in student.wasm */
export function moduleText(student: Student, wasm: boolean = false): string {
  const { preprocessing, architecture, threshold, groupThresholds, defer, quantization } = student;
  const has = (kind: 'steps' | 'text' | 'image'): boolean =>
    preprocessing.columns.some((column) => column.kind === kind);
  const form = quantization?.form ?? 'float32';
  const large = has('text') ? ' text' : has('image') ? ' image' : '';
  const { activation = 'relu' } = architecture;
  // the code for texts has every activation, and that for images ReLU or every one
  const every = has('text') || (has('image') && activation !== 'relu');
  const code = wasm ? 'wasm' : every ? form : `${form} ${activation}`;
  const others = has('image') && !has('steps') && preprocessing.columns.length > 1 ? ' plain' : '';
  const kind = `${code}${has('steps') ? ' steps' : ''}${large}${others}`;
  const codes = large !== '' && quantization?.form === 'int8' && !wasm;
  const model: Model = {
    threshold,
    ...(groupThresholds && { groupThresholds }),
    ...(defer && { defer }),
    architecture,
    clip: preprocessing.clip,
    columns: packColumns(preprocessing),
    ...(preprocessing.missing && { missing: preprocessing.missing }),
    parameters: wasm ? '' : toBase64(packedBytes(student, codes)),
    ...(codes && {
      codes: has('image')
        ? packWideCodes(concatCodes(student))
        : packLayers(student)
            .map(({ weights }) => packCodes(weights as Int8Array))
            .join(''),
    }),
    about: {
      debkd: VERSION,
      student: (quantization?.source ?? sha256(encodeStudent(student))).slice(0, 16),
      ...(quantization && { quantization: quantization.form }),
      ...(groupThresholds && { groupThresholds }),
    },
  };
  const { modules } = shipped();
  const [importLine, name] = /^import ([\w$]+) ?from ?"debkd:model";/.exec(modules[kind] ?? '') ?? [];
  if (importLine === undefined)
    throw new Error(`the module ${kind} of src/deploy/shipped-files.ts does not import debkd:model; build debkd again`);
  // the code for groups is in the modules of the few students that need it
  const groups = groupThresholds
    ? `${modules['groups']?.trim()}\n${name}.thresholdOf=(record)=>debkdGroups.recordThreshold(${name},record);\n`
    : '';
  const text = `const ${name}=JSON.parse(${jsonLiteral(model)});\n${groups}${modules[kind]?.slice(importLine.length)}`;
  return `// A student, distilled with debkd ${VERSION}\n${text}`;
}

/** The int8 weights of all layers. */
function concatCodes(student: Student): Int8Array {
  return Int8Array.from(packLayers(student).flatMap(({ weights }) => [...weights]));
}

/**
 * The layers' numbers, little-endian: weights, scales of int8, biases, layer after layer.
 * @param apart whether the weights are stored elsewhere, and left out
 */
export function packedBytes(student: Student, apart: boolean = false): Uint8Array<ArrayBuffer> {
  return concat(
    packLayers(student).flatMap(({ weights, scales, biases }) =>
      [...(apart ? [] : [weights]), ...(scales ? [scales] : []), biases].map(littleEndian),
    ),
  );
}

/**
 * JSON as a JavaScript string literal. It escapes line separators and `<`, because `</script>` would end an inline
 * script; single quotes, because JSON contains few.
 */
export function jsonLiteral(value: unknown): string {
  const text = JSON.stringify(value).replace(
    /[\\'<\u2028\u2029]/g,
    (c) => `\\${c === '\\' || c === "'" ? c : `u${c.charCodeAt(0).toString(16).padStart(4, '0')}`}`,
  );
  return `'${text}'`;
}

/** A data: URL that imports a module's text; in base64, because Bun fails on long percent-encoded URLs. */
export function moduleUrl(text: string): string {
  return `data:text/javascript;base64,${toBase64(new TextEncoder().encode(text))}`;
}

/**
 * Imports a module's text.
 * @throws DebkdError `export` if the host forbids it, such as a page with a strict content security policy
 */
export async function importText<T>(target: string, text: string): Promise<T> {
  try {
    return await import(/* @vite-ignore */ /* webpackIgnore: true */ moduleUrl(text));
  } catch (error) {
    throw new DebkdError('export', {
      subject: `export ${target}`,
      seen: `this host does not run the module, so its predictions cannot be checked (${(error as Error).message})`,
      remedy: ["allow data: in the page's script-src", 'export with the command line'],
    });
  }
}
