/** Tables of a cinema chain. Foreign keys and indexes come after the rows: that is faster. */
export const tables = `
CREATE TABLE movies (
  id int PRIMARY KEY, title text NOT NULL, genre text NOT NULL, minutes int NOT NULL, released date NOT NULL);
CREATE TABLE cinemas (
  id int PRIMARY KEY, name text NOT NULL, prefecture text NOT NULL, city text NOT NULL);
CREATE TABLE screens (
  id int PRIMARY KEY, cinema_id int NOT NULL, number int NOT NULL, kind text NOT NULL);
CREATE TABLE seats (
  id int PRIMARY KEY, screen_id int NOT NULL, line text NOT NULL, number int NOT NULL);
CREATE TABLE screenings (
  id int PRIMARY KEY, movie_id int NOT NULL, screen_id int NOT NULL, starts_at timestamptz NOT NULL, price_yen int NOT NULL);
CREATE TABLE customers (
  id int PRIMARY KEY, name text NOT NULL, kana text NOT NULL, email text NOT NULL, phone text NOT NULL,
  prefecture text NOT NULL, joined_at timestamptz NOT NULL, points int NOT NULL);
CREATE TABLE bookings (
  id bigint PRIMARY KEY, screening_id int NOT NULL, customer_id int NOT NULL, seat_id int NOT NULL,
  status text NOT NULL, amount_yen int NOT NULL, booked_at timestamptz NOT NULL);
CREATE TABLE payments (
  id bigint PRIMARY KEY, booking_id bigint NOT NULL, method text NOT NULL, amount_yen int NOT NULL, paid_at timestamptz NOT NULL);
CREATE TABLE reviews (
  id int PRIMARY KEY, movie_id int NOT NULL, customer_id int NOT NULL, stars int NOT NULL, body text NOT NULL,
  written_at timestamptz NOT NULL);
`;

/** All that the schema should have; the faults of planted.ts are what it should not, or lacks. */
export const constraints = `
ALTER TABLE screens ADD FOREIGN KEY (cinema_id) REFERENCES cinemas;
ALTER TABLE seats ADD FOREIGN KEY (screen_id) REFERENCES screens;
ALTER TABLE screenings ADD FOREIGN KEY (movie_id) REFERENCES movies, ADD FOREIGN KEY (screen_id) REFERENCES screens;
ALTER TABLE bookings ADD FOREIGN KEY (screening_id) REFERENCES screenings, ADD FOREIGN KEY (customer_id) REFERENCES customers,
  ADD FOREIGN KEY (seat_id) REFERENCES seats;
ALTER TABLE payments ADD FOREIGN KEY (booking_id) REFERENCES bookings;
ALTER TABLE reviews ADD FOREIGN KEY (movie_id) REFERENCES movies, ADD FOREIGN KEY (customer_id) REFERENCES customers;
CREATE INDEX screens_cinema_id_idx ON screens (cinema_id);
CREATE INDEX seats_screen_id_idx ON seats (screen_id);
CREATE INDEX screenings_movie_id_starts_at_idx ON screenings (movie_id, starts_at);
CREATE INDEX screenings_screen_id_idx ON screenings (screen_id);
CREATE INDEX bookings_customer_id_idx ON bookings (customer_id);
CREATE INDEX bookings_seat_id_idx ON bookings (seat_id);
CREATE INDEX payments_booking_id_idx ON payments (booking_id);
CREATE INDEX reviews_movie_id_idx ON reviews (movie_id);
CREATE INDEX reviews_customer_id_idx ON reviews (customer_id);
`;
