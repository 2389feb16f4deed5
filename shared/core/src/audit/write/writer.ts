import { unlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../define/call.ts';
import type { Json } from '../../define/plan.ts';
import { ToolError } from '../../errors/tool-error.ts';
import { removeIfThere } from '../files/folder.ts';
import { serialiseEvent } from '../format/event.ts';
import { createUlid } from '../format/ulid.ts';
import type { LogKeys } from '../keys/log-keys.ts';
import type { Sealer } from '../seal/sealer.ts';
import type { Anchor, AuditEvent, AuditLog, AuditStatus, EventType, OpenChange } from '../types.ts';
import { AnchorPublisher } from './anchors.ts';
import { Chain } from './chain.ts';
import { Checkpoints } from './checkpoints.ts';
import { Journal, type SafePoint } from './journal.ts';
import type { Mark, MarkFile } from './mark.ts';
import { OpenChanges } from './open-changes.ts';
import type { SegmentIo } from './segment-io.ts';
import { SyncGroup } from './sync-group.ts';

export interface WriterOptions {
  readonly writer: string;
  readonly folder: string;
  readonly host: string;
  readonly keys: LogKeys | undefined;
  readonly sealer: Sealer | undefined;
  readonly mark: MarkFile | undefined;
  readonly io: SegmentIo;
  readonly clock: Clock;
  readonly unfinished: readonly OpenChange[];
}

/** One process's own log: see `AuditLog`. */
export class AuditWriter implements AuditLog {
  readonly writer: string;
  readonly signed: boolean;
  readonly unfinished: readonly OpenChange[];
  readonly #options: WriterOptions;
  readonly #chain: Chain;
  readonly #journal: Journal;
  readonly #checkpoints: Checkpoints;
  readonly #anchors: AnchorPublisher;
  readonly #syncs = new SyncGroup(() => this.#sync());
  readonly #changes = new OpenChanges();
  #lost = { count: 0, from: 0 };
  #failures = 0;
  #lastError: string | undefined;
  #closing: Promise<void> | undefined;
  #closed = false;

  constructor(options: WriterOptions) {
    const { writer, keys, folder, host, io, clock } = options;
    this.writer = writer;
    this.signed = keys !== undefined;
    this.unfinished = options.unfinished;
    this.#options = options;
    const chain = new Chain(writer, keys?.signer.keyId ?? 'none', keys?.lineMac(writer));
    this.#chain = chain;
    this.#checkpoints = new Checkpoints({
      folder,
      host,
      chain,
      signer: keys?.signer,
      append: (detail) => this.#journal.append(serialiseEvent(this.#own('checkpoint', detail)), true),
      onDue: () => this.#tryCheckpoint(),
      onStored: (note) => this.#anchors.publish(note),
    });
    this.#journal = new Journal({
      folder,
      chain,
      io,
      now: () => clock.now(),
      beforeRotation: () => this.#checkpoints.append(this.#changes.list()),
      onRewind: () => this.#checkpoints.rewind(),
    });
    this.#anchors = new AnchorPublisher((detail) => void this.record(this.#own('anchor', detail)));
  }

  /** Line 0. @throws ToolError `audit_unavailable` when nothing can be written; the log is then closed */
  start(detail: Json): void {
    try {
      this.#appendOrTell(this.#own('log.start', detail));
    } catch (error) {
      this.#journal.abandon();
      this.#release();
      throw error;
    }
    this.#syncs.soon();
  }

  async durable(event: AuditEvent): Promise<void> {
    this.#appendOrTell(event);
    try {
      await this.#syncs.now();
    } catch (error) {
      this.#noteFailure(error);
      throw unavailable(error);
    }
  }

  record(event: AuditEvent): Promise<{ readonly written: boolean }> {
    try {
      this.#appendOrTell(event);
    } catch {
      // Counted already; the answer carries the warning.
      return Promise.resolve({ written: false });
    }
    this.#syncs.soon();
    return Promise.resolve({ written: true });
  }

  tag(value: Json): string {
    return this.#options.keys?.tag(value) ?? '';
  }

  status(): AuditStatus {
    const records = this.#chain.size;
    return {
      records,
      unsynced: records - this.#journal.safe.records,
      lost: this.#lost.count,
      failures: this.#failures + (this.#options.mark?.failures ?? 0) + this.#checkpoints.failures,
      checkpointSize: this.#checkpoints.storedSize,
      lastError: this.#lastError,
    };
  }

  registerAnchor(anchor: Anchor): () => void {
    return this.#anchors.register(anchor);
  }

  close(reason: string): Promise<void> {
    this.#closing ??= this.#close(reason);
    return this.#closing;
  }

  closeSync(reason: string, open: readonly AuditEvent[]): void {
    if (this.#closed) return;
    try {
      for (const event of open) {
        this.#append({ ...event, type: 'call.end', outcome: { ...event.outcome, result: 'unknown' } });
      }
      this.#appendEnd(reason);
      this.#options.mark?.renewNow(this.#markOf(this.#journal.syncNow(), true));
      this.#checkpoints.storeNow();
      unlinkSync(join(this.#options.folder, `${this.writer}.open`));
    } catch (error) {
      // The process is dying: what could be written is written, the rest shows as an end without log.stop.
      this.#noteFailure(error);
    }
    this.#release();
  }

  async #close(reason: string): Promise<void> {
    if (this.#closed) return;
    try {
      this.#appendEnd(reason);
      await this.#syncs.now();
      await this.#checkpoints.store(this.#journal.safe.records);
      await this.#options.mark?.renew(this.#markOf(this.#journal.safe, true));
      // A change without an end keeps the file, so that the next start names it.
      if (this.#changes.list().length === 0) await removeIfThere(this.#options.folder, `${this.writer}.open`);
    } catch (error) {
      // Told by the missing log.stop, which the next start and the verifier see.
      this.#noteFailure(error);
    }
    await this.#syncs.idle();
    await this.#anchors.idle();
    this.#release();
  }

  #appendEnd(reason: string): void {
    this.#append(this.#own('log.stop', { reason: reason.slice(0, 500) }));
    this.#checkpoints.append(this.#changes.list());
    this.#closed = true;
  }

  #release(): void {
    this.#closed = true;
    this.#checkpoints.stop();
    this.#syncs.stop();
    try {
      this.#journal.close();
      this.#options.mark?.close();
    } catch (error) {
      this.#noteFailure(error);
    }
  }

  #append(event: AuditEvent): void {
    if (this.#closed) throw new Error('the log is closed');
    const now = this.#options.clock.now();
    if (this.#lost.count > 0) {
      this.#journal.append(serialiseEvent(this.#own('log.gap', { ...this.#lost, to: now })));
      this.#lost = { count: 0, from: 0 };
    }
    this.#journal.append(serialiseEvent(this.#options.sealer?.seal(event) ?? event));
    this.#changes.follow(event, now);
    this.#checkpoints.count();
  }

  #appendOrTell(event: AuditEvent): void {
    try {
      this.#append(event);
    } catch (error) {
      const from = this.#lost.count === 0 ? this.#options.clock.now() : this.#lost.from;
      this.#lost = { count: this.#lost.count + 1, from };
      this.#noteFailure(error);
      throw unavailable(error);
    }
  }

  /** The record that made it due is written, so a failure here must not make that one look lost. */
  #tryCheckpoint(): void {
    try {
      if (!this.#closed) this.#checkpoints.append(this.#changes.list());
    } catch (error) {
      this.#noteFailure(error);
    }
    this.#syncs.soon();
  }

  async #sync(): Promise<void> {
    const safe = await this.#journal.sync();
    await this.#options.mark?.renew(this.#markOf(safe, false));
    // Its own failures are counted; nobody waits for the file.
    void this.#checkpoints.store(safe.records);
  }

  #markOf({ records, last }: SafePoint, closed: boolean): Mark {
    return { writer: this.writer, records, last, closed, checkpoint: this.#checkpoints.hasFile };
  }

  #own(type: EventType, detail: Json): AuditEvent {
    return { id: createUlid(this.#options.clock.now()), type, detail };
  }

  #noteFailure(error: unknown): void {
    this.#failures += 1;
    this.#lastError = error instanceof Error ? error.message : 'unknown failure';
  }
}

function unavailable(cause: unknown): ToolError {
  return new ToolError('audit_unavailable', 'The audit log cannot be written, so nothing may be changed', {
    hint: 'Free space or repair the audit folder (see check), then try again.',
    cause,
  });
}
