// The back button: from an example, from files or from a run to the start view, instead of away from the site.
import { useEffect, useRef } from 'preact/hooks';

/** The states of the entries that this page makes. Links to parts of the page make entries without one. */
type Entry = 'start' | 'opened';

/**
 * @param isStart whether the start view is shown
 * @param isLinked whether the page was opened by a link to an example: there is no start view to go back to
 * @param onBack called when the start view is asked for
 */
export function useBack(isStart: boolean, isLinked: boolean, onBack: () => void): void {
  const latest = useRef(onBack);
  latest.current = onBack;
  useEffect(() => {
    if (!isLinked && history.state === null) history.replaceState('start' satisfies Entry, '');
    const follow = ({ state }: PopStateEvent): void => {
      if (state === 'start') latest.current();
    };
    addEventListener('popstate', follow);
    return () => removeEventListener('popstate', follow);
  }, []);
  useEffect(() => {
    // after a way back and forth the entry is there already
    if (!isStart && history.state === 'start') history.pushState('opened' satisfies Entry, '');
  }, [isStart]);
}
