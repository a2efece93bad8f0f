# Malformed statements and arguments, sizes, depths.
+ CREATE TABLE t (id int PRIMARY KEY, name varchar(5), n numeric(5,2), at timestamptz, ok boolean, u uuid, data jsonb, tags text[], raw bytea, d date)

== malformed statements
SELEC 1
SELECT FROM WHERE
SELECT 1 +
SELECT (1
SELECT 1)
SELECT 'unterminated
SELECT "unterminated
SELECT $$unterminated
SELECT $1$
SELECT 1 /* open
INSERT INTO t VALUES (1
INSERT INTO t (id name) VALUES (1)
INSERT t VALUES (1)
UPDATE t id = 1
UPDATE t SET
DELETE t
DELETE FROM
CREATE TABLE
CREATE TABLE x
CREATE TABLE x (a)
CREATE TABLE x (a int,)
CREATE TABLE x (a int b int)
SELECT * FROM t WHERE
SELECT * FROM t WHERE id ==  1
SELECT * FROM t WHERE id = = 1
SELECT * FROM t WHERE id =! 1
SELECT * FROM t ORDER
SELECT * FROM t ORDER BY
SELECT * FROM t GROUP id
SELECT * FROM t LIMIT
SELECT * FROM t JOIN t
SELECT * FROM t JOIN t u
SELECT CASE END
SELECT CASE WHEN 1 END
SELECT CAST(1 AS)
SELECT CAST(1)
SELECT 1::
SELECT a.b.c.d.e FROM t
SELECT * FROM a.b.c.d
SELECT ,
SELECT 1,,2
;
;;
SELECT 1; SELECT 2
SELECT 0x
SELECT 1e
SELECT 12abc
SELECT 1_
SELECT 1__0
SELECT U&'\zzzz'
SELECT E'\u12'
SELECT E'\xZZ'
SELECT X'GG'
SELECT B'12'
SELECT @
SELECT @@
SELECT #
SELECT \
SELECT ?
SELECT `id` FROM t
SELECT [id] FROM t
SELECT id FROM t WHERE id = :id
SELECT %s
SELECT {1}
SELECT é, "é"
SELECT 日本
SELECT * FROM pg_catalog
SELECT * FROM "t"."id"
ALTER TABLE
DROP
DROP TABLE
GRANT
BEGIN BEGIN
COMMIT 1
SET
SET x
SHOW
FETCH
VALUES
VALUES ()
TABLE
WITH
WITH x SELECT 1
WITH x AS () SELECT 1

== arguments
SELECT $1::int
SELECT $1::int
    <- 1, 2
SELECT $1::int, $3::int
    <- 1, 2, 3
SELECT $2::int
    <- 1, 2
SELECT $0
SELECT $1
    <- 1
SELECT $1 IS NULL
    <- None
SELECT $99999999999
SELECT $1::int
    <- 'x'
SELECT $1::int
    <- '1'
SELECT $1::int
    <- 2147483648
SELECT $1::int2
    <- 40000
SELECT $1::int8
    <- 2**63
SELECT $1::int
    <- 1.5
SELECT $1::int
    <- None
SELECT $1::int
    <- [1]
SELECT $1::int
    <- True
SELECT $1::int
    <- nan
SELECT $1::int
    <- inf
SELECT $1::text
    <- 5
SELECT $1::text
    <- b'x'
SELECT $1::text
    <- 'nul\0byte'
SELECT $1::text
    <- '\ud800'
SELECT $1::bool
    <- 1
SELECT $1::bool
    <- 'true'
SELECT $1::numeric
    <- 'x'
SELECT $1::numeric
    <- '1.50'
SELECT $1::numeric
    <- 1.1
SELECT $1::numeric
    <- nan
SELECT $1::numeric
    <- [1]
SELECT $1::float8
    <- '1.5'
SELECT $1::float8
    <- Decimal('1.5')
SELECT $1::float8
    <- 10**400
SELECT $1::date
    <- '2024-01-01'
SELECT $1::date
    <- datetime.datetime(2024, 1, 2, 3, 4)
SELECT $1::timestamptz
    <- '2024-01-01'
SELECT $1::timestamptz
    <- datetime.datetime(2024, 1, 2)
SELECT $1::timestamp
    <- datetime.datetime(2024, 1, 2, tzinfo=datetime.timezone.utc)
SELECT $1::timestamptz
    <- 5
SELECT $1::time
    <- '10:00'
SELECT $1::interval
    <- '1 day'
SELECT $1::interval
    <- 60
SELECT $1::uuid
    <- 'nope'
SELECT $1::uuid
    <- 5
SELECT $1::uuid
    <- '12345678-1234-1234-1234-12345678901'
SELECT $1::bytea
    <- 'text'
SELECT $1::bytea
    <- 5
SELECT $1::jsonb
    <- {1, 2}
SELECT $1::jsonb
    <- b'x'
SELECT $1::jsonb
    <- nan
SELECT $1::jsonb
    <- '\x00'
SELECT $1::json
    <- {(1, 2): 3}
SELECT $1::jsonb
    <- {'a': Decimal('1.5')}
SELECT $1::int[]
    <- 5
SELECT $1::int[]
    <- '{1,2}'
SELECT $1::int[]
    <- [1, 'x']
SELECT $1::int[]
    <- [[1, 2], [3]]
SELECT $1::int[]
    <- [1, [2]]
SELECT $1::text[]
    <- ['a', 1]
SELECT $1::text[]
    <- 'abc'
SELECT $1::int[]
    <- {1: 2}
SELECT $1::int[]
    <- [2147483648]
SELECT $1::text[]
    <- [None, 'a']
INSERT INTO t (id, name) VALUES ($1, $2)
    <- 1, 'toolong'
INSERT INTO t (id, name) VALUES ($1, $2)
    <- 'x', 'a'
INSERT INTO t (id, n) VALUES ($1, $2)
    <- 1, Decimal('1000')
INSERT INTO t (id, n) VALUES ($1, $2)
    <- 1, 'abc'
INSERT INTO t (id, at) VALUES ($1, $2)
    <- 1, datetime.date(2024, 1, 1)
INSERT INTO t (id, tags) VALUES ($1, $2)
    <- 1, 'a'
INSERT INTO t VALUES ($1)
SELECT * FROM t WHERE id = $1 AND name = $1
    <- 1
SELECT * FROM t WHERE id = $1 OR n = $1
    <- 1
SELECT * FROM t LIMIT $1
    <- 'x'
SELECT * FROM t LIMIT $1
    <- -1
SELECT * FROM t LIMIT $1
    <- None
SELECT * FROM $1
    <- 't'
SELECT * FROM t ORDER BY $1
    <- 'id'
SELECT id FROM t WHERE id IN ($1)
    <- [1, 2]
SELECT id FROM t WHERE id = ANY($1)
    <- 1
SELECT id FROM t WHERE id = ANY($1)
    <- (1, 2)
SELECT interval $1
    <- '1 day'
script> SELECT $1
script> SELECT 1; SELEC 2
script> INSERT INTO t (id) VALUES (77); SELECT 1/0
SELECT count(*) FROM t
many> INSERT INTO t (id) VALUES ($1)
    <- [(1,), ('x',)]
many> INSERT INTO t (id) VALUES ($1)
    <- [(1,), (2, 3)]
many> INSERT INTO t (id) VALUES ($1)
    <- [(1,), (1,)]
many> INSERT INTO t (id) VALUES ($1)
    <- []
SELECT count(*) FROM t

== text that cannot be stored
SELECT 'a' || chr(0)
SELECT chr(1114112)
SELECT chr(-1)
SELECT chr(55296)
INSERT INTO t (id, data) VALUES (1, '"\u0000"')
INSERT INTO t (id, data) VALUES (1, '{"a": 1')
INSERT INTO t (id, data) VALUES (1, '')
INSERT INTO t (id, u) VALUES (1, '')
INSERT INTO t (id, d) VALUES (1, '2024-02-30')
INSERT INTO t (id, d) VALUES (1, '')
INSERT INTO t (id, ok) VALUES (1, 'maybe')
INSERT INTO t (id, tags) VALUES (1, '{a,b')
INSERT INTO t (id, tags) VALUES (1, '{{a},{b,c}}')
INSERT INTO t (id, raw) VALUES (1, '\xzz')
INSERT INTO t (id, raw) VALUES (1, '\x123')
INSERT INTO t (id, n) VALUES (1, 1e400)
INSERT INTO t (id) VALUES (99999999999)
INSERT INTO t (id) VALUES (1.5), ('7'), (NULL)
SELECT repeat('x', -1), repeat('', 1000000000) = ''
SELECT repeat('x', 2000000000)
SELECT lpad('x', 2000000000)
SELECT 'x'::varchar(0)
SELECT 'x'::varchar(100000000)
SELECT 1::numeric(1001)
SELECT 10 ^ 1000
SELECT 1e131072::numeric
SELECT power(10::numeric, 100000) > 1
SELECT factorial(-1)
SELECT generate_series(1, 5, 0)
SELECT ARRAY[[1, 2], [3]]
SELECT ('{' || repeat('{', 10) || repeat('}', 10) || '}')::int[]
SELECT array_fill(1, ARRAY[2, -1])
SELECT substring('abc' FROM 1 FOR -1)
refused> SELECT ('[' || repeat('[', 7000) || repeat(']', 7000) || ']')::jsonb IS NOT NULL
SELECT length(repeat('x', 1048576))
SELECT regexp_match('a', '(')
SELECT 'a' ~ '['
SELECT 'a' ~ repeat('(', 30) 
SELECT format('%')
SELECT format('%s')
SELECT format('%z', 1)
SELECT to_date('x', 'YYYY')
SELECT to_timestamp('2024-13-01', 'YYYY-MM-DD')
