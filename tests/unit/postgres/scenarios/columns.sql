-- What applications say every day: one table with columns of many types.
CREATE TABLE t (id serial PRIMARY KEY, a int, b text, arr int[], j jsonb, ts timestamptz, n numeric(8,2), tags text[], e text)
INSERT INTO t (a, b, arr, j, ts, n, tags) VALUES (1, 'x', '{1,2}', '{"k": [1,{"z":2}]}', '2024-01-01 00:00Z', 1.5, '{a,b}'), (2, NULL, NULL, NULL, NULL, NULL, NULL), (3, 'Y', '{}', '[1,2]', '2024-06-01 12:30Z', 2.50, '{}')
SELECT 'n'::text || tags, tags || 'n'::text, tags || b, b || tags, arr || a, a || arr, arr || arr, tags || NULL::text, 'a' || 1, 1 || 'a', 'x' || now()::date::text IS NOT NULL, b || a || b FROM t ORDER BY id
SELECT tags || 'lit' FROM t WHERE id = 1
SELECT 'lit' || tags FROM t WHERE id = 1
SELECT tags || '{lit}' FROM t WHERE id = 1
SELECT arr || '3' FROM t WHERE id = 1
SELECT array_append(tags, $1), array_remove(tags, 'a'), array_prepend('z', tags), array_cat(tags, '{q}'), array_replace(tags, 'a', 'c') FROM t WHERE id = 1 -- ['p']
UPDATE t SET tags = array_append(tags, $1), arr = arr || $2 WHERE id = $3 RETURNING tags, arr -- ['p', [9], 1]
UPDATE t SET arr = arr || $1::int WHERE id = 1 RETURNING arr -- [7]
SELECT $1 = ANY(tags), $2 = ANY(arr), NOT ($1 = ANY(tags)) FROM t ORDER BY id -- ['a', 2]
SELECT id FROM t WHERE tags @> ARRAY[$1] ORDER BY id -- ['a']
SELECT id FROM t WHERE tags && $1 ORDER BY id -- [['a', 'q']]
SELECT array_agg(DISTINCT a ORDER BY a DESC), array_agg(b ORDER BY b NULLS FIRST) FROM t
SELECT ARRAY[1,2] = ARRAY[1,2], ARRAY[1,2] < ARRAY[1,3], '{1,NULL}'::int[], ARRAY[]::text[], '{"a b","c,d",NULL,"NULL"}'::text[], array_fill(0, ARRAY[2]), array_ndims(ARRAY[[1]])
SELECT j->'k'->1->>'z', (j->'k'->>0)::int + 1, j #>> '{k,1}', j - 0, j @> '[1]', j->>'nope', (j->>'k')::jsonb FROM t ORDER BY id
SELECT jsonb_array_elements(j->'k'), id FROM t WHERE id = 1
SELECT jsonb_insert('{"a": [1]}', '{a,0}', '0'), jsonb_strip_nulls('{"a": null, "b": 1}'), '{"a": 1}'::jsonb <@ '{"a": 1, "b": 2}', jsonb_pretty('{"a": [1]}'), '[1, 2]'::jsonb - 0, '{"a": {"b": 1}}'::jsonb #- '{a,b}'
SELECT '{"b": 1, "a": 2, "a": 3}'::jsonb, '{"b": 1, "a": 2, "a": 3}'::json::text, '1.10'::jsonb, '"\u00e9"'::jsonb, 'null'::jsonb IS NULL, '[1, "1", true, null]'::jsonb->>3
SELECT '{bad}'::jsonb
SELECT jsonb_build_object('a')
SELECT id, ts AT TIME ZONE 'Europe/Berlin', (ts AT TIME ZONE 'Europe/Berlin')::date, ts::date, date_trunc('week', ts), extract(hour FROM ts AT TIME ZONE 'Asia/Tokyo') FROM t ORDER BY id
SELECT ts - '2024-01-01'::timestamptz, ts - interval '1 day', ts + '1 month'::interval, age(ts, '2023-05-15'), ts BETWEEN '2024-01-01' AND '2024-12-31', ts::text FROM t ORDER BY id
SELECT id FROM t WHERE ts > now() - interval '10 years' ORDER BY ts DESC NULLS LAST
SELECT '2024-02-30'::date
SELECT '25:00'::time
SELECT '2024-01-01'::date + '10:00'::time, '2024-01-31'::date + interval '1 month', '2024-03-31'::date - interval '1 month', date '2024-03-01' - date '2024-02-01', '10:30'::time + interval '90 minutes', '2024-01-01'::timestamp = '2024-01-01'::date
SELECT n, n * 100, n / 3, round(n / 3, 2), n::int, n::text, n || '%', -n, n ^ 2, n % 1, trunc(n), n = 1.5, n IN (1.50, 2.5) FROM t ORDER BY id
SELECT sum(n), avg(n), stddev(n), variance(n), min(n), max(n), sum(a), avg(a), sum(a)::float / count(*), count(*)::float FROM t
SELECT a, count(*) OVER (), sum(a) OVER (ORDER BY a DESC), round(avg(a) OVER (ORDER BY a ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING), 2) FROM t ORDER BY a
SELECT date_trunc('month', ts) AS m, count(*) FROM t GROUP BY 1 ORDER BY 1 NULLS FIRST
SELECT CASE WHEN a > 1 THEN 'big' ELSE 'small' END AS size, count(*) FROM t GROUP BY size ORDER BY size
SELECT b, count(*) FROM t GROUP BY b ORDER BY count(*) DESC, b NULLS FIRST
SELECT coalesce(b, 'none') AS b, sum(a) FROM t GROUP BY coalesce(b, 'none') ORDER BY 2
SELECT t1.id, t2.id FROM t t1 JOIN t t2 ON t1.id < t2.id ORDER BY 1, 2
SELECT t1.id FROM t t1 LEFT JOIN t t2 ON t2.a = t1.a + 1 WHERE t2.id IS NULL ORDER BY 1
SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS v(n, s) FULL JOIN t ON t.a = v.n + 1 ORDER BY t.id NULLS FIRST
SELECT id, a FROM t WHERE (a, id) > (1, 1) ORDER BY id
SELECT id FROM t WHERE a IN (SELECT a FROM t WHERE b IS NOT NULL) AND NOT EXISTS (SELECT 1 FROM t x WHERE x.a = t.a + 1) ORDER BY id
SELECT max(id) FROM t WHERE false
SELECT count(*), max(a), sum(a), array_agg(a), string_agg(b, ','), bool_and(a > 0), json_agg(a) FROM t WHERE false
SELECT b FROM t ORDER BY b COLLATE "C"
SELECT b FROM t WHERE b > 'A' ORDER BY b
SELECT lower(b), upper('straße'), lower('ÀÉ'), initcap('hello wORLD'), length('日本'), substr('日本語', 2, 1), overlay('abcdef' placing 'X' from 2 for 3), starts_with('abc', 'ab'), quote_literal('a''b'), quote_ident('a b'), trim(both 'x' from 'xax'), trim('  a '), char_length('abc'), bit_length('a'), string_to_array('a b', ' ') FROM t WHERE id = 1
SELECT 'a' = 'a'::char(3), 'abc'::char(2), 'a'::varchar(1), cast('5' as int), cast(5 as text), int '5', date '2024-01-01', 5::text || 'x', '5'::numeric(4,2), true::text, 't'::boolean::int
SELECT a::text, a::float, a::numeric / 2, a / 2, a::float / 2, a % 2 = 1, a << 2, a & 1, a | 4, a # 3, ~a, @ -a FROM t ORDER BY id
SELECT count(*) FROM t a CROSS JOIN t b
SELECT * FROM t WHERE id = 99
SELECT 1 WHERE 1 = 2
VALUES (1, 'a'), (2, NULL)
SELECT 1 AS "Quoted Name", 2 AS b, 3
SELECT id AS x FROM t ORDER BY x DESC LIMIT 1
SELECT id AS x FROM t WHERE x = 1
SELECT a + 1 AS y FROM t GROUP BY y ORDER BY y
SELECT count(*) AS c FROM t HAVING c > 1
INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4) RETURNING * -- [20, 'p', 21, None]
INSERT INTO t DEFAULT VALUES RETURNING id, a
INSERT INTO t (id, a) VALUES (100, 5) ON CONFLICT (id) DO NOTHING
INSERT INTO t (id, a) VALUES (100, 6) ON CONFLICT (id) DO UPDATE SET a = t.a + EXCLUDED.a RETURNING a
INSERT INTO t (id, a) VALUES (100, 6) ON CONFLICT ON CONSTRAINT t_pkey DO UPDATE SET a = 0 RETURNING *
INSERT INTO t (id) VALUES (100) ON CONFLICT (a) DO NOTHING
UPDATE t SET a = s.m FROM (SELECT max(a) AS m FROM t) s WHERE t.id = 1 RETURNING t.a
UPDATE t SET n = n + 0.005 WHERE id = 1 RETURNING n
UPDATE t SET n = 1234567
UPDATE t SET a = DEFAULT WHERE id = 2 RETURNING a
DELETE FROM t WHERE id IN (SELECT id FROM t ORDER BY id DESC LIMIT 2) RETURNING id
SELECT nextval('t_id_seq') > 0, currval('t_id_seq') = lastval()
SELECT setval('t_id_seq', 1000), nextval('t_id_seq')
TRUNCATE t RESTART IDENTITY
INSERT INTO t (a) VALUES (1) RETURNING id
ALTER TABLE t ADD COLUMN z int NOT NULL DEFAULT 5
ALTER TABLE t ADD COLUMN z2 int NOT NULL
SELECT z FROM t
ALTER TABLE t ADD CONSTRAINT apos CHECK (a > 0)
INSERT INTO t (a) VALUES (0)
ALTER TABLE t DROP CONSTRAINT apos
ALTER TABLE t ALTER COLUMN a SET NOT NULL
INSERT INTO t (b) VALUES ('q')
ALTER TABLE t ALTER COLUMN a SET DEFAULT 42
INSERT INTO t (b) VALUES ('q') RETURNING a
ALTER TABLE t RENAME COLUMN b TO bb
SELECT bb FROM t ORDER BY id
SELECT b FROM t
ALTER TABLE t RENAME TO t9
SELECT count(*) FROM t9
CREATE TABLE IF NOT EXISTS t9 (x int)
CREATE TABLE t9 (x int)
CREATE INDEX CONCURRENTLY ix ON t9 (a)
DROP INDEX ix
DROP TABLE IF EXISTS nope
