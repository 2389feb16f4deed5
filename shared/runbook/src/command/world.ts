/** What the command touches of its process. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: (text: string) => Promise<void>;
  readonly err: (text: string) => void;
  /** Calls back at each SIGINT or SIGTERM. @returns stops listening */
  readonly onSignal: (heard: () => void) => () => void;
  /** Asks on the terminal; missing without one. Undefined = closed without an answer. */
  readonly ask: ((question: string, signal: AbortSignal) => Promise<string | undefined>) | undefined;
  readonly exit: (code: number) => void;
}
