import type { Labels } from '@cinecom/promql';

export interface ScrapeTarget {
  readonly pool: string;
  readonly job: string;
  readonly instance: string;
  readonly labels: Labels;
  /** With the credentials of its URL cut out. */
  readonly url: string;
  readonly health: 'up' | 'down' | 'unknown';
  /** Written by the target or the network. */
  readonly lastError: string;
  /** UTC ms; 0 before the first scrape. */
  readonly lastScrapeAt: number;
  readonly lastScrapeSeconds: number;
  /** 0 where the server does not tell. */
  readonly scrapeIntervalMs: number;
  readonly scrapeTimeoutMs: number;
}
