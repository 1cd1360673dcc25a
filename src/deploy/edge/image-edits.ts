// Changes of the service's files for students of images. The files of other projects stay as they are.

import { type Edit, edited } from './edit.ts';

const SERVICE: readonly Edit[] = [
  [
    `import { about, predict } from './student.js';`,
    `import { decodeField, decodeFile, ImageError, imageField } from './images.js';
import { about, predict } from './student.js';`,
  ],
  [
    '{ method, path, header(name), read(limit) }: `header` returns',
    '{ method, path, header(name), query(), read(limit) }: `header` returns',
  ],
  ['a string or undefined; `read` resolves', 'a string or undefined, `query` the URLSearchParams; `read` resolves'],
  ['const { maxBytes, maxRows, maxSeconds } = config;', 'const { maxBytes, maxPixels, maxRows, maxSeconds } = config;'],
  ['limits: { maxBytes, maxRows, maxSeconds },', 'limits: { maxBytes, maxPixels, maxRows, maxSeconds },'],
  [
    `or a list of records; null for a missing value',`,
    `or a list of records; null for a missing value; an image is a PNG or JPEG file in base64, or { width, height, pixels } with the pixels in base64. Or with content-type image/png or image/jpeg: the file, and the other inputs as query parameters',`,
  ],
  [
    `async function readRecords(request) {
  const type = request.header('content-type') ?? '';
  if (!/^application`,
    `/** Decodes the images of records. */
async function withImages(value) {
  const records = Array.isArray(value) ? value : [value];
  if (records.length > config.maxRows) return value; // refused later
  const limit = { pixels: config.maxPixels };
  const decoded = [];
  for (const [index, record] of records.entries()) {
    if (typeof record !== 'object' || record === null || !Object.hasOwn(record, imageField)) decoded.push(record);
    else {
      const details = { ...(Array.isArray(value) && { index }), field: imageField };
      const image = await decodeField(record[imageField], limit).catch((error) => refuseImage(error, details));
      decoded.push(withImage(record, image));
    }
  }
  return Array.isArray(value) ? decoded : decoded[0];
}

/** The record with another image; defined, because a name such as __proto__ cannot be set. */
function withImage(record, value) {
  return Object.defineProperty({ ...record }, imageField, { value, enumerable: true });
}

function refuseImage(error, details) {
  if (!(error instanceof ImageError)) throw error;
  const [status, code] = error.tooLarge ? [413, 'pixels'] : [400, 'image'];
  throw new RequestError({ status, code, message: error.message, details });
}

/** The record of a file: its image, and the query parameters. */
async function recordOf(bytes, request) {
  const image = await decodeFile(bytes, { pixels: config.maxPixels }).catch((error) =>
    refuseImage(error, { field: imageField }),
  );
  return withImage(Object.fromEntries(request.query()), image);
}

async function readRecords(request) {
  const type = request.header('content-type') ?? '';
  const isFile = /^image\\/(png|jpeg)\\s*(;|$)/i.test(type);
  if (!isFile && !/^application`,
  ],
  ['expected application/json`;', 'expected application/json, image/png or image/jpeg`;'],
  [
    `  let value;
  try {
    value = JSON.parse`,
    `  if (isFile) return recordOf(bytes, request);
  let value;
  try {
    value = JSON.parse`,
  ],
  [
    `  return value;
}
`,
    `  return withImages(value);
}
`,
  ],
];

const FETCH: readonly Edit[] = [
  [
    '    header: (name) => request.headers.get(name) ?? undefined,\n',
    '    header: (name) => request.headers.get(name) ?? undefined,\n    query: () => new URL(request.url).searchParams,\n',
  ],
];

const SERVER: readonly Edit[] = [
  [
    '    header: (name) => request.headers[name],\n',
    "    header: (name) => request.headers[name],\n    query: () => new URL(request.url, 'http://localhost').searchParams,\n",
  ],
];

const LAMBDA: readonly Edit[] = [
  [
    '    header: headersOf(event),\n',
    "    header: headersOf(event),\n    query: () => new URLSearchParams(event.rawQueryString ?? event.queryStringParameters ?? ''),\n",
  ],
];

const LAMBDA_CALL: readonly Edit[] = [
  ['  const event = {\n', "  const [rawPath, rawQueryString = ''] = path.split('?');\n  const event = {\n"],
  ['    rawPath: path,\n', '    rawPath,\n    rawQueryString,\n'],
  ['http: { method, path }', 'http: { method, path: rawPath }'],
];

const TEST: readonly Edit[] = [
  [
    'const { names, record, probability, label, defer } = sample;',
    'const { names, record, probability, label, defer, png } = sample;',
  ],
  [
    `test('rejects invalid requests'`,
    `const file = (bytes, type = 'image/png') => {
  const others = Object.entries(record).filter(([, value]) => typeof value !== 'object');
  const path = \`/predict?\${new URLSearchParams(others.map(([name, value]) => [name, String(value)]))}\`;
  return call({ method: 'POST', path, headers: { 'content-type': type }, body: bytes });
};

test('predicts an image file: as the body, and in base64 inside a record', async () => {
  const bytes = Uint8Array.from(atob(png), (c) => c.charCodeAt(0));
  const one = await file(bytes);
  assert.equal(one.status, 200);
  assert.deepEqual(JSON.parse(one.body), prediction);
  const [image] = Object.entries(record).find(([, value]) => value?.pixels);
  for (const text of [png, \`data:image/png;base64,\${png}\`]) {
    const inside = await post([{ ...record, [image]: text }]);
    assert.deepEqual(JSON.parse(inside.body), [prediction]);
  }
  for (const [body, status, code] of [
    [bytes.slice(0, 40), 400, 'image'],
    [new TextEncoder().encode('GIF89a'), 400, 'image'],
    [new Uint8Array(config.maxBytes + 1), 413, 'size'],
  ]) {
    const refused = await file(body);
    assert.equal(refused.status, status);
    assert.equal(JSON.parse(refused.body).error.code, code);
  }
  assert.equal((await file(bytes, 'image/webp')).status, 415);
  const { error } = JSON.parse((await post({ ...record, [image]: '?' })).body);
  assert.deepEqual([error.code, error.field], ['image', image]);
});

test('rejects invalid requests'`,
  ],
];

/** Of Cloudflare: its modules are wasm, which Node imports with help. */
const PACKAGE: readonly Edit[] = [
  [
    '"node --test test/service.test.js",\n    "start": "wrangler',
    '"node --import ./test/wasm.js --test test/service.test.js",\n    "start": "wrangler',
  ],
];

/** Files that only some platforms have in the form that is changed. */
const SOME: readonly string[] = ['src/index.js', 'test/call.js', 'package.json'];

const EDITS: Readonly<Record<string, readonly Edit[]>> = {
  'src/service.js': SERVICE,
  'src/fetch.js': FETCH,
  'src/server.js': SERVER,
  'src/index.js': LAMBDA,
  'test/call.js': LAMBDA_CALL,
  'package.json': PACKAGE,
  'test/service.test.js': TEST,
};

/** A file of a project as a student of images has it; unchanged where it needs no images. */
export function withImages(path: string, text: string): string {
  const edits = EDITS[path] ?? [];
  if (SOME.includes(path) && !edits.every(([before]) => text.includes(before))) return text;
  return edited(path, text, edits);
}
