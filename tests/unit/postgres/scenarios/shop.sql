-- What applications say every day: customers and orders.
CREATE TYPE st AS ENUM ('new', 'paid', 'sent')
CREATE TABLE c (id bigserial PRIMARY KEY, name varchar(20) NOT NULL, code char(4), email text UNIQUE, vip boolean NOT NULL DEFAULT false, score real, bal numeric(10,2) DEFAULT 0, meta jsonb NOT NULL DEFAULT '{}', tags text[] DEFAULT '{}', born date, at timestamptz DEFAULT '2024-01-01 00:00+00', s st DEFAULT 'new', dur interval, u uuid, b bytea, CHECK (bal >= 0))
CREATE TABLE o (id serial PRIMARY KEY, cid bigint REFERENCES c(id) ON DELETE CASCADE, total numeric(12,2) NOT NULL, qty smallint CHECK (qty > 0), note text, placed timestamp, net numeric GENERATED ALWAYS AS (total * 0.8) STORED)
INSERT INTO c (name, code, email, vip, score, bal, meta, tags, born, s, dur, u, b) VALUES ('Ann', 'ab', 'ann@x', true, 1.5, 10.5, '{"a": 1, "b": {"c": [1, 2, 3]}}', '{red,blue}', '1990-02-28', 'paid', '1 day 02:03:04', '00000000-0000-0000-0000-00000000000a', '\x00ff'), ('bob', 'cd  ', 'bob@x', false, 0.1, 0, '{"a": "x"}', '{}', '2000-12-31', 'new', '-3 mons', NULL, NULL), ('Élan', NULL, NULL, false, NULL, 3.999, '[]', NULL, NULL, 'sent', NULL, NULL, '\x')
INSERT INTO o (cid, total, qty, note, placed) VALUES (1, 100, 1, 'x_1', '2024-01-31 10:00'), (1, 0.015, 2, 'y%', '2024-02-29 23:59:59.999999'), (2, 99999.995, 3, NULL, '2023-12-25')
INSERT INTO o (cid, total, qty) VALUES (9, 1, 1)
INSERT INTO o (cid, total, qty) VALUES (1, 1, 0)
INSERT INTO o (cid, total, qty) VALUES (1, NULL, 40000)
INSERT INTO o (cid, total) VALUES (1, 99999999999)
INSERT INTO o (cid, total, net) VALUES (1, 1, 1)
INSERT INTO c (name) VALUES ('a name that is far too long')
INSERT INTO c (name, bal) VALUES ('neg', -0.004) RETURNING bal
INSERT INTO c (name, bal) VALUES ('neg', -0.005)
SELECT * FROM o ORDER BY id
SELECT total / 3, total / qty, total % 7, qty / 2, -qty / 2, qty % 2, -7 / 2, -7 % 3, 7 / -2, round(2.5), round(-2.5), round(2.5::float8), round(3.5::float8), 5 / 2.0, 1e3 FROM o WHERE id = 1
SELECT sum(total), avg(total), avg(qty), sum(qty), min(note), max(placed), count(*), count(note), count(DISTINCT cid) FROM o
SELECT cid, sum(total) AS t, array_agg(note ORDER BY id), string_agg(note, '|' ORDER BY id DESC), bool_or(qty > 2), bool_and(qty > 0) FROM o GROUP BY cid HAVING sum(total) > 1 ORDER BY t DESC
SELECT c.name, coalesce(sum(o.total), 0), count(o.id) FROM c LEFT JOIN o ON o.cid = c.id GROUP BY c.id ORDER BY c.id
SELECT name, code, code || 'x', length(code), code = 'ab', code = 'ab  ', code::text || '|', upper(name), lower(name), initcap(name), length(name), octet_length(name) FROM c ORDER BY id
SELECT name FROM c ORDER BY name
SELECT name FROM c ORDER BY lower(name) DESC
SELECT name FROM c WHERE name ILIKE 'é%' OR name LIKE 'b_b' ORDER BY 1
SELECT note FROM o WHERE note LIKE '%\%%' OR note LIKE 'x\_%' ORDER BY id
SELECT note FROM o WHERE note LIKE 'x!_%' ESCAPE '!'
SELECT meta->'a', meta->>'a', meta#>'{b,c}', meta#>>'{b,c,1}', meta->'b'->'c'->-1, meta ? 'a', meta @> '{"a": 1}', meta ?| array['z','a'], meta - 'a', meta || '{"z": null}' FROM c WHERE id < 3 ORDER BY id
SELECT jsonb_set(meta, '{b,c,0}', '9'), jsonb_typeof(meta), meta = '{"b": {"c": [1,2,3]}, "a": 1.0}', jsonb_array_length(meta#>'{b,c}'), meta::text FROM c WHERE id = 1
SELECT jsonb_object_keys(meta) FROM c WHERE id = 1
SELECT k, v FROM c, jsonb_each_text(meta) AS e(k, v) WHERE id < 3 ORDER BY c.id, k
SELECT x FROM c, jsonb_array_elements(meta#>'{b,c}') x WHERE id = 1
SELECT tags, tags[1], array_length(tags, 1), cardinality(tags), 'red' = ANY(tags), tags @> '{red}', tags && '{blue,x}', array_append(tags, 'z'), tags || '{q}', array_to_string(tags, ','), array_position(tags, 'blue') FROM c ORDER BY id
SELECT unnest(tags) FROM c WHERE id = 1
SELECT id, t FROM c, unnest(tags) WITH ORDINALITY AS u(t, n) ORDER BY n
SELECT born, born + 1, born - '2000-01-01'::date, born + interval '1 month', age('2024-03-01', born), extract(year FROM born), extract(dow FROM born), extract(isodow FROM born), extract(doy FROM born), extract(week FROM born), date_trunc('month', born), to_char(born, 'DD Mon YYYY, Day, Q, WW, IYYY-IW') FROM c WHERE born IS NOT NULL ORDER BY id
SELECT placed, placed + '1 month', placed - interval '1 month', placed - '2024-01-01', date_trunc('hour', placed), placed::date, placed::time, extract(epoch FROM placed), to_char(placed, 'YYYY-MM-DD"T"HH24:MI:SS.MS') FROM o ORDER BY id
SELECT dur, dur * 2, dur / 2, dur + '1 hour', -dur, extract(epoch FROM dur), extract(hour FROM dur), justify_days(dur), dur::text, dur > '1 day' FROM c WHERE dur IS NOT NULL ORDER BY id
SELECT '1 year 2 mons 3 days 04:05:06.789'::interval::text, '90 minutes'::interval::text, 'P1Y2M3DT4H5M6S'::interval::text, '-1 day +02:00'::interval::text, '1.5 hours'::interval::text, '2 weeks'::interval::text
SELECT s, s > 'new', s::text, s = 'paid' FROM c ORDER BY s DESC, id
SELECT max(s), min(s) FROM c
SELECT u, b, encode(b, 'hex'), length(b), b || '\x01', u::text FROM c ORDER BY id
SELECT score, score * 2, score::float8, score::text, score::numeric, bal::float8, bal::int, bal::text FROM c ORDER BY id
SELECT 'yes'::bool, 'off'::bool, 't'::bool, '1'::bool, true::int, 0::bool, true::text, NOT NULL::bool, true > false
SELECT 'maybe'::bool
SELECT NULL = NULL, NULL IS NULL, NULL IN (1), 1 IN (1, NULL), 2 IN (1, NULL), 2 NOT IN (1, NULL), NULL AND false, NULL OR true, 1 IS DISTINCT FROM NULL
SELECT CASE WHEN NULL THEN 1 ELSE 2 END, nullif(1, 1), coalesce(NULL, 2), greatest(1, NULL, 3), least('a', 'B')
SELECT 5 BETWEEN 1 AND 5, 5 NOT BETWEEN SYMMETRIC 9 AND 1, 'a' < 'B', 'a' < 'b', 'Z' < 'a', 'a ' = 'a', ''::text IS NULL
SELECT substring('hello' from 2 for 3), substr('hello', -1, 3), left('hello', -2), right('hello', 2), position('l' in 'hello'), strpos('hello', 'z'), replace('aaa', 'a', 'bb'), reverse('abc'), repeat('ab', 3), lpad('5', 3, '0'), rpad('abcdef', 3), split_part('a,b,c', ',', 2), split_part('a,b,c', ',', -1), translate('abc', 'ab', 'x'), btrim('xxaxx', 'x'), ltrim('  a'), concat('a', NULL, 1, true), concat_ws(',', 'a', NULL, 'b'), md5('a'), ascii('a'), chr(233), to_hex(255), format('%s-%I-%L-%s', 'a', 'b c', 'd''e', NULL)
SELECT regexp_replace('foo bar', 'o+', '0'), regexp_replace('foo boo', 'o', '0', 'g'), 'Foo' ~ 'fo', 'Foo' ~* 'fo', regexp_match('a1b2', '[0-9]'), 'abc' SIMILAR TO 'a%', (regexp_matches('a1b22', '([a-z])([0-9]+)', 'g'))
SELECT regexp_split_to_array('a, b,c', ',\s*'), string_to_array('a,b,,c', ','), string_to_array('abc', NULL), array_to_string(ARRAY['a', NULL, 'c'], ',', '?')
SELECT 2147483647 + 1
SELECT 2147483647::bigint + 1, 9223372036854775807 + 0
SELECT 9223372036854775807 + 1
SELECT 32767::smallint + 1::smallint
SELECT 2147483647 * 2
SELECT -(-2147483648)
SELECT abs(-2147483648::int)
SELECT 10 / 0
SELECT 10 % 0
SELECT 10.0 / 0
SELECT 1.0::float8 / 0
SELECT 0.1 + 0.2, 0.1::float8 + 0.2::float8, 1.10 * 2.0, 1.0 / 3, 2.0 / 3.0, 100::numeric / 7, 1e-10 * 1e-10, 123456789.123456789 * 987654321.987654321
SELECT 1.5::int, 2.5::int, -1.5::int, '  42 '::int, 3.7::bigint, 1e10::bigint, 'NaN'::float8, 'Infinity'::float8, '-inf'::float8
SELECT 1.005::numeric(10,2), 12345.678::numeric(7,2), 0.5::numeric(3,0), 1.5::numeric(3,0)
SELECT id, row_number() OVER (ORDER BY total DESC), rank() OVER (PARTITION BY cid ORDER BY total), lag(total) OVER (ORDER BY id), lead(total, 1, 0) OVER (ORDER BY id), sum(total) OVER (ORDER BY id), avg(total) OVER (), first_value(note) OVER (ORDER BY id), last_value(note) OVER (ORDER BY id), ntile(2) OVER (ORDER BY id), percent_rank() OVER (ORDER BY id) FROM o ORDER BY id
SELECT id, sum(qty) OVER w, count(*) OVER w FROM o WINDOW w AS (PARTITION BY cid ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) ORDER BY id
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT sum(n), array_agg(n) FROM t
WITH a AS (SELECT cid, sum(total) s FROM o GROUP BY cid), b AS (SELECT * FROM a WHERE s > 1) SELECT c.name, b.s FROM b JOIN c ON c.id = b.cid ORDER BY b.s
SELECT (SELECT max(total) FROM o WHERE o.cid = c.id), EXISTS (SELECT 1 FROM o WHERE cid = c.id AND total > 50), ARRAY(SELECT o.id FROM o WHERE o.cid = c.id ORDER BY o.id DESC) FROM c ORDER BY c.id
SELECT * FROM generate_series(1, 10, 3) n
SELECT d::date FROM generate_series('2024-01-30'::timestamp, '2024-02-02', '1 day') d
SELECT name FROM c WHERE id IN (SELECT cid FROM o) UNION SELECT note FROM o ORDER BY 1
SELECT 1 AS a UNION ALL SELECT 2.5 UNION ALL SELECT NULL ORDER BY a DESC NULLS LAST
SELECT cid FROM o INTERSECT SELECT id FROM c EXCEPT SELECT 2
INSERT INTO c (email, name) VALUES ('ann@x', 'Ann2') ON CONFLICT (email) DO UPDATE SET name = EXCLUDED.name || c.name, bal = c.bal + 1 WHERE c.vip RETURNING id, name, bal
INSERT INTO c (email, name) VALUES ('bob@x', 'B') ON CONFLICT (email) DO UPDATE SET name = 'no' WHERE c.vip RETURNING id
INSERT INTO c (email, name) VALUES ('new@x', 'N'), ('new@x', 'M') ON CONFLICT DO NOTHING RETURNING id, name
INSERT INTO c (email, name) VALUES ('z@x', 'N'), ('z@x', 'M') ON CONFLICT (email) DO UPDATE SET name = 'q'
UPDATE c SET bal = bal - 100 WHERE id = 1
UPDATE c SET bal = bal * 1.1, vip = NOT vip, tags = tags || 'n'::text, meta = meta || jsonb_build_object('n', bal) WHERE id = 1 RETURNING bal, vip, tags, meta
UPDATE o SET total = total + c.bal FROM c WHERE c.id = o.cid AND c.vip = false RETURNING o.id, c.name, total
DELETE FROM o USING c WHERE o.cid = c.id AND c.name = 'bob' RETURNING o.id, c.name
DELETE FROM c WHERE id = 1 RETURNING *
SELECT count(*) FROM o
SELECT id, bal FROM c ORDER BY bal DESC NULLS LAST, id LIMIT 2 OFFSET 1
SELECT name FROM c FETCH FIRST 1 ROW ONLY
SELECT DISTINCT vip, s FROM c ORDER BY s, vip
SELECT vip, count(*) FILTER (WHERE bal > 0), max(bal) FROM c GROUP BY vip ORDER BY vip
SELECT id FROM c WHERE (name, vip) = ('bob', false)
SELECT to_jsonb(ARRAY[1,2]), jsonb_build_object('a', 1, 'b', NULL, 'c', '2024-01-01'::date), json_build_array(1, 'x', NULL, true), jsonb_agg(x) FROM (VALUES (1), (2)) v(x)
SELECT now() = transaction_timestamp(), clock_timestamp() >= now(), current_date = now()::date
SELECT $1::int + $2, $3::text || 'x', $4::jsonb->'a', $5::text[], $6::timestamptz, $7::numeric -- [1, 2, 'a', {'a': [1]}, ['x', None], datetime.datetime(2024,1,1,tzinfo=datetime.timezone.utc), decimal.Decimal('1.50')]
SELECT name FROM c WHERE id = ANY($1::bigint[]) ORDER BY id -- [[1, 2, 3]]
SELECT name FROM c WHERE email = $1 OR $1 IS NULL -- ['bob@x']
SELECT $1 + 1 -- ['1']
SELECT foo FROM c
SELECT c.foo FROM c
SELECT name FROM c WHERE bal > 'abc'
SELECT name FROM c WHERE name > 5
SELECT name, count(*) FROM c
SELECT nme FROM c
SELECT lower(5)
SELECT sum(name) FROM c
INSERT INTO c (nme) VALUES ('x')
INSERT INTO c (name, name) VALUES ('x', 'y')
INSERT INTO c (name) VALUES ('x', 'y')
INSERT INTO c (name, bal) VALUES ('x')
INSERT INTO c VALUES (DEFAULT, NULL)
UPDATE c SET id = 'x'
UPDATE c SET name = NULL
SELECT * FROM c JOIN o ON id = cid
SELECT 'a' + 1
SELECT * FROM c WHERE
SELECT * FRM c
SELECT 'abc
DELETE FROM nope
DROP TABLE c
DROP TABLE o, c
