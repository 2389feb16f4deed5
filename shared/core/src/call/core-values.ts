import type { Risk } from '../define/tool.ts';

/** The core settings that the pipeline itself reads; the rest belongs to the parts it is given. */
export interface CoreValues {
  readonly allow: Risk;
  readonly results: 'text' | 'structured';
  /** Seconds. */
  readonly timeout: number;
  readonly concurrency: number;
  /** Multiplier of the rates, 0 = off. */
  readonly rate: number;
  readonly environment?: string | undefined;
  readonly approvalTotp?: string | undefined;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
}
