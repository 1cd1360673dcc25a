export async function demo(values: unknown): Promise<void> { void values; }
