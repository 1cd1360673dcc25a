// What the structured clone of a message cannot copy, said before it is sent.

/** Kinds of objects that are copied as they are. */
const CLONEABLE =
  /^(ArrayBuffer|SharedArrayBuffer|Blob|File|Date|RegExp|Set|Error|Boolean|Number|String|WebAssembly\.Module)$/;
const REMEDY = 'leave it out, or import debkd itself in a worker of your own and call it there';

/** An object without a class, also of another realm. */
export function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/**
 * Why a packed value cannot be sent, or would arrive without its methods, and what to do instead; undefined where it can.
 * @param path names the value in the message
 */
export function uncloneable(value: unknown, path: string): string | undefined {
  if (typeof value === 'function') return `${path} is a function, which cannot be sent to a worker; ${REMEDY}`;
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return undefined;
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  if (CLONEABLE.test(kind)) return undefined;
  if (kind === 'Promise') return `${path} is a promise; await it`;
  if (kind === 'Response')
    return `${path} is a Response, which cannot be sent to a worker; give its address, or await its blob()`;
  if ('margins' in value && typeof value.margins === 'function')
    return `${path} is a teacher of this thread; load it with loadTeacher of this worker`;
  const collection = value instanceof Map || Array.isArray(value);
  if (!collection && !isPlain(value) && Object.getOwnPropertyNames(Object.getPrototypeOf(value)).length > 1)
    return `${path} is a ${value.constructor.name} with methods, which cannot be sent to a worker; ${REMEDY}`;
  for (const [key, item] of value instanceof Map ? value : Object.entries(value)) {
    const itemPath = collection ? `${path}[${JSON.stringify(Array.isArray(value) ? +key : key)}]` : `${path}.${key}`;
    const found = uncloneable(item, itemPath);
    if (found) return found;
  }
  return undefined;
}
