// Files that the user chose or dropped, alone or in a folder.

/** A file, and its path from the folder that was chosen or dropped; only its name for a single file. */
export interface PickedFile {
  readonly file: File;
  readonly path: string;
}

/** The files that a field holds. */
export function pickedIn(files: FileList | null): PickedFile[] {
  return [...(files ?? [])].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
}
