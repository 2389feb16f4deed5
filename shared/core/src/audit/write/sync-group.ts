import { syncMs, syncRecords } from '../format/limits.ts';

/** Groups waits for the disk: one sync at a time, and whoever comes while it runs shares the next. */
export class SyncGroup {
  readonly #sync: () => Promise<void>;
  #waiting: { resolve: () => void; reject: (error: unknown) => void }[] = [];
  #running: Promise<void> | undefined;
  #pending = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(sync: () => Promise<void>) {
    this.#sync = sync;
  }

  /** Resolves once everything appended before this call is on disk. */
  now(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Something was appended that nobody waits for. */
  soon(): void {
    this.#pending += 1;
    if (this.#pending >= syncRecords) this.#syncQuietly();
    else this.#timer ??= setTimeout(() => this.#syncQuietly(), syncMs).unref();
  }

  /** Stops the timer; resolves when no sync is running. */
  async idle(): Promise<void> {
    this.stop();
    await this.#running;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#pending = 0;
  }

  #syncQuietly(): void {
    this.stop();
    // The failure is kept by the journal, which the next append finds broken.
    this.now().catch(() => undefined);
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      try {
        await this.#sync();
        for (const { resolve } of group) resolve();
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.#running = undefined;
  }
}
