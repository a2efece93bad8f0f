-- The guide's users: schema, CRUD, search, errors.
CREATE TABLE IF NOT EXISTS users (id SERIAL PRIMARY KEY, username VARCHAR(50) UNIQUE NOT NULL, email VARCHAR(100) UNIQUE NOT NULL, full_name VARCHAR(100), is_active BOOLEAN DEFAULT true, tags JSON DEFAULT '[]', created_at TIMESTAMP DEFAULT '2026-01-01 10:00:00', updated_at TIMESTAMPTZ DEFAULT '2026-01-01 10:00:00.5+02')
CREATE INDEX IF NOT EXISTS idx_users_username ON users(username)
CREATE INDEX IF NOT EXISTS idx_users_username ON users(username)
CREATE INDEX idx_users_username ON users(username)
CREATE TABLE users (id int)
INSERT INTO users (username, email, full_name, tags) VALUES ($1, $2, $3, $4) RETURNING id, created_at, updated_at -- ['ann', 'a@x.org', None, []]
INSERT INTO users (username, email) VALUES ($1, $2) RETURNING id -- ['ann', 'b@x.org']
INSERT INTO users (username, email) VALUES ($1, $2) RETURNING id -- ['bob', 'a@x.org']
INSERT INTO users (username, email) VALUES ($1, $2) RETURNING id -- [None, 'c@x.org']
INSERT INTO users (username, email) VALUES ($1, $2) RETURNING id -- ['c' * 51, 'c@x.org']
INSERT INTO users (username, email) VALUES ($1, $2) RETURNING id -- ['a\x00b', 'c@x.org']
INSERT INTO users (username, email) VALUES ('toolongtoolongtoolongtoolongtoolongtoolongtoolongtoolong', 'q')
INSERT INTO users (username, email, full_name, tags) VALUES ($1, $2, $3, $4) RETURNING * -- ['eve', 'e@x.org', 'Éve', ['a', 1, None, {'b': 2.5}]]
INSERT INTO users (username, email) VALUES ($1, $2) -- ['x']
INSERT INTO users (username, email) VALUES ($1, $2) -- [5, 'y']
SELECT * FROM users WHERE id = $1 -- [1]
SELECT * FROM users WHERE id = $1 -- ['1']
SELECT * FROM users WHERE id = $1 -- [2**40]
SELECT * FROM users WHERE username = $1 -- ['eve']
UPDATE users SET full_name = $1, tags = $2, is_active = $3 WHERE id = $4 RETURNING * -- ['Ann', ['q'], False, 1]
UPDATE users SET username = 'eve' WHERE id = 1
UPDATE users SET username = NULL WHERE id = 1
UPDATE users SET nope = 1
UPDATE users SET id = 'x'
SELECT COUNT(*) FROM users WHERE (username ILIKE $1 OR email ILIKE $1 OR full_name ILIKE $1) AND is_active = $2 -- ['%é%', True]
SELECT COUNT(*) FROM users WHERE tags @> $1 -- [['q']]
SELECT COUNT(*) FROM users WHERE tags::jsonb @> $1 -- [['q']]
SELECT username FROM users WHERE is_active = $1 ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3 -- [True, 10, 0]
SELECT EXISTS(SELECT 1 FROM users WHERE username = $1) -- ['ann']
SELECT COUNT(*) FROM users
SELECT "a" FROM users
SELECT u.nope FROM users u
SELECT users.id FROM users u
SELECT x.id FROM users u
SELECT nosuch(1)
SELECT lower(id) FROM users
SELECT username + 1 FROM users
SELECT id FROM users WHERE username = 1
SELECT id FROM users WHERE id = 'abc'
SELECT id FROM users WHERE username
SELECT id, count(*) FROM users
SELECT is_active, count(*) FROM users GROUP BY is_active ORDER BY 1
SELECT username, count(*) FROM users GROUP BY id ORDER BY 1
SELECT username, count(*) FROM users GROUP BY email
SELECT id FROM users WHERE count(*) > 1
SELECT sum(count(*)) FROM users
SELECT 1 FROM nosuch
SELECT * FROM
SELEC 1
SELECT 'é', 'unterminated
DELETE FROM users WHERE id = $1 -- [1]
DELETE FROM users RETURNING id, username
SELECT (SELECT id FROM users), 1
