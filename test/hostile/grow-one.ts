// Started by grow.mjs: reads one structure at one size and prints time and memory. Without arguments it prints the names of all structures.
import { DebkdError } from '../../src/io/errors.ts';
import { GROWING } from './growing.ts';

const [index, factor] = process.argv.slice(2).map(Number);
if (index === undefined || factor === undefined) console.log(JSON.stringify(GROWING.map(({ name }) => name)));
else {
  const growing = GROWING[index];
  if (!growing) throw new Error(`no structure ${index}`);
  // a first small read loads modules, which the measurement leaves out
  const read = async (bytes: Uint8Array): Promise<unknown> => growing.read(bytes);
  await read(growing.make(64)).catch(() => undefined);
  const bytes = growing.make(growing.size * factor);
  const before = process.resourceUsage().maxRSS;
  const start = process.cpuUsage();
  let how = 'read';
  try {
    await read(bytes);
  } catch (error) {
    how = error instanceof DebkdError ? error.code : 'fault';
    if (how === 'fault') console.error(error);
  }
  const { user, system } = process.cpuUsage(start);
  const mebibytes = (process.resourceUsage().maxRSS - before) / 1024;
  console.log(JSON.stringify({ seconds: (user + system) / 1e6, mebibytes, how }));
  process.exit();
}
