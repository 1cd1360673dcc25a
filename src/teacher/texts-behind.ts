// Finds the texts that a model knows for an input, such as the categories of its encoder.
import { textsOf } from './onnx-attributes.ts';
import type { OnnxGraph } from './onnx-graph.ts';

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
