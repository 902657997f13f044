import type { FoundSecret } from '../compose/index.ts';

/** The findings as SARIF 2.1.0, as code hosts read it. */
export function renderSarif(findings: readonly FoundSecret[], version: string): string {
  const rules = [...new Map(findings.map(({ rule, title }) => [rule, title]))];
  return JSON.stringify({
    version: '2.1.0',
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    runs: [
      {
        tool: {
          driver: {
            name: 'ggen-mcp security scan',
            version,
            rules: rules.map(([id, title]) => ({ id, shortDescription: { text: title } })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: findings.map(({ rule, title, path, line, column, fingerprint }) => ({
          ruleId: rule,
          level: 'error',
          message: { text: `${title} in the file` },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: path.split('/').map(encodeURIComponent).join('/') },
                region: { startLine: line, startColumn: column },
              },
            },
          ],
          partialFingerprints: { 'ggenSecret/v1': fingerprint },
        })),
      },
    ],
  });
}
