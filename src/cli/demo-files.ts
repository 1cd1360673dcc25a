/** The files that the demos on simulated rows write in addition to those of distill; archives where the rows have pictures. */
export const DEMO_FILES: readonly string[] = [
  ...['rows.csv', 'test.csv', 'rows.zip', 'test.zip'],
  ...['hard-labels.debkd', 'plain-kd.debkd'],
];
