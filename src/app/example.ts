// Loads the built-in example.
import type { Files } from './files.tsx';

/** @throws Error if the files cannot be fetched */
export async function fetchExample(): Promise<Files> {
  return {
    models: [await fetchFile('teacher.onnx')],
    jsons: [await fetchFile('preprocessing.json')],
    rows: await fetchFile('data.csv'),
  };
}

async function fetchFile(name: string): Promise<File> {
  const response = await fetch(`example/${name}`);
  if (!response.ok) throw new Error(`example/${name}: status ${response.status}`);
  return new File([await response.blob()], name);
}
