/** The engine and its host. */
export interface EngineInfo {
  /** Of this daemon, whatever address it is reached by. */
  readonly id: string;
  readonly version: string;
  readonly apiVersion: string;
  readonly cgroupVersion: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly host: string;
  readonly liveRestore: boolean;
}
