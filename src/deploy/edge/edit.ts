// Changes of the shipped files of a project.

/** A text in a file, which occurs once, and what takes its place. */
export type Edit = readonly [before: string, after: string];

/** A file with its changes. @throws Error if the file of src/deploy/shipped has changed, so that a text does not occur once */
export function edited(path: string, text: string, edits: readonly Edit[]): string {
  return edits.reduce((changed, [before, after]) => {
    if (changed.split(before).length !== 2) throw new Error(`${path} of src/deploy/shipped has changed: ${before}`);
    return changed.replace(before, () => after);
  }, text);
}
