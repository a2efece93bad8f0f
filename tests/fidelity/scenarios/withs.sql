# WITH that changes data, and the forms of INSERT, UPDATE and DELETE.
+ CREATE TABLE account (id serial PRIMARY KEY, owner text NOT NULL, balance numeric(10,2) NOT NULL DEFAULT 0, tags text[] DEFAULT '{}')
+ CREATE TABLE entry (id serial PRIMARY KEY, account int NOT NULL REFERENCES account, amount numeric(10,2) NOT NULL, note text)
+ CREATE TABLE archive (LIKE entry)
+ INSERT INTO account (owner, balance) VALUES ('ann', 100), ('bob', 50), ('cid', 0)
+ INSERT INTO entry (account, amount, note) VALUES (1, 60, 'a'), (1, 40, 'b'), (2, 50, NULL)

== moving rows
WITH gone AS (DELETE FROM entry WHERE account = 1 RETURNING *) INSERT INTO archive SELECT * FROM gone
SELECT * FROM archive ORDER BY id
SELECT count(*) FROM entry
WITH gone AS (DELETE FROM archive RETURNING id, account, amount, note) INSERT INTO entry (id, account, amount, note) SELECT id, account, -amount, upper(note) FROM gone RETURNING id, amount, note
WITH gone AS (DELETE FROM entry WHERE amount < 0 RETURNING amount) SELECT sum(amount), count(*) FROM gone
WITH gone AS (DELETE FROM entry RETURNING *), kept AS (INSERT INTO archive SELECT * FROM gone WHERE note IS NULL RETURNING id) SELECT (SELECT count(*) FROM gone), (SELECT count(*) FROM kept), (SELECT count(*) FROM entry)

== parent and child in one statement
WITH a AS (INSERT INTO account (owner) VALUES ('dan') RETURNING id) INSERT INTO entry (account, amount) SELECT id, 5 FROM a RETURNING account, amount
WITH a AS (INSERT INTO account (owner) VALUES ('eve'), ('fay') RETURNING id, owner), e AS (INSERT INTO entry (account, amount, note) SELECT id, 1, owner FROM a RETURNING account, note) SELECT a.owner, e.note FROM a JOIN e ON e.account = a.id ORDER BY 1
WITH e AS (DELETE FROM entry WHERE account = 1), a AS (DELETE FROM account WHERE id = 1 RETURNING owner) SELECT owner FROM a
SELECT count(*) FROM entry WHERE account = 1
WITH a AS (DELETE FROM account WHERE id = 2 RETURNING id) SELECT * FROM a
WITH a AS (DELETE FROM account WHERE id = 2 RETURNING id), e AS (INSERT INTO entry (account, amount) VALUES (3, 1)) SELECT * FROM a
WITH a AS (INSERT INTO account (id, owner) VALUES (50, 'gus')) INSERT INTO entry (account, amount) VALUES (51, 1)
WITH e AS (INSERT INTO entry (account, amount) VALUES (60, 1)) INSERT INTO account (id, owner) VALUES (60, 'hal')
WITH e AS (INSERT INTO entry (account, amount) VALUES (3, 1)) DELETE FROM account WHERE id = 3
SELECT id, owner FROM account ORDER BY id
SELECT account, amount FROM entry ORDER BY id

== several parts on one table
WITH a AS (UPDATE account SET balance = balance - 10 WHERE id = 1 RETURNING id, balance), b AS (UPDATE account SET balance = balance + 10 WHERE id = 2 RETURNING id, balance) SELECT * FROM a UNION ALL SELECT * FROM b ORDER BY id
SELECT id, balance FROM account ORDER BY id
WITH a AS (INSERT INTO account (owner) VALUES ('new') RETURNING owner), b AS (UPDATE account SET tags = tags || 'seen' RETURNING owner) SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM b), (SELECT count(*) FROM account)
SELECT owner, tags FROM account ORDER BY id
WITH d AS (DELETE FROM account WHERE owner = 'cid' RETURNING *) UPDATE account SET balance = balance + 1 WHERE id < 3 RETURNING id, balance, (SELECT count(*) FROM d)
WITH d AS (DELETE FROM account WHERE owner = 'new' RETURNING owner) INSERT INTO account (owner) SELECT owner || '2' FROM d RETURNING owner
SELECT owner, balance FROM account ORDER BY owner

== a row that two parts change
WITH a AS (UPDATE account SET balance = 1 WHERE id = 1 RETURNING id) UPDATE account SET tags = '{x}' WHERE id = 2
WITH a AS (DELETE FROM account WHERE id = 3 RETURNING id), b AS (DELETE FROM account WHERE id = 3 RETURNING id) SELECT (SELECT count(*) FROM a) + (SELECT count(*) FROM b)
SELECT id, balance, tags FROM account ORDER BY id

== updates joined
WITH u AS (UPDATE account SET balance = balance * 2 WHERE balance > 0 RETURNING id, balance) SELECT a.owner, a.balance AS before, u.balance AS after FROM account a JOIN u USING (id) ORDER BY a.id
WITH u AS (UPDATE account a SET balance = a.balance + t.total FROM (SELECT account, sum(amount) AS total FROM entry GROUP BY account) t WHERE t.account = a.id RETURNING a.id, t.total) SELECT * FROM u ORDER BY id
WITH totals AS (SELECT account, sum(amount) AS total FROM entry GROUP BY account) UPDATE account SET balance = total FROM totals WHERE account = account.id RETURNING owner, balance, total
WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 3) INSERT INTO entry (account, amount, note) SELECT i, i * 10, 'n' || i FROM n RETURNING account, amount, note
WITH ids (x) AS (VALUES (1), (2)) DELETE FROM entry USING ids WHERE entry.account = ids.x AND note LIKE 'n%' RETURNING entry.account, ids.x
WITH old AS (SELECT count(*) AS n FROM entry) DELETE FROM entry RETURNING id, (SELECT n FROM old)
WITH u AS (UPDATE account SET balance = 0) SELECT count(*) FROM account WHERE balance = 0
SELECT count(*) FROM account WHERE balance = 0

== names of columns and refusals
WITH gone (a, b) AS (DELETE FROM entry WHERE id = 1 RETURNING id, note) SELECT a, b FROM gone
WITH u AS (UPDATE account SET balance = 1) SELECT * FROM u
WITH u AS (UPDATE account SET balance = 1 RETURNING id) SELECT nope FROM u
SELECT * FROM (WITH u AS (UPDATE account SET balance = 1 RETURNING id) SELECT * FROM u) x
SELECT (WITH u AS (DELETE FROM entry RETURNING id) SELECT count(*) FROM u)
WITH outerly AS (WITH u AS (DELETE FROM entry RETURNING id) SELECT * FROM u) SELECT * FROM outerly
INSERT INTO archive WITH u AS (DELETE FROM entry RETURNING *) SELECT * FROM u
SELECT * FROM (UPDATE account SET balance = 1 RETURNING id) x
WITH u AS (UPDATE account SET balance = 1 RETURNING id), u AS (SELECT 1) SELECT * FROM u
WITH RECURSIVE u AS (UPDATE account SET balance = 1 FROM u RETURNING id) SELECT * FROM u
WITH a AS (UPDATE account SET balance = 'x' RETURNING id) SELECT 1
WITH a AS (UPDATE account SET owner = NULL RETURNING id) SELECT 1
WITH a AS (INSERT INTO entry (account, amount) VALUES ($1, $2) RETURNING id) SELECT count(*) FROM a WHERE id > $3
    <- 2, 1.5, 0
SELECT count(*) FROM entry

== insert select
INSERT INTO archive SELECT * FROM entry ORDER BY id DESC LIMIT 1 RETURNING id
INSERT INTO archive (id, account, amount) SELECT id + 100, account, amount FROM entry WHERE amount > 40 RETURNING id
INSERT INTO archive (id, account, amount) (SELECT 1, 1, 1 UNION ALL SELECT 2, 2, 2)
INSERT INTO archive (id, account, amount) TABLE account
INSERT INTO archive (amount, id, account) VALUES (1, 2, 3), (4, 5, 6) RETURNING *
INSERT INTO archive (id, account, amount, note) SELECT g, 1, g, 'row ' || g FROM generate_series(10, 12) g RETURNING note
INSERT INTO account (owner) SELECT owner || '!' FROM account RETURNING id > 3, owner
INSERT INTO account DEFAULT VALUES
INSERT INTO archive DEFAULT VALUES
INSERT INTO entry (account, amount, note) SELECT 1, 2
INSERT INTO entry (account, amount) SELECT 1, 2, 3
INSERT INTO entry (account, amount) SELECT 'x', 2
INSERT INTO entry (account, amount, note) SELECT 1, '2', NULL RETURNING amount, note
INSERT INTO entry (account, amount) SELECT '1', '2.5' UNION ALL SELECT '2', '3.5' RETURNING account, amount
INSERT INTO entry (account, amount, note) SELECT DISTINCT 1, 2, note FROM entry WHERE note IS NOT NULL RETURNING note
INSERT INTO archive AS a (id, account, amount) VALUES (99, 1, 1) RETURNING a.id, archive.id
INSERT INTO archive AS a (id, account, amount) VALUES (99, 1, 1) RETURNING a.id

== overriding and defaults
+ CREATE TABLE ident (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n int DEFAULT 7)
+ CREATE TABLE ident2 (id int GENERATED BY DEFAULT AS IDENTITY (START 10 INCREMENT 5), n int)
INSERT INTO ident VALUES (DEFAULT, 1), (DEFAULT, DEFAULT) RETURNING *
INSERT INTO ident VALUES (1, 1)
INSERT INTO ident OVERRIDING SYSTEM VALUE VALUES (100, 1) RETURNING *
INSERT INTO ident OVERRIDING USER VALUE VALUES (100, 1) RETURNING *
INSERT INTO ident OVERRIDING USER VALUE SELECT 1000, 9 RETURNING *
INSERT INTO ident SELECT 1000, 9
INSERT INTO ident (n) SELECT 5 RETURNING *
INSERT INTO ident DEFAULT VALUES RETURNING *
INSERT INTO ident2 VALUES (3, 1), (DEFAULT, 2), (DEFAULT, 3) RETURNING *
INSERT INTO ident2 OVERRIDING USER VALUE VALUES (3, 1) RETURNING *
UPDATE ident SET id = 5 WHERE id = 1
UPDATE ident SET id = DEFAULT WHERE id = 1 RETURNING id
UPDATE ident2 SET (id, n) = (DEFAULT, DEFAULT) WHERE id = 3 RETURNING *

== several columns at once
UPDATE account SET (owner, balance) = ('x', 5) WHERE id = 1 RETURNING owner, balance
UPDATE account SET (owner, balance) = ROW('y', 6) WHERE id = 1 RETURNING owner, balance
UPDATE account SET (owner, balance) = (SELECT 'z', sum(amount) FROM entry WHERE account = account.id) WHERE id = 2 RETURNING owner, balance
UPDATE account a SET (owner, balance) = (SELECT upper(a.owner), sum(e.amount) FROM entry e WHERE e.account = a.id) WHERE a.id < 3 RETURNING owner, balance
UPDATE account a SET (owner, balance) = (SELECT note, amount FROM entry WHERE false) WHERE id = 3
UPDATE account a SET (owner, balance) = (SELECT coalesce(note, '-'), amount FROM entry) WHERE id = 3
UPDATE account SET (owner, balance) = (SELECT 'a') WHERE id = 3
UPDATE account SET (owner, balance) = (SELECT 'a', 1, 2) WHERE id = 3
UPDATE account SET (owner, balance) = ('a', 1, 2) WHERE id = 3
UPDATE account SET (owner, owner) = ('a', 'b') WHERE id = 3
UPDATE account SET (owner) = ROW('q'), balance = 1 WHERE id = 3 RETURNING owner, balance
UPDATE account SET (owner, balance) = ($1, $2) WHERE id = $3 RETURNING owner, balance
    <- 'param', 12, 3
UPDATE account SET balance = balance + 1, balance = 2
UPDATE account SET balance = DEFAULT WHERE id = 3 RETURNING balance
UPDATE account SET tags[1] = 'first' WHERE id = 3 RETURNING tags

== update from and delete using
UPDATE account a SET balance = b.balance FROM account b WHERE b.id = a.id + 1 RETURNING a.id, a.balance, b.id
UPDATE entry e SET note = a.owner || e.id FROM account a WHERE a.id = e.account RETURNING e.note
UPDATE account SET balance = 1 FROM entry WHERE entry.account = account.id RETURNING account.id
UPDATE account a SET balance = e.n FROM (SELECT account, count(*) AS n FROM entry GROUP BY account) e WHERE e.account = a.id RETURNING a.id, balance
UPDATE account a SET balance = x.top FROM account b, LATERAL (SELECT max(amount) AS top FROM entry e WHERE e.account = b.id) x WHERE b.id = a.id AND x.top IS NOT NULL RETURNING a.id, a.balance
UPDATE account SET balance = account.balance FROM account
UPDATE account a SET balance = 1 FROM account a
UPDATE account a SET a.balance = 1
UPDATE account a SET balance = 1 WHERE account.id = 1
DELETE FROM entry e USING account a WHERE a.id = e.account AND a.owner = 'bob' RETURNING e.id, a.owner, a.*
DELETE FROM entry e USING entry f WHERE f.account = e.account AND f.id > e.id RETURNING e.id
DELETE FROM account a USING (VALUES (3)) v (n) WHERE v.n = a.id RETURNING a.owner, v.n
DELETE FROM entry USING account
SELECT count(*) FROM entry
UPDATE account SET balance = (SELECT count(*) FROM account) + balance RETURNING balance
DELETE FROM account WHERE id NOT IN (SELECT account FROM entry) RETURNING id
UPDATE ONLY account SET balance = 3 WHERE id = 1
UPDATE account SET balance = 3 WHERE CURRENT OF c
DELETE FROM account WHERE CURRENT OF c

== counts of changes behind with
WITH n AS (SELECT 1 AS id) UPDATE account SET balance = 5 FROM n WHERE account.id = n.id
WITH n AS (SELECT 5 AS v) UPDATE account SET balance = (SELECT v FROM n)
WITH n AS (SELECT 2 AS id) DELETE FROM entry USING n WHERE account = n.id
WITH n AS (SELECT 1 AS id) DELETE FROM entry WHERE account = (SELECT id FROM n)
WITH n AS (SELECT 'x' AS owner UNION ALL SELECT 'y') INSERT INTO account (owner) SELECT owner FROM n
WITH n AS (SELECT 7 AS v) INSERT INTO account (id, owner) VALUES (1, 'again') ON CONFLICT (id) DO UPDATE SET balance = (SELECT v FROM n)
WITH n AS (SELECT 7 AS v) INSERT INTO account (id, owner) VALUES (1, 'again') ON CONFLICT (id) DO NOTHING
WITH n AS (SELECT 'cid' AS owner), u AS (INSERT INTO account (id, owner) VALUES (3, 'q') ON CONFLICT (id) DO UPDATE SET owner = (SELECT upper(owner) FROM n) RETURNING id, (SELECT count(*) FROM n)) SELECT * FROM u
WITH RECURSIVE n AS (SELECT 1 AS id) MERGE INTO account a USING n ON a.id = n.id WHEN MATCHED THEN DELETE
SELECT id, owner, balance FROM account ORDER BY id

== actions of foreign keys beside other parts
+ CREATE TABLE p (id int PRIMARY KEY, v int)
+ CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p ON DELETE CASCADE ON UPDATE CASCADE)
+ INSERT INTO p VALUES (1, 1), (2, 2), (3, 3)
+ INSERT INTO c VALUES (1, 1), (2, 2), (3, 2)
WITH x AS (DELETE FROM c WHERE p = 1) DELETE FROM p WHERE id = 1
WITH u AS (UPDATE p SET v = v + 1 WHERE id = 2 RETURNING id) INSERT INTO c SELECT 10, id FROM u RETURNING *
WITH u AS (INSERT INTO p VALUES (2, 0), (4, 4) ON CONFLICT (id) DO UPDATE SET v = p.v + 10 RETURNING id) INSERT INTO c SELECT 20 + id, id FROM u RETURNING *
WITH x AS (DELETE FROM c WHERE p = 2 RETURNING id) SELECT count(*) FROM x
SELECT * FROM p ORDER BY id
SELECT * FROM c ORDER BY id

== the first of several matches
UPDATE account SET owner = note FROM (VALUES (1, 'first'), (1, 'second'), (2, 'only')) v (id, note) WHERE v.id = account.id
SELECT id, owner FROM account ORDER BY id
UPDATE account SET owner = entry.note FROM entry WHERE entry.account = account.id AND entry.note IS NOT NULL
SELECT id, owner FROM account ORDER BY id
UPDATE account SET owner = 'e' || entry.id FROM entry WHERE entry.id = account.id RETURNING account.id, owner, entry.amount
UPDATE account SET (owner, balance) = ROW(v.*) FROM (VALUES ('spread', 9)) v (a, b) WHERE id = 3 RETURNING owner, balance
