# INSERT, UPDATE and DELETE in all their forms, and what they do to keys, sequences and other tables.
+ CREATE TABLE item (id serial PRIMARY KEY, sku text NOT NULL, qty int NOT NULL DEFAULT 0, price numeric(8,2) CHECK (price >= 0), note text, active bool NOT NULL DEFAULT true, CONSTRAINT qty_ok CHECK (qty >= 0 AND qty <= 1000))
+ CREATE UNIQUE INDEX item_sku_active ON item (sku) WHERE active
+ CREATE TABLE line (id bigserial PRIMARY KEY, item_id int NOT NULL REFERENCES item ON DELETE CASCADE ON UPDATE CASCADE, amount int NOT NULL CHECK (amount <> 0), UNIQUE (item_id, amount))
+ CREATE TABLE audit (id serial PRIMARY KEY, line_id bigint REFERENCES line ON DELETE SET NULL, what text DEFAULT 'made')
+ INSERT INTO item (sku, qty, price) VALUES ('a', 1, 1.50), ('b', 2, 2.50), ('c', 3, NULL)
+ INSERT INTO line (item_id, amount) VALUES (1, 10), (1, 20), (2, 10)
+ INSERT INTO audit (line_id) VALUES (1), (3)

== insert
INSERT INTO item (sku) VALUES ('d') RETURNING *
INSERT INTO item (sku, qty) VALUES ('e', 5), ('f', DEFAULT) RETURNING sku, qty
INSERT INTO item (sku, note) SELECT sku || '2', 'copy of ' || id FROM item WHERE qty > 1 ORDER BY id RETURNING id, sku, note
INSERT INTO item DEFAULT VALUES
INSERT INTO item (sku, qty) VALUES ('g', 1001)
INSERT INTO item (sku, qty, price) VALUES ('g', -1, -1)
INSERT INTO item (sku, price) VALUES ('g', 1234567.891)
INSERT INTO item (sku, price) VALUES ('g', 0.005), ('h', 0.004) RETURNING price
INSERT INTO item (sku) VALUES ('a')
INSERT INTO item (sku, active) VALUES ('a', false), ('a', false) RETURNING sku, active
INSERT INTO item (id, sku) VALUES (1, 'zz')
INSERT INTO item (sku) VALUES ('ok1'), (NULL), ('ok2')
SELECT count(*) FROM item WHERE sku LIKE 'ok%'
INSERT INTO item (sku) VALUES ('next') RETURNING id
INSERT INTO item (sku, qty) VALUES ('x', 1) RETURNING id + 1 AS next_id, upper(sku), qty * 2, now() IS NOT NULL
INSERT INTO item AS i (sku) VALUES ('y') RETURNING i.sku, i.id > 0
INSERT INTO item (sku, qty) VALUES ('q', (SELECT max(qty) FROM item)) RETURNING qty
INSERT INTO item (sku, qty) VALUES ('r', '12'), ('s', 3.6) RETURNING qty
INSERT INTO line (item_id, amount) VALUES (99, 1)
INSERT INTO line (item_id, amount) VALUES (1, 0)
INSERT INTO line (item_id, amount) VALUES (1, 10)
INSERT INTO line (item_id, amount) VALUES (NULL, 10)
INSERT INTO line VALUES (DEFAULT, 3, 5) RETURNING id
INSERT INTO line (id, item_id, amount) VALUES (100, 3, 6), (DEFAULT, 3, 7) RETURNING id
WITH new AS (SELECT 'w' AS sku) INSERT INTO item (sku) SELECT sku FROM new RETURNING sku
INSERT INTO item (sku) VALUES ('t'), ('t')
INSERT INTO item (sku) (VALUES ('u')) RETURNING sku
INSERT INTO item (sku) TABLE audit
INSERT INTO item SELECT 500, 'v', 1 RETURNING *

== on conflict
INSERT INTO item (sku) VALUES ('a') ON CONFLICT (sku) DO NOTHING
INSERT INTO item (sku) VALUES ('a') ON CONFLICT (sku) WHERE active DO NOTHING
INSERT INTO item (sku, qty) VALUES ('a', 5) ON CONFLICT (sku) WHERE active DO UPDATE SET qty = item.qty + excluded.qty RETURNING id, qty
INSERT INTO item (sku, qty) VALUES ('a', 5) ON CONFLICT (sku) WHERE active DO UPDATE SET qty = 5000
INSERT INTO item (sku, qty) VALUES ('a', 2000) ON CONFLICT (sku) WHERE active DO NOTHING
INSERT INTO item (id, sku) VALUES (1, 'a') ON CONFLICT (id) DO UPDATE SET sku = 'b'
INSERT INTO item (id, sku) VALUES (1, 'n') ON CONFLICT (id) DO UPDATE SET sku = excluded.sku, note = item.sku RETURNING sku, note
INSERT INTO item (id, sku) VALUES (2, 'm') ON CONFLICT ON CONSTRAINT item_pkey DO UPDATE SET (sku, qty) = (excluded.sku, 9) RETURNING sku, qty
INSERT INTO item (id, sku) VALUES (2, 'm') ON CONFLICT ON CONSTRAINT item_sku_active DO NOTHING
INSERT INTO line (item_id, amount) VALUES (1, 10), (1, 30) ON CONFLICT (item_id, amount) DO NOTHING RETURNING amount
INSERT INTO line (item_id, amount) VALUES (1, 10) ON CONFLICT (amount) DO NOTHING
INSERT INTO line (item_id, amount) VALUES (1, 10) ON CONFLICT (item_id, amount) DO UPDATE SET amount = line.amount + 1 RETURNING id, amount
INSERT INTO line (item_id, amount) VALUES (1, 11) ON CONFLICT (item_id, amount) DO UPDATE SET item_id = 77
INSERT INTO line (item_id, amount) SELECT 1, amount FROM line WHERE item_id = 2 ON CONFLICT DO NOTHING
INSERT INTO item (id, sku) VALUES (3, 'k') ON CONFLICT (id) DO UPDATE SET qty = excluded.qty + 1 WHERE item.qty > 100 RETURNING id
INSERT INTO item (id, sku) VALUES (3, 'k') ON CONFLICT (id) DO UPDATE SET qty = (SELECT count(*) FROM line) RETURNING qty
INSERT INTO item (id, sku) VALUES (3, 'k') ON CONFLICT (id) DO UPDATE SET qty = DEFAULT, sku = lower(excluded.sku) || item.id RETURNING qty, sku
INSERT INTO item (id, sku) VALUES (3, 'k') ON CONFLICT (id) DO UPDATE SET id = 1
INSERT INTO item (id, sku) VALUES (3, 'k') ON CONFLICT (id) DO UPDATE SET nope = 1
INSERT INTO item (id, sku) VALUES (3, 'k') ON CONFLICT (id) DO UPDATE SET qty = count(*)
INSERT INTO item (id, sku) VALUES (3, NULL) ON CONFLICT (id) DO UPDATE SET qty = 4

== update
UPDATE item SET qty = qty + 1 RETURNING id, qty
UPDATE item SET qty = qty * 500
UPDATE item SET price = price * 1.1, note = sku || '!' WHERE price IS NOT NULL RETURNING price, note
UPDATE item SET price = price / 3 WHERE id = 1 RETURNING price
UPDATE item SET qty = price WHERE id = 2 RETURNING qty
UPDATE item SET active = NOT active WHERE sku IN ('a', 'c') RETURNING sku, active
UPDATE item SET sku = 'b' WHERE sku = 'a'
UPDATE item SET active = true WHERE active = false RETURNING sku
UPDATE item SET note = CASE WHEN qty > 2 THEN 'many' END RETURNING id, note
UPDATE item SET qty = DEFAULT WHERE id = 1 RETURNING qty
UPDATE item SET id = 50 WHERE id = 1 RETURNING id
SELECT item_id, amount FROM line ORDER BY id
UPDATE item SET id = 2 WHERE id = 50
UPDATE item SET qty = l.total FROM (SELECT item_id, sum(amount) AS total FROM line GROUP BY item_id) l WHERE l.item_id = item.id RETURNING item.id, qty
UPDATE item i SET note = 'has lines' WHERE EXISTS (SELECT 1 FROM line WHERE item_id = i.id) RETURNING i.id
UPDATE line SET amount = amount + 10 WHERE item_id = 50
UPDATE line SET amount = 0 WHERE id = 3
UPDATE line SET item_id = 3, amount = -amount WHERE id = 3 RETURNING *
UPDATE line SET item_id = NULL
UPDATE line SET item_id = 12345
UPDATE item SET qty = 'many'
UPDATE item SET qty = NULL WHERE id = 2
UPDATE item SET (qty, note) = (7, 'seven') WHERE id = 2 RETURNING qty, note
UPDATE item SET (qty, note) = (SELECT 8, 'eight') WHERE id = 2 RETURNING qty, note
UPDATE item SET qty = 1 WHERE nope
UPDATE item SET qty = 1 FROM line
UPDATE item SET qty = qty WHERE id = 999
WITH big AS (SELECT id FROM item ORDER BY id DESC LIMIT 1) UPDATE item SET note = 'last' FROM big WHERE big.id = item.id RETURNING item.id

== delete and truncate
DELETE FROM line WHERE amount = 10 RETURNING id, item_id
SELECT id, line_id, what FROM audit ORDER BY id
DELETE FROM item WHERE id = 1 RETURNING sku
SELECT count(*) FROM line
DELETE FROM item i USING line l WHERE l.item_id = i.id RETURNING i.id
DELETE FROM item WHERE id IN (SELECT id FROM item ORDER BY id LIMIT 1) RETURNING id
DELETE FROM item WHERE qty > (SELECT avg(qty) FROM item)
DELETE FROM item WHERE nope = 1
DELETE FROM nope
DELETE FROM item
TRUNCATE item
TRUNCATE line, item
TRUNCATE item, line, audit
TRUNCATE item CASCADE
INSERT INTO item (sku) VALUES ('after') RETURNING id
TRUNCATE item, line, audit RESTART IDENTITY
INSERT INTO item (sku) VALUES ('again') RETURNING id
TRUNCATE nope

== many rows at once
INSERT INTO item (sku, qty) SELECT 'bulk' || i, i FROM generate_series(1, 500) AS i
SELECT count(*), sum(qty), max(id) FROM item WHERE sku LIKE 'bulk%'
UPDATE item SET qty = qty + 500 WHERE sku LIKE 'bulk%'
UPDATE item SET qty = qty + 1 WHERE sku LIKE 'bulk%'
SELECT max(qty) FROM item
DELETE FROM item WHERE sku LIKE 'bulk%' AND qty % 2 = 0
SELECT count(*) FROM item

== keys inside transactions
BEGIN
INSERT INTO item (sku) VALUES ('t1') RETURNING id
SAVEPOINT s
INSERT INTO item (sku) VALUES ('t1')
ROLLBACK TO s
INSERT INTO item (sku) VALUES ('t2') RETURNING id
DELETE FROM item WHERE sku = 't1'
INSERT INTO item (sku) VALUES ('t1') RETURNING id
COMMIT
BEGIN
DELETE FROM item WHERE id = 1
INSERT INTO item (id, sku) VALUES (1, 'back')
INSERT INTO line (item_id, amount) VALUES (1, 1) RETURNING id
ROLLBACK
SELECT sku FROM item WHERE id = 1
SELECT count(*) FROM line
BEGIN
ALTER TABLE item DROP CONSTRAINT qty_ok
INSERT INTO item (sku, qty) VALUES ('over', 5000) RETURNING qty
ROLLBACK
INSERT INTO item (sku, qty) VALUES ('over', 5000)
BEGIN
DROP TABLE audit
CREATE TABLE audit (x int)
INSERT INTO audit VALUES (1)
COMMIT
SELECT * FROM audit
