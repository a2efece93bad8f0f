-- Types in and out.
SELECT 1, 2147483648, 9223372036854775808, 1.50, 'a', NULL, true, -5, 1e3, 0.1
SELECT 7/2, 7/2.0, -7/2, 7%3, -7%3, 2147483647 + 0, 1.10 + 2.2, 1.5 * 1.5, 10 / 4.0, 2 ^ 3, 2::numeric ^ 3
SELECT 2147483647 + 1
SELECT 9223372036854775807 + 1
SELECT 1/0
SELECT 1.0/0
SELECT 'abc'::int
SELECT '12'::int, ' 12 '::int, '1.5'::numeric, '1.5'::float8, 't'::bool, 'yes'::bool, 'off'::boolean
SELECT 'x'::bool
SELECT 300::smallint, 70000::smallint
SELECT 1::bool, 0::bool, true::int
SELECT 2.5::int, 3.5::int, -2.5::int, 2.5::float8::int, 3.5::float8::int
SELECT 1.005::numeric(10,2), 123456::numeric(5,2)
SELECT 'abcdef'::varchar(3), 'abc'::char(5), 'abc'::char(5) || 'x', length('abc'::char(5))
SELECT '2026-01-31'::date, '2026-01-31 10:11:12.345'::timestamp, '2026-01-31 10:11:12+02'::timestamptz, '10:11:12'::time, '1 day 2 hours'::interval
SELECT '2026-02-30'::date
SELECT 'garbage'::timestamp
SELECT date '2026-01-31' + 1, date '2026-01-31' - date '2026-01-01', timestamp '2026-01-31' + interval '1 month', timestamptz '2026-01-31 00:00+00' - timestamptz '2026-01-30 12:00+00'
SELECT interval '1 day' * 2, interval '1 month' + interval '1 day', -interval '1 day', interval '1 day' > interval '23 hours'
SELECT date_trunc('month', timestamp '2026-05-17 10:11:12'), extract(year from timestamp '2026-05-17'), date_part('month', timestamp '2026-05-17'), extract(epoch from interval '1 day')
SELECT '550E8400-e29b-41d4-a716-446655440000'::uuid
SELECT 'zz'::uuid
SELECT '\xdeadbeef'::bytea, 'abc'::bytea
SELECT '{1,2,NULL}'::int[], ARRAY[1,2,3], ARRAY['a','b'], ARRAY[]::text[], ARRAY[1,2.5]
SELECT ARRAY[]
SELECT (ARRAY[1,2,3])[2], (ARRAY[1,2,3])[9], array_length(ARRAY[1,2,3], 1), cardinality(ARRAY[1,2]), ARRAY[1,2] || 3, ARRAY[1,2] || ARRAY[3]
SELECT ARRAY[1,2] @> ARRAY[1], ARRAY[1,2] && ARRAY[3], ARRAY[1] <@ ARRAY[1,2], ARRAY[1,2] = ARRAY[1,2], ARRAY[1,2] < ARRAY[1,3]
SELECT 1 = ANY(ARRAY[1,2]), 3 = ANY(ARRAY[1,NULL]), 3 <> ALL(ARRAY[1,2]), 1 = ANY(NULL::int[]), 3 > ALL(ARRAY[1,2]), 3 > ANY(ARRAY[5,NULL])
SELECT $1::int[] -- [[1, 2, None]]
SELECT $1::text[] -- [['a', None, 'c"d']]
SELECT $1 -- ['text']
SELECT $1 + 1 -- [2]
SELECT $1::int + $2 -- [1, 2]
SELECT $1 -- [5]
SELECT $2::int -- [5]
SELECT $1::jsonb, $2::json -- [{'b': 1, 'a': [1, 2.50, None]}, {'b': 1, 'a': 2}]
SELECT $1::date, $2::timestamptz, $3::interval, $4::uuid, $5::bytea, $6::numeric -- [datetime.date(2026, 1, 2), datetime.datetime(2026, 1, 2, 3, tzinfo=datetime.timezone.utc), datetime.timedelta(days=1, seconds=5), uuid.UUID(int=5), b'\x00\x01', decimal.Decimal('1.50')]
SELECT $1::timestamp -- [datetime.datetime(2026, 1, 2, 3, tzinfo=datetime.timezone.utc)]
SELECT $1::timestamptz -- [datetime.datetime(2026, 1, 2, 3)]
SELECT $1::float8, $2::float4, $3::bool, $4::int2, $5::int8 -- [1.5, 2.5, True, 3, 4]
SELECT $1::int2 -- [70000]
SELECT $1::text -- [5]
SELECT $1::bool -- [1]
SELECT $1::int -- [2.5]
SELECT '{"b":1, "a" : [1,2.50]}'::jsonb, '{"b":1, "a" : [1,2.50]}'::json, '{"a":1,"a":2}'::jsonb
SELECT '{"a'::jsonb
SELECT '{"a":{"b":[1,2]}}'::jsonb -> 'a' -> 'b' -> 1, '{"a":"x"}'::jsonb ->> 'a', '{"a":{"b":1}}'::jsonb #> '{a,b}', '{"a":{"b":"t"}}'::jsonb #>> '{a,b}', '[1,2]'::jsonb -> -1
SELECT '{"a":1,"b":2}'::jsonb @> '{"a":1}', '{"a":1}'::jsonb <@ '{"a":1,"b":2}', '{"a":1}'::jsonb ? 'a', '{"a":1}'::jsonb ?| array['x','a'], '{"a":1}'::jsonb ?& array['x','a']
SELECT '{"a":1}'::jsonb || '{"b":2}', '{"a":1,"b":2}'::jsonb - 'a', '[1,2]'::jsonb - 0, '{"a":{"b":1}}'::jsonb #- '{a,b}', '1'::jsonb = '1.0'::jsonb
SELECT jsonb_build_object('a', 1, 'b', ARRAY[1,2]), to_jsonb('x'::text), jsonb_array_length('[1,2]'), jsonb_typeof('{}'), jsonb_set('{"a":1}', '{a}', '2'), json_build_array(1, 'a', NULL)
SELECT '{"a":1}'::json @> '{"a":1}'
SELECT '{"a":1}'::json = '{"a":1}'::json
SELECT ('{"a":[1,2]}'::jsonb)['a'][1]
SELECT lower('ÀB'), upper('éc'), length('é'), 'a' || 1, 'a' || NULL, concat('a', NULL, 1, true), substring('hello' from 2 for 3), position('l' in 'hello'), trim('  a '), replace('aXa', 'X', 'b'), left('abc', 2), right('abc', 2), split_part('a,b', ',', 2), repeat('ab', 2), reverse('abc'), initcap('hi you'), lpad('7', 3, '0'), md5('a')
SELECT 'éc' ILIKE 'É%', 'a_c' LIKE 'a\_c', 'abc' LIKE 'a_c', 'a%' LIKE 'a!%' ESCAPE '!', 'abc' NOT LIKE 'x%', 'abc' ~ '^a', 'ABC' ~* 'b', NULL LIKE 'a'
SELECT coalesce(NULL, 1), coalesce(NULL, 'a'), nullif(1, 1), nullif(1, 2), greatest(1, NULL, 3), least('b', 'a'), CASE WHEN 1 = 1 THEN 'a' ELSE 'b' END, CASE 2 WHEN 1 THEN 'a' WHEN 2 THEN 'b' END
SELECT coalesce(1, 'a')
SELECT CASE WHEN true THEN 1 ELSE 'a' END
SELECT CASE WHEN true THEN 1 ELSE true END
SELECT 1 IS DISTINCT FROM NULL, NULL IS NOT DISTINCT FROM NULL, NOT NULL, true AND NULL, false AND NULL, true IS NOT FALSE, NULL IS UNKNOWN
SELECT 5 BETWEEN 1 AND 10, 5 NOT BETWEEN 6 AND 10, 5 BETWEEN SYMMETRIC 10 AND 1, 1 IN (1, 2), 3 NOT IN (1, 2), 3 IN (1, NULL), 'a' IN ('a', 'b')
SELECT (1, 2) = (1, 2), (1, 'a') < (1, 'b'), (1, 2) IN ((1, 2), (3, 4))
SELECT round(2.5), round(3.456, 2), round(2.5::float8), ceil(1.2), floor(-1.2), abs(-5), sign(-2.0), trunc(1.99), sqrt(4), power(2, 10), mod(7, 3)
SELECT round(1.5::float8, 1)
SELECT sqrt(-1)
SELECT 1.0::float8, 1e20::float8, 0.1::float4, 'NaN'::float8, 'Infinity'::float8, 'NaN'::numeric
SELECT 1 + '2', '1' + '2'
SELECT 'a' < 'B', 'a' = 'a ', 'a'::char(2) = 'a'
SELECT to_char(timestamp '2026-01-02 03:04:05', 'YYYY-MM-DD HH24:MI:SS')
SELECT true::text, 1::text, 1.50::text, 'x'::text, '2026-01-01'::date::text, '2026-01-01 10:00:00'::timestamp::text, '2026-01-01 10:00:00.5+00'::timestamptz::text, ARRAY[1,2]::text, '{"a": 1}'::jsonb::text
SELECT generate_series(1, 3)
SELECT * FROM generate_series(1, 3) AS g
SELECT * FROM generate_series(1, 3) WITH ORDINALITY AS g(v, n)
SELECT * FROM unnest(ARRAY['a', 'b', NULL]) AS u
SELECT key, value FROM jsonb_each('{"a": 1, "b": [2]}'::jsonb) ORDER BY key
SELECT value FROM jsonb_array_elements('[1, "a", null, {"b": 1}]'::jsonb)
SELECT value FROM jsonb_array_elements_text('[1, "a", null]'::jsonb) AS value
SELECT 1 AS a, 2 AS a
SELECT 1 WHERE 'x'
SELECT date '2026-01-01' < timestamp '2026-01-01 00:00:01', 1 = 1.0, 1 = 1.0::float8, 1.0 = 1.00
SELECT true = 1
SELECT 'a' = 1
SELECT cast('1' AS int), int '5', '5'::text::int
SELECT 1::date
SELECT 'today'::date = current_date, now() = current_timestamp, now()::date = current_date
SELECT 'x'::nosuch
SELECT current_user, current_schema
SELECT 1; SELECT 2
