// The same code gives the same hashes and errors on every installed host. `npm run conformance` installs all hosts and requires them.
import { expect, test } from 'vitest';

interface Record {
  readonly hashes: { readonly [name: string]: string };
  readonly errors: { readonly [name: string]: string };
  readonly cache?: object;
}
interface Host {
  readonly why: string | undefined;
  readonly partial?: boolean;
  run(): Promise<Record>;
}
const { HOSTS } = (await import('./hosts.mjs' as string)) as { HOSTS: { readonly [name: string]: () => Host } };
const open = (name: string): Host => (HOSTS[name] as () => Host)();
const here = await open('Node, this one').run();

test('two runs on this host are equal', async () => {
  expect(Object.keys(here.hashes).length).toBeGreaterThan(90);
  expect(new Set(Object.values(here.hashes)).size).toBeGreaterThan(75);
  for (const [name, message] of Object.entries(here.errors))
    expect(message, name).toMatch(/^(\w+: .{10,}|Error: .+)$/s);
  expect(await open('Node, this one').run()).toEqual(here);
});

test.each(Object.keys(HOSTS).slice(1))('%s', async (name) => {
  const { why, partial, run } = open(name);
  if (why) {
    console.warn(`skipped: ${name}: ${why}`);
    return;
  }
  const { hashes, errors, cache } = await run();
  if (partial) {
    expect(Object.keys(hashes).length).toBeGreaterThan(60);
    expect(here.hashes).toMatchObject(hashes);
    expect(here.errors).toMatchObject(errors);
    return;
  }
  expect(hashes).toEqual(here.hashes);
  expect(errors).toEqual(here.errors);
  if (cache)
    expect(cache).toEqual({
      rows: 569,
      cached: [0, 569, 0],
      same: true,
      aligned: true,
      kept: ['a', 'c'],
      whole: true,
      forgotten: [true, true, 7],
      refused: true,
    });
});

test('a server that responds to wasm requests with a page: one clear error', async () => {
  const { mistakenPage } = (await import('./browsers.mjs' as string)) as {
    mistakenPage(): { why?: string; run(): Promise<{ refused: string }> };
  };
  const { why, run } = mistakenPage();
  if (why) {
    console.warn(`skipped: ${why}`);
    return;
  }
  expect((await run()).refused).toMatch(
    /^wasm: ONNX runtime: it did not start \(.*\); serve the \.wasm and \.mjs files of onnxruntime-web where the page looks/,
  );
});
