// Every public name has a docstring. members.test.ts checks the members of public interfaces.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

interface PublicName {
  readonly name: string;
  readonly file: string;
}

/** The names that an entry point exports, with the files that declare them. */
function namesOf(entry: string): PublicName[] {
  const text = read(entry);
  const passed = [...text.matchAll(/export (?:type )?\{([^}]*)\} from '([^']+)'/g)].flatMap(
    ([, names = '', from = '']) =>
      names
        .split(',')
        .map((name) => name.trim().replace(/^type /, ''))
        .filter((name) => name !== '')
        .map((name) => ({ name: name.split(' as ')[0] as string, file: join(dirname(entry), from) })),
  );
  const own = [...text.matchAll(/^export (?:async )?(?:function|class|const|interface|type) (\w+)/gm)];
  return [...passed, ...own.map(([, name = '']) => ({ name, file: entry }))];
}

const DECLARATION = '(?:declare |abstract |async )*(?:function\\*?|class|const|let|interface|type)';

describe.each(['src/index.ts', 'src/internals.ts', 'src/edge.ts', 'src/worker/client.ts', 'src/cluster/index.ts'])(
  '%s',
  (entry) => {
    const names = namesOf(entry);

    test('exports names', () => expect(names.length).toBeGreaterThan(2));

    test.each(names)('$name', ({ name, file }) => {
      const found = new RegExp(`(\\*/\\n)?export ${DECLARATION} ${name}\\b`).exec(read(file));
      expect(found, `${name} in ${file}`).not.toBeNull();
      expect(found?.[1], `${name} in ${file} has no docstring`).toBeDefined();
    });
  },
);
