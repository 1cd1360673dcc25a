// Debian's Python, for the checks that only it can make.
import { spawnSync } from 'node:child_process';
import { describe } from 'vitest';

const PYTHON = '/usr/bin/python3';

/** A describe block that needs a Python module; skipped with a visible line where it is absent. */
export function describePython(module: string): typeof describe {
  const present = spawnSync(PYTHON, ['-c', `import ${module}`]).status === 0;
  if (!present) console.warn(`skipped: Python's ${module} is absent, so checks that need it do not run`);
  return describe.runIf(present) as typeof describe;
}

/** Runs a program with input on stdin; throws with its stderr when it fails. */
export function python(program: string, input: Uint8Array | string = ''): string {
  const { status, stdout, stderr } = spawnSync(PYTHON, ['-c', program], { input, maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(String(stderr));
  return String(stdout);
}

/** The same of a program in a file, its path from the project's root. */
export function pythonFile(file: string, args: readonly string[], input: Uint8Array | string = ''): string {
  const { status, stdout, stderr } = spawnSync(PYTHON, [file, ...args], { input, maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(String(stderr));
  return String(stdout);
}
