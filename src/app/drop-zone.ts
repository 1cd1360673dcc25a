// The whole window accepts dropped files and folders. Otherwise a browser would open a file that misses the target and leave the page.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { PickedFile } from './picked-file.ts';

/** Folders of a model, and of images, lie at most this deep. */
const DEPTH = 6;

/** Whether files are dragged over the window. @param onFiles receives the dropped files, and those of dropped folders */
export function useDropZone(onFiles: (files: readonly PickedFile[]) => void): boolean {
  const [over, setOver] = useState(false);
  const latest = useRef(onFiles);
  latest.current = onFiles;
  useEffect(() => {
    const onDrag = (event: DragEvent): void => {
      event.preventDefault();
      setOver(event.type === 'dragover');
      if (event.type === 'drop') void droppedIn(event).then((files) => latest.current(files));
    };
    const kinds = ['dragover', 'dragleave', 'drop'] as const;
    for (const kind of kinds) addEventListener(kind, onDrag);
    return () => {
      for (const kind of kinds) removeEventListener(kind, onDrag);
    };
  }, []);
  return over;
}

async function droppedIn({ dataTransfer }: DragEvent): Promise<PickedFile[]> {
  // both are gone once the event has ended
  const files = [...(dataTransfer?.files ?? [])];
  const entries = [...(dataTransfer?.items ?? [])].flatMap((item) => item.webkitGetAsEntry?.() ?? []);
  const folders = entries.filter((entry) => entry.isDirectory);
  const inside = await Promise.all(folders.map((folder) => filesIn(folder as FileSystemDirectoryEntry, '', DEPTH)));
  // a folder is among the files, too, as a file that cannot be read
  const names = new Set(folders.map(({ name }) => name));
  const single = files.filter(({ name }) => !names.has(name)).map((file) => ({ file, path: file.name }));
  return [...single, ...inside.flat()];
}

async function filesIn(folder: FileSystemDirectoryEntry, above: string, depth: number): Promise<PickedFile[]> {
  const reader = folder.createReader();
  const entries: FileSystemEntry[] = [];
  for (;;) {
    // a reader gives at most 100 entries at a time
    const next = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (next.length === 0) break;
    entries.push(...next);
  }
  const path = `${above}${folder.name}/`;
  const found = await Promise.all(
    entries.map(async (entry): Promise<PickedFile[]> => {
      if (entry.isDirectory) return depth > 1 ? filesIn(entry as FileSystemDirectoryEntry, path, depth - 1) : [];
      const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
      return [{ file, path: `${path}${file.name}` }];
    }),
  );
  return found.flat();
}
