// Runs conformance.js in a page or, with ?worker, in a worker of the page, and posts the record to its server. The page also tests
// IndexedDB as a cache.
import * as debkd from 'debkd';
import * as internals from 'debkd/internals';
import { useBrowserCache } from './browser-cache.js';
import { conform } from './conformance.js';
import { distilRemotely } from './remote-page.js';

async function readFiles(names) {
  const files = {};
  for (const name of names) files[name] = new Uint8Array(await (await fetch(`/files/${name}`)).arrayBuffer());
  return files;
}

const post = (answer) => fetch('/answer', { method: 'POST', body: JSON.stringify(answer) });
const failed = (error) => ({ error: String(error?.stack ?? error) });

if (typeof document === 'undefined') {
  self.onmessage = async ({ data }) => {
    const run = async () => conform({ ...debkd, ...internals }, await readFiles(data));
    self.postMessage(await run().catch(failed));
  };
} else {
  const names = await (await fetch('/files.json')).json();
  const inWorker = location.search.includes('worker');
  const run = async () => {
    if (location.search.includes('html')) {
      const load = debkd.loadTeacher((await readFiles(['tiny/logit.onnx']))['tiny/logit.onnx']);
      return load
        .then(() => ({ refused: 'nothing' }))
        .catch((error) => ({ refused: `${error.code}: ${error.message}` }));
    }
    if (location.search.includes('remote')) return distilRemotely(await readFiles(names));
    if (inWorker) {
      const worker = new Worker('/page.js', { type: 'module' });
      return new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = (event) => reject(new Error(event.message));
        worker.postMessage(names);
      });
    }
    const files = await readFiles(names);
    return { ...(await conform({ ...debkd, ...internals }, files)), cache: await useBrowserCache(debkd, files) };
  };
  await post(await run().catch(failed));
}
