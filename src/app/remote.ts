// The page's side of the worker: calls by name, answers as promises.
import { exceeded, openLimit, RUNTIME_SECONDS } from '../io/limit.ts';
import type { Progress } from '../io/progress.ts';
import type { Reply, Request, Work } from './messages.ts';

/** What the worker refused or failed at; `code` as of DebkdError, `aborted`, or `fault`. */
export class WorkError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    // a page has fields where the command line has options
    super(
      message
        .replace(/ \([^()]*--[a-z][^()]*\)/g, '')
        .replace(/--([a-z-]+)/g, (_, option: string) => option.replaceAll('-', ' ')),
    );
    this.code = code;
  }
}

export interface Remote extends Work {
  onProgress: (progress: Progress) => void;
}

export function openRemote(): Remote {
  const worker = new Worker(new URL('./thread.js', import.meta.url), { type: 'module' });
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  let calls = 0;
  const remote = { onProgress: () => undefined } as unknown as Remote;
  worker.onmessage = ({ data }: { data: Reply }) => {
    if ('busy' in data) return limit(data.busy);
    if ('progress' in data) return remote.onProgress(data.progress);
    const call = waiting.get(data.id);
    waiting.delete(data.id);
    if ('error' in data) call?.reject(new WorkError(data.error.code, data.error.message));
    else call?.resolve(data.value as never);
  };
  let dead: WorkError | undefined;
  const die = (why: string): void => {
    dead = new WorkError('fault', `the worker of this page stopped (${why}); reload the page: what was chosen is kept`);
    for (const { reject } of waiting.values()) reject(dead);
    waiting.clear();
  };
  const limit = openLimit(RUNTIME_SECONDS, () => {
    worker.terminate();
    die(exceeded(RUNTIME_SECONDS));
  });
  worker.onerror = (event) => {
    event.preventDefault();
    die(event.message || 'it could not be loaded');
  };
  worker.onmessageerror = () => die('its answer could not be read');
  const ask = (call: keyof Work, args: readonly unknown[]): Promise<never> =>
    new Promise((resolve, reject) => {
      if (dead) return reject(dead);
      calls++;
      waiting.set(calls, { resolve, reject });
      worker.postMessage({ id: calls, call, args } satisfies Request);
    });
  return Object.assign(remote, {
    openTeacher: (files) => ask('openTeacher', [files]),
    openTable: (file) => ask('openTable', [file]),
    check: (choice) => ask('check', [choice]),
    run: (choice, settings, keeping) => ask('run', [choice, settings, keeping]),
    answer: (record) => ask('answer', [record]),
    download: (what, options) => ask('download', [what, options]),
    cancel: () => ask('cancel', []),
  } satisfies Work);
}
