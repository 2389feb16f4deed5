import { isoTime } from '../clock.ts';
import type { JsonRecord, Project, Stored } from './model.ts';
import type { State } from './state.ts';

export interface DetectorOptions {
  readonly name?: string;
  /** `error` by default; `metric_issue`, `issue_stream`, `uptime_domain_failure`, `monitor_check_in_failure` … */
  readonly type?: string;
  readonly enabled?: boolean;
  readonly workflowIds?: readonly string[];
  readonly config?: Readonly<JsonRecord>;
  readonly dataSources?: readonly JsonRecord[] | null;
  readonly conditionGroup?: Readonly<JsonRecord> | null;
  readonly latestGroup?: Readonly<JsonRecord> | null;
}

/** Any detector; the answer's fields are filled in. */
export function storeDetector(state: State, project: Project, options: DetectorOptions = {}): Stored {
  const stored: Stored = {
    organization: project.organization,
    body: {
      id: String(state.nextId()),
      projectId: project.id,
      name: options.name ?? 'Error Monitor',
      description: null,
      type: options.type ?? 'error',
      workflowIds: [...(options.workflowIds ?? [])],
      owner: null,
      createdBy: null,
      dateCreated: isoTime(project.dateCreated),
      dateUpdated: isoTime(project.dateCreated),
      dataSources: options.dataSources ?? null,
      conditionGroup: options.conditionGroup ?? null,
      config: { ...options.config },
      enabled: options.enabled ?? true,
      latestGroup: options.latestGroup ?? null,
    },
  };
  state.detectors.push(stored);
  return stored;
}
