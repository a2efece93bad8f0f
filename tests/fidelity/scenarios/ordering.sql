# Equality, order, grouping and uniqueness of every type; NULL; names of columns.

== values that are equal though written otherwise
+ CREATE TABLE u (d numeric UNIQUE, t timestamptz UNIQUE, c char(4) UNIQUE, j jsonb UNIQUE, a int[] UNIQUE, v interval UNIQUE, g uuid UNIQUE, f float8 UNIQUE, b bytea UNIQUE, e varchar(5) UNIQUE)
INSERT INTO u (d) VALUES (1.0)
INSERT INTO u (d) VALUES (1.000)
INSERT INTO u (t) VALUES ('2024-01-01 12:00+00')
INSERT INTO u (t) VALUES ('2024-01-01 14:00+02')
INSERT INTO u (c) VALUES ('ab')
INSERT INTO u (c) VALUES ('ab  ')
INSERT INTO u (j) VALUES ('{"a": 1, "b": 2}')
INSERT INTO u (j) VALUES ('{"b": 2.0, "a": 1}')
INSERT INTO u (a) VALUES ('{1,2}')
INSERT INTO u (a) VALUES (ARRAY[1,2])
INSERT INTO u (v) VALUES ('1 day')
INSERT INTO u (v) VALUES ('24 hours')
INSERT INTO u (g) VALUES ('AAAAAAAA-0000-0000-0000-000000000000')
INSERT INTO u (g) VALUES ('{aaaaaaaa000000000000000000000000}')
INSERT INTO u (f) VALUES ('NaN')
INSERT INTO u (f) VALUES ('nan')
INSERT INTO u (f) VALUES (0), (-0.0)
INSERT INTO u (b) VALUES ('\x0A')
INSERT INTO u (b) VALUES (E'\\012')
INSERT INTO u (e) VALUES ('a'), ('a ')
INSERT INTO u (e) VALUES ('a')
SELECT d FROM u WHERE d = 1
SELECT d, count(*) FROM (VALUES (1.0), (1.00), (2)) x(d) GROUP BY d ORDER BY d
SELECT count(DISTINCT d) FROM (VALUES (1.0), (1.00), (2)) x(d)
SELECT DISTINCT v FROM (VALUES ('1 day'::interval), ('24 hours'), ('1 mon'), ('30 days')) x(v) ORDER BY v
SELECT t FROM u WHERE t = '2024-01-01 07:00-05'
SELECT c, length(c), c = 'ab', c || 'x', c LIKE 'ab' FROM u WHERE c IS NOT NULL
SELECT '1 day'::interval = '24 hours'::interval, '1 mon'::interval > '29 days'::interval, '1 year'::interval = '12 mons'::interval
SELECT ARRAY[1,2] = ARRAY[1,2]::bigint[], ARRAY[1.0] = ARRAY[1.00], '{1}'::int[] = '{1,NULL}'::int[]

== order
SELECT x FROM (VALUES ('1 day'::interval), ('23 hours'), ('1 mon'), ('2 days')) t(x) ORDER BY x
SELECT x FROM (VALUES (ARRAY[1,2]), (ARRAY[1]), (ARRAY[2]), (ARRAY[1,NULL]), ('{}'::int[])) t(x) ORDER BY x
SELECT x FROM (VALUES ('{"a":1}'::jsonb), ('[1]'), ('"a"'), ('1'), ('null'), ('true'), ('{}'), ('[]'), ('"b"'), ('10'), ('{"b":0}'), ('{"a":1,"b":1}')) t(x) ORDER BY x
SELECT x FROM (VALUES (true), (false), (NULL)) t(x) ORDER BY x DESC
SELECT x FROM (VALUES ('\xff'::bytea), ('\x00'), ('\x0001'), ('\x')) t(x) ORDER BY x
SELECT x FROM (VALUES ('2024-01-01'::date), ('infinity'::date), ('0001-01-01')) t(x) WHERE x < 'infinity' ORDER BY x DESC
SELECT x FROM (VALUES (2.5), (10), (-1), (NULL), (2.50)) t(x) ORDER BY x NULLS FIRST
SELECT x FROM (VALUES (9223372036854775808), (9223372036854775807), (-1), (0.1)) t(x) ORDER BY x
SELECT x FROM (VALUES ('a b'), ('a_b'), ('ab'), ('a-b'), ('A'), (''), ('10'), ('9'), ('ä')) t(x) ORDER BY x
SELECT x FROM (VALUES ('10:00'::time), ('09:59:59.9'), ('09:59:59.85')) t(x) ORDER BY x
SELECT x FROM (VALUES ('2024-01-01 00:00:00.5+00'::timestamptz), ('2024-01-01 00:00:00.45+00'), ('2024-01-01 00:00+00')) t(x) ORDER BY x
SELECT x FROM (VALUES ('b0000000-0000-0000-0000-000000000000'::uuid), ('A0000000-0000-0000-0000-000000000000')) t(x) ORDER BY x
SELECT x, y FROM (VALUES (1, 'b'), (1, 'a'), (0, NULL)) t(x, y) ORDER BY x DESC, y
SELECT x FROM (VALUES (3), (1), (2)) t(x) ORDER BY -x
SELECT max(x), min(x) FROM (VALUES ('a'), ('B'), ('ä')) t(x)
SELECT max(x), min(x) FROM (VALUES ('1 day'::interval), ('25 hours')) t(x)
SELECT max(x), min(x) FROM (VALUES (ARRAY[1,2]), (ARRAY[3])) t(x)
SELECT max(x) FROM (VALUES ('{}'::jsonb)) t(x)
SELECT max(x) FROM (VALUES (true)) t(x)
SELECT max(x) FROM (VALUES ('a0000000-0000-0000-0000-000000000000'::uuid)) t(x)
SELECT greatest('a', 'B'), greatest('2024-01-01'::date, '2023-01-01'), least('1 day'::interval, '2 hours'), greatest(true, false)
SELECT x FROM (VALUES ('{"a":1}'::json)) t(x) ORDER BY x
SELECT DISTINCT x FROM (VALUES ('{"a":1}'::json)) t(x)
SELECT x FROM (VALUES ('{"a":1}'::json)) t(x) GROUP BY x
SELECT count(*) FROM (VALUES ('{"a":1}'::json)) t(x) WHERE x = x

== NULL
SELECT NULL + 1, NULL || 'a', NULL AND true, NULL AND false, NULL OR true, NOT NULL::bool, NULL = NULL, NULL IN (1), 1 IN (NULL), 1 NOT IN (2, NULL)
SELECT (1, NULL) = (1, 2), (1, NULL) = (2, 2), (1, 2) < (1, 3), (1, NULL) < (2, 0), (NULL, 1) IS NULL
SELECT NULL IS DISTINCT FROM NULL, 1 IS DISTINCT FROM NULL, NULL IS NOT DISTINCT FROM 1, NULL ISNULL, 1 NOTNULL
SELECT 2 BETWEEN NULL AND 1, 2 BETWEEN 1 AND NULL, 2 BETWEEN 3 AND 1, 2 BETWEEN SYMMETRIC 3 AND 1, 2 NOT BETWEEN 3 AND NULL
SELECT count(*), count(x), sum(x), avg(x), max(x), array_agg(x), string_agg(x::text, ',') FROM (VALUES (NULL::int), (NULL)) t(x)
SELECT count(*), sum(x), array_agg(x), json_agg(x), bool_and(x > 1) FROM (SELECT 1 AS x WHERE false) t
SELECT x FROM (VALUES (1), (NULL), (2)) t(x) WHERE x <> 1
SELECT x FROM (VALUES (1), (NULL)) t(x) WHERE x = 1 IS NOT TRUE
SELECT x, count(*) FROM (VALUES (1), (NULL), (NULL)) t(x) GROUP BY x ORDER BY x
SELECT DISTINCT x FROM (VALUES (NULL::int), (NULL), (1)) t(x) ORDER BY x
SELECT a.x, b.x FROM (VALUES (1), (NULL)) a(x) JOIN (VALUES (1), (NULL)) b(x) ON a.x = b.x
SELECT x FROM (VALUES (1), (NULL)) a(x) INTERSECT SELECT NULL
SELECT x FROM (VALUES (1), (NULL)) a(x) EXCEPT SELECT NULL
SELECT CASE NULL WHEN NULL THEN 'same' ELSE 'not' END, CASE WHEN NULL THEN 1 END, CASE 2 WHEN 1 THEN 'a' END
SELECT num_nulls(1, NULL, NULL), num_nonnulls(1, NULL), coalesce(NULL::int, 5), nullif(5, 5), greatest(NULL, 1), least(NULL, NULL)
SELECT concat(NULL, 'a'), 'a' || NULL, length(''), NULL::text = '', '' IS NULL
SELECT EXISTS (SELECT NULL), NULL IN (SELECT 1 WHERE false), NULL NOT IN (SELECT 1 WHERE false), 1 = ANY(SELECT NULL::int)
SELECT true = ALL(SELECT NULL::bool), 1 = ALL('{}'::int[]), NULL = ANY(ARRAY[NULL]::int[])

== limits
SELECT x FROM generate_series(1, 5) x LIMIT NULL
SELECT x FROM generate_series(1, 5) x LIMIT ALL OFFSET 3
SELECT x FROM generate_series(1, 5) x LIMIT 0
SELECT x FROM generate_series(1, 5) x OFFSET NULL LIMIT 1
SELECT x FROM generate_series(1, 5) x LIMIT 1.5
SELECT x FROM generate_series(1, 5) x LIMIT '2'
SELECT x FROM generate_series(1, 5) x LIMIT $1
    <- '2'
SELECT x FROM generate_series(1, 5) x LIMIT 1 + 1 OFFSET (SELECT 1)
SELECT x FROM generate_series(1, 5) x ORDER BY x DESC FETCH FIRST 2 ROWS ONLY
SELECT x / 2 AS y FROM generate_series(1, 5) x ORDER BY y FETCH FIRST 2 ROWS WITH TIES
SELECT x FROM generate_series(5, 1) x
SELECT x FROM generate_series(5, 1, -2) x
SELECT x FROM generate_series(1, 2, 0) x
SELECT x FROM generate_series(1, 2, 0.5) x
SELECT count(*) FROM generate_series(1, 1000)
SELECT generate_series(1, 3), generate_series(1, 2)
SELECT generate_series(1, 2) * 10 AS y, 'x'

== names of columns
SELECT 1, 'a', 1 + 1, -1, true, NULL, now() IS NULL, CASE WHEN true THEN 1 END, CASE 1 WHEN 1 THEN 2 ELSE 3 END
SELECT count(*), sum(1), coalesce(1, 2), nullif(1, 2), greatest(1), least(1), lower('A'), upper('a') || 'b'
SELECT 1::int, '1'::text, 1::numeric(5,2), CAST(1 AS bigint), '1'::varchar(3), 1.5::real, 't'::bool, '{}'::int[], lower('A')::text
SELECT EXISTS (SELECT 1), (SELECT 5 AS inner_name), (SELECT 6), ARRAY[1], ARRAY(SELECT 1), ROW(1) IS NULL, (ARRAY[1,2])[1]
SELECT extract(year FROM date '2024-01-01'), current_date IS NULL, current_timestamp IS NULL, interval '1 day', date '2024-01-01', trim(' a '), substring('abc' FROM 1 FOR 1), position('a' IN 'abc'), overlay('a' PLACING 'b' FROM 1)
SELECT x.a, x.*, a AS "A" FROM (SELECT 1 AS a, 2 AS b) x
SELECT x.b.c FROM (SELECT 1 AS b) x
SELECT a, a, a AS b FROM (SELECT 1 AS a) x
SELECT '{"k": 1}'::jsonb->'k', '{"k": 1}'::jsonb->>'k', ('{"k": 1}'::jsonb->'k')::int, ('{"k": 1}'::jsonb)['k']
SELECT 1 AS "select", 2 AS "Ünï", 3 AS "a""b", 4 "plain"
SELECT 1 AS a_very_long_name_that_goes_beyond_the_sixty_three_bytes_which_postgresql_allows
SELECT CamelCase FROM (SELECT 1 AS CamelCase) t
SELECT "CamelCase" FROM (SELECT 1 AS CamelCase) t
SELECT user IS NULL, current_user IS NULL, session_user IS NULL, current_schema, localtime IS NULL
SELECT not true, 1 in (1), 1 between 0 and 2, 'a' like 'a', 1 is null, 1 = any(array[1])
SELECT sum(x) AS x FROM (VALUES (1), (2)) t(x) GROUP BY x ORDER BY x DESC
SELECT x % 2 AS x, count(*) FROM generate_series(1, 4) x GROUP BY x ORDER BY 1, 2
SELECT length(s) AS s FROM (VALUES ('bb'), ('a')) t(s) ORDER BY s
SELECT length(s) AS s FROM (VALUES ('bb'), ('a')) t(s) ORDER BY length(s) DESC
