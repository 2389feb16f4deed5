import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startAlertmanager, startPrometheus } from '@cinecom/testbed';
import { describeWithProgram } from '@cinecom/testbed/vitest';
import { expect, it, onTestFinished } from 'vitest';
import { openBinary } from './support/binary.ts';

const example = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../examples/prometheus/${name}`, import.meta.url)), 'utf8');

describeWithProgram('alertmanager', 'examples/prometheus', () => {
  it('starts as it stands, and its own rules have nothing wrong', async () => {
    const alertmanager = await startAlertmanager({ config: example('alertmanager.yml') });
    onTestFinished(() => alertmanager.stop());
    // only the addresses of this machine differ
    const config = example('prometheus.yml')
      .replace('localhost:9090', '127.0.0.1:{port}')
      .replace('alertmanager:9093', alertmanager.url.replace('http://', ''))
      .replace('/etc/prometheus/mcp-token', 'mcp-token');
    const files = {
      'mcp-token': 'a-token',
      ...Object.fromEntries(['alert_rules.yml', 'mcp_rules.yml'].map((name) => [name, example(name)])),
    };
    const server = await startPrometheus({ config, files });
    onTestFinished(() => server.stop());
    // as an operator would start it: the file alone, and the rest is found
    await using client = await openBinary('', { argv: ['--config', server.configFile] });
    const checked = await client.ask('prom_check_config', { section: 'drift' });
    expect(checked).toMatch(/^OK: /);
    expect(checked).toContain('1 Alertmanager in use');
    for (const file of ['alert_rules.yml', 'mcp_rules.yml']) {
      const lint = await client.ask('prom_check_rules', { source: 'file', file });
      // metrics of services that do not run here are absent, and that is all there is to say
      const found = [...lint.matchAll(/^\|(critical|warning|info)\|(\w+)\|/gm)].map(([, , id]) => id);
      expect(found.filter((id) => !/absent|metric|label|value/.test(id ?? ''))).toEqual([]);
    }
    expect(await client.ask('prom_alerts', { show: 'silences' })).toMatch(/^OK: 0 silences/);
  });
});
