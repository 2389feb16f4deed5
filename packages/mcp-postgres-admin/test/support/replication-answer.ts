/** What tests read of an answer of `pg_replication`. */
export interface ReplicationAnswer {
  readonly verdict: string;
  readonly findings: readonly {
    readonly id: string;
    readonly severity: string;
    readonly object: string;
    readonly evidence: string;
  }[];
  readonly notExamined: readonly { readonly what: string; readonly why: string }[];
  readonly senders: readonly {
    readonly from: string;
    readonly standby: string;
    readonly state: string;
    readonly slot?: string;
    readonly replay?: number;
  }[];
  readonly slots: readonly {
    readonly slot: string;
    readonly kind: string;
    readonly active: boolean;
    readonly keeps?: number;
    readonly walStatus: string;
    readonly inactiveMs?: number;
    readonly limit?: string;
    readonly limitInMs?: number;
  }[];
  readonly servers: readonly {
    readonly server: string;
    readonly role: string;
    readonly receiver: string;
    readonly waiting?: number;
    readonly replay: string;
    readonly delayMs: number;
    readonly timeline?: number;
    readonly systemId: string;
    readonly conflicts?: string;
  }[];
  readonly synchronous?: string;
}

/** `warning replay_paused this standby`, in the order of the answer. */
export function ids({ findings }: Pick<ReplicationAnswer, 'findings'>): readonly string[] {
  return findings.map(({ severity, id, object }) => `${severity} ${id} ${object}`);
}
