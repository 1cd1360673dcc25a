// A store in a bucket of an S3-compatible endpoint. Endpoint and credentials come from the environment variables of the AWS tools.
import { DebkdError, quote } from '../io/errors.ts';
import type { BlobStore } from './blob-store.ts';
import { importOptional } from './optional-package.ts';

interface S3Response {
  readonly status: number;
  readonly ok: boolean;
  readonly body: Uint8Array;
}

const MAX_ATTEMPTS = 4;
const BACKOFF_MS = 100;
const REQUEST_TIMEOUT_MS = 60_000;

/**
 * @param location s3://bucket/prefix
 * @throws DebkdError `source` if the address or the credentials are missing or wrong; each method, if the bucket cannot be used
 */
export async function openS3Store(location: string): Promise<BlobStore> {
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/i.exec(location) ?? [];
  const parts = prefix.split('/').filter((part) => part !== '');
  const subject = `store ${quote(location, 200)}`;
  if (!/^[a-z0-9][a-z0-9.-]+$/.test(bucket) || parts.some((part) => part === '.' || part === '..'))
    throw new DebkdError('source', { subject, seen: 'invalid address', expected: 's3://BUCKET or s3://BUCKET/PREFIX' });
  const { env } = process;
  const region = env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? 'us-east-1';
  const endpoint = env['AWS_ENDPOINT_URL_S3'] ?? env['AWS_ENDPOINT_URL'];
  const accessKeyId = env['AWS_ACCESS_KEY_ID'];
  const secretAccessKey = env['AWS_SECRET_ACCESS_KEY'];
  if (!accessKeyId || !secretAccessKey) {
    throw new DebkdError('source', {
      subject,
      seen: 'no credentials',
      remedy:
        'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and AWS_ENDPOINT_URL for an endpoint other than Amazon S3',
    });
  }
  const { AwsClient } = await importOptional(() => import('aws4fetch'), 'aws4fetch', 'S3 store');
  const session = env['AWS_SESSION_TOKEN'];
  const client = new AwsClient({
    accessKeyId,
    secretAccessKey,
    region,
    service: 's3',
    retries: 4,
    ...(session && { sessionToken: session }),
  });
  // path style for custom endpoints, virtual-host style for Amazon
  const base = endpoint ? `${endpoint.replace(/\/+$/, '')}/${bucket}` : `https://${bucket}.s3.${region}.amazonaws.com`;
  const address = (name: string): string => [base, ...parts.map(encodeURIComponent), name].join('/');
  /** Retries network failures. The client itself retries requests that a busy endpoint refuses. */
  const call = async (name: string, init: RequestInit): Promise<S3Response> => {
    for (let attempt = 1; ; attempt++) {
      try {
        const response = await client.fetch(address(name), {
          ...init,
          signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
        });
        return { status: response.status, ok: response.ok, body: new Uint8Array(await response.arrayBuffer()) };
      } catch (error) {
        const { message, cause } = error as Error & { cause?: { code?: string } };
        if (attempt < MAX_ATTEMPTS) {
          await new Promise((resolve) => setTimeout(resolve, BACKOFF_MS * 2 ** attempt));
          continue;
        }
        throw new DebkdError('source', {
          subject,
          seen: `no answer from ${new URL(base).host} (${cause?.code ?? message})`,
          remedy: 'check the address and the network',
          cause: error,
        });
      }
    }
  };
  const codeOf = ({ body }: S3Response): string | undefined =>
    /<Code>([^<]+)<\/Code>/.exec(new TextDecoder().decode(body))?.[1];
  const refuse = (verb: 'read' | 'written', response: S3Response): never => {
    const code = codeOf(response);
    throw new DebkdError('source', {
      subject,
      seen: `cannot be ${verb} (status ${response.status}${code ? `, ${code}` : ''})`,
      remedy: `check the bucket, the region (AWS_REGION, here ${region}), the credentials and the permissions`,
    });
  };
  const put = (name: string, bytes: Uint8Array, headers?: Record<string, string>): Promise<S3Response> =>
    call(name, { method: 'PUT', body: bytes as Uint8Array<ArrayBuffer>, ...(headers && { headers }) });
  const has = async (name: string): Promise<boolean> => {
    const response = await call(name, { method: 'HEAD' });
    return response.ok || (response.status !== 404 && refuse('read', response));
  };
  return {
    has,
    async read(name) {
      const response = await call(name, { method: 'GET' });
      if (response.ok) return response.body;
      return response.status === 404 && codeOf(response) !== 'NoSuchBucket' ? undefined : refuse('read', response);
    },
    async write(name, bytes) {
      const response = await put(name, bytes);
      if (!response.ok) refuse('written', response);
    },
    async create(name, bytes) {
      if (await has(name)) return;
      // an endpoint that ignores the condition overwrites the blob, and all machines read the last one
      const response = await put(name, bytes, { 'If-None-Match': '*' });
      if (!response.ok && response.status !== 412 && response.status !== 409) refuse('written', response);
    },
    async remove(name) {
      const response = await call(name, { method: 'DELETE' });
      if (!response.ok && response.status !== 404) refuse('written', response);
    },
  };
}
