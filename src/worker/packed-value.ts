// Values as plain data. A tag marks students, URLs and the handles of open images.
import { Student } from '../student/student.ts';
import type { StudentData } from '../student/student-data.ts';
import { isPlain } from './cloneable.ts';
import { imagesElsewhere, imagesHandle, isImagesHandle } from './images-handle.ts';
import { TAG } from './teacher-handle.ts';

/** Copies plain objects, arrays and maps, and replaces each object for which `change` returns a value. Typed arrays are not copied. */
export function mapObjects(value: unknown, change: (object: object) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const changed = change(value);
  if (changed !== undefined) return changed;
  if (Array.isArray(value)) return value.map((item) => mapObjects(item, change));
  if (value instanceof Map) return new Map(Array.from(value, ([key, item]) => [key, mapObjects(item, change)]));
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapObjects(item, change)]));
}

/**
 * Replaces students, URLs and what stands for images by tagged data.
 * @param more replaces other objects; undefined for those that stay
 */
export function pack(value: unknown, more: (object: object) => unknown = () => undefined): unknown {
  return mapObjects(value, (object) => {
    if (isImagesHandle(object)) return imagesHandle(object);
    if (object instanceof Student) return { [TAG]: 'student', data: { ...object } };
    return object instanceof URL ? { [TAG]: 'url', href: object.href } : more(object);
  });
}

export function unpack(value: unknown): unknown {
  return mapObjects(value, (object) => {
    const { [TAG]: kind, data, href } = object as { [TAG]?: string; data?: StudentData; href?: string };
    if (isImagesHandle(object)) return imagesElsewhere(object);
    if (kind === 'student') return new Student(data as StudentData);
    return kind === 'url' ? new URL(href as string) : undefined;
  });
}

/** The distinct buffers of all typed arrays in a value, for a message that transfers them. */
export function buffersOf(value: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  mapObjects(value, (object) => {
    if (ArrayBuffer.isView(object) && object.buffer instanceof ArrayBuffer) found.add(object.buffer);
    return ArrayBuffer.isView(object) ? object : undefined;
  });
  return [...found];
}
