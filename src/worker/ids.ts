// Ids of calls and teachers, different in all workers: a teacher of one must not be taken for that of another.

export function idGenerator(): () => string {
  const prefix = crypto.getRandomValues(new Uint32Array(4)).join('-');
  let count = 0;
  return () => `${prefix}:${++count}`;
}
