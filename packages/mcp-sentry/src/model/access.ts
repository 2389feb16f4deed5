/** What the server can do, found by one cheap request each; `absent` says why. */
export type Capability = 'present' | 'absent' | 'forbidden';

export type { CapabilityName } from '../analysis/access/capability-names.ts';

export interface Access {
  /** Scopes that the token holds; undefined where the server does not tell. */
  readonly scopes: readonly string[] | undefined;
  /** Server's clock minus ours, ms; undefined without a Date header. */
  readonly clockSkewMs: number | undefined;
  /** `sentry.io`, or a server of one's own. */
  readonly kind: 'saas' | 'self-hosted';
  /** Version of a self-hosted server where it tells it. */
  readonly version: string | undefined;
}
