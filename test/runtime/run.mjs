// npm run conformance [-- --json --allow-missing --only "Deno,Firefox"]: runs conformance.js on every host and compares the hashes.
// Fails on a difference, or if a host did not run (unless --allow-missing). Installs npm packages and, as root, packages of apt.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { HOSTS, textOf } from './hosts.mjs';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    'allow-missing': { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});
const say = (text) => process.stderr.write(`${text}\n`);
const sha256 = (text) => createHash('sha256').update(text).digest('hex');

install();
const results = [];
let whole;
for (const [host, open] of Object.entries(HOSTS)) {
  if (values.only && results.length > 0 && !values.only.split(',').includes(host)) continue;
  const { why, version, run, partial } = open();
  if (why) {
    results.push({ host, version: null, ran: false, hash: null, why });
    continue;
  }
  const started = performance.now();
  const record = await run().catch((error) => ({ failed: error.message.split('\n')[0] }));
  const seconds = (performance.now() - started) / 1000;
  if (record.failed) {
    results.push({ host, version: version(), ran: false, hash: null, why: record.failed });
    continue;
  }
  whole ??= record; // the record of this Node, which the others must equal
  const names = partial ? new Set([...Object.keys(record.hashes), ...Object.keys(record.errors)]) : undefined;
  const equal = textOf(record) === textOf(whole, names);
  if (!equal) tellDifferences(host, record, whole);
  results.push({
    host,
    version: version(),
    ran: true,
    hash: sha256(textOf(record)),
    equal,
    partial: partial === true,
    seconds,
  });
}
const equal = results.every((result) => !result.ran || result.equal);
const missing = results.filter(({ ran }) => !ran);
if (values.json)
  console.log(
    JSON.stringify(
      { hosts: results.map(({ host, version, ran, hash }) => ({ host, version, ran, hash })), equal },
      null,
      1,
    ),
  );
else {
  for (const { host, version, ran, hash, equal: same, partial, seconds, why } of results) {
    const end = ran
      ? `${hash.slice(0, 16)} ${same ? (partial ? 'equal, without teachers' : 'equal') : 'DIFFERENT'} (${seconds.toFixed(1)} s)`
      : `did not run: ${why}`;
    console.log(`${host.padEnd(18)} ${(version ?? '').padEnd(34).slice(0, 34)} ${end}`);
  }
  console.log(
    `${Object.keys(whole.hashes).length} hashes and ${Object.keys(whole.errors).length} errors, ${equal ? 'equal' : 'NOT equal'} on ${results.length - missing.length} hosts`,
  );
}
process.exit(!equal || (missing.length > 0 && !values['allow-missing']) ? 1 : 0);

function tellDifferences(host, { hashes, errors }, expected) {
  for (const [kind, own, want] of [
    ['hash', hashes, expected.hashes],
    ['error', errors, expected.errors],
  ]) {
    for (const name of new Set([...Object.keys(own), ...Object.keys(want)])) {
      if (own[name] !== undefined && own[name] !== want[name])
        say(`${host}: ${kind} of ${name}: ${own[name]}, expected ${want[name]}`);
    }
  }
}

function install() {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--prefix', 'test/runtime'], { cwd: root, stdio: 'ignore' });
  if (process.getuid?.() !== 0 || spawnSync('which', ['apt-get']).status !== 0) return;
  const packages = ['chromium', 'firefox-esr', 'webkit2gtk-driver', 'xvfb', 'dbus', 'dbus-daemon'];
  const lacking = packages.filter((name) => spawnSync('dpkg', ['-s', name], { stdio: 'ignore' }).status !== 0);
  if (lacking.length === 0) return;
  say(`installing ${lacking.join(', ')} ...`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('apt-get', ['update', '-q'], { stdio: 'ignore', env });
  spawnSync('apt-get', ['install', '-qy', '--no-install-recommends', ...lacking], { stdio: 'ignore', env });
}
