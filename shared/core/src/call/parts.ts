import type * as z from 'zod';
import type { AuditLog } from '../audit/types.ts';
import type { Firewall } from '../firewall/types.ts';
import type { Gate } from '../gate/types.ts';
import type { Cursors } from '../results/cursor.ts';
import type { Redactor } from '../redact/types.ts';
import type { OpenState } from '../state/state.ts';

/** What the pipeline stands on. Evaluated on the first call, so that a handshake pays for none of it. */
export interface Parts {
  readonly redactor: Redactor;
  readonly firewall: OutputFirewall;
  readonly gate: Gate;
  readonly state: OpenState;
  /** Its key is derived when the first cursor is made or read. */
  readonly cursors: () => Promise<Cursors>;
}

export interface OutputFirewall extends Firewall {
  /** Every string of a value, `strip`ped. */
  stripDeep(value: unknown): unknown;
  /** Wraps the fields a schema marks `outside()`; `paths` names them for structured results. */
  markOutside(schema: z.ZodType, value: unknown): { readonly value: unknown; readonly paths: readonly string[] };
  /** Where a value holds personal data, as JSON pointers. */
  personalPaths(schema: z.ZodType, value: unknown): readonly string[];
}

/** Opens the audit log; called again after a failure. */
export type OpenAudit = () => Promise<AuditLog>;

/** Where the parts come from; each is asked for when it is first needed. */
export interface Providers {
  /** Which tools this configuration offers: needed for listing already, so it comes without keys and files. */
  access(): Promise<Pick<Gate, 'lists' | 'whyNot'>>;
  gate(): Promise<Gate>;
  redactor(): Promise<Redactor>;
  firewall(): Promise<OutputFirewall>;
  state(): Promise<OpenState>;
  cursors(): Promise<Cursors>;
  audit: OpenAudit;
}
