// A lock across tabs: only one tab stores its run.

/** The Web Lock that a running tab holds. */
const LOCK = 'debkd-run';

/** Runs `act` under the lock; `kept` is false if another tab holds it. */
export async function withLock(act: (kept: boolean) => Promise<void>): Promise<void> {
  if (!navigator.locks) return act(true); // Web Locks need a secure origin
  await navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => act(lock !== null));
}

/** Whether any tab has an active run. */
export async function busyElsewhere(): Promise<boolean> {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  return held.some(({ name }) => name === LOCK);
}
