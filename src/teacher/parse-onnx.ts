// Parses an ONNX file into the parts of its graph that debkd needs.
import { DebkdError, quote } from '../io/errors.ts';
import { type OtherFormat, otherFormat } from '../io/other-format.ts';
import { type Field, fields } from '../io/protobuf.ts';
import { textsOf } from './onnx-attributes.ts';
import type { GraphNode, GraphTensor, OnnxGraph } from './onnx-graph.ts';

const TYPES = [
  'undefined',
  'float32',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'int32',
  'int64',
  'string',
  'bool',
  'float16',
  'float64',
  'uint32',
  'uint64',
  'complex64',
  'complex128',
  'bfloat16',
];
const MAX_TEXTS = 4096;
const MAX_SIZE = 2n ** 31n;
const decoder = new TextDecoder();
const text = (f: Field): string => decoder.decode(f.bytes);

/** Parses a ModelProto. @throws DebkdError `teacher` if the bytes are not a complete ONNX model */
export function parseOnnx(bytes: Uint8Array, name: string): OnnxGraph {
  refuseOtherFormats(bytes, name);
  try {
    return parseModel(bytes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new DebkdError('teacher', {
      subject: `teacher ${quote(name, 200)}`,
      seen: `an incomplete ONNX model or another format (${bytes.length} bytes; ${error.message})`,
      remedy: 'export or copy it again',
    });
  }
}

const SWAPPED = 'check whether the teacher and the data are swapped';

/** What to do about a file of another format. */
const REMEDIES: Readonly<Partial<Record<OtherFormat['kind'], string>>> = {
  picture: SWAPPED,
  zip: 'export the model with torch.onnx.export if this is a PyTorch .pt file',
  pickle: 'export the model with torch.onnx.export or skl2onnx',
};

function refuseOtherFormats(bytes: Uint8Array, name: string): void {
  const refuse = (seen: string, remedy?: string): never => {
    throw new DebkdError('teacher', {
      subject: `teacher ${quote(name, 200)}`,
      seen,
      expected: 'an ONNX model',
      remedy,
    });
  };
  if (bytes.length === 0) refuse('the file is empty');
  const other = otherFormat(bytes);
  if (other) refuse(`this is ${other.what}`, REMEDIES[other.kind] ?? other.remedy);
  const head = decoder.decode(bytes.subarray(0, 64)).trimStart();
  if (head.startsWith('{') || head.startsWith('[')) refuse('this is JSON text');
  // a model begins with field numbers, a table with the letters of its header
  if (/^[\w"' .-]+[,;\t][\w"' .,;\t-]+/.test(head)) refuse('this is text, perhaps a table', SWAPPED);
}

function parseModel(bytes: Uint8Array): OnnxGraph {
  let opset = 0;
  let graph: Uint8Array | undefined;
  const metadata = new Map<string, string>();
  for (const f of fields(bytes)) {
    if (f.id === 7) graph = f.bytes;
    if (f.id === 8) {
      const parts = [...fields(f.bytes)];
      const domain = parts.find((p) => p.id === 1);
      if (!domain || text(domain) === '' || text(domain) === 'ai.onnx')
        opset = Number(parts.find((p) => p.id === 2)?.value ?? 0n);
    }
    if (f.id === 14) {
      const parts = [...fields(f.bytes)];
      const part = (id: number): string =>
        parts
          .filter((p) => p.id === id)
          .map(text)
          .join('');
      metadata.set(part(1), part(2));
    }
  }
  if (!graph) throw new RangeError('it holds no graph');
  const initializers = new Map<string, Uint8Array>();
  const nodes: GraphNode[] = [];
  const inputs: GraphTensor[] = [];
  const outputs: GraphTensor[] = [];
  const producers = new Map<string, GraphNode>();
  const operators = new Set<string>();
  const external = new Map<string, number>();
  const texts = new Set<string>();
  for (const f of fields(graph)) {
    if (f.id === 1) {
      const node = parseNode(f.bytes);
      nodes.push(node);
      for (const item of textsOf(node)) if (texts.size < MAX_TEXTS) texts.add(item);
      operators.add(node.domain === '' ? node.operator : `${node.domain}.${node.operator}`);
      for (const output of node.outputs) producers.set(output, node);
    }
    if (f.id === 5) {
      const outside = new Map<string, string>();
      // walk the whole tensor, to fail on a file that ends inside a weight
      for (const part of fields(f.bytes)) {
        if (part.id === 8) initializers.set(text(part), f.bytes);
        if (part.id === 13) {
          const [key, value] = [...fields(part.bytes)].map(text);
          if (key !== undefined && value !== undefined) outside.set(key, value);
        }
      }
      const file = outside.get('location');
      if (file !== undefined) {
        const end = Number(outside.get('offset') ?? 0) + Number(outside.get('length') ?? Infinity);
        external.set(file, Math.max(external.get(file) ?? 0, Number.isNaN(end) ? Infinity : end));
      }
    }
    if (f.id === 11) inputs.push(parseTensor(f.bytes));
    if (f.id === 12) outputs.push(parseTensor(f.bytes));
  }
  if (outputs.length === 0) throw new RangeError('its graph has no output');
  return {
    opset,
    operators: [...operators].sort(),
    inputs: inputs.filter((input) => !initializers.has(input.name)),
    outputs,
    initializers,
    nodes,
    producers,
    metadata,
    texts: [...texts],
    externalData: [...external.keys()],
    externalSizes: external,
  };
}

function parseNode(bytes: Uint8Array): GraphNode {
  const parts = [...fields(bytes)];
  const all = (id: number): string[] => parts.filter((p) => p.id === id).map(text);
  return { inputs: all(1), outputs: all(2), operator: all(4)[0] ?? '', domain: all(7)[0] ?? '', bytes };
}

function parseTensor(bytes: Uint8Array): GraphTensor {
  let name = '';
  let type = 'undefined';
  const shape: (number | string)[] = [];
  for (const f of fields(bytes)) {
    if (f.id === 1) name = text(f);
    if (f.id !== 2) continue;
    for (const kind of fields(f.bytes)) {
      if (kind.id !== 1) {
        type = kind.id === 5 ? 'map' : 'sequence';
        continue;
      }
      for (const part of fields(kind.bytes)) {
        if (part.id === 1) type = TYPES[Number(part.value)] ?? `type ${part.value}`;
        if (part.id === 2) for (const dim of fields(part.bytes)) if (dim.id === 1) shape.push(parseSize(dim.bytes));
      }
    }
  }
  return { name, type, shape };
}

/** Negative sizes are free: some exporters write -1. */
function parseSize(bytes: Uint8Array): number | string {
  for (const f of fields(bytes)) {
    if (f.id !== 1) return text(f);
    if (f.value > MAX_SIZE) throw new RangeError(`a dimension of ${f.value}`);
    return f.value < 0 ? '?' : Number(f.value);
  }
  return '?';
}
