// The exit codes of the command line.
export const DONE = 0;
export const FAILED = 1;
export const REFUSED = 2;
export const INTERRUPTED = 130;
