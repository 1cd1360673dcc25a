// Connections to Redis, checked before any work.
import type { Redis } from 'ioredis';
import { DebkdError, quote } from '../io/errors.ts';
import { optional } from './optional.ts';

/** What is waited for an answer, at the start. */
const PATIENCE_MS = 5000;

/** An address without its password, for messages. */
export function redacted(url: string): string {
  return url.replace(/^([a-z]+:\/\/).*@/is, '$1***@');
}

/**
 * A connection that has answered once, and afterwards waits for Redis as long as it is away.
 * @param url redis://[user:password@]host[:port][/database], rediss:// for TLS
 * @throws DebkdError `queue` where there is none, or it does not let us in
 */
export async function connectRedis(url: string): Promise<Redis> {
  const subject = `queue ${quote(redacted(url), 200)}`;
  if (!/^rediss?:\/\/[^\s]+$/i.test(url) || !URL.canParse(url))
    throw new DebkdError(
      'queue',
      `${subject}: expected redis://HOST:PORT, or rediss:// for TLS; in a password / is %2F, and @ %40`,
    );
  const { Redis } = await optional(() => import('ioredis'), 'ioredis', 'a queue');
  await optional(() => import('bullmq'), 'bullmq', 'a queue');
  let last: Error | undefined;
  const first = new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    connectTimeout: PATIENCE_MS,
    maxRetriesPerRequest: 0,
  });
  first.on('error', (error) => {
    last = error;
  });
  try {
    await first.connect();
    await first.ping();
    const [, policy] = (await first.config('GET', 'maxmemory-policy').catch(() => [])) as string[];
    if (policy !== undefined && policy !== 'noeviction') {
      throw new DebkdError(
        'queue',
        `${subject}: this Redis throws entries away when it is full (maxmemory-policy ${policy}), and tasks would be lost; set it to noeviction`,
      );
    }
  } catch (error) {
    if (error instanceof DebkdError) throw error;
    throw new DebkdError('queue', `${subject}: ${whyNot((last ?? error) as Error)}`);
  } finally {
    first.disconnect();
  }
  const lasting = new Redis(url, {
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(100 * times, 2000),
  });
  lasting.on('error', () => undefined); // it tries again, and says so by its events
  return lasting;
}

function whyNot(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  const { message } = error;
  if (/WRONGPASS|NOAUTH|invalid password|without any password/i.test(message))
    return 'the password or user is wrong or missing; give redis://USER:PASSWORD@HOST:PORT';
  if (code === 'ECONNREFUSED') return 'no Redis listens there; start one, or correct the address';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'there is no such host; correct the address';
  if (code === 'ETIMEDOUT' || /ETIMEDOUT/.test(message))
    return `no answer within ${PATIENCE_MS / 1000} s; check the address and the network`;
  if (/NOPERM/.test(message)) return 'this user may not do what a queue does; give it all commands on keys debkd:*';
  return `${message}; check the address`;
}
