# Writers of the same rows. (Where all wait equally long, the first to wait is the victim: but for the load of the machine, on a server.)
+ CREATE TABLE accounts (id int PRIMARY KEY, owner text NOT NULL, balance int NOT NULL)
+ INSERT INTO accounts VALUES (1, 'ann', 100), (2, 'bob', 100), (3, 'cid', 50)

== the second writer waits and adds to what the first one committed
a> BEGIN
b> BEGIN
a> UPDATE accounts SET balance = balance + 10 WHERE id = 1
b> UPDATE accounts SET balance = balance + 5 WHERE id = 1 RETURNING balance
a> COMMIT
b> COMMIT
a> SELECT balance FROM accounts WHERE id = 1

== the second writer goes on with the old row after a rollback
a> BEGIN
a> UPDATE accounts SET balance = balance + 10 WHERE id = 1
b> UPDATE accounts SET balance = balance + 5 WHERE id = 1 RETURNING balance
a> ROLLBACK
b> SELECT balance FROM accounts WHERE id = 1

== lost update by reading first
a> BEGIN
b> BEGIN
a> SELECT balance FROM accounts WHERE id = 1
b> SELECT balance FROM accounts WHERE id = 1
a> UPDATE accounts SET balance = 110 WHERE id = 1
b> UPDATE accounts SET balance = 120 WHERE id = 1
a> COMMIT
b> COMMIT
a> SELECT balance FROM accounts WHERE id = 1

== lost update is refused under repeatable read
a> BEGIN ISOLATION LEVEL REPEATABLE READ
b> BEGIN ISOLATION LEVEL REPEATABLE READ
a> SELECT balance FROM accounts WHERE id = 1
b> SELECT balance FROM accounts WHERE id = 1
a> UPDATE accounts SET balance = 110 WHERE id = 1
b> UPDATE accounts SET balance = 120 WHERE id = 1
a> COMMIT
b> ROLLBACK
a> SELECT balance FROM accounts WHERE id = 1

== repeatable read after a rollback of the other
a> BEGIN ISOLATION LEVEL REPEATABLE READ
b> BEGIN ISOLATION LEVEL REPEATABLE READ
a> UPDATE accounts SET balance = 110 WHERE id = 1
b> UPDATE accounts SET balance = 120 WHERE id = 1
a> ROLLBACK
b> COMMIT
a> SELECT balance FROM accounts WHERE id = 1

== repeatable read meets a row that was changed without any waiting
a> BEGIN ISOLATION LEVEL REPEATABLE READ
a> SELECT count(*) FROM accounts
b> UPDATE accounts SET balance = 1 WHERE id = 1
a> UPDATE accounts SET balance = 2 WHERE id = 2
a> UPDATE accounts SET balance = 2 WHERE id = 1
a> ROLLBACK

== repeatable read meets a row that was deleted
a> BEGIN ISOLATION LEVEL REPEATABLE READ
a> SELECT count(*) FROM accounts
b> DELETE FROM accounts WHERE id = 1
a> UPDATE accounts SET balance = 2 WHERE id = 1
a> ROLLBACK
a> BEGIN ISOLATION LEVEL REPEATABLE READ
a> SELECT count(*) FROM accounts
b> DELETE FROM accounts WHERE id = 2
a> DELETE FROM accounts WHERE id = 2
a> ROLLBACK

== delete against delete
a> BEGIN
a> DELETE FROM accounts WHERE id = 1
b> DELETE FROM accounts WHERE id = 1
a> COMMIT

== update against delete
a> BEGIN
a> DELETE FROM accounts WHERE id = 1
b> UPDATE accounts SET balance = 0 WHERE id <= 2 RETURNING id
a> COMMIT

== delete against update
a> BEGIN
a> UPDATE accounts SET balance = 101 WHERE id = 1
b> DELETE FROM accounts WHERE balance = 100
a> COMMIT
b> SELECT id FROM accounts ORDER BY id

== the row no longer matches
a> BEGIN
a> UPDATE accounts SET balance = 10 WHERE id = 1
b> UPDATE accounts SET owner = 'rich' WHERE balance >= 100 RETURNING id
a> COMMIT
b> SELECT * FROM accounts ORDER BY id

== a row that matches only now is not taken
a> BEGIN
a> UPDATE accounts SET balance = balance + 60 WHERE id IN (1, 3)
b> UPDATE accounts SET owner = 'rich' WHERE balance >= 100 RETURNING id, balance
a> COMMIT
b> SELECT * FROM accounts ORDER BY id

== website hits, the manual's example
+ CREATE TABLE website (hits int)
+ INSERT INTO website VALUES (9), (10)
a> BEGIN
a> UPDATE website SET hits = hits + 1
b> DELETE FROM website WHERE hits = 10
a> COMMIT
b> SELECT * FROM website ORDER BY hits

== an update from another table sees that one as it was
+ CREATE TABLE rates (id int, factor int)
+ INSERT INTO rates VALUES (1, 2)
a> BEGIN
a> UPDATE accounts SET balance = 1 WHERE id = 1
b> UPDATE accounts SET balance = balance * factor FROM rates WHERE accounts.id = rates.id RETURNING balance
c> UPDATE rates SET factor = 50
a> COMMIT
b> SELECT balance FROM accounts WHERE id = 1

== deleted and inserted again is another row
a> BEGIN
a> DELETE FROM accounts WHERE id = 3
b> SELECT count(*) FROM accounts
a> INSERT INTO accounts VALUES (3, 'new', 1)
b> UPDATE accounts SET balance = balance + 1 WHERE id = 3
a> COMMIT
b> SELECT * FROM accounts WHERE id = 3

# (Where the first one commits, the server lets the others race for the new version of the row.)
== three writers queue up
a> BEGIN
a> UPDATE accounts SET balance = balance + 1 WHERE id = 1
b> BEGIN
b> UPDATE accounts SET balance = balance * 2 WHERE id = 1 RETURNING balance
c> BEGIN
c> UPDATE accounts SET balance = balance + 3 WHERE id = 1 RETURNING balance
a> ROLLBACK
b> COMMIT
c> COMMIT
a> SELECT balance FROM accounts WHERE id = 1

== a statement that waits twice
a> BEGIN
a> UPDATE accounts SET balance = 1 WHERE id = 1
b> BEGIN
b> UPDATE accounts SET balance = 2 WHERE id = 2
c> UPDATE accounts SET balance = balance + 10 RETURNING id, balance
a> COMMIT
b> COMMIT
c> SELECT id, balance FROM accounts ORDER BY id

== rolling back to a savepoint lets go of rows
a> BEGIN
a> UPDATE accounts SET balance = 1 WHERE id = 1
a> SAVEPOINT s
a> UPDATE accounts SET balance = 2 WHERE id = 2
b> UPDATE accounts SET balance = balance + 5 WHERE id = 2 RETURNING balance
c> UPDATE accounts SET balance = balance + 5 WHERE id = 1 RETURNING balance
a> ROLLBACK TO s
a> COMMIT
b> SELECT id, balance FROM accounts ORDER BY id

== a released savepoint keeps its rows
a> BEGIN
a> SAVEPOINT s
a> UPDATE accounts SET balance = 2 WHERE id = 2
a> RELEASE s
b> UPDATE accounts SET balance = balance + 5 WHERE id = 2 RETURNING balance
a> COMMIT

== deadlock of two
b> SET deadlock_timeout = '10s'
a> BEGIN
b> BEGIN
a> UPDATE accounts SET balance = 1 WHERE id = 1
b> UPDATE accounts SET balance = 2 WHERE id = 2
a> UPDATE accounts SET balance = 1 WHERE id = 2
b> UPDATE accounts SET balance = 2 WHERE id = 1
a>
a> ROLLBACK
b> COMMIT
b> SELECT id, balance FROM accounts ORDER BY id

== deadlock of three
b> SET deadlock_timeout = '10s'
c> SET deadlock_timeout = '10s'
a> BEGIN
b> BEGIN
c> BEGIN
a> UPDATE accounts SET balance = 1 WHERE id = 1
b> UPDATE accounts SET balance = 2 WHERE id = 2
c> UPDATE accounts SET balance = 3 WHERE id = 3
a> UPDATE accounts SET balance = 1 WHERE id = 2
b> UPDATE accounts SET balance = 2 WHERE id = 3
c> UPDATE accounts SET balance = 3 WHERE id = 1
a>
a> ROLLBACK
c> COMMIT
b> COMMIT
a> SELECT id, balance FROM accounts ORDER BY id

== the one with the shorter deadlock_timeout is the victim
a> BEGIN
b> BEGIN
a> SET deadlock_timeout = '10s'
b> SET deadlock_timeout = '50ms'
a> UPDATE accounts SET balance = 1 WHERE id = 1
b> UPDATE accounts SET balance = 2 WHERE id = 2
a> UPDATE accounts SET balance = 1 WHERE id = 2
b> UPDATE accounts SET balance = 2 WHERE id = 1
b>
b> ROLLBACK
a> COMMIT

== no deadlock where both come in the same order
a> BEGIN
b> BEGIN
a> UPDATE accounts SET balance = balance + 1 WHERE id = 1
b> UPDATE accounts SET balance = balance + 2 WHERE id = 1
a> UPDATE accounts SET balance = balance + 1 WHERE id = 2
a> COMMIT
b> UPDATE accounts SET balance = balance + 2 WHERE id = 2
b> COMMIT
a> SELECT id, balance FROM accounts ORDER BY id

== different rows do not wait
a> BEGIN
b> BEGIN
a> UPDATE accounts SET balance = 1 WHERE id = 1
b> UPDATE accounts SET balance = 2 WHERE id = 2
a> DELETE FROM accounts WHERE id = 3
b> INSERT INTO accounts VALUES (4, 'dan', 0)
a> COMMIT
b> COMMIT
a> SELECT id, balance FROM accounts ORDER BY id

== a check constraint on the newest row
+ ALTER TABLE accounts ADD CHECK (balance >= 0)
a> BEGIN
a> UPDATE accounts SET balance = balance - 60 WHERE id = 1
b> UPDATE accounts SET balance = balance - 60 WHERE id = 1
a> COMMIT
b> SELECT balance FROM accounts WHERE id = 1

== the transaction is aborted by an error after waiting
+ ALTER TABLE accounts ADD CHECK (balance >= 0)
a> BEGIN
b> BEGIN
a> UPDATE accounts SET balance = balance - 60 WHERE id = 1
b> UPDATE accounts SET balance = balance - 60 WHERE id = 1
a> COMMIT
b> SELECT 1
b> ROLLBACK

== a subquery goes on seeing the rows as they were
a> BEGIN
a> UPDATE accounts SET balance = 0 WHERE id = 1
b> DELETE FROM accounts WHERE id IN (SELECT id FROM accounts WHERE balance = 100 ORDER BY id LIMIT 1) RETURNING *
a> COMMIT
b> SELECT * FROM accounts ORDER BY id

== a subquery in SET goes on seeing the rows as they were
a> BEGIN
a> UPDATE accounts SET balance = 1000 WHERE id = 1
b> UPDATE accounts SET balance = balance + (SELECT sum(balance) FROM accounts) WHERE id = 1 RETURNING balance
a> COMMIT

== a subquery that locks goes on with the next row
a> BEGIN
a> UPDATE accounts SET balance = 0 WHERE id = 1
b> DELETE FROM accounts WHERE id = (SELECT id FROM accounts WHERE balance = 100 ORDER BY id LIMIT 1 FOR UPDATE) RETURNING *
a> COMMIT
