import { closeSync, fdatasync, fdatasyncSync, openSync, unlinkSync, writeSync } from 'node:fs';

/** The few file operations of the writer, so that tests can fill the disk. */
export interface SegmentIo {
  /** Creates exclusively, mode 0600. */
  create(path: string): number;
  /** @returns bytes written, perhaps fewer than asked for */
  write(file: number, bytes: Uint8Array): number;
  sync(file: number): Promise<void>;
  syncNow(file: number): void;
  close(file: number): void;
  remove(path: string): void;
}

/**
 * Appends go to the page cache in place (about 10 µs), so a record is in the file before anything else can happen;
 * only the wait for the disk is asynchronous.
 */
export const fileIo: SegmentIo = {
  create: (path) => openSync(path, 'ax', 0o600),
  write: (file, bytes) => writeSync(file, bytes),
  sync: (file) =>
    new Promise((resolve, reject) => {
      fdatasync(file, (error) => {
        if (error === null) resolve();
        else reject(error);
      });
    }),
  syncNow: fdatasyncSync,
  close: closeSync,
  remove: unlinkSync,
};
