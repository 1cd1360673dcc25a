// Groups of rows as people read them.

/** A group such as `sex=F` in words: the rows without a value, `sex=`, are `sex missing`. */
export function shownGroup(group: string): string {
  return group.endsWith('=') ? `${group.slice(0, -1)} missing` : group;
}
