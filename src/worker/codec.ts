// Students and addresses as plain data that says what it is, and back.
import { Student, type StudentData } from '../student/student.ts';
import { KIND, mapObjects } from './messages.ts';

/** Students and addresses as data that says so. */
export function pack(value: unknown): unknown {
  return mapObjects(value, (object) => {
    if (object instanceof Student) return { [KIND]: 'student', data: { ...object } };
    return object instanceof URL ? { [KIND]: 'url', href: object.href } : undefined;
  });
}

/** The reverse of pack. */
export function unpack(value: unknown): unknown {
  return mapObjects(value, (object) => {
    const { [KIND]: kind, data, href } = object as { [KIND]?: string; data?: StudentData; href?: string };
    if (kind === 'student') return new Student(data as StudentData);
    return kind === 'url' ? new URL(href as string) : undefined;
  });
}
