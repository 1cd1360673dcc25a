// What a caller has of a teacher that stays in the worker. A file without other parts of debkd: the app's page loads it.

/** The property that tells packed students, teachers and addresses from other objects. */
export const TAG = 'debkd:kind';

/** Stands for a teacher that stays in the worker. */
export interface TeacherHandle {
  readonly [TAG]: 'teacher';
  readonly id: string;
}

export const teacherHandle = (id: string): TeacherHandle => ({ [TAG]: 'teacher', id });

export function isTeacherHandle(value: unknown): value is TeacherHandle {
  return typeof value === 'object' && value !== null && (value as TeacherHandle)[TAG] === 'teacher';
}
