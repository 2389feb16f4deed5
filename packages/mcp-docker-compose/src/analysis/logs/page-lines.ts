export interface LinePage<Row> {
  /** In the order in which they were given. */
  readonly rows: readonly Row[];
  /** Where the next page begins; undefined on the last. */
  readonly next: number | undefined;
}

export interface PageRoom<Row> {
  readonly start: number;
  readonly limit: number;
  /** Characters of a page. */
  readonly room: number;
  readonly sizeOf: (row: Row) => number;
}

/** Rows from `start` on, as many as limit and room allow, at least one. */
export function pageFromFirst<Row>(all: readonly Row[], options: PageRoom<Row>): LinePage<Row> {
  const { start, limit, room, sizeOf } = options;
  const rows: Row[] = [];
  let size = 0;
  for (const row of all.slice(start, start + limit)) {
    size += sizeOf(row);
    if (rows.length > 0 && size > room) break;
    rows.push(row);
  }
  const next = start + rows.length;
  return { rows, next: next < all.length ? next : undefined };
}

/** The same counted from the end: the newest lines first, each page in its own order. */
export function pageFromLast<Row>(all: readonly Row[], options: PageRoom<Row>): LinePage<Row> {
  const { rows, next } = pageFromFirst(all.toReversed(), options);
  return { rows: rows.toReversed(), next };
}
