// Types of the host's classes for public declarations, which also compile where TypeScript knows no host: with the library of
// ECMAScript alone, without the DOM's and @types/node. Nobody has a Blob there, so its type is never.

/** The host's URL. */
export type HostUrl = typeof globalThis extends { URL: { prototype: infer T } } ? T : never;

/** The host's Blob. A File is one. */
export type HostBlob = typeof globalThis extends { Blob: { prototype: infer T } } ? T : never;

/** The host's Response, as fetch gives it. */
export type HostResponse = typeof globalThis extends { Response: { prototype: infer T } } ? T : never;

/** A compiled module. Where the host's types have no WebAssembly: any object, as a bundler may declare an imported .wasm. */
export type WasmModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer T } } } ? T : object;

/** A host's AbortSignal: what is used of it. */
export interface AbortSignalLike {
  /** Whether it is aborted. */
  readonly aborted: boolean;
  /** What the call is rejected with. */
  readonly reason: unknown;
  /** Throws `reason` where it is aborted. */
  throwIfAborted(): void;
  /** Calls `listener` when it is aborted. */
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  /** Undoes addEventListener. */
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** A Uint8Array with an ArrayBuffer of its own, never a SharedArrayBuffer. Before TypeScript 5.7, whose arrays are generic: any Uint8Array. */
export type Bytes = ReturnType<Uint8ArrayConstructor['of']>;
/** The same of float32. */
export type Floats = ReturnType<Float32ArrayConstructor['of']>;
