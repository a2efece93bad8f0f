# SELECT ... FOR UPDATE and its kin, LOCK TABLE, advisory locks, timeouts.
+ CREATE TABLE jobs (id int PRIMARY KEY, state text NOT NULL, worker text)
+ INSERT INTO jobs VALUES (1, 'new', NULL), (2, 'new', NULL), (3, 'new', NULL)

== a queue with skip locked
a> BEGIN
b> BEGIN
c> BEGIN
a> SELECT id FROM jobs WHERE state = 'new' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
b> SELECT id FROM jobs WHERE state = 'new' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
a> UPDATE jobs SET state = 'done' WHERE id = 1
c> SELECT id FROM jobs WHERE state = 'new' ORDER BY id LIMIT 2 FOR UPDATE SKIP LOCKED
a> COMMIT
b> ROLLBACK
c> SELECT id FROM jobs WHERE state = 'new' ORDER BY id LIMIT 2 FOR UPDATE SKIP LOCKED
c> COMMIT
a> SELECT * FROM jobs ORDER BY id

== a queue in one statement
a> BEGIN
b> BEGIN
a> UPDATE jobs SET worker = 'a' WHERE id = (SELECT id FROM jobs WHERE worker IS NULL ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id
b> UPDATE jobs SET worker = 'b' WHERE id = (SELECT id FROM jobs WHERE worker IS NULL ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id
a> COMMIT
b> COMMIT
a> SELECT id, worker FROM jobs ORDER BY id

== a queue with a common table expression
a> BEGIN
b> BEGIN
a> WITH next AS (SELECT id FROM jobs WHERE worker IS NULL ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) UPDATE jobs SET worker = 'a' FROM next WHERE jobs.id = next.id RETURNING jobs.id
b> WITH next AS (SELECT id FROM jobs WHERE worker IS NULL ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) UPDATE jobs SET worker = 'b' FROM next WHERE jobs.id = next.id RETURNING jobs.id
a> ROLLBACK
b> COMMIT
a> SELECT id, worker FROM jobs ORDER BY id

== a queue that deletes
a> BEGIN
a> DELETE FROM jobs WHERE id IN (SELECT id FROM jobs ORDER BY id FOR UPDATE SKIP LOCKED LIMIT 2) RETURNING id
b> DELETE FROM jobs WHERE id IN (SELECT id FROM jobs ORDER BY id FOR UPDATE SKIP LOCKED LIMIT 2) RETURNING id
a> ROLLBACK
a> SELECT id FROM jobs ORDER BY id

== skip locked finds nothing
a> BEGIN
a> SELECT id FROM jobs ORDER BY id FOR UPDATE
b> SELECT id FROM jobs ORDER BY id FOR UPDATE SKIP LOCKED
b> SELECT count(*) FROM jobs
a> COMMIT

== nowait
a> BEGIN
a> SELECT id FROM jobs WHERE id = 2 FOR UPDATE
b> SELECT id FROM jobs ORDER BY id FOR UPDATE NOWAIT
b> SELECT id FROM jobs WHERE id = 1 FOR UPDATE NOWAIT
b> BEGIN
b> SELECT id FROM jobs WHERE id = 2 FOR SHARE NOWAIT
b> SELECT 1
b> ROLLBACK
a> COMMIT

== for update waits and gives the newest row
a> BEGIN
a> UPDATE jobs SET state = 'taken' WHERE id = 1
b> SELECT id, state FROM jobs WHERE id = 1 FOR UPDATE
a> COMMIT

== for update leaves out the row that matches no more
a> BEGIN
a> UPDATE jobs SET state = 'taken' WHERE id = 1
b> SELECT id FROM jobs WHERE state = 'new' ORDER BY id FOR UPDATE
a> COMMIT

== for update and a plain read
a> BEGIN
a> SELECT id FROM jobs WHERE id = 1 FOR UPDATE
b> SELECT id, state FROM jobs ORDER BY id
b> UPDATE jobs SET state = 'x' WHERE id = 2
b> UPDATE jobs SET state = 'x' WHERE id = 1
a> COMMIT

== the lock under LIMIT
a> BEGIN
a> SELECT id FROM jobs ORDER BY id LIMIT 1 FOR UPDATE
b> UPDATE jobs SET worker = 'b' WHERE id = 2
b> UPDATE jobs SET worker = 'b' WHERE id = 1
a> COMMIT

== shared locks go together
a> BEGIN
b> BEGIN
a> SELECT id FROM jobs WHERE id = 1 FOR SHARE
b> SELECT id FROM jobs WHERE id = 1 FOR SHARE
c> UPDATE jobs SET state = 'c' WHERE id = 1 RETURNING state
a> COMMIT
b> COMMIT

== an upgrade of shared locks is a deadlock
b> SET deadlock_timeout = '10s'
a> BEGIN
b> BEGIN
a> SELECT id FROM jobs WHERE id = 1 FOR SHARE
b> SELECT id FROM jobs WHERE id = 1 FOR SHARE
a> UPDATE jobs SET state = 'a' WHERE id = 1
b> UPDATE jobs SET state = 'b' WHERE id = 1
a>
a> ROLLBACK
b> COMMIT

== the table of conflicts
a> BEGIN
a> SELECT id FROM jobs WHERE id = 1 FOR KEY SHARE
b> SELECT id FROM jobs WHERE id = 1 FOR KEY SHARE NOWAIT
b> SELECT id FROM jobs WHERE id = 1 FOR SHARE NOWAIT
b> SELECT id FROM jobs WHERE id = 1 FOR NO KEY UPDATE NOWAIT
b> SELECT id FROM jobs WHERE id = 1 FOR UPDATE NOWAIT
a> SELECT id FROM jobs WHERE id = 1 FOR SHARE
b> SELECT id FROM jobs WHERE id = 1 FOR SHARE NOWAIT
b> SELECT id FROM jobs WHERE id = 1 FOR NO KEY UPDATE NOWAIT
a> SELECT id FROM jobs WHERE id = 1 FOR NO KEY UPDATE
b> SELECT id FROM jobs WHERE id = 1 FOR KEY SHARE NOWAIT
b> SELECT id FROM jobs WHERE id = 1 FOR SHARE NOWAIT
a> SELECT id FROM jobs WHERE id = 1 FOR UPDATE
b> SELECT id FROM jobs WHERE id = 1 FOR KEY SHARE NOWAIT
a> COMMIT

== an update that changes the key takes the strongest lock
a> BEGIN
a> UPDATE jobs SET state = 'a' WHERE id = 1
a> UPDATE jobs SET id = 22 WHERE id = 2
b> SELECT id FROM jobs WHERE id = 1 FOR KEY SHARE NOWAIT
b> SELECT id FROM jobs WHERE id = 2 FOR KEY SHARE NOWAIT
a> ROLLBACK

== only the tables that are named are locked
+ CREATE TABLE steps (job int, n int)
+ INSERT INTO steps VALUES (1, 1), (1, 2)
a> BEGIN
a> SELECT n FROM jobs JOIN steps ON job = id ORDER BY n FOR UPDATE OF steps
b> SELECT id FROM jobs WHERE id = 1 FOR UPDATE NOWAIT
b> SELECT n FROM steps FOR UPDATE NOWAIT
a> COMMIT

== a lock in a savepoint
a> BEGIN
a> SELECT id FROM jobs WHERE id = 1 FOR UPDATE
a> SAVEPOINT s
a> SELECT id FROM jobs WHERE id = 2 FOR UPDATE
a> ROLLBACK TO s
b> SELECT id FROM jobs ORDER BY id FOR UPDATE SKIP LOCKED
a> COMMIT

== for update under repeatable read
a> BEGIN ISOLATION LEVEL REPEATABLE READ
a> SELECT count(*) FROM jobs
b> UPDATE jobs SET state = 'b' WHERE id = 1
a> SELECT id FROM jobs WHERE id = 2 FOR UPDATE
a> SELECT id FROM jobs WHERE id = 1 FOR UPDATE
a> ROLLBACK

== a lock alone is no change
a> BEGIN ISOLATION LEVEL REPEATABLE READ
a> SELECT count(*) FROM jobs
b> BEGIN
b> SELECT id FROM jobs WHERE id = 1 FOR UPDATE
a> UPDATE jobs SET state = 'a' WHERE id = 1
b> COMMIT
a> COMMIT

== lock_timeout
a> BEGIN
a> UPDATE jobs SET state = 'a' WHERE id = 1
b> BEGIN
b> SET LOCAL lock_timeout = '50ms'
b> UPDATE jobs SET state = 'b' WHERE id = 1
b>
b> SELECT 1
b> ROLLBACK
a> COMMIT
b> SELECT state FROM jobs WHERE id = 1

== statement_timeout while waiting
a> BEGIN
a> UPDATE jobs SET state = 'a' WHERE id = 1
b> SET statement_timeout = '50ms'
b> UPDATE jobs SET state = 'b' WHERE id = 1
b>
b> SELECT state FROM jobs WHERE id = 1
a> COMMIT

== lock table
a> BEGIN
a> LOCK TABLE jobs IN EXCLUSIVE MODE
b> SELECT count(*) FROM jobs
b> UPDATE jobs SET state = 'b' WHERE id = 1
c> LOCK TABLE jobs IN ACCESS SHARE MODE NOWAIT
a> COMMIT

== lock table in the strongest mode keeps readers out
a> BEGIN
a> LOCK TABLE jobs
b> SELECT count(*) FROM jobs
a> UPDATE jobs SET state = 'a'
a> COMMIT

== lock table nowait
a> BEGIN
a> UPDATE jobs SET state = 'a' WHERE id = 1
b> BEGIN
b> LOCK TABLE jobs IN SHARE MODE NOWAIT
b> ROLLBACK
b> LOCK TABLE jobs IN SHARE MODE
a> COMMIT

== lock table waits for writers
a> BEGIN
a> UPDATE jobs SET state = 'a' WHERE id = 1
b> BEGIN
b> LOCK TABLE jobs IN SHARE ROW EXCLUSIVE MODE
a> COMMIT
b> SELECT state FROM jobs WHERE id = 1
b> COMMIT

== advisory locks of sessions
a> SELECT pg_advisory_lock(7)
b> SELECT pg_try_advisory_lock(7)
b> SELECT pg_advisory_lock(7)
a> SELECT pg_advisory_unlock(7)
a> SELECT pg_try_advisory_lock(7)
b> SELECT pg_advisory_unlock(7)
a> SELECT pg_try_advisory_lock(7)

== advisory locks of transactions
a> BEGIN
a> SELECT pg_advisory_xact_lock(7)
b> BEGIN
b> SELECT pg_advisory_xact_lock(7)
a> COMMIT
b> ROLLBACK

== shared advisory locks
a> SELECT pg_advisory_lock_shared(7)
b> SELECT pg_advisory_lock_shared(7)
c> SELECT pg_try_advisory_lock(7)
c> SELECT pg_advisory_lock(7)
a> SELECT pg_advisory_unlock_shared(7)
b> SELECT pg_advisory_unlock_shared(7)
a> SELECT pg_try_advisory_lock_shared(7)

== a deadlock of an advisory lock and a row
b> SET deadlock_timeout = '10s'
a> BEGIN
b> BEGIN
a> SELECT pg_advisory_xact_lock(1)
b> UPDATE jobs SET state = 'b' WHERE id = 1
a> UPDATE jobs SET state = 'a' WHERE id = 1
b> SELECT pg_advisory_xact_lock(1)
a>
a> ROLLBACK
b> COMMIT

== an advisory lock and lock_timeout
a> SELECT pg_advisory_lock(7)
b> SET lock_timeout = '50ms'
b> SELECT pg_advisory_lock(7)
b>
b> SELECT pg_try_advisory_lock(7)

== an error lets go of advisory locks of the transaction
a> BEGIN
a> SELECT pg_advisory_xact_lock(1)
b> SELECT pg_advisory_xact_lock(1)
a> SELECT 1 / 0
a> ROLLBACK

== whoever waits for longer comes first
a> SELECT pg_advisory_lock_shared(7)
b> SELECT pg_advisory_lock(7)
c> SELECT pg_advisory_lock_shared(7)
a> SELECT pg_advisory_unlock_shared(7)
b> SELECT pg_advisory_unlock(7)

== a lock on a view locks its table
+ CREATE VIEW open_jobs AS SELECT id FROM jobs WHERE state = 'new'
a> BEGIN
a> SELECT id FROM open_jobs ORDER BY id LIMIT 1 FOR UPDATE
b> SELECT id FROM jobs ORDER BY id FOR UPDATE SKIP LOCKED
a> COMMIT
