import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tempState } from '@cinecom/mcp-core/testing';
import { describeWithPrometheus } from '@cinecom/testbed/vitest';
import { expect, it, onTestFinished } from 'vitest';
import { openBinary } from './support/binary.ts';

/** One of each kind of secret that prometheus.yml can hold, all recognisable. */
const config = `
global: { scrape_interval: 15s, external_labels: { site: tokyo } }
remote_write:
  - url: https://writer:planted-01@metrics.example.com/push
    basic_auth: { username: writer, password: planted-02 }
    headers: { X-Token: planted-03 }
  - url: https://aws.example.com
    sigv4: { access_key: planted-04, secret_key: planted-05 }
remote_read: [{ url: 'https://r.example.com', authorization: { credentials: planted-06 } }]
alerting:
  alertmanagers:
    - basic_auth: { username: a, password: planted-07 }
      static_configs: [{ targets: ['127.0.0.1:1'] }]
scrape_configs:
  - job_name: a
    basic_auth: { username: a, password: planted-08 }
    static_configs: [{ targets: ['127.0.0.1:2'] }]
  - job_name: b
    authorization: { type: Bearer, credentials: planted-09 }
    proxy_url: http://proxy:planted-10@proxy.example.com
    consul_sd_configs: [{ server: consul:8500, token: planted-11, password: planted-12 }]
  - job_name: c
    oauth2: { client_id: c, client_secret: planted-13, token_url: https://id.example.com }
    ec2_sd_configs: [{ access_key: planted-14, secret_key: planted-15 }]
  - job_name: d
    bearer_token: planted-16
    params: { token: [planted-17] }
    tls_config: { key: planted-18 }
    http_headers: { X-Api-Key: { secrets: [planted-19] } }
    kubernetes_sd_configs: [{ role: pod, authorization: { credentials: planted-20 } }]
`;

describeWithPrometheus({}, 'secrets of prometheus.yml', ({ server }) => {
  it('leave by no answer, log or audit record', async () => {
    server().write('other.yml', config);
    const state = await tempState();
    onTestFinished(() => state.remove());
    const url = server().url.replace('http://', 'http://reader:planted-21@');
    const argv = [
      '--config',
      join(server().folder, 'other.yml'),
      '--alertmanager-url',
      'http://am:planted-22@127.0.0.1:1',
    ];
    const answers: string[] = [];
    {
      await using client = await openBinary(url, { argv, state });
      for (const [tool, args] of [
        ['prom_check_config', {}],
        ['prom_overview', {}],
        ['prom_check_targets', {}],
        ['prom_alerts', {}],
        ['prom_query', { query: 'planted-23{' }],
      ] as const) {
        answers.push(JSON.stringify(await client.call(tool, args)));
      }
      answers.push(client.server.stderr());
    }
    for (const path of await readdir(state.dir, { recursive: true, withFileTypes: true })) {
      if (path.isFile()) answers.push(await readFile(join(path.parentPath, path.name), 'utf8'));
    }
    expect(answers.join('\n')).toContain('external_labels'); // it was read and compared
    // the query is the caller's own text; the rest are secrets
    expect(answers.join('\n').match(/planted-(?!23)\d\d/g) ?? []).toEqual([]);
  });
});
