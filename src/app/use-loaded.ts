// Loads a part of the page that most visits do not need.
import { useEffect, useState } from 'preact/hooks';

/** The loaded part; undefined until it is wanted and has arrived. */
export function useLoaded<Part>(load: () => Promise<Part>, isWanted: boolean): Part | undefined {
  const [part, setPart] = useState<Part>();
  useEffect(() => {
    if (isWanted && !part) void load().then((found) => setPart(() => found));
  }, [isWanted]);
  return part;
}
