// Exports a student as a WebAssembly module: the network of assembly/student.ts with the weights in a data segment.
import type { Preprocessing } from '../data/preprocessing.ts';
import { DebkdError } from '../io/errors.ts';
import { concat } from '../io/source.ts';
import { ACTIVATIONS } from '../kernels/activation-names.ts';
import type { ImageShape, StageLayout } from '../kernels/trunk-layout.ts';
import { wasmBytes } from '../kernels/wasm-text.ts';
import type { Student } from '../student/student.ts';
import { networkInputs, studentLayout } from '../student/student-layout.ts';
import { PACKAGE, wasmDeclarations } from './declarations.ts';
import { decoderFiles } from './decoder-files.ts';
import type { Exported } from './exported.ts';
import { checkPredictions } from './javascript.ts';
import { hasImage, type ParityOptions } from './parity.ts';
import { loadShipped, shipped } from './shipped.ts';
import { importText, moduleText, packedBytes } from './shipped-module.ts';

/** The address where assembly/student.ts reads the header and the weights. */
const HEADER_ADDRESS = 1024;
const FORMS = [undefined, 'float16', 'int8'] as const;
const PAGE_BYTES = 65536;
/** At least the size of a Stage of assembly/stage.ts. */
const STAGE_BYTES = 128;
/** Bytes before a module's sections: magic number and version. */
const PREAMBLE_BYTES = 8;
const MEMORY_SECTION = 5;
const DATA_SECTION = 11;

interface OpenedStudent {
  predictBatch(records: readonly object[]): { readonly probability: number; readonly label: number }[];
}

/**
 * Exports the student as `student.wasm`, without imports, and `student.js`, whose `openStudent(module)` takes the
 * compiled module and encodes records for it. Both run on synthetic records first, and their predictions must be the
 * student's.
 * @param options.records raw records to run as well
 * @throws DebkdError `export` if a prediction differs by more than 1e-6, or the host forbids compiling bytes
 */
export async function toWasm(student: Student, options: ParityOptions = {}): Promise<Exported> {
  await loadShipped();
  const wasm = moduleOf(student);
  const source = moduleText(student, true);
  const { openStudent } = await importText<{ openStudent(module: WebAssembly.Module): OpenedStudent }>('wasm', source);
  const module = compile(wasm);
  const largestDifference = checkPredictions('wasm', student, openStudent(module).predictBatch, options);
  const utf8 = new TextEncoder();
  const files = [
    { path: 'student.wasm', bytes: wasm },
    { path: 'student.js', bytes: utf8.encode(source) },
    { path: 'student.d.ts', bytes: utf8.encode(wasmDeclarations(student)) },
    { path: 'package.json', bytes: utf8.encode(PACKAGE) },
    ...(hasImage(student) ? await decoderFiles() : []),
  ];
  return { target: 'wasm', files, largestDifference };
}

function compile(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  try {
    return new WebAssembly.Module(bytes);
  } catch (error) {
    throw new DebkdError('export', {
      subject: 'export wasm',
      seen: `this host does not compile the module, so its predictions cannot be checked (${(error as Error).message})`,
      remedy: 'export with the command line',
    });
  }
}

/** The module of the network, with memory for this student and the student in a data segment. */
function moduleOf(student: Student): Uint8Array<ArrayBuffer> {
  const { architecture, preprocessing, quantization } = student;
  const { hidden, activation = 'relu', residual = false } = architecture;
  const { stages, features } = studentLayout(preprocessing, architecture);
  const { image } = networkInputs(preprocessing);
  const widths = [features, ...hidden, 1];
  const words = Uint32Array.of(
    ...(image ? [stages.length, ...image.size, image.channels, image.offset, othersOf(preprocessing, image)] : []),
    hidden.length + 1,
    ACTIVATIONS.indexOf(activation),
    residual ? 1 : 0,
    FORMS.indexOf(quantization?.form),
    ...stages.flatMap(stageWords),
    ...widths,
  );
  const header = new Uint8Array(4 * words.length);
  const view = new DataView(header.buffer);
  words.forEach((word, i) => {
    view.setUint32(4 * i, word, true);
  });
  const content = concat([header, packedBytes(student)]);
  const { imageNetwork, network } = shipped();
  const template = wasmBytes(image ? imageNetwork : network);
  const room = workspaceBytes(widths) + (image ? imageBytes(stages, image, othersOf(preprocessing, image)) : 0);
  const pages = Math.ceil((HEADER_ADDRESS + content.length + room) / PAGE_BYTES);
  const sections = sectionsOf(template).map(({ id, bytes }) =>
    id === MEMORY_SECTION ? section(MEMORY_SECTION, [Uint8Array.of(1, 1), unsigned(pages), unsigned(pages)]) : bytes,
  );
  // one active segment in memory 0; its offset is the expression i32.const HEADER_ADDRESS, end
  const segment = Uint8Array.of(1, 0, 0x41, ...signed(HEADER_ADDRESS), 0x0b);
  sections.push(section(DATA_SECTION, [segment, unsigned(content.length), content]));
  return concat([template.subarray(0, PREAMBLE_BYTES), ...sections]);
}

/** Number of encoded columns besides the image's. */
function othersOf({ encodedWidth }: Preprocessing, { size, channels }: ImageShape): number {
  return encodedWidth - size[0] * size[1] * channels;
}

/** A stage as assembly/image-student.ts reads it. */
function stageWords({ depthwise, kernel, step, outputs, residual }: StageLayout): number[] {
  return [depthwise ? 1 : 0, kernel, step, outputs, residual ? 1 : 0];
}

/** Bytes that open() of assembly/image-student.ts allocates for the trunk, the image and the other columns. */
function imageBytes(stages: readonly StageLayout[], { size, channels }: ImageShape, others: number): number {
  const padded = (outputs: number): number => 4 * 8 * Math.ceil(outputs / 8);
  let bytes = 4 * size[0] * size[1] * channels + 8 * others + 4 * 64;
  let pixel = 4 * channels;
  for (const { kernel, depthwise, width, height, outputs, outWidth, outHeight } of stages) {
    const border = 2 * (kernel >> 1);
    const places = kernel * kernel;
    bytes += (height + border) * (width + border) * pixel;
    bytes += (depthwise ? places : (places * pixel) / 4) * padded(outputs) + padded(outputs);
    bytes += 2 * outHeight * outWidth * padded(outputs);
    bytes += STAGE_BYTES + 5 * 64; // padding for alignment
    pixel = padded(outputs);
  }
  return bytes;
}

/** Bytes that open() of assembly/student.ts allocates after the header and the weights. */
function workspaceBytes(widths: readonly number[]): number {
  const stride = (width: number): number => 16 * Math.ceil(width / 4);
  let bytes = 3 * 64; // padding for alignment
  for (let l = 1; l < widths.length; l++) bytes += ((widths[l - 1] as number) + 1) * stride(widths[l] as number);
  return bytes + 8 * (widths[0] as number) + 2 * Math.max(...widths.slice(1).map(stride));
}

/** A module's sections except custom ones; `bytes` includes the section's id and size. */
function sectionsOf(module: Uint8Array): { id: number; bytes: Uint8Array }[] {
  const out: { id: number; bytes: Uint8Array }[] = [];
  for (let at = PREAMBLE_BYTES; at < module.length; ) {
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

/** Unsigned LEB128. */
function unsigned(value: number): Uint8Array {
  const out: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) out.push((rest % 128) | 128);
  return Uint8Array.from([...out, rest]);
}

/** Signed LEB128 of a number that is not negative: it needs another byte if the sign bit would be set. */
function signed(value: number): number[] {
  const bytes = [...unsigned(value)];
  const last = bytes.at(-1) as number;
  return last < 64 ? bytes : [...bytes.slice(0, -1), last | 128, 0];
}
