// Sends a test request to the handler, as a function URL does.
import { handler } from '../src/index.js';

export async function call({ method, path, headers, body }) {
  const event = {
    version: '2.0',
    rawPath: path,
    headers,
    requestContext: { http: { method, path }, stage: '$default' },
    body: body === undefined ? undefined : Buffer.from(body).toString('base64'),
    isBase64Encoded: body !== undefined,
  };
  const response = await handler(event);
  return { status: response.statusCode, headers: response.headers, body: response.body };
}

export const close = undefined;
