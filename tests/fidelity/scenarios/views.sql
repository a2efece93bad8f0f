# Views: what they show, what may be written through them, what depends on them; materialized views.

== reading
+ CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL, age int, active bool DEFAULT true)
+ CREATE TABLE orders (id int PRIMARY KEY, user_id int REFERENCES users, total numeric(10,2))
+ INSERT INTO users VALUES (1, 'ann', 30, true), (2, 'bob', 17, true), (3, 'cid', 40, false)
+ INSERT INTO orders VALUES (1, 1, 10.50), (2, 1, 5), (3, 3, 99.99)
CREATE VIEW adults AS SELECT * FROM users WHERE age >= 18
SELECT * FROM adults ORDER BY id
SELECT name FROM adults WHERE active
SELECT a.name, adults.id FROM adults JOIN adults a USING (id) ORDER BY 2
CREATE VIEW spent (name, orders, total) AS SELECT u.name, count(o.id), coalesce(sum(o.total), 0) FROM users u LEFT JOIN orders o ON o.user_id = u.id GROUP BY u.id
SELECT * FROM spent ORDER BY total DESC
SELECT sum(total), max(orders) FROM spent
SELECT s.name FROM spent AS s WHERE s.total > $1 ORDER BY 1
    <- 12
CREATE VIEW big AS SELECT name, total FROM spent WHERE total > 20
SELECT * FROM big
SELECT public.big.name FROM public.big
SELECT count(*) FROM adults, spent, big
SELECT (SELECT max(total) FROM spent) AS most, EXISTS (SELECT 1 FROM big) AS any
SELECT name FROM users u WHERE EXISTS (SELECT FROM adults a WHERE a.id = u.id) ORDER BY name
WITH x AS (SELECT * FROM adults) SELECT count(*) FROM x
SELECT * FROM adults UNION SELECT * FROM users WHERE id = 2 ORDER BY id
CREATE VIEW made AS VALUES (1, 'one'), (2, 'two')
SELECT * FROM made
CREATE VIEW numbered AS SELECT row_number() OVER (ORDER BY name DESC) AS n, name FROM users
SELECT * FROM numbered WHERE n < 3
CREATE VIEW top AS SELECT name FROM users ORDER BY age DESC LIMIT 1
SELECT * FROM top
CREATE RECURSIVE VIEW upto (n) AS SELECT 1 UNION ALL SELECT n + 1 FROM upto WHERE n < 5
SELECT sum(n) FROM upto
CREATE VIEW withs AS WITH a AS (SELECT id FROM users), b AS (SELECT user_id FROM orders) SELECT id FROM a EXCEPT SELECT user_id FROM b
SELECT * FROM withs
SELECT w.id, u.id FROM withs w, withs u
CREATE VIEW series AS SELECT n, n * n AS square FROM generate_series(1, 3) AS n
SELECT * FROM series s JOIN series t ON s.square = t.n
CREATE VIEW typed AS SELECT 'x' AS word, 1.50 AS price, now() IS NOT NULL AS yes, NULL AS nothing, ARRAY[1,2] AS list
SELECT * FROM typed
INSERT INTO users VALUES (4, 'dan', 50)
SELECT name FROM adults ORDER BY id
ALTER TABLE users ADD COLUMN email text
SELECT * FROM adults WHERE id = 4
SELECT email FROM adults
TABLE adults
SELECT adults FROM adults WHERE id = 1

== errors
+ CREATE TABLE t (id int PRIMARY KEY, v text)
CREATE VIEW v AS SELECT id, v FROM t
CREATE VIEW v AS SELECT 1
CREATE VIEW t AS SELECT 1
CREATE OR REPLACE VIEW t AS SELECT 1
CREATE VIEW w AS SELECT missing FROM t
CREATE VIEW w AS SELECT * FROM nothing
CREATE VIEW w AS SELECT id, id FROM t
CREATE VIEW w (a, b, c) AS SELECT id, v FROM t
CREATE VIEW w AS SELECT $1::int
CREATE VIEW w WITH (fast=true) AS SELECT 1
CREATE VIEW w WITH (security_barrier) AS SELECT 1 AS one
SELECT * FROM w
CREATE VIEW d AS WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x
SELECT nope FROM v
SELECT * FROM v WHERE v.nope = 1
SELECT x.id FROM v
CREATE INDEX ON v (id)
TRUNCATE v
ALTER TABLE v ADD COLUMN x int
CREATE TABLE c (id int REFERENCES v (id))
DROP TABLE v
DROP VIEW t
DROP VIEW nothing
DROP VIEW IF EXISTS nothing
DROP MATERIALIZED VIEW v
DROP INDEX v
DROP VIEW v, w
SELECT * FROM v

== replacing
+ CREATE TABLE t (id int PRIMARY KEY, v varchar(10), n int)
+ INSERT INTO t VALUES (1, 'one', 10), (2, 'two', 20)
CREATE OR REPLACE VIEW w AS SELECT id, v FROM t
CREATE OR REPLACE VIEW w AS SELECT id, v, n FROM t WHERE id > 1
SELECT * FROM w
CREATE OR REPLACE VIEW w AS SELECT id FROM t
CREATE OR REPLACE VIEW w AS SELECT id, n AS other, n FROM t
CREATE OR REPLACE VIEW w AS SELECT id, n AS v, n FROM t
CREATE OR REPLACE VIEW w AS SELECT id, v::text, n FROM t
CREATE OR REPLACE VIEW w AS SELECT id::bigint, v, n FROM t
CREATE VIEW over AS SELECT id + 1 AS next FROM w
CREATE OR REPLACE VIEW w AS SELECT id, v, n FROM t WHERE id < 2
SELECT * FROM over
CREATE OR REPLACE VIEW w AS SELECT next AS id, 'x'::varchar(10) AS v, 1 AS n FROM over
SELECT * FROM w
DROP VIEW w
DROP VIEW w CASCADE
SELECT * FROM over
BEGIN
CREATE VIEW w AS SELECT 1 AS one
SELECT * FROM w
ROLLBACK
SELECT * FROM w

== dependencies
+ CREATE TABLE t (id int PRIMARY KEY, v text, n int)
+ INSERT INTO t VALUES (1, 'one', 10)
+ CREATE VIEW a AS SELECT id, v FROM t
+ CREATE VIEW b AS SELECT id FROM a
DROP TABLE t
DROP VIEW a
ALTER TABLE t DROP COLUMN v
ALTER TABLE t DROP COLUMN n
SELECT * FROM a
ALTER TABLE t ALTER COLUMN v TYPE varchar(20)
ALTER TABLE t RENAME COLUMN v TO word
SELECT * FROM a
ALTER TABLE t RENAME TO things
SELECT * FROM a
SELECT * FROM b
INSERT INTO things VALUES (2, 'two')
SELECT * FROM a ORDER BY id
ALTER VIEW a RENAME TO aa
SELECT * FROM a
SELECT * FROM aa ORDER BY id
SELECT * FROM b ORDER BY id
ALTER VIEW aa RENAME COLUMN v TO w
SELECT w FROM aa ORDER BY id
SELECT v FROM aa
ALTER VIEW aa RENAME COLUMN nope TO x
ALTER VIEW aa RENAME COLUMN w TO id
ALTER VIEW aa RENAME TO things
ALTER VIEW things RENAME TO x
ALTER VIEW nope RENAME TO x
ALTER VIEW IF EXISTS nope RENAME TO x
ALTER TABLE aa RENAME TO a
BEGIN
DROP TABLE things CASCADE
SELECT * FROM b
ROLLBACK
SELECT * FROM b ORDER BY id
BEGIN
ALTER TABLE things DROP COLUMN word CASCADE
SELECT * FROM a
ROLLBACK
SELECT count(*) FROM a
DROP VIEW a, b
DROP TABLE things

== writing through
+ CREATE TABLE t (id serial PRIMARY KEY, name text NOT NULL, n int DEFAULT 5, secret text DEFAULT 's', UNIQUE (name))
+ CREATE VIEW v AS SELECT id, name AS label, n, n * 2 AS twice FROM t WHERE n > 0
INSERT INTO v (label) VALUES ('a')
INSERT INTO v (label, n) VALUES ('b', 1), ('c', -1) RETURNING id, label, n, twice
INSERT INTO v (label, n) SELECT label || 'x', n FROM v RETURNING *
SELECT * FROM t ORDER BY id
SELECT * FROM v ORDER BY id
INSERT INTO v (label, twice) VALUES ('d', 4)
INSERT INTO v VALUES (DEFAULT, 'e', DEFAULT)
INSERT INTO v VALUES (100, 'f', 1, 2)
INSERT INTO v (nope) VALUES (1)
INSERT INTO v (name) VALUES ('x')
INSERT INTO v (label) VALUES (NULL)
INSERT INTO v (label) VALUES ('a')
INSERT INTO v (label) VALUES (5)
INSERT INTO v (n) VALUES ('x')
UPDATE v SET label = upper(label) WHERE n = 1 RETURNING id, label
UPDATE v SET n = 0 WHERE label = 'a' RETURNING id, n
SELECT count(*) FROM v WHERE label = 'a'
UPDATE v SET twice = 5
UPDATE v SET nope = 5
UPDATE v SET label = NULL WHERE label = 'a'
UPDATE v SET n = DEFAULT WHERE label = 'e' RETURNING n
UPDATE v AS w SET n = w.n + 1 WHERE w.label = 'e' RETURNING w.*
UPDATE v SET n = s.n FROM (VALUES ('e', 50)) AS s (label, n) WHERE v.label = s.label RETURNING v.n, s.n
DELETE FROM v WHERE label = 'c'
DELETE FROM v WHERE label = 'e' RETURNING *
DELETE FROM v AS w USING t WHERE w.id = t.id AND t.name = 'B'
SELECT id, name FROM t ORDER BY id
INSERT INTO v (id, label) VALUES (1, 'again') ON CONFLICT (id) DO UPDATE SET label = excluded.label RETURNING id, label
INSERT INTO v (label) VALUES ('again') ON CONFLICT (label) DO NOTHING
INSERT INTO v (label) VALUES ('again') ON CONFLICT DO NOTHING
INSERT INTO v (label, n) VALUES ('again', 9) ON CONFLICT (label) DO UPDATE SET n = v.n + excluded.n, label = 'changed' WHERE v.n < 10 RETURNING *
INSERT INTO v (label) VALUES ('again') ON CONFLICT (nope) DO NOTHING
INSERT INTO v (label) VALUES ('again') ON CONFLICT (n) DO NOTHING
INSERT INTO v (label, n) VALUES ($1, $2) RETURNING id > 0
    <- 'param', 7
WITH x AS (INSERT INTO v (label) VALUES ('cte') RETURNING id, label) SELECT label FROM x
ALTER VIEW v ALTER COLUMN n SET DEFAULT 77
INSERT INTO v (label) VALUES ('g') RETURNING n
INSERT INTO t (name) VALUES ('h') RETURNING n
ALTER VIEW v ALTER COLUMN n DROP DEFAULT
INSERT INTO v (label) VALUES ('i') RETURNING n
ALTER VIEW v ALTER COLUMN n SET DEFAULT 'x'
ALTER VIEW v ALTER COLUMN nope SET DEFAULT 1
SELECT id FROM v WHERE label = 'g' FOR UPDATE
BEGIN
DELETE FROM v
SELECT count(*) FROM t WHERE n > 0
ROLLBACK
SELECT count(*) > 0 FROM t WHERE n > 0

== what cannot be written through
+ CREATE TABLE t (id int PRIMARY KEY, n int)
+ INSERT INTO t VALUES (1, 1), (2, 1)
+ CREATE VIEW d AS SELECT DISTINCT n FROM t
+ CREATE VIEW g AS SELECT n, count(*) FROM t GROUP BY n
+ CREATE VIEW h AS SELECT count(*) FROM t HAVING count(*) > 1
+ CREATE VIEW a AS SELECT max(n) AS m FROM t
+ CREATE VIEW u AS SELECT id FROM t UNION SELECT n FROM t
+ CREATE VIEW j AS SELECT t.id, s.n FROM t JOIN t s ON t.id = s.id
+ CREATE VIEW l AS SELECT id FROM t LIMIT 1
+ CREATE VIEW w AS SELECT id, row_number() OVER () FROM t
+ CREATE VIEW c AS WITH x AS (SELECT 1) SELECT id FROM t
+ CREATE VIEW k AS SELECT 1 AS one
+ CREATE VIEW f AS SELECT id, generate_series(1, 2) AS s FROM t
+ CREATE VIEW e AS SELECT id + 1 AS next FROM t
+ CREATE VIEW s AS SELECT q.id FROM (SELECT id FROM t) q
INSERT INTO d VALUES (1)
UPDATE d SET n = 2
DELETE FROM d
INSERT INTO g VALUES (1, 1)
UPDATE h SET count = 1
DELETE FROM a
INSERT INTO u VALUES (3)
UPDATE j SET n = 2
DELETE FROM l
UPDATE w SET id = 3
INSERT INTO c VALUES (3)
DELETE FROM k
INSERT INTO f VALUES (3)
INSERT INTO e VALUES (3)
UPDATE e SET next = 3
DELETE FROM e WHERE next = 3
SELECT count(*) FROM t
DELETE FROM s

== check option
+ CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL CHECK (n < 100), note text)
CREATE VIEW pos AS SELECT * FROM t WHERE n > 0 WITH CHECK OPTION
INSERT INTO pos VALUES (1, 5)
INSERT INTO pos VALUES (2, -5)
INSERT INTO pos VALUES (2, 5), (3, -5)
INSERT INTO pos VALUES (2, NULL)
INSERT INTO pos VALUES (2, 500)
UPDATE pos SET n = 0
UPDATE pos SET n = 6 RETURNING id, n
UPDATE pos SET n = n - 10 WHERE id = 1
INSERT INTO pos VALUES (1, 5) ON CONFLICT (id) DO UPDATE SET n = -excluded.n
INSERT INTO pos VALUES (1, 8) ON CONFLICT (id) DO UPDATE SET n = excluded.n RETURNING n
INSERT INTO pos SELECT 10 + g, g, 'x' FROM generate_series(1, 3) AS g RETURNING id
INSERT INTO pos SELECT 20 + g, g FROM generate_series(-1, 1) AS g
SELECT id, n FROM t ORDER BY id
CREATE VIEW small AS SELECT * FROM pos WHERE n < 50 WITH LOCAL CHECK OPTION
INSERT INTO small VALUES (30, 60)
INSERT INTO small VALUES (30, -1)
CREATE VIEW plain AS SELECT * FROM t WHERE n > 0
CREATE VIEW loc AS SELECT id, n FROM plain WHERE n < 50 WITH LOCAL CHECK OPTION
CREATE VIEW cas AS SELECT id, n FROM plain WHERE n < 50 WITH CASCADED CHECK OPTION
INSERT INTO loc VALUES (40, -1) RETURNING *
INSERT INTO loc VALUES (41, 51)
INSERT INTO cas VALUES (42, -1)
INSERT INTO cas VALUES (42, 51)
UPDATE cas SET n = -5 WHERE id = 1
DELETE FROM cas WHERE id = 1 RETURNING n
INSERT INTO pos (id, n) VALUES ($1, $2)
    <- 50, -3
CREATE VIEW bad AS SELECT count(*) FROM t WITH CHECK OPTION
SELECT id, n FROM t ORDER BY id

== views on views
+ CREATE TABLE t (id int PRIMARY KEY, a int, b int, c text DEFAULT 'dflt')
+ CREATE VIEW one AS SELECT id, a AS x, b FROM t WHERE a > 0
+ CREATE VIEW two AS SELECT id AS key, x AS xx, x + b AS sum FROM one WHERE b > 0
INSERT INTO two VALUES (1, 5)
INSERT INTO two (key, xx, sum) VALUES (2, 5, 6)
SELECT * FROM t
UPDATE t SET b = 1
SELECT * FROM two
UPDATE two SET xx = 9 WHERE sum = 6 RETURNING *
UPDATE two SET sum = 9
DELETE FROM two WHERE xx = 9 RETURNING key
INSERT INTO two (key, xx) VALUES (1, 1) ON CONFLICT (key) DO UPDATE SET xx = 3
SELECT * FROM t
DROP VIEW one
DROP TABLE t
DROP TABLE t CASCADE
SELECT * FROM two

== materialized
+ CREATE TABLE t (id int PRIMARY KEY, v text)
+ INSERT INTO t VALUES (1, 'one'), (2, 'two')
CREATE MATERIALIZED VIEW m AS SELECT id, upper(v) AS v FROM t
SELECT * FROM m ORDER BY id
INSERT INTO t VALUES (3, 'three')
SELECT count(*) FROM m
REFRESH MATERIALIZED VIEW m
SELECT * FROM m ORDER BY id
REFRESH MATERIALIZED VIEW CONCURRENTLY m
CREATE UNIQUE INDEX m_id ON m (id)
REFRESH MATERIALIZED VIEW CONCURRENTLY m
CREATE MATERIALIZED VIEW m AS SELECT 1
CREATE MATERIALIZED VIEW IF NOT EXISTS m AS SELECT 1
CREATE MATERIALIZED VIEW e (num) AS SELECT id FROM t WITH NO DATA
SELECT * FROM e
REFRESH MATERIALIZED VIEW CONCURRENTLY e
REFRESH MATERIALIZED VIEW e
SELECT sum(num) FROM e
REFRESH MATERIALIZED VIEW e WITH NO DATA
SELECT sum(num) FROM e
INSERT INTO m VALUES (5, 'x')
UPDATE m SET v = 'x'
DELETE FROM m
TRUNCATE m
DROP VIEW m
DROP TABLE m
DROP TABLE t
ALTER TABLE t DROP COLUMN v
CREATE VIEW over AS SELECT count(*) AS n FROM m
SELECT * FROM over
DROP MATERIALIZED VIEW m
REFRESH MATERIALIZED VIEW over
REFRESH MATERIALIZED VIEW t
REFRESH MATERIALIZED VIEW nope
ALTER MATERIALIZED VIEW m RENAME TO mm
SELECT * FROM over
SELECT * FROM m
BEGIN
INSERT INTO t VALUES (4, 'four')
REFRESH MATERIALIZED VIEW mm
SELECT count(*) FROM mm
ROLLBACK
SELECT count(*) FROM mm
CREATE MATERIALIZED VIEW broken AS SELECT 1 / (id - 1) AS x FROM t
SELECT * FROM broken
DROP MATERIALIZED VIEW mm CASCADE
SELECT * FROM over
DROP MATERIALIZED VIEW IF EXISTS mm
DROP MATERIALIZED VIEW e
DROP MATERIALIZED VIEW e

== views beside other things
+ CREATE TABLE users (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, tags text[], meta jsonb, deleted_at timestamptz, total int GENERATED ALWAYS AS (length(name)) STORED)
+ CREATE TABLE log (user_id int, what text)
+ CREATE VIEW live AS SELECT id, name, tags, meta, total FROM users WHERE deleted_at IS NULL
INSERT INTO live (name, tags, meta) VALUES ('ann', '{a,b}', '{"x":1}'), ('bob', NULL, NULL) RETURNING *
INSERT INTO live (id, name) VALUES (5, 'x')
INSERT INTO live (id, name) OVERRIDING SYSTEM VALUE VALUES (50, 'eve') RETURNING id, total
INSERT INTO live (name, total) VALUES ('x', 5)
UPDATE live SET total = 5
UPDATE live SET meta = meta || '{"y":2}', tags = tags || 'c' WHERE name = 'ann' RETURNING meta, tags
SELECT l.name, t FROM live l, unnest(l.tags) AS t ORDER BY t
SELECT l.name, x.n FROM live l LEFT JOIN LATERAL (SELECT count(*) AS n FROM log WHERE user_id = l.id) x ON true ORDER BY 1
INSERT INTO log SELECT id, 'from view' FROM live WHERE meta IS NOT NULL
UPDATE log SET what = live.name FROM live WHERE live.id = log.user_id RETURNING log.*
DELETE FROM log USING live WHERE live.id = log.user_id AND live.name = 'ann'
UPDATE users SET deleted_at = now() WHERE name = 'bob'
SELECT name FROM live ORDER BY name
UPDATE live SET name = 'robert' WHERE name = 'bob'
WITH gone AS (DELETE FROM live WHERE name = 'eve' RETURNING id, name) INSERT INTO log SELECT id, name FROM gone RETURNING *
WITH new AS (INSERT INTO users (name) VALUES ('zoe') RETURNING id) SELECT count(*) FROM live, new
SELECT count(*) FROM live
SELECT row_to_json(l) FROM live l WHERE name = 'zoe'
SELECT json_agg(l.name ORDER BY l.name) FROM live l
SELECT (l).name, (l.*) IS NOT NULL FROM live l WHERE l.name = 'zoe'
INSERT INTO live (name) VALUES ('old') RETURNING old.name, new.name
UPDATE live SET name = 'newer' WHERE name = 'old' RETURNING old.name, new.name
SELECT name FROM live WHERE id IN (SELECT id FROM live WHERE total > 3) ORDER BY name
SELECT name FROM live FETCH FIRST 1 ROW ONLY
SELECT count(*) FILTER (WHERE l.total > 3), max(l.total) OVER () FROM live l GROUP BY l.total ORDER BY 1, 2
CREATE VIEW counted AS SELECT l.id, (SELECT count(*) FROM log WHERE log.user_id = l.id) AS logs, EXISTS (SELECT 1 FROM log) AS any FROM live l
SELECT logs, "any" FROM counted ORDER BY id
UPDATE counted SET logs = 3
DELETE FROM counted WHERE logs > 5
CREATE VIEW joined AS SELECT l.name, c.logs FROM live l JOIN counted c USING (id)
SELECT * FROM joined ORDER BY name
CREATE VIEW "Odd Names" ("select", "A b") AS SELECT id, name FROM users
SELECT "select", "A b" FROM "Odd Names" ORDER BY 1 LIMIT 1
SELECT "a b" FROM "Odd Names"
DROP VIEW "Odd Names"
MERGE INTO log USING live ON live.id = log.user_id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (live.id, 'merged')
SELECT count(*) FROM log
LOCK TABLE live
SELECT * FROM live WHERE name = 'zoe' FOR UPDATE
SELECT 1 FROM counted FOR UPDATE
CREATE TABLE kopie (LIKE live)
INSERT INTO kopie (name) VALUES ('x') RETURNING total

== merge into a view
+ CREATE TABLE base (id int PRIMARY KEY, a text, n int DEFAULT 7, hidden text DEFAULT 'h')
+ INSERT INTO base VALUES (1, 'one', 1), (2, 'two', 2), (3, 'neg', -3)
+ CREATE TABLE src (id int, a text)
+ INSERT INTO src VALUES (1, 'uno'), (3, 'tres'), (9, 'nueve')
+ CREATE VIEW v AS SELECT id AS key, a AS word, n, n * 2 AS twice FROM base WHERE n > 0
MERGE INTO v USING src ON v.key = src.id WHEN MATCHED THEN UPDATE SET word = src.a
SELECT * FROM base ORDER BY id
MERGE INTO v USING src ON v.key = src.id WHEN MATCHED THEN UPDATE SET word = src.a || '!' WHEN NOT MATCHED AND src.id > 5 THEN INSERT (key, word) VALUES (src.id, src.a) RETURNING merge_action(), v.key, v.word, v.n
SELECT * FROM base ORDER BY id
MERGE INTO v USING src ON v.key = src.id WHEN NOT MATCHED BY SOURCE THEN DELETE
SELECT * FROM base ORDER BY id
MERGE INTO v USING src ON v.key = src.id WHEN MATCHED THEN UPDATE SET twice = 3
MERGE INTO v USING src ON v.key = src.id WHEN NOT MATCHED THEN INSERT (key, twice) VALUES (src.id, 3)
MERGE INTO v USING src ON v.key = src.id WHEN NOT MATCHED THEN INSERT (key, nope) VALUES (src.id, 3)
MERGE INTO v USING src ON v.key = src.id WHEN NOT MATCHED THEN INSERT VALUES (src.id + 100, 'x', DEFAULT)
MERGE INTO v USING src ON v.key = src.id WHEN NOT MATCHED THEN DO NOTHING
SELECT key, word, n FROM v ORDER BY key
CREATE VIEW d AS SELECT DISTINCT a FROM base
MERGE INTO d USING src ON d.a = src.a WHEN MATCHED THEN DELETE
MERGE INTO d USING src ON d.a = src.a WHEN NOT MATCHED THEN INSERT VALUES ('x')
MERGE INTO d USING src ON d.a = src.a WHEN MATCHED THEN UPDATE SET a = 'x'
CREATE MATERIALIZED VIEW m AS SELECT id FROM base
MERGE INTO m USING src ON m.id = src.id WHEN MATCHED THEN DELETE
SELECT * FROM m FOR UPDATE

== options
+ CREATE TABLE t (id int PRIMARY KEY, n int)
CREATE VIEW a WITH (security_barrier = true, security_invoker = off) AS SELECT * FROM t WHERE n > 0
CREATE VIEW b WITH (check_option = local) AS SELECT * FROM t WHERE n > 0
CREATE VIEW c WITH (check_option = 'cascaded', security_barrier) AS SELECT * FROM a WHERE id > 0
CREATE VIEW d WITH (check_option = never) AS SELECT * FROM t
INSERT INTO b VALUES (1, -1)
INSERT INTO c VALUES (1, -1)
INSERT INTO c VALUES (-1, 1)
INSERT INTO c VALUES (1, 1) RETURNING *
ALTER VIEW a SET (security_barrier = false)
ALTER VIEW a RESET (security_barrier)
ALTER VIEW a SET (nope = 1)
ALTER VIEW a OWNER TO postgres
ALTER VIEW a OWNER TO nobody_here
ALTER VIEW t SET (security_barrier)
ALTER TABLE a ALTER COLUMN n SET NOT NULL
ALTER TABLE a ALTER COLUMN n TYPE text
ALTER TABLE a DROP COLUMN n
ALTER TABLE a ADD CONSTRAINT x CHECK (n > 0)
ALTER TABLE a ADD PRIMARY KEY (id)
CREATE SCHEMA s CREATE TEMP VIEW x AS SELECT 1 AS one
CREATE SCHEMA s CREATE TABLE other.t (id int)
CREATE SCHEMA IF NOT EXISTS s CREATE TABLE t (id int)
CREATE MATERIALIZED VIEW m AS SELECT n FROM t
CREATE UNIQUE INDEX m_n ON m (n)
INSERT INTO t VALUES (2, 1)
REFRESH MATERIALIZED VIEW m
DELETE FROM t WHERE id = 2
REFRESH MATERIALIZED VIEW m
ALTER MATERIALIZED VIEW m SET (fillfactor = 50)
ALTER MATERIALIZED VIEW m ADD COLUMN x int
ALTER MATERIALIZED VIEW m RENAME COLUMN n TO nn
SELECT nn FROM m
SET search_path = public, pg_temp
CREATE TEMP TABLE t (other int)
SELECT * FROM t
SELECT * FROM pg_temp.t

== views that need a key
+ CREATE TABLE t (id int PRIMARY KEY, v text, n int)
+ INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2)
CREATE VIEW g AS SELECT id, v, sum(n) AS s FROM t GROUP BY id
CREATE VIEW plain AS SELECT v, sum(n) AS s FROM t GROUP BY v
SELECT * FROM g ORDER BY id
ALTER TABLE t DROP CONSTRAINT t_pkey
BEGIN
ALTER TABLE t DROP CONSTRAINT t_pkey CASCADE
SELECT * FROM g
ROLLBACK
SELECT * FROM g ORDER BY id
DROP VIEW g
ALTER TABLE t DROP CONSTRAINT t_pkey
SELECT * FROM plain ORDER BY v
CREATE MATERIALIZED VIEW e AS SELECT id FROM t WITH NO DATA
CREATE VIEW over AS SELECT count(*) FROM e
SELECT * FROM over
CREATE MATERIALIZED VIEW e2 AS SELECT * FROM e WITH NO DATA
CREATE MATERIALIZED VIEW e3 AS SELECT * FROM e
CREATE TABLE e4 AS SELECT * FROM over
REFRESH MATERIALIZED VIEW e
SELECT * FROM over
REFRESH MATERIALIZED VIEW CONCURRENTLY e WITH NO DATA
CREATE VIEW bad WITH (security_barrier = 100) AS SELECT 1 AS one
CREATE VIEW good WITH (security_barrier = yes, security_invoker = 0) AS SELECT 1 AS one
