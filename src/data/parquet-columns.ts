// The columns of a Parquet file: numbers, texts and booleans, and images: bytes, or the struct { bytes, path } of Hugging Face.
import type { FileMetaData, SchemaTree } from 'hyparquet/src/types.js';
import { DebkdError, quote } from '../io/errors.ts';

/** A column, and where its values are in the schema. */
export interface ParquetColumn {
  readonly name: string;
  /** The nodes from the root to the values. */
  readonly schemaPath: readonly SchemaTree[];
  /** Whether the values are bytes that may be texts or images; `struct`: images with a path each. */
  readonly bytes: 'no' | 'unclear' | 'struct';
  /** Whether the values are numbers or booleans. */
  readonly isPlain?: boolean;
  /** The nodes from the root to the path of an image. */
  readonly pathSchema?: readonly SchemaTree[];
}

/** A node without children. */
type Element = FileMetaData['schema'][number];

const isBytes = ({ type }: Element): boolean => type === 'BYTE_ARRAY';
const isText = (element: Element): boolean =>
  isBytes(element) && (element.converted_type === 'UTF8' || element.logical_type?.type === 'STRING');
const isPlain = (element: Element | undefined): element is Element =>
  element !== undefined && (element.num_children ?? 0) === 0 && element.repetition_type !== 'REPEATED';

/** Whether the two elements after a struct are its bytes and its path. */
function isImageStruct(schema: readonly Element[], at: number): boolean {
  const [struct, first, second] = schema.slice(at, at + 3);
  if (struct?.num_children !== 2 || struct.repetition_type === 'REPEATED' || !isPlain(first) || !isPlain(second))
    return false;
  const byName = new Map([first, second].map((element) => [element.name, element]));
  const [bytes, path] = [byName.get('bytes'), byName.get('path')];
  return bytes !== undefined && path !== undefined && isBytes(bytes) && isText(path);
}

/**
 * Refuses nested columns before hyparquet builds the schema tree, which has no limit of depth.
 * @throws DebkdError `table`
 */
export function refuseNested({ schema }: FileMetaData, name: string): void {
  const [root] = schema;
  let columns = 0;
  for (let at = 1; at < schema.length; at++) {
    columns++;
    const element = schema[at] as Element;
    if ((element.num_children ?? 0) === 0) continue;
    if (!isImageStruct(schema, at)) throw nestedColumn(String(element.name), name);
    at += 2;
  }
  if (root?.num_children !== columns) throw new Error(`${columns} columns in it, ${root?.num_children} stated`);
}

function nestedColumn(column: string, name: string): DebkdError {
  return new DebkdError('table', {
    subject: `data ${quote(name, 200)}, column ${quote(column)}`,
    seen: 'nested values',
    expected: 'plain values, or images as a struct of bytes and path',
    remedy: ['flatten it', 'remove it from the file'],
  });
}

/** Takes the columns from the schema; refuses nested ones and equal names. @throws DebkdError `table` */
export function columnsOf(root: SchemaTree, name: string): ParquetColumn[] {
  const seen = new Set<string>();
  return root.children.map((tree): ParquetColumn => {
    const { element, children } = tree;
    const column = element.name;
    if (typeof column !== 'string') throw new Error('a column without a name');
    if (element.repetition_type === 'REPEATED') throw nestedColumn(column, name);
    if (seen.has(column)) {
      throw new DebkdError('table', {
        subject: `data ${quote(name, 200)}`,
        seen: `column ${quote(column)} appears twice`,
        remedy: 'rename one',
      });
    }
    seen.add(column);
    const child = (wanted: string): SchemaTree => children.find((one) => one.element.name === wanted) as SchemaTree;
    if (children.length > 0) {
      return {
        name: column,
        schemaPath: [root, tree, child('bytes')],
        bytes: 'struct',
        pathSchema: [root, tree, child('path')],
      };
    }
    const isUnclear = isBytes(element) && element.converted_type === undefined && element.logical_type === undefined;
    const isPlainValue = !isBytes(element);
    return { name: column, schemaPath: [root, tree], bytes: isUnclear ? 'unclear' : 'no', isPlain: isPlainValue };
  });
}
