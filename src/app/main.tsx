// The page's start.
import { render } from 'preact';
import { App } from './page.tsx';
import { openRemote } from './remote.ts';

const root = document.getElementById('app') as HTMLElement;
if (typeof WebAssembly === 'undefined' || typeof Worker === 'undefined') {
  root.textContent =
    'This browser has WebAssembly or workers switched off, and debkd needs both: switch them on for this page, or use debkd on the command line.';
  root.setAttribute('role', 'alert');
} else {
  root.textContent = '';
  render(<App remote={openRemote()} />, root);
}

// offline after the first visit; a browser without service workers, or one that refuses them, goes without
if ('serviceWorker' in navigator) navigator.serviceWorker.register('service-worker.js').catch(() => undefined);
