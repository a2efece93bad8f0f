-- Joins, aggregates, subqueries, set operations, windows.
CREATE TABLE a (id int PRIMARY KEY, name text, n numeric(10,2), grp text, d date)
CREATE TABLE b (id bigserial PRIMARY KEY, a_id int REFERENCES a(id) ON DELETE CASCADE, label varchar(20), amount int, flag bool NOT NULL DEFAULT false)
INSERT INTO a VALUES (1, 'one', 1.50, 'x', '2026-01-01'), (2, 'two', 2.25, 'x', '2026-01-02'), (3, 'three', NULL, 'y', NULL), (4, NULL, 10, 'y', '2025-12-31')
INSERT INTO b (a_id, label, amount) VALUES (1, 'p', 10), (1, 'q', 20), (2, 'r', NULL), (NULL, 's', 5) RETURNING id, flag
SELECT a.id, b.label FROM a JOIN b ON b.a_id = a.id ORDER BY 1, 2
SELECT a.id, b.label FROM a LEFT JOIN b ON b.a_id = a.id ORDER BY a.id, b.label
SELECT a.id, b.label FROM a RIGHT JOIN b ON b.a_id = a.id ORDER BY b.label
SELECT a.id, b.label FROM a FULL JOIN b ON b.a_id = a.id ORDER BY b.label NULLS FIRST, a.id
SELECT count(*) FROM a CROSS JOIN b
SELECT count(*) FROM a, b WHERE a.id = b.a_id
SELECT * FROM a JOIN (SELECT a_id AS id, sum(amount) AS total FROM b GROUP BY a_id) s USING (id) ORDER BY id
SELECT id FROM a JOIN b ON a.id = b.a_id
SELECT * FROM a NATURAL JOIN b ORDER BY 1
SELECT name FROM a ORDER BY name
SELECT name FROM a ORDER BY name DESC
SELECT name FROM a ORDER BY name NULLS FIRST
SELECT n FROM a ORDER BY n
SELECT n AS name FROM a ORDER BY name
SELECT id FROM a ORDER BY n DESC NULLS LAST, id LIMIT 2 OFFSET 1
SELECT id FROM a ORDER BY 5
SELECT id FROM a LIMIT -1
SELECT id FROM a ORDER BY id LIMIT $1 -- [None]
SELECT id FROM a ORDER BY id LIMIT $1 -- [-1]
SELECT grp, count(*), count(n), sum(n), avg(n), min(n), max(n) FROM a GROUP BY grp ORDER BY grp
SELECT sum(amount), avg(amount), count(DISTINCT a_id), min(label), max(label), bool_or(flag), bool_and(flag) FROM b
SELECT sum(id), avg(id) FROM b
SELECT sum(amount::float8), avg(amount::float8) FROM b
SELECT count(*) FILTER (WHERE amount > 5), sum(amount) FILTER (WHERE label = 'zzz') FROM b
SELECT string_agg(label, ',' ORDER BY label DESC), array_agg(label ORDER BY label), array_agg(a_id ORDER BY id) FROM b
SELECT json_agg(label ORDER BY id), jsonb_agg(amount ORDER BY id), jsonb_object_agg(label, amount) FROM b
SELECT grp, count(*) AS c FROM a GROUP BY 1 HAVING count(*) > 1 ORDER BY c DESC, grp
SELECT upper(grp) AS g, sum(id) FROM a GROUP BY g ORDER BY g
SELECT grp || '!', count(*) FROM a GROUP BY grp || '!' ORDER BY 1
SELECT name FROM a GROUP BY grp
SELECT grp FROM a HAVING count(*) > 1
SELECT count(*) FROM a HAVING count(*) > 100
SELECT count(*) FROM a WHERE id > 100
SELECT max(id) FROM a WHERE id > 100
SELECT DISTINCT grp FROM a ORDER BY grp DESC
SELECT DISTINCT grp FROM a ORDER BY id
SELECT id, (SELECT count(*) FROM b WHERE b.a_id = a.id) AS c FROM a ORDER BY id
SELECT id, (SELECT label FROM b WHERE b.a_id = a.id) FROM a ORDER BY id
SELECT id, (SELECT label FROM b WHERE b.a_id = a.id ORDER BY label LIMIT 1) FROM a ORDER BY id
SELECT id, (SELECT id, label FROM b) FROM a
SELECT id FROM a WHERE id IN (SELECT a_id FROM b) ORDER BY id
SELECT id FROM a WHERE id NOT IN (SELECT a_id FROM b) ORDER BY id
SELECT id FROM a WHERE id NOT IN (SELECT a_id FROM b WHERE a_id IS NOT NULL) ORDER BY id
SELECT id FROM a WHERE EXISTS (SELECT 1 FROM b WHERE b.a_id = a.id AND amount > 5) ORDER BY id
SELECT id FROM a WHERE id = ANY($1) ORDER BY id -- [[1, 3, 99]]
SELECT id FROM a WHERE NOT id = ANY($1) ORDER BY id -- [[1, 3, None]]
SELECT id FROM a WHERE n = ANY($1) ORDER BY id -- [[decimal.Decimal('1.5'), decimal.Decimal('10')]]
SELECT id FROM a WHERE id > ALL (SELECT a_id FROM b WHERE a_id IS NOT NULL) ORDER BY id
SELECT ARRAY(SELECT id FROM a ORDER BY id)
SELECT 1 UNION SELECT 2 UNION SELECT 1 ORDER BY 1
SELECT 1 UNION ALL SELECT 1
SELECT id FROM a INTERSECT SELECT a_id FROM b ORDER BY 1
SELECT id FROM a EXCEPT SELECT a_id FROM b ORDER BY id
SELECT 1 AS x UNION SELECT 2.5 ORDER BY x
SELECT 'a' UNION SELECT NULL ORDER BY 1
SELECT 1 UNION SELECT 'a'
SELECT 1 UNION SELECT true
SELECT 1, 2 UNION SELECT 1
SELECT n FROM a WHERE n IS NOT NULL UNION SELECT 1.5 ORDER BY 1
(SELECT id FROM a ORDER BY id LIMIT 1) UNION ALL (SELECT id FROM a ORDER BY id DESC LIMIT 1)
VALUES (1, 'a'), (2, 'b')
SELECT * FROM (VALUES (1, 'a'), (2, NULL)) AS v(x, y) ORDER BY x DESC
WITH t AS (SELECT id, grp FROM a WHERE id < 3) SELECT count(*), max(grp) FROM t
WITH t(q) AS (SELECT id FROM a), u AS (SELECT q * 2 AS r FROM t) SELECT sum(r) FROM u
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT sum(n), count(*) FROM t
SELECT id, row_number() OVER (ORDER BY id DESC), rank() OVER (PARTITION BY grp ORDER BY id), sum(id) OVER (PARTITION BY grp), lag(id) OVER (ORDER BY id), count(*) OVER () FROM a ORDER BY id
SELECT id, sum(n) OVER (ORDER BY id), avg(id) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM a ORDER BY id
SELECT id, first_value(name) OVER w, last_value(id) OVER w FROM a WINDOW w AS (PARTITION BY grp ORDER BY id) ORDER BY id
SELECT id FROM a WHERE row_number() OVER () = 1
SELECT * FROM (SELECT id, row_number() OVER (PARTITION BY grp ORDER BY id DESC) AS rn FROM a) t WHERE rn = 1 ORDER BY id
SELECT a.* FROM a WHERE d > '2026-01-01'
SELECT id FROM a WHERE d BETWEEN $1 AND $2 ORDER BY id -- [datetime.date(2026, 1, 1), datetime.date(2026, 1, 31)]
SELECT id FROM a WHERE n > $1 ORDER BY id -- [2]
SELECT id FROM a WHERE n > $1 ORDER BY id -- [2.0]
SELECT id FROM a WHERE id = $1 -- [2.5]
SELECT id FROM a WHERE id = $1 -- ['x']
SELECT CASE WHEN n > 2 THEN n ELSE 0 END AS v, count(*) FROM a GROUP BY 1 ORDER BY 1
SELECT id FROM a FOR UPDATE
SELECT coalesce(sum(amount), 0) FROM b WHERE label = 'none'
SELECT a.id AS "Weird Name", b.id AS "b" FROM a, b WHERE a.id = 1 AND b.id = 1
SELECT t.x FROM a t
SELECT id, id FROM a t JOIN a t ON true
SELECT count(id, name) FROM a
SELECT sum(name) FROM a
SELECT max(flag) FROM b
SELECT * FROM a WHERE id = (SELECT a_id FROM b)
SELECT grp, array_agg(DISTINCT id ORDER BY id DESC) FROM a GROUP BY grp ORDER BY grp
SELECT count(DISTINCT n), count(DISTINCT grp) FROM a
SELECT x.* FROM a, jsonb_array_elements('[1]') x WHERE a.id = 1
SELECT id, g FROM a, generate_series(1, a.id) AS g WHERE id < 3 ORDER BY 1, 2
SELECT id, generate_series(1, 2) * 10 FROM a WHERE id < 3 ORDER BY 1, 2
SELECT unnest(ARRAY[3, 1, 2]) AS u ORDER BY u
SELECT id FROM a WHERE name ILIKE ANY(ARRAY['%O%', 'x']) ORDER BY id
SELECT count(*) FROM (SELECT DISTINCT n FROM a) q
SELECT 1 FROM a WHERE
SELECT a.id FROM a, b WHERE a.id = b.a_id AND a.name = 'one' AND b.amount IN (10, 20) ORDER BY b.amount DESC
SELECT d, d + 1, d - 1, d + interval '1 day', d - date '2025-12-01' FROM a WHERE d IS NOT NULL ORDER BY d
SELECT label, amount, amount * 1.5, amount / 3, amount / 3.0, -amount, amount % 3 FROM b ORDER BY id
SELECT label || '-' || amount FROM b ORDER BY id
SELECT concat(label, amount), length(label), upper(label), coalesce(amount::text, 'none') FROM b ORDER BY id
SELECT grp, count(*) FROM a GROUP BY grp HAVING sum(n) > 3 ORDER BY 1
SELECT grp, name FROM a GROUP BY grp, name ORDER BY grp, name NULLS FIRST
SELECT avg(n)::float, sum(n) / count(*) FROM a
SELECT DISTINCT ON (grp) grp, id FROM a ORDER BY grp, id
SELECT (SELECT max(id) FROM a) - id AS diff FROM a ORDER BY diff
SELECT * FROM a WHERE (id, grp) IN (SELECT 1, 'x')
SELECT id FROM a WHERE id = 1 OR name IS NULL AND n = 10 ORDER BY id
SELECT $1::text || id FROM a WHERE id = 1 -- ['v']
SELECT id FROM a WHERE name = $1 OR $1 IS NULL ORDER BY id -- [None]
SELECT id FROM a WHERE name LIKE $1 || '%' -- ['th']
SELECT id FROM a WHERE d >= now() - interval '7 days' AND false
SELECT id FROM a ORDER BY CASE WHEN grp = 'y' THEN 0 ELSE 1 END, id
SELECT id FROM a ORDER BY lower(name), id
SELECT grp FROM a GROUP BY grp ORDER BY count(*), grp DESC
SELECT grp FROM a GROUP BY grp ORDER BY name
SELECT count(*) AS count FROM a WHERE grp = 'x'
SELECT to_jsonb(ARRAY[1,2]), json_build_object('id', id) FROM a WHERE id = 1
