// Connections to Redis, checked before any work.
import type { Redis } from 'ioredis';
import { DebkdError, quote } from '../io/errors.ts';
import { importOptional } from './optional-package.ts';

/** How long the first connection may take. */
const CONNECT_TIMEOUT_MS = 5000;

/** An address without its password, for messages. */
export function redacted(url: string): string {
  return url.replace(/^([a-z]+:\/\/).*@/is, '$1***@');
}

/**
 * A connection that has answered once, and that reconnects for as long as Redis is away.
 * @param url redis://[user:password@]host[:port][/database], rediss:// for TLS
 * @throws DebkdError `queue` where no Redis answers, or it refuses us
 */
export async function connectRedis(url: string): Promise<Redis> {
  const subject = `queue ${quote(redacted(url), 200)}`;
  if (!/^rediss?:\/\/[^\s]+$/i.test(url) || !URL.canParse(url))
    throw new DebkdError('queue', {
      subject: subject,
      seen: 'expected redis://HOST:PORT, or rediss:// for TLS',
      remedy: 'in a password / is %2F, and @ %40',
    });
  const { Redis } = await importOptional(() => import('ioredis'), 'ioredis', 'a queue');
  await importOptional(() => import('bullmq'), 'bullmq', 'a queue');
  let lastError: Error | undefined;
  const probe = new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    connectTimeout: CONNECT_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
  });
  probe.on('error', (error) => {
    lastError = error;
  });
  try {
    await probe.connect();
    await probe.ping();
    const [, policy] = (await probe.config('GET', 'maxmemory-policy').catch(() => [])) as string[];
    if (policy !== undefined && policy !== 'noeviction') {
      throw new DebkdError('queue', {
        subject: subject,
        seen: `this Redis throws entries away when it is full (maxmemory-policy ${policy}), and tasks would be lost`,
        remedy: 'set it to noeviction',
      });
    }
  } catch (error) {
    if (error instanceof DebkdError) throw error;
    throw new DebkdError('queue', { subject: subject, seen: connectionFailure((lastError ?? error) as Error) });
  } finally {
    probe.disconnect();
  }
  const connection = new Redis(url, {
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(100 * times, 2000),
  });
  connection.on('error', () => undefined); // ioredis reconnects, and reports it by events
  return connection;
}

/** Reports when the connection is lost, once, and when it is back. */
export function watchConnection(redis: Redis, onDisconnect: () => void, onReconnect: () => void): void {
  let connected = true;
  redis.on('close', () => {
    if (connected) onDisconnect();
    connected = false;
  });
  redis.on('ready', () => {
    if (!connected) onReconnect();
    connected = true;
  });
}

function connectionFailure(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  const { message } = error;
  if (/WRONGPASS|NOAUTH|invalid password|without any password/i.test(message))
    return 'the password or user is wrong or missing; give redis://USER:PASSWORD@HOST:PORT';
  if (code === 'ECONNREFUSED') return 'no Redis listens there; start one, or correct the address';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'there is no such host; correct the address';
  if (code === 'ETIMEDOUT' || /ETIMEDOUT/.test(message))
    return `no answer within ${CONNECT_TIMEOUT_MS / 1000} s; check the address and the network`;
  if (/NOPERM/.test(message)) return 'this user may not do what a queue does; give it all commands on keys debkd:*';
  return `${message}; check the address`;
}
