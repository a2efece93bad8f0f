# ALTER TABLE: columns that come, go, change their type and their name; what a rollback leaves.

== column types
+ CREATE TABLE item (id serial PRIMARY KEY, code varchar(5) NOT NULL UNIQUE, qty int DEFAULT 1, price text, made date DEFAULT '2024-01-01', note text)
+ INSERT INTO item (code, qty, price, note) VALUES ('a1', 3, '1.50', '7'), ('b2', NULL, '20', 'x'), ('c3', 5, NULL, NULL)
ALTER TABLE item ALTER COLUMN qty TYPE bigint
SELECT qty, id FROM item ORDER BY id
ALTER TABLE item ALTER COLUMN qty SET DATA TYPE numeric(8,2)
SELECT qty FROM item ORDER BY id
INSERT INTO item (code) VALUES ('d4') RETURNING id, qty
ALTER TABLE item ALTER price TYPE numeric(10,2)
ALTER TABLE item ALTER price TYPE numeric(10,2) USING price::numeric
SELECT price, price + 1 AS more FROM item ORDER BY id
ALTER TABLE item ALTER COLUMN note TYPE int USING note::int
SELECT note FROM item ORDER BY id
ALTER TABLE item ALTER COLUMN note TYPE int USING length(note)
SELECT note, note + 1 AS next FROM item ORDER BY id
ALTER TABLE item ALTER COLUMN code TYPE varchar(1)
ALTER TABLE item ALTER COLUMN code TYPE varchar(80), ALTER COLUMN made TYPE timestamptz USING made + interval '1 day'
INSERT INTO item (code) VALUES ('a code that is longer than five') RETURNING made
ALTER TABLE item ALTER COLUMN code TYPE char(1) USING 'x'
ALTER TABLE item ALTER COLUMN nope TYPE int
ALTER TABLE item ALTER COLUMN qty TYPE nope
ALTER TABLE item ALTER COLUMN qty TYPE int USING nope + 1
ALTER TABLE item ALTER COLUMN qty TYPE boolean
ALTER TABLE item ALTER COLUMN qty TYPE boolean USING 'text'
ALTER TABLE item ALTER COLUMN qty TYPE boolean USING qty > 2
ALTER TABLE item ALTER COLUMN qty DROP DEFAULT, ALTER COLUMN qty TYPE boolean USING qty > 2
SELECT id, qty FROM item ORDER BY id
ALTER TABLE item ALTER COLUMN id TYPE bigint
INSERT INTO item (code) VALUES ('z') RETURNING id
ALTER TABLE item ALTER COLUMN qty TYPE int USING (SELECT 1)
ALTER TABLE item ALTER COLUMN qty TYPE int USING count(*)
ALTER TABLE item ALTER COLUMN qty TYPE int USING qty::int, ALTER COLUMN qty TYPE text
ALTER TABLE item ALTER COLUMN qty TYPE serial
ALTER TABLE item ALTER COLUMN made TYPE date, ALTER COLUMN made SET DEFAULT '2030-01-01'
INSERT INTO item (code) VALUES ('y') RETURNING made

== types inside a transaction
+ CREATE TABLE parent (id int PRIMARY KEY, name text)
+ CREATE TABLE child (id int PRIMARY KEY, parent_id int NOT NULL REFERENCES parent ON DELETE CASCADE, n text CHECK (n <> ''))
+ CREATE INDEX child_parent ON child (parent_id)
+ INSERT INTO parent VALUES (1, 'one'), (2, 'two')
+ INSERT INTO child VALUES (10, 1, '5'), (11, 1, '6'), (12, 2, '7')
BEGIN
ALTER TABLE parent ALTER COLUMN id TYPE bigint
SELECT count(*) FROM child
ALTER TABLE child ALTER COLUMN n TYPE int USING n::int
ROLLBACK
SELECT id, parent_id, n FROM child ORDER BY id
BEGIN
ALTER TABLE parent ALTER COLUMN name TYPE int USING id * 100
SELECT * FROM parent ORDER BY id
SAVEPOINT s
ALTER TABLE parent ALTER COLUMN name TYPE text USING 'p' || name
UPDATE parent SET name = name || '!'
SELECT * FROM parent ORDER BY id
ROLLBACK TO s
SELECT * FROM parent ORDER BY id
INSERT INTO parent VALUES (3, 'text')
ROLLBACK
SELECT * FROM parent ORDER BY id
ALTER TABLE child ALTER COLUMN n TYPE int USING n::int
ALTER TABLE child ALTER COLUMN parent_id TYPE text
ALTER TABLE parent ALTER COLUMN id TYPE text
ALTER TABLE parent ALTER COLUMN id TYPE bigint
INSERT INTO child VALUES (13, 9, 'x')
DELETE FROM parent WHERE id = 1
SELECT id FROM child
ALTER TABLE child ALTER COLUMN id TYPE int USING 1
INSERT INTO child VALUES (14, 2, 'y')
ALTER TABLE child ALTER COLUMN id TYPE int USING 1
ALTER TABLE parent ALTER COLUMN id TYPE bigint USING id + 100
SELECT * FROM parent

== what depends on a column that changes
+ CREATE TYPE mood AS ENUM ('sad', 'ok')
+ CREATE TABLE m (id int PRIMARY KEY, state text DEFAULT 'ok', n int CHECK (n > 0), total int GENERATED ALWAYS AS (n * 2) STORED, flag boolean DEFAULT false)
+ CREATE INDEX m_state ON m (lower(state)) WHERE n > 1
+ INSERT INTO m (id, state, n) VALUES (1, 'ok', 1), (2, 'sad', 2)
ALTER TABLE m ALTER COLUMN n TYPE bigint
ALTER TABLE m ALTER COLUMN total TYPE bigint
UPDATE m SET id = 3 WHERE id = 2 RETURNING *
ALTER TABLE m ALTER COLUMN state TYPE mood USING state::mood
DROP INDEX m_state
ALTER TABLE m ALTER COLUMN state TYPE mood USING state::mood
ALTER TABLE m ALTER COLUMN state DROP DEFAULT, ALTER COLUMN state TYPE mood USING state::mood, ALTER COLUMN state SET DEFAULT 'sad'
INSERT INTO m (id, n) VALUES (4, 4) RETURNING state
INSERT INTO m (id, n, state) VALUES (5, 5, 'glad')
SELECT id, state FROM m ORDER BY state DESC, id
ALTER TABLE m ALTER COLUMN flag TYPE int USING flag::int
ALTER TABLE m ALTER COLUMN flag DROP DEFAULT, ALTER COLUMN flag TYPE int USING flag::int
ALTER TABLE m ALTER COLUMN id TYPE int USING n - 1
SELECT id FROM m ORDER BY id

== columns that come
+ CREATE TABLE t (id int PRIMARY KEY)
+ INSERT INTO t VALUES (1), (2)
ALTER TABLE t ADD COLUMN a text
ALTER TABLE t ADD b int NOT NULL DEFAULT 7
ALTER TABLE t ADD COLUMN c int NOT NULL
ALTER TABLE t ADD COLUMN a text
ALTER TABLE t ADD COLUMN IF NOT EXISTS a int
ALTER TABLE t ADD COLUMN IF NOT EXISTS d numeric(5,2) DEFAULT 1.5 CHECK (d > 1)
SELECT * FROM t ORDER BY id
ALTER TABLE t ADD COLUMN e int UNIQUE DEFAULT 5
ALTER TABLE t ADD COLUMN e int UNIQUE
ALTER TABLE t ADD COLUMN f int CHECK (f > 10) DEFAULT 3
ALTER TABLE t ADD COLUMN f int CONSTRAINT f_small CHECK (f < 10) DEFAULT 3
INSERT INTO t (id, f) VALUES (3, 30)
ALTER TABLE t ADD COLUMN g serial
SELECT id, g FROM t ORDER BY id
INSERT INTO t (id) VALUES (4) RETURNING *
ALTER TABLE t ADD COLUMN h int GENERATED ALWAYS AS (id * 10) STORED
ALTER TABLE t ADD COLUMN i int GENERATED ALWAYS AS (id * 100)
ALTER TABLE t ADD COLUMN j int GENERATED BY DEFAULT AS IDENTITY
SELECT id, h, i, j FROM t ORDER BY id
ALTER TABLE t ADD COLUMN k int REFERENCES t (id) ON DELETE SET NULL
INSERT INTO t (id, k) VALUES (5, 99)
INSERT INTO t (id, k) VALUES (5, 1) RETURNING h, i, j, k
ALTER TABLE t ADD COLUMN l int PRIMARY KEY
ALTER TABLE t ADD COLUMN m int REFERENCES nowhere
ALTER TABLE t ADD COLUMN n int DEFAULT 'x'
ALTER TABLE t ADD COLUMN n int DEFAULT now()
ALTER TABLE t ADD COLUMN n int DEFAULT id
ALTER TABLE t ADD COLUMN n nope
ALTER TABLE t ADD COLUMN n int, ADD COLUMN n text
ALTER TABLE t ADD COLUMN n int, ADD COLUMN o text DEFAULT 'o', DROP COLUMN a, ADD CONSTRAINT n_big CHECK (n > 5)
INSERT INTO t (id, n) VALUES (6, 1)
INSERT INTO t (id, n) VALUES (6, 6) RETURNING n, o
ALTER TABLE nope ADD COLUMN a int
ALTER TABLE IF EXISTS nope ADD COLUMN a int
ALTER TABLE t ADD COLUMN ctid int
CREATE TABLE fresh (a int)
ALTER TABLE fresh ADD COLUMN id serial PRIMARY KEY
INSERT INTO fresh (a) VALUES (1) RETURNING id
ALTER TABLE fresh ADD COLUMN u text DEFAULT 'x' NOT NULL CONSTRAINT only_x CHECK (u = 'x') UNIQUE
INSERT INTO fresh (a) VALUES (2)
INSERT INTO fresh (a, u) VALUES (2, 'y')

== columns that go
+ CREATE TABLE p (id int PRIMARY KEY, code text UNIQUE, a int, b int, c int, CHECK (a < b), UNIQUE (b, c))
+ CREATE TABLE q (id int PRIMARY KEY, p_code text REFERENCES p (code), p_id int REFERENCES p)
+ CREATE INDEX p_ab ON p (a, b)
+ CREATE INDEX p_part ON p (id) WHERE c > 0
+ INSERT INTO p VALUES (1, 'x', 1, 2, 3)
+ INSERT INTO q VALUES (1, 'x', 1)
BEGIN
ALTER TABLE p DROP COLUMN a
INSERT INTO p (id, b, c) VALUES (2, 2, 3)
ROLLBACK
BEGIN
ALTER TABLE p DROP COLUMN a
INSERT INTO p (id, code, b, c) VALUES (2, 'y', 0, 0)
SELECT * FROM p ORDER BY id
ROLLBACK
INSERT INTO p VALUES (2, 'y', 5, 0, 0)
ALTER TABLE p DROP COLUMN code
ALTER TABLE p DROP COLUMN id
ALTER TABLE p DROP COLUMN code CASCADE
INSERT INTO q VALUES (2, 'nowhere', 1)
INSERT INTO q VALUES (3, 'nowhere', 5)
ALTER TABLE p DROP COLUMN code
ALTER TABLE p DROP COLUMN IF EXISTS code
ALTER TABLE p DROP c, DROP COLUMN IF EXISTS zz, DROP COLUMN b
SELECT * FROM p
ALTER TABLE q DROP COLUMN p_id
DROP TABLE p
SELECT * FROM q ORDER BY id
ALTER TABLE q DROP COLUMN id, DROP COLUMN p_code
SELECT * FROM q
ALTER TABLE q ADD COLUMN id int DEFAULT 9
SELECT * FROM q

== generated columns that depend
+ CREATE TABLE g (id int PRIMARY KEY, a int, b int GENERATED ALWAYS AS (a + 1) STORED, v int GENERATED ALWAYS AS (a * 2) VIRTUAL)
+ INSERT INTO g (id, a) VALUES (1, 10)
ALTER TABLE g DROP COLUMN a
SELECT * FROM g
BEGIN
ALTER TABLE g DROP COLUMN a CASCADE
SELECT * FROM g
ROLLBACK
SELECT * FROM g
ALTER TABLE g ALTER COLUMN a TYPE bigint
ALTER TABLE g ALTER COLUMN b DROP EXPRESSION
ALTER TABLE g ALTER COLUMN v DROP EXPRESSION
ALTER TABLE g ALTER COLUMN a DROP EXPRESSION
ALTER TABLE g ALTER COLUMN a DROP EXPRESSION IF EXISTS
UPDATE g SET b = 5 RETURNING *
ALTER TABLE g ALTER COLUMN v SET EXPRESSION AS (a * 3)
SELECT v FROM g
ALTER TABLE g ALTER COLUMN v SET DEFAULT 5
ALTER TABLE g ALTER COLUMN b SET DEFAULT 6
INSERT INTO g (id, a) VALUES (2, 1) RETURNING *
ALTER TABLE g ALTER COLUMN b SET EXPRESSION AS (a)
ALTER TABLE g RENAME COLUMN a TO amount
UPDATE g SET amount = 100 WHERE id = 2 RETURNING *
CREATE INDEX g_v ON g (v)
ALTER TABLE g ADD CONSTRAINT g_v UNIQUE (v)
ALTER TABLE g ADD CONSTRAINT g_v_check CHECK (v < 400)
INSERT INTO g (id, amount) VALUES (3, 200)
ALTER TABLE g ALTER COLUMN v SET NOT NULL
INSERT INTO g (id) VALUES (4)

== defaults and nulls
+ CREATE TABLE d (id int, a int, b text NOT NULL DEFAULT 'b')
+ INSERT INTO d (id) VALUES (1)
ALTER TABLE d ALTER COLUMN a SET DEFAULT 5
ALTER TABLE d ALTER a SET DEFAULT 'five'
ALTER TABLE d ALTER a SET DEFAULT now()
ALTER TABLE d ALTER a SET DEFAULT id
ALTER TABLE d ALTER a SET DEFAULT (SELECT 1)
ALTER TABLE d ALTER nope SET DEFAULT 1
ALTER TABLE d ALTER nope DROP DEFAULT
ALTER TABLE d ALTER a SET NOT NULL
UPDATE d SET a = DEFAULT RETURNING a
ALTER TABLE d ALTER a SET NOT NULL
ALTER TABLE d ALTER a SET NOT NULL
ALTER TABLE d ALTER a DROP DEFAULT
INSERT INTO d (id) VALUES (2)
ALTER TABLE d ALTER a DROP NOT NULL
INSERT INTO d (id) VALUES (2) RETURNING *
ALTER TABLE d ALTER nope SET NOT NULL
ALTER TABLE d ALTER nope DROP NOT NULL
BEGIN
ALTER TABLE d ALTER b DROP NOT NULL, ALTER b DROP DEFAULT
INSERT INTO d (id) VALUES (3) RETURNING *
ROLLBACK
INSERT INTO d (id) VALUES (3) RETURNING *
ALTER TABLE d ALTER a SET DEFAULT 1, ALTER b SET DEFAULT 'bb'
INSERT INTO d DEFAULT VALUES RETURNING *
ALTER TABLE d ADD PRIMARY KEY (id)
DELETE FROM d WHERE id IS NULL
ALTER TABLE d ADD PRIMARY KEY (id)
ALTER TABLE d ALTER id DROP NOT NULL
ALTER TABLE d ADD PRIMARY KEY (a)
ALTER TABLE d DROP CONSTRAINT d_pkey
ALTER TABLE d ALTER id DROP NOT NULL
INSERT INTO d (id) VALUES (NULL) RETURNING id

== names
+ CREATE TABLE users (id serial PRIMARY KEY, "Name" text UNIQUE, age int CHECK (age > 0), boss int REFERENCES users (id))
+ CREATE TABLE posts (id int PRIMARY KEY, author int NOT NULL REFERENCES users (id) ON UPDATE CASCADE, title text, words int GENERATED ALWAYS AS (length(title)) STORED)
+ CREATE INDEX posts_title ON posts (lower(title)) WHERE author > 0
+ CREATE UNIQUE INDEX posts_unique ON posts (author, lower(title))
+ INSERT INTO users ("Name", age) VALUES ('ann', 30), ('bob', 40)
+ INSERT INTO posts (id, author, title) VALUES (1, 1, 'One'), (2, 2, 'Two')
ALTER TABLE users RENAME COLUMN age TO years
INSERT INTO users ("Name", years) VALUES ('cy', -1)
ALTER TABLE users RENAME COLUMN id TO uid
ALTER TABLE posts RENAME title TO "Head line"
INSERT INTO posts (id, author, "Head line") VALUES (3, 1, 'ONE')
INSERT INTO posts (id, author, "Head line") VALUES (3, 9, 'Three')
INSERT INTO posts (id, author, "Head line") VALUES (3, 1, 'Three') RETURNING words
UPDATE users SET uid = 10 WHERE uid = 1
SELECT author FROM posts ORDER BY id
ALTER TABLE users RENAME TO people
SELECT * FROM users
INSERT INTO people ("Name", years) VALUES ('di', 1) RETURNING uid
INSERT INTO people ("Name", years) VALUES ('di', 1)
DELETE FROM people WHERE uid = 10
ALTER TABLE people RENAME CONSTRAINT users_age_check TO grown_up
UPDATE people SET years = 0 WHERE uid = 2
ALTER TABLE people RENAME CONSTRAINT nope TO other
ALTER TABLE people RENAME CONSTRAINT grown_up TO "users_Name_key"
ALTER TABLE people RENAME CONSTRAINT "users_Name_key" TO people_name
INSERT INTO people ("Name") VALUES ('di')
ALTER INDEX people_name RENAME TO people_name_idx
INSERT INTO people ("Name") VALUES ('di')
ALTER INDEX posts_unique RENAME TO people_name_idx
ALTER INDEX nope RENAME TO other
ALTER INDEX IF EXISTS nope RENAME TO other
ALTER SEQUENCE users_id_seq RENAME TO people_uid_seq
INSERT INTO people ("Name") VALUES ('ed') RETURNING uid
SELECT currval('people_uid_seq'), currval('users_id_seq')
SELECT currval('people_uid_seq')
ALTER TABLE people RENAME COLUMN nope TO other
ALTER TABLE people RENAME COLUMN years TO uid
ALTER TABLE people RENAME TO posts
ALTER TABLE nope RENAME TO other
ALTER TABLE IF EXISTS nope RENAME TO other
ALTER TABLE IF EXISTS nope RENAME COLUMN a TO b
BEGIN
ALTER TABLE people RENAME TO folk
ALTER TABLE folk RENAME COLUMN uid TO folk_id
SAVEPOINT s
ALTER TABLE posts RENAME COLUMN author TO writer
INSERT INTO posts (id, writer) VALUES (7, 10) RETURNING writer
ROLLBACK TO s
INSERT INTO posts (id, author, "Head line") VALUES (8, 10, 'eight') RETURNING author
ROLLBACK
SELECT uid, "Name" FROM people ORDER BY uid
INSERT INTO posts (id, author) VALUES (9, 77)
CREATE TABLE users (id serial PRIMARY KEY, age int CHECK (age > 1))
INSERT INTO users (age) VALUES (0)
INSERT INTO users (age) VALUES (5) RETURNING id
INSERT INTO users (id, age) VALUES (1, 5)

== several actions
+ CREATE TABLE s (id int PRIMARY KEY, a text, b int)
+ INSERT INTO s VALUES (1, '5', 5), (2, '6', 6)
ALTER TABLE s ADD COLUMN c int NOT NULL DEFAULT 0, ALTER COLUMN a TYPE int USING a::int, DROP COLUMN b
SELECT * FROM s ORDER BY id
ALTER TABLE s ADD CONSTRAINT later CHECK (d > 0), ADD COLUMN d int DEFAULT 1
INSERT INTO s (id, a, d) VALUES (3, 1, 0)
ALTER TABLE s DROP COLUMN d, ADD COLUMN d text DEFAULT 'again'
SELECT * FROM s ORDER BY id
ALTER TABLE s ALTER COLUMN a SET NOT NULL, ALTER COLUMN a TYPE bigint, ALTER COLUMN a SET DEFAULT 3
INSERT INTO s (id) VALUES (4) RETURNING *
ALTER TABLE s ADD COLUMN e int, ALTER COLUMN e SET DEFAULT 4, ALTER COLUMN e SET NOT NULL
ALTER TABLE s ADD COLUMN e int DEFAULT 2, ALTER COLUMN e SET NOT NULL, ADD UNIQUE (id, e)
INSERT INTO s (id, e) VALUES (5, NULL)
ALTER TABLE s DROP COLUMN e, DROP COLUMN e
ALTER TABLE s ADD UNIQUE (e), DROP COLUMN e
ALTER TABLE s OWNER TO CURRENT_USER
ALTER TABLE s OWNER TO nobody_there
ALTER TABLE s SET SCHEMA public
ALTER TABLE s SET SCHEMA nowhere
ALTER TABLE s SET (fillfactor = 70)
ALTER TABLE s RESET (fillfactor)
ALTER TABLE s SET UNLOGGED
ALTER TABLE s SET LOGGED
ALTER TABLE s ALTER COLUMN a SET STATISTICS 100
ALTER TABLE s ALTER COLUMN d SET STORAGE external
ALTER TABLE s REPLICA IDENTITY FULL
ALTER TABLE s CLUSTER ON s_pkey
ALTER TABLE s SET WITHOUT CLUSTER
CREATE TABLE w (id int PRIMARY KEY) WITH (fillfactor = 50)
CREATE UNLOGGED TABLE x (id int)
CREATE TABLE y (id int) TABLESPACE pg_default
CREATE TABLE z (id int) TABLESPACE nowhere
VACUUM s
VACUUM (ANALYZE, VERBOSE) s
ANALYZE
ANALYZE s (a)
ANALYZE nope
VACUUM nope
REINDEX TABLE s
REINDEX INDEX s_pkey
REINDEX INDEX nope
REINDEX TABLE nope
CLUSTER s USING s_pkey
BEGIN
VACUUM s
ROLLBACK
LOCK TABLE s
BEGIN
LOCK TABLE s IN ACCESS EXCLUSIVE MODE
LOCK nope
ROLLBACK

== a migration tool adds and changes tables
BEGIN
CREATE TABLE "django_migrations" ("id" bigint NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, "app" varchar(255) NOT NULL, "name" varchar(255) NOT NULL, "applied" timestamp with time zone NOT NULL)
CREATE TABLE "author" ("id" bigint NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, "name" varchar(150) NOT NULL UNIQUE, "born" date NULL)
CREATE TABLE "book" ("id" bigint NOT NULL PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY, "title" varchar(100) NOT NULL, "pages" integer NOT NULL CHECK ("pages" >= 0), "author_id" bigint NOT NULL)
ALTER TABLE "book" ADD CONSTRAINT "book_author_id_fk" FOREIGN KEY ("author_id") REFERENCES "author" ("id") DEFERRABLE INITIALLY DEFERRED
ALTER TABLE "book" ADD CONSTRAINT "book_title_author_uniq" UNIQUE ("title", "author_id")
CREATE INDEX "author_name_like" ON "author" ("name" varchar_pattern_ops)
CREATE INDEX "book_author_id_idx" ON "book" ("author_id")
COMMIT
INSERT INTO "author" ("name", "born") VALUES ('Ann', NULL), ('Bob', '1990-05-05') RETURNING "author"."id"
INSERT INTO "book" ("title", "pages", "author_id") VALUES ('One', 10, 1), ('Two', 20, 2) RETURNING "book"."id"
INSERT INTO "book" ("title", "pages", "author_id") VALUES ('Bad', -1, 1)
INSERT INTO "book" ("title", "pages", "author_id") VALUES ('Bad', 1, 77)
ALTER TABLE "book" ADD COLUMN "stars" integer DEFAULT 3 NOT NULL
ALTER TABLE "book" ALTER COLUMN "stars" DROP DEFAULT
INSERT INTO "book" ("title", "pages", "author_id") VALUES ('Three', 1, 1)
ALTER TABLE "book" ALTER COLUMN "title" TYPE varchar(200)
ALTER TABLE "book" ALTER COLUMN "pages" TYPE bigint USING "pages"::bigint
ALTER TABLE "book" ADD COLUMN "editor_id" bigint NULL CONSTRAINT "book_editor_id_fk" REFERENCES "author"("id") DEFERRABLE INITIALLY DEFERRED
BEGIN
SET CONSTRAINTS "book_editor_id_fk" IMMEDIATE
UPDATE "book" SET "editor_id" = 99
ROLLBACK
BEGIN
INSERT INTO "book" ("title", "pages", "author_id", "stars") VALUES ('Four', 4, 1, 4)
ALTER TABLE "book" ADD COLUMN "later" text NULL
ROLLBACK
BEGIN
INSERT INTO "book" ("title", "pages", "author_id", "stars") VALUES ('Four', 4, 1, 4)
SET CONSTRAINTS ALL IMMEDIATE
ALTER TABLE "book" ADD COLUMN "later" text NULL
COMMIT
BEGIN
DELETE FROM "author" WHERE "id" = 2
TRUNCATE "author" CASCADE
ROLLBACK
BEGIN
DELETE FROM "author" WHERE "id" = 2
DROP TABLE "author" CASCADE
ROLLBACK
SELECT count(*) FROM "book"
ALTER TABLE "book" RENAME COLUMN "stars" TO "rating"
ALTER TABLE "book" RENAME TO "volume"
ALTER TABLE "volume" ADD CONSTRAINT "rating_range" CHECK (("rating" >= 1 AND "rating" <= 5))
INSERT INTO "volume" ("title", "pages", "author_id", "rating") VALUES ('Five', 4, 1, 6)
ALTER TABLE "volume" DROP COLUMN "author_id" CASCADE
INSERT INTO "volume" ("title", "pages", "rating") VALUES ('One', 4, 1) RETURNING *
ALTER TABLE "volume" ALTER COLUMN "title" DROP NOT NULL
ALTER TABLE "volume" DROP CONSTRAINT "book_pages_check"
ALTER TABLE "volume" DROP CONSTRAINT "volume_pages_check"
DROP INDEX IF EXISTS "book_author_id_idx"
DROP TABLE "author" CASCADE
INSERT INTO "volume" ("pages", "rating", "editor_id") VALUES (-5, 1, 55) RETURNING "title", "pages", "editor_id"

== from serial to identity, from text to enum
+ CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))
+ CREATE TABLE task (id SERIAL NOT NULL, state VARCHAR(10) DEFAULT 'new' NOT NULL, tags TEXT, made TIMESTAMP WITHOUT TIME ZONE DEFAULT '2024-01-01 12:00', cost NUMERIC(8, 2), done BOOLEAN, raw TEXT, PRIMARY KEY (id), CONSTRAINT state_known CHECK (state IN ('new', 'old')))
+ CREATE INDEX ix_task_state ON task (state)
+ CREATE INDEX ix_task_low ON task (lower(state), id)
+ CREATE UNIQUE INDEX ux_task_open ON task (tags) WHERE state = 'new'
+ INSERT INTO task (state, tags, cost, done, raw) VALUES ('new', 'a,b', 1.25, true, '{"a": 1}'), ('old', NULL, 1234.5, NULL, '[]')
INSERT INTO alembic_version (version_num) VALUES ('1975ea83b712') RETURNING alembic_version.version_num
UPDATE alembic_version SET version_num='27c6a30d7c24' WHERE alembic_version.version_num = '1975ea83b712'
ALTER TABLE task ALTER COLUMN state TYPE VARCHAR(20)
INSERT INTO task (state) VALUES ('other')
INSERT INTO task (tags) VALUES ('a,b')
CREATE TYPE task_state AS ENUM ('new', 'old')
ALTER TABLE task ALTER COLUMN state TYPE task_state USING state::text::task_state
ALTER TABLE task DROP CONSTRAINT state_known
DROP INDEX ux_task_open
ALTER TABLE task ALTER COLUMN state DROP DEFAULT
ALTER TABLE task ALTER COLUMN state TYPE task_state USING state::text::task_state
DROP INDEX ix_task_low
ALTER TABLE task ALTER COLUMN state TYPE task_state USING state::text::task_state
ALTER TABLE task ALTER COLUMN state SET DEFAULT 'new'::task_state
INSERT INTO task (tags) VALUES ('x') RETURNING id, state
SELECT id FROM task WHERE state = 'old' ORDER BY id
ALTER TABLE task ALTER COLUMN state SET DEFAULT 'gone'
DROP TYPE task_state
ALTER TABLE task ALTER COLUMN state TYPE text
INSERT INTO task (tags) VALUES ('y') RETURNING state
DROP TYPE task_state
ALTER TABLE task ALTER COLUMN state DROP DEFAULT
DROP TYPE task_state
ALTER TABLE task ALTER COLUMN tags TYPE text[] USING string_to_array(tags, ',')
SELECT tags, tags[1] FROM task ORDER BY id
ALTER TABLE task ALTER COLUMN made TYPE timestamptz USING made AT TIME ZONE 'Europe/Berlin'
SELECT made FROM task WHERE id = 1
ALTER TABLE task ALTER COLUMN made SET DEFAULT now()
ALTER TABLE task ALTER COLUMN cost TYPE numeric(4,1)
ALTER TABLE task ALTER COLUMN cost TYPE numeric(6,1)
SELECT cost FROM task ORDER BY id
ALTER TABLE task ALTER COLUMN cost TYPE int
SELECT cost FROM task ORDER BY id
ALTER TABLE task ALTER COLUMN cost TYPE text
ALTER TABLE task ALTER COLUMN done TYPE text
SELECT cost, done FROM task ORDER BY id
ALTER TABLE task ALTER COLUMN done TYPE boolean
ALTER TABLE task ALTER COLUMN raw TYPE jsonb USING raw::jsonb
SELECT raw -> 'a' FROM task ORDER BY id
ALTER TABLE task ALTER COLUMN raw TYPE json
ALTER TABLE task ALTER COLUMN id DROP DEFAULT
DROP SEQUENCE task_id_seq
ALTER TABLE task ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY
INSERT INTO task (cost) VALUES ('x')
SELECT setval(pg_get_serial_sequence('task', 'id'), (SELECT max(id) FROM task))
INSERT INTO task (cost, state) VALUES ('x', 'any') RETURNING id
ALTER TABLE task ALTER COLUMN id TYPE uuid USING gen_random_uuid()
ALTER TABLE task ALTER COLUMN id DROP IDENTITY
ALTER TABLE task ALTER COLUMN id TYPE uuid USING ('00000000-0000-0000-0000-00000000000' || id)::uuid
SELECT id FROM task WHERE cost = 'x'

== views in the way
+ CREATE TABLE base (id int PRIMARY KEY, a int, b text, c int)
+ INSERT INTO base VALUES (1, 10, 'x', 5)
+ CREATE VIEW v AS SELECT id, a + 1 AS a1, b FROM base WHERE a > 0
+ CREATE VIEW w AS SELECT id, b FROM v
ALTER TABLE base ALTER COLUMN a TYPE bigint
ALTER TABLE base DROP COLUMN a
ALTER TABLE base DROP COLUMN b
ALTER TABLE base DROP COLUMN c
SELECT * FROM v
ALTER TABLE base RENAME COLUMN a TO amount
SELECT * FROM v
ALTER TABLE base RENAME TO root
SELECT * FROM w
ALTER TABLE root ADD COLUMN d int DEFAULT 1
SELECT * FROM v
DROP TABLE root
BEGIN
ALTER TABLE root DROP COLUMN b CASCADE
SELECT * FROM v
ROLLBACK
SELECT * FROM v
BEGIN
DROP TABLE root CASCADE
SELECT * FROM w
ROLLBACK
SELECT * FROM w
INSERT INTO v (id, b) VALUES (2, 'y')
ALTER TABLE v RENAME TO vv
SELECT * FROM w
ALTER TABLE vv ADD COLUMN z int
ALTER TABLE vv ALTER COLUMN b TYPE int
CREATE INDEX ON vv (id)
TRUNCATE vv

== in schemas and temporary
CREATE SCHEMA app
CREATE TABLE app.item (id serial PRIMARY KEY, code text UNIQUE, n int CHECK (n > 0), parent int REFERENCES app.item (id))
CREATE INDEX ON app.item (n)
CREATE INDEX item_low ON app.item (lower(code))
ALTER TABLE app.item ADD COLUMN extra int NOT NULL DEFAULT 4
INSERT INTO app.item (code, n) VALUES ('a', 1), ('b', 2) RETURNING *
INSERT INTO app.item (code, n) VALUES ('a', 1)
INSERT INTO app.item (code, n) VALUES ('c', 0)
INSERT INTO app.item (code, n, parent) VALUES ('c', 1, 99)
ALTER TABLE app.item ALTER COLUMN n TYPE bigint
ALTER TABLE app.item RENAME COLUMN n TO number
ALTER TABLE item RENAME COLUMN n TO number
ALTER TABLE app.item RENAME TO thing
INSERT INTO app.thing (code, number) VALUES ('d', -1)
ALTER TABLE app.thing RENAME CONSTRAINT item_code_key TO thing_code
INSERT INTO app.thing (code, number) VALUES ('a', 1)
ALTER INDEX app.item_low RENAME TO thing_low
ALTER INDEX item_low RENAME TO thing_low
DROP INDEX thing_low
DROP INDEX app.thing_low
SELECT nextval('app.item_id_seq'), currval('app.item_id_seq')
ALTER SEQUENCE app.item_id_seq RESTART WITH 50
INSERT INTO app.thing (code, number) VALUES ('e', 1) RETURNING id
DROP SEQUENCE app.item_id_seq
ALTER TABLE app.thing SET SCHEMA public
INSERT INTO thing (code, number) VALUES ('f', 1) RETURNING id
INSERT INTO thing (code, number) VALUES ('f', 0)
DELETE FROM thing WHERE code IN ('a', 'b')
ALTER TABLE thing DROP COLUMN parent, DROP COLUMN extra
SELECT code, number FROM thing ORDER BY code
CREATE TEMP TABLE t (id int PRIMARY KEY, a int)
INSERT INTO t VALUES (1, 1)
ALTER TABLE t ADD COLUMN b text DEFAULT 'b', ALTER COLUMN a TYPE text
SELECT * FROM t
ALTER TABLE t RENAME COLUMN a TO aa
ALTER TABLE t ADD CONSTRAINT one CHECK (aa <> '2')
INSERT INTO t VALUES (2, '2')
INSERT INTO t VALUES (1, '1')
DROP TABLE t

== virtual and stored columns
CREATE TABLE g (id int PRIMARY KEY, a int, b int, v int GENERATED ALWAYS AS (a / b), s int GENERATED ALWAYS AS (a * b) STORED)
INSERT INTO g (id, a, b) VALUES (1, 10, 5), (2, 7, NULL) RETURNING *
INSERT INTO g (id, a, b) VALUES (3, 1, 1) RETURNING id
SELECT id, s FROM g ORDER BY id
SELECT id, v FROM g ORDER BY id
UPDATE g SET b = 2 WHERE id = 3 RETURNING v, s
INSERT INTO g (id, a, b, v) VALUES (4, 1, 1, 1)
INSERT INTO g (id, a, b, s) VALUES (4, 1, 1, DEFAULT) RETURNING s
UPDATE g SET v = 3
UPDATE g SET v = DEFAULT WHERE id = 1 RETURNING v
SELECT id FROM g WHERE v = 2
ALTER TABLE g ADD COLUMN t text GENERATED ALWAYS AS (lower('A' || id)) VIRTUAL
SELECT t FROM g WHERE id = 1
ALTER TABLE g ADD COLUMN u int GENERATED ALWAYS AS (v + 1) STORED
ALTER TABLE g ADD COLUMN u int GENERATED ALWAYS AS (random()) STORED
ALTER TABLE g ADD COLUMN u int GENERATED ALWAYS AS (nope) STORED
ALTER TABLE g ADD COLUMN u int GENERATED ALWAYS AS (count(*)) STORED
ALTER TABLE g ADD COLUMN u int GENERATED ALWAYS AS ((SELECT 1)) STORED
ALTER TABLE g ADD COLUMN u int GENERATED ALWAYS AS (a) STORED NOT NULL CHECK (u > 5)
ALTER TABLE g ADD COLUMN u int GENERATED ALWAYS AS (a) STORED NOT NULL CHECK (u > 0) UNIQUE
INSERT INTO g (id, a, b) VALUES (6, 10, 1)
INSERT INTO g (id, a, b) VALUES (6, -1, 1)
CREATE INDEX g_s ON g (s)
ALTER TABLE g ALTER COLUMN s TYPE bigint
ALTER TABLE g ALTER COLUMN s TYPE bigint USING 5
ALTER TABLE g ALTER COLUMN s DROP EXPRESSION, ALTER COLUMN s SET DEFAULT 1
INSERT INTO g (id, a, b) VALUES (7, 70, 1) RETURNING s
ALTER TABLE g DROP COLUMN b
ALTER TABLE g DROP COLUMN b, DROP COLUMN v
ALTER TABLE g DROP COLUMN v, DROP COLUMN b
SELECT * FROM g ORDER BY id

== virtual columns that fail when they are read [refused]
CREATE TABLE g (id int PRIMARY KEY, a int, b int, v int GENERATED ALWAYS AS (a / b))
INSERT INTO g (id, a, b) VALUES (3, 1, 0) RETURNING id
SELECT id, a FROM g ORDER BY id
SELECT v FROM g
UPDATE g SET b = 1 RETURNING v
