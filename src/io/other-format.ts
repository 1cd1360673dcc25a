// What a file is that is not what was expected, by its first bytes.

/** Such as `a picture`, and what to do about it where there is something; undefined where nobody can tell. */
export function otherFormat(bytes: Uint8Array): string | undefined {
  const head = new TextDecoder().decode(bytes.subarray(0, 64)).trimStart();
  const magic = Array.from(bytes.subarray(0, 4), (b) => b.toString(16).padStart(2, '0')).join('');
  const known: readonly (readonly [boolean, string])[] = [
    [magic === '89504e47' || magic.startsWith('ffd8ff') || magic === '47494638', 'a picture'],
    [
      /^<(!doctype|html|\?xml|svg)/i.test(head),
      'an HTML or XML page: check the address, or that nobody answered with an error',
    ],
    [magic === '25504446', 'a PDF document'],
    [
      magic.startsWith('8002') || magic.startsWith('8003') || magic.startsWith('8004') || magic.startsWith('8005'),
      'a Python pickle',
    ],
    [magic.startsWith('fffe') || magic.startsWith('feff'), 'UTF-16 text: save it as UTF-8'],
    [head.startsWith('version https://git-lfs'), 'a Git LFS pointer: fetch the file itself (git lfs pull)'],
    [head.startsWith('debkd\0'), 'a student of debkd'],
    [magic === '504b0304', 'a ZIP archive'],
  ];
  return known.find(([is]) => is)?.[1];
}
