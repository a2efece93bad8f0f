-- WITH that changes data, RETURNING of more than the written row.
CREATE TABLE p (id serial PRIMARY KEY, name text UNIQUE, n int)
CREATE TABLE c (id serial PRIMARY KEY, p_id int NOT NULL REFERENCES p(id) ON DELETE CASCADE, v numeric(6,2), at timestamptz DEFAULT now())
CREATE TABLE log (id serial, what text, ref int)
INSERT INTO p (name, n) VALUES ('a', 1), ('b', 2), ('c', 3)
INSERT INTO c (p_id, v) VALUES (1, 1.5), (1, 2.5), (2, 3)
WITH np AS (INSERT INTO p (name, n) VALUES ('d', 4) RETURNING id) INSERT INTO c (p_id, v) SELECT id, 9 FROM np RETURNING p_id, v
WITH t AS (INSERT INTO p (name) VALUES ('new') RETURNING id) SELECT name FROM p ORDER BY id
SELECT name FROM p ORDER BY id
WITH gone AS (DELETE FROM p WHERE name = 'new' RETURNING name) SELECT name, (SELECT count(*) FROM p) AS k FROM gone
WITH u AS (UPDATE p SET n = 100 WHERE name = 'a' RETURNING n) SELECT p.n, u.n FROM p, u WHERE p.name = 'a'
WITH moved AS (DELETE FROM c WHERE p_id = 2 RETURNING *) INSERT INTO log (what, ref) SELECT v::text, p_id FROM moved RETURNING what, ref
WITH x AS (INSERT INTO log (what) VALUES ('q')) SELECT * FROM x
WITH x AS (INSERT INTO log (what) VALUES ($1) RETURNING what, ref) SELECT x.what || $2 AS w FROM x -- ['hi', '!']
WITH x AS (DELETE FROM p WHERE id = 1 RETURNING id) SELECT count(*) FROM c, x
SELECT count(*) FROM c
WITH bad AS (INSERT INTO p (name) VALUES ('b') RETURNING id) SELECT id FROM bad
SELECT count(*) FROM p WHERE name = 'z'
SELECT * FROM (WITH x AS (DELETE FROM p RETURNING id) SELECT * FROM x) y
WITH ins AS (INSERT INTO p (name) VALUES ('b') ON CONFLICT DO NOTHING RETURNING id) SELECT id FROM ins UNION ALL SELECT id FROM p WHERE name = 'b' LIMIT 1
UPDATE c SET v = v + 1 FROM p WHERE p.id = c.p_id RETURNING c.v, p.name, (SELECT count(*) FROM c)
DELETE FROM c USING p WHERE p.id = c.p_id RETURNING p.name, c.v
INSERT INTO log (what) VALUES ('s') RETURNING what, (SELECT count(*) FROM log), (SELECT max(id) FROM p)
