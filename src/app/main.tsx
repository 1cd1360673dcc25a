// Starts the page.
import { render } from 'preact';
import { App } from './page.tsx';
import { openRemote } from './remote.ts';

const root = document.getElementById('app') as HTMLElement;
if (typeof WebAssembly === 'undefined' || typeof Worker === 'undefined') {
  root.textContent =
    'debkd needs WebAssembly and web workers, and this browser lacks one of them or has it switched off. Enable them for this page, or use debkd on the command line.';
  root.setAttribute('role', 'alert');
} else {
  root.textContent = '';
  render(<App remote={openRemote()} />, root);
}

// makes the page work offline after the first visit; a browser without service workers needs the network
if ('serviceWorker' in navigator) navigator.serviceWorker.register('service-worker.js').catch(() => undefined);
