// Symbol.dispose, with a polyfill for Safari under the name that compiled `using` declarations look for.

/** Key of the method that releases a resource. */
export const dispose: typeof Symbol.dispose = definedDispose();

function definedDispose(): typeof Symbol.dispose {
  if (Symbol.dispose === undefined)
    Object.defineProperty(Symbol, 'dispose', { value: Symbol.for('Symbol.dispose'), configurable: true });
  return Symbol.dispose;
}
