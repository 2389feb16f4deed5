/** What an ordinary application's database looks like. */
export const ORDINARY_SEED = `
CREATE EXTENSION pg_stat_statements;
CREATE EXTENSION pg_trgm;
CREATE EXTENSION citext;
CREATE EXTENSION hstore;
CREATE EXTENSION ltree;
CREATE EXTENSION unaccent;
CREATE EXTENSION "uuid-ossp";
CREATE EXTENSION pgstattuple;
CREATE EXTENSION pgcrypto;
CREATE EXTENSION cube;
CREATE SCHEMA app;
CREATE TYPE app.state AS ENUM ('open', 'paid', 'sent');
CREATE DOMAIN app.email AS citext CHECK (VALUE ~ '^[^@]+@[^@]+$');
CREATE TABLE app.customers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, mail app.email, path ltree, attributes hstore, place cube);
CREATE TABLE app.orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id bigint REFERENCES app.customers, amount numeric(12,2), state app.state,
  created_at timestamptz NOT NULL, tags text[], doc jsonb, words tsvector GENERATED ALWAYS AS (to_tsvector('simple', coalesce(doc->>'note', ''))) STORED);
CREATE INDEX ON app.orders (lower(doc->>'note'));
CREATE INDEX ON app.orders (created_at) WHERE state <> 'sent';
CREATE TABLE app.measures (at timestamptz NOT NULL, host text, value float8) PARTITION BY RANGE (at);
CREATE TABLE app.measures_2026 PARTITION OF app.measures FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE app.measures_rest PARTITION OF app.measures DEFAULT;
CREATE TABLE app.tree (id int PRIMARY KEY, parent int REFERENCES app.tree, title text);
CREATE TABLE app."注文" ("番号" int PRIMARY KEY, "氏名" text, "金額" int);
CREATE TABLE app.tenants (tenant int, secret text);
ALTER TABLE app.tenants ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON app.tenants USING (tenant = coalesce(nullif(current_setting('app.tenant', true), ''), '1')::int);
CREATE VIEW app.paid AS SELECT o.*, c.name FROM app.orders o JOIN app.customers c ON c.id = o.customer_id WHERE o.state = 'paid';
CREATE MATERIALIZED VIEW app.totals AS SELECT customer_id, sum(amount) AS total FROM app.orders GROUP BY 1;
CREATE FUNCTION app.order_total(bigint) RETURNS numeric LANGUAGE sql STABLE AS 'SELECT sum(amount) FROM app.orders WHERE customer_id = $1';
INSERT INTO app.customers (name, mail, path, attributes, place) SELECT 'customer ' || i, 'c' || i || '@example.com', ('top.n' || i)::ltree, hstore('tier', 'gold'), cube(i) FROM generate_series(1, 20) i;
INSERT INTO app.orders (customer_id, amount, state, created_at, tags, doc) SELECT 1 + i % 20, i * 1.5, (ARRAY['open','paid','sent'])[1 + i % 3]::app.state,
  timestamptz '2026-01-01 00:00+00' + i * interval '7 hours', ARRAY['t' || i % 4], jsonb_build_object('note', 'Note ' || i, 'n', i, 'items', jsonb_build_array(i, i + 1)) FROM generate_series(1, 500) i;
INSERT INTO app.measures SELECT timestamptz '2026-03-01 00:00+00' + i * interval '5 minutes', 'host' || i % 3, i % 17 FROM generate_series(1, 500) i;
INSERT INTO app.tree VALUES (1, NULL, 'root'), (2, 1, 'left'), (3, 1, 'right'), (4, 2, 'leaf');
INSERT INTO app."注文" VALUES (1, '山田太郎', 1200), (2, '佐藤花子', 3400);
INSERT INTO app.tenants VALUES (1, 'one'), (2, 'two');
REFRESH MATERIALIZED VIEW app.totals;
VACUUM (FREEZE, ANALYZE);
`;

/** What `pg_read_all_data` gives from 14 on. */
export const READING_GRANTS = `
GRANT USAGE ON SCHEMA app TO PUBLIC;
GRANT SELECT ON ALL TABLES IN SCHEMA app TO PUBLIC;
`;
