// Infers the number of columns of an input with a free width from the first operator that reads it.
import { fields, unpackVarints } from '../io/protobuf.ts';
import { classLabels, lengthOf, wholeAttribute } from './onnx-attributes.ts';
import type { GraphNode, OnnxGraph } from './onnx-graph.ts';

const THROUGH = /^(Identity|Cast|Imputer|IsNaN|Where|Clip|Dropout)$/;

/** Undefined where no operator tells. For trees it is a lower bound, because they may ignore the last columns. */
export function freeWidth(graph: OnnxGraph, input: string): number | undefined {
  const derived = new Set([input]);
  for (const node of graph.nodes) {
    if (!node.inputs.some((name) => derived.has(name))) continue;
    const width = widthOf(graph, node, derived);
    if (width !== undefined && width > 0) return width;
    if (THROUGH.test(node.operator)) for (const output of node.outputs) derived.add(output);
  }
  return undefined;
}

function widthOf(graph: OnnxGraph, node: GraphNode, own: ReadonlySet<string>): number | undefined {
  switch (node.operator) {
    case 'Gemm':
    case 'MatMul': {
      const [left = '', right = ''] = node.inputs;
      const sizes = own.has(left) ? sizesOf(graph, right) : undefined;
      if (sizes?.length !== 2) return undefined;
      return node.operator === 'Gemm' && wholeAttribute(node, 'transB')?.[0] === 1n ? sizes[1] : sizes[0];
    }
    case 'LinearClassifier': {
      const rows = Math.max(1, lengthOf(node, 'intercepts') ?? classLabels(node)?.length ?? 1);
      return whole((lengthOf(node, 'coefficients') ?? 0) / rows);
    }
    case 'LinearRegressor':
      return whole((lengthOf(node, 'coefficients') ?? 0) / Number(wholeAttribute(node, 'targets')?.[0] ?? 1n));
    case 'Scaler': {
      const length = Math.max(lengthOf(node, 'offset') ?? 0, lengthOf(node, 'scale') ?? 0);
      return length > 1 ? length : undefined;
    }
    case 'Sub':
    case 'Div':
    case 'Add':
    case 'Mul': {
      const other = node.inputs.find((name) => !own.has(name)) ?? '';
      const size = sizesOf(graph, other)?.at(-1);
      return size !== undefined && size > 1 ? size : undefined;
    }
    case 'TreeEnsembleClassifier':
    case 'TreeEnsembleRegressor': {
      const places = wholeAttribute(node, 'nodes_featureids') ?? [];
      return places.reduce((most, place) => Math.max(most, Number(place)), -1) + 1;
    }
    default:
      return undefined;
  }
}

const whole = (x: number): number | undefined => (Number.isInteger(x) ? x : undefined);

/** The shape of a weight. */
function sizesOf(graph: OnnxGraph, name: string): number[] | undefined {
  const tensor = graph.initializers.get(name);
  return (
    tensor &&
    [...fields(tensor)]
      .filter(({ id }) => id === 1)
      .flatMap(unpackVarints)
      .map(Number)
  );
}
