// Offline after the first visit: everything the page is made of is kept under the build's own name and served from there. The ONNX
// runtime is fetched when the rest is in place, so that the first visit is not slowed by it.

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

/** Filled in by the build: a digest of all files, the files of the page, and those that follow. */
declare const BUILD: string;
declare const FIRST: readonly string[];
declare const LATER: readonly string[];

const scope = globalThis as unknown as Scope;
const name = `debkd-${BUILD}`;

scope.addEventListener('install', (event) => {
  event.waitUntil(
    (async () => {
      // past the browser's own cache, which may have files of an earlier build. It waits for the pages of that build to be
      // closed: they are served theirs until then
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
      // not waited for: where there is no room, the page needs the network for a teacher, as it did before
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
