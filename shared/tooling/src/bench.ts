import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type PostgresServer, startPostgres } from '@cinecom/testbed';
import { auditFigures } from './bench/audit.ts';
import { backupFigures } from './bench/backup.ts';
import { callOverheadFigures } from './bench/call-overhead.ts';
import { definitionFigures } from './bench/definitions.ts';
import type { Figure } from './bench/figure.ts';
import { figuresTable } from './bench/figures-table.ts';
import { httpFigures } from './bench/http.ts';
import { indexAdviceFigures } from './bench/index-advice.ts';
import { manyTablesFigures } from './bench/many-tables.ts';
import { peerFigures } from './bench/peers.ts';
import { pipelineFigures } from './bench/pipeline.ts';
import { dockerComposeFigures } from './bench/docker-compose.ts';
import { prometheusFigures } from './bench/prometheus.ts';
import { redactionFigures } from './bench/redaction.ts';
import { sentryFigures } from './bench/sentry.ts';
import { startFigures } from './bench/start.ts';
import { replaceSection } from './docs/markers.ts';
import { formatted, write } from './docs/output.ts';
import { installPacked } from './pack/install-packed.ts';
import { read } from './repository.ts';

// `npm run bench` prints what is measured on this machine; `npm run bench -- --write` also puts it into the README.
const binary = fileURLToPath(import.meta.resolve('@cinecom/mcp-postgres-admin/cli'));
const stateDir = await mkdtemp(join(tmpdir(), 'cinecom-bench-'));
const env = { PATH: process.env['PATH'], CINECOM_STATE_DIR: stateDir };

async function withServer(
  measure: (server: PostgresServer) => Promise<readonly Figure[]>,
  prefer?: 'debian',
): Promise<readonly Figure[]> {
  const server = await startPostgres({ prefer, settings: { max_locks_per_transaction: '512' } });
  try {
    return await measure(server);
  } finally {
    await server.stop();
  }
}

/** As a user has it: from the packed tarball, installed in an empty folder. */
async function startFromInstall(): Promise<readonly Figure[]> {
  await using installed = await installPacked('packages/mcp-postgres-admin');
  return await startFigures('mcp-postgres-admin', installed.bin, env);
}

const composeBinary = fileURLToPath(import.meta.resolve('@cinecom/mcp-docker-compose/cli'));
const prometheusBinary = fileURLToPath(import.meta.resolve('@cinecom/mcp-prometheus/cli'));
const sentryBinary = fileURLToPath(import.meta.resolve('@cinecom/mcp-sentry/cli'));

const groups: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  start: startFromInstall,
  definitions: definitionFigures,
  calls: () =>
    withServer((server) => {
      const url = server.superuserUrl();
      return callOverheadFigures(binary, url, { ...env, DATABASE_URL: url });
    }),
  peers: () => withServer((server) => peerFigures(process.env['BENCH_PEERS_DIR'], server.superuserUrl(), env)),
  tables: () => withServer((server) => manyTablesFigures(binary, server, env)),
  advice: () => indexAdviceFigures(binary, env),
  prometheus: () => prometheusFigures(prometheusBinary, env),
  compose: () => dockerComposeFigures(composeBinary, env),
  sentry: () => sentryFigures(sentryBinary, process.env['BENCH_PEERS_DIR'], env),
  pipeline: () => pipelineFigures(env),
  http: () => httpFigures(env),
  audit: auditFigures,
  redaction: redactionFigures,
  backup: () =>
    withServer((server) => {
      const url = server.superuserUrl();
      return backupFigures(binary, url, { ...env, DATABASE_URL: url });
    }, 'debian'),
};

try {
  const wanted = process.argv.slice(2).filter((word) => word in groups);
  const figures: Figure[] = [];
  for (const [name, measure] of Object.entries(groups)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    console.error(`measuring: ${name}`);
    figures.push(...(await measure()));
  }
  console.log(figuresTable(figures));
  if (process.argv.includes('--write')) {
    write(
      await formatted([
        { path: 'README.md', content: replaceSection(read('README.md'), 'bench', figuresTable(figures)) },
      ]),
    );
  }
} finally {
  await rm(stateDir, { recursive: true, force: true });
}
