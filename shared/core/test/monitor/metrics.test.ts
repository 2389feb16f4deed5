import { describe, expect, it } from 'vitest';
import type { AuditStatus } from '../../src/audit/types.ts';
import type { Vitals } from '../../src/call/runtime.ts';
import { createMetrics } from '../../src/monitor/metrics.ts';

const audit: AuditStatus = {
  records: 10,
  unsynced: 0,
  lost: 0,
  failures: 0,
  checkpointSize: 0,
  lastError: undefined,
};

async function watched(vitals: () => Vitals = () => ({ inFlight: 0, audit }), now = () => 0) {
  const metrics = await createMetrics({
    server: 'mcp-notebook',
    version: '1.2.3',
    environment: 'staging',
    now,
    vitals,
    backendUp: async () => true,
  });
  /** Lines of one metric, without help and type. */
  const lines = async (name: string): Promise<readonly string[]> =>
    (await metrics.text()).split('\n').filter((line) => line.startsWith(`cinecom_mcp_${name}`));
  return { metrics, lines };
}

describe('metrics', () => {
  it('have the names and labels that dashboards and alerts are built on', async () => {
    const { metrics } = await watched();
    const text = await metrics.text();
    const names = [...text.matchAll(/^# TYPE (cinecom_mcp_\S+) (\w+)$/gm)].map(([, name, type]) => `${name} ${type}`);
    expect(names.toSorted()).toEqual([
      'cinecom_mcp_audit_failures_total counter',
      'cinecom_mcp_audit_lost_records gauge',
      'cinecom_mcp_audit_records_total counter',
      'cinecom_mcp_audit_unsynced_records gauge',
      'cinecom_mcp_audit_unsynced_seconds gauge',
      'cinecom_mcp_auth_failures_total counter',
      'cinecom_mcp_backend_up gauge',
      'cinecom_mcp_build_info gauge',
      'cinecom_mcp_call_duration_seconds histogram',
      'cinecom_mcp_calls_in_flight gauge',
      'cinecom_mcp_calls_total counter',
      'cinecom_mcp_failures_total counter',
      'cinecom_mcp_faults_total counter',
      'cinecom_mcp_job_duration_seconds histogram',
      'cinecom_mcp_job_runs_total counter',
      'cinecom_mcp_redactions_total counter',
      'cinecom_mcp_refusals_total counter',
      'cinecom_mcp_rejected_requests_total counter',
      'cinecom_mcp_unconfirmed_changes_total counter',
    ]);
    expect(text).toContain('# TYPE process_cpu_user_seconds_total counter');
    expect(text).toContain(
      `cinecom_mcp_build_info{server="mcp-notebook",version="1.2.3",node="${process.version}",environment="staging"} 1`,
    );
  });

  it('count calls by tool, risk and outcome, and never by a name that a caller made up', async () => {
    const { metrics, lines } = await watched();
    const { observer } = metrics;
    const call = {
      risk: 'read',
      outcome: 'success',
      code: undefined,
      ms: 40,
      redactions: 2,
      confirmed: undefined,
    } as const;
    observer.callEnded?.({ ...call, tool: 'note_list' });
    observer.callEnded?.({ ...call, tool: undefined, risk: undefined, outcome: 'failure', code: 'unknown_tool' });
    observer.callEnded?.({
      ...call,
      tool: 'note_delete',
      risk: 'destructive',
      outcome: 'denied',
      code: 'confirm_used',
    });
    observer.callEnded?.({ ...call, tool: 'note_add', risk: 'write', confirmed: 'never' });
    expect(await lines('calls_total')).toEqual([
      'cinecom_mcp_calls_total{tool="note_list",risk="read",outcome="success"} 1',
      'cinecom_mcp_calls_total{tool="other",risk="other",outcome="failure"} 1',
      'cinecom_mcp_calls_total{tool="note_delete",risk="destructive",outcome="denied"} 1',
      'cinecom_mcp_calls_total{tool="note_add",risk="write",outcome="success"} 1',
    ]);
    expect(await lines('redactions_total')).toEqual(['cinecom_mcp_redactions_total 8']);
    expect(await lines('refusals_total')).toEqual(['cinecom_mcp_refusals_total{code="confirm_used"} 1']);
    expect(await lines('failures_total')).toEqual(['cinecom_mcp_failures_total{code="unknown_tool"} 1']);
    expect(await lines('unconfirmed_changes_total')).toEqual([
      'cinecom_mcp_unconfirmed_changes_total{tool="note_add"} 1',
    ]);
    expect(await lines('call_duration_seconds_bucket{le="0.05",tool="note_list"')).toHaveLength(1);
  });

  it('tell how long records have waited for the disk', async () => {
    let now = 0;
    let status = { ...audit, unsynced: 3 };
    const { lines } = await watched(
      () => ({ inFlight: 2, audit: status }),
      () => now,
    );
    const seconds = async () => (await lines('audit_unsynced_seconds')).at(-1);
    expect(await lines('calls_in_flight')).toEqual(['cinecom_mcp_calls_in_flight 2']);
    expect(await seconds()).toBe('cinecom_mcp_audit_unsynced_seconds 0');
    now = 90_000;
    status = { ...status, records: 12, unsynced: 5 };
    expect(await seconds()).toBe('cinecom_mcp_audit_unsynced_seconds 90');
    status = { ...status, unsynced: 0 };
    expect(await seconds()).toBe('cinecom_mcp_audit_unsynced_seconds 0');
  });

  it('leave out what is not known yet', async () => {
    const { lines } = await watched(() => ({ inFlight: 0, audit: undefined }));
    expect(await lines('audit_records_total')).toEqual([]);
  });
});
