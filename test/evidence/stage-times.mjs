// How long the steps of a distillation take, and the error of the time left, for the expected times in src/distill-plan.ts and
// src/cli/distill-steps.ts: npm run build && node test/evidence/stage-times.mjs --teacher T.onnx --data D.csv [options of distill]
import { spawn } from 'node:child_process';

const started = performance.now();
const seconds = () => (performance.now() - started) / 1000;
const program = new URL('../../dist/cli/main.js', import.meta.url).pathname;
const args = [program, 'distill', '--no-cache', '--json', ...process.argv.slice(2)];
const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });

const lines = [];
let [silence, silentAt, last] = [0, 0, 0];
let text = '';
child.stderr.on('data', (chunk) => {
  const now = seconds();
  if (now - last > silence) [silence, silentAt] = [now - last, last];
  last = now;
  text += chunk;
  const whole = text.split('\n');
  text = whole.pop();
  for (const line of whole) lines.push({ at: now, line });
});
child.on('exit', (code) => {
  const total = seconds();
  const shown = lines.flatMap(({ at, line }) => {
    const found = /^(\d+) %(?:, (.*) left)?; (?:\d+ of \d+: )?(.*)$/.exec(line);
    return found
      ? [{ at, share: Number(found[1]), left: secondsOf(found[2]), name: found[3].replace(/, [\d,]+ of .*/, '') }]
      : [];
  });
  const begins = shown.filter(({ name }, i) => name !== shown[i - 1]?.name);
  for (const [i, { at, name }] of begins.entries())
    console.log(`${((begins[i + 1]?.at ?? total) - at).toFixed(1).padStart(6)} s  ${name}`);
  const times = shown.filter(({ left }) => left !== undefined);
  const rises = times.slice(1).map(({ left }, i) => left / times[i].left);
  console.log(
    `${total.toFixed(1)} s, exit ${code}; longest silence ${silence.toFixed(2)} s from ${silentAt.toFixed(1)} s`,
  );
  console.log(`largest rise of the time left ${(100 * (Math.max(1, ...rises) - 1)).toFixed(0)} %`);
  for (const share of [0.25, 0.5, 0.75]) {
    const now = times.findLast(({ at }) => at <= share * total);
    const left = total - (now?.at ?? 0);
    console.log(
      now
        ? `after ${100 * share} %: ${now.left} s for ${left.toFixed(1)} s, share ${now.share} %`
        : `after ${100 * share} %: none shown`,
    );
  }
});

/** The seconds of a time in words. */
function secondsOf(words) {
  if (words === undefined) return undefined;
  if (words === 'a few seconds') return 5;
  const of = (unit) => Number(new RegExp(`([\\d.]+) ${unit}\\b`).exec(words)?.[1] ?? 0);
  return 3600 * of('h') + 60 * of('min') + of('s');
}
