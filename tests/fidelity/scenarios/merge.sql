# MERGE, and RETURNING of the row before and after a change.
+ CREATE TABLE stock (sku text PRIMARY KEY, name text NOT NULL, qty int NOT NULL DEFAULT 0 CHECK (qty >= 0), updated timestamptz)
+ CREATE TABLE delivery (id int PRIMARY KEY, sku text, name text, qty int)
+ INSERT INTO stock (sku, name, qty) VALUES ('a', 'apple', 5), ('b', 'bread', 3), ('c', 'cheese', 0)
+ INSERT INTO delivery VALUES (1, 'a', 'Apple', 10), (2, 'd', 'dates', 4), (3, 'b', NULL, -3)

== a table merged into a table
MERGE INTO stock USING delivery ON stock.sku = delivery.sku WHEN MATCHED THEN UPDATE SET qty = stock.qty + delivery.qty WHEN NOT MATCHED THEN INSERT (sku, name, qty) VALUES (delivery.sku, delivery.name, delivery.qty)
SELECT sku, name, qty FROM stock ORDER BY sku
MERGE INTO stock AS s USING delivery AS d ON s.sku = d.sku WHEN MATCHED AND s.qty > 10 THEN DELETE WHEN MATCHED THEN UPDATE SET name = coalesce(d.name, s.name), qty = 1
SELECT sku, name, qty FROM stock ORDER BY sku
MERGE INTO stock s USING delivery d ON s.sku = d.sku WHEN NOT MATCHED THEN INSERT VALUES (d.sku, 'x', 7)
SELECT sku, name, qty FROM stock ORDER BY sku
MERGE INTO stock s USING (VALUES ('q', 1)) v (sku, n) ON s.sku = v.sku WHEN NOT MATCHED THEN INSERT (sku, name) VALUES (v.sku, 'new ' || v.n)
SELECT sku, name, qty FROM stock WHERE sku = 'q'

== a source query with parameters
MERGE INTO stock s USING (SELECT $1::text AS sku, $2::int AS qty) n ON s.sku = n.sku WHEN MATCHED THEN UPDATE SET qty = s.qty + n.qty WHEN NOT MATCHED THEN INSERT (sku, name, qty) VALUES (n.sku, $3, n.qty)
    <- 'a', 2, 'unused'
MERGE INTO stock s USING (SELECT $1::text AS sku, $2::int AS qty) n ON s.sku = n.sku WHEN MATCHED THEN UPDATE SET qty = s.qty + n.qty WHEN NOT MATCHED THEN INSERT (sku, name, qty) VALUES (n.sku, $3, n.qty)
    <- 'z', 2, 'zucchini'
many> MERGE INTO stock s USING (SELECT $1::text AS sku, $2::int AS qty) n ON s.sku = n.sku WHEN MATCHED THEN UPDATE SET qty = s.qty + n.qty WHEN NOT MATCHED THEN INSERT (sku, name, qty) VALUES (n.sku, n.sku, n.qty)
    <- [('a', 1), ('y', 2), ('y', 3)]
SELECT sku, name, qty FROM stock ORDER BY sku
MERGE INTO stock s USING unnest($1::text[], $2::int[]) AS n (sku, qty) ON s.sku = n.sku WHEN MATCHED THEN UPDATE SET qty = n.qty WHEN NOT MATCHED THEN INSERT (sku, name, qty) VALUES (n.sku, n.sku, n.qty)
    <- ['a', 'x'], [100, 200]
SELECT sku, qty FROM stock ORDER BY sku

== do nothing
MERGE INTO stock s USING delivery d ON s.sku = d.sku WHEN MATCHED AND d.qty < 0 THEN DO NOTHING WHEN MATCHED THEN UPDATE SET qty = d.qty WHEN NOT MATCHED THEN DO NOTHING
SELECT sku, qty FROM stock ORDER BY sku
MERGE INTO stock s USING delivery d ON s.sku = d.sku WHEN MATCHED THEN DO NOTHING
MERGE INTO stock s USING delivery d ON s.sku = d.sku AND false WHEN NOT MATCHED AND d.qty > 100 THEN INSERT VALUES (d.sku, d.name, 1)

== not matched by source
MERGE INTO stock s USING delivery d ON s.sku = d.sku WHEN MATCHED THEN UPDATE SET qty = s.qty + 1 WHEN NOT MATCHED BY TARGET THEN INSERT (sku, name, qty) VALUES (d.sku, d.name, d.qty) WHEN NOT MATCHED BY SOURCE THEN DELETE
SELECT sku, name, qty FROM stock ORDER BY sku
MERGE INTO stock s USING (SELECT * FROM delivery WHERE id = 1) d ON s.sku = d.sku WHEN NOT MATCHED BY SOURCE AND s.qty < 4 THEN UPDATE SET name = upper(s.name), updated = NULL WHEN NOT MATCHED BY SOURCE THEN DO NOTHING
SELECT sku, name, qty FROM stock ORDER BY sku
MERGE INTO stock s USING (SELECT * FROM delivery WHERE false) d ON s.sku = d.sku WHEN NOT MATCHED BY SOURCE THEN DELETE
SELECT count(*) FROM stock
MERGE INTO stock s USING delivery d ON s.sku = d.sku WHEN NOT MATCHED BY SOURCE THEN UPDATE SET qty = d.qty
MERGE INTO stock s USING delivery d ON s.sku = d.sku WHEN NOT MATCHED BY SOURCE THEN INSERT VALUES ('a', 'b', 1)

== returning
MERGE INTO stock s USING delivery d ON s.sku = d.sku WHEN MATCHED AND d.qty < 0 THEN DELETE WHEN MATCHED THEN UPDATE SET qty = d.qty WHEN NOT MATCHED THEN INSERT (sku, name, qty) VALUES (d.sku, d.name, d.qty) RETURNING merge_action(), s.*
MERGE INTO stock s USING delivery d ON s.sku = d.sku WHEN MATCHED THEN UPDATE SET qty = s.qty + 1 WHEN NOT MATCHED THEN INSERT (sku, name, qty) VALUES (d.sku, coalesce(d.name, '?'), abs(d.qty)) RETURNING merge_action() AS what, d.id, s.sku, s.qty, old.qty AS before, new.qty AS after
MERGE INTO stock s USING (SELECT 'c' AS key) d ON s.sku = d.key WHEN MATCHED THEN DELETE RETURNING merge_action(), *
MERGE INTO stock s USING (SELECT 'c' AS key) d ON s.sku = d.key WHEN NOT MATCHED THEN INSERT (sku, name) VALUES (key, 'again') RETURNING merge_action(), *
MERGE INTO stock s USING (SELECT 'c' AS key) d ON s.sku = d.key WHEN MATCHED THEN UPDATE SET name = 'third' RETURNING old.name, new.name, s.name, d.key || merge_action()
MERGE INTO stock s USING (SELECT 'c' AS key) d ON s.sku = d.key WHEN MATCHED THEN DO NOTHING RETURNING *
MERGE INTO stock s USING (SELECT 'c' AS key) d ON s.sku = d.key WHEN MATCHED THEN DELETE RETURNING WITH (OLD AS o, NEW AS n) o.name, n.name, o.sku IS NULL, n.sku IS NULL
MERGE INTO stock s USING (SELECT 'c' AS key) d ON s.sku = d.key WHEN MATCHED THEN DELETE RETURNING count(*)
MERGE INTO stock s USING (SELECT 'c' AS key) d ON s.sku = d.key WHEN MATCHED THEN DELETE RETURNING nope
UPDATE stock SET qty = 1 RETURNING merge_action()
SELECT merge_action()

== a row hit twice
MERGE INTO stock s USING (VALUES ('a', 1), ('a', 2)) v (sku, n) ON s.sku = v.sku WHEN MATCHED THEN UPDATE SET qty = v.n
MERGE INTO stock s USING (VALUES ('a', 1), ('a', 2)) v (sku, n) ON s.sku = v.sku WHEN MATCHED THEN DELETE
MERGE INTO stock s USING (VALUES ('a', 1), ('a', 2)) v (sku, n) ON s.sku = v.sku WHEN MATCHED AND v.n = 1 THEN UPDATE SET qty = v.n WHEN MATCHED THEN DO NOTHING
MERGE INTO stock s USING (VALUES ('n', 1), ('n', 2)) v (sku, n) ON s.sku = v.sku WHEN NOT MATCHED THEN INSERT VALUES (v.sku, 'twice', v.n)
SELECT sku, name, qty FROM stock ORDER BY sku

== constraints
MERGE INTO stock s USING delivery d ON s.sku = d.sku WHEN MATCHED THEN UPDATE SET qty = -1
MERGE INTO stock s USING delivery d ON s.sku = d.sku WHEN NOT MATCHED THEN INSERT (sku, qty) VALUES (d.sku, 1)
MERGE INTO stock s USING (SELECT 'zz' AS sku) d ON s.sku = d.sku WHEN NOT MATCHED THEN INSERT (sku, name) VALUES ('a', 'again')
MERGE INTO stock s USING (SELECT 'a' AS sku) d ON s.sku = d.sku WHEN MATCHED THEN UPDATE SET sku = 'b'
SELECT sku, name, qty FROM stock ORDER BY sku
BEGIN
MERGE INTO stock s USING (SELECT 'a' AS sku) d ON s.sku = d.sku WHEN MATCHED THEN UPDATE SET name = NULL
SELECT 1
ROLLBACK

== foreign keys and serials
+ CREATE TABLE author (id serial PRIMARY KEY, name text UNIQUE)
+ CREATE TABLE book (id serial PRIMARY KEY, author int REFERENCES author, title text)
+ INSERT INTO author (name) VALUES ('Ann'), ('Bob')
+ INSERT INTO book (author, title) VALUES (1, 'One')
MERGE INTO author a USING (VALUES ('Cid'), ('Ann'), ('Dan')) v (name) ON a.name = v.name WHEN NOT MATCHED THEN INSERT (name) VALUES (v.name) RETURNING a.id > 2, a.name
SELECT name FROM author ORDER BY name
MERGE INTO author a USING book b ON a.id = b.author WHEN MATCHED THEN DELETE
MERGE INTO book b USING author a ON b.author = a.id WHEN NOT MATCHED THEN INSERT (author, title) VALUES (a.id + 100, 'x')
MERGE INTO book b USING (SELECT id, name FROM author WHERE name = 'Bob') a ON b.author = a.id WHEN NOT MATCHED THEN INSERT (author, title) VALUES (a.id, 'About ' || a.name) RETURNING b.author, b.title
MERGE INTO author a USING (VALUES ('Eve')) v (name) ON a.name = v.name WHEN NOT MATCHED THEN INSERT (id, name) VALUES (DEFAULT, v.name)
MERGE INTO author a USING (VALUES ('Fay')) v (name) ON a.name = v.name WHEN NOT MATCHED THEN INSERT DEFAULT VALUES RETURNING a.name
SELECT a.name, b.title FROM author a LEFT JOIN book b ON b.author = a.id ORDER BY a.name, b.title

== with and subqueries
WITH incoming AS (SELECT sku, sum(qty)::int AS qty FROM delivery GROUP BY sku) MERGE INTO stock s USING incoming i ON s.sku = i.sku WHEN MATCHED AND s.qty + i.qty = 0 THEN DELETE WHEN MATCHED THEN UPDATE SET qty = s.qty + i.qty WHEN NOT MATCHED THEN INSERT (sku, name, qty) VALUES (i.sku, 'new', i.qty)
SELECT sku, name, qty FROM stock ORDER BY sku
MERGE INTO stock s USING delivery d ON s.sku = d.sku WHEN MATCHED THEN UPDATE SET qty = (SELECT max(qty) FROM stock) + 1
SELECT sku, qty FROM stock ORDER BY sku
MERGE INTO stock s USING delivery d ON s.sku = d.sku WHEN MATCHED AND EXISTS (SELECT 1 FROM delivery e WHERE e.qty > d.qty) THEN UPDATE SET (name, qty) = ('multi', 0) WHEN MATCHED THEN UPDATE SET (name, qty) = (SELECT 'sub', 9)
SELECT sku, name, qty FROM stock ORDER BY sku
WITH m AS (MERGE INTO stock s USING delivery d ON s.sku = d.sku WHEN MATCHED THEN UPDATE SET qty = 77 RETURNING merge_action() AS action, s.sku, s.qty) SELECT * FROM m ORDER BY sku
MERGE INTO stock s USING (delivery d JOIN (VALUES ('a', 'joined')) v (sku, note) ON d.sku = v.sku) ON s.sku = d.sku WHEN MATCHED THEN UPDATE SET name = note
SELECT sku, name, qty FROM stock ORDER BY sku
MERGE INTO stock s USING stock t ON s.sku = t.sku WHEN MATCHED THEN UPDATE SET qty = t.qty * 2
SELECT sku, qty FROM stock ORDER BY sku
MERGE INTO ONLY stock s USING delivery d ON s.sku = d.sku WHEN MATCHED THEN UPDATE SET qty = 1

== errors of the analysis
MERGE INTO nope USING delivery d ON true WHEN MATCHED THEN DELETE
MERGE INTO stock s USING nope d ON true WHEN MATCHED THEN DELETE
MERGE INTO stock s USING delivery d ON s.sku = d.nope WHEN MATCHED THEN DELETE
refused> MERGE INTO stock s USING delivery d ON s.sku WHEN MATCHED THEN DELETE
MERGE INTO stock s USING delivery d ON s.sku = d.sku WHEN MATCHED THEN UPDATE SET nope = 1
MERGE INTO stock s USING delivery d ON s.sku = d.sku WHEN MATCHED THEN UPDATE SET qty = 'x'
MERGE INTO stock s USING delivery d ON s.sku = d.sku WHEN MATCHED THEN UPDATE SET qty = true
MERGE INTO stock s USING delivery d ON s.sku = d.sku WHEN MATCHED THEN UPDATE SET qty = 1, qty = 2
MERGE INTO stock s USING delivery d ON s.sku = d.sku WHEN MATCHED THEN UPDATE SET qty = qty + 1
MERGE INTO stock s USING delivery d ON s.sku = d.sku WHEN NOT MATCHED THEN INSERT (sku, name) VALUES (s.sku, 'x')
MERGE INTO stock s USING delivery d ON s.sku = d.sku WHEN NOT MATCHED THEN INSERT (sku, name) VALUES ('x')
MERGE INTO stock s USING delivery d ON s.sku = d.sku WHEN NOT MATCHED THEN INSERT (sku) VALUES ('x', 'y')
MERGE INTO stock s USING delivery d ON s.sku = d.sku WHEN NOT MATCHED THEN INSERT (sku, nope) VALUES ('x', 'y')
MERGE INTO stock s USING delivery d ON s.sku = d.sku WHEN NOT MATCHED THEN INSERT VALUES ('x', 'y', 1), ('z', 'y', 1)
MERGE INTO stock s USING delivery d ON s.sku = d.sku WHEN NOT MATCHED THEN UPDATE SET qty = 1
MERGE INTO stock s USING delivery d ON s.sku = d.sku WHEN NOT MATCHED THEN DELETE
MERGE INTO stock s USING delivery d ON s.sku = d.sku WHEN MATCHED THEN INSERT VALUES ('x', 'y', 1)
MERGE INTO stock s USING delivery d ON s.sku = d.sku WHEN MATCHED THEN DELETE WHEN MATCHED THEN UPDATE SET qty = 1
MERGE INTO stock s USING delivery d ON s.sku = d.sku WHEN MATCHED AND d.qty THEN DELETE
MERGE INTO stock s USING delivery d ON s.sku = d.sku WHEN MATCHED AND count(*) > 1 THEN DELETE
MERGE INTO stock USING stock ON true WHEN MATCHED THEN DELETE
MERGE INTO stock s USING delivery s ON true WHEN MATCHED THEN DELETE
MERGE INTO stock s USING delivery d ON s.sku = d.sku
MERGE INTO stock s USING delivery d ON s.sku = d.sku WHEN MATCHED THEN UPDATE SET s.qty = 1
MERGE INTO stock s USING delivery d WHEN MATCHED THEN DELETE
MERGE INTO stock s USING delivery d ON s.sku = $1 WHEN MATCHED THEN UPDATE SET qty = $2
    <- 'c', 8
MERGE INTO stock s USING delivery d ON s.sku = $1 AND d.id = 1 WHEN MATCHED THEN UPDATE SET qty = $2
    <- 'c', 8
SELECT sku, name, qty FROM stock ORDER BY sku

== identity and generated columns
+ CREATE TABLE g (id int GENERATED ALWAYS AS IDENTITY, n int, twice int GENERATED ALWAYS AS (n * 2) STORED)
+ INSERT INTO g (n) VALUES (1), (2)
MERGE INTO g USING (VALUES (2), (3)) v (n) ON g.n = v.n WHEN MATCHED THEN UPDATE SET n = g.n + 10 WHEN NOT MATCHED THEN INSERT (n) VALUES (v.n) RETURNING merge_action(), g.n, g.twice, old.twice, new.twice
MERGE INTO g USING (VALUES (9)) v (n) ON g.n = v.n WHEN NOT MATCHED THEN INSERT (id, n) VALUES (1, v.n)
MERGE INTO g USING (VALUES (9)) v (n) ON g.n = v.n WHEN NOT MATCHED THEN INSERT (id, n) OVERRIDING SYSTEM VALUE VALUES (100, v.n) RETURNING g.*
MERGE INTO g USING (VALUES (8)) v (n) ON g.n = v.n WHEN NOT MATCHED THEN INSERT (id, n) OVERRIDING USER VALUE VALUES (200, v.n) RETURNING g.id < 100, g.n
MERGE INTO g USING (VALUES (1)) v (n) ON g.n = v.n WHEN MATCHED THEN UPDATE SET id = 5
MERGE INTO g USING (VALUES (1)) v (n) ON g.n = v.n WHEN MATCHED THEN UPDATE SET twice = 5
MERGE INTO g USING (VALUES (1)) v (n) ON g.n = v.n WHEN MATCHED THEN UPDATE SET twice = DEFAULT, n = DEFAULT RETURNING new.*

== old and new of insert, update, delete
INSERT INTO stock (sku, name) VALUES ('n', 'new') RETURNING old.sku, new.sku, new.qty, sku, qty
INSERT INTO stock (sku, name) VALUES ('n2', 'new') RETURNING old.*, new.*
UPDATE stock SET qty = qty + 1 WHERE sku = 'a' RETURNING old.qty, new.qty, qty, new.qty - old.qty AS change
UPDATE stock SET qty = qty + 1 WHERE qty > 100 RETURNING old.qty, new.qty
UPDATE stock SET name = 'bakery' WHERE sku = 'b' RETURNING old.*, new.*
UPDATE stock s SET qty = d.qty FROM delivery d WHERE d.sku = s.sku AND d.qty > 0 RETURNING old.qty AS before, new.qty AS after, d.id
DELETE FROM stock WHERE sku = 'a' RETURNING old.name, new.name, name, old.qty + 1
DELETE FROM stock s USING delivery d WHERE d.sku = s.sku RETURNING old.sku, d.id, new.*
INSERT INTO stock (sku, name, qty) VALUES ('c', 'other', 5), ('e', 'egg', 1) ON CONFLICT (sku) DO UPDATE SET name = excluded.name, qty = stock.qty + excluded.qty RETURNING old.name, new.name, old.qty, new.qty, old.sku IS NULL AS fresh
INSERT INTO stock (sku, name) VALUES ('c', 'third') ON CONFLICT (sku) DO NOTHING RETURNING old.name, new.name
UPDATE stock SET qty = 2 WHERE sku = 'c' RETURNING WITH (OLD AS o, NEW AS n) o.qty, n.qty, o.name
UPDATE stock SET qty = 3 WHERE sku = 'c' RETURNING WITH (OLD AS o) o.qty, new.qty
UPDATE stock SET qty = 3 WHERE sku = 'c' RETURNING WITH (OLD AS o) old.qty
UPDATE stock SET qty = 3 WHERE sku = 'c' RETURNING WITH (OLD AS o, OLD AS p) o.qty
UPDATE stock SET qty = 3 WHERE sku = 'c' RETURNING WITH (OLD AS stock) qty
UPDATE stock SET qty = 3 WHERE sku = 'c' RETURNING WITH (OLD AS x, NEW AS x) x.qty
UPDATE stock SET qty = 3 WHERE sku = 'c' RETURNING old.nope
UPDATE stock AS old SET qty = 4 WHERE sku = 'c' RETURNING old.qty, new.qty
UPDATE stock SET qty = old.qty WHERE sku = 'c'
UPDATE stock SET qty = 5 WHERE sku = 'c' RETURNING old.qty IS DISTINCT FROM new.qty, (SELECT count(*) FROM stock WHERE qty = old.qty)
WITH u AS (UPDATE stock SET qty = qty + 1 WHERE sku = 'c' RETURNING old.qty AS before, new.qty AS after) SELECT before, after, after - before FROM u
many> UPDATE stock SET qty = $1 WHERE sku = 'c' RETURNING old.qty
    <- [(1,), (2,)]
