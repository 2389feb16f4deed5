import type { EndedCall, EndedJob, Observer } from './observer.ts';
import { type VitalSigns, vitalFigures } from './vital-figures.ts';

/** Figures of this process as Prometheus reads them. */
export interface Metrics {
  readonly observer: Observer;
  readonly contentType: string;
  /** Everything, as of now. */
  text(): Promise<string>;
}

export interface MetricsOptions extends VitalSigns {
  readonly server: string;
  readonly version: string;
  /** `--environment` */
  readonly environment: string | undefined;
}

const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/**
 * Metrics of one server process in a registry of its own: `cinecom_mcp_*`, and Node's standard `process_*`, `nodejs_*`.
 *
 * No label holds anything that a caller chose: tools and codes are those that exist, jobs those of the settings.
 */
export async function createMetrics(options: MetricsOptions): Promise<Metrics> {
  const { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } = await import('prom-client');
  const registry = new Registry();
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Counter({ name: `cinecom_mcp_${name}_total`, help, labelNames, registers });
  const seconds = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Histogram({ name: `cinecom_mcp_${name}_seconds`, help, labelNames, buckets, registers });

  const calls = counter('calls', 'calls of tools', 'tool', 'risk', 'outcome');
  const durations = seconds('call_duration', 'time from the request to the answer', 'tool');
  const refusals = counter('refusals', 'calls that were refused, by error code', 'code');
  const failures = counter('failures', 'calls that failed, by error code', 'code');
  const unconfirmed = counter('unconfirmed_changes', 'changes applied under --confirm never', 'tool');
  const redactions = counter('redactions', 'secrets and personal data taken out of answers');
  const rejected = counter('rejected_requests', 'requests that never reached a tool');
  const denied = counter('auth_failures', 'callers that could not show who they are');
  const jobs = counter('job_runs', 'runs of daemon jobs', 'job', 'outcome');
  const jobDurations = seconds('job_duration', 'time that runs of daemon jobs took', 'job');
  const faults = counter('faults', 'faults of this server itself', 'where');

  const { server, version, environment = '' } = options;
  const info = { name: 'cinecom_mcp_build_info', help: 'what runs here, always 1', registers };
  new Gauge({ ...info, labelNames: ['server', 'version', 'node', 'environment'] }).set(
    { server, version, node: process.version, environment },
    1,
  );
  for (const { name, help, counts, read } of vitalFigures(options)) {
    const Kind = counts ? Counter : Gauge;
    const metric = new Kind({
      name: `cinecom_mcp_${name}`,
      help,
      registers: [],
      async collect() {
        const value = await read();
        this.reset();
        if (value === undefined) this.remove();
        else this.inc(value);
      },
    });
    registry.registerMetric(metric);
  }
  collectDefaultMetrics({ register: registry });

  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    observer: {
      callEnded(call: EndedCall) {
        const tool = call.tool ?? 'other';
        calls.inc({ tool, risk: call.risk ?? 'other', outcome: call.outcome });
        durations.observe({ tool }, call.ms / 1000);
        if (call.redactions > 0) redactions.inc(call.redactions);
        if (call.code !== undefined) (call.outcome === 'denied' ? refusals : failures).inc({ code: call.code });
        if (call.confirmed === 'never') unconfirmed.inc({ tool });
      },
      noted(type, isDenied) {
        if (type === 'rejected') rejected.inc();
        if (type === 'auth' && isDenied) denied.inc();
      },
      jobEnded({ job, outcome, seconds: taken }: EndedJob) {
        jobs.inc({ job, outcome });
        jobDurations.observe({ job }, taken);
      },
      fault: ({ where }) => faults.inc({ where }),
    },
  };
}
