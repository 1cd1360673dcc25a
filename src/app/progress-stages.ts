// A stage that the page knows by name.
export const RESUMED = 'going on from what was finished before';
