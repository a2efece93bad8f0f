# Indexes: how they are written, named, renamed and dropped; what a unique one refuses.

== names and forms
+ CREATE TABLE t (id int PRIMARY KEY, a int, b text, c jsonb, d timestamptz, "E f" text)
+ INSERT INTO t VALUES (1, 1, 'x', '{"k": 1}', '2024-01-01 10:00+00', 'q'), (2, 2, 'Y', '{}', NULL, NULL)
CREATE INDEX ON t (a)
CREATE INDEX ON t (a)
CREATE INDEX ON t (a, b)
CREATE INDEX ON t (lower(b))
CREATE INDEX ON t ((a + 1))
CREATE INDEX ON t ((a + 1), (a + 2), lower(b))
CREATE INDEX ON t ("E f")
CREATE INDEX t_a_idx2 ON t (a DESC NULLS LAST, b ASC NULLS FIRST)
CREATE INDEX t_a_idx ON t (a)
CREATE INDEX IF NOT EXISTS t_a_idx ON t (b)
CREATE INDEX IF NOT EXISTS ON t (b)
CREATE INDEX t_inc ON t (a) INCLUDE (b, d)
CREATE UNIQUE INDEX t_inc_u ON t (a) INCLUDE (b)
INSERT INTO t (id, a) VALUES (3, 1)
CREATE INDEX t_ops ON t (b text_pattern_ops)
CREATE INDEX t_ops2 ON t (b varchar_pattern_ops)
CREATE INDEX t_ops3 ON t (b nope_ops)
CREATE INDEX t_ops4 ON t (a text_pattern_ops)
CREATE INDEX t_hash ON t USING hash (b)
CREATE INDEX t_hash2 ON t USING hash (a, b)
CREATE UNIQUE INDEX t_hash3 ON t USING hash (b)
CREATE INDEX t_gin ON t USING gin (c)
CREATE INDEX t_gin2 ON t USING gin (c jsonb_path_ops)
CREATE INDEX t_gin3 ON t USING gin (a)
CREATE INDEX t_gin4 ON t USING gin (b)
CREATE INDEX t_gist ON t USING gist (b)
CREATE INDEX t_brin ON t USING brin (d)
CREATE INDEX t_nope ON t USING nope (b)
CREATE INDEX t_with ON t (a) WITH (fillfactor = 70)
CREATE INDEX t_ts ON t (a) TABLESPACE pg_default
CREATE INDEX t_ts2 ON t (a) TABLESPACE nowhere
CREATE INDEX t_only ON ONLY t (a)
CREATE INDEX t_coll ON t (b COLLATE "C")
CREATE INDEX t_coll2 ON t (b COLLATE "nope")
CREATE INDEX t_coll3 ON t (a COLLATE "C")
CREATE INDEX t_where ON t (a) WHERE b IS NOT NULL AND a > 0
CREATE INDEX CONCURRENTLY t_conc ON t (a)
CREATE INDEX CONCURRENTLY IF NOT EXISTS t_conc ON t (a)
DROP INDEX CONCURRENTLY t_conc
BEGIN
CREATE INDEX CONCURRENTLY t_conc ON t (a)
ROLLBACK
BEGIN
DROP INDEX CONCURRENTLY t_a_idx
ROLLBACK
BEGIN
REINDEX TABLE CONCURRENTLY t
ROLLBACK
REINDEX TABLE CONCURRENTLY t
DROP INDEX t_a_idx, t_a_idx1, t_a_b_idx, t_lower_idx, t_expr_idx
DROP INDEX t_expr_expr1_lower_idx, "t_E f_idx"
DROP INDEX t_a_idx
DROP INDEX t
DROP TABLE t_inc
SELECT * FROM t_inc

== mistakes
+ CREATE TABLE t (id int PRIMARY KEY, a int, b text, c json, d timestamptz)
CREATE INDEX i ON t (nope)
CREATE INDEX i ON t (a, nope)
CREATE INDEX i ON t (lower(nope))
CREATE INDEX i ON nope (a)
CREATE INDEX i ON t (c)
CREATE UNIQUE INDEX i ON t (c)
CREATE INDEX i ON t ((now()))
CREATE INDEX i ON t ((random()))
CREATE INDEX i ON t (date(d))
CREATE INDEX i ON t (date_trunc('day', d))
CREATE INDEX i ON t (date_trunc('day', d, 'UTC'))
CREATE INDEX j ON t ((d::date))
CREATE INDEX j ON t (((d AT TIME ZONE 'UTC')::date))
CREATE INDEX k ON t (a) WHERE d > now()
CREATE INDEX k ON t (a) WHERE a
CREATE INDEX k ON t (a) WHERE nope
CREATE INDEX k ON t (a) WHERE (SELECT true)
CREATE INDEX k ON t ((SELECT 1))
CREATE INDEX k ON t (count(*))
CREATE INDEX k ON t (sum(a))
CREATE INDEX k ON t (row_number() OVER ())
CREATE INDEX k ON t (generate_series(1, a))
CREATE INDEX k ON t (a) INCLUDE (nope)
CREATE INDEX k ON t (a) INCLUDE (lower(b))
CREATE INDEX t ON t (a)
CREATE INDEX k ON t (a, a)
CREATE INDEX k2 ON t (a) WITH (nope = 1)
CREATE INDEX k2 ON t_pkey (a)
CREATE SEQUENCE sq
CREATE INDEX k2 ON sq (a)
CREATE INDEX sq ON t (a)
CREATE INDEX nope.k2 ON t (a)
CREATE INDEX k2 ON nope.t (a)

== unique ones
+ CREATE TABLE u (id serial PRIMARY KEY, email text, org int, gone boolean DEFAULT false, n numeric)
+ INSERT INTO u (email, org, n) VALUES ('Ann@x.org', 1, 1.0), ('bob@x.org', 1, 2)
CREATE UNIQUE INDEX u_email ON u (lower(email)) WHERE NOT gone
INSERT INTO u (email) VALUES ('ANN@x.org')
INSERT INTO u (email, gone) VALUES ('ANN@x.org', true) RETURNING id
UPDATE u SET gone = false
UPDATE u SET gone = true WHERE id = 1
INSERT INTO u (email) VALUES ('ann@X.org') ON CONFLICT (lower(email)) WHERE NOT gone DO NOTHING RETURNING id
INSERT INTO u (email) VALUES ('ann@X.org') ON CONFLICT (lower(email)) WHERE NOT gone DO UPDATE SET org = 9 RETURNING id, org
INSERT INTO u (email) VALUES ('ann@X.org') ON CONFLICT (email) DO NOTHING
INSERT INTO u (email) VALUES ('ann@X.org') ON CONFLICT (lower(email)) DO NOTHING
CREATE UNIQUE INDEX u_org ON u (org)
CREATE UNIQUE INDEX u_n ON u (n DESC)
INSERT INTO u (email, n) VALUES ('c', 1.00)
CREATE UNIQUE INDEX u_two ON u (org, (n + 1)) WHERE org > 1
INSERT INTO u (email, org, n) VALUES ('d', 5, 50), ('e', 5, 50.0)
DROP INDEX u_n
INSERT INTO u (email, org, n) VALUES ('d', 5, 50), ('e', 5, 50.0)
INSERT INTO u (email, org, n) VALUES ('f', 1, 2), ('g', 1, 2) RETURNING org, n
BEGIN
DROP INDEX u_email
INSERT INTO u (email) VALUES ('bob@x.org') RETURNING email
CREATE UNIQUE INDEX u_email ON u (lower(email))
ROLLBACK
INSERT INTO u (email) VALUES ('bob@x.org')
BEGIN
CREATE UNIQUE INDEX u_third ON u (email)
SAVEPOINT s
INSERT INTO u (email) VALUES ('Ann@x.org')
ROLLBACK TO s
INSERT INTO u (email) VALUES ('New') RETURNING email
ROLLBACK
CREATE UNIQUE INDEX u_third ON u (email, id)
ALTER INDEX u_third RENAME TO u_fourth
DROP INDEX u_third
DROP INDEX u_fourth
ALTER TABLE u_email RENAME TO u_mail
INSERT INTO u (email) VALUES ('BOB@x.org')
ALTER INDEX u_mail SET (fillfactor = 80)
ALTER INDEX u RENAME TO v
ALTER TABLE u DROP CONSTRAINT u_mail
ALTER INDEX u_pkey RENAME TO u_pk
INSERT INTO u (id) VALUES (1)
ALTER TABLE u DROP CONSTRAINT u_pkey
ALTER TABLE u DROP CONSTRAINT u_pk
INSERT INTO u (id) VALUES (1) RETURNING id
CREATE UNIQUE INDEX u_id ON u (id)

== indexes that come and go
+ CREATE SCHEMA app
+ CREATE TABLE app.t (id int PRIMARY KEY, a int, b text, tags text[], j jsonb, at timestamptz)
+ INSERT INTO app.t SELECT g, g % 3, 'b' || g, ARRAY['x'], '{"k": 1}', '2024-01-01' FROM generate_series(1, 6) g
CREATE INDEX ON app.t (b)
CREATE INDEX t_b_idx ON app.t (a)
CREATE INDEX t_b_idx ON public.t (a)
CREATE INDEX gin_tags ON app.t USING gin (tags)
CREATE INDEX gin_j ON app.t USING gin ((j -> 'k'))
CREATE INDEX gin_j2 ON app.t USING gin ((j -> 'k') jsonb_path_ops)
CREATE INDEX at_day ON app.t ((at AT TIME ZONE 'UTC'))
CREATE INDEX at_date ON app.t (date_trunc('day', at AT TIME ZONE 'UTC'))
CREATE UNIQUE INDEX uniq_part ON app.t (a) WHERE a = 1
CREATE UNIQUE INDEX uniq_part ON app.t (a) WHERE id = 1
INSERT INTO app.t (id, a) VALUES (7, 1) RETURNING id
UPDATE app.t SET id = 1 WHERE id = 7
SELECT id FROM app.t WHERE tags @> ARRAY['x'] AND j @> '{"k": 1}' ORDER BY id
INSERT INTO app.t (id, a) VALUES (1, 5) ON CONFLICT ON CONSTRAINT t_pkey DO UPDATE SET a = 50 RETURNING a
INSERT INTO app.t (id, a) VALUES (1, 5) ON CONFLICT ON CONSTRAINT uniq_part DO NOTHING
ALTER INDEX app.uniq_part RENAME TO uniq2
ALTER INDEX app.nope RENAME TO uniq3
ALTER INDEX nope.nope RENAME TO uniq3
DROP INDEX uniq2
DROP INDEX app.uniq2, app.gin_tags
DROP INDEX IF EXISTS app.uniq2, nope.x
DROP INDEX nope.x
SET search_path TO app
DROP INDEX gin_j
CREATE INDEX later ON t (a) INCLUDE (b)
REINDEX INDEX later
REINDEX TABLE app.t
REINDEX SCHEMA app
REINDEX SCHEMA nope
CLUSTER t USING nope
ALTER TABLE t CLUSTER ON later
ALTER TABLE t DROP COLUMN b
SELECT indexname FROM pg_indexes WHERE schemaname = 'app' ORDER BY 1
ALTER TABLE t DROP COLUMN at
SELECT indexname FROM pg_indexes WHERE schemaname = 'app' ORDER BY 1
DROP INDEX gin_j2
ALTER TABLE t ALTER COLUMN j TYPE json USING j::json
ALTER TABLE t ALTER COLUMN tags TYPE text USING tags[1]
ALTER TABLE t RENAME TO tt
SELECT indexname, tablename FROM pg_indexes WHERE schemaname = 'app' ORDER BY 1
DROP TABLE tt
SELECT count(*) FROM pg_indexes WHERE schemaname = 'app'
ANALYZE nope
VACUUM FULL
VACUUM (nope)
VACUUM (FULL, ANALYZE)

== the widest table
+ CREATE TABLE u (a int, b int, c int, d int)
+ INSERT INTO u VALUES (1, 1, 1, 1)
CREATE UNIQUE INDEX u1 ON u (a, b)
CREATE UNIQUE INDEX u2 ON u (b, c) WHERE d > 0
CREATE UNIQUE INDEX u3 ON u ((a + b), c)
CREATE UNIQUE INDEX u4 ON u (d DESC)
INSERT INTO u VALUES (1, 1, 1, 1)
INSERT INTO u VALUES (2, 1, 1, 1)
INSERT INTO u VALUES (0, 2, 1, 2)
INSERT INTO u VALUES (5, 5, 5, 1)
INSERT INTO u VALUES (2, 1, 1, -1) RETURNING *
UPDATE u SET d = 1 WHERE d = -1
UPDATE u SET a = 1, d = 5 WHERE d = -1
INSERT INTO u VALUES (1, 1, 1, 1) ON CONFLICT (d) DO UPDATE SET c = 100 RETURNING *
INSERT INTO u VALUES (1, 1, 7, 7) ON CONFLICT (b, a) DO UPDATE SET c = u.c + 1 RETURNING *
INSERT INTO u VALUES (1, 1, 7, 7) ON CONFLICT ((a + b), c) DO NOTHING
INSERT INTO u VALUES (0, 2, 1, 9) ON CONFLICT ((b + a), c) DO NOTHING
INSERT INTO u VALUES (1, 1, 7, 7) ON CONFLICT (b, c) DO NOTHING
INSERT INTO u VALUES (7, 1, 101, 7) ON CONFLICT (b, c) WHERE d > 0 DO NOTHING RETURNING d
refused> INSERT INTO u VALUES (8, 1, 101, 8) ON CONFLICT (b, c) WHERE d > 5 DO NOTHING RETURNING d

== the order on disk [refused]
+ CREATE TABLE t (id int PRIMARY KEY, a int, j jsonb)
+ CREATE INDEX later ON t (a)
+ CREATE INDEX g ON t USING gin (j jsonb_path_ops)
+ INSERT INTO t VALUES (1, 2), (2, 1)
CLUSTER t USING t_pkey
ALTER TABLE t ALTER COLUMN j TYPE json USING j::json
CLUSTER t USING later
SELECT * FROM t
