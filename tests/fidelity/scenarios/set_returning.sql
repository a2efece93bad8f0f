# Functions that return sets: in the select list, in FROM, several at once, with ordinality and column definitions.
+ CREATE TABLE s (id int PRIMARY KEY, a int[], w text, j jsonb)
+ INSERT INTO s VALUES (1, '{3,1,2}', 'x y', '{"a": 1, "b": [1, 2]}'), (2, '{}', 'one', '{}'), (3, NULL, NULL, NULL), (4, '{7,NULL}', 'p q r', '{"c": null}')

== one in the select list
SELECT generate_series(1, 3)
SELECT generate_series(1, 3) AS n, 'x' AS c
SELECT id, unnest(a) FROM s ORDER BY id
SELECT id, unnest(a) AS e FROM s ORDER BY e, id
SELECT id, unnest(a) FROM s ORDER BY 2 DESC NULLS LAST LIMIT 2
SELECT unnest(a) FROM s WHERE id = 1 ORDER BY 1 OFFSET 1
SELECT DISTINCT unnest(ARRAY[1, 2, 2, 1]) ORDER BY 1
SELECT id, unnest(a) + 1 AS e FROM s ORDER BY 1, 2
SELECT id, regexp_split_to_table(w, ' ') FROM s ORDER BY 1, 2
SELECT id, jsonb_object_keys(j) FROM s ORDER BY 1, 2
SELECT id, jsonb_array_elements(j -> 'b') FROM s WHERE id = 1 ORDER BY 2
SELECT generate_series(3, 1), 1
SELECT generate_series(1, id) FROM s WHERE id < 4 ORDER BY 1
SELECT generate_series(1, 2) FROM s ORDER BY 1
SELECT generate_series(1, NULL)
SELECT generate_series(1, 10, 4), generate_series(5, 1, -2)
SELECT generate_series('2024-01-30'::timestamp, '2024-02-02', '1 day')
SELECT generate_series(1, 3) LIMIT 2
SELECT generate_series(1, 1000000) LIMIT 2
SELECT generate_series(1.0, 2.0, 0.5)
SELECT generate_series(1, 2, 0)
SELECT generate_series(1, 'x')

== several, nested, beside others
SELECT generate_series(1, 3), generate_series(1, 2)
SELECT id, unnest(a), regexp_split_to_table(w, ' ') FROM s ORDER BY id, 2, 3
SELECT unnest(ARRAY[1, 2]), unnest(ARRAY['a', 'b', 'c']), 'k'
SELECT generate_series(1, generate_series(1, 3))
SELECT generate_series(1, 2) + generate_series(1, 2)
SELECT abs(generate_series(-2, 1)), generate_series(1, 2)
SELECT count(*), generate_series(1, 2) FROM s
SELECT id, count(*), generate_series(1, 2) FROM s GROUP BY id ORDER BY id, 3
SELECT generate_series(1, 2) AS g, count(*) FROM s GROUP BY g ORDER BY g
SELECT generate_series(1, 3) AS g, count(*) FROM s GROUP BY 1 HAVING count(*) > 1 ORDER BY 1
SELECT unnest(a) AS e, count(*) FROM s GROUP BY e ORDER BY e
SELECT generate_series(1, max(id)) FROM s
SELECT row_number() OVER (ORDER BY id), generate_series(1, 2) FROM s ORDER BY 1, 2
SELECT unnest(array_agg(id ORDER BY id)) FROM s
SELECT unnest(array_agg(id ORDER BY id DESC)), max(id) FROM s
SELECT (SELECT generate_series(1, 1))
SELECT (SELECT generate_series(1, 2))
SELECT ARRAY(SELECT generate_series(1, 3))
SELECT 5 IN (SELECT generate_series(1, 5)), 3 = ANY (ARRAY(SELECT unnest(a) FROM s))
SELECT * FROM (SELECT generate_series(1, 3) AS n) AS q WHERE n > 1
SELECT x, generate_series(1, x) FROM (VALUES (1), (2)) AS v(x) ORDER BY 1, 2
SELECT generate_series(1, 2) UNION ALL SELECT 9
SELECT 1 WHERE false UNION SELECT generate_series(1, 2) ORDER BY 1
WITH n AS (SELECT generate_series(1, 4) AS i) SELECT sum(i) FROM n
SELECT DISTINCT ON (id) id, unnest(a) FROM s ORDER BY id, 2
VALUES (generate_series(1, 2))
INSERT INTO s (id) SELECT generate_series(10, 12) RETURNING id
INSERT INTO s (id, w) VALUES (generate_series(20, 21), 'v') RETURNING id
SELECT count(*) FROM s

== where they may not stand
SELECT id FROM s WHERE generate_series(1, 2) = 1
SELECT id FROM s WHERE id IN (generate_series(1, 2))
SELECT CASE WHEN id > 1 THEN generate_series(1, 2) END FROM s
SELECT coalesce(generate_series(1, 2), 0)
SELECT sum(generate_series(1, 3)) FROM s
SELECT id FROM s GROUP BY id HAVING generate_series(1, 2) = 1
refused> SELECT sum(id) OVER (ORDER BY generate_series(1, 2)) FROM s
SELECT lag(generate_series(1, 2)) OVER () FROM s
SELECT 1 LIMIT generate_series(1, 2)
UPDATE s SET id = generate_series(100, 101) WHERE id = 1
INSERT INTO s (id) VALUES (50) RETURNING generate_series(1, 2)
SELECT * FROM s JOIN s AS o ON generate_series(1, 2) = s.id
CREATE TABLE bad (id int DEFAULT generate_series(1, 2))
CREATE TABLE bad (id int CHECK (generate_series(1, 2) > 0))
SELECT unnest(5)
SELECT unnest('{1}')
SELECT count(unnest(a)) FROM s
SELECT generate_series(1, 2) FILTER (WHERE true)
SELECT nullif(generate_series(1, 2), 1)

== in FROM
SELECT * FROM generate_series(1, 3)
SELECT * FROM generate_series(1, 3) AS n
SELECT n FROM generate_series(1, 3) AS g(n) ORDER BY n DESC
SELECT * FROM generate_series(1, 2) AS a, generate_series(1, a) AS b ORDER BY a, b
SELECT * FROM unnest(ARRAY['x', 'y']) WITH ORDINALITY
SELECT * FROM unnest(ARRAY['x', 'y']) WITH ORDINALITY AS t(v, n)
SELECT s.id, e, n FROM s, unnest(s.a) WITH ORDINALITY AS u(e, n) ORDER BY 1, 3
SELECT s.id, u.e FROM s LEFT JOIN LATERAL unnest(s.a) AS u(e) ON true ORDER BY 1, 2
SELECT s.id, u FROM s CROSS JOIN unnest(a) AS u ORDER BY 1, 2
SELECT * FROM unnest(ARRAY[1, 2], ARRAY['a', 'b', 'c']) AS t(n, c)
SELECT * FROM unnest(ARRAY[1, 2], ARRAY['a']) WITH ORDINALITY AS t(n, c, o)
SELECT * FROM ROWS FROM (generate_series(1, 3), unnest(ARRAY['a', 'b'])) AS t(n, c)
SELECT * FROM ROWS FROM (generate_series(1, 2), generate_series(5, 8)) WITH ORDINALITY
SELECT * FROM ROWS FROM (generate_series(1, 2)) AS g
SELECT s.id, t.* FROM s, ROWS FROM (unnest(s.a), regexp_split_to_table(s.w, ' ')) AS t(e, p) ORDER BY 1, 2, 3
SELECT key, value FROM jsonb_each('{"a": 1, "b": [2]}') ORDER BY key
SELECT * FROM jsonb_each_text('{"a": 1, "b": null}') WITH ORDINALITY ORDER BY ordinality
SELECT (jsonb_each('{"a": 1, "b": 2}')).*
SELECT (jsonb_each('{"a": 1, "b": 2}')).key
SELECT id, (jsonb_each(j)).* FROM s WHERE id = 1 ORDER BY 2
SELECT * FROM jsonb_to_recordset('[{"a": 1, "b": "x"}, {"a": 2}]') AS t(a int, b text)
SELECT * FROM json_to_record('{"a": "5", "c": [1]}') AS t(a int, c jsonb, d date)
SELECT * FROM jsonb_to_recordset('[{"a": 1, "b": "x"}]')
SELECT * FROM generate_series(1, 2) AS t(a int)
SELECT * FROM ROWS FROM (json_to_recordset('[{"a": 1}, {"a": 2}]') AS (a int), generate_series(1, 3)) AS t(p, q)
SELECT count(*) FROM generate_series(1, 1000)
SELECT max(d) FROM generate_series('2024-01-01'::timestamptz, '2024-12-31', '1 month') AS d
SELECT now() = now, 1 FROM now()
SELECT * FROM abs(-3)
SELECT * FROM upper('x') AS u
SELECT u.u FROM upper('x') AS u
SELECT * FROM current_date
SELECT * FROM nope(1)
SELECT * FROM generate_series(1, 3) AS t(a, b)
SELECT t.nope FROM generate_series(1, 3) AS t
SELECT * FROM sum(1)
SELECT * FROM row_number()
SELECT * FROM unnest(ARRAY[1], 2)
SELECT * FROM generate_series(1, n) AS g, (SELECT 3 AS n) AS q
SELECT * FROM s RIGHT JOIN LATERAL unnest(s.a) AS u ON true

== rows out of functions
SELECT * FROM unnest(ARRAY[ROW(1, 'a')])
SELECT * FROM generate_series(1, generate_series(1, 3))
SELECT 'k' AS c, generate_series(1, 2) FROM s WHERE id < 3 ORDER BY 1
SELECT jsonb_each('{"a": 1}') = jsonb_each('{"a": 1}')

== series that never end
SELECT * FROM generate_series('NaN'::numeric, 100::numeric, 10::numeric)
SELECT * FROM generate_series(0::numeric, 'NaN'::numeric, 10::numeric)
SELECT * FROM generate_series(0::numeric, 42::numeric, 'NaN'::numeric)
SELECT * FROM generate_series('Infinity'::numeric, 42::numeric)
SELECT * FROM generate_series(0::numeric, '-Infinity'::numeric)
SELECT * FROM generate_series(0::numeric, 42::numeric, '-Infinity'::numeric)
SELECT * FROM generate_series(1.5, 3.5, 0.75)
SELECT * FROM generate_series(1, 3, 0)
SELECT count(*) FROM generate_series(2147483646, 2147483647)
SELECT factorial(32178)
