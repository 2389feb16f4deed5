export { uniqueName } from './postgres/administration.ts';
export { startPostgres } from './postgres/start-postgres.ts';
export {
  postgresMajors,
  type PostgresMajor,
  type PostgresOptions,
  type PostgresServer,
  type PostgresSource,
  type RoleOptions,
  type ShutdownMode,
} from './postgres/types.ts';
export { BackendUnavailable, isBackendUnavailable } from './unavailable.ts';
