# Strings, patterns, regular expressions, arrays, and what NULL makes of them.

== everyday functions
SELECT 'a' || NULL, 'a' || 1, concat('a', NULL, 1, true), concat_ws('-', 'a', NULL, 'b'), format('%s is %L, %I', 'x', 'it''s', 'A b')
SELECT upper('abc'), lower('ABC'), initcap('hello wORLD'), length('héllo'), char_length('abc'), octet_length('é'), bit_length('a')
SELECT trim('  a '), ltrim('xxa', 'x'), rtrim('axx', 'x'), btrim('xyaxy', 'xy'), trim(both 'x' from 'xax'), trim(leading from ' a ')
SELECT substring('hello' from 2 for 3), substr('hello', -1, 3), left('hello', 2), right('hello', 2), left('hello', -2), substring('hello', 10)
SELECT substring('hello' from -1 for 3), substring('hello' for 0)
SELECT substring('hello', 2, -1)
SELECT position('l' in 'hello'), strpos('hello', 'z'), replace('aXbX', 'X', '--'), translate('12345', '143', 'ax'), overlay('abcdef' placing 'ZZ' from 2 for 3)
SELECT lpad('7', 3, '0'), rpad('a', 3), lpad('abcdef', 3), lpad('a', 5, 'xy'), repeat('ab', 3), repeat('a', -1), reverse('abc')
SELECT split_part('a,b,c', ',', 2), split_part('a,b,c', ',', -1), split_part('abc', ',', 2)
SELECT split_part('a,b', ',', 0)
SELECT string_to_array('a,b,,c', ','), string_to_array('a,b,,c', ',', ''), string_to_array('abc', NULL), array_to_string(ARRAY['a', NULL, 'b'], '-'), array_to_string(ARRAY['a', NULL], '-', '*')
SELECT ascii('a'), chr(233), md5('abc'), encode('abc'::bytea, 'hex'), encode('abc'::bytea, 'base64'), decode('616263', 'hex'), encode(sha256('abc'), 'hex')
SELECT chr(0)
SELECT decode('zz', 'hex')
SELECT starts_with('hello', 'he'), 'hello' ^@ 'he', quote_ident('A b'), quote_literal('it''s'), quote_nullable(NULL)
SELECT to_hex(255), 'x'::text = 'x '::text, 'x'::char(3) = 'x'::char(5), 'a'::char(3) || 'b', length('a  '::char(5))
SELECT E'a\tb\n\'c\'', 'a\tb', U&'\00e9', $$dollar 'quoted'$$, 'con'
    'cat'
SELECT 'abc' < 'abd', 'Z' < 'a', '' < 'a', 'a' = 'A', 'ab' > 'a'
SELECT format('%5s|%-5s|%%|%2$s', 'a', 'b'), format('%s', NULL), format('no')
SELECT format('%s %s', 'a')
SELECT format('%z', 'a')
SELECT unistr('\0041'), normalize('é', NFD) = 'é', casefold('ÀB')
SELECT pg_typeof('a' || 'b'), pg_typeof(concat(1)), pg_typeof(length('a'))
SELECT string_agg(x, ',') FROM (VALUES ('a'), (NULL), ('b')) t(x)
SELECT string_agg(x, NULL ORDER BY x) FROM (VALUES ('a'), ('b')) t(x)
SELECT string_agg(DISTINCT x, ',' ORDER BY x DESC) FROM (VALUES ('a'), ('b'), ('a')) t(x)
SELECT string_agg(1, ',')
SELECT length(NULL), upper(NULL), NULL || 'a', coalesce(NULL || 'a', 'b'), replace('a', NULL, 'b')

== patterns
SELECT 'hello' LIKE 'h%o', 'hello' LIKE 'h_llo', 'hello' NOT LIKE '%z%', 'h%' LIKE 'h\%', 'h!' LIKE 'h!!' ESCAPE '!', NULL LIKE 'a'
SELECT 'a\b' LIKE 'a\\b', 'a' LIKE 'a\'
SELECT 'ab' LIKE 'a' || '%', 'multi
    line' LIKE 'multi%line', '' LIKE '%', '' LIKE '_'
SELECT 'hello' ~ '^h.*o$', 'hello' ~* 'HELLO', 'hello' !~ 'x', 'hello' !~* 'HE', 'a.b' ~ 'a\.b', 'ab12' ~ '\d{2}'
SELECT 'hello' ~ '('
SELECT 'x' SIMILAR TO '(x|y)%', 'abc' SIMILAR TO 'a_c', 'abc' SIMILAR TO 'a'
SELECT regexp_replace('hello world', 'o', '0'), regexp_replace('hello world', 'o', '0', 'g'), regexp_replace('John Smith', '(\w+) (\w+)', '\2, \1'), regexp_replace('AbC', '[a-z]', '', 'gi')
SELECT regexp_match('foo123bar', '(\d+)([a-z]+)'), regexp_match('foo', '\d'), regexp_matches('a1b2', '[a-z](\d)', 'g')
SELECT regexp_split_to_array('a, b,c', ',\s*'), regexp_split_to_table('a b', ' '), regexp_count('banana', 'a'), regexp_instr('banana', 'n'), regexp_substr('banana', 'n.')
SELECT substring('foobar' from 'o(.)b'), substring('foobar' from 'z'), regexp_like('Foo', 'foo', 'i')
SELECT 'foo' LIKE ANY(ARRAY['f%', 'x%']), 'foo' ILIKE ALL(ARRAY['F%', '%O'])
SELECT 'foo' ~ NULL, regexp_replace('a', NULL, 'b')
SELECT regexp_replace('aaa', 'a', 'b', 2, 1), regexp_replace('a', 'a', 'b', 'z')
SELECT 'é' ~ '\w', 'É' ~* 'é', 'a_b' ~ '^\w+$', 'ab' ~ 'a(?=b)', 'foobar' ~ '\mfoo', 'a b' ~ '[[:space:]]'

== arrays
SELECT ARRAY[1,2,3], ARRAY['a', NULL], ARRAY[[1,2],[3,4]], '{}'::int[], ARRAY[]::text[], '{a,"b c",NULL}'::text[]
SELECT ARRAY[]
SELECT (ARRAY[1,2,3])[1], (ARRAY[1,2,3])[0], (ARRAY[1,2,3])[2:3], (ARRAY[[1,2],[3,4]])[2][1], (ARRAY[1,2,3])[:2]
SELECT array_length(ARRAY[1,2], 1), array_length('{}'::int[], 1), cardinality('{}'::int[]), array_ndims(ARRAY[[1]]), array_upper(ARRAY[1,2], 1)
SELECT ARRAY[1,2] || 3, 0 || ARRAY[1], ARRAY[1] || ARRAY[2,3], array_append(NULL, 1), array_prepend(1, '{2}'), array_cat(ARRAY[1], NULL)
SELECT ARRAY[1,2] || 'x'
SELECT array_remove(ARRAY[1,2,1], 1), array_replace(ARRAY[1,2], 2, 9), array_position(ARRAY['a','b'], 'b'), array_positions(ARRAY[1,2,1], 1), array_position(ARRAY[1], 5)
SELECT ARRAY[1,2] @> ARRAY[1], ARRAY[1] <@ ARRAY[1,2], ARRAY[1,2] && ARRAY[2,3], ARRAY[1,2] = ARRAY[1,2], ARRAY[1,2] < ARRAY[1,3], ARRAY[1] = ARRAY[2]
SELECT 1 = ANY(ARRAY[1,2]), 3 = ANY(ARRAY[1,NULL]), 1 <> ALL(ARRAY[2,3]), 5 > ALL('{}'::int[]), NULL = ANY('{}'::int[])
SELECT $1::int[], $2::text[], $3::int[]
    <- [1, None, 3], [], [[1, 2], [3, 4]]
SELECT $1::int[]
    <- ['a']
SELECT $1::int[]
    <- [[1], [2, 3]]
SELECT $1::text[]
    <- 'abc'
SELECT $1::uuid[], $2::numeric[], $3::bool[], $4::date[]
    <- [UUID('12345678-1234-5678-1234-567812345678')], [Decimal('1.50'), None], [True, False], [datetime.date(2024, 1, 1)]
SELECT unnest(ARRAY[3,1,2]) AS x ORDER BY x
SELECT a, b FROM unnest(ARRAY[1,2,3], ARRAY['x','y']) AS t(a, b)
SELECT array_agg(x ORDER BY x DESC) FILTER (WHERE x > 1), array_agg(x) FILTER (WHERE x > 9) FROM (VALUES (1), (2), (3)) t(x)
SELECT ARRAY(SELECT x * 2 FROM generate_series(1, 3) AS x), ARRAY(SELECT 1 WHERE false)
SELECT ARRAY[1, 2.5], ARRAY[1, NULL]::bigint[], ARRAY['1','2']::int[]
SELECT '{1,2}'::int[] = '{2,1}'::int[], array_sort(ARRAY[3,1,2]), array_reverse(ARRAY[1,2])
SELECT array_fill(0, ARRAY[3]), trim_array(ARRAY[1,2,3], 1), string_to_array('1,2', ',')::int[]
SELECT (ARRAY['a','b'])[1] || 'x', array_to_json(ARRAY[[1,2],[3,4]]), ARRAY[true, false]::text[], ARRAY[1,2]::text
SELECT ARRAY[1,2] + 1
SELECT 1 = ANY(1)
SELECT x FROM unnest(5) AS x
SELECT array_length(5, 1)
SELECT '{1,2}'::text[] @> '{1}'::int[]

== uuid, bytea, enum, bool
+ CREATE TYPE level AS ENUM ('low', 'mid', 'high')
+ CREATE TABLE thing (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), data bytea, level level NOT NULL DEFAULT 'low', flag bool)
INSERT INTO thing (id, data, level, flag) VALUES ($1, $2, $3, $4) RETURNING *
    <- UUID('00000000-0000-0000-0000-000000000001'), b'\x00\xffabc', 'high', True
INSERT INTO thing (id, level) VALUES ('00000000-0000-0000-0000-000000000002', 'mid') RETURNING *
INSERT INTO thing DEFAULT VALUES RETURNING level, flag, id
INSERT INTO thing (level) VALUES ('none')
INSERT INTO thing (level) VALUES ($1)
    <- 'none'
INSERT INTO thing (level) VALUES (NULL)
INSERT INTO thing (id) VALUES ($1)
    <- 'nope'
INSERT INTO thing (data) VALUES ($1)
    <- 'str'
INSERT INTO thing (flag) VALUES ($1)
    <- 'yes'
INSERT INTO thing (flag) VALUES ('yes') RETURNING flag
INSERT INTO thing (flag) VALUES (1)
SELECT level, flag FROM thing WHERE level >= 'mid' ORDER BY level DESC
SELECT level FROM thing WHERE level = 'nope'
SELECT level FROM thing WHERE level = 'high'::text
SELECT level::text, level || '!', max(level) OVER () FROM thing WHERE id = '00000000-0000-0000-0000-000000000001'
SELECT id FROM thing WHERE id = '00000000-0000-0000-0000-000000000001'::text
SELECT id FROM thing WHERE id::text LIKE '%0002'
SELECT id FROM thing WHERE id = $1
    <- '00000000-0000-0000-0000-000000000002'
SELECT id FROM thing WHERE id = ANY($1)
    <- [UUID('00000000-0000-0000-0000-000000000002')]
SELECT length(data), data = '\x00ff616263', encode(data, 'hex'), substring(data from 3), data || '\x01' FROM thing WHERE data IS NOT NULL
SELECT data::text FROM thing WHERE data IS NOT NULL
SELECT count(*) FROM thing WHERE flag
SELECT count(*) FROM thing WHERE flag IS NOT TRUE
SELECT count(*) FROM thing WHERE flag = 1
SELECT count(*) FROM thing WHERE NOT flag OR flag IS NULL
SELECT true AND NULL, false OR NULL, NOT NULL, true IS UNKNOWN, true > false, true::text, 'f'::bool::int
SELECT bool_and(flag), sum(flag::int) FROM thing
SELECT sum(flag) FROM thing
SELECT level, count(*) FROM thing GROUP BY level ORDER BY level

== enums grow
+ CREATE TYPE level AS ENUM ('low')
+ CREATE TABLE thing (level level)
ALTER TYPE level ADD VALUE 'top'
INSERT INTO thing (level) VALUES ('top') RETURNING level
