export default {
  // the library uses top-level await, which needs modern browsers
  build: { target: 'es2022' },
  worker: { format: 'es' },
  // the development server would otherwise bundle each library into one file, which then does not find its wasm
  optimizeDeps: { exclude: ['debkd', 'onnxruntime-web'] },
  // needed only here, where debkd is a link to the repository
  server: { fs: { allow: ['../..'] } },
};
