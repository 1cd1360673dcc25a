// Starts server.py with Debian's PyTorch and scikit-learn (python3-torch, python3-sklearn) and sends it one job at a time.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** @throws Error when /usr/bin/python3 or its PyTorch is missing */
export async function openPython() {
  const program = fileURLToPath(new URL('server.py', import.meta.url));
  const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };
  const child = spawn('/usr/bin/python3', [program], { stdio: ['pipe', 'pipe', 'ignore'], env });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error('python3 ended; install python3-torch, python3-sklearn and liblapack3');
    return JSON.parse(value);
  };
  child.on('error', () => {});
  const { torch } = await answer();
  if (!torch) throw new Error('python3 has no torch; install python3-torch and liblapack3');
  return {
    torch,
    async ask(job) {
      child.stdin.write(`${JSON.stringify(job)}\n`);
      return (await answer()).ms;
    },
    close: () => child.stdin.end(),
  };
}
