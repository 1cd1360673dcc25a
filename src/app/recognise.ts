// Says what a file is, by its first bytes; by its name where they say nothing.

/** What a file is. `weights` are files of unknown kind that came with a model. */
export type FileKind = 'model' | 'json' | 'rows' | 'picture' | 'run' | 'result' | 'student' | 'weights';

/** Bytes that tell what a file is. */
const PEEKED = 4096;
/** The first file of an exported run. */
export const RUN_ENTRY = 'debkd-run.json';

const ROWS = /\.(csv|tsv|txt|parquet|ndjson|jsonl|npy)(\.gz)?$|\.(zip|tar|tgz|tar\.gz)$/i;
/** Formats of other libraries: opening them as a model says how to export it. */
const FOREIGN = /\.(pt|pth|pkl|pickle|joblib|h5|keras|safetensors|tflite|pb|mlmodel)$/i;
const RESULT = /^\s*\{\s*"schema"\s*:\s*"debkd\/\w+@/;

/** First bytes of pictures and of tables. */
const PICTURES = ['\u0089PNG', '\u00ff\u00d8\u00ff', 'GIF8', 'II*\0', 'MM\0*'];
const TABLES = ['PAR1', '\u0093NUMPY', 'PK\u0003\u0004'];

/** Says what a file is. */
export async function recognise(file: File): Promise<FileKind> {
  const bytes = new Uint8Array(await file.slice(0, PEEKED).arrayBuffer());
  const text = String.fromCharCode(...bytes);
  const begins = (starts: readonly string[]): boolean => starts.some((start) => text.startsWith(start));
  if (/\.debkd-run$/i.test(file.name) || (text.startsWith('PK') && text.slice(30).startsWith(RUN_ENTRY))) return 'run';
  if (text.startsWith('debkd\0') || /\.debkd$/i.test(file.name)) return 'student';
  if (begins(PICTURES)) return 'picture';
  if (RESULT.test(text)) return 'result';
  if (/\.onnx$/i.test(file.name)) return 'model';
  if (/\.json$/i.test(file.name)) return 'json';
  if (ROWS.test(file.name) || begins(TABLES)) return 'rows';
  if (FOREIGN.test(file.name) || isModel(bytes)) return 'model';
  return /\.[a-z0-9]{1,4}$/i.test(file.name) ? 'weights' : kindOfText(text);
}

/** Whether bytes begin as those of an ONNX model do: its version, then a text or a part. */
function isModel([tag = 0, version = 0, next = 0]: Uint8Array): boolean {
  return tag === 0x08 && version > 0 && version <= 0x20 && (next & 7) === 2 && next >= 0x12 && next <= 0x42;
}

/** Of a file whose name has no extension. */
function kindOfText(text: string): FileKind {
  if (text.includes('\0')) return 'weights';
  if (/^\s*\{/.test(text)) return /^\s*\{[^\n]*\}\s*\n\s*\{/.test(text) ? 'rows' : 'json';
  const [head = '', next = ''] = text.split(/\r?\n/, 2);
  const cells = (line: string): number => line.split(/[,;\t]/).length;
  return cells(head) > 1 && cells(head) === cells(next) ? 'rows' : 'weights';
}
