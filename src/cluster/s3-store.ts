// An S3-compatible endpoint. Address and credentials come from the variables that AWS's own tools read.
import { DebkdError, quote } from '../io/errors.ts';
import { optional } from './optional.ts';
import type { BlobStore } from './store.ts';

interface Answer {
  readonly status: number;
  readonly ok: boolean;
  readonly body: Uint8Array;
}

const TRIES = 4;
const PAUSE_MS = 100;
const PATIENCE_MS = 60_000;

/**
 * @param place s3://bucket/prefix
 * @throws DebkdError `source` where it cannot be reached, read or written
 */
export async function openS3Store(place: string): Promise<BlobStore> {
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/i.exec(place) ?? [];
  const parts = prefix.split('/').filter((part) => part !== '');
  if (!/^[a-z0-9][a-z0-9.-]+$/.test(bucket) || parts.some((part) => part === '.' || part === '..'))
    throw new DebkdError('source', `store ${quote(place, 200)}: expected s3://BUCKET or s3://BUCKET/PREFIX`);
  const { env } = process;
  const region = env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? 'us-east-1';
  const endpoint = env['AWS_ENDPOINT_URL_S3'] ?? env['AWS_ENDPOINT_URL'];
  const accessKeyId = env['AWS_ACCESS_KEY_ID'];
  const secretAccessKey = env['AWS_SECRET_ACCESS_KEY'];
  if (!accessKeyId || !secretAccessKey) {
    throw new DebkdError(
      'source',
      `store ${quote(place, 200)}: no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and AWS_ENDPOINT_URL where it is not Amazon's`,
    );
  }
  const { AwsClient } = await optional(() => import('aws4fetch'), 'aws4fetch', 'a store on S3');
  const session = env['AWS_SESSION_TOKEN'];
  const client = new AwsClient({
    ...{ accessKeyId, secretAccessKey, region, service: 's3', retries: 4 },
    ...(session && { sessionToken: session }),
  });
  // buckets are folders of an endpoint of one's own, and hosts at Amazon's
  const base = endpoint ? `${endpoint.replace(/\/+$/, '')}/${bucket}` : `https://${bucket}.s3.${region}.amazonaws.com`;
  const address = (name: string): string => [base, ...parts.map(encodeURIComponent), name].join('/');
  /** Status and body. The client tries refusals of a busy endpoint again, this what fails on the way. */
  const call = async (name: string, init: RequestInit): Promise<Answer> => {
    for (let tries = 1; ; tries++) {
      try {
        const response = await client.fetch(address(name), { ...init, signal: AbortSignal.timeout(PATIENCE_MS) });
        return { status: response.status, ok: response.ok, body: new Uint8Array(await response.arrayBuffer()) };
      } catch (error) {
        const { message, cause } = error as Error & { cause?: { code?: string } };
        if (tries < TRIES) {
          await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * 2 ** tries));
          continue;
        }
        throw new DebkdError(
          'source',
          `store ${quote(place, 200)}: no answer from ${new URL(base).host} (${cause?.code ?? message}); check the address and the network`,
        );
      }
    }
  };
  const codeOf = ({ body }: Answer): string | undefined =>
    /<Code>([^<]+)<\/Code>/.exec(new TextDecoder().decode(body))?.[1];
  const refuse = (what: string, answer: Answer): never => {
    const code = codeOf(answer);
    throw new DebkdError(
      'source',
      `store ${quote(place, 200)}: cannot be ${what} (status ${answer.status}${code ? `, ${code}` : ''}); check bucket, region (AWS_REGION, here ${region}), credentials and permissions`,
    );
  };
  const put = (name: string, bytes: Uint8Array, headers?: Record<string, string>): Promise<Answer> =>
    call(name, { method: 'PUT', body: bytes as Uint8Array<ArrayBuffer>, ...(headers && { headers }) });
  const has = async (name: string): Promise<boolean> => {
    const answer = await call(name, { method: 'HEAD' });
    return answer.ok || (answer.status !== 404 && refuse('read', answer));
  };
  return {
    has,
    async read(name) {
      const answer = await call(name, { method: 'GET' });
      if (answer.ok) return answer.body;
      return answer.status === 404 && codeOf(answer) !== 'NoSuchBucket' ? undefined : refuse('read', answer);
    },
    async write(name, bytes) {
      const answer = await put(name, bytes);
      if (!answer.ok) refuse('written', answer);
    },
    async create(name, bytes) {
      if (await has(name)) return;
      // endpoints that do not know the condition write: then all read what the last one wrote
      const answer = await put(name, bytes, { 'If-None-Match': '*' });
      if (!answer.ok && answer.status !== 412 && answer.status !== 409) refuse('written', answer);
    },
    async remove(name) {
      const answer = await call(name, { method: 'DELETE' });
      if (!answer.ok && answer.status !== 404) refuse('written', answer);
    },
  };
}
