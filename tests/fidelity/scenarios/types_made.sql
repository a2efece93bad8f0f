# Types that applications make: domains, enums, composite types; what of roles, extensions and functions is taken.

== domains
CREATE DOMAIN posint AS integer CHECK (VALUE > 0)
CREATE DOMAIN email AS text NOT NULL CONSTRAINT has_at CHECK (VALUE LIKE '%@%')
CREATE DOMAIN code AS varchar(5) DEFAULT 'none'
CREATE DOMAIN price AS numeric(10,2) CONSTRAINT not_negative CHECK (VALUE >= 0) CONSTRAINT not_huge CHECK (VALUE < 1000)
SELECT 5::posint, '7'::posint, CAST(2.6 AS posint)
SELECT 0::posint
SELECT '-3'::posint
SELECT 'x'::posint
SELECT NULL::posint, NULL::code
SELECT NULL::email
SELECT 'a@b'::email, 'abcdefgh'::code
SELECT 'nope'::email
SELECT 1.239::price, -1::price
SELECT 5000::price
SELECT 5::posint + 1, 5::posint::text, 5::posint = 5, pg_typeof(5::posint + 1)
CREATE TABLE users (id posint PRIMARY KEY, mail email, code code, paid price DEFAULT 5)
INSERT INTO users (id, mail) VALUES (1, 'a@x') RETURNING *
INSERT INTO users (id, mail) VALUES (0, 'a@x')
INSERT INTO users (id, mail) VALUES (2, 'ax')
INSERT INTO users (id) VALUES (2)
INSERT INTO users (id, mail) VALUES (2, NULL)
INSERT INTO users (id, mail, code) VALUES (2, 'b@x', 'too long')
INSERT INTO users (id, mail, paid) VALUES (2, 'b@x', 1234)
INSERT INTO users (id, mail, paid) VALUES (2, 'b@x', 12.345) RETURNING paid
INSERT INTO users (id, mail) VALUES ('x', 'b@x')
INSERT INTO users (id, mail) VALUES (true, 'b@x')
INSERT INTO users (id, mail) VALUES ($1, $2) RETURNING id, mail
    <- 3, 'c@x'
INSERT INTO users (id, mail) VALUES ($1, $2)
    <- -3, 'c@x'
INSERT INTO users (id, mail) SELECT g, 'g' || g || '@x' FROM generate_series(4, 6) AS g
INSERT INTO users (id, mail) SELECT g, 'g' FROM generate_series(7, 8) AS g
UPDATE users SET paid = paid - 100 WHERE id = 1
UPDATE users SET mail = 'new' WHERE id = 1
UPDATE users SET mail = 'new@x', code = DEFAULT WHERE id = 1 RETURNING mail, code
SELECT max(id), sum(paid), string_agg(mail, ',' ORDER BY mail) FROM users
SELECT id, id + 1, -id, mail || '!' FROM users WHERE id = 1 AND mail = 'new@x'
SELECT upper(mail), length(code) FROM users WHERE id IN (1, 2) ORDER BY id
SELECT coalesce(code, 'x'), CASE WHEN id > 1 THEN paid ELSE 0 END FROM users ORDER BY id LIMIT 2
SELECT mail + 1 FROM users
SELECT $1::posint
    <- 5
SELECT $1::posint
    <- -5
SELECT '{1,2}'::posint[]
SELECT '{1,-2}'::posint[]
SELECT ARRAY[1, 2]::posint[]
SELECT ARRAY[1, -2]::posint[]
CREATE TABLE lists (p posint[])
INSERT INTO lists VALUES ('{3,4}'), (ARRAY[5]) RETURNING p
INSERT INTO lists VALUES ('{3,0}')
SELECT p[1], array_length(p, 1) FROM lists ORDER BY 1
WITH x AS (SELECT 4 AS n) SELECT n::posint FROM x
SELECT n::posint FROM (VALUES (1), (0)) AS v (n)

== domains over domains
CREATE DOMAIN base AS int CHECK (VALUE > 0)
CREATE DOMAIN small AS base CHECK (VALUE < 10)
SELECT 5::small
SELECT 0::small
SELECT 10::small
CREATE DOMAIN tags AS text[] CHECK (cardinality(VALUE) > 0)
SELECT '{a,b}'::tags, ARRAY['x']::tags
SELECT '{}'::tags
CREATE TABLE t (s small DEFAULT 3, g tags)
INSERT INTO t VALUES (DEFAULT, '{q}') RETURNING *
INSERT INTO t VALUES (20, '{q}')
INSERT INTO t VALUES (2, '{}')
DROP DOMAIN base
DROP DOMAIN base CASCADE
SELECT * FROM t
INSERT INTO t VALUES ('{}')
CREATE DOMAIN nullable AS int
CREATE DOMAIN bad AS nothing
CREATE DOMAIN bad AS int CHECK (VALUE > 'x')
CREATE DOMAIN bad AS int CHECK (x > 1)
CREATE DOMAIN bad AS int CHECK (VALUE)
CREATE DOMAIN nullable AS text
CREATE DOMAIN bad AS int DEFAULT 'x'
CREATE DOMAIN bad AS int NOT NULL NULL
CREATE DOMAIN bad AS int PRIMARY KEY
CREATE DOMAIN bad AS int UNIQUE

== altering domains
+ CREATE DOMAIN d AS int
+ CREATE TABLE t (id int, v d)
+ INSERT INTO t VALUES (1, 5), (2, -5), (3, NULL)
ALTER DOMAIN d ADD CONSTRAINT pos CHECK (VALUE > 0)
ALTER DOMAIN d ADD CONSTRAINT pos CHECK (VALUE > 0) NOT VALID
INSERT INTO t VALUES (4, -1)
ALTER DOMAIN d VALIDATE CONSTRAINT pos
UPDATE t SET v = 1 WHERE v < 0
ALTER DOMAIN d VALIDATE CONSTRAINT pos
ALTER DOMAIN d ADD CONSTRAINT pos CHECK (VALUE > 1)
ALTER DOMAIN d ADD CHECK (VALUE < 100)
INSERT INTO t VALUES (4, 1000)
ALTER DOMAIN d DROP CONSTRAINT pos
ALTER DOMAIN d DROP CONSTRAINT nope
ALTER DOMAIN d DROP CONSTRAINT IF EXISTS nope
INSERT INTO t VALUES (4, -1) RETURNING v
ALTER DOMAIN d SET NOT NULL
DELETE FROM t WHERE v IS NULL
ALTER DOMAIN d SET NOT NULL
INSERT INTO t (id) VALUES (5)
ALTER DOMAIN d DROP NOT NULL
ALTER DOMAIN d SET DEFAULT 42
INSERT INTO t (id) VALUES (5) RETURNING v
ALTER DOMAIN d DROP DEFAULT
INSERT INTO t (id) VALUES (6) RETURNING v
ALTER DOMAIN d RENAME CONSTRAINT d_check TO upper_bound
INSERT INTO t VALUES (7, 1000)
ALTER DOMAIN d RENAME TO dd
INSERT INTO t VALUES (7, 1000)
ALTER DOMAIN d SET DEFAULT 1
ALTER DOMAIN nope DROP NOT NULL
BEGIN
ALTER DOMAIN dd ADD CONSTRAINT c CHECK (VALUE <> 7)
INSERT INTO t VALUES (8, 7)
ROLLBACK
INSERT INTO t VALUES (8, 7)
DROP DOMAIN dd
DROP DOMAIN nope
DROP DOMAIN IF EXISTS nope
DROP TYPE dd
DROP DOMAIN dd CASCADE
SELECT * FROM t ORDER BY id LIMIT 1

== enums
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy')
CREATE TYPE mood AS ENUM ('x')
CREATE TYPE empty AS ENUM ()
CREATE TYPE twice AS ENUM ('a', 'a')
CREATE TABLE people (name text, m mood DEFAULT 'ok', past mood[])
INSERT INTO people VALUES ('ann', 'happy', '{sad,ok}'), ('bob', 'sad', NULL), ('cid', DEFAULT, ARRAY['happy']::mood[])
SELECT name, m FROM people ORDER BY m, name
SELECT name FROM people ORDER BY m DESC
SELECT min(m), max(m), count(DISTINCT m) FROM people
SELECT name FROM people WHERE m > 'sad' ORDER BY name
SELECT name FROM people WHERE m BETWEEN 'sad' AND 'ok' ORDER BY name
SELECT name FROM people WHERE m = ANY('{sad,happy}') ORDER BY name
SELECT name FROM people WHERE m IN ('ok', 'nope')
SELECT 'sad'::mood < 'happy'::mood, 'sad'::mood = 'sad', greatest('ok'::mood, 'sad')
SELECT enum_first(NULL::mood), enum_last(NULL::mood), enum_range(NULL::mood)
SELECT enum_range('ok'::mood, NULL), enum_range(NULL, 'ok'::mood), enum_range('sad'::mood, 'ok')
SELECT unnest(enum_range(NULL::mood))
SELECT m::text || '!' FROM people WHERE name = 'ann'
SELECT m || '!' FROM people WHERE name = 'ann'
SELECT upper(m) FROM people
SELECT 'bad'::mood
SELECT past, past[1], 'ok' = ANY(past) FROM people ORDER BY name
SELECT past || 'sad'::mood FROM people WHERE name = 'ann'
INSERT INTO people VALUES ('dan', $1, $2) RETURNING m, past
    <- 'sad', ['ok', 'happy']
INSERT INTO people (name, m) VALUES ('eve', $1)
    <- 'bad'
INSERT INTO people (name, m) VALUES ('eve', 'ok'::text)
INSERT INTO people (name, past) VALUES ('eve', '{ok,bad}')
SELECT m, count(*) FROM people GROUP BY m ORDER BY m
SELECT array_agg(m ORDER BY m DESC) FROM people
SELECT name FROM people WHERE m = 'SAD'
SELECT ARRAY['sad','ok']::mood[] @> ARRAY['ok']::mood[]

== changing enums
+ CREATE TYPE mood AS ENUM ('sad', 'happy')
+ CREATE TABLE t (m mood, l mood[])
+ INSERT INTO t VALUES ('sad', '{sad,happy}'), ('happy', NULL)
ALTER TYPE mood ADD VALUE 'great'
ALTER TYPE mood ADD VALUE 'ok' BEFORE 'happy'
ALTER TYPE mood ADD VALUE 'meh' AFTER 'sad'
SELECT enum_range(NULL::mood)
ALTER TYPE mood ADD VALUE 'ok'
ALTER TYPE mood ADD VALUE IF NOT EXISTS 'ok'
ALTER TYPE mood ADD VALUE 'x' BEFORE 'nope'
ALTER TYPE nope ADD VALUE 'x'
INSERT INTO t VALUES ('ok', '{meh}') RETURNING m
SELECT m FROM t ORDER BY m
ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'
SELECT m, l FROM t ORDER BY m
SELECT 'sad'::mood
ALTER TYPE mood RENAME VALUE 'nope' TO 'x'
ALTER TYPE mood RENAME VALUE 'blue' TO 'ok'
BEGIN
ALTER TYPE mood ADD VALUE 'new'
SELECT 'new'::mood
ROLLBACK
SELECT 'new'::mood
BEGIN
ALTER TYPE mood ADD VALUE 'new'
SELECT 'ok'::mood
COMMIT
SELECT 'new'::mood
BEGIN
CREATE TYPE fresh AS ENUM ('a')
ALTER TYPE fresh ADD VALUE 'b'
SELECT 'b'::fresh
COMMIT
ALTER TYPE mood RENAME TO feeling
SELECT 'ok'::feeling, 'ok'::mood
SELECT 'bad'::feeling
SELECT m FROM t WHERE m > 'ok' ORDER BY m
ALTER TYPE feeling RENAME TO fresh
DROP TYPE feeling
DROP TYPE feeling CASCADE
SELECT * FROM t
DROP TYPE fresh
DROP TYPE fresh
DROP TYPE IF EXISTS fresh
BEGIN
CREATE TYPE rolled AS ENUM ('x')
ROLLBACK
SELECT 'x'::rolled
CREATE TABLE same (id int)
CREATE TYPE same AS ENUM ('x')
CREATE TYPE other AS ENUM ('x')
CREATE TABLE other (id int)

== composite types
CREATE TYPE point2 AS (x int, y int)
SELECT ROW(1, 2)::point2
SELECT (ROW(1, 2)::point2).x
CREATE TABLE shapes (id int, at point2)
INSERT INTO shapes VALUES (1, ROW(3, 4)), (2, '(5,6)')
SELECT id, at, (at).y FROM shapes ORDER BY id
UPDATE shapes SET at.x = 9 WHERE id = 1
SELECT (at).x FROM shapes WHERE at = ROW(9, 4)::point2
DROP TYPE point2
DROP TYPE point2 CASCADE

== what is taken and what not
+ CREATE TABLE t (id int PRIMARY KEY, v text)
GRANT SELECT, INSERT ON t TO PUBLIC
GRANT ALL ON ALL TABLES IN SCHEMA public TO postgres
REVOKE ALL ON t FROM PUBLIC
GRANT SELECT ON nope TO PUBLIC
GRANT SELECT ON t TO nobody_here
ALTER TABLE t OWNER TO postgres
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO PUBLIC
SELECT 1
SELECT v COLLATE "C" FROM t ORDER BY v COLLATE "C"
SELECT 'a' COLLATE "C" < 'B' COLLATE "C", 'a' < 'B' COLLATE "POSIX"
SELECT 'a' COLLATE "C" < 'B' COLLATE "POSIX"
SELECT 'a' COLLATE "nope"
SELECT 1 COLLATE "C"
SELECT 'a' COLLATE "C" || 'b' COLLATE "POSIX"
CREATE TABLE c (a text COLLATE "C", b text COLLATE "default", n int)
INSERT INTO c VALUES ('b', 'a', 1), ('B', 'c', 2)
SELECT a FROM c ORDER BY a
SELECT a < b FROM c ORDER BY n
SELECT a < b COLLATE "C" FROM c ORDER BY n
SELECT a FROM c ORDER BY a || b
SELECT a FROM c ORDER BY a COLLATE "C" || b COLLATE "POSIX"
SELECT a COLLATE "C" IN ('b' COLLATE "POSIX") FROM c
SELECT coalesce(a COLLATE "C", b COLLATE "POSIX") FROM c
SELECT lower(a COLLATE "C") < upper(b COLLATE "POSIX") FROM c
SELECT length(a COLLATE "C") < length(b COLLATE "POSIX") FROM c
CREATE TABLE d (a int COLLATE "C")
CREATE TABLE d (a text COLLATE "nope")
CREATE EXTENSION IF NOT EXISTS nothing_like_it

== columns of other collations
refused> CREATE TABLE p (a text COLLATE "C", b text COLLATE "POSIX")
refused> INSERT INTO p VALUES ('b', 'a')
refused> SELECT a < b FROM p

== domains in more places
+ CREATE DOMAIN posint AS int CHECK (VALUE > 0)
+ CREATE DOMAIN word AS varchar(5) CHECK (VALUE ~ '^[a-z]*$')
+ CREATE TYPE mood AS ENUM ('sad', 'ok')
+ CREATE TABLE t (id int PRIMARY KEY, n int)
+ INSERT INTO t VALUES (1, 5), (2, -5)
CREATE DOMAIN good AS mood CHECK (VALUE <> 'sad')
SELECT 'ok'::good, 'sad'::mood
SELECT 'sad'::good
SELECT 'bad'::good
ALTER TABLE t ADD COLUMN p posint
ALTER TABLE t ADD COLUMN q posint DEFAULT 3
ALTER TABLE t ADD COLUMN r posint DEFAULT -3
ALTER TABLE t ADD COLUMN w word DEFAULT 'abc' NOT NULL
SELECT * FROM t ORDER BY id
UPDATE t SET p = n WHERE id = 1
UPDATE t SET p = n
ALTER TABLE t ALTER COLUMN n TYPE posint
ALTER TABLE t ALTER COLUMN id TYPE posint
INSERT INTO t (id, n) VALUES (0, 1)
CREATE VIEW v AS SELECT id, p, w FROM t
INSERT INTO v VALUES (7, -1, 'x')
INSERT INTO v VALUES (7, 1, 'X')
INSERT INTO v VALUES (7, 1, 'x') RETURNING *
SELECT count(*) FROM t WHERE w = 'x'::word AND p < 5::posint
SELECT t.id FROM t JOIN v ON t.p = v.p ORDER BY 1
SELECT pg_typeof(p), pg_typeof(p + 1), pg_typeof('x'::word), pg_typeof(w || 'x') FROM v WHERE id = 7
SELECT array_agg(p ORDER BY id), max(w) FROM t
SELECT p FROM t UNION SELECT 9 ORDER BY 1
SELECT greatest(p, 2), nullif(p, 1), abs(p) FROM t ORDER BY id
SELECT 'abcdef'::word
SELECT 'abcdef'::text::word
INSERT INTO t (id, w) VALUES (8, 'abcdef')
INSERT INTO t (id, w) VALUES (8, $1)
    <- 'abcdef'
INSERT INTO t (id, w) VALUES (8, $1)
    <- 'ABC'
INSERT INTO t (id, p) VALUES ($1, $2)
    <- 8, 'x'
many> INSERT INTO t (id, p) VALUES ($1, $2)
    <- [(20, 1), (21, -1)]
SELECT count(*) FROM t WHERE id > 19
CREATE TABLE other (tid posint REFERENCES t (id), UNIQUE (tid))
INSERT INTO other VALUES (1), (2)
INSERT INTO other VALUES (100)
INSERT INTO other VALUES (1)
INSERT INTO other VALUES (7) ON CONFLICT (tid) DO UPDATE SET tid = -1
INSERT INTO other VALUES (7) ON CONFLICT (tid) DO UPDATE SET tid = -1
SELECT tid + 1 AS next FROM other ORDER BY tid DESC
CREATE TABLE copy AS SELECT p, w FROM t WHERE false
INSERT INTO copy VALUES (-1, 'x')
SELECT id FROM t WHERE p = 'x'
SELECT id FROM t WHERE id = $1
    <- 1
SELECT w LIKE 'a%', w || 1, length(w) FROM t WHERE id = 1
SELECT jsonb_build_object('p', p, 'w', w), to_json(w), row_to_json(v) FROM v WHERE id = 7
DROP DOMAIN posint
DROP DOMAIN word CASCADE
SELECT * FROM t WHERE id = 7

== enums in more places
+ CREATE TYPE size AS ENUM ('s', 'm', 'l')
CREATE TABLE t (id int PRIMARY KEY, s size UNIQUE, d size NOT NULL DEFAULT 'm' CHECK (d <> 'l'))
INSERT INTO t VALUES (1, 's'), (2, 'l', 's')
INSERT INTO t VALUES (3, 's')
INSERT INTO t VALUES (3, 'm', 'l')
INSERT INTO t VALUES (3, NULL, 'x')
ALTER TYPE size ADD VALUE 'xl'
INSERT INTO t VALUES (4, 'xl')
INSERT INTO t VALUES (5, 'xl')
INSERT INTO t VALUES (5, 'xl') ON CONFLICT (s) DO UPDATE SET d = excluded.d, id = 50 RETURNING *
ALTER TYPE size ADD VALUE 'xs' BEFORE 's'
SELECT id, s FROM t ORDER BY s DESC NULLS LAST
SELECT s FROM t WHERE s < 'l' ORDER BY s
ALTER TYPE size RENAME VALUE 'l' TO 'large'
INSERT INTO t VALUES (6, 'm', 'large')
INSERT INTO t VALUES (6, 'large')
SELECT s, d FROM t WHERE s IN ('s', 'large') ORDER BY s
ALTER TABLE t ALTER COLUMN d TYPE text
ALTER TABLE t ALTER COLUMN s TYPE text USING s::text
SELECT s FROM t ORDER BY s
CREATE TABLE u (s text)
INSERT INTO u VALUES ('s'), ('m')
ALTER TABLE u ALTER COLUMN s TYPE size
ALTER TABLE u ALTER COLUMN s TYPE size USING s::size
SELECT s FROM u ORDER BY s
CREATE VIEW v AS SELECT s, s::text AS t FROM u WHERE s <> 'xs'
SELECT * FROM v ORDER BY s
INSERT INTO v (s) VALUES ('nope')
ALTER TYPE size RENAME TO dress
SELECT * FROM v ORDER BY s
SELECT 'm'::dress = s FROM u ORDER BY s
SELECT DISTINCT s FROM u ORDER BY s
SELECT s FROM u UNION ALL SELECT 'xs' ORDER BY 1
SELECT s, row_number() OVER (ORDER BY s DESC) FROM u ORDER BY s
SELECT array_agg(DISTINCT s) FROM u
SELECT json_agg(s ORDER BY s) FROM u
SELECT CASE WHEN s = 'm' THEN 'middle' ELSE s::text END FROM u ORDER BY s
SELECT coalesce(s, 'xl') FROM u ORDER BY 1
SELECT $1::dress
    <- 'm'
SELECT s FROM u WHERE s = ANY($1)
    <- ['m', 's']
SELECT s FROM u WHERE s = ANY($1::dress[]) ORDER BY s
    <- ['m', 'nope']
SELECT 's' < 'm', 's'::dress < 'm', 's'::dress::text < 'm'
SELECT s + 1 FROM u
SELECT pg_typeof(s), pg_typeof(array_agg(s)) FROM u GROUP BY s LIMIT 1
DROP TYPE dress
DROP VIEW v
DROP TABLE u, t
DROP TYPE dress

== parts and names of domains
CREATE DOMAIN pair AS int[] CHECK (VALUE[1] < VALUE[2])
CREATE DOMAIN pos AS int CHECK (VALUE > 0)
SELECT ARRAY[1, 2]::pair, '{3,4}'::pair
SELECT ARRAY[2, 1]::pair
CREATE TABLE t (id int, p pair, l pos[])
INSERT INTO t VALUES (1, '{1,2}', '{5}')
UPDATE t SET p[2] = 0
UPDATE t SET l[1] = 0
UPDATE t SET p[2] = 9, l[1] = 8 RETURNING p, l
INSERT INTO t VALUES (2, ARRAY[5, 1], NULL)
INSERT INTO t VALUES (2, NULL, ARRAY[1, -1])
CREATE DOMAIN named AS int CONSTRAINT must NOT NULL CONSTRAINT up CHECK (VALUE > 0)
SELECT NULL::named
ALTER DOMAIN named DROP CONSTRAINT must
SELECT NULL::named
ALTER DOMAIN named ADD CONSTRAINT again NOT NULL
SELECT NULL::named
ALTER DOMAIN named DROP CONSTRAINT again
ALTER DOMAIN named SET NOT NULL
ALTER DOMAIN named DROP CONSTRAINT named_not_null
SELECT NULL::named

== keys of enums
+ CREATE TYPE kind AS ENUM ('a', 'b', 'c')
CREATE TABLE kinds (k kind PRIMARY KEY, label text)
CREATE TABLE things (id int PRIMARY KEY, k kind REFERENCES kinds ON UPDATE CASCADE)
INSERT INTO kinds VALUES ('a', 'first'), ('c', 'third')
INSERT INTO things VALUES (1, 'a'), (2, 'c')
INSERT INTO things VALUES (3, 'b')
INSERT INTO kinds VALUES ('a', 'again')
INSERT INTO kinds VALUES ('a', 'again') ON CONFLICT (k) DO UPDATE SET label = excluded.label RETURNING *
UPDATE kinds SET k = 'b' WHERE k = 'c'
SELECT * FROM things ORDER BY k DESC
DELETE FROM kinds WHERE k = 'a'
ALTER TYPE kind ADD VALUE 'd'
INSERT INTO kinds VALUES ('d', 'fourth')
INSERT INTO kinds VALUES ('d', 'fourth')
ALTER TYPE kind RENAME VALUE 'b' TO 'bee'
SELECT t.id, label FROM things t JOIN kinds USING (k) ORDER BY k
CREATE TYPE other AS ENUM ('a')
CREATE TABLE wrong (k other REFERENCES kinds)

== renaming a label that keys hold
+ CREATE TYPE kind AS ENUM ('a', 'b')
+ CREATE TABLE kinds (k kind PRIMARY KEY)
+ CREATE TABLE things (k kind REFERENCES kinds, l kind DEFAULT 'a' CHECK (l <> 'b'))
+ CREATE UNIQUE INDEX things_k ON things (k) WHERE l = 'a'
+ INSERT INTO kinds VALUES ('a'), ('b')
+ INSERT INTO things VALUES ('a', 'a'), ('b', 'a')
ALTER TYPE kind RENAME VALUE 'a' TO 'z'
SELECT * FROM things ORDER BY k
INSERT INTO things (k) VALUES ('z')
INSERT INTO things VALUES ('z', 'b')
INSERT INTO things VALUES ('a', 'z')
INSERT INTO kinds VALUES ('z')
DELETE FROM kinds WHERE k = 'z'
BEGIN
ALTER TYPE kind RENAME VALUE 'b' TO 'y'
SELECT * FROM things WHERE k = 'y'
ROLLBACK
SELECT * FROM things WHERE k = 'b'
