// One run a device: of several tabs, one keeps its run.

/** Whether a run of this device's pages goes on, in this tab or another. */
const LOCK = 'debkd-run';

/** Acts under a lock of its own; `kept` is false where another tab has it, or there are no locks. */
export async function withLock(act: (kept: boolean) => Promise<void>): Promise<void> {
  if (!navigator.locks) return act(true); // a page without a secure origin
  await navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => act(lock !== null));
}

/** Whether a tab has a run going. */
export async function busyElsewhere(): Promise<boolean> {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  return held.some(({ name }) => name === LOCK);
}
