# Unique keys and foreign keys.
+ CREATE TABLE users (id serial PRIMARY KEY, email text UNIQUE, name text)
+ INSERT INTO users (email, name) VALUES ('a@x', 'Ann'), ('b@x', 'Bob')

== an equal key waits for the commit and is a duplicate
a> BEGIN
a> INSERT INTO users (email) VALUES ('new@x')
b> INSERT INTO users (email) VALUES ('new@x')
a> COMMIT
b> INSERT INTO users (email) VALUES ('other@x') RETURNING id

== an equal key waits for the rollback and is taken
a> BEGIN
a> INSERT INTO users (email) VALUES ('new@x') RETURNING id
b> INSERT INTO users (email) VALUES ('new@x') RETURNING id
a> ROLLBACK
b> SELECT id, email FROM users ORDER BY id

== a different key does not wait
a> BEGIN
a> INSERT INTO users (email) VALUES ('new@x')
b> INSERT INTO users (email) VALUES ('newer@x') RETURNING id
a> COMMIT

== the key of a deleted row waits
a> BEGIN
a> DELETE FROM users WHERE email = 'a@x'
b> INSERT INTO users (email) VALUES ('a@x') RETURNING id
a> COMMIT
b> SELECT id, email FROM users ORDER BY id

== the key of a deleted row is a duplicate after a rollback
a> BEGIN
a> DELETE FROM users WHERE email = 'a@x'
b> INSERT INTO users (email) VALUES ('a@x') RETURNING id
a> ROLLBACK

== the key that a row is about to lose
a> BEGIN
a> UPDATE users SET email = 'z@x' WHERE email = 'a@x'
b> INSERT INTO users (email) VALUES ('a@x')
c> INSERT INTO users (email) VALUES ('z@x')
a> COMMIT
b> SELECT email FROM users ORDER BY email

== an update to a key that somebody is about to take
a> BEGIN
a> INSERT INTO users (email) VALUES ('new@x')
b> UPDATE users SET email = 'new@x' WHERE id = 1
a> COMMIT

== a duplicate of a committed row does not wait
a> BEGIN
a> SELECT * FROM users WHERE email = 'a@x' FOR UPDATE
b> INSERT INTO users (email) VALUES ('a@x')
a> COMMIT

== a duplicate of a row that is being updated waits
a> BEGIN
a> UPDATE users SET name = 'Anna' WHERE email = 'a@x'
b> INSERT INTO users (email) VALUES ('a@x')
a> COMMIT

== do nothing, the other commits
a> BEGIN
a> INSERT INTO users (email) VALUES ('new@x') ON CONFLICT (email) DO NOTHING
b> INSERT INTO users (email) VALUES ('new@x') ON CONFLICT (email) DO NOTHING RETURNING id
a> COMMIT
b> SELECT email FROM users ORDER BY email

== do nothing, the other rolls back
a> BEGIN
a> INSERT INTO users (email) VALUES ('new@x')
b> INSERT INTO users (email) VALUES ('new@x') ON CONFLICT DO NOTHING
a> ROLLBACK
b> SELECT email FROM users ORDER BY email

== do update, the other commits
a> BEGIN
a> INSERT INTO users (email, name) VALUES ('new@x', 'first')
b> INSERT INTO users (email, name) VALUES ('new@x', 'second') ON CONFLICT (email) DO UPDATE SET name = users.name || '+' || excluded.name RETURNING name
a> COMMIT
b> SELECT email, name FROM users WHERE email = 'new@x'

== do update, the other rolls back
a> BEGIN
a> INSERT INTO users (email, name) VALUES ('new@x', 'first')
b> INSERT INTO users (email, name) VALUES ('new@x', 'second') ON CONFLICT (email) DO UPDATE SET name = users.name || '+' || excluded.name RETURNING name
a> ROLLBACK

== two upserts of one row
a> BEGIN
b> BEGIN
a> INSERT INTO users (email, name) VALUES ('a@x', '1') ON CONFLICT (email) DO UPDATE SET name = users.name || excluded.name
b> INSERT INTO users (email, name) VALUES ('a@x', '2') ON CONFLICT (email) DO UPDATE SET name = users.name || excluded.name
a> COMMIT
b> COMMIT
a> SELECT name FROM users WHERE email = 'a@x'

== do nothing under repeatable read meets a row that it does not see
a> BEGIN ISOLATION LEVEL REPEATABLE READ
a> SELECT count(*) FROM users
b> INSERT INTO users (email) VALUES ('new@x')
a> INSERT INTO users (email) VALUES ('new@x') ON CONFLICT DO NOTHING
a> ROLLBACK

== an insert under repeatable read meets a row that it does not see
a> BEGIN ISOLATION LEVEL REPEATABLE READ
a> SELECT count(*) FROM users
b> INSERT INTO users (email) VALUES ('new@x')
a> INSERT INTO users (email) VALUES ('new@x')
a> ROLLBACK

== a deadlock of two keys
b> SET deadlock_timeout = '10s'
a> BEGIN
b> BEGIN
a> INSERT INTO users (id, email) VALUES (11, 'k1@x')
b> INSERT INTO users (id, email) VALUES (12, 'k2@x')
a> INSERT INTO users (id, email) VALUES (13, 'k2@x')
b> INSERT INTO users (id, email) VALUES (14, 'k1@x')
a>
a> ROLLBACK
b> COMMIT

== an expression as a key
+ CREATE UNIQUE INDEX users_lower ON users (lower(name))
a> BEGIN
a> INSERT INTO users (email, name) VALUES ('c@x', 'CARL')
b> INSERT INTO users (email, name) VALUES ('d@x', 'carl')
a> COMMIT

== a partial key covers some rows
+ CREATE TABLE locks (id int, owner text, active bool)
+ CREATE UNIQUE INDEX one_active ON locks (id) WHERE active
a> BEGIN
a> INSERT INTO locks VALUES (1, 'a', true)
b> INSERT INTO locks VALUES (1, 'b', false)
b> INSERT INTO locks VALUES (1, 'b', true)
a> COMMIT

== nulls are no duplicates
a> BEGIN
a> INSERT INTO users (email) VALUES (NULL)
b> INSERT INTO users (email) VALUES (NULL)
a> COMMIT

== a child waits for the parent that is being deleted
+ CREATE TABLE posts (id int PRIMARY KEY, author int REFERENCES users (id))
a> BEGIN
a> DELETE FROM users WHERE id = 1
b> INSERT INTO posts VALUES (1, 1)
a> COMMIT

== a child finds its parent after a rollback
+ CREATE TABLE posts (id int PRIMARY KEY, author int REFERENCES users (id))
a> BEGIN
a> DELETE FROM users WHERE id = 1
b> INSERT INTO posts VALUES (1, 1)
a> ROLLBACK
b> SELECT * FROM posts

== the parent cannot go while a child comes
+ CREATE TABLE posts (id int PRIMARY KEY, author int REFERENCES users (id))
a> BEGIN
a> INSERT INTO posts VALUES (1, 1)
b> DELETE FROM users WHERE id = 1
a> COMMIT
b> SELECT count(*) FROM users

== the parent may change otherwise while a child comes
+ CREATE TABLE posts (id int PRIMARY KEY, author int REFERENCES users (id))
a> BEGIN
a> INSERT INTO posts VALUES (1, 1)
b> UPDATE users SET name = 'Anna' WHERE id = 1
b> UPDATE users SET id = 77 WHERE id = 1
a> COMMIT

== children of one parent do not wait for one another
+ CREATE TABLE posts (id int PRIMARY KEY, author int REFERENCES users (id))
a> BEGIN
b> BEGIN
a> INSERT INTO posts VALUES (1, 1)
b> INSERT INTO posts VALUES (2, 1)
a> COMMIT
b> COMMIT
a> SELECT * FROM posts ORDER BY id

== a parent that is not committed does not count
+ CREATE TABLE posts (id int PRIMARY KEY, author int REFERENCES users (id))
a> BEGIN
a> INSERT INTO users (id, email) VALUES (50, 'p@x')
b> INSERT INTO posts VALUES (1, 50)
a> INSERT INTO posts VALUES (2, 50)
a> COMMIT
b> INSERT INTO posts VALUES (1, 50)

== a cascade waits for the child
+ CREATE TABLE posts (id int PRIMARY KEY, author int REFERENCES users (id) ON DELETE CASCADE, body text)
+ INSERT INTO posts VALUES (1, 1, 'old')
a> BEGIN
a> UPDATE posts SET body = 'new' WHERE id = 1
b> DELETE FROM users WHERE id = 1
a> COMMIT
b> SELECT * FROM posts

== a snapshot that does not see the child
+ CREATE TABLE posts (id int PRIMARY KEY, author int REFERENCES users (id))
a> BEGIN ISOLATION LEVEL REPEATABLE READ
a> SELECT count(*) FROM posts
b> INSERT INTO posts VALUES (1, 1)
a> DELETE FROM users WHERE id = 1
a> ROLLBACK

== a row that waits for its parent has taken its key
+ CREATE TABLE posts (id int PRIMARY KEY, author int REFERENCES users (id))
b> SET deadlock_timeout = '10s'
a> BEGIN
b> BEGIN
b> SELECT id FROM users WHERE id = 1 FOR UPDATE
a> INSERT INTO posts VALUES (6, 1)
b> INSERT INTO posts VALUES (6, 2)
a>
b> COMMIT
a> ROLLBACK

== an upsert looks at the key that it names first
a> BEGIN
a> INSERT INTO users (id, email) VALUES (10, 'k@x')
b> INSERT INTO users (id, email) VALUES (1, 'k@x') ON CONFLICT (id) DO NOTHING
b> INSERT INTO users (id, email) VALUES (1, 'k@x')
a> COMMIT

== a snapshot and a parent whose key has not changed
+ CREATE TABLE posts (id int PRIMARY KEY, author int REFERENCES users (id))
a> BEGIN ISOLATION LEVEL REPEATABLE READ
a> SELECT count(*) FROM users
b> UPDATE users SET name = 'x' WHERE id = 1
b> UPDATE users SET id = 20 WHERE id = 2
a> INSERT INTO posts VALUES (1, 1)
a> INSERT INTO posts VALUES (2, 2)
a> ROLLBACK

== a key that is changed, and children that do not refer to it
+ CREATE TABLE posts (id int PRIMARY KEY, author int REFERENCES users (id) ON UPDATE CASCADE)
a> BEGIN ISOLATION LEVEL REPEATABLE READ
a> SELECT count(*) FROM posts
b> INSERT INTO posts VALUES (1, 1)
a> UPDATE users SET email = 'new@x' WHERE id = 1
a> UPDATE users SET id = 70 WHERE id = 1
a> ROLLBACK

== a parent that was committed while the child waited
+ CREATE TABLE posts (id int PRIMARY KEY, author int REFERENCES users (id))
+ INSERT INTO posts VALUES (1, 1)
a> BEGIN
a> INSERT INTO users (id, email) VALUES (50, 'p@x')
a> UPDATE posts SET author = 2 WHERE id = 1
b> UPDATE posts SET author = 50 WHERE id = 1
a> COMMIT
b> SELECT * FROM posts
