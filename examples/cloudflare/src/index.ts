// A student inside an existing worker: it classifies a record and sends doubtful ones to a person.
import { type DebkdError, openStudent, type RawRecord } from 'debkd/edge';
import bytes from './student.debkd';

// runs once per isolate, before the first request
const student = await openStudent(bytes);
const DOUBT = 0.2;

export default {
  async fetch(request: Request): Promise<Response> {
    if (request.method !== 'POST') return Response.json({ error: 'POST a record as JSON' }, { status: 405 });
    let record: RawRecord;
    try {
      record = (await request.json()) as RawRecord;
      if (typeof record !== 'object' || record === null || Array.isArray(record)) throw new TypeError();
    } catch {
      return Response.json({ error: 'the body is no JSON object' }, { status: 400 });
    }
    try {
      const { probability, label } = student.predictRecord(record);
      const doubtful = Math.abs(probability - student.threshold) < DOUBT;
      // values that the student has never seen also go to a person
      const unknown = student.unknownFields(record);
      return Response.json({
        label,
        probability,
        unknown,
        decided: doubtful || unknown.length > 0 ? 'person' : 'student',
      });
    } catch (error) {
      // the student cannot read a field: name it and say why
      const { message, field } = error as DebkdError;
      return Response.json({ error: message, field }, { status: 422 });
    }
  },
};
