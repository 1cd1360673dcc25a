// The service, the same on every platform: POST /predict, GET /health, GET /. The platform's own files read the request
// and send the response.
import { config } from './config.js';
import { about, predict } from './student.js';

const ROUTES = new Map([
  ['/', ['GET', 'HEAD']],
  ['/health', ['GET', 'HEAD']],
  ['/predict', ['POST']],
]);

const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** An error of the caller: the status and the JSON body of the response. */
class RequestError extends Error {
  constructor({ status, code, message, details = {}, headers = {} }) {
    super(message);
    this.status = status;
    this.body = { error: { code, message, ...details } };
    this.headers = headers;
  }
}

/**
 * Responds to a request. Never throws.
 * @param request { method, path, header(name), read(limit) }: `header` returns a string or undefined; `read` resolves
 *   with the body's bytes, or with undefined if there are more than `limit`
 * @returns { status, headers, body }: `body` is a string, or null if the response has none
 */
export async function respond(request) {
  let common = SECURITY_HEADERS;
  const send = (status, value, headers = {}) => ({
    status,
    headers: { ...common, 'content-type': 'application/json; charset=utf-8', ...headers },
    body: request.method === 'HEAD' ? null : `${JSON.stringify(value)}\n`,
  });
  try {
    common = { ...SECURITY_HEADERS, ...corsHeaders(request) };
    const path = request.path.length > 1 ? request.path.replace(/\/$/, '') : request.path;
    const methods = ROUTES.get(path);
    if (!methods) {
      const message = 'no such path; use POST /predict, GET / (inputs and limits) or GET /health';
      throw new RequestError({ status: 404, code: 'path', message });
    }
    const allow = [...methods, 'OPTIONS'].join(', ');
    if (request.method === 'OPTIONS') return { status: 204, headers: { ...common, allow }, body: null };
    if (!methods.includes(request.method)) {
      const message = `${path} accepts only ${methods.join(' and ')}`;
      throw new RequestError({ status: 405, code: 'method', message, headers: { allow } });
    }
    if (path === '/health') return send(200, { status: 'ok', student: about.student });
    if (path === '/') return send(200, description());
    return send(200, predictAll(await readRecords(request)));
  } catch (error) {
    if (error instanceof RequestError) return send(error.status, error.body, error.headers);
    console.error(error);
    return send(500, { error: { code: 'internal', message: 'internal error; the service has logged it' } });
  }
}

function description() {
  const { maxBytes, maxRows, maxSeconds } = config;
  return {
    ...about,
    request:
      'POST /predict with content-type application/json: a record (an object with all inputs by name) or a list of records; null for a missing value',
    response:
      'probability of class 1; label is 1 if the probability is at or above the threshold, otherwise 0; unknown lists the fields with a value that the student does not know, which the prediction ignores',
    limits: { maxBytes, maxRows, maxSeconds },
  };
}

function predictAll(records) {
  if (!Array.isArray(records)) return predictOne(records, 'record', {});
  if (records.length > config.maxRows) {
    const message = `${records.length} records, expected at most ${config.maxRows}; split them over several requests`;
    throw new RequestError({ status: 413, code: 'rows', message });
  }
  return records.map((record, index) => predictOne(record, `record at index ${index}`, { index }));
}

function predictOne(record, name, details) {
  try {
    const unknown = [];
    const prediction = predict(record, (field) => unknown.push(field));
    if (unknown.length === 0) return prediction;
    unknown.forEach(countUnknown);
    return { ...prediction, unknown };
  } catch (error) {
    if (error.name !== 'DebkdError') throw error;
    const message = error.message.replace(/^record/, name);
    if (error.field === undefined) throw new RequestError({ status: 400, code: 'record', message, details });
    throw new RequestError({ status: 400, code: 'field', message, details: { ...details, field: error.field } });
  }
}

/** By field: the number of records with an unknown value since this instance started. */
const unknownCounts = new Map();

// Logs the 1st, 10th, 100th, … to keep the log short under load. Logs no value: it may be personal data.
function countUnknown(field) {
  const records = (unknownCounts.get(field) ?? 0) + 1;
  unknownCounts.set(field, records);
  if (!/^10*$/.test(String(records))) return;
  console.warn(
    `field ${JSON.stringify(field)}: unknown value in ${records} ${records === 1 ? 'record' : 'records'} so far`,
  );
}

async function readRecords(request) {
  const type = request.header('content-type') ?? '';
  if (!/^application\/([\w.+-]+\+)?json\s*(;|$)/i.test(type)) {
    const message = `content-type ${JSON.stringify(type.slice(0, 80))}, expected application/json`;
    throw new RequestError({ status: 415, code: 'type', message });
  }
  const encoding = request.header('content-encoding') ?? 'identity';
  if (encoding !== 'identity') {
    const message = 'the request has a content-encoding, expected none; send the JSON uncompressed';
    throw new RequestError({ status: 415, code: 'type', message });
  }
  const bytes = await withTimeout(request.read(config.maxBytes)).catch((error) => {
    if (error instanceof RequestError) throw error;
    const message = 'the body is incomplete or malformed; send the request again';
    throw new RequestError({ status: 400, code: 'body', message });
  });
  if (bytes === undefined) {
    const message = `the body has more than ${config.maxBytes} bytes; send fewer records per request`;
    throw new RequestError({ status: 413, code: 'size', message });
  }
  let value;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    const message = 'the body is not JSON in UTF-8; expected a record or a list of records';
    throw new RequestError({ status: 400, code: 'json', message });
  }
  if (typeof value !== 'object' || value === null) {
    const message = 'the body is JSON, but neither a record nor a list of records';
    throw new RequestError({ status: 400, code: 'json', message });
  }
  return value;
}

/**
 * Some platforms have no time limit: without this one, a body that never arrives holds its connection and memory
 * forever.
 */
async function withTimeout(reading) {
  let timer;
  const timeout = new Promise((_, reject) => {
    const message = `the body took more than ${config.maxSeconds} s to arrive; send it again, or fewer records per request`;
    const late = () => reject(new RequestError({ status: 408, code: 'time', message }));
    timer = setTimeout(late, 1000 * config.maxSeconds);
  });
  try {
    return await Promise.race([reading, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

function corsHeaders(request) {
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
