// Drives the app from within its page, for browsers without another driver: example, settings, run, what-if, downloads. Posts the
// results to its server.
const PATIENCE = 90_000;

async function until(find, what) {
  const end = performance.now() + PATIENCE;
  for (;;) {
    const found = find();
    if (found) return found;
    if (performance.now() > end)
      throw new Error(`the page did not show ${what}: ${document.body.innerText.slice(-600)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
const button = (text) => [...document.querySelectorAll('button')].find((b) => b.textContent.trim() === text);
function type(id, text) {
  const input = document.getElementById(id);
  input.value = text;
  input.dispatchEvent(new Event('input', { bubbles: true }));
}

/** Size and digest of a download, read from the blob that the page makes an address for. */
async function download(name) {
  const taken = new Promise((resolve) => {
    const make = URL.createObjectURL;
    URL.createObjectURL = (blob) => {
      URL.createObjectURL = make;
      resolve(blob);
      return make.call(URL, blob);
    };
  });
  button(name).click();
  const bytes = await (await taken).arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return { size: bytes.byteLength, sha256: Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('') };
}

const complaints = [];
addEventListener('error', (event) => complaints.push(event.message));
addEventListener('unhandledrejection', (event) => complaints.push(String(event.reason)));
addEventListener('securitypolicyviolation', (event) =>
  complaints.push(`${event.violatedDirective} ${event.blockedURI}`),
);

/** Opens the example without a run, for settings of its own. */
function openExample() {
  location.replace('?example=wdbc');
  return new Promise(() => {}); // the page ends here
}

try {
  if (location.search === '') await openExample();
  await until(() => document.getElementById('found'), 'what was found');
  type('student', '9');
  type('epochs', '12');
  type('seed', '4');
  await new Promise((resolve) => setTimeout(resolve, 100));
  button('Distil').click();
  const shown = (await until(() => document.getElementById('sha256'), 'results')).textContent;
  await until(() => /^\d\.\d+$/.test(document.getElementById('answer-debiased')?.textContent), 'answers');
  const answers = ['teacher', 'plain', 'debiased'].map((name) => document.getElementById(`answer-${name}`).textContent);
  const student = await download('student.debkd');
  const project = await download('Node project');
  const module = await download('WebAssembly module');
  const report = await download('report.html');
  const figures = document.querySelectorAll('figure').length;
  const body = JSON.stringify({ shown, answers, student, project, module, report: report.size, figures, complaints });
  await fetch('/', { method: 'POST', body });
} catch (error) {
  await fetch('/', { method: 'POST', body: JSON.stringify({ error: `${error.message}; ${complaints.join('; ')}` }) });
}
