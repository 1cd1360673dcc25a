// The built library: public names and internals.
export * from '../dist/index.js';
export * from '../dist/internals.js';
