# Tables made after others: CREATE TABLE AS, SELECT INTO, LIKE, temporary tables; comments.

== create table as
+ CREATE TABLE t (id serial PRIMARY KEY, name varchar(20) NOT NULL, price numeric(10,2) DEFAULT 1)
+ INSERT INTO t (name, price) VALUES ('a', 1.5), ('b', 2.25), ('c', 3)
CREATE TABLE copy AS SELECT * FROM t
SELECT * FROM copy ORDER BY id
INSERT INTO copy VALUES (NULL, NULL, NULL)
INSERT INTO copy (name) VALUES ('this name is much too long for it')
CREATE TABLE copy AS SELECT 1
CREATE TABLE IF NOT EXISTS copy AS SELECT 1 AS one
CREATE TABLE named (key, label) AS SELECT id, name FROM t WHERE price > 2
SELECT * FROM named ORDER BY key
CREATE TABLE named2 (a, b, c) AS SELECT id, name FROM t
CREATE TABLE named2 (a) AS SELECT id, name FROM t
SELECT * FROM named2 ORDER BY a
CREATE TABLE empty AS SELECT id, price FROM t WITH NO DATA
SELECT * FROM empty
INSERT INTO empty VALUES (1, 1.239)
SELECT price FROM empty
CREATE TABLE calc AS SELECT 1 AS i, 'x' AS s, 2.5 AS n, now() IS NULL AS b, NULL AS nothing, ARRAY['q'] AS list, '{"a":1}'::jsonb AS j, 1.5::float8 AS f
SELECT * FROM calc
CREATE TABLE agg AS SELECT count(*) AS n, sum(price) FROM t
SELECT * FROM agg
CREATE TABLE dup AS SELECT id, id FROM t
CREATE TABLE bad AS SELECT 1/0 AS x
CREATE TABLE bad AS SELECT * FROM nothing
SELECT * FROM bad
CREATE TABLE vals AS VALUES (1, 'a'), (2, 'b')
SELECT * FROM vals
CREATE TABLE tab AS TABLE t
SELECT count(*) FROM tab
CREATE TABLE cte AS WITH x AS (SELECT name FROM t) SELECT * FROM x UNION SELECT 'z' ORDER BY 1
SELECT * FROM cte ORDER BY name
SELECT id, name INTO picked FROM t WHERE id < 3 ORDER BY id
SELECT * FROM picked ORDER BY id
SELECT 1 AS one INTO picked
SELECT price, count(*) AS n INTO TEMP counted FROM t GROUP BY price
SELECT * FROM counted ORDER BY price
BEGIN
CREATE TABLE gone AS SELECT * FROM t
SELECT count(*) FROM gone
ROLLBACK
SELECT count(*) FROM gone
CREATE TABLE par AS SELECT $1::int AS x
    <- 5
CREATE TABLE counted_seq AS SELECT nextval('t_id_seq') AS n
SELECT * FROM counted_seq
script> CREATE TABLE s1 AS SELECT 1 AS a; CREATE TABLE s2 AS SELECT a + 1 AS b FROM s1
SELECT * FROM s2

== like
+ CREATE TABLE src (id serial PRIMARY KEY, code text NOT NULL DEFAULT 'x', n int CHECK (n > 0), twice int GENERATED ALWAYS AS (n * 2) STORED, k int GENERATED ALWAYS AS IDENTITY, CONSTRAINT src_code UNIQUE (code))
+ CREATE INDEX src_n ON src (n) WHERE n > 5
CREATE TABLE plain (LIKE src)
INSERT INTO plain (id, code, n, twice, k) VALUES (1, 'a', -5, 7, 7) RETURNING *
INSERT INTO plain (id) VALUES (2)
INSERT INTO plain (code, k) VALUES ('a', 1)
INSERT INTO plain (id, code) VALUES (2, 'a')
CREATE TABLE full_copy (LIKE src INCLUDING ALL)
INSERT INTO full_copy (n) VALUES (5) RETURNING *
INSERT INTO full_copy (n) VALUES (6)
INSERT INTO full_copy (code, n) VALUES ('b', -6)
INSERT INTO full_copy (code, n, k) VALUES ('b', 6, 6)
INSERT INTO full_copy (id, code, n) VALUES (1, 'b', 6)
CREATE TABLE dflt (LIKE src INCLUDING DEFAULTS, extra int)
INSERT INTO dflt (n, k) VALUES (-1, 1) RETURNING id > 0 AS id, code, n, twice, extra
CREATE TABLE cons (a int, LIKE src INCLUDING CONSTRAINTS INCLUDING INDEXES EXCLUDING DEFAULTS)
INSERT INTO cons (a, id, code, k, n) VALUES (1, 1, 'x', 1, -1)
INSERT INTO cons (a, id, code, k, n) VALUES (1, 1, 'x', 1, 1) RETURNING *
INSERT INTO cons (a, id, code, k, n) VALUES (1, 2, 'x', 1, 1)
INSERT INTO cons (a, id, code, k, n) VALUES (1, 1, 'y', 1, 1)
CREATE TABLE gen (LIKE src INCLUDING GENERATED INCLUDING IDENTITY)
INSERT INTO gen (id, code, n) VALUES (1, 'q', 4) RETURNING *
CREATE TABLE twice (LIKE src, code text)
CREATE TABLE missing (LIKE nothing)
CREATE TABLE missing (LIKE src INCLUDING ALL, PRIMARY KEY (n))
CREATE VIEW v AS SELECT id, code FROM src
CREATE TABLE of_view (LIKE v)
INSERT INTO of_view VALUES (NULL, 'x') RETURNING *
CREATE TABLE src (LIKE src)
DROP TABLE src
DROP TABLE src CASCADE

== temporary
+ CREATE TABLE t (id int)
+ INSERT INTO t VALUES (1)
CREATE TEMP TABLE tmp (id serial PRIMARY KEY, v text UNIQUE)
INSERT INTO tmp (v) VALUES ('a'), ('b') RETURNING id
INSERT INTO tmp (v) VALUES ('a')
SELECT * FROM tmp ORDER BY id
SELECT * FROM pg_temp.tmp ORDER BY id
2> SELECT * FROM tmp
CREATE TEMP TABLE t (id text)
INSERT INTO t VALUES ('shadow')
SELECT * FROM t
SELECT * FROM public.t
2> SELECT * FROM t
2> CREATE TEMP TABLE t (other int)
2> INSERT INTO t VALUES (5) RETURNING *
SELECT * FROM t
DROP TABLE t
SELECT * FROM t
2> SELECT * FROM t
DROP TABLE pg_temp.tmp
SELECT * FROM tmp
CREATE TEMPORARY TABLE IF NOT EXISTS tmp (a int)
CREATE TEMPORARY TABLE IF NOT EXISTS tmp (a int)
CREATE TEMPORARY TABLE tmp (a int)
CREATE TEMP TABLE public.tmp2 (a int)
CREATE TABLE pg_temp.tmp2 (a int)
INSERT INTO tmp2 VALUES (1) RETURNING a
CREATE TABLE perm (id int REFERENCES tmp)
CREATE TEMP VIEW tv AS SELECT a + 1 AS b FROM tmp2
SELECT * FROM tv
2> SELECT * FROM tv
CREATE VIEW pv AS SELECT a FROM tmp2
SELECT * FROM pv
2> SELECT * FROM pv
CREATE MATERIALIZED VIEW mv AS SELECT a FROM tmp2
CREATE TEMP SEQUENCE ts
SELECT nextval('ts'), nextval('pg_temp.ts')
CREATE INDEX tmp2_a ON tmp2 (a)
TRUNCATE tmp2
SELECT count(*) FROM tmp2
ALTER TABLE tmp2 ADD COLUMN b int DEFAULT 3
INSERT INTO tmp2 VALUES (9) RETURNING *

== on commit
CREATE TEMP TABLE kept (id int) ON COMMIT PRESERVE ROWS
INSERT INTO kept VALUES (1)
SELECT count(*) FROM kept
CREATE TEMP TABLE wiped (id int) ON COMMIT DELETE ROWS
INSERT INTO wiped VALUES (1)
SELECT count(*) FROM wiped
BEGIN
INSERT INTO wiped VALUES (1), (2)
SELECT count(*) FROM wiped
COMMIT
SELECT count(*) FROM wiped
BEGIN
CREATE TEMP TABLE gone (id int) ON COMMIT DROP
INSERT INTO gone VALUES (1)
SELECT * FROM gone
COMMIT
SELECT * FROM gone
CREATE TEMP TABLE gone (id int) ON COMMIT DROP
SELECT * FROM gone
BEGIN
CREATE TEMP TABLE gone ON COMMIT DROP AS SELECT 7 AS id
SELECT * FROM gone
COMMIT
SELECT * FROM gone
CREATE TABLE perm (id int) ON COMMIT DROP
CREATE TABLE perm (id int) ON COMMIT DELETE ROWS
BEGIN
CREATE TEMP TABLE undone (id int)
ROLLBACK
SELECT * FROM undone
BEGIN
SAVEPOINT a
CREATE TEMP TABLE undone (id int)
ROLLBACK TO a
SELECT * FROM undone
ROLLBACK

== comments
+ CREATE TABLE t (id int PRIMARY KEY, v text, CONSTRAINT positive CHECK (id > 0))
+ CREATE VIEW w AS SELECT id FROM t
+ CREATE TYPE mood AS ENUM ('x')
+ CREATE SEQUENCE s
COMMENT ON TABLE t IS 'a table'
COMMENT ON COLUMN t.v IS 'a column'
COMMENT ON COLUMN public.t.id IS 'the key'
COMMENT ON CONSTRAINT positive ON t IS 'a constraint'
COMMENT ON INDEX t_pkey IS 'an index'
COMMENT ON VIEW w IS 'a view'
COMMENT ON COLUMN w.id IS 'of a view'
COMMENT ON TYPE mood IS 'a type'
COMMENT ON SEQUENCE s IS 'a sequence'
COMMENT ON SCHEMA public IS 'a schema'
COMMENT ON TABLE nope IS 'x'
COMMENT ON COLUMN t.nope IS 'x'
COMMENT ON COLUMN nope.v IS 'x'
COMMENT ON VIEW t IS 'x'
COMMENT ON TABLE w IS 'x'
COMMENT ON CONSTRAINT nope ON t IS 'x'
COMMENT ON TYPE nope IS 'x'
COMMENT ON SCHEMA nope IS 'x'
COMMENT ON INDEX t IS 'x'
COMMENT ON TABLE t IS NULL
COMMENT ON TABLE t IS ''

== temporary tables as work space
+ CREATE TABLE items (id serial PRIMARY KEY, name text UNIQUE, n int)
+ INSERT INTO items (name, n) VALUES ('a', 1), ('b', 2)
BEGIN
CREATE TEMP TABLE incoming (LIKE items INCLUDING DEFAULTS) ON COMMIT DROP
INSERT INTO incoming (name, n) VALUES ('b', 20), ('c', 30)
INSERT INTO items (name, n) SELECT name, n FROM incoming ON CONFLICT (name) DO UPDATE SET n = excluded.n
UPDATE items SET n = items.n + incoming.n FROM incoming WHERE incoming.name = items.name RETURNING items.name, items.n
DELETE FROM items USING incoming WHERE items.name = incoming.name AND incoming.name = 'c'
COMMIT
SELECT name, n FROM items ORDER BY name
SELECT * FROM incoming
CREATE TEMP TABLE work AS SELECT * FROM items
CREATE INDEX work_idx ON work (name)
ALTER TABLE work ADD COLUMN done bool NOT NULL DEFAULT false
UPDATE work SET done = true WHERE name = 'a'
SELECT name, done FROM work ORDER BY name
many> INSERT INTO work (id, name) VALUES ($1, $2)
    <- [(10, 'x'), (11, 'y')]
SELECT count(*) FROM work
2> SELECT count(*) FROM work
2> CREATE TABLE work (id int)
2> SELECT count(*) FROM work
SELECT count(*) FROM work
SELECT count(*) FROM public.work
DROP TABLE work
SELECT count(*) FROM work
BEGIN
CREATE TEMP TABLE kept (id int)
INSERT INTO kept VALUES (1)
SELECT 1/0
ROLLBACK
SELECT * FROM kept
BEGIN
CREATE TEMP TABLE kept (id int PRIMARY KEY, item int)
INSERT INTO kept VALUES (1)
COMMIT
INSERT INTO kept VALUES (1)
CREATE TEMP TABLE child (k int REFERENCES kept ON DELETE CASCADE)
INSERT INTO child VALUES (1)
INSERT INTO child VALUES (2)
DELETE FROM kept
SELECT count(*) FROM child
CREATE TEMP TABLE fk (i int REFERENCES items)
DROP TABLE kept
DROP TABLE kept CASCADE
INSERT INTO child VALUES (2)
CREATE UNLOGGED TABLE quick (id int)
INSERT INTO quick VALUES (1) RETURNING id
CREATE TEMP TABLE d1 (id int) ON COMMIT DELETE ROWS
BEGIN
INSERT INTO d1 VALUES (1)
SAVEPOINT s
INSERT INTO d1 VALUES (2)
ROLLBACK TO s
SELECT * FROM d1
COMMIT
SELECT * FROM d1
BEGIN
INSERT INTO d1 VALUES (3)
ROLLBACK
SELECT * FROM d1
SELECT name INTO TEMP names FROM items ORDER BY name
SELECT * FROM names
WITH x AS (SELECT 1 AS a) SELECT a INTO xs FROM x
SELECT * FROM xs
CREATE TABLE ids AS SELECT generate_series(1, 3) AS id
SELECT sum(id) FROM ids
refused> CREATE TABLE e1 AS EXECUTE nothing
DISCARD TEMP
SELECT * FROM names
