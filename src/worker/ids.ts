// Ids of calls and teachers. They differ in all workers, because one worker must not accept a teacher of another.

export function idGenerator(): () => string {
  const prefix = crypto.getRandomValues(new Uint32Array(4)).join('-');
  let count = 0;
  return () => `${prefix}:${++count}`;
}
