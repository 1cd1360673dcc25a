// What the ONNX file itself says: opset, operators, inputs, outputs and which node makes which tensor.

/** What an ONNX graph takes or gives. */
export interface GraphTensor {
  /** As the graph has it. */
  readonly name: string;
  /** ONNX element type in words: float32, int64, string ...; `map` or `sequence` where it is no tensor. */
  readonly type: string;
  /** Sizes; a name where the size is free. */
  readonly shape: readonly (number | string)[];
}

/** An operator of an ONNX graph. */
export interface GraphNode {
  /** Such as Gemm. */
  readonly operator: string;
  /** Empty for ONNX itself. */
  readonly domain: string;
  /** Names of tensors. */
  readonly inputs: readonly string[];
  /** Names of tensors. */
  readonly outputs: readonly string[];
  /** The NodeProto, for its attributes (onnx-attributes.ts). */
  readonly bytes: Uint8Array;
}

/** What an ONNX file says of itself. */
export interface OnnxGraph {
  /** Of the default domain. */
  readonly opset: number;
  /** Distinct operators, sorted; those of other domains as domain.Operator. */
  readonly operators: readonly string[];
  /** What must be fed; weights are not among them. */
  readonly inputs: readonly GraphTensor[];
  /** What it gives. */
  readonly outputs: readonly GraphTensor[];
  /** Weights by name: their TensorProto. */
  readonly initializers: ReadonlyMap<string, Uint8Array>;
  /** In the file's order. */
  readonly nodes: readonly GraphNode[];
  /** By the name of the tensor it makes. */
  readonly producers: ReadonlyMap<string, GraphNode>;
  /** Pairs of text that the exporter left. */
  readonly metadata: ReadonlyMap<string, string>;
  /** Texts among the attributes, such as the categories of an encoder; some thousand at most. */
  readonly texts: readonly string[];
  /** Files beside the model that hold its weights, as it names them. */
  readonly externalData: readonly string[];
  /** Bytes of each of these files that the weights take; Infinity where the model does not say. */
  readonly externalSizes: ReadonlyMap<string, number>;
}
