/** Programs of Debian packages, beside PostgreSQL itself; each comes in the package of its own name unless another is said. */
export const systemPrograms = {
  pgbackrest: { path: '/usr/bin/pgbackrest', package: 'pgbackrest' },
  pgbouncer: { path: '/usr/sbin/pgbouncer', package: 'pgbouncer' },
  prometheus: { path: '/usr/bin/prometheus', package: 'prometheus' },
  promtool: { path: '/usr/bin/promtool', package: 'prometheus' },
  alertmanager: { path: '/usr/bin/prometheus-alertmanager', package: 'prometheus-alertmanager' },
  nodeExporter: { path: '/usr/bin/prometheus-node-exporter', package: 'prometheus-node-exporter' },
} as const satisfies Readonly<Record<string, { readonly path: string; readonly package: string }>>;
