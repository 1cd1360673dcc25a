// Tests the service through this platform's handler: predictions and error responses.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { config } from '../src/config.js';
import { call, close } from './call.js';
import { sample } from './sample.js';

after(() => close?.());
const post = (value, headers = {}) =>
  call({
    method: 'POST',
    path: '/predict',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof value === 'string' ? value : JSON.stringify(value),
  });
const get = (path, method = 'GET') => call({ method, path, headers: {} });
const { names, record, probability, label, defer } = sample;
const prediction = { probability, label, ...(defer !== undefined && { defer }) };
const [field] = names;

test('predicts one record, and a list in order', async () => {
  const one = await post(record);
  assert.equal(one.status, 200);
  assert.deepEqual(JSON.parse(one.body), prediction);
  const many = await post([record, record]);
  assert.deepEqual(JSON.parse(many.body), [prediction, prediction]);
  assert.deepEqual(JSON.parse((await post([])).body), []);
});

test('reports its health and its inputs', async () => {
  assert.equal(JSON.parse((await get('/health')).body).status, 'ok');
  const { inputs, threshold } = JSON.parse((await get('/')).body);
  assert.deepEqual(
    inputs.map(({ name }) => name),
    names,
  );
  assert.equal(label, probability >= threshold ? 1 : 0);
});

test('names the field that is absent or invalid', async () => {
  const { [field]: _, ...rest } = record;
  for (const invalid of [rest, { ...record, [field]: [1] }, { ...record, [field]: {} }]) {
    const { status, body } = await post(invalid);
    assert.equal(status, 400);
    assert.equal(JSON.parse(body).error.field, field);
  }
  const { error } = JSON.parse((await post([record, rest])).body);
  assert.equal(error.index, 1);
});

test('rejects invalid requests', async () => {
  assert.equal((await post('{')).status, 400);
  assert.equal((await post('1')).status, 400);
  assert.equal((await post([7])).status, 400);
  assert.equal((await post(record, { 'content-type': 'text/plain' })).status, 415);
  assert.equal((await post(`"${'x'.repeat(config.maxBytes)}"`)).status, 413);
  assert.equal((await get('/predict')).status, 405);
  assert.equal((await get('/nowhere')).status, 404);
});

test('sends security headers', async () => {
  const { headers } = await get('/');
  assert.equal(headers['cache-control'], 'no-store');
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.match(headers['content-security-policy'], /default-src 'none'/);
});
