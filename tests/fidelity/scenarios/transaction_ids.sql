# Numbers of transactions: what can be compared of them.
+ CREATE TABLE seen (id int PRIMARY KEY, at bigint)

== one number in a transaction
BEGIN
INSERT INTO seen VALUES (1, txid_current()) RETURNING at = txid_current()
SELECT at = txid_current(), txid_current() = pg_current_xact_id()::text::bigint FROM seen
SAVEPOINT a
SELECT at = txid_current() FROM seen
ROLLBACK TO a
SELECT at = txid_current() FROM seen
COMMIT
SELECT at < txid_current() FROM seen
SELECT at < txid_current() FROM seen

== another one each time
INSERT INTO seen VALUES (1, txid_current()), (2, txid_current())
INSERT INTO seen VALUES (3, txid_current())
INSERT INTO seen VALUES (4, txid_current())
SELECT count(DISTINCT at), bool_and(at > 0) FROM seen
SELECT a.at < b.at FROM seen a, seen b WHERE a.id = 3 AND b.id = 4
SELECT pg_typeof(txid_current()), pg_typeof(pg_current_xact_id()), txid_current() > 0, pg_current_xact_id()::text ~ '^[0-9]+$', pg_current_xact_id() = pg_current_xact_id()
BEGIN
UPDATE seen SET at = txid_current()
ROLLBACK
SELECT count(DISTINCT at) FROM seen
SELECT txid_current(1)
SELECT pg_current_xact_id() + 1
SELECT txid_current() + '1'::text

== two sessions
BEGIN
INSERT INTO seen VALUES (1, txid_current())
2> BEGIN
2> SELECT txid_current() = txid_current()
COMMIT
2> SELECT at < txid_current() FROM seen
2> COMMIT

== xmax tells what was inserted
+ CREATE TABLE tag (id serial PRIMARY KEY, name text UNIQUE, n int DEFAULT 0)
INSERT INTO tag (name) VALUES ('red') RETURNING id, xmax = 0
INSERT INTO tag (name) VALUES ('red') ON CONFLICT (name) DO UPDATE SET n = tag.n + 1 RETURNING id, n, (xmax = 0) AS inserted
INSERT INTO tag (name) VALUES ('red'), ('blue'), ('green') ON CONFLICT (name) DO UPDATE SET n = tag.n + 1 RETURNING name, n, xmax = 0 AS inserted, xmax <> 0 AS updated, tag.xmax::text::bigint > 0 AS late
INSERT INTO tag (name) VALUES ('red'), ('black') ON CONFLICT (name) DO NOTHING RETURNING name, xmax, CASE WHEN xmax = 0 THEN 'new' ELSE 'old' END
INSERT INTO tag AS t (name) SELECT x FROM unnest(ARRAY['red', 'white']) x ON CONFLICT (name) DO UPDATE SET n = 100 WHERE t.n < 50 RETURNING t.name, t.n, (t.xmax::text <> '0')
INSERT INTO tag (name) VALUES ('red') ON CONFLICT (name) DO UPDATE SET n = 7 RETURNING xmax::text = txid_current()::text, pg_typeof(xmax)
WITH up AS (INSERT INTO tag (name) VALUES ('red'), ('pink') ON CONFLICT (name) DO UPDATE SET n = 8 RETURNING name, (xmax = 0) AS inserted) SELECT count(*) FILTER (WHERE inserted), count(*) FILTER (WHERE NOT inserted) FROM up
refused> INSERT INTO tag (name) VALUES ('red') ON CONFLICT (name) DO UPDATE SET n = 9 RETURNING old.xmax
INSERT INTO tag (name) VALUES ('x1') RETURNING xmax + 1
INSERT INTO tag (name) VALUES ('x3') RETURNING pg_typeof(id)
INSERT INTO tag (name) VALUES ('x3') ON CONFLICT (name) DO UPDATE SET n = 4 RETURNING pg_typeof(id), old.n
UPDATE tag SET n = 5 WHERE name = 'x3' RETURNING pg_typeof(n), old.n
INSERT INTO tag (name) VALUES ('x2') RETURNING nope.xmax
many> INSERT INTO tag (name, n) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET n = excluded.n RETURNING xmax = 0
    <- [('a', 1), ('red', 2)]
SELECT name, n FROM tag ORDER BY name

== rows of arrays
+ CREATE TABLE item (id int PRIMARY KEY, name text, n int)
+ INSERT INTO item SELECT g, 'i' || g, 0 FROM generate_series(1, 4) g
UPDATE item SET name = v.name FROM unnest($1::int[], $2::text[]) AS v(id, name) WHERE item.id = v.id RETURNING item.id, item.name
    <- [1, 2], ['x', 'y']
UPDATE item SET name = v.name, n = v.n + item.n FROM unnest($1::int[], $2::text[], $3::int[]) AS v(id, name, n) WHERE item.id = v.id
    <- [2, 3, 9], ['p', 'q', 'r'], [5, 6, 7]
UPDATE item SET n = v.n FROM json_to_recordset('[{"id":1,"n":10},{"id":4,"n":40}]') AS v(id int, n int) WHERE item.id = v.id
UPDATE item SET n = g FROM generate_series(1, 2) WITH ORDINALITY AS v(g, o) WHERE item.id = v.o + 2
UPDATE item AS i SET name = upper(v.key || v.value) FROM jsonb_each_text('{"1":"one"}') AS v WHERE i.id = v.key::int RETURNING i.*, v.key
UPDATE item SET (name, n) = (v.name, v.n) FROM unnest(ARRAY[1], ARRAY['z'], ARRAY[99]) AS v(id, name, n) WHERE item.id = v.id RETURNING *
UPDATE item SET name = (SELECT w.name FROM unnest(ARRAY[1, 2], ARRAY['k', 'l']) AS w(id, name) WHERE w.id = item.id) WHERE id < 3 RETURNING id, name
UPDATE item SET name = v.nope FROM unnest(ARRAY[1], ARRAY['z']) AS v(id, name) WHERE item.id = v.id
DELETE FROM item USING unnest(ARRAY[3, 9], ARRAY['q', 'r']) AS v(id, name) WHERE item.id = v.id RETURNING item.id, v.name
SELECT * FROM item ORDER BY id
