# Where SQLite answers, and PostgreSQL answers something else: the list of the design, and its neighbours.
+ CREATE TABLE kv (k text PRIMARY KEY, v int)
+ INSERT INTO kv VALUES ('a', 1), ('b', 2), ('c', NULL)
+ CREATE TABLE data (id serial PRIMARY KEY, slug text UNIQUE, n numeric(10,2), f float8, big bigint, small smallint, ok bool, born date, at timestamptz)
+ INSERT INTO data (slug, n, f, big, small, ok, born, at) VALUES ('one', 1.5, 0.1, 9000000000, 1, true, '2024-02-29', '2024-02-29 12:00+00'), ('two', 2.25, 0.2, 1, 2, false, '2023-12-31', '2023-12-31 23:59:59.123456+00'), ('three', NULL, NULL, NULL, NULL, NULL, NULL, NULL)

== unknown quoted name is no text
SELECT "a" FROM kv
SELECT k FROM kv WHERE k = "a"
SELECT "k" FROM kv ORDER BY "k"
UPDATE kv SET k = "zzz"
SELECT 'x' AS "Mixed Case", 1 AS MiXeD
SELECT "K" FROM kv

== scalar subquery of several rows
SELECT (SELECT v FROM kv)
SELECT (SELECT v FROM kv WHERE k = 'a')
SELECT (SELECT v FROM kv WHERE k = 'zzz')
SELECT k FROM kv WHERE v = (SELECT v FROM kv)
SELECT (SELECT k, v FROM kv)
UPDATE kv SET v = (SELECT v FROM kv WHERE v IS NOT NULL)
SELECT k, v FROM kv ORDER BY k

== bare column beside an aggregate
SELECT slug, COUNT(*) FROM data
SELECT slug, count(*) FROM data GROUP BY ok
SELECT ok, count(*) FROM data GROUP BY ok ORDER BY ok
SELECT id, slug, count(*) FROM data GROUP BY id ORDER BY id
SELECT count(*) FROM data WHERE count(*) > 1
SELECT sum(count(*)) FROM data
SELECT max(n) FROM data GROUP BY slug HAVING slug > 'p' ORDER BY slug
SELECT ok FROM data HAVING ok
SELECT * FROM data ORDER BY count(*)

== text and numbers do not mix
SELECT k + 1 FROM kv
SELECT k FROM kv WHERE k = 1
SELECT k FROM kv WHERE v = '1'
SELECT k FROM kv WHERE v = 'x'
SELECT k || v FROM kv ORDER BY k
SELECT 'a' + 1
SELECT '1' + 1
SELECT '1' + '1'
SELECT true + 1
SELECT 1 || 2
SELECT 1 = true
SELECT v FROM kv WHERE v
SELECT NOT 1
SELECT CASE WHEN 1 THEN 2 END
SELECT CASE WHEN true THEN 1 ELSE 'x' END
SELECT COALESCE(1, 'x')
SELECT COALESCE(v, k) FROM kv
SELECT k FROM kv UNION SELECT v FROM kv
SELECT 1 UNION SELECT 'x'
SELECT k FROM kv WHERE k IN (1, 2)
SELECT k FROM kv WHERE k LIKE 1
SELECT sum(k) FROM kv
SELECT avg(k) FROM kv
SELECT max(ok) FROM data
SELECT -k FROM kv
SELECT length(v) FROM kv
SELECT upper(v) FROM kv

== a statement sees the table as it was
INSERT INTO kv SELECT k || k, v FROM kv WHERE k < 'c' RETURNING k, v
SELECT count(*) FROM kv
UPDATE kv SET v = (SELECT count(*) FROM kv WHERE v > 1) RETURNING k, v
DELETE FROM kv WHERE v > (SELECT avg(v) FROM kv) RETURNING k

== WITH that changes data
WITH t AS (INSERT INTO data (slug) VALUES ('new') RETURNING id) SELECT slug FROM data ORDER BY id
SELECT slug FROM data ORDER BY id
WITH gone AS (DELETE FROM data WHERE slug = 'new' RETURNING slug) SELECT slug, (SELECT count(*) FROM data) AS c FROM gone
WITH u AS (UPDATE kv SET v = 100 WHERE k = 'a' RETURNING v) SELECT kv.v, u.v FROM kv, u WHERE kv.k = 'a'

== upsert touches a row once
INSERT INTO kv VALUES ('q', 1), ('q', 2) ON CONFLICT (k) DO UPDATE SET v = excluded.v
INSERT INTO kv VALUES ('q', 1), ('q', 2) ON CONFLICT DO NOTHING RETURNING *
INSERT INTO kv VALUES ('q', 1), ('q', 2) ON CONFLICT DO UPDATE SET v = 1
INSERT INTO kv VALUES ('q', 1), ('q', 2)
SELECT * FROM kv ORDER BY k

== ids that failed are gone
INSERT INTO data (slug) VALUES ('one')
INSERT INTO data (slug) VALUES ('four') RETURNING id
INSERT INTO data (slug) VALUES ('four') ON CONFLICT (slug) DO NOTHING
INSERT INTO data (slug) VALUES ('five') RETURNING id
BEGIN
INSERT INTO data (slug) VALUES ('six') RETURNING id
ROLLBACK
INSERT INTO data (slug) VALUES ('six') RETURNING id
INSERT INTO data (id, slug) VALUES (12, 'twelve') RETURNING id
INSERT INTO data (slug) VALUES ('s8'), ('s9'), ('s10') RETURNING id
INSERT INTO data (slug) VALUES ('s12')
INSERT INTO data (slug) VALUES ('s13') RETURNING id
INSERT INTO data (id, slug) VALUES (DEFAULT, 'd') RETURNING id
INSERT INTO data (id, slug) VALUES (NULL, 'd2')

== arguments of the wrong type
SELECT k FROM kv WHERE v = $1
    <- 2.5
SELECT k FROM kv WHERE v = $1
    <- 'text'
SELECT k FROM kv WHERE k = $1
    <- 1
SELECT k FROM kv WHERE v = $1
    <- True
SELECT k FROM kv WHERE v = $1
    <- 3000000000
SELECT slug FROM data WHERE small = $1
    <- 70000
SELECT slug FROM data WHERE n = $1
    <- 1.5
SELECT slug FROM data WHERE n = $1
    <- '1.5'
SELECT slug FROM data WHERE ok = $1
    <- 1
SELECT slug FROM data WHERE ok = $1
    <- 'true'
SELECT slug FROM data WHERE born = $1
    <- '2024-02-29'
SELECT slug FROM data WHERE born = $1
    <- datetime.datetime(2024, 2, 29, 12)
SELECT slug FROM data WHERE at > $1
    <- datetime.datetime(2024, 1, 1)
SELECT slug FROM data WHERE at > $1
    <- datetime.date(2024, 1, 1)
SELECT slug FROM data WHERE f = $1
    <- Decimal('0.1')
SELECT slug FROM data WHERE f = $1
    <- '0.1'
SELECT slug FROM data WHERE id = ANY($1)
    <- [1, 2]
SELECT slug FROM data WHERE id = ANY($1)
    <- (1, 2)
SELECT slug FROM data WHERE id = ANY($1)
    <- 1
SELECT slug FROM data WHERE id = ANY($1)
    <- ['1']
SELECT slug FROM data WHERE id IN ($1)
    <- [1]
SELECT $1
    <- 1
SELECT $1
    <- 'a'
SELECT $1::int + $2
    <- 1, 2
SELECT $1 || 'x'
    <- 'a'
SELECT $1 + 1
    <- 5
SELECT $1 + $2
    <- 5, 6
SELECT $2::text
    <- 1, 'a'
SELECT $1::text, $1::int
    <- '1'
SELECT k FROM kv WHERE k = $1
SELECT k FROM kv WHERE k = $1
    <- 'a', 'b'
SELECT k FROM kv WHERE k = $1
    <- None
SELECT $1::jsonb
    <- {'a': [1, 2.5, None, True]}
SELECT $1::bytea
    <- 'text'
SELECT $1::uuid
    <- 'not-a-uuid'
SELECT $1::uuid
    <- '12345678-1234-5678-1234-567812345678'
SELECT $1::interval
    <- datetime.timedelta(days=1, hours=2)
SELECT $1::interval
    <- '1 day'
SELECT $1::text
    <- b'x'

== numbers keep PostgreSQL's types and scales
SELECT avg(v), sum(v), count(v), max(v) FROM kv
SELECT avg(n), sum(n), min(n) FROM data
SELECT avg(f), sum(f) FROM data
SELECT sum(big), avg(big), sum(small), avg(small) FROM data
SELECT 7/2, 7/2.0, 7%3, -7/2, -7%3, 7.5%2, 2^3, 2^0.5
SELECT 1/3.0, 10/4::numeric, 1.0/7, 100::numeric/3
SELECT 1.10 + 2.205, 1.10 * 2.20, 1.10 - 1.1, 3.00 / 1.5
SELECT round(2.5), round(-2.5), round(2.5::float8), round(3.5::float8), round(2.345, 2), trunc(2.99), ceil(2.1), floor(-2.1)
SELECT 0.1 + 0.2, 0.1::float8 + 0.2::float8, 0.1::float4
SELECT 1e3, 1.5e-3, 12345678901234567890
SELECT 5::numeric(5,2), 5.555::numeric(5,2), '5.555'::numeric(4,1)
SELECT 1000::numeric(5,2) * 100, 99999::numeric(6,2)
SELECT 2147483647 + 1
SELECT 2147483647::bigint + 1
SELECT 9223372036854775807 + 1
SELECT 1::smallint + 32767::smallint
SELECT 1/0
SELECT 1.0/0
SELECT 1::float8/0
SELECT 5 % 0
SELECT sqrt(2), sqrt(2.0), sqrt(-1)
SELECT power(2, 10), power(2.0, 10), exp(1.0), ln(2.0), log(100)
SELECT abs(-5), abs(-5.50), sign(-2.5), mod(7, 3), div(7, 2), gcd(12, 18)
SELECT extract(year FROM at), date_part('year', at), extract(epoch FROM at), extract(second FROM at) FROM data WHERE slug = 'two'
SELECT extract(dow FROM born), extract(doy FROM born), extract(isodow FROM born), extract(week FROM born) FROM data WHERE slug = 'one'

== case and letters beyond ASCII
SELECT lower('ÀB'), upper('éß'), initcap('élan vital'), length('añb'), octet_length('añb')
SELECT 'École' ILIKE 'éc%', 'École' LIKE 'éc%', 'ÉCOLE' ILIKE 'École'
SELECT 'abc' LIKE 'ABC', 'abc' ILIKE 'ABC', 'a_c' LIKE 'a\_c', 'abc' LIKE 'a\_c'
SELECT reverse('añb'), substring('añb' FROM 2 FOR 1), position('b' IN 'añb'), strpos('añb', 'z')
SELECT x FROM (VALUES ('b'), ('B'), ('a'), ('A'), ('é'), ('z'), (NULL), ('_'), ('1')) t(x) ORDER BY x
SELECT x FROM (VALUES ('b'), ('B'), ('a'), (NULL)) t(x) ORDER BY x DESC
SELECT 'a' < 'B', 'a' < 'B' COLLATE "C", 'é' > 'z'

== equality of jsonb is by value
SELECT '1'::jsonb = '1.0'::jsonb, '{"a":1,"b":2}'::jsonb = '{"b":2,"a":1}'::jsonb, '[1,2]'::jsonb = '[2,1]'::jsonb
SELECT '{"b":1,"a":2,"a":3}'::jsonb, '{"b":1,"a":2,"a":3}'::json
SELECT '1.50'::jsonb::text, '1e2'::jsonb::text, '{"aa":1,"b":2}'::jsonb::text
SELECT '{"a":1}'::json = '{"a":1}'::json
SELECT DISTINCT x FROM (VALUES ('1'::jsonb), ('1.0'::jsonb), ('2'::jsonb)) t(x) ORDER BY x
SELECT count(*) FROM (VALUES ('{"a":1}'::jsonb), ('{"a":1.00}'::jsonb)) t(x) GROUP BY x

== expression indexes
+ CREATE TABLE person (id serial PRIMARY KEY, email text NOT NULL, active bool DEFAULT true)
CREATE UNIQUE INDEX person_email ON person (lower(email))
INSERT INTO person (email) VALUES ('Ann@X.org')
INSERT INTO person (email) VALUES ('ann@x.ORG')
INSERT INTO person (email) VALUES ('ann@x.ORG') ON CONFLICT (lower(email)) DO UPDATE SET active = false RETURNING email, active
INSERT INTO person (email) VALUES ('ann@x.ORG') ON CONFLICT (email) DO NOTHING
CREATE INDEX person_rand ON person ((random()))
CREATE UNIQUE INDEX person_email ON person (email)
CREATE UNIQUE INDEX IF NOT EXISTS person_email ON person (email)
CREATE INDEX nope ON person (nope)
DROP INDEX nope
DROP INDEX IF EXISTS nope
DROP INDEX person_email

== set membership and NULL
SELECT k FROM kv WHERE v NOT IN (1, NULL)
SELECT k FROM kv WHERE v IN (1, NULL)
SELECT 1 IN (SELECT v FROM kv), 5 IN (SELECT v FROM kv), 5 NOT IN (SELECT v FROM kv)
SELECT k FROM kv WHERE v = ANY(ARRAY[1, NULL])
SELECT k FROM kv WHERE v <> ALL(ARRAY[1]) ORDER BY k
SELECT k FROM kv WHERE v = ANY('{}'::int[])
SELECT k FROM kv WHERE NOT (v > 1)
SELECT k FROM kv WHERE v IS DISTINCT FROM 1 ORDER BY k
SELECT NULL = NULL, NULL IS NULL, NULL <> 1, (NULL AND false), (NULL OR true)
SELECT k FROM kv WHERE v = NULL
SELECT count(v), count(*), count(DISTINCT v) FROM kv
