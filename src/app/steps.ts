// The steps after the files, which load with the first of these.
export { CheckStep } from './check.tsx';
export { ProgressStep } from './progress.tsx';
export { SettingsStep } from './settings.tsx';
