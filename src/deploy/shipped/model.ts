// A student's parameters as text, and back.
import { halfToFloat } from '../../io/half.ts';
import type { Architecture } from '../../student/architecture.ts';
import type { Preprocessing } from '../../data/preprocessing.ts';

/** What a module has inside. */
export interface Model {
  readonly threshold: number;
  readonly preprocessing: Preprocessing;
  readonly architecture: Architecture;
  /** float32, float16 or int8. */
  readonly form: 'float32' | 'float16' | 'int8';
  /** base64 of the packed layers, little-endian (quantization.ts, packLayers): weights, int8's scales, biases. */
  readonly parameters: string;
  readonly about: object;
}

/** The parameters in float32, as kernels/reference.ts lays them out. */
export function unpackModel({ preprocessing, architecture, form, parameters }: Model): Float32Array {
  const bytes = fromBase64(parameters);
  const view = new DataView(bytes.buffer);
  // most hosts have this order, and take the bytes as they are
  if (form === 'float32' && new Uint8Array(Uint32Array.of(1).buffer)[0] === 1) return new Float32Array(bytes.buffer);
  const widths = [preprocessing.F, ...architecture.hidden, 1];
  const out: number[] = [];
  let at = 0;
  const float32 = (): number => {
    at += 4;
    return view.getFloat32(at - 4, true);
  };
  for (let l = 1; l < widths.length; l++) {
    const outputs = widths[l] as number;
    const n = (widths[l - 1] as number) * outputs;
    const scales = at + n;
    for (let i = 0; i < n; i++) {
      if (form === 'float32') out.push(float32());
      else if (form === 'float16') out.push(halfToFloat(view.getUint16(at + 2 * i, true)));
      else out.push(view.getInt8(at + i) * view.getFloat32(scales + 4 * (i % outputs), true));
    }
    if (form === 'float16') at += 2 * n;
    if (form === 'int8') at = scales + 4 * outputs;
    for (let j = 0; j < outputs; j++) out.push(float32());
  }
  return Float32Array.from(out);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const native = Uint8Array as unknown as { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> };
  if (native.fromBase64) return native.fromBase64(text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
