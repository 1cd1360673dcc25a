// Connections to Redis, checked before the work starts.
import type { Redis } from 'ioredis';
import { DebkdError, type ErrorParts, quote } from '../io/errors.ts';
import { importOptional } from './optional-package.ts';

/** The time limit of the first connection. */
const CONNECT_TIMEOUT_MS = 5000;

/** Names a queue in messages. */
export function queueSubject(url: string): string {
  return `queue ${quote(redacted(url), 200)}`;
}

/** An address without user and password, for messages. */
export function redacted(url: string): string {
  return url.replace(/^([a-z]+:\/\/).*@/is, '$1***@');
}

/**
 * Connects to Redis, and checks that it answers and keeps its entries. The connection reconnects whenever Redis is unreachable.
 * @param url redis://[user:password@]host[:port][/database], rediss:// for TLS
 * @throws DebkdError `queue` if Redis does not answer, refuses the user or evicts entries; `usage` if a package is not installed
 */
export async function connectRedis(url: string): Promise<Redis> {
  const subject = queueSubject(url);
  if (!/^rediss?:\/\/[^\s]+$/i.test(url) || !URL.canParse(url))
    throw new DebkdError('queue', {
      subject,
      seen: 'invalid address',
      expected: 'redis://HOST:PORT, or rediss:// for TLS',
      remedy: 'write / as %2F and @ as %40 in a password',
    });
  const { Redis } = await importOptional(() => import('ioredis'), 'ioredis', 'queue');
  await importOptional(() => import('bullmq'), 'bullmq', 'queue');
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
        subject,
        seen: `Redis evicts entries when it is full (maxmemory-policy ${policy}), which would lose tasks`,
        expected: 'noeviction',
        remedy: 'set maxmemory-policy to noeviction',
      });
    }
  } catch (error) {
    throw queueError(error instanceof DebkdError ? error : (lastError ?? error), subject);
  } finally {
    probe.disconnect();
  }
  const connection = new Redis(url, {
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(100 * times, 2000),
  });
  // ioredis reconnects; without a listener an error would end the process
  connection.on('error', () => undefined);
  return connection;
}

/** Reports each loss of the connection once, and each reconnection. */
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

/** The error of a queue that cannot be opened: `queue` for one of Redis. @param subject names the queue */
export function queueError(error: unknown, subject: string): Error {
  if (error instanceof DebkdError) return error;
  return new DebkdError('queue', { ...connectionProblem(error as Error), subject, cause: error });
}

function connectionProblem(error: Error): Pick<ErrorParts, 'seen' | 'remedy'> {
  const { code } = error as NodeJS.ErrnoException;
  const { message } = error;
  if (/WRONGPASS|NOAUTH|invalid password|without any password/i.test(message))
    return { seen: 'user or password is wrong or missing', remedy: 'use redis://USER:PASSWORD@HOST:PORT' };
  if (code === 'ECONNREFUSED')
    return { seen: 'no Redis listens at this address', remedy: ['start Redis', 'correct the address'] };
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return { seen: 'host not found', remedy: 'correct the address' };
  if (code === 'ETIMEDOUT' || /ETIMEDOUT/.test(message))
    return { seen: `no answer within ${CONNECT_TIMEOUT_MS / 1000} s`, remedy: 'check the address and the network' };
  if (/NOPERM/.test(message))
    return {
      seen: `the user lacks permissions (${message.slice(0, 200)})`,
      remedy: 'allow it all commands on the keys debkd:*',
    };
  return { seen: message, remedy: 'check the address' };
}
