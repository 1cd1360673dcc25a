// What cannot be sent to a worker, and the way out.
import { isPlain } from './messages.ts';

/** What is copied as it is. */
const COPIED =
  /^(ArrayBuffer|SharedArrayBuffer|Blob|File|Date|RegExp|Set|Error|Boolean|Number|String|WebAssembly\.Module)$/;
const AWAY = 'leave it out, or import debkd itself in a worker of your own and call it there';

/** What of a packed value cannot be sent, or would arrive without its methods, and the way out. @param at what to call it */
export function unsendable(value: unknown, at: string): string | undefined {
  if (typeof value === 'function') return `${at} is a function, which cannot be sent to a worker; ${AWAY}`;
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return undefined;
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  if (COPIED.test(kind)) return undefined;
  if (kind === 'Promise') return `${at} is a promise; await it`;
  if (kind === 'Response')
    return `${at} is a Response, which cannot be sent to a worker; give its address, or await its blob()`;
  if ('margins' in value && typeof value.margins === 'function')
    return `${at} is a teacher of this thread; load it with loadTeacher of this worker`;
  const named = value instanceof Map || Array.isArray(value);
  if (!named && !isPlain(value) && Object.getOwnPropertyNames(Object.getPrototypeOf(value)).length > 1)
    return `${at} is a ${value.constructor.name} with methods, which cannot be sent to a worker; ${AWAY}`;
  for (const [key, item] of value instanceof Map ? value : Object.entries(value)) {
    const found = unsendable(
      item,
      named ? `${at}[${JSON.stringify(Array.isArray(value) ? +key : key)}]` : `${at}.${key}`,
    );
    if (found) return found;
  }
  return undefined;
}
