// The part of a project's README that depends on the platform.
import type { Platform } from '../targets.ts';

/** What the README says about a platform. */
export interface Guide {
  readonly name: string;
  /** Command lines with a comment each. */
  readonly commands: readonly (readonly [command: string, comment: string])[];
  /** Where the service runs after these commands. */
  readonly url: string;
  readonly note?: string;
}

export const GUIDES: Readonly<Record<Platform, Guide>> = {
  cloudflare: {
    name: 'Cloudflare Workers',
    commands: [
      ['npm test', 'tests the service in Node; needs no installation'],
      ['npm install && npm start', 'serves http://localhost:8787'],
      ['npx wrangler login && npm run deploy', 'deploys'],
    ],
    url: 'http://localhost:8787',
  },
  deno: {
    name: 'Deno and Deno Deploy',
    commands: [
      ['deno task test', 'tests the service'],
      ['deno task start', 'serves http://127.0.0.1:8000'],
      ['deno task deploy', 'deploys'],
    ],
    url: 'http://127.0.0.1:8000',
    note:
      'The first deployment asks for an organisation and a name; the entry point is `main.js`.\n\n' +
      '`PORT` and `HOST` set the address. On your own machine, run it behind a proxy with time limits: Deno has none for request ' +
      'headers and idle connections. A signal stops it at once.',
  },
  vercel: {
    name: 'Vercel Functions',
    commands: [
      ['npm test', 'tests the service in Node; needs no installation'],
      ['npx vercel dev', 'serves http://localhost:3000'],
      ['npx vercel deploy --prod', 'deploys'],
    ],
    url: 'http://localhost:3000',
    note: 'There is no build step. If Vercel asks for a framework, choose "Other".',
  },
  node: {
    name: 'Node 20 or later, with a container image',
    commands: [
      ['npm test', 'tests the service; needs no installation'],
      ['npm start', 'serves http://127.0.0.1:8080'],
      ['docker build -t student .', 'builds a container image'],
      ['docker run -p 8080:8080 student', 'serves http://localhost:8080'],
    ],
    url: 'http://127.0.0.1:8080',
    note:
      '`PORT` and `HOST` set the address; the defaults are 8080 and 127.0.0.1 (0.0.0.0 in the container). The server speaks plain ' +
      'HTTP; run it behind a proxy that terminates TLS.\n\n' +
      'SIGTERM or Ctrl-C shuts the server down gracefully: it accepts no new connections, gives open requests 5 s to finish ' +
      '(`STOP_MS` in `src/main.js`) and exits with code 0. A second signal stops it at once with code 1. Request headers must ' +
      'arrive within 10 s (`HEAD_MS` in `src/server.js`).',
  },
  'aws-lambda': {
    name: 'AWS Lambda',
    commands: [
      ['npm test', 'tests the handler; needs no installation'],
      ['sam build && sam deploy --guided', 'deploys and prints the function URL'],
    ],
    url: 'https://ID.lambda-url.REGION.on.aws',
    note:
      'The function URL is public; set `AuthType: AWS_IAM` in `template.yaml` to accept only signed requests. The handler also works ' +
      'behind API Gateway (event formats 1.0 and 2.0).',
  },
};
