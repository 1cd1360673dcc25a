// What an export puts in place of this import.
declare module 'debkd:model' {
  const model: import('./model.ts').Model;
  export default model;
}
