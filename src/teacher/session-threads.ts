// When a teacher's batches run in threads: where the rest of the work is worth their start. Otherwise, and on hosts without
// threads, they run in this one. The answers are the same.
import type { InferenceSession, Tensor } from 'onnxruntime-web/wasm';
import type { Ort } from './runtime.ts';
import type { SessionModel } from './session-messages.ts';
import type { SessionPool } from './session-pool.ts';

/** Work that threads are started for. Their start takes about half a second. */
const WORTH_MS = 2000;
/** Idle threads end after this time, which frees their memory. */
const IDLE_MS = 10_000;

/** The threads of a session; none until they are worth their start. */
export class SessionThreads {
  readonly #size: number;
  readonly #model: SessionModel;
  #pool: SessionPool | undefined;
  #starting: Promise<void> | undefined;
  #failed = false;
  /** Counts the ends, so that threads which start meanwhile end, too. */
  #ends = 0;
  #running = 0;
  #spentMs = 0;
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(size: number, model: SessionModel) {
    this.#size = size;
    this.#model = model;
  }

  /** How many batches can run now. */
  get concurrency(): number {
    return this.#pool?.concurrency || 1;
  }

  /** Whether batches run in threads now. */
  get active(): boolean {
    return this.#pool !== undefined && this.#pool.concurrency > 0;
  }

  /**
   * Starts the threads if it is worth it.
   * @param ms time that a batch took in this thread
   * @param leftMs estimated time for the rest of the rows
   */
  async consider(ms: number, leftMs: number): Promise<void> {
    this.#spentMs += ms;
    // much work so far suggests more calls
    if (this.active || this.#failed || leftMs <= ms || this.#spentMs + leftMs < WORTH_MS) return;
    this.#starting ??= this.#start().finally(() => {
      this.#starting = undefined;
    });
    await this.#starting;
  }

  async #start(): Promise<void> {
    const ends = this.#ends;
    try {
      const { openSessionPool } = await import('./session-pool.ts');
      const pool = await openSessionPool(this.#size, this.#model);
      if (ends === this.#ends) this.#pool = pool;
      else pool.release();
    } catch {
      // no workers here, or a policy of the page forbids them
      this.#failed = true;
    }
  }

  /** @throws ThreadLost if the thread ends; an Error with the runtime's message if the model fails */
  async run(feeds: Readonly<Record<string, Tensor>>, tensors: readonly string[], ort: Ort): Promise<Tensor[]> {
    clearTimeout(this.#idle);
    this.#running++;
    try {
      const outputs = await (this.#pool as SessionPool).run(feeds, tensors);
      return outputs.map(({ type, data, dims }) => new ort.Tensor(type as 'float32', data as Float32Array, dims));
    } finally {
      this.#running--;
      if (this.#running === 0) this.#endLater();
    }
  }

  #endLater(): void {
    clearTimeout(this.#idle);
    if (!this.active) return;
    this.#idle = setTimeout(() => this.end(), IDLE_MS);
    // the timer must not keep the process alive
    const timer = this.#idle as { unref?(): void } | number;
    if (typeof timer === 'object') timer.unref?.();
    else (globalThis as { Deno?: { unrefTimer?(id: number): void } }).Deno?.unrefTimer?.(timer);
  }

  /** Ends the threads. A later call starts them again if they are worth it. */
  end(): void {
    clearTimeout(this.#idle);
    this.#ends++;
    this.#pool?.release();
    this.#pool = undefined;
  }
}

const known = new WeakMap<InferenceSession, SessionThreads>();

/** Lets a session's batches run in up to `size` threads. */
export function allowThreads(
  session: InferenceSession,
  size: number,
  ort: Ort,
  model: Omit<SessionModel, 'wasm'>,
): void {
  if (size > 1) known.set(session, new SessionThreads(size, { ...model, wasm: wasmSettings(ort) }));
}

/** The threads of a session; undefined if it has none. */
export function threadsOf(session: InferenceSession): SessionThreads | undefined {
  return known.get(session);
}

/** Where the program has stated the runtime's files to be. */
function wasmSettings(ort: Ort): SessionModel['wasm'] {
  const { wasmPaths, wasmBinary } = ort.env.wasm ?? {};
  const paths =
    typeof wasmPaths === 'object'
      ? Object.fromEntries(Object.entries(wasmPaths).map(([name, path]) => [name, path && String(path)]))
      : wasmPaths;
  return { ...(paths !== undefined && { wasmPaths: paths }), ...(wasmBinary !== undefined && { wasmBinary }) };
}
