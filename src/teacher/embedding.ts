// Finds the embeddings of a text model in its graph: how many tokens it knows, and how many positions.
import { fields, unpackVarints } from '../io/protobuf.ts';
import { wholeAttribute } from './onnx-attributes.ts';
import type { OnnxGraph } from './onnx-graph.ts';
import { neededNodes } from './score-output.ts';

/** The rows of a text model's embeddings; undefined where the graph does not show them. */
export interface Embeddings {
  /** Tokens that the model knows. */
  readonly tokens: number | undefined;
  /** Positions that the model knows. */
  readonly positions: number | undefined;
  /** Whether it counts positions from the padding token's id + 1, as RoBERTa does. */
  readonly countsFromPadding: boolean;
}

/** Operators that keep ids as they are. */
const SAME = /^(Cast|Identity|Reshape|Squeeze|Unsqueeze|Flatten)$/;
/** Operators between a weight and its use. */
const OF_WEIGHT = /^(DequantizeLinear|Cast|Identity)$/;
/** Embeddings of token types have fewer rows than this, those of positions have more. */
const FEWEST_POSITIONS = 8;

/** Finds the embeddings. @param ids name of the input of token ids; @param others names of the other inputs */
export function embeddingsOf(graph: OnnxGraph, ids: string, others: readonly string[]): Embeddings {
  const ofIds = keptFrom(graph, ids);
  // the runtime's optimiser joins the embeddings in one operator
  const joined = graph.nodes.find(
    ({ operator, inputs }) => operator === 'EmbedLayerNormalization' && ofIds.has(inputs[0] ?? ''),
  );
  if (joined) {
    const [tokens, positions] = joined.inputs.slice(2, 4).map((name) => sizesOfWeight(graph, name)?.[0]);
    return { tokens, positions, countsFromPadding: false };
  }
  const ofOthers = new Set(others.flatMap((name) => [...keptFrom(graph, name)]));
  const gathers = graph.nodes.flatMap((node) => {
    const [weight = '', indices = ''] = node.inputs;
    const isByRow = node.operator === 'Gather' && (wholeAttribute(node, 'axis')?.[0] ?? 0n) === 0n;
    const sizes = isByRow ? sizesOfWeight(graph, weight) : undefined;
    return sizes?.length === 2 ? [{ indices, rows: sizes[0] as number, width: sizes[1] }] : [];
  });
  const words = gathers.filter(({ indices }) => ofIds.has(indices));
  const [first] = words;
  const places = gathers.filter(
    ({ indices, rows, width }) =>
      !ofIds.has(indices) && !ofOthers.has(indices) && width === first?.width && rows >= FEWEST_POSITIONS,
  );
  const least = (list: readonly { readonly rows: number }[]): number | undefined =>
    list.length === 0 ? undefined : Math.min(...list.map(({ rows }) => rows));
  return {
    tokens: least(words),
    positions: least(places),
    countsFromPadding: places.some(({ indices }) =>
      [...neededNodes(graph, [indices])].some((name) => graph.producers.get(name)?.operator === 'CumSum'),
    ),
  };
}

/** A tensor and those that hold the same numbers. */
function keptFrom(graph: OnnxGraph, name: string): Set<string> {
  const kept = new Set([name]);
  // a graph lists its operators in the order in which they run
  for (const { operator, inputs, outputs } of graph.nodes)
    if (SAME.test(operator) && kept.has(inputs[0] ?? '')) for (const output of outputs) kept.add(output);
  return kept;
}

/** The shape of a weight, or of the quantised weight that a tensor is made of. */
function sizesOfWeight(graph: OnnxGraph, name: string): number[] | undefined {
  let tensor = name;
  for (let depth = 0; depth < 8; depth++) {
    const bytes = graph.initializers.get(tensor);
    if (bytes)
      return [...fields(bytes)]
        .filter(({ id }) => id === 1)
        .flatMap(unpackVarints)
        .map(Number);
    const node = graph.producers.get(tensor);
    if (!node || !OF_WEIGHT.test(node.operator)) return undefined;
    tensor = node.inputs[0] ?? '';
  }
  return undefined;
}
