// The program of a thread of session-pool.ts: one session of the runtime, which runs one batch at a time.
import type { InferenceSession, Tensor } from 'onnxruntime-web/wasm';
import type { ThreadMessage } from '../io/thread.ts';
import { openPort } from '../io/thread-port.ts';
import { runtimeOf, sessionOptions } from './provider.ts';
import type { Ort } from './runtime.ts';
import type { SessionReply, SessionRequest, TensorData } from './session-messages.ts';

const port = await openPort<SessionRequest, ThreadMessage<SessionReply, never>>();
let opened: { readonly ort: Ort; readonly session: InferenceSession } | undefined;

async function answer(request: SessionRequest): Promise<SessionReply> {
  if ('open' in request) {
    const { model, external, provider, wasm } = request.open;
    const ort = await runtimeOf(provider);
    if (provider === 'wasm') Object.assign(ort.env.wasm, wasm);
    opened = { ort, session: await ort.InferenceSession.create(model, sessionOptions(provider, external)) };
    return { opened: true };
  }
  const { ort, session } = opened as NonNullable<typeof opened>;
  const feeds = Object.fromEntries(
    Object.entries(request.feeds).map(([name, { type, data, dims }]) => [
      name,
      new ort.Tensor(type as 'float32', data as Float32Array, dims),
    ]),
  );
  const result = await session.run(feeds, request.tensors, { logSeverityLevel: 4 });
  const outputs = request.tensors.map((name): TensorData => {
    const { type, dims, data } = result[name] as Tensor;
    return { type, dims, data };
  });
  return { outputs };
}

/** The buffers that can be handed over instead of copied. */
function buffersOf(reply: SessionReply): ArrayBuffer[] {
  if (!('outputs' in reply)) return [];
  const buffers = reply.outputs.flatMap(({ data }) =>
    ArrayBuffer.isView(data) && data.buffer instanceof ArrayBuffer && data.byteLength === data.buffer.byteLength
      ? [data.buffer]
      : [],
  );
  return [...new Set(buffers)];
}

port.listen(async (request) => {
  const reply = await answer(request).catch(
    (error: unknown): SessionReply => ({ failed: String((error as Error).message ?? error) }),
  );
  port.postMessage({ reply }, buffersOf(reply));
});
port.postMessage({ listens: true }, []);
