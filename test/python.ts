// Runs programs in Debian's Python, for checks against PyTorch, scikit-learn and ONNX.
import { spawnSync } from 'node:child_process';
import { describe } from 'vitest';

const PYTHON = '/usr/bin/python3';

/** A describe block that needs a Python module; where that is missing, the block is skipped and a warning says so. */
export function describePython(module: string): typeof describe {
  const present = spawnSync(PYTHON, ['-c', `import ${module}`]).status === 0;
  if (!present) console.warn(`skipped: tests that need Python's ${module}, which is not installed`);
  return describe.runIf(present) as typeof describe;
}

/** Runs a program with `input` on stdin and returns its stdout. @throws Error with its stderr when it fails */
export function python(program: string, input: Uint8Array | string = ''): string {
  const { status, stdout, stderr } = spawnSync(PYTHON, ['-c', program], { input, maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(String(stderr));
  return String(stdout);
}

/** Like `python`, for a program in a file; the path is relative to the project's root. */
export function pythonFile(file: string, args: readonly string[], input: Uint8Array | string = ''): string {
  const { status, stdout, stderr } = spawnSync(PYTHON, [file, ...args], { input, maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(String(stderr));
  return String(stdout);
}
