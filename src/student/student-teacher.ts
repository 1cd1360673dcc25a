// An earlier student as a teacher of its successor.
import type { Matrix } from '../data/matrix.ts';
import { dispose } from '../io/dispose.ts';
import { DebkdError, quote } from '../io/errors.ts';
import { digestOf, sha256 } from '../io/sha256.ts';
import { combineTeachers } from '../teacher/combine-teachers.ts';
import { NO_GRAPH } from '../teacher/no-graph.ts';
import type { Teacher } from '../teacher/teacher.ts';
import type { Student } from './student.ts';
import { encodeStudent } from './student-bytes.ts';

/** The earlier student as a teacher: alone, or as the last of several. @param given other teachers, among which the student may be */
export function withEarlierStudent(given: Teacher | undefined, student: Student): Teacher {
  const digest = sha256(encodeStudent(student));
  const others = given ? (given.parts ?? [given]).filter((one) => !one.student || one.sha256 !== digest) : [];
  const parent = studentTeacher(student, digest);
  return others.length > 0 ? combineTeachers([...others, parent]) : parent;
}

/** A teacher that answers as a student does. @param digest SHA-256 of the student's file */
function studentTeacher(student: Student, digest: string): Teacher {
  const name = 'the earlier student';
  const reason = 'margins of the earlier student';
  const refuse = (seen: string): never => {
    throw new DebkdError('teacher', { subject: name, seen });
  };
  return {
    name,
    sha256: digest,
    identity: digestOf(['student', digest]),
    graph: NO_GRAPH,
    convention: 'logit',
    reading: {
      positiveClass: 'only',
      positiveReason: reason,
      output: name,
      tensor: name,
      margin: { form: 'logit', width: 1, place: 0, negate: false },
      convention: 'logit',
      reason,
    },
    why: { output: reason, inputs: "the student's columns" },
    refusal: undefined,
    preprocessing: student.preprocessing,
    takes: 'matrix',
    student,
    width: student.preprocessing.encodedWidth,
    inputs: [],
    columnInputs: [],
    notes: [],
    margins: async (rows) => ({
      margins: 'data' in rows ? student.margins(rows as Matrix) : refuse('raw columns, and it takes encoded rows'),
      clippedCount: 0,
    }),
    forTarget() {
      return this;
    },
    forTable() {
      return this;
    },
    async forLabels() {
      return this;
    },
    trace: async () => refuse('a student has no trace of its inputs'),
    hiddenLayer: (wanted) =>
      wanted === undefined ? { why: 'of a student only the answers are used' } : refuse(`no tensor ${quote(wanted)}`),
    features: async () => refuse('of a student only the answers are used'),
    answers: async () => refuse('of a student only the answers are used'),
    [dispose]: () => undefined,
  };
}
