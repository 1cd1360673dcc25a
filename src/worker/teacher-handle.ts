// The caller's handle of a teacher in a worker. The app's page loads this file, which therefore imports nothing.

/** The property that marks packed students, teachers and URLs. */
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
