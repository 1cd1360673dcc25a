// Invalid and malicious requests, and the expected error of each.
import type { RawRecord } from '../../src/student/record.ts';

export interface BadRequest {
  readonly name: string;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly status: number;
  readonly code?: string;
  readonly field?: string;
  readonly index?: number;
}

/** @param good a valid record @param number name of a numeric field @param category name of a categorical field */
export function badRequests(good: RawRecord, number: string, category: string): BadRequest[] {
  const json = (value: unknown): { body: string } => ({ body: JSON.stringify(value) });
  const without = (name: string): RawRecord =>
    Object.fromEntries(Object.entries(good).filter(([field]) => field !== name));
  const set = (name: string, value: unknown): object => ({ ...without(name), [name]: value });
  const wrong = { status: 400, code: 'field' };
  return [
    { name: 'a field is absent', ...json(without(number)), ...wrong, field: number },
    { name: 'a category is absent', ...json(without(category)), ...wrong, field: category },
    {
      name: 'a field of the second record is absent',
      ...json([good, without(number)]),
      ...wrong,
      field: number,
      index: 1,
    },
    {
      name: 'a field in another case',
      ...json({ ...without(number), [number.toUpperCase()]: 1 }),
      ...wrong,
      field: number,
    },
    { name: 'text in a numeric field', ...json(set(number, 'old')), ...wrong, field: number },
    { name: 'a number with a comma', ...json(set(number, '1,5')), ...wrong, field: number },
    { name: 'true in a numeric field', ...json(set(number, true)), ...wrong, field: number },
    { name: 'a list in a numeric field', ...json(set(number, [1])), ...wrong, field: number },
    { name: 'an object in a categorical field', ...json(set(category, { a: 1 })), ...wrong, field: category },
    { name: 'infinity as text', ...json(set(number, 'Infinity')), ...wrong, field: number },
    {
      name: 'a number beyond float64',
      body: JSON.stringify(set(number, 12345)).replace('12345', '1e999'),
      ...wrong,
      field: number,
    },
    {
      name: 'NaN, which is not JSON',
      body: JSON.stringify(set(number, 12345)).replace('12345', 'NaN'),
      status: 400,
      code: 'json',
    },
    { name: 'no body', body: '', status: 400, code: 'json' },
    { name: 'half a body', body: JSON.stringify(good).slice(0, -5), status: 400, code: 'json' },
    { name: 'invalid UTF-8', body: Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d), status: 400, code: 'json' },
    { name: 'a number', ...json(7), status: 400, code: 'json' },
    { name: 'null', ...json(null), status: 400, code: 'json' },
    { name: 'a list of numbers', ...json([7]), status: 400, code: 'record', index: 0 },
    { name: 'a list of lists', ...json([[good]]), status: 400, code: 'record', index: 0 },
    { name: 'only __proto__', body: `{"__proto__":${JSON.stringify(good)}}`, status: 400, code: 'field' },
    { name: 'deep JSON', body: '['.repeat(3e5) + ']'.repeat(3e5), status: 400 },
    { name: 'deep objects', body: `{"a":${'['.repeat(3e5)}${']'.repeat(3e5)}}`, status: 400 },
    { name: '10 MB', body: `[${' '.repeat(10 * 2 ** 20)}]`, status: 413, code: 'size' },
    { name: '1001 records', ...json(Array.from({ length: 1001 }, () => 0)), status: 413, code: 'rows' },
    {
      name: 'a form',
      ...json(good),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      status: 415,
      code: 'type',
    },
    { name: 'text', ...json(good), headers: { 'content-type': 'text/plain;charset=utf-8' }, status: 415, code: 'type' },
    { name: 'compressed', ...json(good), headers: { 'content-encoding': 'br' }, status: 415, code: 'type' },
    { name: 'GET /predict', method: 'GET', status: 405, code: 'method' },
    { name: 'PUT /predict', method: 'PUT', ...json(good), status: 405, code: 'method' },
    { name: 'DELETE /', method: 'DELETE', path: '/', status: 405, code: 'method' },
    { name: 'POST /', path: '/', ...json(good), status: 405, code: 'method' },
    { name: 'another path', path: '/predict/all', ...json(good), status: 404, code: 'path' },
    { name: 'a parent path', method: 'GET', path: '/%2e%2e/package.json', status: 404, code: 'path' },
  ];
}

/** Sends a request, with content type application/json by default. */
export async function send(
  url: string,
  { method = 'POST', path = '/predict', headers, body }: BadRequest,
): Promise<Response> {
  const type = { 'content-type': 'application/json' };
  return await fetch(url + path, { method, headers: { ...type, ...headers }, ...(body !== undefined && { body }) });
}
