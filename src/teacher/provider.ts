// What runs a teacher: which ONNX runtime, and with which options its sessions are created.
import { DebkdError } from '../io/errors.ts';
import { builtin } from '../io/node.ts';
import type { Provider } from './provider-names.ts';
import { loadRuntime, type Ort } from './runtime.ts';

/** A file of weights next to the model. */
interface ExternalData {
  readonly path: string;
  readonly data: Uint8Array;
}

/** Loads the runtime of a provider. @throws DebkdError `usage` if its package is not installed */
export async function runtimeOf(provider: Provider): Promise<Ort> {
  if (provider === 'wasm') return loadRuntime();
  // names that bundlers do not follow, because few users need these runtimes and they are large
  const name = provider === 'native' ? 'onnxruntime-node' : 'onnxruntime-web/webgpu';
  try {
    const loaded = await builtin<Ort & { default?: Ort }>(name);
    // onnxruntime-node is a CommonJS module
    return 'InferenceSession' in loaded ? loaded : (loaded as { default: Ort }).default;
  } catch (error) {
    const isAbsent = (error as { code?: unknown }).code === 'ERR_MODULE_NOT_FOUND';
    throw new DebkdError('usage', {
      subject: `provider ${provider}`,
      seen: isAbsent
        ? `package ${name} is not installed`
        : `package ${name} cannot be loaded (${String((error as Error).message).split('\n')[0]})`,
      remedy:
        provider === 'native'
          ? ['install it where debkd is: npm install onnxruntime-node', { id: 'omit-setting', setting: 'provider' }]
          : ["import it and pass the module as `ort`: import * as ort from 'onnxruntime-web/webgpu'"],
      cause: error,
    });
  }
}

/** The runtime and its version, for records and notes; undefined for the default, which needs none. */
export function runtimeName(provider: Provider, { env: { versions } }: Ort): string | undefined {
  if (provider === 'wasm') return undefined;
  return provider === 'native'
    ? `onnxruntime-node ${versions.node ?? versions.common}`
    : `onnxruntime-web ${versions.web ?? versions.common} with WebGPU`;
}

/** The options of a session. Every provider uses one thread, so that sums are added in one order. */
export function sessionOptions(provider: Provider, externalData: readonly ExternalData[]): object {
  return {
    executionProviders: [provider === 'native' ? 'cpu' : provider],
    logSeverityLevel: 4,
    ...(provider === 'native' && { intraOpNumThreads: 1, interOpNumThreads: 1 }),
    externalData,
  };
}
