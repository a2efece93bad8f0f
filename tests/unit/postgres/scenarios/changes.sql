-- INSERT, UPDATE, DELETE, ON CONFLICT, constraints.
CREATE TABLE kv (k text PRIMARY KEY, v int NOT NULL DEFAULT 0 CHECK (v >= 0), note varchar(5), CONSTRAINT note_len CHECK (length(note) < 5))
INSERT INTO kv (k, v) VALUES ('a', 1), ('b', 2)
INSERT INTO kv VALUES ('c')
INSERT INTO kv DEFAULT VALUES
INSERT INTO kv (k, v) VALUES ('d', -1)
INSERT INTO kv (k, note) VALUES ('d', '12345')
INSERT INTO kv (k, note) VALUES ('d', '123456')
INSERT INTO kv (k, note) VALUES ('d', '1234     ')
INSERT INTO kv (k, v) VALUES ('a', 5) ON CONFLICT DO NOTHING
INSERT INTO kv (k, v) VALUES ('a', 5) ON CONFLICT (k) DO NOTHING RETURNING k
INSERT INTO kv (k, v) VALUES ('a', 5) ON CONFLICT (k) DO UPDATE SET v = kv.v + excluded.v RETURNING k, v
INSERT INTO kv AS t (k, v) VALUES ('a', 5) ON CONFLICT (k) DO UPDATE SET v = excluded.v WHERE t.v < 3 RETURNING *
INSERT INTO kv (k, v) VALUES ('q', 1), ('q', 2) ON CONFLICT (k) DO UPDATE SET v = excluded.v
INSERT INTO kv (k, v) VALUES ('a', 1), ('r', 2) ON CONFLICT (k) DO UPDATE SET v = excluded.v + 100 RETURNING k, v
INSERT INTO kv (k, v) VALUES ('a', 1) ON CONFLICT (v) DO NOTHING
INSERT INTO kv (k, v) VALUES ('a', 1) ON CONFLICT ON CONSTRAINT kv_pkey DO UPDATE SET v = 7
INSERT INTO kv (k, v) VALUES ('a', 1) ON CONFLICT ON CONSTRAINT nope DO NOTHING
INSERT INTO kv (k, v) VALUES ('a', 1) ON CONFLICT (k) DO UPDATE SET v = v + 1
INSERT INTO kv (k, v) VALUES ($1, $2) ON CONFLICT (k) DO UPDATE SET v = EXCLUDED.v RETURNING v -- ['z', 9]
INSERT INTO kv (k, v) SELECT k || '2', v FROM kv ORDER BY k RETURNING k
INSERT INTO kv (k, v) SELECT 'a', 1
INSERT INTO kv (k, k) VALUES ('a', 'b')
INSERT INTO kv (k, nope) VALUES ('a', 'b')
INSERT INTO kv (k, v) VALUES ('a')
INSERT INTO kv (k) VALUES ('a', 1)
INSERT INTO kv VALUES ('x', 'y')
INSERT INTO kv VALUES ('x', true)
INSERT INTO kv VALUES ('x', 1.6) RETURNING v
INSERT INTO kv VALUES ('x9', 99999999999)
INSERT INTO nope VALUES (1)
UPDATE kv SET v = v + 1 WHERE k = 'a' RETURNING v
UPDATE kv SET v = -1 WHERE k = 'a'
UPDATE kv SET v = DEFAULT, note = 'n' WHERE k = 'a' RETURNING *
UPDATE kv SET k = 'b' WHERE k = 'a'
UPDATE kv SET (v, note) = (5, 'm') WHERE k = 'a' RETURNING v, note
UPDATE kv SET v = 1, v = 2
UPDATE kv SET v = count(*)
UPDATE kv SET v = s.n FROM (SELECT 'b' AS k, 77 AS n) s WHERE s.k = kv.k RETURNING kv.k, v
UPDATE kv SET v = (SELECT max(v) FROM kv) WHERE k = 'c' RETURNING v
DELETE FROM kv WHERE k LIKE '%2'
DELETE FROM kv USING (VALUES ('r')) AS d(k) WHERE d.k = kv.k RETURNING kv.k
SELECT k, v, note FROM kv ORDER BY k
CREATE TABLE parent (id int PRIMARY KEY, code text UNIQUE)
CREATE TABLE child (id serial PRIMARY KEY, parent_id int NOT NULL REFERENCES parent, code text REFERENCES parent(code) ON UPDATE CASCADE ON DELETE SET NULL)
INSERT INTO child (parent_id) VALUES (1)
INSERT INTO parent VALUES (1, 'a'), (2, 'b'), (3, 'c')
INSERT INTO child (parent_id, code) VALUES (1, 'b') RETURNING id
INSERT INTO child (parent_id, code) VALUES (1, 'zz')
UPDATE child SET parent_id = 9
DELETE FROM parent WHERE id = 1
UPDATE parent SET id = 10 WHERE id = 1
UPDATE parent SET code = 'bb' WHERE id = 2
SELECT code FROM child
DELETE FROM parent WHERE id = 2
SELECT code FROM child
INSERT INTO child (parent_id) VALUES (3) RETURNING id
CREATE TABLE r (id int PRIMARY KEY, p int REFERENCES parent ON DELETE RESTRICT)
INSERT INTO r VALUES (1, 3)
DELETE FROM parent WHERE id = 3
DELETE FROM child
DELETE FROM parent WHERE id = 3
UPDATE parent SET id = 4 WHERE id = 3
DROP TABLE parent
TRUNCATE parent
DROP TABLE r
DROP TABLE parent CASCADE
INSERT INTO child (parent_id) VALUES (999) RETURNING id
TRUNCATE child RESTART IDENTITY
INSERT INTO child (parent_id) VALUES (999) RETURNING id
CREATE TABLE multi (a int, b text, c int, PRIMARY KEY (a, b), UNIQUE (b, c), CHECK (a < c))
INSERT INTO multi VALUES (1, 'x', 5)
INSERT INTO multi VALUES (1, 'x', 6)
INSERT INTO multi VALUES (2, 'x', 5)
INSERT INTO multi VALUES (2, NULL, 5)
INSERT INTO multi VALUES (9, 'y', 5)
INSERT INTO multi VALUES (9, 'y', NULL)
CREATE TABLE em (id int GENERATED ALWAYS AS IDENTITY, email text NOT NULL, gone bool DEFAULT false)
CREATE UNIQUE INDEX em_lower ON em (lower(email)) WHERE NOT gone
INSERT INTO em (email) VALUES ('A@x') RETURNING id
INSERT INTO em (email) VALUES ('a@X') RETURNING id
INSERT INTO em (email, gone) VALUES ('a@X', true) RETURNING id
INSERT INTO em (id, email) VALUES (7, 'q')
INSERT INTO em (id, email) OVERRIDING SYSTEM VALUE VALUES (7, 'q') RETURNING id
INSERT INTO em (email) VALUES ('a@X') ON CONFLICT (lower(email)) WHERE NOT gone DO UPDATE SET email = 'new' RETURNING id, email
CREATE UNIQUE INDEX em_email ON em (gone)
CREATE TABLE typed (j jsonb UNIQUE, n numeric UNIQUE, ts timestamptz DEFAULT now(), arr int[] DEFAULT '{}', u uuid, i interval)
INSERT INTO typed (j, n) VALUES ('{"a": 1}', 1.0)
INSERT INTO typed (j, n) VALUES ('{"a":1.0}', 2)
INSERT INTO typed (j, n) VALUES ('{"a":2}', 1.00)
SELECT j, n, arr, u, i FROM typed WHERE j @> '{"a": 1}' AND n = 1
CREATE TABLE gen (a int, b int GENERATED ALWAYS AS (a * 2) STORED)
INSERT INTO gen (a) VALUES (4) RETURNING *
INSERT INTO gen (a, b) VALUES (4, 5)
CREATE TABLE dup (a int, a int)
CREATE TABLE bad (a nosuch)
CREATE TABLE bad (a int DEFAULT 'x')
CREATE TABLE bad (a int REFERENCES nosuch)
CREATE TABLE bad (a int REFERENCES multi)
CREATE TABLE bad (a int PRIMARY KEY, b int PRIMARY KEY)
CREATE INDEX ON kv (nope)
CREATE INDEX ON kv (v, note)
DROP INDEX kv_v_note_idx
DROP INDEX kv_pkey
DROP TABLE nope
DROP TABLE IF EXISTS nope, kv
SELECT * FROM kv
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy')
CREATE TABLE person (name text, mood mood DEFAULT 'ok')
INSERT INTO person VALUES ('a', 'happy'), ('b', 'sad'), ('c', DEFAULT)
INSERT INTO person VALUES ('d', 'angry')
SELECT * FROM person ORDER BY mood
SELECT name FROM person WHERE mood > 'sad' ORDER BY name
SELECT name FROM person WHERE mood = $1 -- ['ok']
SELECT mood::text, count(*) FROM person GROUP BY mood ORDER BY mood DESC
SELECT min(name), count(*) FROM person WHERE mood IN ('sad', 'ok')
INSERT INTO person (name, mood) VALUES ($1, $2) RETURNING mood -- ['e', 'bad']
DROP TYPE mood
CREATE TABLE fk2 (id serial PRIMARY KEY, boss int REFERENCES fk2(id), name varchar(10) DEFAULT 'x' NOT NULL)
INSERT INTO fk2 (boss) VALUES (NULL), (1), (2) RETURNING id, boss
INSERT INTO fk2 (boss) VALUES (77)
DELETE FROM fk2 WHERE id = 1
UPDATE fk2 SET name = $1 WHERE id = $2 -- ['this is far too long', 1]
UPDATE fk2 SET name = 'this is far too long' WHERE id = 1
DELETE FROM fk2
CREATE TABLE IF NOT EXISTS fk2 (anything text)
