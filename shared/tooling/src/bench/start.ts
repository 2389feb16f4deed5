import { fileURLToPath } from 'node:url';
import type { Figure } from './figure.ts';
import { median } from './median.ts';
import { probeStart, type StartCost } from './probe-start.ts';

const rounds = 15;
const echoServer = fileURLToPath(new URL('echo-server.js', import.meta.url));
const sdkServer = fileURLToPath(new URL('sdk-server.js', import.meta.url));

/**
 * Start cost of a built server beside a bare Node echo server and the bare SDK, medians of alternating starts in one run.
 *
 * @param binary path of the bundled `dist/cli.js`
 */
export async function startFigures(name: string, binary: string, env: NodeJS.ProcessEnv): Promise<readonly Figure[]> {
  const bare: StartCost[] = [];
  const sdk: StartCost[] = [];
  const server: StartCost[] = [];
  await probeStart([binary], env);
  for (let round = 0; round < rounds; round += 1) {
    bare.push(await probeStart([echoServer], env));
    sdk.push(await probeStart([sdkServer], env));
    server.push(await probeStart([binary], env));
  }
  const bareCpu = middle(bare, 'cpuMs');
  const how = `median of ${rounds} alternating starts`;
  return [
    { name: 'bare Node echo server: CPU to its answer', value: bareCpu, unit: 'ms', how },
    {
      name: 'bare SDK, one tool: CPU to tools/list',
      value: middle(sdk, 'cpuMs'),
      unit: 'ms',
      how: `${how}, not bundled`,
    },
    {
      name: `${name}: CPU to tools/list`,
      value: middle(server, 'cpuMs'),
      unit: 'ms',
      target: { atMost: 1.6 * bareCpu + 20 },
      how: `${how}; target 1.6 × bare Node + 20 ms`,
    },
    { name: `${name}: time to tools/list`, value: middle(server, 'wallMs'), unit: 'ms', how },
    { name: 'bare Node echo server: idle RSS', value: middle(bare, 'idleRssMb'), unit: 'MB', how },
    { name: 'bare SDK, one tool: idle RSS', value: middle(sdk, 'idleRssMb'), unit: 'MB', how },
    {
      name: `${name}: idle RSS`,
      value: middle(server, 'idleRssMb'),
      unit: 'MB',
      target: { atMost: 65 },
      how: `${how}, 0.5 s after the answer`,
    },
    {
      name: `${name}: tools/list`,
      value: middle(server, 'listBytes') / 1000,
      unit: 'kB',
      target: { atMost: 24 },
      how: 'bytes on the wire, read tools only',
    },
  ];
}

function middle(costs: readonly StartCost[], field: keyof StartCost): number {
  return median(costs.map((cost) => cost[field]));
}
