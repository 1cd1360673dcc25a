declare module '*.debkd' {
  const bytes: ArrayBuffer;
  export default bytes;
}
