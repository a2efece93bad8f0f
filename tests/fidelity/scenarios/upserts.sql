# INSERT ... ON CONFLICT in all its forms, and what failures leave behind.
+ CREATE TABLE item (id serial PRIMARY KEY, sku text UNIQUE, name text NOT NULL, qty int NOT NULL DEFAULT 0 CHECK (qty >= 0), lang text)
+ CREATE UNIQUE INDEX item_name_lower ON item (lower(name))
+ CREATE UNIQUE INDEX item_lang ON item (lang, qty) WHERE lang IS NOT NULL
+ INSERT INTO item (sku, name, qty) VALUES ('a', 'Apple', 1), ('b', 'Bread', 2)

== do nothing
INSERT INTO item (sku, name) VALUES ('a', 'other') ON CONFLICT DO NOTHING
INSERT INTO item (sku, name) VALUES ('a', 'other') ON CONFLICT (sku) DO NOTHING RETURNING id
INSERT INTO item (sku, name) VALUES ('c', 'APPLE') ON CONFLICT DO NOTHING RETURNING id
INSERT INTO item (sku, name) VALUES ('c', 'APPLE') ON CONFLICT (sku) DO NOTHING RETURNING id
INSERT INTO item (sku, name) VALUES ('c', 'x'), ('c', 'y'), ('a', 'z') ON CONFLICT (sku) DO NOTHING RETURNING sku, name
INSERT INTO item (id, sku, name) VALUES (1, 'q', 'q') ON CONFLICT (id) DO NOTHING
INSERT INTO item (id, sku, name) VALUES (1, 'q', 'q') ON CONFLICT ON CONSTRAINT item_pkey DO NOTHING
INSERT INTO item (sku, name, qty) VALUES ('a', 'other', -1) ON CONFLICT DO NOTHING
INSERT INTO item (sku, name) VALUES ('a', NULL) ON CONFLICT DO NOTHING
INSERT INTO item (sku, name) VALUES ('n', 'n') ON CONFLICT DO NOTHING RETURNING id
INSERT INTO item (sku, name) SELECT sku, name || '2' FROM item ON CONFLICT DO NOTHING RETURNING id
many> INSERT INTO item (sku, name) VALUES ($1, $2) ON CONFLICT (sku) DO NOTHING
    <- [('a', '1'), ('m', '2'), ('m', '3')]
SELECT sku, name FROM item ORDER BY sku

== do update
INSERT INTO item (sku, name, qty) VALUES ('a', 'Apricot', 5) ON CONFLICT (sku) DO UPDATE SET qty = item.qty + excluded.qty RETURNING id, sku, name, qty
INSERT INTO item (sku, name, qty) VALUES ('a', 'Apricot', 5) ON CONFLICT (sku) DO UPDATE SET qty = qty + 1
INSERT INTO item (sku, name, qty) VALUES ('a', 'Avocado', 5) ON CONFLICT (sku) DO UPDATE SET (name, qty) = (excluded.name, excluded.qty) RETURNING name, qty
INSERT INTO item AS i (sku, name, qty) VALUES ('a', 'Avocado', 5) ON CONFLICT (sku) DO UPDATE SET qty = i.qty * 2 RETURNING i.qty
INSERT INTO item AS i (sku, name, qty) VALUES ('a', 'Avocado', 5) ON CONFLICT (sku) DO UPDATE SET qty = item.qty * 2
INSERT INTO item (sku, name, qty) VALUES ('a', 'x', 5) ON CONFLICT (sku) DO UPDATE SET qty = excluded.qty WHERE item.qty < 3 RETURNING qty
INSERT INTO item (sku, name, qty) VALUES ('b', 'x', 5) ON CONFLICT (sku) DO UPDATE SET qty = excluded.qty WHERE item.qty < 3 RETURNING qty
INSERT INTO item (sku, name, qty) VALUES ('a', 'a', 1), ('z', 'z', 1) ON CONFLICT (sku) DO UPDATE SET qty = item.qty + 100, lang = DEFAULT RETURNING sku, qty, lang
INSERT INTO item (sku, name) VALUES ('a', 'x') ON CONFLICT (sku) DO UPDATE SET name = (SELECT string_agg(name, ',' ORDER BY id) FROM item WHERE sku <> excluded.sku) RETURNING name
INSERT INTO item (sku, name) VALUES ('a', 'x') ON CONFLICT (sku) DO UPDATE SET (name, qty) = (SELECT excluded.name || count(*), max(qty) FROM item) RETURNING name, qty
INSERT INTO item (sku, name) VALUES ('a', 'q') ON CONFLICT (sku) DO UPDATE SET name = excluded.name WHERE EXISTS (SELECT 1 FROM item i WHERE i.sku = 'b' AND excluded.name = 'q') RETURNING name
WITH src AS (SELECT 'a' AS sku, 42 AS n) INSERT INTO item (sku, name, qty) SELECT sku, 'src', n FROM src ON CONFLICT (sku) DO UPDATE SET qty = (SELECT n FROM src) + 1 RETURNING sku, qty
INSERT INTO item (sku, name, qty) SELECT sku, name, 1 FROM item ORDER BY id ON CONFLICT (sku) DO UPDATE SET qty = item.qty + excluded.qty RETURNING sku, qty
INSERT INTO item (sku, name) VALUES ('a', 'x') ON CONFLICT (sku) DO UPDATE SET sku = 'b'
INSERT INTO item (sku, name) VALUES ('a', 'x') ON CONFLICT (sku) DO UPDATE SET qty = -5
INSERT INTO item (sku, name) VALUES ('a', 'x') ON CONFLICT (sku) DO UPDATE SET name = NULL
INSERT INTO item (sku, name) VALUES ('new', 'bread') ON CONFLICT (sku) DO UPDATE SET qty = 1
SELECT sku, name, qty FROM item ORDER BY sku

== a row twice
INSERT INTO item (sku, name) VALUES ('t', 't1'), ('t', 't2') ON CONFLICT (sku) DO UPDATE SET name = excluded.name
INSERT INTO item (sku, name) VALUES ('a', 't1'), ('a', 't2') ON CONFLICT (sku) DO UPDATE SET name = excluded.name
INSERT INTO item (sku, name) VALUES ('a', 't1'), ('a', 't2') ON CONFLICT (sku) DO UPDATE SET name = excluded.name WHERE excluded.name = 't2' RETURNING name
INSERT INTO item (sku, name) SELECT 'u', 'u' || g FROM generate_series(1, 3) g ON CONFLICT (sku) DO UPDATE SET qty = 1
INSERT INTO item (sku, name) VALUES ('after', 'after') RETURNING id
SELECT sku, name FROM item ORDER BY sku

== inference
INSERT INTO item (sku, name) VALUES ('x', 'APPLE') ON CONFLICT (lower(name)) DO UPDATE SET qty = 9 RETURNING sku, name, qty
INSERT INTO item (sku, name) VALUES ('x', 'bread') ON CONFLICT ((lower(name))) DO NOTHING
INSERT INTO item (sku, name) VALUES ('a', 'x') ON CONFLICT (name) DO NOTHING
INSERT INTO item (sku, name) VALUES ('a', 'x') ON CONFLICT (upper(name)) DO NOTHING
INSERT INTO item (sku, name) VALUES ('a', 'x') ON CONFLICT (nope) DO NOTHING
INSERT INTO item (sku, name) VALUES ('a', 'x') ON CONFLICT (sku, id) DO NOTHING
INSERT INTO item (sku, name) VALUES ('a', 'x') ON CONFLICT (sku, sku) DO NOTHING
INSERT INTO item (sku, name, lang, qty) VALUES ('l1', 'l1', 'en', 1) ON CONFLICT (lang, qty) WHERE lang IS NOT NULL DO NOTHING RETURNING sku
INSERT INTO item (sku, name, lang, qty) VALUES ('l2', 'l2', 'en', 1) ON CONFLICT (lang, qty) WHERE lang IS NOT NULL DO UPDATE SET name = 'hit' RETURNING sku, name
INSERT INTO item (sku, name, lang, qty) VALUES ('l3', 'l3', 'en', 1) ON CONFLICT (qty, lang) WHERE lang IS NOT NULL DO NOTHING RETURNING sku
INSERT INTO item (sku, name, lang, qty) VALUES ('l4', 'l4', 'en', 1) ON CONFLICT (lang, qty) DO NOTHING
INSERT INTO item (sku, name, lang, qty) VALUES ('l4', 'l4', 'en', 1) ON CONFLICT (lang, qty) WHERE lang = 'en' DO NOTHING
INSERT INTO item (sku, name, lang, qty) VALUES ('l5', 'l5', 'de', 1) ON CONFLICT (lang, qty) WHERE lang IS NOT NULL AND qty > 0 DO NOTHING RETURNING sku
INSERT INTO item (sku, name) VALUES ('a', 'x') ON CONFLICT (sku) WHERE qty > 0 DO NOTHING
INSERT INTO item (sku, name) VALUES ('a', 'x') ON CONFLICT (sku COLLATE "C") DO NOTHING
INSERT INTO item (sku, name) VALUES ('a', 'x') ON CONFLICT (sku text_ops) DO NOTHING
INSERT INTO item (sku, name) VALUES ('a', 'x') ON CONFLICT (sku text_pattern_ops) DO NOTHING
INSERT INTO item (sku, name) VALUES ('a', 'x') ON CONFLICT (sku DESC) DO NOTHING
INSERT INTO item (sku, name) VALUES ('a', 'x') ON CONFLICT ON CONSTRAINT item_sku_key DO UPDATE SET qty = 33 RETURNING qty
INSERT INTO item (sku, name) VALUES ('a', 'x') ON CONFLICT ON CONSTRAINT item_name_lower DO NOTHING
INSERT INTO item (sku, name) VALUES ('a', 'x') ON CONFLICT ON CONSTRAINT item_qty_check DO NOTHING
INSERT INTO item (sku, name) VALUES ('a', 'x') ON CONFLICT ON CONSTRAINT nope DO NOTHING
INSERT INTO item (sku, name) VALUES ('a', 'x') ON CONFLICT DO UPDATE SET qty = 1
INSERT INTO item (sku, name) VALUES ('a', 'x') ON CONFLICT (count(*)) DO NOTHING
INSERT INTO item (sku, name) VALUES ('a', 'x') ON CONFLICT (sku) DO UPDATE SET nope = 1
INSERT INTO item (sku, name) VALUES ('a', 'x') ON CONFLICT (sku) DO UPDATE SET qty = excluded.nope
INSERT INTO item (sku, name) VALUES ('a', 'x') ON CONFLICT (sku) DO UPDATE SET qty = 'x'
INSERT INTO item (sku, name) VALUES ('a', 'x') ON CONFLICT (sku) DO UPDATE SET qty = excluded.qty RETURNING excluded.qty
INSERT INTO item (sku, name) VALUES ('a', 'x') ON CONFLICT (sku) DO UPDATE SET id = DEFAULT WHERE false
INSERT INTO item AS excluded (sku, name) VALUES ('a', 'x') ON CONFLICT (sku) DO UPDATE SET qty = 1
INSERT INTO item (sku, name) VALUES ('a', 'x') ON CONFLICT (sku) DO UPDATE SET qty = $1 RETURNING qty
    <- 12
INSERT INTO item (sku, name) VALUES ('a', 'x') ON CONFLICT (sku) DO UPDATE SET qty = max(excluded.qty)
INSERT INTO item (sku, name) VALUES ('a', 'x') ON CONFLICT (sku) DO NOTHING WHERE true

== numbers that failures burn
+ CREATE TABLE n (id serial PRIMARY KEY, k int UNIQUE, v int NOT NULL CHECK (v < 100))
+ INSERT INTO n (k, v) VALUES (1, 1), (2, 2)
INSERT INTO n (k, v) VALUES (1, 5) ON CONFLICT (k) DO NOTHING
INSERT INTO n (k, v) VALUES (3, 3) RETURNING id
INSERT INTO n (k, v) VALUES (1, 5) ON CONFLICT (k) DO UPDATE SET v = excluded.v RETURNING id
INSERT INTO n (k, v) VALUES (4, 4) RETURNING id
INSERT INTO n (k, v) VALUES (5, 5), (5, 6), (7, 7) ON CONFLICT (k) DO UPDATE SET v = excluded.v
INSERT INTO n (k, v) VALUES (8, 8) RETURNING id
INSERT INTO n (k, v) VALUES (9, 9), (1, 500), (10, 10), (11, 11)
INSERT INTO n (k, v) VALUES (12, 12) RETURNING id
INSERT INTO n (k, v) VALUES (13, 1), (14, 500), (15, 1) ON CONFLICT (k) DO UPDATE SET v = 1
INSERT INTO n (k, v) VALUES (16, 1) RETURNING id
INSERT INTO n (k, v) VALUES (17, 1), (1, 1), (18, 1) ON CONFLICT (k) DO UPDATE SET v = 500
INSERT INTO n (k, v) VALUES (19, 1) RETURNING id
INSERT INTO n (k, v) VALUES (20, 1), (1, 1), (21, 1) ON CONFLICT (k) DO UPDATE SET v = NULL RETURNING id
INSERT INTO n (k, v) VALUES (22, 1) RETURNING id
INSERT INTO n (k, v) VALUES (23, 1), (23, 1), (24, 1) ON CONFLICT (k) DO UPDATE SET v = 3 RETURNING id
INSERT INTO n (k, v) VALUES (25, 1) RETURNING id
INSERT INTO n (k, v) VALUES (26, 1), (1, 1), (2, 1), (27, 1) ON CONFLICT (k) DO UPDATE SET v = 10 / (excluded.k - 1) RETURNING id
INSERT INTO n (k, v) VALUES (28, 1) RETURNING id
INSERT INTO n (k, v) SELECT g, 1 FROM generate_series(30, 35) g UNION ALL SELECT 30, 2 ON CONFLICT (k) DO UPDATE SET v = 4
INSERT INTO n (k, v) VALUES (40, 1) RETURNING id
INSERT INTO n (k, v) VALUES (41, 1), (1, 1), (42, 1)
INSERT INTO n (k, v) VALUES (43, 1) RETURNING id
INSERT INTO n (k, v) VALUES (44, 1), (NULL, NULL), (45, 1)
INSERT INTO n (k, v) VALUES (46, 1) RETURNING id
INSERT INTO n (k, v) SELECT g, 100 / (48 - g) FROM generate_series(46, 49) g ON CONFLICT DO NOTHING
INSERT INTO n (k, v) VALUES (50, 1) RETURNING id
SELECT count(*), max(k) FROM n

== two unique constraints
+ CREATE TABLE two (id int PRIMARY KEY, a int UNIQUE, b int UNIQUE, n int DEFAULT 0)
+ INSERT INTO two VALUES (1, 1, 1), (2, 2, 2)
INSERT INTO two VALUES (3, 1, 3) ON CONFLICT (a) DO UPDATE SET n = two.n + 1 RETURNING *
INSERT INTO two VALUES (3, 1, 2) ON CONFLICT (a) DO UPDATE SET n = two.n + 1 RETURNING *
INSERT INTO two VALUES (3, 3, 2) ON CONFLICT (a) DO UPDATE SET n = two.n + 1 RETURNING *
INSERT INTO two VALUES (1, 2, 3) ON CONFLICT (a) DO UPDATE SET n = 50 RETURNING *
INSERT INTO two VALUES (4, 1, 4) ON CONFLICT (a) DO UPDATE SET b = excluded.b RETURNING *
INSERT INTO two VALUES (4, 1, 4) ON CONFLICT (a) DO UPDATE SET b = 2 RETURNING *
INSERT INTO two VALUES (4, 1, 2) ON CONFLICT DO NOTHING RETURNING *
INSERT INTO two VALUES (5, NULL, 5), (6, NULL, 6) ON CONFLICT (a) DO UPDATE SET n = 99 RETURNING *
INSERT INTO two VALUES (4, 1, 4) ON CONFLICT (a) DO UPDATE SET id = excluded.id RETURNING *
SELECT * FROM two ORDER BY id

== a row twice behind a condition
+ CREATE TABLE tw (k int PRIMARY KEY, v int)
+ INSERT INTO tw VALUES (1, 1)
INSERT INTO tw VALUES (1, 5), (5, 5), (5, 6) ON CONFLICT (k) DO UPDATE SET v = excluded.v WHERE tw.k > 100
INSERT INTO tw VALUES (1, 5), (1, 6) ON CONFLICT (k) DO UPDATE SET v = excluded.v WHERE excluded.v > 100
INSERT INTO tw VALUES (1, 500), (1, 6) ON CONFLICT (k) DO UPDATE SET v = excluded.v WHERE excluded.v > 100
SELECT * FROM tw ORDER BY k
