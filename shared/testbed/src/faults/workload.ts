import { movieCount } from '../cinema/rows.ts';
import type { PostgresServer } from '../postgres/types.ts';
import { openSession, type Handle, type SessionOptions } from './session.ts';

export interface WorkloadOptions extends SessionOptions {
  readonly database: string;
  /** Statements to run, in all. */
  readonly calls: number;
  readonly seed?: number;
}

export interface Workload extends Handle {
  /** Calls made of each statement, by its id, when all are made or the workload was ended. */
  readonly done: Promise<Readonly<Record<string, number>>>;
}

export interface WorkloadStatement {
  readonly id: string;
  /** Share among all calls, relative to the others. */
  readonly weight: number;
  readonly sql: string;
  /** Upper bounds of its parameters, each drawn from 1 on. */
  readonly bounds: readonly number[];
}

/** What the chain's applications ask all day. `seat-map` and `revenue` read whole tables: planted faults. */
export const workloadStatements: readonly WorkloadStatement[] = [
  {
    id: 'customer',
    weight: 40,
    sql: 'SELECT name, points FROM customers WHERE id = $1',
    bounds: [500],
  },
  {
    id: 'programme',
    weight: 25,
    sql: 'SELECT s.id, s.starts_at, m.title FROM screenings s JOIN movies m ON m.id = s.movie_id WHERE s.movie_id = $1 ORDER BY s.starts_at LIMIT 20',
    bounds: [movieCount],
  },
  {
    id: 'seat-map',
    weight: 25,
    sql: "SELECT seat_id FROM bookings WHERE screening_id = $1 AND status <> 'cancelled'",
    bounds: [1000],
  },
  {
    id: 'my-bookings',
    weight: 8,
    sql: 'SELECT b.id, b.status, p.method FROM bookings b LEFT JOIN payments p ON p.booking_id = b.id WHERE b.customer_id = $1',
    bounds: [500],
  },
  {
    id: 'revenue',
    weight: 2,
    sql: 'SELECT c.name, sum(b.amount_yen) FROM bookings b JOIN screenings s ON s.id = b.screening_id JOIN screens r ON r.id = s.screen_id JOIN cinemas c ON c.id = r.cinema_id WHERE b.amount_yen > $1 GROUP BY c.name ORDER BY 2 DESC',
    bounds: [1000],
  },
];

/** Mulberry32: small, and the same everywhere. */
export function createDice(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function draw(dice: () => number): WorkloadStatement {
  let left = dice() * workloadStatements.reduce((sum, { weight }) => sum + weight, 0);
  for (const statement of workloadStatements) {
    left -= statement.weight;
    if (left < 0) return statement;
  }
  throw new RangeError('the dice gave 1 or more');
}

/** Runs `calls` statements one after another on one connection; the same seed asks the same questions. */
export async function runWorkload(server: PostgresServer, options: WorkloadOptions): Promise<Workload> {
  const { calls, seed = 1 } = options;
  const session = await openSession(server, { applicationName: 'cinema-web', ...options });
  const dice = createDice(seed);
  const counts: Record<string, number> = {};
  const ending = new AbortController();
  async function work(): Promise<Readonly<Record<string, number>>> {
    try {
      for (let call = 0; call < calls && !ending.signal.aborted; call += 1) {
        const { id, sql, bounds } = draw(dice);
        await session.client.query(
          sql,
          bounds.map((bound) => 1 + Math.floor(dice() * bound)),
        );
        counts[id] = (counts[id] ?? 0) + 1;
      }
      return counts;
    } finally {
      await session.end();
    }
  }
  const done = work();
  done.catch(() => undefined); // reported to whoever awaits it; not an unhandled rejection before
  return {
    done,
    async end() {
      ending.abort();
      await done.catch(() => undefined);
    },
  };
}
