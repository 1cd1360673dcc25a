// An S3-compatible endpoint. Address and credentials come from the variables that AWS's own tools read.
import { DebkdError, quote } from '../io/errors.ts';
import { optional } from './optional.ts';
import type { Shelf } from './store.ts';

/**
 * @param place s3://bucket/prefix
 * @throws DebkdError `source` where it cannot be reached, read or written
 */
export async function openS3Store(place: string): Promise<Shelf> {
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
  const call = async (name: string, init: RequestInit): Promise<Response> => {
    try {
      return await client.fetch(address(name), init);
    } catch (error) {
      const { message, cause } = error as Error & { cause?: { code?: string } };
      throw new DebkdError(
        'source',
        `store ${quote(place, 200)}: no answer from ${new URL(base).host} (${cause?.code ?? message}); check the address and the network`,
      );
    }
  };
  const refuse = async (what: string, response: Response): Promise<never> => {
    const code = /<Code>([^<]+)<\/Code>/.exec(await response.text())?.[1];
    throw new DebkdError(
      'source',
      `store ${quote(place, 200)}: cannot be ${what} (status ${response.status}${code ? `, ${code}` : ''}); check bucket, credentials and permissions`,
    );
  };
  const body = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => bytes as Uint8Array<ArrayBuffer>;
  const has = async (name: string): Promise<boolean> => {
    const response = await call(name, { method: 'HEAD' });
    if (response.status === 403) return refuse('read', response);
    return response.ok;
  };
  return {
    has,
    async read(name) {
      const response = await call(name, { method: 'GET' });
      if (response.ok) return new Uint8Array(await response.arrayBuffer());
      if (response.status !== 404 || (await response.clone().text()).includes('NoSuchBucket'))
        return refuse('read', response);
      return undefined;
    },
    async write(name, bytes) {
      const response = await call(name, { method: 'PUT', body: body(bytes) });
      if (!response.ok) return refuse('written', response);
    },
    async create(name, bytes) {
      if (await has(name)) return;
      // endpoints that do not know the condition write: then all read what the last one wrote
      const response = await call(name, { method: 'PUT', body: body(bytes), headers: { 'If-None-Match': '*' } });
      if (!response.ok && response.status !== 412 && response.status !== 409) return refuse('written', response);
    },
    async remove(name) {
      const response = await call(name, { method: 'DELETE' });
      if (!response.ok && response.status !== 404) return refuse('written', response);
    },
  };
}
