// A store in a bucket of an S3-compatible endpoint. Address and credentials come from the variables that AWS's own tools read.
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
 * @throws DebkdError `source` where it cannot be reached, read or written
 */
export async function openS3Store(location: string): Promise<BlobStore> {
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/i.exec(location) ?? [];
  const parts = prefix.split('/').filter((part) => part !== '');
  if (!/^[a-z0-9][a-z0-9.-]+$/.test(bucket) || parts.some((part) => part === '.' || part === '..'))
    throw new DebkdError('source', {
      subject: `store ${quote(location, 200)}`,
      seen: 'expected s3://BUCKET or s3://BUCKET/PREFIX',
    });
  const { env } = process;
  const region = env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? 'us-east-1';
  const endpoint = env['AWS_ENDPOINT_URL_S3'] ?? env['AWS_ENDPOINT_URL'];
  const accessKeyId = env['AWS_ACCESS_KEY_ID'];
  const secretAccessKey = env['AWS_SECRET_ACCESS_KEY'];
  if (!accessKeyId || !secretAccessKey) {
    throw new DebkdError('source', {
      subject: `store ${quote(location, 200)}`,
      seen: 'no credentials',
      remedy: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and AWS_ENDPOINT_URL where it is not Amazon's",
    });
  }
  const { AwsClient } = await importOptional(() => import('aws4fetch'), 'aws4fetch', 'a store on S3');
  const session = env['AWS_SESSION_TOKEN'];
  const client = new AwsClient({
    accessKeyId,
    secretAccessKey,
    region,
    service: 's3',
    retries: 4,
    ...(session && { sessionToken: session }),
  });
  // a bucket is a path of a custom endpoint, and a host name at Amazon
  const base = endpoint ? `${endpoint.replace(/\/+$/, '')}/${bucket}` : `https://${bucket}.s3.${region}.amazonaws.com`;
  const address = (name: string): string => [base, ...parts.map(encodeURIComponent), name].join('/');
  /** Retries network failures; the client itself retries what a busy endpoint refuses. */
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
          subject: `store ${quote(location, 200)}`,
          seen: `no answer from ${new URL(base).host} (${cause?.code ?? message})`,
          remedy: 'check the address and the network',
        });
      }
    }
  };
  const codeOf = ({ body }: S3Response): string | undefined =>
    /<Code>([^<]+)<\/Code>/.exec(new TextDecoder().decode(body))?.[1];
  const refuse = (what: string, response: S3Response): never => {
    const code = codeOf(response);
    throw new DebkdError('source', {
      subject: `store ${quote(location, 200)}`,
      seen: `cannot be ${what} (status ${response.status}${code ? `, ${code}` : ''})`,
      remedy: `check bucket, region (AWS_REGION, here ${region}), credentials and permissions`,
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
      // endpoints that ignore the condition write anyway: then all machines read what the last one wrote
      const response = await put(name, bytes, { 'If-None-Match': '*' });
      if (!response.ok && response.status !== 412 && response.status !== 409) refuse('written', response);
    },
    async remove(name) {
      const response = await call(name, { method: 'DELETE' });
      if (!response.ok && response.status !== 404) refuse('written', response);
    },
  };
}
