// The files of a project that depend on its platform: entry point, configuration, test client.
import { shipped } from '../shipped.ts';
import type { Platform } from '../targets.ts';

/** The path of a file in the project, and its text. */
export type TextFile = readonly [path: string, text: string];

/** The text of a file in src/deploy/shipped, after `loadShipped`. */
export const shippedFile = (path: string): string => shipped().files[path] as string;

/** The files of a platform. @param name of the project */
export const PLATFORM_FILES: Readonly<Record<Platform, (name: string) => TextFile[]>> = {
  cloudflare: (name) => [
    ['src/index.js', shippedFile('cloudflare/index.js')],
    ['wrangler.jsonc', json({ name, main: 'src/index.js', compatibility_date: '2025-01-01' })],
    packageJson(name, { start: 'wrangler dev', deploy: 'wrangler deploy' }, { wrangler: '^4.0.0' }),
    ...fetchHandler(),
  ],
  deno: () => [
    ['main.js', shippedFile('deno/main.js')],
    [
      'deno.json',
      json({
        tasks: {
          start: 'deno run --allow-net --allow-env=PORT,HOST main.js',
          test: 'deno test --allow-read=.',
          deploy: 'deno deploy --prod',
        },
      }),
    ],
    ...fetchHandler(),
  ],
  vercel: (name) => [
    ['api/index.js', shippedFile('vercel/index.js')],
    // without a public folder Vercel serves the project's own files
    ['public/robots.txt', shippedFile('vercel/robots.txt')],
    ['vercel.json', json({ rewrites: [{ source: '/(.*)', destination: '/api' }] })],
    packageJson(name, { deploy: 'vercel deploy --prod' }),
    ...fetchHandler(),
  ],
  node: (name) => [
    ['src/main.js', shippedFile('node/main.js')],
    ['src/server.js', shippedFile('node/server.js')],
    ['test/call.js', shippedFile('node/call.js')],
    ['Dockerfile', shippedFile('node/Dockerfile')],
    ['.dockerignore', shippedFile('node/.dockerignore')],
    packageJson(name, { start: 'node src/main.js' }),
  ],
  'aws-lambda': (name) => [
    ['src/index.js', shippedFile('aws-lambda/index.js')],
    ['test/call.js', shippedFile('aws-lambda/call.js')],
    ['template.yaml', shippedFile('aws-lambda/template.yaml')],
    packageJson(name, { deploy: 'sam build && sam deploy' }),
  ],
};

/** For platforms whose handlers take a Request and return a Response. */
function fetchHandler(): TextFile[] {
  return [
    ['src/fetch.js', shippedFile('common/fetch.js')],
    ['test/call.js', shippedFile('common/call-fetch.js')],
  ];
}

function packageJson(
  name: string,
  scripts: Readonly<Record<string, string>>,
  devDependencies?: Readonly<Record<string, string>>,
): TextFile {
  const content = {
    name,
    version: '1.0.0',
    private: true,
    type: 'module',
    scripts: { test: 'node --test test/service.test.js', ...scripts },
    engines: { node: '>=20' },
    ...(devDependencies && { devDependencies }),
  };
  return ['package.json', json(content)];
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
