// Files dropped anywhere in the window: one that misses the page's middle must not replace the page.
import { useEffect, useRef, useState } from 'preact/hooks';

/** Whether something is held over the window. @param onFiles is given what is dropped */
export function useDrop(onFiles: (files: readonly File[]) => void): boolean {
  const [over, setOver] = useState(false);
  const latest = useRef(onFiles);
  latest.current = onFiles;
  useEffect(() => {
    const hold = (event: DragEvent): void => {
      event.preventDefault();
      setOver(event.type === 'dragover');
      if (event.type === 'drop') latest.current([...(event.dataTransfer?.files ?? [])]);
    };
    const kinds = ['dragover', 'dragleave', 'drop'] as const;
    for (const kind of kinds) addEventListener(kind, hold);
    return () => {
      for (const kind of kinds) removeEventListener(kind, hold);
    };
  }, []);
  return over;
}
