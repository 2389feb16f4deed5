/** Longest line without its newline, bytes. */
export const maxLineBytes = 60 * 1024;

/** A segment is closed at the first record that would take it past this, bytes. */
export const maxSegmentBytes = 64 * 1024 * 1024;

/** A checkpoint is due after so many records, or after so long since the first of them, ms. */
export const checkpointRecords = 256;
export const checkpointMs = 60_000;

/** Records that nobody waits for are synced together: after so many, or so long, ms. */
export const syncRecords = 64;
export const syncMs = 50;
