// Symbol.dispose, which Safari does not have yet: there it is put in place, under the name that compilers of `using` look for.

/** The key of what is called when a resource is done with. */
export const dispose: typeof Symbol.dispose = known();

function known(): typeof Symbol.dispose {
  if (Symbol.dispose === undefined)
    Object.defineProperty(Symbol, 'dispose', { value: Symbol.for('Symbol.dispose'), configurable: true });
  return Symbol.dispose;
}
