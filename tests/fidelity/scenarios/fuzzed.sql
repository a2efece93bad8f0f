# What the differential fuzzer found (`python -m tests.fidelity fuzz`), and what stands round it.
+ CREATE TABLE t (id int PRIMARY KEY, c0 int, n numeric, s text, j json, k json, at timestamptz, r int4range)
+ CREATE TABLE rows (id int, a int, n numeric)
+ INSERT INTO rows VALUES (1, 1, 1), (2, 3, 3), (NULL, NULL, NULL)

== times of day that are no numbers
SELECT make_time(1, 2, 'NaN'::float8)
SELECT make_time(1, 2, 'Infinity'::float8)
SELECT make_time(1, 2, '-Infinity'::float8)
SELECT make_time(1, 2, -1)
SELECT make_time(1, 2, 60.5)
SELECT make_time(1, 2, 1e10)
SELECT make_time(1, 2, 3.25)
SELECT make_timestamp(2020, 1, 2, 3, 4, 'NaN')
SELECT make_timestamptz(2020, 1, 2, 3, 4, 'NaN')

== lists are made whole, of what reads no column
SELECT 0::int2 FROM t WHERE ((0 % 1) IN (0, 0, (0 % 0)))
SELECT 0::int2 FROM rows WHERE (0 IN (0, id, (0 % 0)))
SELECT 0::int2 FROM rows WHERE NOT (0 IN (0, 0 % 0))
SELECT 0::int2 FROM rows WHERE (NULL::int IN (0, 0 % 0))
SELECT 0::int2 FROM rows WHERE (id IN (1, (0 % 1)))
SELECT id FROM rows WHERE id IN (1, a, 5.0)
SELECT id FROM rows WHERE id NOT IN (1, a, 5.0, n)
SELECT id FROM rows WHERE id NOT IN (1, a + 1, 7, n + 1)
SELECT id FROM rows WHERE id IN ((SELECT max(id) FROM rows), 5)
SELECT id FROM rows WHERE id IN (1, '2')
SELECT id FROM rows WHERE id IN (1, 'x')
SELECT id FROM rows WHERE id IN (abs(1), 'x')
SELECT id FROM rows WHERE id IN (1, true)
SELECT id FROM rows WHERE id IN (a, '7', true)
SELECT id FROM rows WHERE id IN ($1, a)
    <- 1
SELECT id FROM rows WHERE id IN ($1::text::int, 3)
    <- '1'
SELECT id FROM rows WHERE id IN ($1::text::int, 3)
    <- 'x'
SELECT a FROM rows WHERE a = ANY (ARRAY[1, 1/0])
SELECT a FROM rows WHERE a = ANY (ARRAY[1, 1/(a - 1)])
SELECT a FROM rows WHERE a IN (1, 1/(a - 1))
SELECT 1 FROM t WHERE (CAST(1e10 AS int4) IN (CAST(''::text AS int4)))

== types without an order in GREATEST and LEAST
SELECT greatest(j, k) FROM t
SELECT least(j) FROM t
SELECT greatest(NULL::json, NULL::json) FROM t WHERE false
SELECT greatest(ARRAY[j], ARRAY[k]) FROM t
UPDATE t SET j = greatest(j, k) WHERE false
SELECT 1 FROM t WHERE greatest(j, k) IS NULL
SELECT nullif(j, k) FROM t
SELECT j IN (k, '1') FROM t

== a place to search from
SELECT array_position(ARRAY[1, 2, 3], 0, NULL)
SELECT array_position(ARRAY[1, 2, 3], NULL, NULL)
SELECT array_position(ARRAY[1, 2, 3], 3, 0)
SELECT array_position(ARRAY[1, 2, 3], 3, -5)
SELECT array_position(ARRAY[1, 2, 3], 3, 4)
SELECT array_position(ARRAY[1, NULL, 1, NULL], NULL, 3)
SELECT array_position(ARRAY[]::int[], 3, NULL)
SELECT array_position(ARRAY[[1, 2], [3, 4]], 3, NULL)

== overlays beyond an integer
SELECT overlay(''::text, ''::text, 1, 2147483647)
SELECT overlay('abc'::text, 'b'::text, 2147483647)
SELECT overlay('abc'::bytea, 'b'::bytea, 2, 2147483647)
SELECT overlay('abc'::text, 'b'::text, 3, -2147483648)
SELECT 'a' FROM t UNION SELECT overlay(''::text, ''::text, 1, 2147483647) FROM t

== nulls that the planner sees
SELECT int4multirange(int4range(1, 5), (t.r - NULL::int4range)) FROM t
SELECT int4multirange(int4range(1, 5), NULL)
SELECT 1 FROM t WHERE (to_date('a'::text, 'YYYY-MM-DD') <> NULL::timestamp)
SELECT 1 FROM t WHERE (1/0 <> NULL::int + $1::int)
    <- 1
SELECT 1 FROM t WHERE (1/$1::int <> NULL::int)
    <- 0
SELECT 1 FROM rows WHERE (1/(id - 1) <> NULL::int)
SELECT 1 FROM t WHERE (abs(1/id + NULL::int) = abs(1/0))
SELECT 1 FROM t WHERE (abs(1/id + NULL::int + 1/0) = 2)
SELECT 1 FROM t WHERE (CASE WHEN false THEN 1/0 + NULL::int ELSE 1 END = 1)
SELECT date_add(($1::timestamptz - '1 day'::interval), '1 day'::interval, ''::text) FROM t
    <- datetime.datetime(2024, 2, 29, 12, 30, tzinfo=datetime.timezone.utc)

== constants in the parts of WITH that write
WITH w AS (DELETE FROM t WHERE c0 = 0/0 RETURNING *) SELECT count(*) FROM w
WITH w AS (DELETE FROM t WHERE (NULL::int4 = (0::int8 % $1::int8)) RETURNING *) SELECT count(*) FROM w
    <- 0
WITH w AS (DELETE FROM t WHERE (NULL::int4 = (0::int8 % $1::int8)) RETURNING *) SELECT count(*) FROM w
    <- 1
WITH w AS (INSERT INTO t (id) VALUES (1/0) RETURNING *) SELECT count(*) FROM w
WITH w AS (INSERT INTO t (id) SELECT 1/0 WHERE false RETURNING *) SELECT 1
WITH w AS (INSERT INTO t (id) SELECT 1 RETURNING id), v AS (SELECT 1/0) SELECT * FROM w, v

== a pattern that ends with its escape character
SELECT '1' LIKE '%\'
SELECT '' LIKE '%\'
SELECT 'ab' LIKE 'a%\'
SELECT 'b' LIKE 'a%\'
SELECT 'a' LIKE '%a\'
SELECT 'ab' LIKE '%a\'
SELECT 'abc' LIKE '%b%\'
SELECT 'ac' LIKE '%b%\'
SELECT 'abc' ILIKE '%B%\'
SELECT similar_escape('a%', NULL), similar_escape(NULL, NULL), similar_escape('a%', '#')

== zones behind a date, and what is said twice
SELECT '2023-01-01+02'::timestamptz
SELECT '2023-01-01 -02'::timestamptz
SELECT '2023-01-01-05:30'::timestamptz
SELECT '2023-01-01+0230'::timestamptz
SELECT '2023-01-01+02'::date, '2023-01-01+02'::timestamp
SELECT '20230101+02'::timestamptz
SELECT '01/02/2023 +02'::timestamptz
SELECT 'Jan 1 2023 +02'::timestamptz
SELECT '+02 2023-01-01'::timestamptz
SELECT '+02'::timestamptz
SELECT '2023-01-01 12:00+02 +03'::timestamptz
SELECT '2023-01-01+25'::timestamptz
SELECT 'infinity+02'::timestamptz
SELECT 'Tue 2024-01-02'::date
SELECT '2024-01-02 Tue'::date
SELECT 'Tue 20240102'::date
SELECT '2024-01-02 epoch'::date
SELECT 'epoch 12:00'::timestamp
SELECT 'infinity 12:00'::timestamp
SELECT '2024-01-02 2024-01-02'::timestamp
SELECT '12:00 2024-01-02 13:00'::timestamp
SELECT 'today today'::timestamp
SELECT 'today''s'::date
SELECT id FROM t WHERE at::date = 'today''s'
SELECT 'now 12:00'::timestamp
SELECT 'tomorrow 04:00'::timestamptz = 'tomorrow'::timestamptz + '4 hours'
SELECT 'tomorrow +02'::timestamptz = 'tomorrow'::timestamptz

== operators that are not immutable
CREATE INDEX ON t ((at + interval '1 day'))
CREATE INDEX ON t ((s || id))
CREATE INDEX ON t ((s || at))
CREATE TABLE g (a timestamptz, b timestamptz GENERATED ALWAYS AS (a + interval '1 day') STORED)
CREATE TABLE g (a date, b timestamptz, c bool GENERATED ALWAYS AS (a < b) STORED)
CREATE TABLE g (a int, b text GENERATED ALWAYS AS ('x' || a) STORED)

== a deferred key that a part of WITH breaks
+ CREATE TABLE parent (id int PRIMARY KEY)
+ CREATE TABLE child (id int, ref int REFERENCES parent DEFERRABLE INITIALLY DEFERRED)
+ INSERT INTO parent VALUES (1)
+ INSERT INTO child VALUES (1, 1)
WITH w AS (DELETE FROM parent RETURNING *) SELECT (SELECT count(*) FROM w)
WITH w AS (DELETE FROM parent RETURNING *) SELECT 1
SELECT * FROM parent
WITH w AS (INSERT INTO child VALUES (2, 5) RETURNING *) SELECT id FROM w
WITH w AS (INSERT INTO child VALUES (2, 5) RETURNING *) INSERT INTO child SELECT 3, ref FROM w
SELECT * FROM child
BEGIN
WITH w AS (DELETE FROM parent RETURNING *) SELECT (SELECT count(*) FROM w)
COMMIT
BEGIN
WITH w AS (DELETE FROM parent RETURNING *) SELECT (SELECT count(*) FROM w)
INSERT INTO parent VALUES (1)
COMMIT
WITH w AS (DELETE FROM child RETURNING *) DELETE FROM parent RETURNING *

== arrays of arrays that differ
+ CREATE TABLE a (id int, v int[])
+ INSERT INTO a VALUES (1, '{1,2}'), (2, '{}'), (3, '{1}'), (4, NULL), (5, '{{1,2}}')
SELECT array_agg(v ORDER BY id) FROM a WHERE id IN (1, 2)
SELECT array_agg(v ORDER BY id) FROM a WHERE id IN (2, 3)
SELECT array_agg(v ORDER BY id) FROM a WHERE id IN (1, 3)
SELECT array_agg(v ORDER BY id) FROM a WHERE id IN (1, 4)
SELECT array_agg(v ORDER BY id) FROM a WHERE id IN (1, 5)
SELECT array(SELECT v FROM a WHERE id IN (1, 2) ORDER BY id)

== DISTINCT and ORDER BY in an aggregate over a type that is cast
+ CREATE TABLE u (id int PRIMARY KEY, e varchar(20), c char(3), n int2)
+ INSERT INTO u VALUES (1, 'b', 'x', 3), (2, 'a', 'y', 1), (3, 'b', 'x', 2)
SELECT string_agg(DISTINCT e, ',' ORDER BY e) FROM u
SELECT string_agg(DISTINCT e, ',' ORDER BY e DESC) FROM u
SELECT string_agg(DISTINCT c, ',' ORDER BY c) FROM u
SELECT max(DISTINCT e ORDER BY e) FROM u
SELECT sum(DISTINCT n ORDER BY n) FROM u
SELECT array_agg(DISTINCT e ORDER BY e) FROM u
SELECT string_agg(DISTINCT e::text, ',' ORDER BY e) FROM u
SELECT string_agg(DISTINCT e, ',' ORDER BY e::text) FROM u
SELECT string_agg(DISTINCT e, ',' ORDER BY n) FROM u
SELECT string_agg(DISTINCT e, ',' ORDER BY lower(e)) FROM u
SELECT string_agg(DISTINCT e, ',' ORDER BY e, n) FROM u
SELECT string_agg(DISTINCT lower(e), ',' ORDER BY lower(e)) FROM u

== lists of arrays
+ CREATE TABLE lists (v varchar[], w text[], n int[])
+ INSERT INTO lists VALUES ('{a,b}', '{a,b}', '{1}')
SELECT v IN (ARRAY['a', 'b']) FROM lists
SELECT v IN (w) FROM lists
SELECT v IN (w, w) FROM lists
SELECT v IN (ARRAY['a'], ARRAY['b']) FROM lists
SELECT w IN (ARRAY['a', 'b'], ARRAY['c']), w NOT IN (ARRAY['a', 'b']), n IN ('{1}', '{2}'), n IN (ARRAY[2], NULL) FROM lists
SELECT v IN ('{a,b}'), v NOT IN ('{c}', '{d}') FROM lists

== what OFFSET skips is computed
+ CREATE TABLE few (id int PRIMARY KEY, n int, s text, u int)
+ INSERT INTO few VALUES (1, 0, 'x', 5), (2, 1, 'y', 4), (3, 2, 'z', 3)
SELECT id, 1 / n FROM few ORDER BY id OFFSET 1
SELECT id, 1 / n FROM few ORDER BY id LIMIT 1 OFFSET 1
SELECT id, 1 / n FROM few OFFSET 1
SELECT id, 1 / n FROM few LIMIT 1 OFFSET 1
SELECT id, 1 / n FROM few ORDER BY s OFFSET 1
SELECT id, 1 / n FROM few ORDER BY id LIMIT 0 OFFSET 1
SELECT id, 6 / id FROM few ORDER BY s DESC OFFSET 1
SELECT id, 6 / id FROM few ORDER BY s DESC LIMIT 1 OFFSET 1
SELECT id, 6 / id FROM few ORDER BY s DESC LIMIT (SELECT 1) OFFSET (SELECT 1)
SELECT s, 1 / min(n) FROM few GROUP BY s ORDER BY s OFFSET 1
SELECT s, 1 / min(n) FROM few GROUP BY s OFFSET 1
SELECT s, 6 / sum(id) FROM few GROUP BY s ORDER BY s DESC LIMIT 1 OFFSET 1
SELECT id, 1 / (row_number() OVER (ORDER BY id) - 1) FROM few ORDER BY id OFFSET 1
SELECT x FROM (SELECT 1 / n AS x, id FROM few ORDER BY id OFFSET 1) q
SELECT id FROM (SELECT 1 / n AS x, id FROM few ORDER BY id OFFSET 1) q
SELECT 1 / n FROM few UNION ALL SELECT 5 OFFSET 1
SELECT 5 UNION ALL (SELECT 1 / n FROM few ORDER BY id OFFSET 1)
SELECT few.id, l.x FROM few CROSS JOIN LATERAL (SELECT 1 / (b.n - few.n) AS x FROM few b ORDER BY b.id OFFSET 3) l
SELECT few.id FROM few CROSS JOIN LATERAL (SELECT 1 / b.n AS x FROM few b ORDER BY b.id OFFSET 1) l ORDER BY few.id
SELECT id FROM few WHERE id IN (SELECT 1 / n FROM few ORDER BY id OFFSET 1)
SELECT (SELECT 1 / n FROM few ORDER BY id LIMIT 1 OFFSET 1)
SELECT EXISTS (SELECT 1 / n FROM few ORDER BY id OFFSET 1)
SELECT EXISTS (SELECT 1 / n FROM few ORDER BY s LIMIT 1)
SELECT ARRAY(SELECT 1 / n FROM few ORDER BY id OFFSET 1)
SELECT a.id, 1 / b.n FROM few a JOIN few b ON a.id = b.id ORDER BY a.id OFFSET 1
CREATE TABLE r AS SELECT id, 1 / n AS x FROM few ORDER BY id OFFSET 1
INSERT INTO few SELECT id + 10, 1 / n, '', 0 FROM few ORDER BY id OFFSET 1
WITH w AS (SELECT id, 1 / n AS x FROM few ORDER BY s OFFSET 1) SELECT id FROM w
WITH w AS (SELECT id, 1 / n AS x FROM few ORDER BY s OFFSET 1) SELECT a.id FROM w a, w b
WITH w AS NOT MATERIALIZED (SELECT id, 1 / n AS x FROM few ORDER BY s OFFSET 1) SELECT a.id FROM w a JOIN w b ON a.id = b.id
WITH w AS MATERIALIZED (SELECT id, 1 / n AS x FROM few ORDER BY s OFFSET 1) SELECT id FROM w
SELECT id, 6 / id FROM few ORDER BY s LIMIT $1 OFFSET $2
    <- -1, -1
SELECT id FROM few ORDER BY s LIMIT $1 OFFSET $2
    <- -1, -1
SELECT id, 6 / id FROM few ORDER BY s LIMIT $1 OFFSET $2
    <- 9223372036854775807, 9223372036854775807
SELECT id, 6 / id FROM few ORDER BY s LIMIT $1 OFFSET $2
    <- 9223372036854775807, 1
SELECT id, 6 / id FROM few ORDER BY s LIMIT $1 OFFSET $2
    <- None, 1
SELECT id, 6 / id FROM few ORDER BY s LIMIT $1 OFFSET $2
    <- 2, None

== what is computed before the sort, and after
+ CREATE TABLE v (id int PRIMARY KEY, n int, s text, u int)
+ INSERT INTO v VALUES (1, 1, 'a', 5), (2, 2, 'b', 4), (3, 0, 'c', 3)
SELECT id, 1 / n FROM v ORDER BY s LIMIT 1
SELECT id, 1 / n FROM v ORDER BY s LIMIT 1 OFFSET 1
SELECT id, 1 / n FROM v ORDER BY s LIMIT 0
SELECT id, 1 / n FROM v ORDER BY s LIMIT $1
    <- 0
SELECT id, 1 / n FROM v ORDER BY s LIMIT $1
    <- 1
SELECT id, 1 / n FROM v LIMIT 2
SELECT s, 1 / min(n) FROM v GROUP BY s ORDER BY s LIMIT 1
SELECT s, sum(1 / n) FROM v GROUP BY s ORDER BY s LIMIT 1
SELECT DISTINCT 1 / n FROM v LIMIT 1
SELECT DISTINCT s, 1 / n FROM v ORDER BY s LIMIT 1
SELECT 1 / n, s FROM v UNION ALL SELECT 5, 'x' ORDER BY 2 LIMIT 1
SELECT a.id, l.x FROM v a CROSS JOIN LATERAL (SELECT 1 / b.n AS x FROM v b ORDER BY b.s LIMIT 1) l
SELECT a.id FROM v a CROSS JOIN LATERAL (SELECT 1 / b.n AS x FROM v b) l ORDER BY a.id
SELECT x FROM (SELECT 1 / n AS x, id FROM v ORDER BY s LIMIT 1) q
SELECT id FROM v WHERE 1 IN (SELECT 1 / n FROM v ORDER BY s LIMIT 1)
SELECT id, (SELECT 1 / b.n FROM v b WHERE b.id = v.id) FROM v ORDER BY s LIMIT 1
SELECT id, (SELECT 1 / b.n FROM v b WHERE b.id = v.id) FROM v ORDER BY s LIMIT 2
SELECT id, (SELECT 1 / b.n FROM v b WHERE b.id = v.id) FROM v ORDER BY s DESC LIMIT 1 OFFSET 1
SELECT id, (SELECT b.n FROM v b WHERE b.id = v.id), 1 / n FROM v ORDER BY s LIMIT 1
SELECT id, 1 + 1 + 1 / n + n + n + n + n + n + n + n + n + n + n FROM v ORDER BY s LIMIT 1
SELECT random() < 2 AND 1 / n > 0 FROM v ORDER BY s LIMIT 1
SELECT random() < 2 AND 1 / n > 0 FROM v ORDER BY s DESC LIMIT 1 OFFSET 1

== numbers drawn after the sort
+ CREATE TABLE few (id int PRIMARY KEY, s text, u int)
+ INSERT INTO few VALUES (1, 'x', 5), (2, 'y', 4), (3, 'z', 3)
+ CREATE SEQUENCE q
+ CREATE TABLE d (n int, u int)
SELECT nextval('q'), s FROM few ORDER BY s DESC
SELECT nextval('q') + u, s FROM few ORDER BY u LIMIT 2
SELECT nextval('q') + u, s FROM few ORDER BY u LIMIT 1 OFFSET 1
SELECT nextval('q') + u, s FROM few ORDER BY u OFFSET 1
SELECT nextval('q') AS v, u FROM few ORDER BY u, v
INSERT INTO d SELECT nextval('q'), u FROM few ORDER BY u RETURNING *
SELECT v, s FROM (SELECT nextval('q') AS v, s FROM few ORDER BY u) x ORDER BY s
SELECT ARRAY(SELECT nextval('q') FROM few ORDER BY u)
SELECT nextval('q'), few FROM few ORDER BY u
SELECT nextval('q') + (SELECT max(b.u) FROM few b WHERE b.id <= few.id), s FROM few ORDER BY u
SELECT nextval('q'), x FROM few, unnest(ARRAY[3, 2]) AS x ORDER BY u, x
SELECT nextval('q'), x.a FROM few, LATERAL (SELECT few.u + 1 AS a) AS x ORDER BY x.a
SELECT nextval('q'), a.s FROM few a LEFT JOIN few b ON b.id = a.id + 1 ORDER BY b.u NULLS FIRST
refused> SELECT nextval('q'), count(*) FROM few GROUP BY s ORDER BY s DESC
refused> SELECT nextval('q') + row_number() OVER (ORDER BY id), s FROM few ORDER BY s DESC
refused> SELECT nextval('q'), generate_series(1, 2) FROM few ORDER BY s DESC
refused> SELECT nextval('q'), s FROM few ORDER BY s DESC FOR UPDATE
refused> SELECT nextval('q'), s FROM few ORDER BY u FETCH FIRST 2 ROWS WITH TIES
refused> SELECT DISTINCT ON (s) nextval('q'), s FROM few ORDER BY s DESC

== infinite intervals
SELECT ('infinity'::interval - '1 day'::interval)::text, ('1 day'::interval - 'infinity'::interval)::text, ('-infinity'::interval - '1 day'::interval)::text, ('infinity'::interval + '1 day'::interval)::text
SELECT ('infinity'::interval + 'infinity'::interval)::text, ('-infinity'::interval + '-infinity'::interval)::text
SELECT ('infinity'::interval - '-infinity'::interval)::text, ('-infinity'::interval - 'infinity'::interval)::text
SELECT ('infinity'::interval - 'infinity'::interval)::text
SELECT ('infinity'::interval + '-infinity'::interval)::text
SELECT (- 'infinity'::interval)::text, (- '-infinity'::interval)::text
SELECT ('infinity'::interval * 2)::text, ('infinity'::interval * -2)::text, ('infinity'::interval / 2)::text, ('infinity'::interval / -2)::text
SELECT ('infinity'::interval * 0)::text
SELECT ('infinity'::interval / 'Infinity'::float8)::text
SELECT ('1 day'::interval * '-Infinity'::float8)::text
SELECT ('1 day'::interval / 'Infinity'::float8)::text
SELECT ('0 day'::interval * 'Infinity'::float8)::text
SELECT ('2024-01-01'::timestamp + 'infinity'::interval)::text, ('2024-01-01'::timestamp - 'infinity'::interval)::text, ('2024-01-01'::date + 'infinity'::interval)::text
SELECT ('2024-01-01'::timestamptz + 'infinity'::interval)::text, ('2024-01-01'::timestamptz - 'infinity'::interval)::text
SELECT ('infinity'::timestamp + '-infinity'::interval)::text
SELECT ('infinity'::timestamp - 'infinity'::interval)::text
SELECT ('12:00'::time + 'infinity'::interval)::text
SELECT ('12:00'::time - 'infinity'::interval)::text
SELECT ('infinity'::timestamp - 'infinity'::timestamp)::text
SELECT date_trunc('day', 'infinity'::interval)::text, justify_days('infinity'::interval)::text, justify_hours('-infinity'::interval)::text, justify_interval('infinity'::interval)::text
SELECT to_char('infinity'::interval, 'HH24'), 'infinity'::interval::time
SELECT 'infinity'::interval = 'infinity'::interval, 'infinity'::interval > '1 year'::interval, isfinite('infinity'::interval)
SELECT sum(x)::text, avg(x)::text, max(x)::text FROM (VALUES ('infinity'::interval), ('1 day')) v(x)
SELECT sum(x)::text FROM (VALUES ('infinity'::interval), ('-infinity')) v(x)
SELECT greatest('infinity'::interval, '1 day')::text
SELECT 'infinity'::interval::text, interval '-infinity' || ''
SELECT ('2024-01-01 12:00'::timestamptz AT TIME ZONE 'infinity'::interval)
SELECT date_trunc('foo', 'infinity'::interval)::text
SELECT date_trunc('week', 'infinity'::interval)::text
SELECT date_trunc('week', '1 day'::interval)::text
SELECT to_char('infinity'::interval, 'HH24')
SELECT to_char('infinity'::interval, '')
SELECT 'infinity'::interval::time
SELECT ('12:00'::timetz + 'infinity'::interval)::text
SELECT ('12:00'::timetz - 'infinity'::interval)::text
SELECT '12:00'::timetz AT TIME ZONE 'infinity'::interval
SELECT '2024-01-01 12:00'::timestamp AT TIME ZONE '-infinity'::interval
SELECT ('2024-01-01 12:00'::timestamptz AT TIME ZONE 'infinity'::interval)
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY x)::text FROM (VALUES ('infinity'::interval), ('1 day')) v(x)
SELECT justify_days('infinity'::interval)::text, justify_hours('-infinity'::interval)::text, justify_interval('infinity'::interval)::text
SELECT sum(x) OVER (ORDER BY x ROWS 1 PRECEDING)::text FROM (VALUES ('infinity'::interval), ('1 day'), ('2 days')) v(x)
SELECT 'infinity'::interval(2)::text, make_interval(secs => 'infinity')

== bounds that are equal and not the same
SELECT numrange(1.50, 2) + numrange(1.5, 2.00), numrange(1.5, 2) + numrange(1.50, 2.00)
SELECT numrange(1.50, 2) * numrange(1.5, 2.00), numrange(1.5, 2) * numrange(1.50, 2.00)
SELECT numrange(1.50, 2) - numrange(1.5, 1.7), numrange(1.5, 3) - numrange(1.50, 2.00), numrange(1, 3.0) - numrange(2, 3.00)
SELECT numrange(1, 2.0) + numrange(2.00, 3), range_merge(numrange(1.50, 2), numrange(1.5, 2.00))
SELECT nummultirange(numrange(1.50, 2), numrange(1.5, 2.00)), nummultirange(numrange(1.5, 2.00), numrange(1.50, 2))
SELECT nummultirange(numrange(1.50, 2)) + nummultirange(numrange(1.5, 2.00)), nummultirange(numrange(1.5, 2)) + nummultirange(numrange(1.50, 2.00))
SELECT nummultirange(numrange(1.50, 2)) * nummultirange(numrange(1.5, 2.00)), nummultirange(numrange(1.5, 2)) * nummultirange(numrange(1.50, 2.00))
SELECT nummultirange(numrange(1.50, 2)) - nummultirange(numrange(1.5, 1.7)), nummultirange(numrange(1.5, 3)) - nummultirange(numrange(1.50, 2.00))
SELECT nummultirange(numrange(1, 3.00), numrange(2, 3.0)), nummultirange(numrange(1, 3.0), numrange(2, 3.00)), nummultirange(numrange(1, 2.0), numrange(2.00, 3))
SELECT range_agg(x) FROM (VALUES (numrange(1.50, 2)), (numrange(1.5, 2.00))) v(x)
SELECT range_agg(x) FROM (VALUES (numrange(1.5, 2.00)), (numrange(1.50, 2))) v(x)
SELECT range_intersect_agg(x) FROM (VALUES (numrange(1.50, 2)), (numrange(1.5, 2.00))) v(x)
SELECT '{[1.50,2),[1.5,2.00)}'::nummultirange, '{[1.5,2.00),[1.50,2)}'::nummultirange
SELECT range_merge('{[1.50,2),[3,4)}'::nummultirange)
SELECT numrange(1.50, 5) - numrange(3.0, 5.00), numrange(1.50, 5, '[]') - numrange(3.0, 5.00), numrange(1.50, 5) - numrange(1.5, 3.00), numrange(1.5,5) - numrange(7, 8)
SELECT nummultirange(numrange(1, 5.0)) - nummultirange(numrange(3, 5.00)), nummultirange(numrange(1, 5.0)) * nummultirange(numrange(3, 5.00), numrange(1.0, 2))

== which constant fails first
+ CREATE TABLE none (id int PRIMARY KEY, c0 int2)
WITH w AS (SELECT i.id, i.id AS x0 FROM none i WHERE CAST(''::text AS bool)) SELECT (0::int2 % 0::int2) FROM w
SELECT (0::int2 % 0::int2) FROM none WHERE CAST(''::text AS bool)
SELECT (0::int2 % 0::int2) FROM (SELECT id FROM none WHERE CAST(''::text AS bool)) w
SELECT (0::int2 % 0::int2), w.x FROM (SELECT 'x'::int AS x FROM none WHERE CAST(''::text AS bool)) w
SELECT (0::int2 % 0::int2), w.x FROM (SELECT ('x' || '')::int AS x FROM none WHERE CAST(''::text AS bool)) w
SELECT (0::int2 % 0::int2), w.x FROM (SELECT ('x' || '')::int AS x FROM none WHERE CAST(''::text AS bool) LIMIT 1) w
SELECT w.x FROM (SELECT ('x' || '')::int AS x FROM none WHERE CAST(''::text AS bool) LIMIT 1) w WHERE 1 / 0 = 1
SELECT 1 / 0 FROM none a JOIN none b ON ('x' || '')::int = 1
SELECT 1 / 0 FROM none a JOIN none b ON a.id = b.id WHERE ('x' || '')::int = 1
SELECT 1 FROM none a JOIN none b ON (('x' || '')::int = 1) WHERE (1 / 0 = 1)
SELECT 1 FROM none a WHERE (1 / 0 = 1) ORDER BY ('x' || '')::int
SELECT 1 FROM none a WHERE (1 / 0 = 1) LIMIT ('x' || '')::int
SELECT (0::int2 % 0::int2) FROM none WHERE EXISTS (SELECT 1 FROM none WHERE CAST(''::text AS bool))
SELECT (0::int2 % 0::int2) FROM none WHERE id IN (SELECT 1 FROM none WHERE CAST(''::text AS bool))
SELECT (0::int2 % 0::int2) FROM none WHERE id = (SELECT 1 FROM none WHERE CAST(''::text AS bool))
SELECT (0::int2 % 0::int2) FROM none, LATERAL (SELECT none.id FROM none b WHERE CAST(''::text AS bool)) l
WITH w AS MATERIALIZED (SELECT i.id, i.id AS x0 FROM none i WHERE CAST(''::text AS bool)) SELECT (0::int2 % 0::int2) FROM w
(SELECT (0::int2 % 0::int2) FROM none) UNION ALL (SELECT 1 FROM none WHERE CAST(''::text AS bool))
SELECT (0::int2 % 0::int2) FROM (SELECT id FROM none GROUP BY id HAVING CAST(''::text AS bool)) w
UPDATE none SET c0 = (0::int2 % 0::int2) WHERE CAST(''::text AS bool)
DELETE FROM none WHERE CAST(''::text AS bool) RETURNING 1 / 0
INSERT INTO none SELECT id, (0::int2 % 0::int2) FROM none WHERE CAST(''::text AS bool) RETURNING ('x' || '')::int
WITH w AS (SELECT 1 / 0 AS a), v AS (SELECT ('x' || '')::int AS b) SELECT * FROM v, w
WITH w AS (SELECT 1 / 0 AS a), v AS (SELECT ('x' || '')::int AS b) SELECT * FROM w, v
WITH w AS NOT MATERIALIZED (SELECT 1 / 0 AS a), v AS (SELECT ('x' || '')::int AS b) SELECT * FROM v, w, w AS u
WITH w AS (SELECT 1 / 0 AS a), v AS (SELECT ('x' || '')::int AS b) SELECT b FROM v, w
WITH w AS (SELECT 1 / 0 AS a, 1 AS c), v AS (SELECT a, c FROM w) SELECT a FROM v
WITH w AS (SELECT 1 / 0 AS a) SELECT 1
WITH w AS (SELECT 1 / 0 AS a) SELECT (SELECT a FROM w)
WITH w AS (SELECT 1 / 0 AS a) SELECT 2 FROM none WHERE EXISTS (SELECT a FROM w WHERE a = 2)
WITH w AS (SELECT 1 / 0 AS a) UPDATE none SET c0 = a FROM w
WITH w AS (SELECT 1 / 0 AS a) DELETE FROM none WHERE id IN (SELECT a FROM w)
WITH w AS (SELECT 1 / 0 AS a) INSERT INTO none SELECT a FROM w WHERE false
WITH w AS (SELECT 1 / 0 AS a FROM none) SELECT ('x' || '')::int FROM w WHERE false
WITH w AS (SELECT 1 / 0 AS a, id FROM none) SELECT ('x' || '')::int FROM w WHERE a = 1 AND false
WITH w AS (SELECT count(*) / (1 / 0) AS a FROM none) SELECT a FROM w WHERE false
UPDATE none SET c0 = 1 WHERE CAST(''::text AS bool) RETURNING 1 / 0
UPDATE none SET c0 = 1 / 0 WHERE CAST(''::text AS bool) RETURNING ('x' || '')::int
WITH w AS (DELETE FROM none RETURNING 1 / 0) SELECT ('x' || '')::int
WITH w AS (DELETE FROM none RETURNING 1 / 0) SELECT ('x' || '')::int FROM w

== letters under the collation C
refused> SELECT upper('é' COLLATE "C"), lower('É' || '' COLLATE "POSIX")
refused> SELECT 'É' ILIKE 'é' COLLATE "C"
refused> SELECT 'é' COLLATE "C" ~ '\w'
refused> SELECT regexp_replace('é' COLLATE "C", '\w', 'x')
SELECT upper('é' COLLATE "default"), 'é' COLLATE "C" LIKE 'é', lower('É' COLLATE "pg_c_utf8")

== conditions in the order of their cost
+ CREATE TABLE big (id int PRIMARY KEY, c0 int4, s text)
+ INSERT INTO big VALUES (1, 2147483647, 'a')
SELECT t.* FROM big t WHERE (t.id + t.c0 = t.c0 AND t.c0 = $1)
    <- 0
SELECT t.* FROM big t WHERE (t.id + t.c0 = t.c0 AND t.c0 = 0)
SELECT t.* FROM big t WHERE (t.id + t.c0 < t.c0 AND t.c0 = 0)
SELECT t.* FROM big t WHERE (t.id + t.c0 < 7 AND t.c0 < 5)
SELECT t.* FROM big t WHERE (t.id + t.c0 < 7 AND t.s = 'b')
SELECT t.* FROM big t WHERE (t.id + t.c0 < 7 AND t.s || 'x' = 'b')
SELECT t.* FROM big t WHERE (t.id + t.c0 < 7 AND lower(t.s || 'x') = 'b')
SELECT t.* FROM big t WHERE (lower(t.s || 'x') = 'b' AND t.id + t.c0 < 7)
SELECT t.* FROM big t WHERE ((t.id + t.c0) * 2 < 7 AND lower(t.s) = 'b')
SELECT t.* FROM big t WHERE (t.id + t.c0 < 7 AND t.c0 IN (1, 2))
SELECT t.* FROM big t WHERE (t.id + t.c0 < 7 AND t.c0 IN (1, 2, 3, 4, 5, 6, 7, 8))
SELECT t.* FROM big t WHERE (t.id + t.c0 < 7 AND t.s IS NULL)
SELECT t.* FROM big t WHERE (t.id + t.c0 < 7 AND t.s LIKE 'b%')
SELECT t.* FROM big t WHERE (t.id + t.c0 < 7 AND t.s ~ 'b')
SELECT t.* FROM big t WHERE (t.id + t.c0 < 7 AND (t.s = 'b' OR t.s = 'c'))
SELECT t.* FROM big t WHERE (t.id + t.c0 < 7 AND (t.s = 'b' OR t.s = 'c' OR t.s = 'd'))
SELECT t.* FROM big t WHERE (t.id + t.c0 < 7 AND t.c0 = (SELECT 2))
SELECT t.* FROM big t WHERE (t.id + t.c0 < 7 AND t.c0 = (SELECT b.id FROM big b WHERE b.c0 = 8 - t.c0))
SELECT t.* FROM big t WHERE (t.id + t.c0 < 7 AND t.c0 = ANY ($1))
    <- [1]
SELECT t.* FROM big t WHERE (t.id + t.c0 < 7 AND CASE WHEN t.c0 > 1 THEN false END)
SELECT t.* FROM big t WHERE (t.id + t.c0 < 7 AND coalesce(t.c0, 1) = 2)
SELECT t.* FROM big t WHERE (t.id + t.c0 < 7 AND t.c0::text = 'x')
SELECT t.* FROM big t WHERE (t.id + t.c0 < 7 AND t.c0::int8 = 4)
SELECT t.* FROM big t WHERE (t.id + t.c0 < 7 AND t.id = 5)
SELECT t.* FROM big t WHERE (t.id + t.c0 < 7 OR t.c0 > 0)
SELECT t.* FROM big t WHERE NOT (t.id + t.c0 >= 7 OR t.c0 > 0)
SELECT t.* FROM big t WHERE (t.id + t.c0 < 7 AND t.c0 < 5) IS TRUE
SELECT (t.id + t.c0 < 7 AND t.c0 < 5) FROM big t
SELECT count(*) FILTER (WHERE t.id + t.c0 < 7 AND t.c0 < 5) FROM big t
SELECT CASE WHEN t.id + t.c0 < 7 AND t.c0 < 5 THEN 1 END FROM big t
SELECT count(*) FROM big t GROUP BY s HAVING max(t.id) + max(t.c0) < 7 AND count(*) > 7
UPDATE big SET s = 'u' WHERE id + c0 < 7 AND c0 < 5
DELETE FROM big WHERE id + c0 < 7 AND c0 < 5
SELECT id FROM big WHERE id + c0 < 7 AND c0 BETWEEN 1 AND 2
SELECT id FROM big WHERE id + c0 < 7 AND NOT (c0 > 2)
SELECT id FROM big WHERE id + c0 < 7 AND $1 > 5
    <- 3
SELECT id FROM big WHERE id + c0 < 7 AND now() > '2999-01-01'
SELECT id FROM big WHERE id + c0 < 7 AND s::varchar(2) = 'x'
SELECT id FROM big WHERE id + c0 < 7 AND c0 NOT IN (SELECT id FROM big)
SELECT id FROM big WHERE id + c0 < 7 AND c0 NOT IN (SELECT c0 FROM big)
SELECT id FROM big WHERE id + c0 < 7 AND NOT EXISTS (SELECT 1 FROM big)
SELECT id FROM big o WHERE (SELECT count(*) FROM big b WHERE b.id + b.c0 < 7 AND o.id > 7) > 0
SELECT id FROM big o WHERE (SELECT count(*) FROM big b WHERE b.id + b.c0 < 7 AND o.id = 7) > 0
SELECT id FROM big o WHERE NOT (id + c0 >= 7 OR NOT (c0 < 4 AND s = 'x'))
SELECT id FROM big o WHERE NOT (id + c0 >= 7 OR NOT (c0 < 4) AND s = 'x')
SELECT id FROM big o WHERE id + c0 < 7 AND (s, c0) = ('x', 1)
SELECT id FROM big o WHERE id + c0 < 7 AND s IS DISTINCT FROM 'a'
SELECT id FROM big o WHERE id + c0 < 7 AND nullif(c0, 5) = 1
SELECT id FROM big o WHERE id + c0 < 7 AND greatest(c0, 5) = 1
SELECT id FROM big o WHERE id + c0 < 7 AND s IN (s || 'x', 'b')
SELECT id FROM big o WHERE id + c0 < 7 AND s IN ('1','2','3','4','5','6','7','8','9','10')
SELECT id FROM big o WHERE id + c0 < 7 AND (c0 > 1 AND c0 < 0)
SELECT id FROM big o WHERE id + c0 < 7 AND (c0 IS NULL)
SELECT id FROM big o WHERE id + c0 < 7 AND (c0 > 1) IS NOT TRUE
SELECT id FROM big o WHERE s = 'a' AND id + c0 < 7 AND c0 < 0
SELECT id FROM big o WHERE s::int = 1 AND c0 < 0
SELECT id FROM big o WHERE s::int = 1 AND s ~ '^[0-9]+$'
SELECT id FROM big o WHERE s ~ '^[0-9]+$' AND s::int = 1
SELECT id FROM big o WHERE s::bool AND c0 < 0
SELECT id FROM big o WHERE (SELECT b.s::int FROM big b) = 1 AND c0 < 0
SELECT id FROM big o WHERE (SELECT b.s::int FROM big b WHERE b.id = o.id) = 1 AND c0 < 0
SELECT id FROM big o WHERE (SELECT b.s::int FROM big b WHERE b.id = o.id) = 1 AND c0 + id > 8

== what is stable is computed before the sort, and dropped where nobody reads it
+ CREATE TABLE moments (id int PRIMARY KEY, at timestamptz, n int)
+ INSERT INTO moments VALUES (1, '2024-01-01+00', 1), (2, '2024-01-02+00', 2), (3, '2024-01-03+00', 0)
SELECT count(*) FROM (SELECT tstzrange(at + interval '1 day', at) AS r FROM moments ORDER BY n LIMIT 1) q
SELECT count(*) FROM (SELECT tstzrange(at + interval '1 day', $1::timestamptz) AS r FROM moments WHERE false) q
    <- datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)
SELECT (SELECT count(*) FROM (SELECT id, date_add($1::timestamptz, interval '1 day', '') FROM moments LIMIT 1) q)
    <- datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)
SELECT id, now() < at AND 1 / n > 0 FROM moments ORDER BY at LIMIT 1
SELECT id, now() > at AND 1 / n > 0 FROM moments ORDER BY at LIMIT 1
SELECT id, now() > at AND 1 / n > 0 AND random() < 2 FROM moments ORDER BY at LIMIT 1

== what EXISTS does not compute, and parameters in it
+ CREATE TABLE one (id int PRIMARY KEY, c0 int2)
+ INSERT INTO one VALUES (1, 1)
SELECT count(*) FROM (SELECT t.id AS x0, 1 / $1 AS x1 FROM one t) q
    <- 0
SELECT 1 WHERE EXISTS (SELECT 1 / $1 FROM one t)
    <- 0
SELECT 1 WHERE EXISTS (SELECT 1 / $1 FROM one t ORDER BY $2::int LIMIT 1)
    <- 0, 1
SELECT 1 WHERE EXISTS (SELECT 1 / $1 FROM one t ORDER BY $2::int OFFSET 0)
    <- 0, 1
SELECT 1 WHERE EXISTS (SELECT 1 / $1 FROM one t LIMIT $2)
    <- 0, 1
WITH w AS (SELECT id, 1 / $1 AS x FROM one) SELECT id FROM w
    <- 0
SELECT id, 5 / (id - $1) FROM one ORDER BY c0 LIMIT $2
    <- 1, 1
SELECT id, 5 / (id - $3), random() < $1 FROM one ORDER BY c0 LIMIT $2
    <- 1.0, 1, 2
SELECT id FROM one WHERE 5 / (id - $1) = 1 AND c0 = $2
    <- 1, 2
SELECT id FROM one WHERE 5 / (id - $1) = 1 AND c0 = $2
    <- 1, 1
UPDATE one SET c0 = $3 WHERE 5 / (id - $1) = 1 AND c0 = $2
    <- 1, 2, 3
SELECT EXISTS (SELECT FROM one LIMIT $1), EXISTS (SELECT FROM one LIMIT $2)
    <- 0, None
SELECT EXISTS (SELECT DISTINCT ON (c0) 1 / (id - 1) FROM one ORDER BY c0)
SELECT EXISTS (SELECT 1 FROM one FOR UPDATE)
SELECT EXISTS (SELECT 1 / 0, count(*) FROM one)
SELECT EXISTS (SELECT 1 / 0 FROM one GROUP BY c0)
SELECT EXISTS (SELECT 1 / 0 FROM one GROUP BY c0 HAVING true)
SELECT EXISTS (SELECT DISTINCT 1 / 0 FROM one)
SELECT EXISTS (SELECT DISTINCT 1 / 0 FROM one ORDER BY 1)
SELECT EXISTS (SELECT 1 / 0 FROM one FOR UPDATE)
SELECT EXISTS (SELECT 1 / 0 UNION SELECT 1)
SELECT EXISTS (SELECT 1 / 0 LIMIT 0)
SELECT EXISTS (SELECT 1 / 0 LIMIT 2)
SELECT EXISTS (SELECT 1 / 0 LIMIT NULL)
SELECT EXISTS (SELECT 1 / 0 LIMIT ALL)
SELECT EXISTS (SELECT row_number() OVER (), 1 / 0 FROM one)
SELECT EXISTS (SELECT 1 / id FROM one GROUP BY id)
SELECT EXISTS (SELECT id, 1 / (id - 1) FROM one GROUP BY id OFFSET 0)
SELECT EXISTS (SELECT c0 FROM one GROUP BY c0), EXISTS (SELECT c0 FROM one GROUP BY ROLLUP (c0)), EXISTS (SELECT c0 FROM one WHERE false GROUP BY ROLLUP (c0)), EXISTS (SELECT FROM one WHERE false GROUP BY ())
SELECT EXISTS (SELECT FROM one WHERE false GROUP BY GROUPING SETS ((), (c0))), EXISTS (SELECT count(*) FROM one WHERE false GROUP BY c0), EXISTS (SELECT count(*) FROM one WHERE false)
SELECT EXISTS (SELECT 1 FROM one LIMIT $1)
    <- 0
SELECT EXISTS (SELECT 1 FROM one LIMIT $1)
    <- -1
SELECT EXISTS (SELECT 1 FROM one LIMIT $1)
    <- None
SELECT EXISTS (SELECT 1 FROM one o WHERE (SELECT count(*) FROM one) > 0 AND o.id > 0)
SELECT EXISTS (SELECT (SELECT count(*) FROM one), 1 / 0 FROM one)
SELECT id FROM one o WHERE EXISTS (SELECT o.id / 0)
SELECT id FROM one o WHERE EXISTS (SELECT count(o.id) FROM one i WHERE i.id > 5)
