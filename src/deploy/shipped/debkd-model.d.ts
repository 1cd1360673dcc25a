// The student in student.js: an export replaces this import with its JSON.
declare module 'debkd:model' {
  const model: import('./model.ts').Model;
  export default model;
}
