// deno run --allow-read --allow-write distil.ts TEACHER.onnx ROWS.csv PREPROCESSING.json OUT.debkd
// deno.json beside it says where `debkd` is; with a published package: deno add npm:debkd
import * as debkd from 'debkd';

const [teacherFile, rowsFile, preprocessingFile, out] = Deno.args as [string, string, string, string];
const preprocessing = debkd.parsePreprocessing(
  JSON.parse(await Deno.readTextFile(preprocessingFile)),
  preprocessingFile,
);
using teacher = await debkd.loadTeacher(teacherFile, { preprocessing });
const table = await debkd.readCsv(rowsFile, { target: 'label' });
const { train, validation } = await debkd.encodeParts(table, debkd.split(table), preprocessing);
const { student } = await debkd.distill({ teacher, train, validation, student: { hidden: [16] }, seed: 1 });
await Deno.writeFile(out, debkd.encodeStudent(student));
console.log(debkd.sha256(debkd.encodeStudent(student)));
