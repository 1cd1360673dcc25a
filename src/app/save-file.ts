// Saves a file from the page.
import type { Download } from './messages.ts';

export function saveFile({ name, bytes }: Download): void {
  const address = URL.createObjectURL(new Blob([bytes]));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // by then the browser has saved the file
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
