// Loads what a text model needs in addition to its file: the tokenizer, and how rows become tokens. Only teachers of text load this file.
import { sha256 } from '../io/sha256.ts';
import type { Source } from '../io/source.ts';
import { textConfig } from './model-config.ts';
import type { OnnxGraph } from './onnx-graph.ts';
import { openText } from './open-text.ts';
import type { TextReading } from './text-reading.ts';
import { openTokenizer } from './tokenizer.ts';
import { findTokenizer } from './tokenizer-files.ts';

type Given = Source | Readonly<Record<string, unknown>> | undefined;

/**
 * Opens the reading of a text model.
 * @param options.config the content of the model's config.json
 * @throws DebkdError `source`, `teacher` or `value`
 */
export async function loadText(
  graph: OnnxGraph,
  source: Source,
  options: {
    readonly tokenizer: Given;
    readonly tokenizerConfig: Given;
    readonly columns: readonly string[] | undefined;
    readonly maxLength: number | undefined;
    readonly config: unknown;
    readonly name: string;
  },
): Promise<{ reading: TextReading; notes: readonly string[] }> {
  const { columns, maxLength, name } = options;
  const files = await findTokenizer(source, options, name);
  const tokenizer = await openTokenizer(files.json, files.config, files.name);
  const digest = sha256(new TextEncoder().encode(JSON.stringify([files.json, files.config ?? null])));
  return openText({ graph, tokenizer, digest, config: textConfig(options.config), columns, maxLength, name });
}
