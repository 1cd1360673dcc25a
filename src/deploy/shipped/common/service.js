// Requests in, answers out, on any host: POST /predict, GET /health, GET /. Hosts differ in how a request is read and an answer
// is sent; that is in the file beside this one.
import { config } from './config.js';
import { about, predict } from './student.js';

const ROUTES = new Map([
  ['/', ['GET', 'HEAD']],
  ['/health', ['GET', 'HEAD']],
  ['/predict', ['POST']],
]);

const SAFETY = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** What a caller did wrong, and how to mend it. */
class Refusal extends Error {
  constructor(status, code, message, details = {}, headers = {}) {
    super(message);
    this.status = status;
    this.body = { error: { code, message, ...details } };
    this.headers = headers;
  }
}

/**
 * Answers a request. Never throws.
 * @param request { method, path, header(name), read(limit) }: header gives text or undefined; read gives the body's bytes, or
 *   undefined where there are more than `limit`
 * @returns { status, headers, body }: body is text, or null where there is none
 */
export async function respond(request) {
  let shared = SAFETY;
  const send = (status, value, headers = {}) => ({
    status,
    headers: { ...shared, 'content-type': 'application/json; charset=utf-8', ...headers },
    body: request.method === 'HEAD' ? null : `${JSON.stringify(value)}\n`,
  });
  try {
    shared = { ...SAFETY, ...crossOrigin(request) };
    const path = request.path.length > 1 ? request.path.replace(/\/$/, '') : request.path;
    const methods = ROUTES.get(path);
    if (!methods) {
      throw new Refusal(404, 'path', 'no such path; POST /predict answers, GET / says how, GET /health that it runs');
    }
    const allow = [...methods, 'OPTIONS'].join(', ');
    if (request.method === 'OPTIONS') return { status: 204, headers: { ...shared, allow }, body: null };
    if (!methods.includes(request.method)) {
      throw new Refusal(405, 'method', `${path} takes ${methods.join(' or ')}`, {}, { allow });
    }
    if (path === '/health') return send(200, { status: 'ok', student: about.student });
    if (path === '/') return send(200, description());
    return send(200, await answer(request));
  } catch (error) {
    if (error instanceof Refusal) return send(error.status, error.body, error.headers);
    console.error(error);
    return send(500, { error: { code: 'internal', message: 'a fault of this service; the request was not answered' } });
  }
}

function description() {
  const { maxBytes, maxRows, maxSeconds } = config;
  return {
    ...about,
    request:
      'POST /predict, content-type application/json: one record of these inputs by name, or a list of them; null where a value is missing',
    answer:
      'probability of class 1, and label 1 where it is at or above the threshold; unknown lists fields whose value is no category of theirs, which count for nothing',
    limits: { maxBytes, maxRows, maxSeconds },
  };
}

async function answer(request) {
  const records = await parse(request);
  if (!Array.isArray(records)) return predictOne(records, '', {});
  if (records.length > config.maxRows) {
    throw new Refusal(413, 'rows', `${records.length} records, expected at most ${config.maxRows}; send them in parts`);
  }
  return records.map((record, index) => predictOne(record, ` at index ${index}`, { index }));
}

/** Records of each field with a value that is no category, since this instance started. */
const unknownRecords = new Map();

// at 1, 10, 100, …: the log stays short under load. A value may be somebody's own, so that the log has the field alone
function count(field) {
  const records = (unknownRecords.get(field) ?? 0) + 1;
  unknownRecords.set(field, records);
  if (!/^10*$/.test(String(records))) return;
  console.warn(`field ${JSON.stringify(field)}: ${records} records so far have a value that is no category of it`);
}

function predictOne(record, place, details) {
  try {
    const unknown = [];
    const prediction = predict(record, (field) => unknown.push(field));
    if (unknown.length === 0) return prediction;
    unknown.forEach(count);
    return { ...prediction, unknown };
  } catch (error) {
    if (error.name !== 'DebkdError') throw error;
    const message = error.message.replace(/^record/, `record${place}`);
    const field = error.field === undefined ? {} : { field: error.field };
    throw new Refusal(400, error.field === undefined ? 'record' : 'field', message, { ...details, ...field });
  }
}

async function parse(request) {
  const type = request.header('content-type') ?? '';
  if (!/^application\/([\w.+-]+\+)?json\s*(;|$)/i.test(type)) {
    throw new Refusal(415, 'type', `content-type ${JSON.stringify(type.slice(0, 80))}, expected application/json`);
  }
  const encoding = request.header('content-encoding') ?? 'identity';
  if (encoding !== 'identity') {
    throw new Refusal(415, 'type', 'a content-encoding, expected none; send the JSON as it is');
  }
  const bytes = await inTime(request.read(config.maxBytes)).catch((error) => {
    if (error instanceof Refusal) throw error;
    throw new Refusal(400, 'body', 'the body ended before its end, or is not well formed; send it again');
  });
  if (bytes === undefined) {
    throw new Refusal(413, 'size', `the body is longer than ${config.maxBytes} bytes; send fewer records at a time`);
  }
  let value;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Refusal(400, 'json', 'the body is not JSON in UTF-8; expected one record or a list of records');
  }
  if (typeof value !== 'object' || value === null) {
    throw new Refusal(400, 'json', 'the body is JSON, but neither a record nor a list of records');
  }
  return value;
}

/** What `reading` gives. A body that never comes must not hold a connection and its memory for ever: some hosts set no limit. */
async function inTime(reading) {
  let timer;
  const late = new Promise((_, reject) => {
    const message = `the body took more than ${config.maxSeconds} s to arrive; send it again, or fewer records at a time`;
    timer = setTimeout(() => reject(new Refusal(408, 'time', message)), 1000 * config.maxSeconds);
  });
  try {
    return await Promise.race([reading, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Headers for pages of other origins, where config allows theirs. */
function crossOrigin(request) {
  const { allowedOrigins } = config;
  if (allowedOrigins.length === 0) return {};
  const any = allowedOrigins.includes('*');
  const vary = any ? {} : { vary: 'origin' };
  const origin = request.header('origin');
  if (origin === undefined || !(any || allowedOrigins.includes(origin))) return vary;
  return {
    ...vary,
    'access-control-allow-origin': any ? '*' : origin,
    'access-control-allow-methods': 'GET, HEAD, POST, OPTIONS',
    'access-control-allow-headers': 'content-type',
    'access-control-max-age': '86400',
    'cross-origin-resource-policy': 'cross-origin',
  };
}
