// Saves a file from the page.
export function saveFile({ name, bytes }: { readonly name: string; readonly bytes: BlobPart }): void {
  const address = URL.createObjectURL(new Blob([bytes]));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // by then the browser has saved the file
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
