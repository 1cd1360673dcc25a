// Downloads a file over HTTP: goes on where an earlier attempt ended, retries what may pass, and uses the proxy of the environment
// (HTTP_PROXY, HTTPS_PROXY, NO_PROXY).
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { EnvHttpProxyAgent, interceptors, request } from 'undici';

const CONNECT_MS = 15_000;
const SILENCE_MS = 60_000;
const LONGEST_WAIT_MS = 60_000;
const REDIRECTIONS = 5;
/** More than any file of sources.mjs has. */
const MAX_BYTES = 2 ** 27;
/** Answers that another attempt may change. */
const PASSING = [408, 425, 429, 500, 502, 503, 504];

/** Why a download ended; `passing` says whether it may succeed later, `afterMs` how long the host asks to wait. */
class DownloadError extends Error {
  constructor(message, { passing, afterMs }) {
    super(message);
    this.passing = passing;
    this.afterMs = afterMs;
  }
}

const reasonOf = (error) => error.cause?.code ?? error.code ?? error.cause?.message ?? error.message;
const sizeOf = (path) => (existsSync(path) ? statSync(path).size : 0);

/**
 * Downloads `url` into `path`. A part of an earlier attempt at `path` is completed by a range request, if the file has not changed since.
 * @param {string} url
 * @param {string} path
 * @param {{ tries?: number, waitMs?: number, say?: (line: string) => unknown }} options
 * @returns whether the file is made of more than one attempt
 */
export async function download(url, path, { tries = 5, waitMs = 1000, say = () => undefined } = {}) {
  mkdirSync(dirname(path), { recursive: true });
  const agent = new EnvHttpProxyAgent({
    connect: { timeout: CONNECT_MS },
    headersTimeout: SILENCE_MS,
    bodyTimeout: SILENCE_MS,
  });
  const dispatcher = agent.compose(interceptors.redirect({ maxRedirections: REDIRECTIONS }));
  let resumed = false;
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        resumed = (await receive(url, path, dispatcher)) || resumed;
        return resumed;
      } catch (error) {
        const passing = error.passing ?? true;
        if (!passing || attempt >= tries)
          throw new Error(`${reasonOf(error)}${attempt > 1 ? `, after ${attempt} attempts` : ''}`, { cause: error });
        const wait = Math.min(error.afterMs ?? waitMs * 2 ** (attempt - 1), LONGEST_WAIT_MS);
        say(`${url}: ${reasonOf(error)}; next attempt in ${wait / 1000} s`);
        await new Promise((done) => setTimeout(done, wait));
      }
    }
  } finally {
    await agent.destroy();
  }
}

/** One attempt. @returns whether it continued a part */
async function receive(url, path, dispatcher) {
  const tagFile = `${path}.etag`;
  const have = sizeOf(path);
  const tag = existsSync(tagFile) ? readFileSync(tagFile, 'utf8') : undefined;
  const { statusCode, headers, body } = await request(url, {
    dispatcher,
    // never pauses the connection: undici 7 fails an assertion where a host closes one that is paused
    highWaterMark: MAX_BYTES,
    headers: {
      'accept-encoding': 'identity',
      'user-agent': 'debkd-data',
      ...(have > 0 && { range: `bytes=${have}-`, ...(tag && { 'if-range': tag }) }),
    },
  });
  // an answer that is not used ends the connection
  body.on('error', () => undefined);
  if (statusCode === 416) {
    // the part is as long as the file, or longer: it is another file's
    rmSync(path, { force: true });
    body.destroy();
    throw new DownloadError('the part at hand does not fit', { passing: true, afterMs: 0 });
  }
  if (statusCode !== 200 && statusCode !== 206) {
    body.destroy();
    const seconds = Number(headers['retry-after'] ?? Number.NaN);
    const afterMs = Number.isFinite(seconds) ? 1000 * seconds : undefined;
    throw new DownloadError(`the host answers ${statusCode}`, { passing: PASSING.includes(statusCode), afterMs });
  }
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers['content-range'] ?? '');
  const continues = statusCode === 206 && Number(range?.[1]) === have;
  if (statusCode === 206 && !continues) {
    body.destroy();
    rmSync(path, { force: true });
    throw new DownloadError('the host sends another range than asked', { passing: true, afterMs: 0 });
  }
  const stated = continues ? range[2] : headers['content-length'];
  const total = /^\d+$/.test(stated ?? '') ? Number(stated) : undefined;
  const strong = headers.etag;
  if (strong && !strong.startsWith('W/')) writeFileSync(tagFile, strong);
  else rmSync(tagFile, { force: true });
  const file = openSync(path, continues ? 'a' : 'w');
  try {
    let size = continues ? have : 0;
    for await (const chunk of body) {
      size += chunk.length;
      if (size > MAX_BYTES) throw new DownloadError(`the host sends more than ${MAX_BYTES} bytes`, { passing: false });
      writeSync(file, chunk);
    }
  } finally {
    closeSync(file);
  }
  if (total !== undefined && sizeOf(path) !== total)
    throw new DownloadError(`the host sent ${sizeOf(path)} of ${total} bytes`, { passing: true });
  rmSync(tagFile, { force: true });
  return continues;
}
