-- Corners of statements in several steps, of LATERAL, DISTINCT ON and counted set operations.
CREATE TABLE a (id serial PRIMARY KEY, k text UNIQUE, n int, f float8, raw bytea, g int GENERATED ALWAYS AS (n * 2) STORED)
CREATE TABLE b (id serial PRIMARY KEY, a_id int REFERENCES a(id) ON DELETE CASCADE, t text DEFAULT 'dflt')
CREATE TABLE z (x int)
INSERT INTO a (k, n, f, raw) VALUES ('a', 1, 0.1, '\x00'), ('b', 2, 'NaN', NULL), ('c', 3, 1e300, '\xff')
INSERT INTO b (a_id) VALUES (1), (1), (2)
WITH ins AS (INSERT INTO a (k, n) VALUES ('n', 7) RETURNING id) UPDATE a SET n = 70 FROM ins WHERE a.id = ins.id RETURNING a.id
SELECT id, n FROM a ORDER BY id
WITH d AS (DELETE FROM a WHERE k = 'n' RETURNING k, n) INSERT INTO a (k, n) SELECT k || '2', n FROM d RETURNING id, k, n, g
WITH d AS (DELETE FROM b WHERE a_id = 1) INSERT INTO b (a_id, t) VALUES (1, 'fresh') RETURNING id, t
SELECT a_id, t FROM b ORDER BY id
WITH u AS (UPDATE a SET n = n + 1 WHERE id <= 2 RETURNING id, n, f, raw, g) SELECT u.*, a.n AS old FROM u JOIN a USING (id) ORDER BY id
WITH s AS (SELECT id FROM a WHERE n > 2), d AS (DELETE FROM b WHERE a_id IN (SELECT id FROM s) RETURNING id) SELECT (SELECT count(*) FROM s), (SELECT count(*) FROM d), (SELECT count(*) FROM b)
WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r WHERE x < 4), i AS (INSERT INTO z SELECT x FROM r RETURNING x) SELECT sum(x) FROM i
SELECT count(*), max(x) FROM z
WITH i AS (INSERT INTO z VALUES ($1), ($2) RETURNING x) SELECT x + $3 AS y FROM i ORDER BY 1 -- [10, 20, 5]
WITH i AS (INSERT INTO z VALUES (99)), j AS (INSERT INTO z VALUES (98) RETURNING x) SELECT (SELECT count(*) FROM z) AS before, x FROM j
WITH i AS (INSERT INTO z VALUES (1 / 0)) SELECT 1
SELECT count(*) FROM z
WITH i AS (UPDATE a SET k = 'dup' WHERE id IN (1, 2) RETURNING id) SELECT id FROM i
UPDATE a SET n = o.n * 10 FROM (SELECT a_id, count(*)::int AS n FROM b GROUP BY a_id) o WHERE o.a_id = a.id RETURNING a.id, a.n, a.g, o.n AS cnt
UPDATE a AS t SET n = 5 WHERE id = 3 RETURNING t.id, (SELECT max(n) FROM a) AS seen, (SELECT t.n)
INSERT INTO a (k, n) VALUES ('b', 1) ON CONFLICT (k) DO UPDATE SET n = excluded.n + 50 RETURNING n, (SELECT n FROM a WHERE k = 'b') AS seen
INSERT INTO a (k, n) VALUES ('y', 1), ('y', 2) ON CONFLICT (k) DO UPDATE SET n = excluded.n RETURNING (SELECT 1)
DELETE FROM a USING z WHERE z.x = a.id RETURNING a.id, z.x, a.*
SELECT id FROM a ORDER BY id
WITH d AS (DELETE FROM z RETURNING x) SELECT (SELECT count(*) FROM d) > 0 AS any, NOT EXISTS (SELECT 1 FROM z) AS gone
BEGIN
WITH i AS (INSERT INTO z VALUES (1) RETURNING x) SELECT x FROM i
WITH i AS (INSERT INTO a (k) VALUES ('c') RETURNING k) SELECT k FROM i
SELECT 1
ROLLBACK
SELECT count(*) FROM z
-- LATERAL, DISTINCT ON corners
SELECT a.id, l.* FROM a LEFT JOIN LATERAL (SELECT t, NULL::text AS e, ARRAY[a.id, NULL] AS arr, jsonb_build_object('k', b.t) AS j, true AS yes, 9007199254740993 AS big FROM b WHERE b.a_id = a.id) l ON true ORDER BY a.id, t
SELECT a.id, l.tot FROM a, LATERAL (SELECT string_agg(t, ',' ORDER BY id) AS tot FROM b WHERE a_id = a.id) l ORDER BY a.id
SELECT a.id, l.arr FROM a, LATERAL (SELECT array_agg(t ORDER BY id) AS arr FROM b WHERE a_id = a.id) l ORDER BY a.id
SELECT a.f, l.f, l.f = a.f AS same FROM a, LATERAL (SELECT a.f) l ORDER BY a.id
SELECT x.id FROM a x WHERE EXISTS (SELECT 1 FROM b, LATERAL (SELECT b.a_id + 0 AS q) l WHERE l.q = x.id) ORDER BY 1
SELECT DISTINCT ON (k) k, n FROM (VALUES ('b', 1), ('a', 2), ('b', 0)) v(k, n) ORDER BY k, n
SELECT DISTINCT ON (n % 2) n, row_number() OVER (ORDER BY n DESC) AS rn FROM a ORDER BY n % 2, n
SELECT DISTINCT ON (n) n FROM (VALUES (1.0), (1.00), (2)) v(n) ORDER BY n
SELECT id FROM a FULL JOIN LATERAL (SELECT a.id AS q) l ON true
SELECT id FROM a RIGHT JOIN LATERAL (SELECT a.id AS q) l ON true
SELECT n FROM (VALUES (1.0), (1), (2)) v(n) INTERSECT ALL SELECT n FROM (VALUES (1.00), (1.000), (3)) w(n)
SELECT n FROM (VALUES (1.0), (1), (1.00), (2)) v(n) EXCEPT ALL SELECT n FROM (VALUES (1.000)) w(n) ORDER BY n
SELECT id FROM a FULL JOIN LATERAL (SELECT k AS q) l ON true
SELECT a.id, s.g FROM a RIGHT JOIN generate_series(1, a.id) s(g) ON true
SELECT a.id, s.g FROM a RIGHT JOIN generate_series(1, 2) s(g) ON a.id = s.g ORDER BY g
