// Every member of a public interface or class has a docstring. Uses the TypeScript compiler of docs/site, which has an API.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const compiler = `${root}docs/site/node_modules/typescript/lib/typescript.js`;
const hasCompiler = existsSync(compiler);
if (!hasCompiler) console.warn('skipped: no TypeScript with an API; run npm ci --prefix docs/site to install it');

const ENTRIES = ['src/index.ts', 'src/internals.ts', 'src/edge.ts', 'src/worker/client.ts', 'src/cluster/index.ts'];

/** The parts of the compiler's types that this test uses. */
interface Named {
  readonly name: string;
  readonly flags: number;
  readonly declarations?: readonly Declaration[];
  getDocumentationComment(checker: unknown): readonly { readonly text: string }[];
}
interface Declaration {
  readonly members?: readonly { readonly name?: unknown; readonly modifiers?: readonly { readonly kind: number }[] }[];
}

test.runIf(hasCompiler)('every member has a docstring', async () => {
  const { default: ts } = await import(compiler);
  const { options } = ts.getParsedCommandLineOfConfigFile(
    `${root}tsconfig.json`,
    {},
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined },
  );
  const program = ts.createProgram(
    ENTRIES.map((entry) => root + entry),
    options,
  );
  const checker = program.getTypeChecker();
  const names = ENTRIES.flatMap((entry): Named[] =>
    checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(root + entry))),
  ).map((name) => (name.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(name) : name) as Named);
  let members = 0;
  const undocumented = [...new Set(names)].flatMap(({ name: owner, declarations = [] }) =>
    declarations
      .flatMap(({ members: all = [] }) => all)
      .filter(({ modifiers = [] }) => !modifiers.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword))
      .flatMap((member): string[] => {
        const symbol: Named | undefined = member.name && checker.getSymbolAtLocation(member.name);
        if (!symbol) return [];
        members++;
        return symbol.getDocumentationComment(checker).length > 0 ? [] : [`${owner}.${symbol.name}`];
      }),
  );
  expect(members).toBeGreaterThan(400);
  expect(undocumented).toEqual([]);
});
