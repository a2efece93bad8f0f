# bit, bit varying and macaddr8.
+ CREATE TABLE flag (id int PRIMARY KEY, b bit(4), v bit varying(6), o bit, w varbit, many bit(2)[])
+ INSERT INTO flag VALUES (1, B'1010', B'101', B'1', X'1F', '{10,01}'), (2, '0000', '', '0', '', '{}'), (3, B'1011', B'1010', B'1', B'1', NULL), (4, NULL, NULL, NULL, NULL, NULL)

== literals
SELECT B'101', X'1F', b'', x'', B'0', X'aBc'
SELECT B'101'::text, X'1F'::text, pg_typeof(B'1'), pg_typeof('1'::varbit), pg_typeof(B'1' || B'0')
SELECT B'12'
SELECT X'1G'
SELECT B'1 0'
SELECT B'1é'
SELECT bit '101', bit(5) '101', bit(2) '101', varbit '101', bit varying(2) '101', bit varying '1'
SELECT 'x1f'::bit(8), 'X1f'::varbit, 'b101'::varbit, 'B1'::bit(2), ''::bit(3), ''::varbit
SELECT ' 101'::varbit
SELECT '102'::bit(3)
SELECT 'xyz'::varbit
SELECT '12'::text::bit(1)
SELECT 1::bit(0)
SELECT 1::bit(83886081)
SELECT '1'::varbit(0)
SELECT '1'::varbit(83886081)
SELECT '1'::bit(1, 2)

== lengths in casts
SELECT B'101'::bit(2), B'101'::bit(5), B'101'::bit, B'101'::bit varying(2), B'101'::varbit(9), CAST(B'11' AS "bit"), CAST('11' AS bit)
SELECT ARRAY[B'111']::bit(2)[], '{111,0}'::bit(2)[], '{111,0}'::varbit(2)[], '{1,01}'::varbit[]
SELECT varbit(B'111', 2, true), "bit"(B'111', 2, true), "bit"(B'111', 4, true)
SELECT varbit(B'111', 2, false)
SELECT "bit"(B'111', 2, false)
SELECT b'1'::bit(3)::varbit(2), B'101'::varbit::bit(2)

== numbers
SELECT 5::bit(8), 5::bit, 44::bit(3), (-44)::bit(12), (-1)::bit(40), 5::bigint::bit(4), (-5)::bigint::bit(70), 44::"bit"
SELECT B'101'::int, B'11111111111111111111111111111111'::int, B'01111111111111111111111111111111'::int, B''::int, X'FF'::int, X'FF'::bigint, X'FFFFFFFFFFFFFFFF'::bigint, int4(B'101'), int8(B'1')
SELECT "bit"(44, 8), "bit"(44::bigint, 8), "bit"(44, 0)
SELECT B'111111111111111111111111111111111'::int
SELECT X'1FFFFFFFFFFFFFFFF'::bigint
SELECT B'1'::int2
SELECT B'1'::numeric
SELECT B'1'::bool
SELECT 1::int2::bit(3)
SELECT 1.5::bit(3)
SELECT 5::varbit
SELECT true::bit
SELECT B'1' + 1
SELECT -B'101'

== operators
SELECT B'1100' & B'1010', B'1100' | B'1010', B'1100' # B'1010', ~B'1100', B'' & B'', ~B''
SELECT B'10001' << 3, B'10001' >> 2, B'101' << 5, B'101' >> 5, B'101' << -1, B'101' >> -1, B'101' << 0, B'101' << -2147483648
SELECT B'101' || B'11', B'101' || '11', '101' || B'0', B'' || B'1', B'1'::varbit || B'0'::varbit, B'1' || NULL
SELECT B'1100' & '1010', '1100' | B'1010', B'1100'::varbit & B'1010'::varbit
SELECT B'10' & B'1'
SELECT B'10' | B'1'
SELECT B'10' # B'1'
SELECT B'10' & 1
SELECT B'10' || 1
SELECT B'10' && B'1'
SELECT B'1' = B'1', B'1' = B'10', B'1' <> B'0', B'1' < B'10', B'01' < B'1', B'10' > B'0111', B'101' = X'A', B'1' <= '1', B'' < B'0', B'1010' >= X'A'
SELECT B'1' = B'1'::varbit, '1'::varbit < '10'::varbit, B'1' IN ('1', '0'), B'1' = ANY (ARRAY[B'0', B'1']), B'11' BETWEEN B'1' AND B'111'
SELECT B'1' = 1
SELECT B'1' = '2'
SELECT B'1' LIKE '1%'
SELECT B'1' = B'1'::text
SELECT (B'1' IS DISTINCT FROM NULL), NULLIF(B'1', '1'), COALESCE(NULL, B'1', B'01'::varbit), GREATEST(B'1', B'01'), LEAST(B'1', B'01')

== functions
SELECT length(B'101'), bit_length(B'101'), octet_length(B'101'), octet_length(B'101010101'), octet_length(B''), bit_count(B'1011'), length(''::varbit), length('101'::varbit)
SELECT get_bit(B'1010', 0), get_bit(B'1010', 3), set_bit(B'1010', 1, 1), set_bit(B'1010', 0, 0), set_bit(B'101'::varbit, 1, 1)
SELECT get_bit(B'101', 3)
SELECT get_bit(B'101', -1)
SELECT set_bit(B'101', 3, 1)
SELECT set_bit(B'', 0, 1)
SELECT set_bit(B'101', 1, 2)
SELECT substring(B'10101' from 2), substring(B'10101' from 2 for 2), substring(B'10101', 2, 2), substring(B'10101' from -2 for 4), substring(B'10101' from 9), substring(B'10101' for 2), substring(B'101' from 2147483647 for 2147483647)
SELECT substring(B'101' from 2 for -1)
SELECT overlay(B'10101' placing B'11' from 2), overlay(B'10101' placing B'11' from 2 for 3), overlay(B'101' placing B'11' from 5), overlay(B'10101' placing B'11' from 2 for -1), overlay(B'10101' placing B'' from 2 for 0)
SELECT overlay(B'101' placing B'1' from 0)
SELECT overlay(B'101' placing B'1' from -3 for 2)
SELECT overlay(B'101' placing B'1' from 2147483647 for 1)
SELECT position(B'101' in B'0101'), position(B'1' in B'000'), position(B'' in B''), position(B'' in B'1'), position(B'11' in B'1'), "position"(B'0101', B'01')
SELECT bitand(B'11', B'10'), bitor(B'01', B'10'), bitxor(B'11', B'10'), bitnot(B'10'), bitcat(B'1', B'0'), bitshiftleft(B'011', 1), bitshiftright(B'011', 1)
SELECT upper(B'1')
SELECT max(B'1')
SELECT abs(B'1')
SELECT to_json(B'101'), to_jsonb(B'101'), jsonb_build_object('a', B'1'), json_agg(b) FROM flag WHERE id < 3
SELECT format('%s %L', B'10', B'1'), concat(B'1', 2), quote_literal(B'1'), row(B'1', 'a')::text, array_to_string(ARRAY[B'1', B'0'], ','), ARRAY[B'1', B'01']::text
SELECT ARRAY[B'1', B'01'], ARRAY[B'1', NULL], array_append(ARRAY[B'1'], B'0'), array_agg(b ORDER BY id) FROM flag

== reading
SELECT * FROM flag ORDER BY id
SELECT id FROM flag WHERE b = B'1010'
SELECT id FROM flag WHERE b = '1010'
SELECT id FROM flag WHERE v = '101' OR w = X'1F'
SELECT id FROM flag WHERE (b & B'0010') = B'0010' ORDER BY id
SELECT id FROM flag WHERE (b & B'0010')::int <> 0 ORDER BY id
SELECT id FROM flag WHERE get_bit(b, 0) = 1 ORDER BY id
SELECT id, b FROM flag ORDER BY b DESC NULLS LAST
SELECT id, v FROM flag ORDER BY v NULLS FIRST, id
SELECT o, count(*) FROM flag GROUP BY o ORDER BY o
SELECT DISTINCT o FROM flag ORDER BY 1
SELECT bit_and(b), bit_or(b), bit_xor(b), count(b) FROM flag
SELECT bit_and(b), bit_or(b), bit_xor(b) FROM flag WHERE id = 4
SELECT o, bit_or(b) FROM flag GROUP BY o ORDER BY 1
SELECT bit_or(b) FILTER (WHERE id < 3), bit_and(b) OVER () FROM flag WHERE id = 1 GROUP BY b
SELECT bit_or(v) FROM flag
SELECT min(b) FROM flag
SELECT sum(b) FROM flag
SELECT id, bit_or(b) OVER (ORDER BY id) FROM flag ORDER BY id
SELECT unnest(many) FROM flag WHERE id = 1
SELECT id FROM flag WHERE many @> ARRAY[B'10'::bit(2)]
SELECT b || v, b::text || '!' FROM flag WHERE id = 1
SELECT b FROM flag UNION SELECT v FROM flag ORDER BY 1
SELECT CASE WHEN id = 1 THEN b ELSE v END FROM flag ORDER BY id
SELECT f.id, g.id FROM flag f JOIN flag g ON f.b > g.b ORDER BY 1, 2
SELECT sum(length(v)), string_agg(b::text, ',' ORDER BY id) FROM flag
SELECT row_to_json(f) FROM flag f WHERE id = 1
SELECT to_jsonb(many) FROM flag WHERE id = 1

== arguments
SELECT $1::bit(4), $2::varbit
    <- BitString('1010'), BitString('101')
SELECT $1::varbit
    <- b'\x1f\x80'
SELECT $1::bit(4)
    <- BitString('11')
SELECT $1::bit(4)
    <- '1010'
SELECT $1::bit(4)
    <- 5
SELECT $1::bit
    <- None
SELECT id FROM flag WHERE b = $1
    <- BitString('1010')
SELECT id FROM flag WHERE (b & $1) = $1 ORDER BY id
    <- BitString('0010')
SELECT id FROM flag WHERE b = ANY($1) ORDER BY id
    <- [BitString('1010'), BitString('0000')]
SELECT $1::varbit[]
    <- [BitString('1'), None, BitString('')]
SELECT $1::varbit[]
    <- ['1']
SELECT $1::text::bit(3), $2::int::bit(3)
    <- '101', 5
INSERT INTO flag (id, b, v) VALUES ($1, $2, $3) RETURNING b, v
    <- 10, BitString('0110'), BitString('0')
INSERT INTO flag (id, b) VALUES ($1, $2)
    <- 11, BitString('01')
INSERT INTO flag (id, v) VALUES ($1, $2)
    <- 12, BitString('0101010')

== writing
INSERT INTO flag (id, b) VALUES (20, '101')
INSERT INTO flag (id, b) VALUES (20, B'10101')
INSERT INTO flag (id, v) VALUES (20, B'1010101')
INSERT INTO flag (id, b) VALUES (20, B'101'::varbit)
INSERT INTO flag (id, b) VALUES (20, 5)
INSERT INTO flag (id, b) VALUES (20, 5::bit(4)) RETURNING b
INSERT INTO flag (id, b) VALUES (21, '1101'::text)
INSERT INTO flag (id, o) VALUES (21, '10')
INSERT INTO flag (id, many) VALUES (21, '{101}')
INSERT INTO flag (id, many) VALUES (21, ARRAY[B'10', B'11']) RETURNING many
INSERT INTO flag (id, w) VALUES (22, 'x0f') RETURNING w
UPDATE flag SET b = set_bit(b, 0, 0) WHERE id = 1 RETURNING b
UPDATE flag SET b = b | B'0101' WHERE id = 2 RETURNING b
UPDATE flag SET b = b || B'1' WHERE id = 2
UPDATE flag SET v = v || B'1' WHERE id = 1 RETURNING v
UPDATE flag SET b = 7 WHERE id = 1
DELETE FROM flag WHERE o = B'1' RETURNING id
SELECT id, b, v FROM flag ORDER BY id

== definitions
CREATE TABLE perm (id serial PRIMARY KEY, mask bit(8) NOT NULL DEFAULT B'00000000', extra varbit DEFAULT '101', short bit DEFAULT 1::bit, CHECK (mask <> B'11111111'), UNIQUE (mask))
INSERT INTO perm DEFAULT VALUES RETURNING *
INSERT INTO perm DEFAULT VALUES
INSERT INTO perm (mask) VALUES (X'FF')
INSERT INTO perm (mask) VALUES (NULL)
INSERT INTO perm (mask) VALUES (X'0F') RETURNING mask, mask::int
SELECT column_name, data_type, udt_name, character_maximum_length, character_octet_length, column_default FROM information_schema.columns WHERE table_name = 'perm' ORDER BY ordinal_position
SELECT attname, atttypid::regtype, atttypmod, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'perm'::regclass AND attnum > 0 ORDER BY attnum
SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'perm'::regclass AND contype IN ('c', 'u') ORDER BY 1
CREATE INDEX ON perm (extra)
CREATE TABLE bad (b bit(4) DEFAULT B'1')
INSERT INTO bad DEFAULT VALUES
CREATE TABLE worse (b bit(0))
CREATE TABLE worse (b bit(4) DEFAULT 1)
ALTER TABLE perm ALTER COLUMN extra TYPE bit(3)
ALTER TABLE perm ALTER COLUMN mask TYPE bit(16)
ALTER TABLE perm ALTER COLUMN mask DROP DEFAULT, ALTER COLUMN mask TYPE int USING mask::int
CREATE DOMAIN nibble AS bit(4) CHECK (VALUE <> B'0000')
SELECT '1010'::nibble, B'101'::nibble
SELECT '0000'::nibble
CREATE VIEW masks AS SELECT id, extra & B'101' AS e FROM perm
SELECT * FROM masks ORDER BY id
SELECT CAST(NULL AS bit(3)), NULL::varbit

== macaddr8
SELECT '08:00:2b:01:02:03:04:05'::macaddr8, '08-00-2b-01-02-03-04-05'::macaddr8, '0800.2b01.0203.0405'::macaddr8, '08002b0102030405'::macaddr8, '08:00:2B:01:02:03'::macaddr8, ' 08:00:2b:01:02:03 '::macaddr8, '0800:2b:0102:03'::macaddr8, '08:00:2b:01:02:03:04:05:'::macaddr8, '08:00:2b:01:02:03:04:05:z'::macaddr8
SELECT '8:0:2b:1:2:3:4:5'::macaddr8
SELECT '08:00:2b-01:02:03:04:05'::macaddr8
SELECT '08:00:2b:01:02:03:04:05:06'::macaddr8
SELECT '08:00:2b:01:02:03:04'::macaddr8
SELECT ''::macaddr8
SELECT '08:00:2b:01:02:0g'::macaddr8
SELECT '08:00:2b:01:02:03 x'::macaddr8
SELECT '08:00:2b:01:02:03  '::macaddr8, '08:00:2b:01:02:03:x'::macaddr8
SELECT trunc('08:00:2b:01:02:03:04:05'::macaddr8), macaddr8_set7bit('08:00:2b:01:02:03:04:05'::macaddr8), '08:00:2b:ff:fe:03:04:05'::macaddr8::macaddr, '08:00:2b:01:02:03'::macaddr::macaddr8
SELECT '08:00:2b:01:02:03:04:05'::macaddr8::macaddr
SELECT ~'08:00:2b:ff:fe:03:04:05'::macaddr8, '08:00:2b:ff:fe:03:04:05'::macaddr8 | '00:00:00:00:00:00:00:f0', '08:00:2b:ff:fe:03:04:05'::macaddr8 & 'ff:ff:ff:00:00:00:00:00'
SELECT '08:00:2b:ff:fe:03:04:05'::macaddr8 = '08:00:2b:03:04:05'::macaddr
SELECT '08:00:2b:ff:fe:03:04:05'::macaddr8 < '08:00:2b:ff:fe:03:04:06', '08:00:2b:ff:fe:03:04:05'::macaddr8::text, to_json('08:00:2b:ff:fe:03:04:05'::macaddr8)
SELECT $1::macaddr8
    <- '08002b:0102030405'
SELECT $1::macaddr8
    <- 5
SELECT ARRAY['08002b:0102030405'::macaddr8]

== texts of views
CREATE VIEW t1 AS SELECT B'1' AS a, B'1'::bit(3) AS b, B'1'::varbit AS c, 5::bit(3) AS d, ARRAY[B'1'] AS e, '{1}'::bit(3)[] AS f, NULL::"bit" AS g
SELECT pg_get_viewdef('t1')
CREATE VIEW t2 AS SELECT '{a}'::varchar(2)[] AS a, '{1}'::numeric(5,1)[] AS b, '{a}'::bpchar[] AS c, '{a}'::char(2)[] AS d, '{2020-01-01}'::timestamp(1)[] AS e
SELECT pg_get_viewdef('t2')
SELECT format_type(1560, -1), format_type(1560, NULL), format_type(1562, -1), format_type(1562, 5), format_type(1560, 5), format_type(1561, 5)

== constructors with a length
SELECT ARRAY['abc'::varchar]::varchar(2)[], ARRAY['abc']::varchar(2)[], ARRAY[1.234]::numeric(5,1)[], ARRAY['abc', 'd']::char(2)[], ARRAY[['abc'], ['d']]::varchar(1)[], ARRAY['2020-01-01 00:00:00.123456'::timestamp]::timestamp(1)[]
SELECT ARRAY[123456.7]::numeric(3,1)[]
SELECT CAST(ARRAY['abc', NULL] AS varchar(1)[]), ARRAY[]::varchar(1)[], ARRAY[1, 2]::varchar(1)[]
SELECT ARRAY[12]::varchar(1)[], ARRAY['x'::text]::char(3)[], ARRAY[1.555, 2]::numeric(4,2)[]

== texts of literals that a length changes
CREATE VIEW t3 AS SELECT '1.234'::numeric(5,1) AS a, '1'::bit(3) AS b, '2020-01-01 00:00:00.12345'::timestamp(1) AS c, 'abcd'::varchar(2) AS d, 'abc'::char(2) AS e, '1.25 s'::interval(1) AS f, 'ab'::varchar(2) AS g, '{abc}'::varchar(1)[] AS h
SELECT pg_get_viewdef('t3')
CREATE TABLE t4 (a varchar(5) DEFAULT 'abc', b numeric(5,1) DEFAULT '1.5', c varchar(2) DEFAULT 'abcd'::varchar(2), d bit(3) DEFAULT '1'::bit(3), e bit(3) DEFAULT '101')
SELECT column_default FROM information_schema.columns WHERE table_name = 't4' ORDER BY ordinal_position

== casts written as functions
SELECT text(5), text(1.5), text(true), text('a'), text(NULL), text(ARRAY[1, 2]), text('2024-01-02'::date), name(5)
SELECT uuid('b5f7ff0e-8b0a-4a55-9d1f-3f6d3c2a1b10'::text), date('2020-01-01'::text), int2('1'::text), int4('12'::varchar), bool('t'::text), jsonb('[1]'::text), inet('1.1.1.1'::text)
SELECT varbit(B'1'), float8('1.5'::text), int4(5.5), int4(true), date(date '2020-01-01')
SELECT int4('x'::text)
SELECT uuid('x'::text)
SELECT text(row(1, 2))
SELECT text(1.5, 2)
SELECT int4(date '2020-01-01')
SELECT uuid(5)
SELECT bool(1.5)
SELECT id, text(id), text(b) FROM flag WHERE id < 3 ORDER BY text(id)
