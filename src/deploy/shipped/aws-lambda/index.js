// AWS Lambda behind a function URL or API Gateway, events of version 1 or 2.
import { respond } from './service.js';

export async function handler(event) {
  const { http, stage } = event.requestContext ?? {};
  const given = new Map(Object.entries(event.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  const { status, headers, body } = await respond({
    method: http?.method ?? event.httpMethod,
    path: withoutStage(event.rawPath ?? event.path, stage),
    header: (name) => given.get(name),
    read: async (limit) => {
      const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
      return bytes.length > limit ? undefined : bytes;
    },
  });
  return { statusCode: status, headers, body: body ?? '', isBase64Encoded: false };
}

/** API Gateway puts the name of its stage before the path. */
function withoutStage(path, stage) {
  const prefix = `/${stage}`;
  if (path === prefix) return '/';
  return path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : path;
}
