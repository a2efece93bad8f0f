# SERIALIZABLE.
+ CREATE TABLE doctors (id int PRIMARY KEY, name text, on_call bool NOT NULL)
+ INSERT INTO doctors VALUES (1, 'alice', true), (2, 'bob', true)
+ CREATE TABLE mytab (class int, value int)
+ INSERT INTO mytab VALUES (1, 10), (1, 20), (2, 100), (2, 200)

== write skew under repeatable read
a> BEGIN ISOLATION LEVEL REPEATABLE READ
b> BEGIN ISOLATION LEVEL REPEATABLE READ
a> SELECT count(*) FROM doctors WHERE on_call
b> SELECT count(*) FROM doctors WHERE on_call
a> UPDATE doctors SET on_call = false WHERE name = 'alice'
b> UPDATE doctors SET on_call = false WHERE name = 'bob'
a> COMMIT
b> COMMIT
a> SELECT count(*) FROM doctors WHERE on_call

== write skew is refused
a> BEGIN ISOLATION LEVEL SERIALIZABLE
b> BEGIN ISOLATION LEVEL SERIALIZABLE
a> SELECT count(*) FROM doctors WHERE on_call
b> SELECT count(*) FROM doctors WHERE on_call
a> UPDATE doctors SET on_call = false WHERE name = 'alice'
b> UPDATE doctors SET on_call = false WHERE name = 'bob'
a> COMMIT
b> COMMIT
b> ROLLBACK
a> SELECT count(*) FROM doctors WHERE on_call

== write skew where the first commits before the second writes
a> BEGIN ISOLATION LEVEL SERIALIZABLE
b> BEGIN ISOLATION LEVEL SERIALIZABLE
a> SELECT count(*) FROM doctors WHERE on_call
b> SELECT count(*) FROM doctors WHERE on_call
a> UPDATE doctors SET on_call = false WHERE name = 'alice'
a> COMMIT
b> UPDATE doctors SET on_call = false WHERE name = 'bob'
b> ROLLBACK

== sums of each other's class, the manual's example
a> BEGIN ISOLATION LEVEL SERIALIZABLE
b> BEGIN ISOLATION LEVEL SERIALIZABLE
a> SELECT sum(value) FROM mytab WHERE class = 1
a> INSERT INTO mytab VALUES (2, 30)
b> SELECT sum(value) FROM mytab WHERE class = 2
b> INSERT INTO mytab VALUES (1, 300)
b> COMMIT
a> COMMIT
a> ROLLBACK

== one after the other is fine
a> BEGIN ISOLATION LEVEL SERIALIZABLE
a> SELECT sum(value) FROM mytab WHERE class = 1
a> INSERT INTO mytab VALUES (2, 30)
a> COMMIT
b> BEGIN ISOLATION LEVEL SERIALIZABLE
b> SELECT sum(value) FROM mytab WHERE class = 2
b> INSERT INTO mytab VALUES (1, 300)
b> COMMIT

== one dependency is fine
a> BEGIN ISOLATION LEVEL SERIALIZABLE
b> BEGIN ISOLATION LEVEL SERIALIZABLE
a> SELECT count(*) FROM mytab
b> INSERT INTO mytab VALUES (3, 3)
b> COMMIT
a> SELECT count(*) FROM mytab
a> COMMIT

== a concurrent update is refused at once
a> BEGIN ISOLATION LEVEL SERIALIZABLE
b> BEGIN ISOLATION LEVEL SERIALIZABLE
a> SELECT count(*) FROM doctors
b> UPDATE doctors SET on_call = false WHERE id = 1
b> COMMIT
a> UPDATE doctors SET on_call = false WHERE id = 1
a> ROLLBACK

== rows by primary key
a> BEGIN ISOLATION LEVEL SERIALIZABLE
b> BEGIN ISOLATION LEVEL SERIALIZABLE
a> SELECT on_call FROM doctors WHERE id = 1
b> SELECT on_call FROM doctors WHERE id = 2
a> UPDATE doctors SET on_call = false WHERE id = 1
b> UPDATE doctors SET on_call = false WHERE id = 2
a> COMMIT
b> COMMIT

== crosswise by primary key
a> BEGIN ISOLATION LEVEL SERIALIZABLE
b> BEGIN ISOLATION LEVEL SERIALIZABLE
a> SELECT on_call FROM doctors WHERE id = 1
b> SELECT on_call FROM doctors WHERE id = 2
a> UPDATE doctors SET on_call = false WHERE id = 2
b> UPDATE doctors SET on_call = false WHERE id = 1
a> COMMIT
b> COMMIT
b> ROLLBACK

== a reader of both sees an impossible state
+ CREATE TABLE control (deposit_no int)
+ INSERT INTO control VALUES (1)
+ CREATE TABLE receipts (deposit_no int, payee text)
a> BEGIN ISOLATION LEVEL SERIALIZABLE
a> INSERT INTO receipts SELECT deposit_no, 'ann' FROM control
b> BEGIN ISOLATION LEVEL SERIALIZABLE
b> UPDATE control SET deposit_no = 2
b> COMMIT
c> BEGIN ISOLATION LEVEL SERIALIZABLE
c> SELECT deposit_no FROM control
c> SELECT count(*) FROM receipts WHERE deposit_no = 1
c> COMMIT
a> COMMIT
a> ROLLBACK

== a rolled back partner does not count
a> BEGIN ISOLATION LEVEL SERIALIZABLE
b> BEGIN ISOLATION LEVEL SERIALIZABLE
a> SELECT count(*) FROM doctors WHERE on_call
b> SELECT count(*) FROM doctors WHERE on_call
a> UPDATE doctors SET on_call = false WHERE name = 'alice'
b> UPDATE doctors SET on_call = false WHERE name = 'bob'
a> ROLLBACK
b> COMMIT

== transactions of other levels take no part
a> BEGIN ISOLATION LEVEL SERIALIZABLE
b> BEGIN ISOLATION LEVEL REPEATABLE READ
a> SELECT count(*) FROM doctors WHERE on_call
b> SELECT count(*) FROM doctors WHERE on_call
a> UPDATE doctors SET on_call = false WHERE name = 'alice'
b> UPDATE doctors SET on_call = false WHERE name = 'bob'
a> COMMIT
b> COMMIT

== the pivot is cancelled at its next statement
a> BEGIN ISOLATION LEVEL SERIALIZABLE
b> BEGIN ISOLATION LEVEL SERIALIZABLE
a> SELECT sum(value) FROM mytab
b> SELECT sum(value) FROM mytab
a> INSERT INTO mytab VALUES (1, 1)
b> INSERT INTO mytab VALUES (1, 2)
a> COMMIT
b> SELECT sum(value) FROM mytab
b> ROLLBACK

== insert if absent
+ CREATE TABLE slots (day int, who text)
a> BEGIN ISOLATION LEVEL SERIALIZABLE
b> BEGIN ISOLATION LEVEL SERIALIZABLE
a> SELECT * FROM slots WHERE day = 1
b> SELECT * FROM slots WHERE day = 1
a> INSERT INTO slots VALUES (1, 'a')
b> INSERT INTO slots VALUES (1, 'b')
a> COMMIT
b> COMMIT
b> ROLLBACK
a> SELECT * FROM slots
