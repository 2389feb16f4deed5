import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../../define/plan.ts';
import { replaceFile } from '../files/folder.ts';
import { formatCheckpoint, writerOrigin } from '../format/checkpoint.ts';
import { checkpointMs, checkpointRecords } from '../format/limits.ts';
import { type NoteSigner, signNote } from '../format/note.ts';
import type { Chain } from './chain.ts';

export interface CheckpointsOptions {
  readonly folder: string;
  readonly host: string;
  readonly chain: Chain;
  readonly signer: NoteSigner | undefined;
  /** Appends a checkpoint record with this detail. */
  readonly append: (detail: { readonly [key: string]: Json }) => void;
  /** A checkpoint is due: after 256 records or 60 s. */
  readonly onDue: () => void;
  /** The newest signed checkpoint is in its file. */
  readonly onStored: (note: string) => void;
}

/** When a checkpoint is due, what it says, and its file `<writer>.checkpoint`. */
export class Checkpoints {
  readonly #options: CheckpointsOptions;
  #records = 0;
  #timer: NodeJS.Timeout | undefined;
  #newest = { size: 0, note: '' };
  #storedSize = 0;
  #hasFile = false;
  #storing: Promise<void> = Promise.resolve();
  failures = 0;

  constructor(options: CheckpointsOptions) {
    this.#options = options;
  }

  /** Size of the newest signed checkpoint in its file. */
  get storedSize(): number {
    return this.#storedSize;
  }

  /** The file exists, also after a loss of power. */
  get hasFile(): boolean {
    return this.#hasFile;
  }

  /** One more record stands in the log. */
  count(): void {
    this.#records += 1;
    if (this.#records >= checkpointRecords) this.#options.onDue();
    else this.#timer ??= setTimeout(this.#options.onDue, checkpointMs).unref();
  }

  /** @param open changes under way, so that a later start need not read further back than this record */
  append(open: readonly Json[]): void {
    const { chain, signer, host } = this.#options;
    this.stop();
    const { size, root } = { size: chain.size, root: chain.root() };
    const note = signer && signNote(formatCheckpoint({ origin: writerOrigin(host, chain.writer), size, root }), signer);
    this.#options.append(note === undefined ? { size, root, open } : { note, open });
    this.#records = 0;
    if (note !== undefined) this.#newest = { size, note };
  }

  /** Forgets a checkpoint whose records the disk has lost. */
  rewind(): void {
    this.#newest = { size: this.#storedSize, note: '' };
  }

  /** Stores the newest checkpoint once all that it covers is on disk: a file that ran ahead would read as truncation. */
  store(safeRecords: number): Promise<void> {
    const { size, note } = this.#newest;
    if (note === '' || size <= this.#storedSize || size > safeRecords) return this.#storing;
    this.#storedSize = size;
    this.#storing = this.#write(this.#storing, note);
    return this.#storing;
  }

  storeNow(): void {
    const { size, note } = this.#newest;
    if (note === '' || size <= this.#storedSize) return;
    const temporary = `${this.#path()}.${process.pid}.now`;
    writeFileSync(temporary, note, { mode: 0o600 });
    renameSync(temporary, this.#path());
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #write(before: Promise<void>, note: string): Promise<void> {
    await before;
    try {
      await replaceFile(this.#path(), note, !this.#hasFile);
      this.#hasFile = true;
      this.#options.onStored(note);
    } catch {
      // The record itself stands in the log; only its copy is older than it could be.
      this.failures += 1;
    }
  }

  #path(): string {
    return join(this.#options.folder, `${this.#options.chain.writer}.checkpoint`);
  }
}
