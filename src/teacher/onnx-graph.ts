// The parsed graph of an ONNX file.

/** An input or output of an ONNX graph. */
export interface GraphTensor {
  /** Name in the graph. */
  readonly name: string;
  /** Element type: float32, int64, string, ...; `map` or `sequence` for values that are not tensors. */
  readonly type: string;
  /** Sizes of the axes; a name for a free size. */
  readonly shape: readonly (number | string)[];
}

/** An operator of an ONNX graph. */
export interface GraphNode {
  /** Its type, such as Gemm. */
  readonly operator: string;
  /** Domain of the operator; empty for the default domain. */
  readonly domain: string;
  /** Names of the tensors that it reads. */
  readonly inputs: readonly string[];
  /** Names of the tensors that it makes. */
  readonly outputs: readonly string[];
  /** The NodeProto; onnx-attributes.ts reads its attributes. */
  readonly bytes: Uint8Array;
}

/** The graph of an ONNX file. */
export interface OnnxGraph {
  /** Version of the default operator set. */
  readonly opset: number;
  /** Distinct operators, sorted; operators of other domains as domain.Operator. */
  readonly operators: readonly string[];
  /** Inputs of the model, without weights. */
  readonly inputs: readonly GraphTensor[];
  /** Outputs of the model. */
  readonly outputs: readonly GraphTensor[];
  /** The TensorProto of each weight, by name. */
  readonly initializers: ReadonlyMap<string, Uint8Array>;
  /** Operators in the file's order. */
  readonly nodes: readonly GraphNode[];
  /** The operator that makes a tensor, by the tensor's name. */
  readonly producers: ReadonlyMap<string, GraphNode>;
  /** Metadata of the exporter. */
  readonly metadata: ReadonlyMap<string, string>;
  /** Texts in the attributes, such as the categories of an encoder; at most 4096. */
  readonly texts: readonly string[];
  /** Files that hold weights outside the model, as the model names them. */
  readonly externalData: readonly string[];
  /** Bytes that the weights take in each of these files; Infinity if the model does not say. */
  readonly externalSizes: ReadonlyMap<string, number>;
}
