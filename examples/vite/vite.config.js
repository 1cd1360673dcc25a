export default {
  // the library uses top-level await, which needs modern browsers
  build: { target: 'es2022' },
  worker: { format: 'es' },
  // otherwise the development server bundles each library into one file, which does not find its wasm
  optimizeDeps: { exclude: ['debkd', 'onnxruntime-web'] },
  // needed only here, where debkd is a link to the repository
  server: { fs: { allow: ['../..'] } },
};
