// A student as a WebAssembly module of its own: the network of assembly/student.ts, and the weights as a data segment.
import { DebkdError } from '../io/errors.ts';
import { concat } from '../io/source.ts';
import { ACTIVATIONS } from '../kernels/activation.ts';
import { wasmBytes } from '../kernels/wasm-text.ts';
import type { Student } from '../student/student.ts';
import { PACKAGE, wasmDeclarations } from './declarations.ts';
import type { Exported } from './exported.ts';
import { checkAnswers } from './javascript.ts';
import type { ParityOptions } from './parity.ts';
import { network } from './shipped-files.ts';
import { importText, moduleText, packedBytes } from './shipped-module.ts';

/** Where assembly/student.ts looks. */
const HEADER = 1024;
const FORMS = [undefined, 'float16', 'int8'] as const;
const PAGE = 65536;
const PREAMBLE = 8;
const MEMORY = 5;
const DATA = 11;

interface Opened {
  predictBatch(records: readonly object[]): { readonly probability: number }[];
}

/**
 * The student as `student.wasm`, which imports nothing, with `student.js`, which encodes records for it, and its types:
 * `openStudent(module)` of a compiled module. It is run on synthetic rows before it is returned.
 * @throws DebkdError `export` when its answers differ from the student's, or the host compiles no bytes
 */
export async function toWasm(student: Student, options: ParityOptions = {}): Promise<Exported> {
  const wasm = moduleOf(student);
  const source = moduleText(student, true);
  const { openStudent } = await importText<{ openStudent(module: WebAssembly.Module): Opened }>('wasm', source);
  const module = compile(wasm);
  const largestDifference = checkAnswers('wasm', student, openStudent(module).predictBatch, options);
  const utf8 = new TextEncoder();
  const files = [
    { path: 'student.wasm', bytes: wasm },
    { path: 'student.js', bytes: utf8.encode(source) },
    { path: 'student.d.ts', bytes: utf8.encode(wasmDeclarations(student)) },
    { path: 'package.json', bytes: utf8.encode(PACKAGE) },
  ];
  return { target: 'wasm', files, largestDifference };
}

function compile(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  try {
    return new WebAssembly.Module(bytes);
  } catch (error) {
    throw new DebkdError(
      'export',
      `export wasm: this host does not compile the module, so that its answers cannot be compared (${(error as Error).message}); export from the command line`,
    );
  }
}

/** The network's module with its memory sized and the student in a data segment. */
function moduleOf(student: Student): Uint8Array<ArrayBuffer> {
  const { architecture, preprocessing, quantization } = student;
  const { hidden, activation = 'relu', residual = false } = architecture;
  const widths = [preprocessing.encodedWidth, ...hidden, 1];
  const words = Uint32Array.of(
    ...[hidden.length + 1, ACTIVATIONS.indexOf(activation), residual ? 1 : 0, FORMS.indexOf(quantization?.form)],
    ...widths,
  );
  const header = new Uint8Array(4 * words.length);
  const view = new DataView(header.buffer);
  words.forEach((word, i) => {
    view.setUint32(4 * i, word, true);
  });
  const content = concat([header, packedBytes(student)]);
  const template = wasmBytes(network);
  const pages = Math.ceil((HEADER + content.length + workspace(widths)) / PAGE);
  const sections = sectionsOf(template).map(({ id, bytes }) =>
    id === MEMORY ? section(MEMORY, [Uint8Array.of(1, 1), unsigned(pages), unsigned(pages)]) : bytes,
  );
  // one active segment: memory 0, at the constant HEADER
  const place = Uint8Array.of(1, 0, 0x41, ...signed(HEADER), 0x0b);
  sections.push(section(DATA, [place, unsigned(content.length), content]));
  return concat([template.subarray(0, PREAMBLE), ...sections]);
}

/** Bytes that open() lays out behind the header and the weights. */
function workspace(widths: readonly number[]): number {
  const stride = (width: number): number => 16 * Math.ceil(width / 4);
  let bytes = 3 * 64; // alignments
  for (let l = 1; l < widths.length; l++) bytes += ((widths[l - 1] as number) + 1) * stride(widths[l] as number);
  return bytes + 8 * (widths[0] as number) + 2 * Math.max(...widths.slice(1).map(stride));
}

/** A module's sections but custom ones, each with its head. */
function sectionsOf(module: Uint8Array): { id: number; bytes: Uint8Array }[] {
  const out: { id: number; bytes: Uint8Array }[] = [];
  for (let at = PREAMBLE; at < module.length; ) {
    const start = at;
    const id = module[at++] as number;
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = module[at++] as number;
      size += (byte & 127) * 2 ** shift;
      if (byte < 128) break;
    }
    at += size;
    if (id !== 0) out.push({ id, bytes: module.subarray(start, at) });
  }
  return out;
}

function section(id: number, parts: readonly Uint8Array[]): Uint8Array {
  const content = concat(parts);
  return concat([Uint8Array.of(id), unsigned(content.length), content]);
}

/** LEB128. */
function unsigned(value: number): Uint8Array {
  const out: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) out.push((rest % 128) | 128);
  return Uint8Array.from([...out, rest]);
}

/** LEB128 of a number that is not negative: one more byte where the sign's bit is taken. */
function signed(value: number): number[] {
  const bytes = [...unsigned(value)];
  const last = bytes.at(-1) as number;
  return last < 64 ? bytes : [...bytes.slice(0, -1), last | 128, 0];
}
