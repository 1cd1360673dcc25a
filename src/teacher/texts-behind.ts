// Finds the texts that a model knows for an input, such as the categories of its encoder.
import { textsOf, wholeAttribute } from './onnx-attributes.ts';
import type { GraphNode, OnnxGraph } from './onnx-graph.ts';
import { wholeNumbersOf } from './scalar.ts';

/** Texts of the operators after an input, up to where other inputs join; empty if there are none. */
export function textsBehind(graph: OnnxGraph, input: string): string[] {
  const derived = new Set([input]);
  const texts: string[] = [];
  // a graph lists its operators in the order in which they run
  for (const node of graph.nodes) {
    if (!node.inputs.some((name) => derived.has(name))) continue;
    const foreign = node.inputs.some((name) => !derived.has(name) && name !== '' && !graph.initializers.has(name));
    if (foreign) continue;
    texts.push(...textsOf(node));
    for (const output of node.outputs) derived.add(output);
  }
  return texts;
}

/** Texts that a model knows for column k of an input of several columns, where its graph separates the columns. */
export function textsBehindColumn(graph: OnnxGraph, input: string, k: number): string[] {
  const own = graph.nodes.flatMap((node) => {
    if (!node.inputs.includes(input)) return [];
    const output = outputOfColumn(graph, node, k);
    return output === undefined ? [] : textsBehind(graph, output);
  });
  return own.length > 0 ? own : textsBehind(graph, input);
}

/** The output of an operator that selects column k; undefined for any other operator. */
function outputOfColumn(graph: OnnxGraph, node: GraphNode, k: number): string | undefined {
  const [, second = ''] = node.inputs;
  const axis = wholeAttribute(node, 'axis')?.[0] ?? 0n;
  const isColumns = axis === 1n || axis === -1n;
  switch (node.operator) {
    case 'ArrayFeatureExtractor':
      return wholeNumbersOf(graph, second)?.includes(k) ? node.outputs[0] : undefined;
    case 'Gather':
      return isColumns && wholeNumbersOf(graph, second)?.includes(k) ? node.outputs[0] : undefined;
    case 'Slice': {
      const [from, to, axes] = node.inputs.slice(1, 4).map((name) => wholeNumbersOf(graph, name)?.[0]);
      const within = from !== undefined && to !== undefined && k >= from && k < to;
      return within && (axes === 1 || axes === -1) ? node.outputs[0] : undefined;
    }
    case 'Split': {
      if (!isColumns) return undefined;
      const sizes = wholeNumbersOf(graph, second) ?? wholeAttribute(node, 'split')?.map(Number) ?? [];
      let end = 0;
      return node.outputs.find((_, i) => {
        end += sizes[i] ?? 1;
        return k < end;
      });
    }
    default:
      return undefined;
  }
}
