// Earlier names of options, which are still accepted.
export const RENAMED_OPTIONS: Readonly<Record<string, string>> = {
  'leave-out': 'ablate',
  missing: 'na-values',
  silence: 'heartbeat-timeout',
  spill: 'temp-dir',
};
