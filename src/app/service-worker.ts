// Makes the page work offline after the first visit: caches its files under the digest of the build and serves them from there.
// It fetches the ONNX runtime last to keep the first visit fast.

interface Waiting extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Waiting {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
interface Scope {
  addEventListener(type: 'install' | 'activate', listener: (event: Waiting) => void): void;
  addEventListener(type: 'fetch', listener: (event: Fetching) => void): void;
  readonly clients: { claim(): Promise<void> };
}

/** The build defines these: a digest of all files, the page's files, and the files to fetch later. */
declare const BUILD: string;
declare const FIRST: readonly string[];
declare const LATER: readonly string[];

const scope = globalThis as unknown as Scope;
const name = `debkd-${BUILD}`;

scope.addEventListener('install', (event) => {
  event.waitUntil(
    (async () => {
      // bypass the browser's HTTP cache, which may hold files of an earlier build. This worker activates after the pages of that
      // build are closed; until then they get their own files
      await (await caches.open(name)).addAll(FIRST.map((path) => new Request(path, { cache: 'reload' })));
    })(),
  );
});

scope.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      for (const other of await caches.keys())
        if (other.startsWith('debkd-') && other !== name) await caches.delete(other);
      await scope.clients.claim();
      const cache = await caches.open(name);
      // do not wait: if storage is full, the page fetches the runtime from the network
      void Promise.all(LATER.map((path) => cache.add(new Request(path, { cache: 'reload' })).catch(() => undefined)));
    })(),
  );
});

scope.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || new URL(request.url).origin !== location.origin) return;
  event.respondWith(
    (async () => {
      const cache = await caches.open(name);
      const found = await cache.match(request, { ignoreSearch: true });
      return found ?? fetch(request);
    })(),
  );
});
