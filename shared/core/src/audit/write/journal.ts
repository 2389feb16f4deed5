import { join } from 'node:path';
import type { Json } from '../../define/plan.ts';
import { segmentName } from '../files/names.ts';
import type { Digest } from '../format/hash.ts';
import { maxSegmentBytes } from '../format/limits.ts';
import { createUlid } from '../format/ulid.ts';
import type { Chain, ChainSnapshot } from './chain.ts';
import type { SegmentIo } from './segment-io.ts';

/** A length of the log that is on disk. */
export interface SafePoint {
  readonly records: number;
  readonly last: Digest;
}

export interface JournalOptions {
  readonly folder: string;
  readonly chain: Chain;
  readonly io: SegmentIo;
  readonly now: () => number;
  /** Called while the old segment can still be appended to. */
  readonly beforeRotation: () => void;
  /** Records after the last safe point were lost by the disk and will be written again. */
  readonly onRewind: () => void;
}

interface Entry {
  readonly json: string;
  readonly isCheckpoint: boolean;
}

interface Position extends SafePoint {
  readonly entries: number;
  readonly generation: number;
  readonly snapshot: ChainSnapshot;
  readonly segment: string;
  readonly bytes: number;
}

const dayMs = 86_400_000;

/**
 * The segments of one writer: appends, rotation, and what to do after a write error.
 *
 * An old segment is never appended to. After an error the next record opens a new one, which declares how much of the
 * old one counts; what was not yet safe is written again there.
 */
export class Journal {
  readonly #options: JournalOptions;
  #file: number | undefined;
  #segment = '';
  #index = -1;
  #bytes = 0;
  #day = 0;
  #broken = false;
  #diskLost = false;
  #rotating = false;
  #entries = 0;
  #generation = 0;
  /** Appended since the last safe point. */
  #unsafe: Entry[] = [];
  /** Lost by the disk, not yet written again. */
  #replay: Entry[] = [];
  /** The last closed segment that holds records, and how much of it counts. */
  #counted = { segment: '', size: 0 };
  #safe: Position;

  constructor(options: JournalOptions) {
    this.#options = options;
    this.#safe = this.#position();
  }

  get safe(): SafePoint {
    return this.#safe;
  }

  /** Writes one record into the page cache. @throws what the file system says; the record then does not exist */
  append(json: string, isCheckpoint = false): void {
    if (this.#broken || this.#file === undefined) this.#reopen();
    const { chain, now } = this.#options;
    let line = chain.prepare(json, now());
    if (!this.#rotating && this.#isFull(line.length - 1)) {
      this.#rotate();
      line = chain.prepare(json, now());
    }
    this.#write(line.subarray(1));
    chain.commit(line, isCheckpoint);
    this.#bytes += line.length - 1;
    this.#entries += 1;
    this.#unsafe.push({ json, isCheckpoint });
  }

  /** Brings everything appended so far to the disk. @throws when it may not be there */
  async sync(): Promise<SafePoint> {
    const position = this.#position();
    if (position.entries === this.#safe.entries) return this.#safe;
    if (this.#file === undefined || this.#broken) throw new Error('the last write failed');
    try {
      await this.#options.io.sync(this.#file);
    } catch (error) {
      // A rotation meanwhile has synced and closed this file: then nothing is lost.
      if (this.#safe.entries >= position.entries) return this.#safe;
      this.#broken = true;
      this.#diskLost = true;
      throw error;
    }
    if (position.generation !== this.#generation) throw new Error('the disk lost records, which are written again');
    this.#settle(position);
    return position;
  }

  syncNow(): SafePoint {
    if (this.#file === undefined || this.#broken) throw new Error('the last write failed');
    const position = this.#position();
    this.#options.io.syncNow(this.#file);
    this.#settle(position);
    return position;
  }

  close(): void {
    const file = this.#file;
    this.#file = undefined;
    if (file !== undefined) this.#options.io.close(file);
  }

  /** Closes, and removes a first segment that holds no record. */
  abandon(): void {
    const { folder, chain, io } = this.#options;
    this.close();
    if (chain.size === 0 && this.#segment !== '') io.remove(join(folder, this.#segment));
  }

  #isFull(more: number): boolean {
    return this.#bytes > 0 && (this.#bytes + more > maxSegmentBytes || dayOf(this.#options.now()) !== this.#day);
  }

  #rotate(): void {
    this.#rotating = true;
    try {
      this.#options.beforeRotation();
      this.syncNow();
      this.#counted = { segment: this.#segment, size: this.#bytes };
      this.close();
      this.#begin(dayOf(this.#options.now()) === this.#day ? 'size' : 'day');
    } catch (error) {
      this.#broken = true;
      throw error;
    } finally {
      this.#rotating = false;
    }
  }

  /** After an error, or for the first segment. */
  #reopen(): void {
    const wasRotating = this.#rotating;
    this.#rotating = true;
    try {
      if (this.#file !== undefined) this.#leaveBroken(this.#file);
      this.#begin('write-error');
      for (let next = this.#replay[0]; next !== undefined; next = this.#replay[0]) {
        this.append(next.json);
        this.#replay.shift();
      }
    } finally {
      this.#rotating = wasRotating;
    }
  }

  #leaveBroken(file: number): void {
    const left = this.#segment;
    try {
      // After one failed sync the kernel calls the lost pages clean: a second success would prove nothing.
      if (this.#diskLost) throw new Error('sync failed before');
      this.#options.io.syncNow(file);
      this.#settle(this.#position());
    } catch {
      this.#rewind();
    }
    try {
      this.close();
      if (this.#bytes > 0) this.#counted = { segment: this.#segment, size: this.#bytes };
      if (this.#counted.segment !== left) this.#options.io.remove(join(this.#options.folder, left));
    } catch {
      // The file holds no record that counts; where it cannot be removed, the next segment passes over it.
    }
  }

  #rewind(): void {
    const lost = this.#unsafe.filter((entry) => !entry.isCheckpoint);
    this.#replay = [...lost, ...this.#replay];
    this.#unsafe = [];
    this.#generation += 1;
    this.#options.chain.restore(this.#safe.snapshot);
    this.#segment = this.#safe.segment;
    this.#bytes = this.#safe.bytes;
    this.#entries = this.#safe.entries;
    this.#options.onRewind();
  }

  #begin(reason: 'size' | 'day' | 'write-error'): void {
    const { folder, chain, io, now } = this.#options;
    const name = segmentName(now(), chain.writer, this.#index + 1);
    this.#file = io.create(join(folder, name));
    this.#index += 1;
    this.#segment = name;
    this.#bytes = 0;
    this.#day = dayOf(now());
    this.#broken = false;
    this.#diskLost = false;
    if (this.#counted.segment !== '') this.append(rotation(reason, this.#counted, now()));
  }

  #write(bytes: Uint8Array): void {
    let done = 0;
    try {
      while (done < bytes.length) done += this.#options.io.write(this.#file ?? -1, bytes.subarray(done));
    } catch (error) {
      this.#broken = true;
      throw error;
    }
  }

  #position(): Position {
    const { chain } = this.#options;
    return {
      records: chain.size,
      last: chain.previous,
      entries: this.#entries,
      generation: this.#generation,
      snapshot: chain.snapshot(),
      segment: this.#segment,
      bytes: this.#bytes,
    };
  }

  #settle(position: Position): void {
    if (position.entries <= this.#safe.entries) return;
    this.#unsafe = this.#unsafe.slice(position.entries - this.#safe.entries);
    this.#safe = position;
  }
}

function dayOf(time: number): number {
  return Math.floor(time / dayMs);
}

function rotation(reason: string, previous: Record<string, Json>, now: number): string {
  return JSON.stringify({ id: createUlid(now), type: 'log.rotate', detail: { reason, previous } });
}
