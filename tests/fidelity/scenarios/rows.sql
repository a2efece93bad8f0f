# Row values, whole rows, composite types, arguments by name.
+ CREATE TABLE point (id int PRIMARY KEY, name text, x numeric(6,2), at timestamptz, data jsonb, tags text[])
+ INSERT INTO point VALUES (1, 'one', 1.5, '2024-01-02 03:04:05+00', '{"a": 1}', '{p,q}'), (2, NULL, NULL, NULL, NULL, NULL), (3, 'it''s "three", (3)', 3, '2024-05-06', '[1, "x"]', '{}')
+ CREATE TABLE line (id int PRIMARY KEY, a int REFERENCES point, b int REFERENCES point)
+ INSERT INTO line VALUES (10, 1, 2), (11, 3, NULL)

== row constructors
SELECT ROW(1, 'a', NULL, true)
SELECT (1, 2.50, 'x'::text, '2024-01-01'::date)
SELECT ROW()
SELECT ROW(1)
SELECT (1, (2, 3))
refused> SELECT ROW(1, ARRAY[1, 2], '{"a": 1}'::jsonb, 1.5::float8, '\x01'::bytea)
SELECT ROW(id, name) FROM point ORDER BY id
refused> SELECT ROW(point.*) FROM point WHERE id = 1
refused> SELECT ROW(p.*, 42) FROM point p WHERE id = 1
SELECT (1, 'a')::text, ROW(NULL, '')::text, ROW('a b', 'c,d', 'e"f', '(g)', 'back\slash', NULL)::text
SELECT ROW(true, 1.50, '2024-01-02'::date, '{1,2}'::int[])::text
SELECT ROW(1, 2) IS NULL, ROW(NULL, NULL) IS NULL, ROW(1, NULL) IS NULL, ROW(1, NULL) IS NOT NULL, ROW(1, 2) IS NOT NULL
SELECT ROW(1, 2) = ROW(1, 2), ROW(1, 2) < ROW(1, 3), ROW(1, NULL) = ROW(1, 2), ROW(1, NULL) = ROW(2, 2), (1, 2) <> (1, 2), (1, 2, 3) >= (1, 2, 2)
SELECT ROW(1, NULL) IS DISTINCT FROM ROW(1, NULL), (1, 2) IS DISTINCT FROM (1, 3), (1, 2) IS NOT DISTINCT FROM (1, 2)
SELECT (1, 2) = (1, 2, 3)
SELECT (1, 'a') = (1, 2)
SELECT ROW(1, 2) = 1
SELECT ROW(1, 2) + 1
SELECT (1, 2) IN ((1, 2), (3, 4)), (1, 3) NOT IN ((1, 2), (3, 4)), (1, NULL) IN ((1, 2))
SELECT (a, b) FROM line ORDER BY (a, b)
SELECT row(1, $1::int)
    <- 5
SELECT count(*) FROM point WHERE (id, name) = (1, 'one')
SELECT (1, 2).f1
SELECT (ROW(1, 'b')).f2
SELECT (ROW(1, 'b')).f3
SELECT (ROW(1, 'b')).*
SELECT max(ROW(1, 2))
SELECT CASE WHEN true THEN ROW(1, 2) ELSE ROW(3, 4) END
SELECT COALESCE(ROW(1, 2), ROW(3, 4))
SELECT ARRAY[ROW(1, 'a'), ROW(2, 'b')]
refused> SELECT ROW(1, 2)::point
refused> SELECT pg_typeof(ROW(1, 2)), pg_typeof((1, 2)), pg_typeof(p) FROM point p LIMIT 1

== whole rows
SELECT point FROM point ORDER BY id
SELECT p FROM point p WHERE p.id = 1
SELECT p, p.id FROM point p WHERE p.id = 2
SELECT count(p), count(DISTINCT p) FROM point p
SELECT p IS NULL, p IS NOT NULL, p.name IS NULL FROM point p ORDER BY p.id
SELECT l.id, p FROM line l LEFT JOIN point p ON p.id = l.b ORDER BY l.id
SELECT l.id, p IS NULL, p IS NOT NULL FROM line l LEFT JOIN point p ON p.id = l.b ORDER BY l.id
SELECT p.* IS NULL, p.* IS NOT NULL FROM point p ORDER BY p.id
SELECT p = q FROM point p, point q WHERE p.id = 1 AND q.id = 1
SELECT p = p, p < q FROM point p JOIN point q ON q.id = p.id + 1 ORDER BY p.id
SELECT p FROM (SELECT 1 AS a, 'x' AS b) p
SELECT (p).a, (p).b FROM (SELECT 1 AS a, 'x' AS b) p
SELECT (p).name, (p).x FROM point p WHERE id = 1
SELECT (p).* FROM point p WHERE id = 1
SELECT (p).nope FROM point p
SELECT (p.id).nope FROM point p
SELECT p.nope FROM point p
SELECT (l).a, (SELECT p FROM point p WHERE p.id = l.a) FROM line l ORDER BY l.id
SELECT (SELECT p FROM point p WHERE p.id = 1).name
SELECT ((SELECT p FROM point p WHERE p.id = 1)).name
SELECT p::text FROM point p ORDER BY id
SELECT p || '' FROM point p WHERE id = 1
SELECT p.id FROM point p ORDER BY p DESC
SELECT p FROM point p GROUP BY p ORDER BY p
SELECT DISTINCT q FROM (SELECT 1 AS a UNION ALL SELECT 1) q
SELECT v FROM (VALUES (1, 'a'), (2, 'b')) v (n, t) ORDER BY v
WITH w AS (SELECT 1 AS a, 2 AS b) SELECT w, w.a FROM w
SELECT g FROM generate_series(1, 2) g
SELECT f FROM json_each_text('{"a": "b"}') f
refused> SELECT f.key, f FROM jsonb_each('{"a": 1}') AS f
SELECT nope FROM point
SELECT point.* FROM point p
SELECT p FROM point p WHERE p IS NOT NULL
SELECT p FROM point p WHERE p.id = 1 AND p = ROW(1, 'one', 1.5, '2024-01-02 03:04:05+00', '{"a": 1}', '{p,q}')
SELECT name(p) FROM point p WHERE id = 1

== rows as json
SELECT to_json(p) FROM point p ORDER BY id
SELECT to_jsonb(p) FROM point p ORDER BY id
SELECT row_to_json(p) FROM point p WHERE id = 1
SELECT row_to_json(p, true) FROM (SELECT 1 AS a, 'x' AS b) p
SELECT row_to_json(ROW(1, 'a'))
SELECT row_to_json(q) FROM (SELECT id, name FROM point ORDER BY id) q
SELECT jsonb_agg(q) FROM (SELECT id, name FROM point ORDER BY id) q
SELECT json_agg(q ORDER BY q.id DESC) FROM (SELECT id, name FROM point) q
SELECT jsonb_agg(p ORDER BY p.id) -> 0 ->> 'name' FROM point p
SELECT json_build_object('row', q, 'n', 1) FROM (SELECT 1 AS a) q
SELECT jsonb_build_object('point', to_jsonb(p) - 'data') FROM point p WHERE id = 1
SELECT json_build_array(ROW(1, 2), 3)
SELECT l.id, coalesce(jsonb_agg(p) FILTER (WHERE p.id IS NOT NULL), '[]') AS points FROM line l LEFT JOIN point p ON p.id = l.b GROUP BY l.id ORDER BY l.id
SELECT json_agg(json_build_object('id', l.id, 'a', row_to_json(p))) FROM line l JOIN point p ON p.id = l.a
SELECT to_jsonb(ROW(1, ROW(2, 'x')))
SELECT to_json(array_agg(q)) FROM (SELECT 1 AS a UNION ALL SELECT 2 ORDER BY 1) q
SELECT to_json(ARRAY(SELECT q FROM (SELECT id FROM point ORDER BY id) q))
SELECT jsonb_object_agg(p.id, p) FROM (SELECT id, name FROM point WHERE id < 3) p
SELECT (SELECT row_to_json(x) FROM (SELECT p.id, p.name) x) FROM point p ORDER BY p.id
SELECT row_to_json(1)
SELECT row_to_json(NULL)
SELECT array_agg(q) FROM (SELECT 1 AS a, 'x' AS b) q
SELECT array_agg(l ORDER BY l.id) FROM line l
SELECT array_agg((l.id, l.a) ORDER BY l.id) FROM line l
SELECT unnest(array_agg(l ORDER BY l.id)) FROM line l
SELECT (unnest(array_agg(l ORDER BY l.id))).id FROM line l

== composite types
+ CREATE TYPE address AS (street text, number int, city text)
+ CREATE TABLE person (id serial PRIMARY KEY, name text, home address, others address[])
INSERT INTO person (name, home) VALUES ('ann', ROW('Main', 5, 'Rome')) RETURNING home
INSERT INTO person (name, home) VALUES ('bob', ('High', 7, NULL)) RETURNING id, home
INSERT INTO person (name, home) VALUES ('cid', '("Low Road",9,"Paris, France")') RETURNING home
INSERT INTO person (name, home) VALUES ('dan', NULL) RETURNING home
INSERT INTO person (name, home) VALUES ('eve', ROW('Main', 'x', 'Rome'))
INSERT INTO person (name, home) VALUES ('eve', ROW('Main', 5))
INSERT INTO person (name, home) VALUES ('eve', '(Main,5)')
INSERT INTO person (name, home) VALUES ('eve', 'nonsense')
INSERT INTO person (name, home) VALUES ('fay', $1) RETURNING home
    <- ('Side', 3, 'Oslo')
SELECT name, (home).city, (home).number + 1 FROM person ORDER BY id
SELECT (home).* FROM person WHERE id = 1
SELECT (person.home).street FROM person WHERE id = 1
SELECT home.street FROM person WHERE id = 1
SELECT (home).nope FROM person
SELECT name FROM person WHERE (home).city = 'Rome'
SELECT name FROM person WHERE home = ROW('Main', 5, 'Rome')
SELECT name FROM person WHERE home IS NULL ORDER BY id
SELECT name FROM person ORDER BY home, id
SELECT home::text FROM person ORDER BY id
SELECT ('("a b",2,)'::address).street, ROW('x', 1, 'y')::address
SELECT to_json(home) FROM person WHERE id = 1
UPDATE person SET home = ROW('New', 1, 'Bern') WHERE id = 1 RETURNING home
UPDATE person SET home.city = 'Basel' WHERE id = 1 RETURNING home
UPDATE person SET home.nope = 'Basel' WHERE id = 1
UPDATE person SET others = ARRAY[ROW('o', 1, 'p')::address, ('q', 2, 'r')] WHERE id = 1 RETURNING others
SELECT others[1], (others[2]).city FROM person WHERE id = 1
SELECT ROW(1, 2)::address
SELECT DISTINCT home FROM person WHERE (home).city = 'Basel'
SELECT count(*) FROM person GROUP BY home ORDER BY 1
CREATE TYPE address AS (x int)
CREATE TYPE bad AS (x int, x text)
CREATE TYPE empty AS ()
DROP TYPE address
DROP TYPE address CASCADE
DROP TYPE IF EXISTS address

== arguments by name
SELECT make_interval(days => 10), make_interval(hours => 2, mins => 30), make_interval(1, months => 2)
SELECT make_date(year => 2024, month => 2, day => 29), make_date(day => 1, month => 2, year => 2023)
SELECT make_time(8, min => 15, sec => 23.5)
SELECT make_timestamptz(year => 2024, month => 1, mday => 2, hour => 3, min => 4, sec => 5)
SELECT jsonb_set('{"a": 1}', '{b}', '2', create_if_missing => false)
SELECT jsonb_set(jsonb_in => '{"a": 1}', path => '{b}', replacement => '2', create_if_missing => true)
SELECT jsonb_insert('[1, 2]', '{0}', '9', insert_after => true)
SELECT make_interval(nope => 1)
SELECT make_interval(days => 1, days => 2)
SELECT make_interval(days => 1, 2)
SELECT make_interval(days => 'x')
SELECT upper(x => 'a')
SELECT make_interval(days := 3)
SELECT concat(VARIADIC ARRAY['a', 'b', 'c']), concat_ws('-', VARIADIC ARRAY['a', NULL, 'c'])
SELECT format('%s and %s', VARIADIC ARRAY['x', 'y'])
SELECT concat('a', VARIADIC ARRAY['b', 'c'])
SELECT json_build_array(VARIADIC ARRAY['a', 'b']), jsonb_build_object(VARIADIC ARRAY['k', 'v'])
SELECT concat(VARIADIC 'a')
SELECT concat(VARIADIC NULL::text[])
SELECT upper(VARIADIC ARRAY['a'])
SELECT jsonb_extract_path('{"a": {"b": 1}}', VARIADIC ARRAY['a', 'b'])
SELECT jsonb_extract_path_text('{"a": {"b": 1}}', VARIADIC $1)
    <- ['a', 'b']
SELECT num_nulls(VARIADIC ARRAY[1, NULL, 3]), num_nonnulls(1, NULL)
SELECT string_to_array('a,b', ',', null_string => 'b')
SELECT regexp_replace('abc', 'B', 'x', flags => 'i')

== more of composite types
+ CREATE TYPE complex AS (r float8, i float8)
+ CREATE TYPE quad AS (c1 complex, c2 complex)
+ CREATE TABLE q (id int, q quad)
INSERT INTO q VALUES (1, ((3.3, 4.4), (5.5, 6.6))), (2, NULL), (3, '("(1,2)",)')
SELECT * FROM q ORDER BY id
SELECT id, (q).c1, ((q).c1).i, (q).c2.r FROM q ORDER BY id
UPDATE q SET q.c1 = ROW(1, 2) WHERE id = 2 RETURNING q
UPDATE q SET q.c1 = 12
UPDATE q SET q.c2 = NULL, q.c1 = (9, 9) WHERE id = 3 RETURNING (q).*
SELECT id FROM q WHERE (q).c1 = ROW(9, 9)::complex
SELECT id, (q).c1 < (q).c2 FROM q ORDER BY id
SELECT c1(q) FROM q WHERE id = 1
SELECT (q.q).c1.r + 1 FROM q WHERE (q).c1.r > 3
SELECT $1::complex
    <- (1.5, 2)
SELECT $1::complex
    <- {'r': 1, 'i': None}
SELECT $1::complex
    <- {'nope': 1}
SELECT $1::complex
    <- (1, 'x')
SELECT $1::complex
    <- 5
SELECT $1::complex[]
    <- [(1, 2), None]
SELECT ($1::quad).c1
    <- ((1, 2), None)
SELECT array_agg(c ORDER BY c) FROM (VALUES (ROW(2, 1)::complex), (ROW(1, 2)), (NULL)) v (c)
SELECT max(c), min(c), count(c) FROM (VALUES (ROW(2, 1)::complex), (ROW(1, 2)::complex)) v (c)
SELECT to_jsonb(q) FROM q WHERE id = 1
SELECT jsonb_agg(q.q ORDER BY q.id) FROM q
SELECT ROW(1, 2)::complex = '(1,2)', ROW(1, 2)::complex = ROW(1.0, 2.0)::complex, '(1,2)'::complex IN (ROW(1, 2)::complex)
SELECT CASE WHEN id = 1 THEN (q).c1 ELSE ROW(0, 0)::complex END FROM q ORDER BY id
SELECT coalesce((q).c2, ROW(0, 0)::complex) FROM q ORDER BY id
SELECT '(1,2,3)'::complex
SELECT '(1'::complex
SELECT '1,2)'::complex
SELECT '(1,2) x'::complex
SELECT '( 1 , 2 )'::complex
SELECT '("1",x)'::complex
SELECT '(,)'::complex IS NULL, '(1,)'::complex IS NOT NULL
CREATE TABLE parent (id int, name text)
CREATE TABLE holder (p parent, ps parent[])
INSERT INTO holder VALUES ((1, 'a'), ARRAY[(2, 'b'), NULL]::parent[]) RETURNING *
SELECT (p).name, (ps[1]).name FROM holder
SELECT * FROM holder WHERE (p).id = 1
SELECT id, row_to_json(x) FROM q, LATERAL (SELECT (q).c1) x ORDER BY id
== whole rows of queries that an outer join may leave out
+ CREATE TABLE t (id int)
+ CREATE TABLE u (t int, n int)
+ INSERT INTO t VALUES (1), (2), (3)
+ INSERT INTO u VALUES (1, 1), (1, NULL), (2, NULL)
+ CREATE VIEW v AS SELECT t, n + 1 AS m FROM u
SELECT t.id, h FROM t LEFT JOIN (SELECT t, n+1 AS m FROM u) h ON h.t=t.id ORDER BY 1, h.m
SELECT t.id, h FROM t LEFT JOIN (SELECT t, n+1 AS m FROM u) h ON h.t=t.id GROUP BY t.id
SELECT t.id, h FROM t LEFT JOIN (SELECT t, n+1 AS m FROM u) h ON h.t=t.id GROUP BY t.id, h ORDER BY 1, 2
SELECT t.id, v FROM t LEFT JOIN v ON v.t=t.id ORDER BY 1, v.m
SELECT t.id, row_to_json(v) FROM v RIGHT JOIN t ON v.t=t.id ORDER BY 1, v.m
SELECT count(t), count(v), count(*) FROM t FULL JOIN v ON v.t=t.id
SELECT count(a), count(b), count(*) FROM (SELECT 1 x UNION SELECT 2) a FULL JOIN (SELECT 2 x UNION SELECT 3) b ON a.x=b.x
SELECT a, b FROM (SELECT 1 x UNION SELECT 2) a FULL JOIN (SELECT 2 x UNION SELECT 3) b ON a.x=b.x ORDER BY a.x, b.x
SELECT a.x, g FROM (SELECT 1 x UNION SELECT 2) a LEFT JOIN generate_series(2,3) g ON g = a.x ORDER BY 1
SELECT a.x, count(g), count(g.*) FROM (SELECT 1 x UNION SELECT 2) a LEFT JOIN generate_series(2,3) g ON g = a.x GROUP BY 1 ORDER BY 1
SELECT a.x, g FROM (SELECT 1 x UNION SELECT 2) a LEFT JOIN generate_series(2,3) WITH ORDINALITY g(v, o) ON g.v = a.x ORDER BY 1
SELECT a.x, count(j), to_json(j) FROM (SELECT 1 x UNION SELECT 2) a LEFT JOIN jsonb_each('{"1": 5}') j ON j.key = a.x::text GROUP BY 1, j ORDER BY 1
SELECT t.id, json_agg(h ORDER BY h.n) FROM t LEFT JOIN LATERAL (SELECT u.n, u.t FROM u WHERE u.t=t.id) h ON true GROUP BY t.id ORDER BY 1
SELECT t.id, (SELECT count(h)) FROM t LEFT JOIN (SELECT t, n FROM u WHERE n = 1) h ON h.t=t.id ORDER BY 1
SELECT t.id FROM t LEFT JOIN (SELECT t, n FROM u) h ON h.t=t.id WHERE h IS NULL ORDER BY 1
SELECT t.id FROM t LEFT JOIN (SELECT t, n FROM u) h ON h.t=t.id WHERE h IS NOT NULL ORDER BY 1
SELECT t.id FROM t LEFT JOIN (SELECT t, n FROM u) h ON h.t=t.id WHERE NOT (h IS NULL) ORDER BY 1
SELECT t.id FROM t LEFT JOIN (SELECT t, n FROM u) h ON h.t=t.id WHERE h.* IS DISTINCT FROM NULL ORDER BY 1
SELECT DISTINCT h FROM t LEFT JOIN (SELECT t FROM u) h ON h.t=t.id ORDER BY 1
SELECT h FROM t LEFT JOIN (SELECT t FROM u UNION SELECT 9) h ON h.t=t.id ORDER BY h
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n+1 FROM r WHERE n < 3) SELECT t.id, r FROM t LEFT JOIN r ON r.n = t.id + 1 ORDER BY 1
SELECT t.id, (h).m FROM t LEFT JOIN (SELECT t, n+1 AS m FROM u WHERE n = 1) h ON h.t=t.id ORDER BY 1
SELECT t.id, (h).* FROM t LEFT JOIN (SELECT t, n+1 AS m FROM u WHERE n = 1) h ON h.t=t.id ORDER BY 1
SELECT h.* FROM t LEFT JOIN (SELECT t, n+1 AS m FROM u WHERE n = 1) h ON h.t=t.id ORDER BY 1
SELECT * FROM t LEFT JOIN (SELECT t, n+1 AS m FROM u WHERE n = 1) h ON h.t=t.id WHERE h IS NULL OR h.m = 2 ORDER BY 1
SELECT count(*) FROM (SELECT t.id, h FROM t LEFT JOIN (SELECT t, n FROM u) h ON h.t=t.id) q
SELECT q.h FROM (SELECT t.id, h FROM t LEFT JOIN (SELECT t, n FROM u WHERE n=1) h ON h.t=t.id) q ORDER BY q.id
SELECT max(h) FROM t LEFT JOIN (SELECT t FROM u) h ON h.t=t.id
SELECT array_agg(h ORDER BY h) FROM t LEFT JOIN (SELECT t FROM u) h ON h.t=t.id
SELECT coalesce(h, ROW(0,0)) FROM t LEFT JOIN (SELECT t, n FROM u WHERE n=1) h ON h.t=t.id ORDER BY t.id
SELECT h = ROW(1,1) FROM t LEFT JOIN (SELECT t, n FROM u WHERE n=1) h ON h.t=t.id ORDER BY t.id
SELECT count(DISTINCT h) FROM t LEFT JOIN (SELECT t FROM u) h ON h.t=t.id
SELECT h.*::text FROM t LEFT JOIN (SELECT t, n FROM u WHERE n=1) h ON h.t=t.id ORDER BY t.id
SELECT to_jsonb(h) - 't' FROM t LEFT JOIN (SELECT t, n FROM u WHERE n=1) h ON h.t=t.id ORDER BY t.id
SELECT a.id, b, c FROM t a LEFT JOIN ((SELECT t, n FROM u WHERE n=1) b LEFT JOIN (SELECT 1 z) c ON c.z = b.n) ON b.t=a.id ORDER BY 1
SELECT x FROM t LEFT JOIN (VALUES (1, NULL::int), (2, 3)) x(a, b) ON x.a = t.id ORDER BY t.id
SELECT t.id, h FROM t LEFT JOIN (SELECT t, n FROM u WHERE n=1 FOR UPDATE) h ON h.t=t.id ORDER BY 1
SELECT t.id, h FROM t LEFT JOIN (SELECT t, n FROM u WHERE n=1) h ON h.t=t.id ORDER BY 1 FOR UPDATE OF t
UPDATE t SET id = id WHERE EXISTS (SELECT 1 FROM t a LEFT JOIN (SELECT t FROM u) h ON h.t=a.id WHERE h IS NULL AND a.id = t.id) RETURNING id
SELECT rank() OVER (ORDER BY h), t.id FROM t LEFT JOIN (SELECT t FROM u) h ON h.t=t.id ORDER BY 2, 1
SELECT lag(h) OVER (ORDER BY t.id, h.n), t.id FROM t LEFT JOIN (SELECT t, n FROM u) h ON h.t=t.id ORDER BY t.id, h.n
WITH h AS (SELECT t, n + 1 AS m FROM u) SELECT t.id, count(h.*) FROM t LEFT JOIN h ON h.t = t.id GROUP BY t.id ORDER BY 1
WITH d AS (DELETE FROM u WHERE n IS NULL RETURNING *) SELECT t.id, count(d) FROM t LEFT JOIN d ON d.t = t.id GROUP BY 1 ORDER BY 1

== whole rows and GROUP BY
+ CREATE TABLE t (id int PRIMARY KEY)
+ CREATE TABLE u (t int, n int)
SELECT t.id, u FROM t LEFT JOIN u ON true GROUP BY t.id
SELECT t.id, u FROM t, u GROUP BY t.id
SELECT t.id, to_json(u) FROM t, u GROUP BY t.id
SELECT t.id, h FROM t, (SELECT 1 a) h GROUP BY t.id
SELECT t FROM t GROUP BY t.id
SELECT h FROM t, (SELECT 1 a) h GROUP BY h.a
SELECT u.* FROM t, u GROUP BY t.id
SELECT u IS NULL FROM t, u GROUP BY t.id
SELECT (u).n FROM t, u GROUP BY t.id
SELECT u FROM t, u GROUP BY u.t, u.n
