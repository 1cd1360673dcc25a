// For scripts: starts `debkd serve`, and Chromium by playwright-core.
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export function openAppServer() {
  const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
  const child = spawn(process.execPath, [main, 'serve', '--port', '0']);
  return new Promise((resolve, reject) => {
    const stop = async () => {
      child.kill('SIGINT');
      await new Promise((ended) => child.once('exit', ended));
    };
    child.once('exit', (code) => reject(new Error(`serve ended with ${code}`)));
    child.stdout.on('data', (text) => {
      const [url] = /http:\S+/.exec(String(text)) ?? [];
      if (url) resolve({ url, stop });
    });
  });
}

export async function openChromium() {
  const { chromium } = await import('playwright-core');
  const executablePath = spawnSync('which', ['chromium'], { encoding: 'utf8' }).stdout.trim();
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}
