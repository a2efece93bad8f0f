# WITH and WITH RECURSIVE: hierarchies, graphs, SEARCH, CYCLE, what may refer to what.
+ CREATE TABLE node (id int PRIMARY KEY, parent int REFERENCES node, name text)
+ INSERT INTO node VALUES (1, NULL, 'root'), (2, 1, 'usr'), (3, 1, 'etc'), (4, 2, 'bin'), (5, 2, 'lib'), (6, 5, 'python')
+ CREATE TABLE edge (a int, b int, cost numeric)
+ INSERT INTO edge VALUES (1, 2, 1.5), (2, 3, 2), (3, 1, 0.5), (1, 4, 10), (4, 5, 1)

== counting
WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT * FROM n
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) SELECT sum(i), count(*), max(i) FROM n
WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n) SELECT i FROM n LIMIT 3
WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n) SELECT i FROM n LIMIT 2 OFFSET 4
WITH RECURSIVE fib (a, b) AS (VALUES (0, 1) UNION ALL SELECT b, a + b FROM fib WHERE b < 50) SELECT a FROM fib
WITH RECURSIVE f (n, v) AS (SELECT 1, 1::numeric UNION ALL SELECT n + 1, v * (n + 1) FROM f WHERE n < 25) SELECT n, v FROM f WHERE n > 22
WITH RECURSIVE d (day) AS (SELECT '2024-02-27'::date UNION ALL SELECT day + 1 FROM d WHERE day < '2024-03-02') SELECT day FROM d ORDER BY day
WITH RECURSIVE t (s) AS (SELECT 'a'::text UNION ALL SELECT s || 'a' FROM t WHERE length(s) < 4) SELECT s FROM t ORDER BY s
WITH RECURSIVE n (i) AS (SELECT $1::int UNION ALL SELECT i - 1 FROM n WHERE i > $2) SELECT i FROM n
    <- 3, 1
WITH RECURSIVE n (i) AS (SELECT 1 UNION SELECT (i + 1) % 4 FROM n) SELECT i FROM n ORDER BY i
WITH RECURSIVE n (i) AS (SELECT 1.0 UNION SELECT 1.00 FROM n) SELECT i FROM n
WITH RECURSIVE n (i, s) AS (SELECT 1, NULL::text UNION ALL SELECT i + 1, s FROM n WHERE i < 2) SELECT * FROM n ORDER BY i

== hierarchies
WITH RECURSIVE tree AS (SELECT id, name, 0 AS depth FROM node WHERE parent IS NULL UNION ALL SELECT node.id, node.name, tree.depth + 1 FROM node JOIN tree ON node.parent = tree.id) SELECT * FROM tree ORDER BY depth, id
WITH RECURSIVE tree AS (SELECT id, name::text AS path FROM node WHERE parent IS NULL UNION ALL SELECT n.id, t.path || '/' || n.name FROM tree AS t, node AS n WHERE n.parent = t.id) SELECT path FROM tree ORDER BY path
WITH RECURSIVE up AS (SELECT * FROM node WHERE id = 6 UNION ALL SELECT node.* FROM node JOIN up ON node.id = up.parent) SELECT id, name FROM up
WITH RECURSIVE tree AS (SELECT id, ARRAY[id] AS path FROM node WHERE parent IS NULL UNION ALL SELECT n.id, t.path || n.id FROM tree AS t JOIN node AS n ON n.parent = t.id) SELECT id, path, cardinality(path) FROM tree ORDER BY path
WITH RECURSIVE tree AS (SELECT id, parent, 1 AS level FROM node UNION ALL SELECT t.id, n.parent, level + 1 FROM tree AS t JOIN node AS n ON n.id = t.parent) SELECT id, max(level) FROM tree GROUP BY id ORDER BY id
WITH RECURSIVE tree AS (SELECT id FROM node WHERE id = 2 UNION ALL SELECT n.id FROM node AS n JOIN tree AS t ON n.parent = t.id) SELECT count(*) FROM tree
WITH RECURSIVE tree AS (SELECT id FROM node WHERE id = 5 UNION ALL SELECT n.id FROM node AS n JOIN tree AS t ON n.parent = t.id) SELECT name FROM node WHERE id IN (SELECT id FROM tree) ORDER BY id
WITH RECURSIVE tree AS (SELECT id FROM node WHERE id = 5 UNION ALL SELECT n.id FROM node AS n JOIN tree AS t ON n.parent = t.id) UPDATE node SET name = upper(name) FROM tree WHERE tree.id = node.id RETURNING node.id, name
SELECT n.id, (WITH RECURSIVE up (id, parent) AS (SELECT n.id, n.parent UNION ALL SELECT o.id, o.parent FROM node AS o JOIN up ON o.id = up.parent) SELECT count(*) FROM up) AS depth FROM node AS n ORDER BY 1

== graphs
WITH RECURSIVE reach (x) AS (SELECT 1 UNION SELECT edge.b FROM edge JOIN reach ON edge.a = reach.x) SELECT x FROM reach ORDER BY x
WITH RECURSIVE walk (x, total, path) AS (SELECT 1, 0::numeric, ARRAY[1] UNION ALL SELECT e.b, total + cost, path || e.b FROM walk JOIN edge AS e ON e.a = walk.x WHERE e.b <> ALL (path)) SELECT * FROM walk ORDER BY total, x
WITH RECURSIVE walk (x, depth) AS (SELECT 1, 0 UNION ALL SELECT e.b, depth + 1 FROM walk JOIN edge AS e ON e.a = walk.x WHERE depth < 4) SELECT x, depth FROM walk ORDER BY depth, x
WITH RECURSIVE a (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM a WHERE x < 2), b (y) AS (SELECT x FROM a UNION ALL SELECT y + 10 FROM b WHERE y < 20) SELECT y FROM b ORDER BY y
WITH RECURSIVE one AS (SELECT 1 AS x), two (y) AS (SELECT x FROM one UNION ALL SELECT y + x FROM two, one WHERE y < 3) SELECT * FROM two
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 3) SELECT a.n, b.n FROM t AS a JOIN t AS b ON a.n < b.n ORDER BY 1, 2
WITH RECURSIVE t AS (SELECT id, name FROM node WHERE id = 1 UNION ALL SELECT n.id, n.name FROM node AS n WHERE n.parent IN (SELECT 1)) SELECT count(*) FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL (SELECT n + 1 FROM t WHERE n < 3)) SELECT n FROM t
WITH RECURSIVE t (n) AS ((SELECT 1 UNION ALL SELECT 10) UNION ALL SELECT n + 1 FROM t WHERE n < 3) SELECT n FROM t ORDER BY n
refused> WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT DISTINCT n + 1 FROM t, generate_series(1, 2) WHERE n < 3) SELECT n FROM t ORDER BY n
refused> WITH RECURSIVE t (n, r) AS (SELECT 1, 0::bigint UNION ALL SELECT n + 1, row_number() OVER () FROM t WHERE n < 3) SELECT n, r FROM t ORDER BY n

== search
WITH RECURSIVE tree AS (SELECT id, parent, name FROM node WHERE parent IS NULL UNION ALL SELECT n.id, n.parent, n.name FROM node AS n JOIN tree ON n.parent = tree.id) SEARCH DEPTH FIRST BY id SET place SELECT id, name FROM tree ORDER BY place
WITH RECURSIVE tree AS (SELECT id, parent, name FROM node WHERE parent IS NULL UNION ALL SELECT n.id, n.parent, n.name FROM node AS n JOIN tree ON n.parent = tree.id) SEARCH BREADTH FIRST BY name SET place SELECT id, name FROM tree ORDER BY place
WITH RECURSIVE tree (id, name) AS (SELECT id, name FROM node WHERE parent IS NULL UNION ALL SELECT n.id, n.name FROM node AS n JOIN tree ON n.parent = tree.id) SEARCH DEPTH FIRST BY name, id SET place SELECT id FROM tree ORDER BY place DESC
WITH RECURSIVE tree AS (SELECT id, parent FROM node WHERE parent IS NULL UNION ALL SELECT n.id, n.parent FROM node AS n JOIN tree ON n.parent = tree.id) SEARCH DEPTH FIRST BY id SET place SELECT * FROM tree ORDER BY place
WITH RECURSIVE tree AS (SELECT id FROM node WHERE parent IS NULL UNION ALL SELECT n.id FROM node AS n JOIN tree ON n.parent = tree.id) SEARCH DEPTH FIRST BY nope SET place SELECT * FROM tree
WITH RECURSIVE tree AS (SELECT id FROM node WHERE parent IS NULL UNION ALL SELECT n.id FROM node AS n JOIN tree ON n.parent = tree.id) SEARCH DEPTH FIRST BY id SET id SELECT * FROM tree
WITH tree AS (SELECT id FROM node) SEARCH DEPTH FIRST BY id SET place SELECT * FROM tree
WITH RECURSIVE tree AS (SELECT id FROM node WHERE parent IS NULL UNION ALL SELECT n.id FROM node AS n JOIN tree ON n.parent = tree.id) SEARCH DEPTH FIRST BY id, id SET place SELECT * FROM tree

== cycle
WITH RECURSIVE walk (x) AS (SELECT 1 UNION ALL SELECT e.b FROM walk JOIN edge AS e ON e.a = walk.x) CYCLE x SET looped USING path SELECT x, looped FROM walk ORDER BY x, looped
WITH RECURSIVE walk (x) AS (SELECT 1 UNION ALL SELECT e.b FROM walk JOIN edge AS e ON e.a = walk.x) CYCLE x SET looped TO 'Y' DEFAULT 'N' USING path SELECT x, looped FROM walk WHERE looped = 'Y'
WITH RECURSIVE walk (x, y) AS (SELECT a, b FROM edge WHERE a = 1 UNION ALL SELECT e.a, e.b FROM walk JOIN edge AS e ON e.a = walk.y) CYCLE x, y SET looped USING path SELECT x, y, looped FROM walk ORDER BY path
WITH RECURSIVE walk (x) AS (SELECT 1 UNION ALL SELECT e.b FROM walk JOIN edge AS e ON e.a = walk.x) CYCLE x SET looped USING path SELECT count(*) FROM walk WHERE NOT looped
WITH RECURSIVE walk (x) AS (SELECT 1 UNION ALL SELECT e.b FROM walk JOIN edge AS e ON e.a = walk.x) SEARCH DEPTH FIRST BY x SET place CYCLE x SET looped USING path SELECT x FROM walk ORDER BY place
WITH RECURSIVE walk (x) AS (SELECT 1 UNION ALL SELECT e.b FROM walk JOIN edge AS e ON e.a = walk.x) CYCLE nope SET looped USING path SELECT x FROM walk
WITH RECURSIVE walk (x) AS (SELECT 1 UNION ALL SELECT e.b FROM walk JOIN edge AS e ON e.a = walk.x) CYCLE x SET x USING path SELECT x FROM walk
WITH RECURSIVE walk (x) AS (SELECT 1 UNION ALL SELECT e.b FROM walk JOIN edge AS e ON e.a = walk.x) CYCLE x SET looped TO 1 DEFAULT 'N' USING path SELECT x FROM walk
WITH RECURSIVE walk (x) AS (SELECT 1 UNION ALL SELECT e.b FROM walk JOIN edge AS e ON e.a = walk.x) CYCLE x SET p USING p SELECT x FROM walk

== what is refused
WITH RECURSIVE t (n) AS (SELECT n FROM t UNION ALL SELECT 1) SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT a.n FROM t AS a, t AS b) SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT sum(n) FROM t) SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT 2 WHERE EXISTS (SELECT 1 FROM t)) SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT x FROM (VALUES (1)) AS v(x) LEFT JOIN t ON true) SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 INTERSECT SELECT n + 1 FROM t) SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL (SELECT 2 EXCEPT SELECT n FROM t)) SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t ORDER BY 1) SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t LIMIT 3) SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t OFFSET 1) SELECT * FROM t
WITH RECURSIVE t AS (SELECT n + 1 AS n FROM t) SELECT * FROM t
WITH RECURSIVE a (x) AS (SELECT 1 UNION ALL SELECT y FROM b), b (y) AS (SELECT 1 UNION ALL SELECT x FROM a) SELECT * FROM a
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1.5 FROM t) SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n::text FROM t) SELECT * FROM t
WITH RECURSIVE t (s) AS (SELECT 'a'::varchar(3) UNION ALL SELECT s || 'b' FROM t WHERE length(s) < 3) SELECT * FROM t
WITH RECURSIVE t (s) AS (SELECT name FROM node WHERE id = 1 UNION ALL SELECT 'b'::varchar FROM t WHERE s <> 'b') SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n, n FROM t) SELECT * FROM t
WITH RECURSIVE t (n, m) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 3) SELECT nope FROM t
WITH t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT * FROM t
WITH a AS (SELECT * FROM b), b AS (SELECT 1) SELECT * FROM a
WITH a AS (SELECT 1), a AS (SELECT 2) SELECT * FROM a
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t FOR UPDATE) SELECT * FROM t
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) INSERT INTO edge SELECT n FROM t WHERE n < 0 LIMIT 0
WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 / (2 - n) FROM t) SELECT * FROM t

== plain WITH
WITH a AS (SELECT 1 AS x) SELECT x FROM a
WITH a (x, y) AS (SELECT 1, 2), b AS (SELECT x + y AS z FROM a) SELECT * FROM a, b
WITH a AS MATERIALIZED (SELECT random() AS r FROM generate_series(1, 3)) SELECT count(*) FROM a AS x JOIN a AS y ON x.r = y.r
WITH a AS NOT MATERIALIZED (SELECT id FROM node) SELECT count(*) FROM a AS x JOIN a AS y USING (id)
WITH a AS (SELECT id FROM node) SELECT (WITH b AS (SELECT max(id) AS m FROM a) SELECT m FROM b), (SELECT min(id) FROM a)
WITH node AS (SELECT 99 AS id) SELECT id FROM node
WITH node AS (SELECT id FROM node WHERE id > 4) SELECT id FROM node ORDER BY id
SELECT * FROM (WITH a AS (SELECT 1 AS x) SELECT * FROM a) AS q
SELECT id FROM node WHERE id IN (WITH a AS (SELECT 3 AS x) SELECT x FROM a)
WITH a AS (SELECT 1) SELECT * FROM a UNION ALL SELECT * FROM a
(WITH a AS (SELECT 1 AS x) SELECT x FROM a) UNION ALL (WITH a AS (SELECT 2 AS x) SELECT x FROM a) ORDER BY x
WITH a (x, y) AS (SELECT 1) SELECT * FROM a
WITH a (x) AS (SELECT 1, 2) SELECT * FROM a
WITH a AS (SELECT 1 / 0 AS x) SELECT 1
WITH a AS (SELECT nope) SELECT 1
WITH a AS (VALUES (1, 'x'), (2, 'y')) SELECT column1, column2 FROM a ORDER BY 1 DESC
WITH a AS (SELECT 'x') SELECT * FROM a WHERE "?column?" = 'x'
WITH a AS (INSERT INTO edge VALUES (9, 9, 9) RETURNING a) SELECT (SELECT a FROM a), (SELECT count(*) FROM edge WHERE edge.a = 9)
