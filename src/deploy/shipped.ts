// The contents of exports. They are large, so they are loaded with the first export.
type Shipped = typeof import('./shipped-files.ts');

let loaded: Shipped | undefined;

/** Loads the contents of exports; `shipped` needs them. */
export async function loadShipped(): Promise<void> {
  loaded ??= await import('./shipped-files.ts');
}

/** The contents of exports. @throws Error before `loadShipped` */
export function shipped(): Shipped {
  if (!loaded) throw new Error('the contents of exports are not loaded; call loadShipped first');
  return loaded;
}
