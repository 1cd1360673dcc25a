// The texts that a model knows of one input: the categories of the encoder that it enters.
import { textsOf } from './onnx-attributes.ts';
import type { OnnxGraph } from './onnx-graph.ts';

/** Of the operators behind an input, up to where other inputs join it; empty where there are none. */
export function textsBehind(graph: OnnxGraph, input: string): string[] {
  const derived = new Set([input]);
  const texts: string[] = [];
  // a graph's operators stand in the order in which they run
  for (const node of graph.nodes) {
    if (!node.inputs.some((name) => derived.has(name))) continue;
    const foreign = node.inputs.some((name) => !derived.has(name) && name !== '' && !graph.initializers.has(name));
    if (foreign) continue;
    texts.push(...textsOf(node));
    for (const output of node.outputs) derived.add(output);
  }
  return texts;
}
