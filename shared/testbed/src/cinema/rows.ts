import { familyNames, genres, givenNames, places, reviewBodies, titleFirst, titleSecond } from './words.ts';

export interface CinemaSize {
  readonly cinemas: number;
  readonly days: number;
  readonly customers: number;
  readonly bookings: number;
  readonly reviews: number;
}

export const movieCount = titleFirst.length * titleSecond.length;
const screensPerCinema = 6;
const seatsPerScreen = 96;
const showsPerDay = 5;

/** Sizes at `scale` 1: about 200,000 bookings, 80 MB. Small scales keep enough rows for every plan to make sense. */
export function cinemaSize(scale: number): CinemaSize {
  return {
    cinemas: Math.max(3, Math.round(places.length * Math.min(1, scale))),
    days: 30,
    customers: Math.max(500, Math.round(20_000 * scale)),
    bookings: Math.max(5000, Math.round(210_000 * scale)),
    reviews: Math.max(500, Math.round(15_000 * scale)),
  };
}

function array(words: readonly string[]): string {
  return `ARRAY[${words.map((word) => `'${word}'`).join(',')}]`;
}

/** SQL for a whole number from 1 to `count`, drawn for row `i`; `skew` above 1 favours the low ones. */
function pick(count: number | string, salt: number, skew = 1): string {
  return `(1 + floor(${count} * power(pg_temp.dice(${salt}, i), ${skew})))::int`;
}

/** SQL for one of the words, drawn for row `i`. */
function word(words: readonly string[], salt: number): string {
  return `(${array(words)})[${pick(words.length, salt)}]`;
}

/** A throw of the dice in 0–1 that is the same on every version and machine, which random() is not. */
export function diceFunction(seed: number): string {
  return `CREATE FUNCTION pg_temp.dice(salt int, i bigint) RETURNS double precision LANGUAGE sql IMMUTABLE AS
    'SELECT (hashint8extended(i, ${Math.trunc(seed)} * 1000 + salt) & 2147483647) / 2147483648.0'`;
}

/**
 * Statements that fill the tables, in an order that a reader of the schema expects.
 * @param now the moment that the chain lives in: screenings lie in the 30 days before and the 7 after
 */
export function fillStatements(size: CinemaSize, now: Date): string[] {
  const moment = `timestamptz '${now.toISOString()}'`;
  const screens = size.cinemas * screensPerCinema;
  const shows = screens * showsPerDay * (size.days + 7);
  const family = familyNames.map(([name]) => name);
  const familyKana = familyNames.map(([, kana]) => kana);
  const given = givenNames.map(([name]) => name);
  const givenKana = givenNames.map(([, kana]) => kana);
  return [
    `INSERT INTO movies SELECT i, (${array(titleFirst)})[1 + (i - 1) % ${titleFirst.length}]
       || (${array(titleSecond)})[1 + (i - 1) / ${titleFirst.length}], ${word(genres, 1)}, 80 + ${pick(80, 2)},
       (${moment})::date - ${pick(400, 3)} FROM generate_series(1, ${movieCount}) i`,
    `INSERT INTO cinemas SELECT i, 'シネコム' || (${array(places.map(([, city]) => city))})[i],
       (${array(places.map(([prefecture]) => prefecture))})[i], (${array(places.map(([, city]) => city))})[i]
       FROM generate_series(1, ${size.cinemas}) i`,
    `INSERT INTO screens SELECT i, 1 + (i - 1) / ${screensPerCinema}, 1 + (i - 1) % ${screensPerCinema},
       ${word(['2D', '2D', '2D', 'IMAX', '4DX'], 4)} FROM generate_series(1, ${screens}) i`,
    `INSERT INTO seats SELECT i, 1 + (i - 1) / ${seatsPerScreen}, chr(65 + (i - 1) % ${seatsPerScreen} / 12), 1 + (i - 1) % 12
       FROM generate_series(1, ${screens * seatsPerScreen}) i`,
    `INSERT INTO screenings SELECT i, ${pick(movieCount, 5, 2.5)}, 1 + (i - 1) % ${screens},
       date_trunc('day', ${moment}) - interval '${size.days} days' + (i - 1) / ${screens * showsPerDay} * interval '1 day'
       + interval '9 hours' + (i - 1) / ${screens} % ${showsPerDay} * interval '160 minutes',
       (ARRAY[1200, 1500, 2000, 2000, 2600])[${pick(5, 6)}] FROM generate_series(1, ${shows}) i`,
    `INSERT INTO customers SELECT i, ${word(family, 7)} || ' ' || ${word(given, 8)},
       ${word(familyKana, 7)} || ' ' || ${word(givenKana, 8)}, 'kokyaku' || i || '@example.jp',
       '090-0000-' || lpad((i % 10000)::text, 4, '0'), ${word(
         places.map(([prefecture]) => prefecture),
         9,
       )},
       ${moment} - ${pick(1500, 10)} * interval '1 day', ${pick(30_000, 11, 3)} FROM generate_series(1, ${size.customers}) i`,
    `INSERT INTO bookings SELECT row_number() OVER (ORDER BY i), screening, customer,
       (screen - 1) * ${seatsPerScreen} + place, status, price, starts_at - ${pick(14 * 24 * 60, 12, 2)} * interval '1 minute'
       FROM (SELECT i, s.id AS screening, s.screen_id AS screen, s.price_yen AS price, s.starts_at,
               ${pick(size.customers, 13, 2)} AS customer, ${word(['used', 'used', 'used', 'confirmed', 'cancelled'], 14)} AS status,
               row_number() OVER (PARTITION BY s.id ORDER BY i) AS place
             FROM generate_series(1, ${size.bookings}) i JOIN screenings s ON s.id = ${pick(shows, 15, 1.2)}) drawn
       WHERE place <= ${seatsPerScreen}`,
    `INSERT INTO payments SELECT row_number() OVER (ORDER BY id), id, ${word(['card', 'card', 'cash', 'points', 'mobile'], 16)},
       amount_yen, booked_at + interval '40 seconds' FROM (SELECT *, id AS i FROM bookings WHERE status <> 'cancelled') b`,
    `INSERT INTO reviews SELECT i, ${pick(movieCount, 17, 2)}, ${pick(size.customers, 18, 2)}, ${pick(5, 19, 0.5)},
       ${word(reviewBodies, 20)}, ${moment} - ${pick(365 * 24, 21)} * interval '1 hour' FROM generate_series(1, ${size.reviews}) i`,
  ];
}
