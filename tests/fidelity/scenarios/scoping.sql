# Which name means what, where; what may stand beside what.
+ CREATE TABLE dept (id int PRIMARY KEY, name text NOT NULL, boss int)
+ CREATE TABLE emp (id int PRIMARY KEY, name text NOT NULL, dept_id int REFERENCES dept, salary numeric(8,2), hired date, manager_id int REFERENCES emp)
+ INSERT INTO dept VALUES (1, 'sales', 1), (2, 'tech', 3), (3, 'empty', NULL)
+ INSERT INTO emp VALUES (1, 'ann', 1, 100, '2020-01-01', NULL), (2, 'bob', 1, 80, '2021-06-01', 1), (3, 'cyd', 2, 120.5, '2019-03-15', NULL), (4, 'dan', NULL, NULL, NULL, 3)

== aliases
SELECT name AS n FROM emp WHERE n = 'ann'
SELECT salary * 2 AS salary FROM emp ORDER BY salary
SELECT salary * -1 AS salary FROM emp ORDER BY salary NULLS FIRST
SELECT salary * -1 AS salary FROM emp ORDER BY salary + 0 NULLS FIRST
SELECT salary * -1 AS salary FROM emp ORDER BY emp.salary
SELECT name AS id, id AS name FROM emp ORDER BY id
SELECT dept_id AS d, count(*) AS n FROM emp GROUP BY d HAVING n > 1
SELECT dept_id AS d, count(*) AS n FROM emp GROUP BY d HAVING count(*) > 1
SELECT count(*) AS count FROM emp ORDER BY count
SELECT upper(name) AS name, count(*) FROM emp GROUP BY name ORDER BY name
SELECT extract(year FROM hired) AS hired, count(*) FROM emp GROUP BY hired ORDER BY 1
SELECT extract(year FROM hired) AS y, count(*) FROM emp GROUP BY y ORDER BY y
SELECT extract(year FROM hired) AS y, count(*) FROM emp GROUP BY extract(year FROM hired) ORDER BY y
SELECT name, name FROM emp ORDER BY name
SELECT name, salary AS name FROM emp ORDER BY name
SELECT e.name, d.name FROM emp e JOIN dept d ON d.id = e.dept_id ORDER BY name
SELECT e.name, d.name AS dname FROM emp e JOIN dept d ON d.id = e.dept_id ORDER BY name
SELECT id FROM emp e JOIN dept d ON d.id = e.dept_id
SELECT emp.name FROM emp e
SELECT e.* , e.name FROM emp e WHERE id = 1
SELECT E.NAME FROM EMP e WHERE "id" = 1
SELECT e.nope FROM emp e
SELECT nope.* FROM emp e
SELECT *, 1 AS one FROM dept WHERE id = 1
SELECT * FROM emp e, LATERAL (SELECT e.name || '!' AS loud) l WHERE e.id = 1
SELECT * FROM emp e, (SELECT e.name) l
SELECT * FROM (SELECT id, id FROM dept) t
SELECT t.id FROM (SELECT id, id FROM dept) t
SELECT a FROM (SELECT 1) AS t(a)
SELECT a FROM (SELECT 1) AS t(a, b)
SELECT t.* FROM (VALUES (1, 2)) t(x)
SELECT column1, column2 FROM (VALUES (1, 'a')) t

== joins and USING
SELECT * FROM emp JOIN dept USING (id) ORDER BY id
SELECT id, emp.id, dept.id FROM emp LEFT JOIN dept USING (id) ORDER BY id
SELECT id, emp.id, dept.id FROM emp FULL JOIN dept USING (id) ORDER BY id
SELECT * FROM emp JOIN dept USING (nope)
SELECT name FROM emp JOIN dept USING (id)
SELECT id, name FROM emp NATURAL JOIN dept
SELECT count(*) FROM emp NATURAL LEFT JOIN (SELECT 1 AS zzz) z
SELECT e.name, m.name AS manager FROM emp e LEFT JOIN emp m ON m.id = e.manager_id ORDER BY e.id
SELECT d.name, e.name FROM dept d LEFT JOIN emp e ON e.dept_id = d.id AND e.salary > 90 ORDER BY d.id, e.id
SELECT d.name, e.name FROM dept d LEFT JOIN emp e ON e.dept_id = d.id WHERE e.salary > 90 ORDER BY d.id
SELECT d.name FROM dept d LEFT JOIN emp e ON e.dept_id = d.id WHERE e.id IS NULL
SELECT count(*) FROM emp e JOIN dept d ON true
SELECT count(*) FROM emp e JOIN dept d ON e.dept_id
SELECT count(*) FROM emp e JOIN dept d ON count(*) > 1
SELECT e.name FROM emp e JOIN dept d ON d.id = e.dept_id JOIN emp b ON b.id = d.boss AND b.id <> e.id ORDER BY 1
SELECT * FROM (emp e JOIN dept d ON d.id = e.dept_id) j WHERE j.salary > 100
SELECT x.name FROM (emp JOIN dept ON dept.id = emp.dept_id) x
SELECT a.id, b.id, c.id FROM dept a CROSS JOIN dept b CROSS JOIN dept c WHERE a.id < b.id AND b.id < c.id
SELECT e.name FROM emp e, dept d JOIN emp m ON m.id = e.manager_id
SELECT d.id, s.total FROM dept d LEFT JOIN (SELECT dept_id, sum(salary) AS total FROM emp GROUP BY dept_id) s ON s.dept_id = d.id ORDER BY d.id

== subqueries
SELECT name FROM emp e WHERE salary > (SELECT avg(salary) FROM emp WHERE dept_id = e.dept_id) ORDER BY 1
SELECT name FROM emp WHERE dept_id IN (SELECT id FROM dept WHERE name LIKE 's%') ORDER BY 1
SELECT name FROM dept WHERE id IN (SELECT dept_id FROM emp WHERE nope = 1)
SELECT name FROM dept WHERE id IN (SELECT boss FROM emp)
SELECT name FROM dept WHERE id NOT IN (SELECT dept_id FROM emp WHERE dept_id IS NOT NULL)
SELECT name, (SELECT count(*) FROM emp WHERE dept_id = dept.id) FROM dept ORDER BY id
SELECT name, (SELECT max(salary) FROM emp WHERE dept_id = dept.id) AS top FROM dept ORDER BY top NULLS FIRST
SELECT (SELECT name FROM emp WHERE dept_id = d.id ORDER BY salary DESC LIMIT 1) FROM dept d ORDER BY d.id
SELECT (SELECT e.name) FROM emp e WHERE id = 1
SELECT name FROM emp WHERE salary = ALL (SELECT salary FROM emp WHERE id = 1)
SELECT name FROM emp WHERE salary > ANY (SELECT salary FROM emp WHERE dept_id = 1) ORDER BY 1
SELECT name FROM emp WHERE salary >= ALL (SELECT salary FROM emp)
SELECT name FROM emp WHERE salary >= ALL (SELECT salary FROM emp WHERE salary IS NOT NULL)
SELECT name FROM emp WHERE (dept_id, salary) IN (SELECT dept_id, max(salary) FROM emp GROUP BY dept_id) ORDER BY 1
SELECT EXISTS (SELECT FROM emp WHERE id = 99), NOT EXISTS (SELECT FROM emp)
SELECT ARRAY(SELECT name FROM emp ORDER BY name DESC), (SELECT array_agg(id ORDER BY id) FROM dept)
SELECT * FROM (SELECT dept_id, avg(salary) AS a FROM emp GROUP BY dept_id) t WHERE a > 100
SELECT 1 WHERE (SELECT true)
SELECT (SELECT 1, 2)
SELECT (SELECT id FROM emp)
SELECT 1 = (SELECT 'a')
SELECT name FROM emp WHERE id = (SELECT 1 UNION SELECT 2)
SELECT (SELECT sum(x) FROM (VALUES (1), (2)) v(x)) + 1
SELECT count((SELECT 1)), sum((SELECT salary)) FROM emp
SELECT (SELECT count(e.id)) FROM emp e
SELECT d.id, (SELECT sum(d.id)) FROM dept d
SELECT name FROM dept WHERE EXISTS (SELECT 1 FROM emp WHERE dept_id = dept.id HAVING count(*) > 1)

== grouping
SELECT dept_id, name FROM emp GROUP BY dept_id
SELECT e.dept_id, d.name, count(*) FROM emp e JOIN dept d ON d.id = e.dept_id GROUP BY d.id
SELECT d.id, d.name, d.boss, count(e.id) FROM dept d LEFT JOIN emp e ON e.dept_id = d.id GROUP BY d.id ORDER BY d.id
SELECT dept_id + 1 FROM emp GROUP BY dept_id ORDER BY 1
SELECT dept_id FROM emp GROUP BY dept_id + 1
SELECT dept_id + 1, count(*) FROM emp GROUP BY dept_id + 1 ORDER BY 1
SELECT 1 + dept_id, count(*) FROM emp GROUP BY dept_id + 1
SELECT count(*) FROM emp GROUP BY ()
SELECT dept_id, sum(salary) FROM emp GROUP BY dept_id ORDER BY sum(salary) DESC NULLS LAST
SELECT dept_id FROM emp GROUP BY dept_id ORDER BY name
SELECT dept_id FROM emp GROUP BY dept_id HAVING name = 'ann'
SELECT dept_id, count(*) FROM emp GROUP BY 1 ORDER BY 2 DESC, 1 NULLS LAST
SELECT dept_id, count(*) FROM emp GROUP BY 3
SELECT dept_id, count(*) FROM emp GROUP BY 'x'
SELECT dept_id, count(*) FROM emp GROUP BY count(*)
SELECT max(name), min(hired), sum(salary), avg(salary) FROM emp GROUP BY dept_id HAVING sum(salary) > 100 ORDER BY 1
SELECT sum(DISTINCT salary), count(DISTINCT dept_id), array_agg(DISTINCT dept_id ORDER BY dept_id DESC) FROM emp
SELECT array_agg(DISTINCT name ORDER BY id) FROM emp
SELECT string_agg(name, ', ' ORDER BY salary DESC NULLS LAST) FROM emp
SELECT DISTINCT dept_id FROM emp ORDER BY dept_id + 1
SELECT DISTINCT dept_id, dept_id + 1 AS n FROM emp ORDER BY n
SELECT DISTINCT name FROM emp ORDER BY upper(name)
SELECT DISTINCT ON (dept_id) dept_id, name FROM emp ORDER BY dept_id, salary DESC
SELECT DISTINCT ON (dept_id) dept_id, name FROM emp ORDER BY salary DESC
SELECT count(*), count(*) FILTER (WHERE salary > 90), sum(salary) FILTER (WHERE false) FROM emp
SELECT sum(salary) OVER (PARTITION BY dept_id) FROM emp GROUP BY dept_id
SELECT dept_id, sum(sum(salary)) OVER (ORDER BY dept_id) FROM emp GROUP BY dept_id ORDER BY dept_id
SELECT dept_id, count(*) * 100.0 / sum(count(*)) OVER () AS share FROM emp GROUP BY dept_id ORDER BY dept_id
SELECT name, rank() OVER (PARTITION BY dept_id ORDER BY salary DESC) AS r FROM emp WHERE r = 1
SELECT name FROM (SELECT name, rank() OVER (PARTITION BY dept_id ORDER BY salary DESC) AS r FROM emp) x WHERE r = 1 ORDER BY name
SELECT name, salary - lag(salary) OVER (ORDER BY id) AS diff FROM emp ORDER BY id
SELECT name, sum(salary) OVER (ORDER BY salary RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM emp ORDER BY id
SELECT name, count(*) OVER (ORDER BY dept_id) FROM emp ORDER BY id
SELECT name, first_value(name) OVER (ORDER BY salary DESC NULLS LAST), last_value(name) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM emp ORDER BY id
SELECT lag(name, 1, 'none') OVER (ORDER BY id), lead(id, 2, -1) OVER (ORDER BY id), lag(salary, 1, 0) OVER (ORDER BY id) FROM emp ORDER BY id
SELECT lag(salary, 1, 'x') OVER (ORDER BY id) FROM emp
SELECT ntile(3) OVER (ORDER BY id), ntile(0) OVER (ORDER BY id) FROM emp
SELECT row_number() OVER (ORDER BY nope) FROM emp
SELECT sum(row_number() OVER ()) FROM emp
SELECT row_number() OVER w FROM emp WINDOW w AS (ORDER BY id DESC) ORDER BY id
SELECT avg(salary) OVER (ORDER BY id ROWS 1 PRECEDING), max(name) OVER (ORDER BY id ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING) FROM emp ORDER BY id

== set operations
SELECT id FROM emp UNION ALL SELECT id FROM dept ORDER BY id LIMIT 3
SELECT name FROM emp UNION SELECT name FROM dept ORDER BY name DESC
SELECT id AS a FROM emp UNION SELECT id AS b FROM dept ORDER BY b
SELECT id, name FROM emp UNION SELECT id FROM dept
SELECT id FROM emp UNION SELECT name FROM dept
SELECT salary FROM emp UNION SELECT id FROM dept ORDER BY 1
SELECT 1 UNION SELECT 2.5 ORDER BY 1
SELECT '1' UNION SELECT 2 ORDER BY 1
SELECT 'x' UNION SELECT 2
SELECT NULL UNION SELECT 1 ORDER BY 1
SELECT NULL UNION SELECT NULL
SELECT hired FROM emp UNION SELECT '2022-02-02' ORDER BY 1
SELECT id FROM emp EXCEPT SELECT id FROM dept ORDER BY 1
SELECT id FROM emp INTERSECT SELECT id FROM dept ORDER BY 1
SELECT id FROM emp EXCEPT ALL SELECT dept_id FROM emp ORDER BY 1
SELECT dept_id FROM emp INTERSECT ALL SELECT dept_id FROM emp ORDER BY 1
SELECT 1 UNION SELECT 2 INTERSECT SELECT 2
(SELECT 1 UNION SELECT 2) INTERSECT SELECT 2
SELECT 1 EXCEPT SELECT 1 UNION SELECT 3
SELECT * FROM (SELECT id FROM emp UNION SELECT id FROM dept) u WHERE id > 2 ORDER BY id
SELECT id FROM emp ORDER BY id LIMIT 1 UNION SELECT 9
(SELECT id FROM emp ORDER BY id DESC LIMIT 1) UNION ALL SELECT 9
SELECT id FROM emp UNION SELECT 1 ORDER BY id + 1
SELECT count(*) FROM (SELECT dept_id FROM emp UNION SELECT dept_id FROM emp) u
VALUES (1), (2) UNION VALUES (2), (3) ORDER BY 1
SELECT 'a' AS x UNION SELECT 'b' ORDER BY x DESC LIMIT 1

== names that cannot be reached
SELECT * FROM dept t(a, b, c, d)
SELECT * FROM (VALUES (1)) t(a, b)
WITH w AS (SELECT 1 AS x) SELECT * FROM w t(a, b)
SELECT * FROM generate_series(1, 2) t(a, b)
SELECT * FROM unnest(ARRAY[1]) WITH ORDINALITY t(a, b, c)
SELECT id AS a FROM emp UNION SELECT id AS b FROM dept UNION SELECT 1 AS c ORDER BY c
SELECT id AS a FROM emp UNION SELECT id AS b FROM dept UNION SELECT 1 AS b ORDER BY b
SELECT id AS a FROM emp UNION SELECT id AS b FROM dept ORDER BY emp.id
SELECT e.name FROM emp e LEFT JOIN (dept d JOIN emp m ON m.id = e.id) ON true
SELECT d.name FROM emp e JOIN dept USING (id)
SELECT dept.name FROM emp dept
SELECT emp.name FROM emp AS dept
SELECT name FROM emp e JOIN emp m USING (id)
SELECT x.name FROM (SELECT id FROM emp) x
SELECT id FROM emp WHERE dept.id = 1
UPDATE emp SET name = 'x' WHERE dept.id = 1
UPDATE emp e SET e.name = 'x'
UPDATE emp e SET name = 'x' WHERE emp.id = 1
DELETE FROM emp e WHERE emp.id = 1
INSERT INTO emp (id, name) VALUES (9, name)
INSERT INTO emp (id, name) VALUES (9, 'z') RETURNING emp.id, dept.id
INSERT INTO emp AS e (id, name) VALUES (9, 'z') RETURNING emp.id
INSERT INTO emp (id, name) SELECT id, nme FROM dept
SELECT count(*) FROM emp ORDER BY id
SELECT max(id) FROM emp WHERE id = max(id)
SELECT (SELECT max(e.salary) FROM dept) FROM emp e
SELECT name FROM dept d WHERE id = (SELECT max(d.id) FROM emp)
SELECT string_agg(DISTINCT name, ',' ORDER BY name DESC), count(DISTINCT salary) FROM emp
SELECT string_agg(DISTINCT name, ',' ORDER BY upper(name)) FROM emp
SELECT lag(salary) OVER (ORDER BY id) FROM emp GROUP BY id
SELECT rank() OVER (ORDER BY salary) FROM emp GROUP BY dept_id
SELECT rank() OVER (PARTITION BY dept_id ORDER BY sum(salary)) FROM emp GROUP BY dept_id ORDER BY dept_id
