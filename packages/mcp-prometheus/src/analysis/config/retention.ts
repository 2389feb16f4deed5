import type { Finding } from '@cinecom/mcp-core';
import { formatDuration } from '@cinecom/promql';
import { cannot, type ConfigReading, type SectionResult } from './reading.ts';

const dayMs = 86_400_000;
const leastRetentionMs = 15 * dayMs;

/** How far back answers can go, and whether the storage is whole. */
export function retentionFindings({ runtime, running, flags }: ConfigReading): SectionResult {
  if (runtime === undefined) return cannot('retention', 'the server does not tell its state');
  const findings: Finding[] = [];
  if (runtime.corruptionCount > 0) {
    findings.push({
      id: 'storage_corrupt',
      severity: 'warning',
      object: 'storage',
      evidence: `${runtime.corruptionCount} corruptions of the log since the start`,
      threshold: '0',
      fix: 'Look at the disk and at the log of Prometheus; history around the last crash may be missing',
    });
  }
  if (runtime.retentionMs !== undefined && runtime.retentionMs < leastRetentionMs) {
    findings.push({
      id: 'retention_short',
      severity: 'info',
      object: 'storage',
      evidence: `keeps ${formatDuration(runtime.retentionMs)}`,
      threshold: `${formatDuration(leastRetentionMs)}: comparisons with last week and objectives of 30 d rest on history`,
      fix: 'Raise --storage.tsdb.retention.time, or keep history elsewhere by remote write',
    });
  }
  if (flags?.get('web.enable-admin-api') === 'true') {
    findings.push({
      id: 'admin_api_open',
      severity: 'warning',
      object: 'web.enable-admin-api',
      evidence: 'series can be deleted over HTTP',
      threshold: 'off, or behind a proxy that does not pass /api/v1/admin/*',
      fix: 'Take --web.enable-admin-api away',
    });
  }
  if ((running?.outOfOrderMs ?? 0) === 0 && (running?.remoteWrites ?? 0) === 0) return { findings, notExamined: [] };
  return { findings, notExamined: [{ what: 'remote write', why: 'only its presence is read' }] };
}
