-- Places where SQLite would answer something else in silence.
CREATE TABLE t (id int, name text, c char(4), n numeric, f float8, b bool, ts timestamptz, j jsonb, arr int[], v varchar(3))
INSERT INTO t VALUES (1, 'b', 'x', 1.50, 1.5, true, '2026-01-01 00:00:00+00', '{"a": 1}', '{1,2}', 'abc'), (2, 'B', 'X ', 1.5, 'NaN', false, '2026-01-01 01:00:00+01', '{"a": 1.0}', '{}', NULL), (3, 'é', NULL, NULL, NULL, NULL, NULL, NULL, NULL, ''), (4, 'a', 'y', 10, '-Infinity', true, '2025-12-31 23:59:59.999999+00', '[1, 2]', '{10}', 'z')
SELECT id FROM t ORDER BY name, id
SELECT id FROM t ORDER BY f, id
SELECT id FROM t ORDER BY ts, id
SELECT id FROM t ORDER BY j, id
SELECT id FROM t ORDER BY arr, id
SELECT count(*) FROM t WHERE name LIKE 'B'
SELECT id FROM t WHERE name = 'b ' OR c = 'x   '
SELECT n, count(*) FROM t GROUP BY n ORDER BY n
SELECT DISTINCT j FROM t ORDER BY j
SELECT a.id, b.id FROM t a JOIN t b ON a.n = b.n WHERE a.id < b.id
SELECT a.id, b.id FROM t a JOIN t b ON a.j = b.j WHERE a.id < b.id
SELECT id FROM t WHERE b ORDER BY id
SELECT id FROM t WHERE NOT b ORDER BY id
SELECT id FROM t WHERE b IS NOT TRUE ORDER BY id
SELECT id FROM t WHERE b = 't' ORDER BY id
SELECT id FROM t WHERE id = '1'
SELECT id FROM t WHERE id = 1.0
SELECT id FROM t WHERE id > 2.5
SELECT id FROM t WHERE f = 'NaN'
SELECT id, f > 1 FROM t ORDER BY id
SELECT f + 1, f * 2, f / 2 FROM t ORDER BY id
SELECT sum(f), max(f), min(f) FROM t
SELECT max(name), min(name), max(c), max(ts), max(v) FROM t
SELECT id FROM t WHERE ts = '2026-01-01' ORDER BY id
SELECT id FROM t WHERE ts >= $1 ORDER BY id -- [datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)]
SELECT id FROM t WHERE ts::date = '2026-01-01' ORDER BY id
SELECT j->'a', j->>'a', j->0, (j->>'a')::numeric + 1 FROM t WHERE id < 3 ORDER BY id
SELECT id FROM t WHERE j->>'a' = '1' ORDER BY id
SELECT id FROM t WHERE (j->'a')::int = 1 ORDER BY id
SELECT id FROM t WHERE 10 = ANY(arr)
SELECT id FROM t WHERE arr @> ARRAY[1]
SELECT id, arr[1], array_length(arr, 1) FROM t ORDER BY id
SELECT 'x' || NULL, NULL || 'x', 1 + NULL, NULL = NULL, NULL <> 1, NULL AND true
SELECT '5' > '10', 5 > 10, '5'::int > 10
SELECT '1' = 1, 1 = '1', '01' = 1
SELECT 'abc' = 'ABC', 'abc' < 'abd', '' = NULL, '' IS NULL
SELECT length(''), length(NULL), substr('abc', 0, 2), substr('abc', -1), substring('abc', 2)
SELECT 10 % 3, -10 % 3, 10.5 % 3, 5 / 2 * 2.0, 2 ^ 10, |/ 25.0, @ -5, 5 & 3, 5 | 3, 5 # 3, ~5, 1 << 3
SELECT round(0.5), round(1.5), round(-0.5), 0.5::int, 1.5::int, 0.5::float8::int, 1.5::float8::int
SELECT 0.1 + 0.2, 0.1::float8 + 0.2::float8, 1/3.0, 1.0/3, 2/3::float8, 1e308::float8 * 10
SELECT 1e400::float8
SELECT 100000::int2
SELECT 2147483648::int4
SELECT 1::int2 + 32767::int2
SELECT -(-9223372036854775808)
SELECT abs(-9223372036854775807 - 1)
SELECT 4611686018427387904 * 2
SELECT sum(x) FROM (VALUES (9223372036854775807), (1)) v(x)
SELECT CAST('  7 ' AS int), CAST('7.0' AS int)
SELECT 'true'::bool AND 'f'::bool, true > false, greatest(true, false)
SELECT count(*), count(NULL), count(1) FROM t WHERE false
SELECT min(id), sum(id), avg(id), bool_and(b), string_agg(name, ',') FROM t WHERE false
SELECT name, count(*) FROM t GROUP BY name HAVING count(*) > 1
SELECT "ID" FROM t
SELECT 'a' AS "Mixed", 1 AS UPPER
SELECT t.name FROM t AS x
SELECT name AS id FROM t ORDER BY id
SELECT id AS name FROM t ORDER BY name
SELECT -id AS id FROM t ORDER BY id
SELECT -id AS id FROM t ORDER BY t.id
SELECT id + 1 AS x FROM t ORDER BY x + 1
SELECT id % 2 AS p, count(*) FROM t GROUP BY p ORDER BY p
SELECT id FROM t GROUP BY id, name ORDER BY name LIMIT 1
SELECT CASE WHEN id = 1 THEN n END AS q FROM t GROUP BY 1 ORDER BY 1
SELECT CASE id WHEN 1 THEN 'one' WHEN NULL THEN 'null' ELSE 'other' END FROM t ORDER BY id
SELECT COALESCE(v, name, 'none'), NULLIF(v, ''), COALESCE(n, 0), COALESCE(f, 0) FROM t ORDER BY id
SELECT * FROM t LEFT JOIN (SELECT 1 AS one) o ON false WHERE id = 1
SELECT x.one FROM t LEFT JOIN (SELECT 1 AS one) x ON t.id = 1 ORDER BY t.id
SELECT id FROM t WHERE id IN (NULL)
SELECT id FROM t WHERE id NOT IN (1, NULL)
SELECT id FROM t WHERE (SELECT false)
SELECT id FROM t WHERE EXISTS (SELECT FROM t WHERE id > 100)
SELECT EXISTS (SELECT * FROM t), NOT EXISTS (SELECT 1 WHERE false)
SELECT (SELECT count(*) FROM t), (SELECT name FROM t WHERE id = 99), (SELECT max(id) FROM t WHERE id < (SELECT avg(id) FROM t))
SELECT id FROM t ORDER BY id OFFSET 2
SELECT id FROM t ORDER BY id FETCH FIRST 2 ROWS ONLY
SELECT id FROM t LIMIT 'x'
SELECT id FROM t LIMIT 1.5
SELECT * FROM t WHERE id = 1 AND
SELECT * FROM t x, t y WHERE id = 1
SELECT id, FROM t
SELECT id FROM t WHERE id = $1 AND name = $2 -- [1, 'b']
SELECT id FROM t WHERE id = $2 -- [1, 2]
SELECT $1::int, $1::text -- [1]
SELECT id FROM t WHERE name = $1 AND v = $1 -- ['b']
SELECT id FROM t WHERE id = $1 AND name = $1 -- ['b']
SELECT id FROM t WHERE name IN ($1, $2) ORDER BY id -- ['a', 'b']
SELECT id FROM t WHERE n IN ($1, $2) ORDER BY id -- [decimal.Decimal('1.5'), decimal.Decimal('10.0')]
SELECT id FROM t WHERE ($1::text IS NULL OR name = $1) ORDER BY id -- [None]
SELECT id FROM t WHERE name ILIKE $1 ESCAPE '\' -- ['%\\%%']
SELECT id FROM t WHERE name LIKE 'a\'
SELECT coalesce($1, 'x') -- [None]
SELECT $1 || 'x' -- ['a']
SELECT $1 = 'x' -- ['x']
SELECT now() - $1::interval < now() -- [datetime.timedelta(days=1)]
SELECT id FROM t WHERE ts > now() - $1 * interval '1 day' AND false -- [7]
SELECT jsonb_build_object('n', n, 'f', f, 'b', b, 'ts', ts, 'arr', arr) FROM t WHERE id = 1
SELECT json_agg(id ORDER BY id), jsonb_agg(name) FILTER (WHERE id < 3) FROM t
SELECT to_jsonb(n), to_jsonb(ts) FROM t WHERE id = 1
SELECT array_agg(n ORDER BY n), array_agg(name ORDER BY id), array_agg(b ORDER BY id) FROM t
UPDATE t SET name = upper(name), n = n + 1 WHERE id = 1 RETURNING name, n, id + 1 AS next
UPDATE t x SET name = 'z' WHERE x.id = 2 RETURNING x.name
UPDATE t SET v = 'toolong' WHERE id = 1
UPDATE t SET v = 'ab   ' WHERE id = 1 RETURNING v
UPDATE t SET c = 'q' RETURNING c, length(c), c || '!'
UPDATE t SET id = id + 1, f = id WHERE id = 3 RETURNING id, f
UPDATE t SET j = j || '{"z": true}' WHERE id = 1 RETURNING j
UPDATE t SET j = jsonb_set(j, '{a,b}', '5'), arr = arr || 9 WHERE id = 1 RETURNING j, arr
UPDATE t SET ts = ts + interval '1 month' WHERE id = 1 RETURNING ts
DELETE FROM t WHERE id > (SELECT avg(id) FROM t) RETURNING id
DELETE FROM t x WHERE x.id = 1
INSERT INTO t (id, n) VALUES (7, 1.123456789012345678901234567890) RETURNING n
INSERT INTO t (id, n) VALUES ($1, $2) RETURNING n -- [8, decimal.Decimal('1E+3')]
INSERT INTO t (id, f) VALUES ($1, $2) RETURNING f -- [9, 1]
INSERT INTO t (id, b) VALUES (9, 1)
INSERT INTO t (id, name) VALUES (10, 5) RETURNING name
INSERT INTO t (id, name) VALUES (10, now()) RETURNING length(name) > 10
INSERT INTO t (id, ts) VALUES (11, '2026-13-01')
INSERT INTO t (id, arr) VALUES (12, '{1,x}')
INSERT INTO t (id, arr) VALUES (12, ARRAY['1','2']) RETURNING arr
INSERT INTO t (id, j) VALUES (12, '{bad')
INSERT INTO t (id, j) VALUES (12, $1) RETURNING j -- [[1, 'x', None, 1.0, True]]
INSERT INTO t (id, name) SELECT id, 'n' FROM t WHERE false RETURNING id
INSERT INTO t (id) SELECT generate_series(20, 22) RETURNING id
INSERT INTO t (id, name) VALUES (30, 'a'), (31, NULL), (32, DEFAULT) RETURNING name
INSERT INTO t (id, n) VALUES (33, 1), (34, 2.5), (35, NULL) RETURNING n
INSERT INTO t (id) VALUES ('x'), (1)
WITH x AS (SELECT 1 AS a) SELECT * FROM x, x AS y
WITH x AS (SELECT 1 AS a) INSERT INTO t (id) SELECT a + 50 FROM x RETURNING id
WITH x AS (SELECT 51 AS a) UPDATE t SET name = 'cte' FROM x WHERE t.id = x.a RETURNING name
WITH x AS (SELECT 51 AS a) DELETE FROM t WHERE id IN (SELECT a FROM x) RETURNING id
SELECT * FROM x
SELECT '2026-01-01'::date + '1 day'::interval, '2026-03-01'::date - 1, '2026-01-31'::timestamp + '1 month', age('2026-03-01'::timestamp, '2026-01-31'::timestamp)
SELECT extract(dow from date '2026-01-04'), extract(epoch from timestamptz '2026-01-01 00:00:00+00'), date_part('year', date '2026-01-04')
SELECT ('2026-01-01'::timestamptz AT TIME ZONE 'UTC'), '2026-01-01 00:00'::timestamp AT TIME ZONE 'UTC'
SELECT current_date = now()::date, localtimestamp = now()::timestamp
SELECT sum(n), max(n), avg(n) FROM t
SELECT ARRAY[1,2] || '{3}'
SELECT to_jsonb('abc')
SELECT name FROM t WHERE ARRAY[1] = ANY('{}')
SELECT id FROM t WHERE id::bigint + 1
SELECT extract(year FROM name) FROM t
SELECT greatest(j, 1) FROM t
SELECT random() < 1, gen_random_uuid() IS NOT NULL
SELECT nullif('a', 1)
SELECT nosuch.x FROM t
SELECT lower('A', 'B')
SELECT count()
SELECT upper(*) FROM t
SELECT max(1, 2)
SELECT array_agg(NULL)
SELECT sum('a')
SELECT string_agg(id, ',') FROM t
SELECT t.id FROM t WHERE t.id = (SELECT t.id)
CREATE TABLE nul (id int, a int[])
INSERT INTO nul VALUES (1, NULL), (2, '{}'), (3, '{5}')
SELECT id FROM nul WHERE 1 <> ALL(a) ORDER BY id
SELECT id FROM nul WHERE NOT (1 = ANY(a)) ORDER BY id
SELECT id FROM nul WHERE id <> ALL($1::int[]) -- [None]
SELECT CASE WHEN 1 > ALL(a) THEN 'yes' ELSE 'no' END FROM nul ORDER BY id
SELECT 0::bigint AS x, count(*) FROM nul GROUP BY 1 ORDER BY 1
SELECT (-1)::bigint AS x, 7::smallint AS y, count(*) FROM nul GROUP BY x, y ORDER BY y, x
SELECT justify_interval('-11 mons 03:04:05')::text, justify_interval('1 mon -1 hour')::text, justify_interval('-1 mon 1 hour')::text, justify_interval('-1 mon -1 day 25 hours')::text, justify_interval('1 mon -33 days 50 hours')::text, justify_interval('-1 mon 33 days -50 hours')::text
SELECT justify_hours('-1 day 25 hours')::text, justify_hours('1 day -25 hours')::text, justify_days('1 mon -35 days')::text, justify_days('-1 mon 35 days')::text, justify_interval('-11 mons 2 days 03:04:05')::text, justify_interval('35 days 25:00')::text, justify_interval('-35 days -25:00')::text
SELECT justify_interval('1 year -400 days 1000 hours')::text, justify_interval('-1 year 400 days -1000 hours')::text, justify_interval('29 days 24 hours')::text, justify_interval('1 mon -30 days 0.000001 sec')::text
SELECT NULL::int + (1/0)
SELECT a.x, NULL::int + 1/(a.x - 1) FROM (VALUES (1), (2)) a(x)
SELECT upper(NULL), 1/(a.x - 1) > NULL, NULL || (1/(a.x - 1))::text, concat(NULL, a.x), coalesce(NULL::int + 1/(a.x-1), 5), ARRAY[1] || NULL::int FROM (VALUES (1), (2)) a(x)
