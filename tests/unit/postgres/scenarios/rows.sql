-- DISTINCT ON, LATERAL, rows compared with queries, INTERSECT ALL, SET of rows.
CREATE TABLE dept (id int PRIMARY KEY, name text NOT NULL, budget numeric(10,2), rate float8, raw bytea)
CREATE TABLE emp (id serial PRIMARY KEY, dept_id int REFERENCES dept(id), name text, pay int, tags text[], at timestamptz, doc jsonb)
INSERT INTO dept VALUES (1, 'eng', 10.50, 0.1, '\x00ff'), (2, 'ops', 7.25, 'NaN', NULL), (3, 'law', NULL, 'Infinity', '\x')
INSERT INTO emp (dept_id, name, pay, tags, at, doc) VALUES (1, 'ann', 50, '{a,b}', '2026-01-01 10:00Z', '{"k": [1, 2]}'), (1, 'bob', 40, '{}', NULL, NULL), (1, 'cid', 50, NULL, '2026-01-02 10:00Z', '[]'), (2, 'dan', 30, '{x}', NULL, '"s"'), (NULL, 'eve', 20, NULL, NULL, NULL)
SELECT DISTINCT ON (dept_id) dept_id, name FROM emp ORDER BY dept_id, pay, name
SELECT DISTINCT ON (dept_id) dept_id, name FROM emp ORDER BY dept_id DESC, pay DESC, name DESC
SELECT DISTINCT ON (dept_id) name FROM emp ORDER BY dept_id NULLS FIRST, name
SELECT DISTINCT ON (1) dept_id AS d, name FROM emp ORDER BY d, name DESC LIMIT 2
SELECT DISTINCT ON (pay / 20, dept_id) name, pay FROM emp ORDER BY pay / 20, dept_id, name
SELECT DISTINCT ON (dept_id) dept_id, count(*), max(pay) FROM emp GROUP BY dept_id, pay ORDER BY dept_id, count(*) DESC
SELECT DISTINCT ON (dept_id) dept_id, name FROM emp ORDER BY name
SELECT DISTINCT ON (nope) name FROM emp
SELECT DISTINCT ON (7) name FROM emp
SELECT count(*) FROM (SELECT DISTINCT ON (dept_id) * FROM emp ORDER BY dept_id, id DESC) s
SELECT DISTINCT ON (d.id) d.name, e.name FROM dept d LEFT JOIN emp e ON e.dept_id = d.id ORDER BY d.id, e.pay DESC, e.id
SELECT d.name, l.* FROM dept d, LATERAL (SELECT e.id, e.name, e.tags, e.at, e.doc FROM emp e WHERE e.dept_id = d.id ORDER BY e.pay DESC, e.id LIMIT 2) l ORDER BY d.id, l.id
SELECT d.name, l.who FROM dept d LEFT JOIN LATERAL (SELECT e.name AS who FROM emp e WHERE e.dept_id = d.id ORDER BY e.id LIMIT 1) l ON true ORDER BY d.id
SELECT d.name, s.n, s.total, s.mean FROM dept d CROSS JOIN LATERAL (SELECT count(*) AS n, sum(pay) AS total, avg(pay) AS mean FROM emp WHERE dept_id = d.id) s ORDER BY d.id
SELECT d.id, x.b, x.r, x.raw FROM dept d, LATERAL (SELECT d.budget * 2 AS b, d.rate AS r, d.raw) x ORDER BY d.id
SELECT d.id, y.v FROM dept d, LATERAL (SELECT d.rate + 1 AS v) x, LATERAL (SELECT x.v * 2 AS v) y WHERE d.id = 1
SELECT d.id, l.n FROM dept d JOIN LATERAL (SELECT count(*) AS n FROM emp WHERE dept_id = d.id) l ON l.n > 0 ORDER BY 1
SELECT d.id FROM dept d, (SELECT * FROM emp WHERE dept_id = d.id) x
SELECT d.id, k.v FROM dept d, LATERAL (VALUES (d.id), (d.id * 10)) k(v) ORDER BY 1, 2
SELECT d.id, t.tag FROM emp d CROSS JOIN LATERAL unnest(d.tags) AS t(tag) ORDER BY 1, 2
SELECT name FROM emp WHERE (dept_id, pay) IN (SELECT dept_id, max(pay) FROM emp GROUP BY dept_id) ORDER BY name
SELECT name FROM emp WHERE (dept_id, pay) NOT IN (SELECT id, 50 FROM dept) ORDER BY name
SELECT name FROM emp WHERE (dept_id, name) IN (SELECT 1, 'ann')
SELECT name FROM emp WHERE (dept_id, pay) = (SELECT id, 30 FROM dept WHERE name = 'ops')
SELECT name FROM emp WHERE (dept_id, pay) = (SELECT id, 30 FROM dept)
SELECT (1, 2) < (SELECT 1, 3), (1, NULL) = (SELECT 1, 2), (1, 2) <> (SELECT 3, NULL::int), (1, 2) = (SELECT 1, 2 WHERE false)
SELECT name FROM emp WHERE (dept_id, pay) IN (SELECT 1)
SELECT name FROM emp WHERE (dept_id, pay) IN (SELECT 1, 2, 3)
SELECT name FROM emp WHERE (dept_id, pay) = (SELECT 1)
SELECT name FROM emp WHERE (dept_id, pay) IN (SELECT 'x', true)
SELECT dept_id FROM emp INTERSECT ALL SELECT id FROM dept ORDER BY 1
SELECT dept_id FROM emp EXCEPT ALL SELECT id FROM dept ORDER BY 1
SELECT dept_id, pay FROM emp EXCEPT ALL SELECT 1, 50 ORDER BY 1, 2
(SELECT dept_id FROM emp UNION ALL SELECT NULL) INTERSECT ALL (VALUES (NULL::int), (NULL), (1)) ORDER BY 1
SELECT 1 INTERSECT ALL SELECT 1, 2
UPDATE emp SET (pay, name) = (SELECT d.id * 100, d.name || '!' FROM dept d WHERE d.id = emp.dept_id) WHERE id = 1 RETURNING *
UPDATE emp SET (pay, name) = (SELECT 1, 'x' FROM dept WHERE false) WHERE id = 2 RETURNING id, pay, name
UPDATE emp SET (pay, name) = (SELECT id, name FROM dept) WHERE id = 2
UPDATE emp SET (pay, name) = (SELECT 1) WHERE id = 2
UPDATE emp SET (pay, name) = ROW(7, DEFAULT) WHERE id = 2 RETURNING pay, name
UPDATE emp SET (pay, name) = (SELECT 'x', 'y') WHERE id = 2
UPDATE emp SET (pay, nope) = (SELECT 1, 2) WHERE id = 2
