// Earlier names of options, which parsing still accepts.
export const RENAMED_OPTIONS: Readonly<Record<string, string>> = {
  'leave-out': 'ablate',
  missing: 'na-values',
  silence: 'heartbeat-timeout',
  spill: 'temp-dir',
};
