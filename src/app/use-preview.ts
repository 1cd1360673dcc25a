// Addresses that show files as pictures. They are for display only: what the models read is decoded by debkd.
import { useEffect, useState } from 'preact/hooks';

/** An address of a file while it is shown. */
export function usePreview(file: Blob | undefined): string | undefined {
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    if (!file) return setAddress(undefined);
    const made = URL.createObjectURL(file);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return address;
}
