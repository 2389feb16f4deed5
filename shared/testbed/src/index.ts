export { coldCache, plantedFaults, type PlantedFault } from './cinema/planted.ts';
export { seedCinema, type Cinema, type CinemaOptions } from './cinema/seed-cinema.ts';
export {
  type CinemaBehaviour,
  type CinemaImage,
  type CinemaService,
  cinemaService,
  importCinema,
} from './docker/cinema-service.ts';
export {
  composeProject,
  type ComposeProject,
  type ComposeProjectOptions,
  removeProject,
} from './docker/compose-project.ts';
export { importImage, type ImageOptions } from './docker/images.ts';
export { missingDocker } from './docker/programs.ts';
export { startDocker } from './docker/start-docker.ts';
export { startTraffic, type Traffic, type TrafficOptions } from './docker/traffic/start-traffic.ts';
export type { TrafficReport } from './docker/traffic/traffic-process.ts';
export type { ComposeVersion, DockerEngine, DockerOptions, DockerServer } from './docker/types.ts';
export { fillConnections } from './faults/fill-connections.ts';
export { holdIdleTransaction, type IdleTransaction } from './faults/hold-idle-transaction.ts';
export { holdLockChain, type LockChain } from './faults/hold-lock-chain.ts';
export { openSession, type Handle, type Session, type SessionOptions } from './faults/session.ts';
export {
  runWorkload,
  workloadStatements,
  type Workload,
  type WorkloadOptions,
  type WorkloadStatement,
} from './faults/workload.ts';
export { missingNodeTool, nodeTool, type NodeTool, type NodeToolName } from './node-tools/node-tools.ts';
export { runConformance, type ConformanceRun, type ScenarioResult } from './node-tools/run-conformance.ts';
export { uniqueName } from './postgres/administration.ts';
export { startPostgres } from './postgres/start-postgres.ts';
export { type Pooler, startPooler } from './postgres/start-pooler.ts';
export { startStanza, type Stanza } from './postgres/start-stanza.ts';
export { startStandby, type StandbyOptions } from './postgres/start-standby.ts';
export {
  postgresMajors,
  type PostgresMajor,
  type PostgresOptions,
  type PostgresServer,
  type PostgresSource,
  type RoleOptions,
  type ShutdownMode,
} from './postgres/types.ts';
export { historyText, type HistoryMetric, type HistoryOptions, type HistorySeries } from './prometheus/history.ts';
export { missingPrometheus } from './prometheus/programs.ts';
export { type Exporter, startExporter } from './prometheus/start-exporter.ts';
export { startPrometheus } from './prometheus/start-prometheus.ts';
export { startAlertmanager, startNodeExporter } from './prometheus/start-side-server.ts';
export type { PrometheusGeneration, PrometheusOptions, PrometheusServer, SideServer } from './prometheus/types.ts';
export { startRedis } from './redis/start-redis.ts';
export type { RedisOptions, RedisServer, RedisTls } from './redis/types.ts';
export { BackendUnavailable, isBackendUnavailable } from './unavailable.ts';
export { bestIndexes, type IndexSet, possibleIndexes } from './advice/best-indexes.ts';
export { type IndexJudge, openIndexJudge } from './advice/index-judge.ts';
export { plantRandomWorkload, type RandomStatement, type RandomWorkload } from './advice/random-workload.ts';
export { indexByStatementPlans, indexPerColumn, indexPerStatement } from './advice/simple-rules.ts';
export { type Certificate, makeCertificate, missingOpenssl } from './sentry/certificate.ts';
export { disturb } from './sentry/disturb.ts';
export { type Proxy, startProxy } from './sentry/start-proxy.ts';
export { startSentry } from './sentry/start-sentry.ts';
export type {
  EnvelopeItem,
  Fault,
  FaultAnswer,
  PlainFault,
  Features,
  ReceivedEnvelope,
  RecordedRequest,
  SentryDouble,
  SentryOptions,
} from './sentry/types.ts';
export type { World } from './sentry/world/world.ts';
