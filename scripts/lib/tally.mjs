// Counts what vitest's JSON report says, for the last line of `npm test`.

/**
 * `{ passed, failed, skipped }` of a vitest JSON report. A file that could not even be loaded has no tests of its own
 * and counts as one failure; so does a run that failed outside any test.
 */
export function tally(report) {
  const unloaded = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  const failed = report.numFailedTests + unloaded.length;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && !report.success ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** `12 passed, 0 failed`, with `, 3 skipped` only where tests were skipped. */
export function renderTally({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
