// Finds values that the structured clone of a message cannot copy, before the message is sent.
import type { ErrorParts } from '../io/errors.ts';
import { isOpenImages } from './images-handle.ts';

/** Objects that the structured clone copies. */
const CLONEABLE =
  /^(ArrayBuffer|SharedArrayBuffer|Blob|File|Date|RegExp|Set|Error|Boolean|Number|String|WebAssembly\.Module)$/;
/** For functions of the library and values that only work in the thread that made them. */
export const OWN_WORKER = 'import debkd in a worker of your own and call it there';
const REMEDIES = ['leave it out', OWN_WORKER];

/** Whether an object has no class; also true for objects of another realm. */
export function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/**
 * Why a packed value cannot be sent, or would lose its methods; undefined if it can be sent.
 * @param subject names the value in messages
 */
export function uncloneable(value: unknown, subject: string): ErrorParts | undefined {
  if (typeof value === 'function')
    return { subject, seen: 'a function, which cannot be sent to a worker', remedy: REMEDIES };
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return undefined;
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  if (CLONEABLE.test(kind)) return undefined;
  if (kind === 'Promise') return { subject, seen: 'a promise', remedy: 'await it' };
  if (kind === 'Response') {
    const remedy = ['pass its address', 'await its blob()'];
    return { subject, seen: 'a Response, which cannot be sent to a worker', remedy };
  }
  if ('margins' in value && typeof value.margins === 'function')
    return {
      subject,
      seen: 'a teacher of this thread',
      remedy: 'make it with loadTeacher or givenSoftLabels of this worker',
    };
  if (isOpenImages(value)) {
    const remedy = 'open them with readTable or openImages of this worker';
    return { subject, seen: 'images that are open in this thread', remedy };
  }
  const collection = value instanceof Map || Array.isArray(value);
  if (!collection && !isPlain(value) && Object.getOwnPropertyNames(Object.getPrototypeOf(value)).length > 1) {
    const seen = `a ${value.constructor.name} with methods, which cannot be sent to a worker`;
    return { subject, seen, remedy: REMEDIES };
  }
  for (const [key, item] of value instanceof Map ? value : Object.entries(value)) {
    const index = collection ? `[${JSON.stringify(Array.isArray(value) ? +key : key)}]` : `.${key}`;
    const found = uncloneable(item, `${subject}${index}`);
    if (found) return found;
  }
  return undefined;
}
