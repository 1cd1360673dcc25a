// HMAC signatures with a key that coordinators and workers share. They reveal every change of a task or an entry by others.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { DebkdError } from '../io/errors.ts';

/** The environment variable that holds the key. */
const SECRET_VARIABLE = 'DEBKD_CLUSTER_KEY';
const MIN_SECRET_LENGTH = 16;
/** The length of an HMAC-SHA-256. */
export const SIGNATURE_BYTES = 32;

/** Signs with one key. */
export interface Signer {
  /** Identifies the key without revealing it. */
  readonly id: string;
  /** Returns the signature of the bytes under a name, 32 bytes. */
  sign(name: string, bytes: Uint8Array): Uint8Array;
  /** Whether the signature belongs to the bytes and the name. */
  verify(name: string, bytes: Uint8Array, signature: Uint8Array): boolean;
}

/**
 * @param secret the key; default: the environment variable
 * @returns undefined without a key
 * @throws DebkdError `usage` if the key is too short
 */
export function openSigner(secret: string | undefined = process.env[SECRET_VARIABLE]): Signer | undefined {
  if (secret === undefined || secret === '') return undefined;
  if (secret.length < MIN_SECRET_LENGTH)
    throw new DebkdError('usage', {
      subject: SECRET_VARIABLE,
      seen: `a key of ${secret.length} characters`,
      expected: `at least ${MIN_SECRET_LENGTH}`,
      remedy: 'generate a key with: openssl rand -hex 32',
    });
  const sign = (name: string, bytes: Uint8Array): Uint8Array =>
    new Uint8Array(createHmac('sha256', secret).update(`${name}\0`).update(bytes).digest());
  return {
    id: hex(sign('id', new Uint8Array(0))).slice(0, 12),
    sign,
    verify: (name, bytes, signature) =>
      signature.length === SIGNATURE_BYTES && timingSafeEqual(signature, sign(name, bytes)),
  };
}

/** Adds a signature to a task. Without a key it returns the task unchanged. */
export function signTask<T extends object>(task: T, signer: Signer | undefined): T & { readonly signature?: string } {
  return signer ? { ...task, signature: hex(signer.sign('task', canonicalJson(task))) } : task;
}

/** Whether a task has a valid signature. Without a key every task is valid. */
export function isSigned(
  { signature, ...task }: Readonly<Record<string, unknown>>,
  signer: Signer | undefined,
): boolean {
  if (!signer) return true;
  const given = Buffer.from(typeof signature === 'string' ? signature : '', 'hex');
  return signer.verify('task', canonicalJson(task), given);
}

/** JSON with sorted keys, because the order of keys may change on the way through Redis. */
function canonicalJson(value: unknown): Uint8Array {
  const sorted = (item: unknown): unknown =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(
          Object.entries(item)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([name, inner]) => [name, sorted(inner)]),
        )
      : item;
  return new TextEncoder().encode(JSON.stringify(sorted(value)));
}

/** Lower-case hexadecimal digits. */
export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
