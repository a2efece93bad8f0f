# What types parameters get from where they stand, and what asyncpg says to values of other types.
+ CREATE TABLE t (id int PRIMARY KEY, name text, n numeric, at timestamptz, data jsonb, tags text[])
+ INSERT INTO t VALUES (1, 'a', 1.5, '2024-01-01', '{"k": "v"}', '{x}'), (2, NULL, NULL, NULL, NULL, NULL)

== a type from the place
SELECT id FROM t WHERE name = $1 OR $1 IS NULL ORDER BY id
    <- 'a'
SELECT id FROM t WHERE $1 IS NULL OR name = $1
    <- 'a'
SELECT id FROM t WHERE $1::text IS NULL OR name = $1 ORDER BY id
    <- None
SELECT $1 IS NULL
    <- 1
SELECT concat($1, 'x')
    <- 'a'
SELECT json_build_object('a', $1)
    <- 'a'
SELECT json_build_object($1::text, $2::int)
    <- 'a', 1
SELECT count($1) FROM t
    <- 1
SELECT num_nulls($1, 1)
    <- None
SELECT format('%s', $1)
    <- 'a'
SELECT coalesce($1, 'x')
    <- None
SELECT coalesce($1, 1)
    <- 2
SELECT CASE WHEN $1 THEN $2 ELSE 'x' END
    <- True, 'y'
SELECT CASE $1 WHEN 1 THEN 'one' END
    <- 1
SELECT $1 = $2
    <- 'a', 'a'
SELECT $1 = 5, $1 + 1
    <- 5
SELECT $1::text, $1 = 5
    <- '5'
SELECT $1 = 5, $1::text
    <- 5
SELECT greatest($1, 1)
    <- 3
SELECT ARRAY[$1]
    <- 'a'
SELECT ARRAY[$1, 2]
    <- 1
SELECT $1 IN (1, 2)
    <- 1
SELECT id FROM t WHERE id IN ($1, $2) ORDER BY id
    <- 1, 2
SELECT $1 BETWEEN 1 AND 2
    <- 1
SELECT $1 || $2
    <- 'a', 'b'
SELECT $1 + $2
    <- 1, 2
SELECT -$1
    <- 1
SELECT $1 LIKE $2
    <- 'a', 'a%'
SELECT $1 IS TRUE
    <- True
SELECT NOT $1
    <- True
SELECT $1 AND true
    <- 'x'
SELECT nullif($1, '')
    <- 'a'
SELECT $1 UNION SELECT 1
    <- 1
SELECT $1 UNION SELECT 'x' ORDER BY 1
    <- 'y'
SELECT * FROM generate_series(1, $1)
    <- 2
SELECT '2024-01-02'::timestamptz - $1
    <- datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)
SELECT '2024-01-02'::timestamptz - $1::interval
    <- datetime.timedelta(days=1)
SELECT '2024-01-01'::date + $1
    <- 1
SELECT interval '1 day' * $1
    <- 1.5
SELECT unnest($1)
    <- [1]
SELECT array_length($1, 1)
    <- [1]
SELECT upper($1), length($1)
    <- 'ab'
SELECT sum($1)
    <- 1
SELECT $1 IS DISTINCT FROM $2
    <- 'a', 'b'
SELECT $1 IS DISTINCT FROM 1
    <- 2
SELECT string_agg($1, ',') FROM t
    <- 'a'
SELECT id FROM t WHERE data->>$1 = $2
    <- 'k', 'v'
SELECT id FROM t WHERE data->$1 = $2
    <- 'k', 'v'
SELECT id FROM t WHERE data @> $1
    <- {'k': 'v'}
SELECT id FROM t WHERE tags @> $1
    <- ['x']
SELECT id FROM t WHERE $1 = ANY(tags)
    <- 'x'
SELECT id FROM t WHERE tags @> ARRAY[$1]
    <- 'x'
SELECT id FROM t WHERE (id, name) = ($1, $2)
    <- 1, 'a'
SELECT id FROM t WHERE n > $1 AND n < $2
    <- 1, Decimal('2')
SELECT id FROM t WHERE at >= $1
    <- datetime.datetime(2023, 1, 1, tzinfo=datetime.timezone.utc)
SELECT id FROM t WHERE extract(year FROM at) = $1
    <- 2024
SELECT id FROM t WHERE date_trunc($1, at) = '2024-01-01'
    <- 'day'
SELECT id FROM t WHERE lower(name) LIKE lower($1) || '%'
    <- 'A'
SELECT id FROM t WHERE id = $1::text::int
    <- '1'
SELECT id FROM t WHERE id::text = $1
    <- 1
SELECT id, $1 AS tag FROM t ORDER BY id
    <- 'q'
SELECT $1::int AS a, $1::int AS b
    <- 1
SELECT $1::int, $1::bigint
    <- 1
SELECT $1::text = $1::varchar
    <- 'a'
INSERT INTO t (id, name, n) VALUES ($1, upper($2), $3 * 2) RETURNING name, n
    <- 3, 'x', Decimal('1.5')
INSERT INTO t (id, name) SELECT $1, $2 RETURNING id, name
    <- 4, 'four'
INSERT INTO t (id, name) SELECT $1::int, $2 WHERE NOT EXISTS (SELECT 1 FROM t WHERE id = $1)
    <- 4, 'four'
INSERT INTO t (id, n) VALUES ($1, $1)
    <- 5
UPDATE t SET name = name || $2, n = $3 WHERE id = $1 RETURNING name, n
    <- 1, '!', 7
UPDATE t SET name = $1, data = $1
    <- 'x'
UPDATE t SET n = CASE WHEN $2 THEN $3 ELSE n END WHERE id = $1 RETURNING n
    <- 1, True, Decimal('9')
SELECT $3::int
    <- 1, 2, 3
SELECT $1, $3
    <- 'a', 'b', 'c'
SELECT $0
SELECT 'it''s $1', $1::int
    <- 1

== values of other types
SELECT $1::int
    <- 1.0
SELECT $1::int
    <- '1'
SELECT $1::int
    <- True
SELECT $1::int
    <- [1]
SELECT $1::int
    <- None
SELECT $1::bigint
    <- 9223372036854775808
SELECT $1::smallint
    <- -32769
SELECT $1::text
    <- 1
SELECT $1::text
    <- True
SELECT $1::text
    <- {'a': 1}
SELECT $1::text
    <- datetime.date(2024, 1, 1)
SELECT $1::bool
    <- 1
SELECT $1::bool
    <- 'yes'
SELECT $1::bool
    <- []
SELECT $1::float8
    <- 1
SELECT $1::float8
    <- Decimal('1.5')
SELECT $1::float8
    <- 'x'
SELECT $1::numeric
    <- 1.1
SELECT $1::numeric
    <- '1.10'
SELECT $1::numeric
    <- True
SELECT $1::date
    <- '2024-01-01'
SELECT $1::date
    <- 5
SELECT $1::timestamp
    <- datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)
SELECT $1::timestamptz
    <- datetime.datetime(2024, 1, 1)
SELECT $1::timestamp
    <- datetime.date(2024, 1, 1)
SELECT $1::timestamptz
    <- '2024-01-01'
SELECT $1::time
    <- '10:00'
SELECT $1::time
    <- datetime.time(10, 0, 0, 5)
SELECT $1::interval
    <- 5
SELECT $1::interval
    <- datetime.timedelta(days=40, seconds=3, microseconds=7)
SELECT $1::uuid
    <- UUID('00000000-0000-0000-0000-00000000000a')
SELECT $1::uuid
    <- 'zz'
SELECT $1::uuid
    <- 5
SELECT $1::bytea
    <- b''
SELECT $1::bytea
    <- 'a'
SELECT $1::int[]
    <- {1}
SELECT $1::int[]
    <- 'x'
SELECT $1::int[]
    <- [1, 'x']
SELECT $1::text[]
    <- ['a', None, 'b']
SELECT $1::text[]
    <- ['a', 1]
SELECT $1::jsonb
    <- 'text'
SELECT $1::jsonb
    <- [1, 2.5, 'x', None, {'y': []}]
SELECT $1::jsonb
    <- Decimal('1')
SELECT $1::json
    <- {'b': 1, 'a': {'z': True}}
SELECT $1::jsonb
    <- {'b': 1, 'a': 2, 'aa': 3}
SELECT $1::varchar(2)
    <- 'abc'
SELECT $1::char(3)
    <- 'a'
SELECT $1::int, $2::text
    <- 'x', 1
SELECT $1::int
    <- 1, 2
SELECT 1
    <- 1
