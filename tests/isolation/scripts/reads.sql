# What sessions see of one another.
+ CREATE TABLE accounts (id int PRIMARY KEY, owner text NOT NULL, balance int NOT NULL)
+ INSERT INTO accounts VALUES (1, 'ann', 100), (2, 'bob', 100), (3, 'cid', 50)

== dirty read
a> BEGIN
a> UPDATE accounts SET balance = 0 WHERE id = 1
b> SELECT balance FROM accounts WHERE id = 1
b> SELECT sum(balance) FROM accounts
a> SELECT balance FROM accounts WHERE id = 1
a> ROLLBACK
b> SELECT balance FROM accounts WHERE id = 1

== dirty read of an insert and a delete
a> BEGIN
a> INSERT INTO accounts VALUES (4, 'dan', 1)
a> DELETE FROM accounts WHERE id = 2
b> SELECT id FROM accounts ORDER BY id
a> SELECT id FROM accounts ORDER BY id
a> COMMIT
b> SELECT id FROM accounts ORDER BY id

== non-repeatable read under read committed
a> BEGIN
a> SELECT balance FROM accounts WHERE id = 1
b> UPDATE accounts SET balance = 7 WHERE id = 1
a> SELECT balance FROM accounts WHERE id = 1
a> COMMIT

== repeatable read repeats
a> BEGIN ISOLATION LEVEL REPEATABLE READ
a> SELECT balance FROM accounts WHERE id = 1
b> UPDATE accounts SET balance = 7 WHERE id = 1
a> SELECT balance FROM accounts WHERE id = 1
b> SELECT balance FROM accounts WHERE id = 1
a> COMMIT
a> SELECT balance FROM accounts WHERE id = 1

== the snapshot is taken by the first statement, not by BEGIN
a> BEGIN ISOLATION LEVEL REPEATABLE READ
b> UPDATE accounts SET balance = 7 WHERE id = 1
a> SELECT balance FROM accounts WHERE id = 1
b> UPDATE accounts SET balance = 8 WHERE id = 1
a> SELECT balance FROM accounts WHERE id = 1
a> COMMIT

== phantom under read committed
a> BEGIN
a> SELECT count(*) FROM accounts WHERE balance >= 100
b> INSERT INTO accounts VALUES (4, 'dan', 100)
a> SELECT count(*) FROM accounts WHERE balance >= 100
a> COMMIT

== no phantom under repeatable read
a> BEGIN ISOLATION LEVEL REPEATABLE READ
a> SELECT count(*) FROM accounts WHERE balance >= 100
b> INSERT INTO accounts VALUES (4, 'dan', 100)
b> DELETE FROM accounts WHERE id = 1
a> SELECT count(*) FROM accounts WHERE balance >= 100
a> SELECT id FROM accounts ORDER BY id
a> COMMIT
a> SELECT id FROM accounts ORDER BY id

== read skew under read committed
a> BEGIN
a> SELECT balance FROM accounts WHERE id = 1
b> BEGIN
b> UPDATE accounts SET balance = balance - 10 WHERE id = 1
b> UPDATE accounts SET balance = balance + 10 WHERE id = 2
b> COMMIT
a> SELECT balance FROM accounts WHERE id = 2
a> COMMIT

== no read skew under repeatable read
a> BEGIN ISOLATION LEVEL REPEATABLE READ
a> SELECT balance FROM accounts WHERE id = 1
b> BEGIN
b> UPDATE accounts SET balance = balance - 10 WHERE id = 1
b> UPDATE accounts SET balance = balance + 10 WHERE id = 2
b> COMMIT
a> SELECT balance FROM accounts WHERE id = 2
a> COMMIT

== readers never wait for writers, nor writers for readers
a> BEGIN
a> SELECT * FROM accounts ORDER BY id
b> BEGIN
b> UPDATE accounts SET balance = 0
c> SELECT * FROM accounts ORDER BY id
a> SELECT * FROM accounts ORDER BY id
b> COMMIT
a> SELECT * FROM accounts ORDER BY id
a> COMMIT

== own writes and the commits of others
a> BEGIN
a> UPDATE accounts SET balance = 1 WHERE id = 1
b> UPDATE accounts SET balance = 2 WHERE id = 2
a> SELECT id, balance FROM accounts ORDER BY id
b> INSERT INTO accounts VALUES (9, 'eve', 9)
a> INSERT INTO accounts VALUES (8, 'fay', 8)
a> SELECT id, balance FROM accounts ORDER BY id
b> SELECT id, balance FROM accounts ORDER BY id
a> COMMIT
b> SELECT id, balance FROM accounts ORDER BY id

== own writes on a snapshot
a> BEGIN ISOLATION LEVEL REPEATABLE READ
a> UPDATE accounts SET balance = 1 WHERE id = 1
b> UPDATE accounts SET balance = 2 WHERE id = 2
b> INSERT INTO accounts VALUES (9, 'eve', 9)
a> INSERT INTO accounts VALUES (8, 'fay', 8)
a> SELECT id, balance FROM accounts ORDER BY id
a> COMMIT
a> SELECT id, balance FROM accounts ORDER BY id

== three transactions with writes of their own
a> BEGIN
b> BEGIN
c> BEGIN
a> UPDATE accounts SET balance = 11 WHERE id = 1
b> UPDATE accounts SET balance = 22 WHERE id = 2
c> UPDATE accounts SET balance = 33 WHERE id = 3
a> SELECT id, balance FROM accounts ORDER BY id
b> SELECT id, balance FROM accounts ORDER BY id
c> SELECT id, balance FROM accounts ORDER BY id
b> COMMIT
a> SELECT id, balance FROM accounts ORDER BY id
c> ROLLBACK
a> COMMIT
c> SELECT id, balance FROM accounts ORDER BY id

== savepoints of a transaction that others overlap with
a> BEGIN
a> UPDATE accounts SET balance = 1 WHERE id = 1
a> SAVEPOINT s
a> UPDATE accounts SET balance = 2 WHERE id = 2
a> SAVEPOINT s
a> DELETE FROM accounts WHERE id = 3
b> SELECT id, balance FROM accounts ORDER BY id
a> SELECT id, balance FROM accounts ORDER BY id
a> ROLLBACK TO s
a> SELECT id, balance FROM accounts ORDER BY id
a> RELEASE s
a> ROLLBACK TO s
a> SELECT id, balance FROM accounts ORDER BY id
b> UPDATE accounts SET owner = 'bea' WHERE id = 2
a> COMMIT
b> SELECT * FROM accounts ORDER BY id

== sequences belong to everybody
+ CREATE TABLE notes (id serial PRIMARY KEY, body text)
a> BEGIN
a> INSERT INTO notes (body) VALUES ('a1') RETURNING id
b> INSERT INTO notes (body) VALUES ('b1') RETURNING id
a> INSERT INTO notes (body) VALUES ('a2') RETURNING id
a> ROLLBACK
b> INSERT INTO notes (body) VALUES ('b2') RETURNING id
b> SELECT * FROM notes ORDER BY id
a> SELECT currval('notes_id_seq')

== a failed transaction keeps its locks until it ends
a> BEGIN
a> UPDATE accounts SET balance = 1 WHERE id = 1
b> SELECT count(*) FROM accounts
a> SELECT 1 / 0
b> UPDATE accounts SET balance = 5 WHERE id = 1
a> SELECT 1
a> COMMIT
b> SELECT balance FROM accounts WHERE id = 1

== read only transaction on a snapshot
a> BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY
a> SELECT sum(balance) FROM accounts
b> UPDATE accounts SET balance = 0
a> SELECT sum(balance) FROM accounts
a> UPDATE accounts SET balance = 1
a> ROLLBACK
