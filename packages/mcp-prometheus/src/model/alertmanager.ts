import type { Labels } from '@cinecom/promql';

export interface Matcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  /** `=` and `=~`; false is `!=` and `!~`. */
  readonly isEqual: boolean;
}

/** An alert as Alertmanager holds it; external labels are on it. */
export interface ManagedAlert {
  readonly fingerprint: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly state: 'active' | 'suppressed' | 'unprocessed';
  /** Ids of silences. */
  readonly silencedBy: readonly string[];
  /** Fingerprints of alerts. */
  readonly inhibitedBy: readonly string[];
  /** Names of muting time intervals; empty where the version does not tell. */
  readonly mutedBy: readonly string[];
  readonly receivers: readonly string[];
  /** UTC ms. */
  readonly startsAt: number;
  readonly endsAt: number;
  readonly updatedAt: number;
}

export interface Silence {
  readonly id: string;
  readonly state: 'active' | 'pending' | 'expired';
  readonly matchers: readonly Matcher[];
  /** UTC ms. */
  readonly startsAt: number;
  readonly endsAt: number;
  readonly updatedAt: number;
  readonly createdBy: string;
  /** Written by whoever made it. */
  readonly comment: string;
}

export interface SilenceDraft {
  readonly id?: string;
  readonly matchers: readonly Matcher[];
  readonly startsAt: number;
  readonly endsAt: number;
  readonly createdBy: string;
  readonly comment: string;
}

/** What one member of the cluster could not be asked, and why. */
export interface UnaskedMember {
  readonly address: string;
  readonly why: string;
}

/** Several Alertmanagers are one cluster: answers are merged by fingerprint or id. */
export interface Alertmanagers {
  /** Addresses in use; empty when none is known. */
  readonly addresses: readonly string[];
  /**
   * All alerts, or those that match every filter (`name="value"`, `name=~"re"`): Alertmanager's own matching decides.
   * @throws ToolError `backend_unreachable` when no member answers, `not_configured` when none is known
   */
  alerts(
    filters: readonly string[],
    signal: AbortSignal,
  ): Promise<{ readonly alerts: readonly ManagedAlert[]; readonly unasked: readonly UnaskedMember[] }>;
  silences(
    signal: AbortSignal,
  ): Promise<{ readonly silences: readonly Silence[]; readonly unasked: readonly UnaskedMember[] }>;
  /** Undefined when no member knows it. */
  silence(id: string, signal: AbortSignal): Promise<Silence | undefined>;
  /** Creates, or replaces the one of `id`. @returns the id, a new one where times or matchers changed */
  saveSilence(draft: SilenceDraft, signal: AbortSignal): Promise<string>;
  expireSilence(id: string, signal: AbortSignal): Promise<void>;
  /**
   * The matching alerts once all of them are, or are no longer, silenced by `id`; after five seconds as they are then:
   * a cluster needs a moment to agree.
   */
  afterSilence(
    id: string,
    options: { readonly filters: readonly string[]; readonly silenced: boolean },
    signal: AbortSignal,
  ): Promise<readonly ManagedAlert[]>;
}
