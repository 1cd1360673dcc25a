// AWS Lambda behind a function URL or API Gateway, events of version 1 or 2.
import { respond } from './service.js';

export async function handler(event) {
  const { http, stage } = event?.requestContext ?? {};
  const path = event?.rawPath ?? event?.path ?? '';
  const { status, headers, body } = await respond({
    method: http?.method ?? event?.httpMethod ?? '',
    // version 2 has the name of the stage before the path
    path: http && stage ? withoutStage(path, stage) : path,
    header: headersOf(event),
    read: async (limit) => {
      const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
      return bytes.length > limit ? undefined : bytes;
    },
  });
  return { statusCode: status, headers, body: body ?? '', isBase64Encoded: false };
}

function headersOf(event) {
  const single = Object.entries(event?.headers ?? {});
  const lists = Object.entries(event?.multiValueHeaders ?? {}).map(([name, values]) => [name, values?.[0]]);
  const all = new Map([...lists, ...single].map(([name, value]) => [name.toLowerCase(), value]));
  return (name) => all.get(name) ?? undefined;
}

function withoutStage(path, stage) {
  const prefix = `/${stage}`;
  if (path === prefix) return '/';
  return path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : path;
}
