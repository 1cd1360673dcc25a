export default {
  // modules of today's browsers: the library uses top-level await
  build: { target: 'es2022' },
  worker: { format: 'es' },
  // while developing, Vite would copy libraries into one file each, and their wasm would not be found beside it
  optimizeDeps: { exclude: ['debkd', 'onnxruntime-web'] },
  // debkd is a link to the repository here; not needed where it is installed
  server: { fs: { allow: ['../..'] } },
};
