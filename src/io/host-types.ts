// Types of host classes for public declarations. They also compile with the ECMAScript library only, without the DOM
// and @types/node; a class that is unknown there, such as Blob, has the type never.

/** The host's URL. */
export type HostUrl = typeof globalThis extends { URL: { prototype: infer T } } ? T : never;

/** The host's Blob. A File is one. */
export type HostBlob = typeof globalThis extends { Blob: { prototype: infer T } } ? T : never;

/** The host's Response, the result of fetch. */
export type HostResponse = typeof globalThis extends { Response: { prototype: infer T } } ? T : never;

/**
 * A compiled module. It may be any object where the types of WebAssembly are not loaded, because bundlers declare an
 * imported .wasm as a plain object.
 */
export type WasmModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer T } } } ? T : object;

/** The members of AbortSignal that debkd uses. */
export interface AbortSignalLike {
  /** Whether it is aborted. */
  readonly aborted: boolean;
  /** The reason with which a call is rejected. */
  readonly reason: unknown;
  /** Throws `reason` if it is aborted. */
  throwIfAborted(): void;
  /** Calls `listener` when it is aborted. */
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  /** Removes a listener. */
  removeEventListener(type: 'abort', listener: () => void): void;
}

/**
 * A Uint8Array over an ArrayBuffer, not a SharedArrayBuffer; any Uint8Array before TypeScript 5.7, which made typed
 * arrays generic.
 */
export type Bytes = ReturnType<Uint8ArrayConstructor['of']>;
/** A Float32Array over an ArrayBuffer, as Bytes. */
export type Floats = ReturnType<Float32ArrayConstructor['of']>;
