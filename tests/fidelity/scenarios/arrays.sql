# Arrays: subscripts, slices, assignment, functions, operators.
+ CREATE TABLE t (id int PRIMARY KEY, a int[], b text[], m int[][], n numeric[])
+ INSERT INTO t VALUES (1, '{1,2,3,4}', '{x,y,NULL,"a b"}', '{{1,2},{3,4}}', '{1.0,2.50}'), (2, '{}', NULL, NULL, NULL), (3, NULL, '{}', '{{5}}', '{NaN}')

== reading and assigning
SELECT a[1:2], a[:2], a[2:], a[:], a[3:2], a[0:1], a[5:9], a[-1:2] FROM t ORDER BY id
SELECT m[1:1], m[1:2][2:2], m[1][1], m[1], m[1:2][1], m[:][:1], m[2:][1:] FROM t ORDER BY id
SELECT b[2:3], b[NULL:2], b[2], b[NULL] FROM t ORDER BY id
SELECT a[1.5], a['2'], a[2::bigint] FROM t WHERE id = 1
SELECT a[1.5:2] FROM t WHERE id = 1
SELECT (ARRAY[1,2,3])[2:3], (ARRAY[[1,2],[3,4]])[2:2][1:1], ('{1,2,3}'::int[])[1]
UPDATE t SET a[2] = 20 WHERE id = 1 RETURNING a
UPDATE t SET a[5] = 50 WHERE id = 1 RETURNING a
UPDATE t SET a[8] = 80 WHERE id = 1 RETURNING a
UPDATE t SET a[1:2] = '{7,8}' WHERE id = 1 RETURNING a
UPDATE t SET a[1:3] = ARRAY[9] WHERE id = 1 RETURNING a
UPDATE t SET a[1:1] = ARRAY[9,10] WHERE id = 1 RETURNING a
UPDATE t SET a[1] = 1 WHERE id = 3 RETURNING a
UPDATE t SET a[1] = NULL WHERE id = 1 RETURNING a
UPDATE t SET a[NULL] = 1 WHERE id = 1 RETURNING a
UPDATE t SET m[1][2] = 9 WHERE id = 1 RETURNING m
UPDATE t SET m[3][1] = 9 WHERE id = 1 RETURNING m
UPDATE t SET b[1] = 'new', b[2] = 'two' WHERE id = 1 RETURNING b
UPDATE t SET a[1] = 'x' WHERE id = 1
UPDATE t SET a[1] = 2.7 WHERE id = 1 RETURNING a
UPDATE t SET a[1] = $1 WHERE id = 1 RETURNING a
    <- 5
SELECT array_append(ARRAY[1,2], 3), array_prepend(0, ARRAY[1,2]), array_cat(ARRAY[1], ARRAY[2,3]), array_append(NULL::int[], 1), array_append(ARRAY[1], NULL)
SELECT array_append(ARRAY[[1,2]], 3)
SELECT ARRAY[1,2] || 3, 0 || ARRAY[1,2], ARRAY[1,2] || ARRAY[3], ARRAY[1,2] || NULL::int, ARRAY[1,2] || NULL::int[], ARRAY[[1,2]] || ARRAY[3,4], ARRAY[1,2] || ARRAY[[3,4]]
SELECT ARRAY[1,2] || '{3}', '{3}' || ARRAY[1,2], ARRAY[1,2] || '3'
SELECT ARRAY['a'] || 'b', ARRAY['a'] || 'b'::text, ARRAY['a','b'] || '{c}'

== functions
SELECT ARRAY[1] || 'x'
SELECT ARRAY[1] || 2.5, ARRAY[1.5] || 2
SELECT ARRAY[[1,2]] || ARRAY[[3]]
SELECT ARRAY[[1,2]] || ARRAY[[[3]]]
SELECT array_remove(ARRAY[1,2,1,NULL], 1), array_remove(ARRAY[1,NULL], NULL), array_replace(ARRAY[1,2,1], 1, 9), array_replace(ARRAY[1,NULL], NULL, 0)
SELECT array_remove(ARRAY[[1,2]], 1)
SELECT array_position(ARRAY['a','b','a'], 'a', 2), array_position(ARRAY[1,NULL], NULL), array_positions(ARRAY[1,2,1], 1), array_position(ARRAY[1], 5), array_positions(ARRAY[1], 5)
SELECT array_position(ARRAY[[1]], 1)
SELECT array_fill(7, ARRAY[3]), array_fill(7, ARRAY[2,2]), array_fill(NULL::int, ARRAY[2]), array_fill(7, '{}')
refused> SELECT array_fill(7, ARRAY[3], ARRAY[2])
SELECT array_fill(7, NULL)
SELECT array_fill(7, ARRAY[-1])
SELECT array_fill(7, ARRAY[NULL]::int[])
SELECT array_lower(ARRAY[1,2], 1), array_upper(ARRAY[[1,2],[3,4]], 2), array_length(ARRAY[1], 2), array_length('{}'::int[], 1), array_ndims(ARRAY[[1]]), array_dims(ARRAY[[1,2]]), array_dims('{}'::int[]), cardinality(ARRAY[[1,2],[3,4]]), cardinality('{}'::int[])
SELECT array_to_string(ARRAY[1,NULL,3], ','), array_to_string(ARRAY[1,NULL,3], ',', '*'), array_to_string(ARRAY[[1,2],[3,4]], '-'), array_to_string('{}'::int[], ','), array_to_string(ARRAY[1.50, 2], ' '), array_to_string(ARRAY[true,false], ','), array_to_string(ARRAY['2024-01-01'::date], ',')
SELECT array_to_string(NULL::int[], ','), array_to_string(ARRAY[1], NULL)
SELECT string_to_array('a,b,,c', ','), string_to_array('a,b', NULL), string_to_array('', ','), string_to_array('a,b', ''), string_to_array(NULL, ','), string_to_array('a,NULL,c', ',', 'NULL'), string_to_array('abc', 'x')
SELECT * FROM string_to_table('a,b,,c', ',', ''), string_to_table('x', NULL)
SELECT trim_array(ARRAY[1,2,3], 2), trim_array(ARRAY[1,2,3], 0), trim_array(ARRAY[1,2,3], 3)
SELECT trim_array(ARRAY[1,2,3], 4)
SELECT trim_array(ARRAY[1,2,3], -1)
SELECT trim_array(ARRAY[[1,2],[3,4]], 1)
SELECT cardinality(array_sample(ARRAY[1,2,3,4], 2)), cardinality(array_shuffle(ARRAY[1,2,3])), array_sample(ARRAY[1], 0)
SELECT array_sample(ARRAY[1,2], 3)
SELECT array_sort(ARRAY[3,1,NULL,2]), array_sort(ARRAY['b','a'], true), array_sort(ARRAY[3,1,NULL,2], true, false), array_sort(ARRAY[3,1,NULL,2], false, true), array_reverse(ARRAY[1,2,3]), array_reverse(ARRAY[[1,2],[3,4]]), array_sort(ARRAY[[2,1],[1,2]])
SELECT ARRAY[1,2,3] @> ARRAY[1,2], ARRAY[1,2] <@ ARRAY[1,2,3], ARRAY[1,2] && ARRAY[2,3], ARRAY[1,NULL] @> ARRAY[NULL]::int[], '{}'::int[] <@ ARRAY[1], ARRAY[[1,2]] @> ARRAY[1], ARRAY[1.0] @> ARRAY[1.00]
SELECT ARRAY[1,2] @> ARRAY[1::bigint]
SELECT ARRAY[1,2] = ARRAY[1,2], ARRAY[1,2] < ARRAY[1,3], ARRAY[1,2] < ARRAY[1,2,0], ARRAY[[1,2]] = ARRAY[1,2], ARRAY[1,NULL] = ARRAY[1,NULL], ARRAY[NULL]::int[] > ARRAY[1], '{}'::int[] < ARRAY[1], ARRAY['a'] < ARRAY['b']
SELECT ARRAY[1] = ARRAY['a']
SELECT 3 = ANY(ARRAY[1,2,3]), 3 <> ALL(ARRAY[1,2]), 3 > ANY('{1,5}'), 3 < ALL('{4,5}'::int[]), NULL = ANY(ARRAY[1]), 1 = ANY(ARRAY[NULL,2]::int[]), 1 = ANY('{}'::int[]), 1 = ALL('{}'::int[]), 1 = ANY(NULL::int[])
SELECT 'abc' LIKE ANY(ARRAY['a%','b%']), 'abc' NOT LIKE ALL(ARRAY['x%']), 'abc' ILIKE ANY('{A%}'), 'abc' ~ ANY(ARRAY['^a']), 'abc' !~ ALL(ARRAY['^b'])
SELECT 1 = ANY(1)
SELECT 1 = ANY(ARRAY['x'])
SELECT 5 = ANY(ARRAY[[1,2],[3,5]])
SELECT id FROM t WHERE id = ANY($1) ORDER BY id
    <- [1, 3]
SELECT id FROM t WHERE id <> ALL($1) ORDER BY id
    <- [1, 3]

== operators
SELECT id FROM t WHERE id = ANY($1::bigint[]) ORDER BY id
    <- [1, 3]
SELECT ARRAY(SELECT id FROM t ORDER BY id DESC), ARRAY(SELECT a FROM t WHERE id = 1), ARRAY(SELECT id FROM t WHERE false), ARRAY(SELECT NULL::text)
SELECT ARRAY[1,2]::text[], ARRAY['1','2']::int[], ARRAY[1.5]::int[], '{1,2}'::text::int[], ARRAY[1,2]::text, ARRAY['a b', NULL, 'c"d', '']::text, ARRAY[true]::text, ARRAY[ARRAY[1,2]]::text
SELECT '{1,x}'::int[]
SELECT '{1,2'::int[]
SELECT '1,2}'::int[]
SELECT '{1,2}x'::int[]
SELECT '{{1,2},{3}}'::int[]
SELECT '{1,{2}}'::int[]
SELECT '{,}'::int[]
SELECT '{1,}'::int[]
SELECT '{"a}'::text[]
SELECT '{a"b"}'::text[]
SELECT '{ a , "b" , NULL, null, "NULL" , c\,d, "e\"f" }'::text[]
SELECT '{}'::int[], '{ }'::int[], '{{}}'::int[], '{{},{}}'::text[]
refused> SELECT '[2:4]={1,2,3}'::int[], ('[2:4]={1,2,3}'::int[])[2]
refused> SELECT '[0:2]={1,2,3}'::int[]::text, array_lower('[0:2]={1,2,3}'::int[], 1)
SELECT '[1:2]={1,2,3}'::int[]
SELECT '[1:3]={1,2,3}'::int[], '[1:1][1:2]={{1,2}}'::int[]
SELECT '[2:1]={}'::int[]

== literals
SELECT ''::int[]
SELECT ARRAY[1,'2',3.5], ARRAY[1,NULL], ARRAY[]::int[]
SELECT ARRAY[]
SELECT ARRAY[1,'x']
SELECT ARRAY[1,true]
SELECT ARRAY[[1,2],[3]]
SELECT ARRAY[[1,2],3]
SELECT ARRAY[a, a] FROM t WHERE id = 1
SELECT unnest(ARRAY[1,2,NULL]), unnest(ARRAY['a','b'])
SELECT * FROM unnest(ARRAY[1,2], ARRAY['a','b','c']) WITH ORDINALITY AS u(n, s, o)
SELECT * FROM unnest(ARRAY[[1,2],[3,4]])
SELECT * FROM unnest(NULL::int[])
SELECT * FROM unnest('{}'::text[]) AS x
SELECT generate_subscripts(ARRAY['a','b','c'], 1), generate_subscripts(ARRAY['a','b','c'], 1, true)
SELECT array_agg(x ORDER BY x DESC), array_agg(DISTINCT x) FROM unnest(ARRAY[2,1,2]) x
SELECT array_agg(ARRAY[x, x+1]) FROM unnest(ARRAY[1,2]) x
SELECT * FROM t ORDER BY a NULLS FIRST, id
SELECT max(a), min(a) FROM t
SELECT a IS NULL, a = '{}', coalesce(array_length(a,1), 0) FROM t ORDER BY id
SELECT width_bucket(5, ARRAY[1,3,5,7]), width_bucket(0.5, ARRAY[1,3]), width_bucket(now(), ARRAY['yesterday','today','tomorrow']::timestamptz[])
SELECT width_bucket(5, ARRAY[]::int[])
SELECT width_bucket(5, ARRAY[1,NULL])
SELECT num_nulls(VARIADIC ARRAY[1,NULL,3]), concat(VARIADIC ARRAY['a','b']), concat_ws(',', VARIADIC ARRAY['a',NULL,'b']), format('%s-%s', VARIADIC ARRAY['a','b'])
SELECT $1::int[], $2::text[]
    <- [1, None, 3], ['a', None]
SELECT $1::int[]
    <- [[1, 2], [3, 4]]
SELECT $1::int[]
    <- 5
SELECT $1::int[]
    <- ['a']
SELECT array_length($1::text[], 1)
    <- []

== sets and parameters
SELECT a[1] + a[2], a[1]::text || b[1] FROM t WHERE id = 1
SELECT array_upper(a, 1), a[array_upper(a, 1)] FROM t ORDER BY id
SELECT id FROM t WHERE a[1] = 1 OR b[1] = 'x' ORDER BY id
SELECT id FROM t WHERE a @> '{2}' OR a = '{}' ORDER BY id
SELECT id FROM t WHERE 'x' = ANY(b) ORDER BY id
SELECT id FROM t WHERE a && $1 ORDER BY id
    <- [50, 3]
