// What projects of students with a deferral band have in addition: the service asks another one about the records that the student defers.
import { type Edit, edited } from './edit.ts';

const EDITS: Readonly<Record<string, readonly Edit[]>> = {
  'src/service.js': [
    [
      `import { about, predict } from './student.js';`,
      `import { answerDeferred } from './defer.js';\nimport { about, predict } from './student.js';`,
    ],
    [
      '    return send(200, predictAll(await readRecords(request)));',
      '    const value = await readRecords(request);\n    return send(200, await answerDeferred(value, predictAll(value)));',
    ],
    [
      'at or above the threshold, otherwise 0; unknown',
      'at or above the threshold, otherwise 0; defer is true if someone else should decide; unknown',
    ],
  ],
};

/** A file of a project as a student with a deferral band has it. */
export function withDeferral(path: string, text: string): string {
  return edited(path, text, EDITS[path] ?? []);
}
