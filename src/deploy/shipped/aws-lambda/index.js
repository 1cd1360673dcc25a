// The handler for AWS Lambda, for a function URL or API Gateway (event formats 1.0 and 2.0).
import { respond } from './service.js';

export async function handler(event) {
  const { http, stage } = event?.requestContext ?? {};
  const path = event?.rawPath ?? event?.path ?? '';
  const { status, headers, body } = await respond({
    method: http?.method ?? event?.httpMethod ?? '',
    // format 2.0 puts the stage before the path
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
