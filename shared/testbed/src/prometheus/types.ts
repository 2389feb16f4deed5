import type { ServerProcess } from '../host/server-process.ts';

/** `2` is the one of the system's package, `3` a newer one beside it. */
export type PrometheusGeneration = 2 | 3;

export interface PrometheusOptions {
  readonly generation?: PrometheusGeneration;
  /** Text of prometheus.yml; default: nothing is scraped. `{port}` becomes its own port. */
  readonly config?: string;
  /** Further files beside prometheus.yml, by name: rule files. */
  readonly files?: Readonly<Record<string, string>>;
  /** OpenMetrics text with timestamps, ending with `# EOF`, or a function that gives it in parts; loaded before the start. */
  readonly history?: string;
  /** Beyond the test bed's own. */
  readonly flags?: readonly string[];
  /** `/-/reload` answers; true by default. */
  readonly lifecycle?: boolean;
}

export interface PrometheusServer extends ServerProcess {
  readonly generation: PrometheusGeneration;
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  readonly port: number;
  readonly folder: string;
  readonly configFile: string;
  /** Replaces a file of its folder, without reloading. */
  write(name: string, text: string): void;
  /** Takes the configuration anew; rejects when the server refuses it. */
  reload(): Promise<void>;
  /** What its API answers, `data` alone. */
  ask(path: string, parameters?: Readonly<Record<string, string>>): Promise<unknown>;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}

export interface SideServer extends ServerProcess {
  readonly url: string;
  readonly port: number;
  readonly folder: string;
  stop(): Promise<void>;
}
