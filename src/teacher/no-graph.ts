// The graph of a teacher that is no ONNX model.
import type { OnnxGraph } from './onnx-graph.ts';

export const NO_GRAPH: OnnxGraph = {
  opset: 0,
  operators: [],
  inputs: [],
  outputs: [],
  initializers: new Map(),
  nodes: [],
  producers: new Map(),
  metadata: new Map(),
  texts: [],
  externalData: [],
  externalSizes: new Map(),
};
