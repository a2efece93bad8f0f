== world 1
BEGIN
SELECT pg_advisory_xact_lock($1)
    <- 980396601555899289
2> BEGIN
3> BEGIN
4> BEGIN
5> BEGIN
CREATE TABLE IF NOT EXISTS users (
            id SERIAL PRIMARY KEY,
            username VARCHAR(50) NOT NULL,
            email VARCHAR(100) NOT NULL,
            full_name VARCHAR(100),
            is_active BOOLEAN NOT NULL DEFAULT true,
            tags JSONB NOT NULL DEFAULT '[]',
            version INTEGER NOT NULL DEFAULT 1,
            created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
        )
CREATE UNIQUE INDEX IF NOT EXISTS users_username_key ON users (lower(username))
CREATE UNIQUE INDEX IF NOT EXISTS users_email_key ON users (lower(email))
COMMIT
2> SELECT pg_advisory_xact_lock($1)
    <- 980396601555899289
2> CREATE TABLE IF NOT EXISTS users (
            id SERIAL PRIMARY KEY,
            username VARCHAR(50) NOT NULL,
            email VARCHAR(100) NOT NULL,
            full_name VARCHAR(100),
            is_active BOOLEAN NOT NULL DEFAULT true,
            tags JSONB NOT NULL DEFAULT '[]',
            version INTEGER NOT NULL DEFAULT 1,
            created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
        )
2> CREATE UNIQUE INDEX IF NOT EXISTS users_username_key ON users (lower(username))
2> CREATE UNIQUE INDEX IF NOT EXISTS users_email_key ON users (lower(email))
2> COMMIT
3> SELECT pg_advisory_xact_lock($1)
    <- 980396601555899289
3> CREATE TABLE IF NOT EXISTS users (
            id SERIAL PRIMARY KEY,
            username VARCHAR(50) NOT NULL,
            email VARCHAR(100) NOT NULL,
            full_name VARCHAR(100),
            is_active BOOLEAN NOT NULL DEFAULT true,
            tags JSONB NOT NULL DEFAULT '[]',
            version INTEGER NOT NULL DEFAULT 1,
            created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
        )
3> CREATE UNIQUE INDEX IF NOT EXISTS users_username_key ON users (lower(username))
3> CREATE UNIQUE INDEX IF NOT EXISTS users_email_key ON users (lower(email))
3> COMMIT
4> SELECT pg_advisory_xact_lock($1)
    <- 980396601555899289
4> CREATE TABLE IF NOT EXISTS users (
            id SERIAL PRIMARY KEY,
            username VARCHAR(50) NOT NULL,
            email VARCHAR(100) NOT NULL,
            full_name VARCHAR(100),
            is_active BOOLEAN NOT NULL DEFAULT true,
            tags JSONB NOT NULL DEFAULT '[]',
            version INTEGER NOT NULL DEFAULT 1,
            created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
        )
4> CREATE UNIQUE INDEX IF NOT EXISTS users_username_key ON users (lower(username))
4> CREATE UNIQUE INDEX IF NOT EXISTS users_email_key ON users (lower(email))
4> COMMIT
5> SELECT pg_advisory_xact_lock($1)
    <- 980396601555899289
5> CREATE TABLE IF NOT EXISTS users (
            id SERIAL PRIMARY KEY,
            username VARCHAR(50) NOT NULL,
            email VARCHAR(100) NOT NULL,
            full_name VARCHAR(100),
            is_active BOOLEAN NOT NULL DEFAULT true,
            tags JSONB NOT NULL DEFAULT '[]',
            version INTEGER NOT NULL DEFAULT 1,
            created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
        )
5> CREATE UNIQUE INDEX IF NOT EXISTS users_username_key ON users (lower(username))
5> CREATE UNIQUE INDEX IF NOT EXISTS users_email_key ON users (lower(email))
5> COMMIT
5> INSERT INTO users (username, email, full_name, is_active, tags, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $6)
                RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 'ann', 'ann@example.org', None, True, [], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
5> SELECT count(*) FROM users
5> SELECT count(*) FROM users
5> SELECT count(*) FROM users
5> SELECT count(*) FROM users
5> SELECT count(*) FROM users

== world 2
BEGIN
SELECT pg_advisory_xact_lock($1)
    <- 980396601555899289
CREATE TABLE IF NOT EXISTS users (
            id SERIAL PRIMARY KEY,
            username VARCHAR(50) NOT NULL,
            email VARCHAR(100) NOT NULL,
            full_name VARCHAR(100),
            is_active BOOLEAN NOT NULL DEFAULT true,
            tags JSONB NOT NULL DEFAULT '[]',
            version INTEGER NOT NULL DEFAULT 1,
            created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
        )
CREATE UNIQUE INDEX IF NOT EXISTS users_username_key ON users (lower(username))
CREATE UNIQUE INDEX IF NOT EXISTS users_email_key ON users (lower(email))
COMMIT
INSERT INTO users (username, email, full_name, is_active, tags, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $6)
                RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 'ann', 'ann@example.org', None, True, [], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users WHERE id = $1
    <- 1
2> SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users WHERE id = $1
    <- 1
3> SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users WHERE id = $1
    <- 1
4> SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users WHERE id = $1
    <- 1
UPDATE users SET tags = $2, updated_at = $3, version = version + 1 WHERE id = $1 AND version = $4 RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 1, ['a'], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), 1
2> UPDATE users SET tags = $2, updated_at = $3, version = version + 1 WHERE id = $1 AND version = $4 RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 1, ['b'], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), 1
3> UPDATE users SET tags = $2, updated_at = $3, version = version + 1 WHERE id = $1 AND version = $4 RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 1, ['c'], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), 1
4> UPDATE users SET tags = $2, updated_at = $3, version = version + 1 WHERE id = $1 AND version = $4 RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 1, ['d'], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), 1
2> SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users WHERE id = $1
    <- 1
3> SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users WHERE id = $1
    <- 1
4> SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users WHERE id = $1
    <- 1
2> SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users WHERE id = $1
    <- 1
3> SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users WHERE id = $1
    <- 1
4> SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users WHERE id = $1
    <- 1
2> UPDATE users SET tags = $2, updated_at = $3, version = version + 1 WHERE id = $1 AND version = $4 RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 1, ['a', 'b'], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), 2
3> UPDATE users SET tags = $2, updated_at = $3, version = version + 1 WHERE id = $1 AND version = $4 RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 1, ['a', 'c'], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), 2
4> UPDATE users SET tags = $2, updated_at = $3, version = version + 1 WHERE id = $1 AND version = $4 RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 1, ['a', 'd'], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), 2
3> SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users WHERE id = $1
    <- 1
4> SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users WHERE id = $1
    <- 1
3> SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users WHERE id = $1
    <- 1
4> SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users WHERE id = $1
    <- 1
3> UPDATE users SET tags = $2, updated_at = $3, version = version + 1 WHERE id = $1 AND version = $4 RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 1, ['a', 'b', 'c'], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), 3
4> UPDATE users SET tags = $2, updated_at = $3, version = version + 1 WHERE id = $1 AND version = $4 RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 1, ['a', 'b', 'd'], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), 3
4> SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users WHERE id = $1
    <- 1
4> SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users WHERE id = $1
    <- 1
4> UPDATE users SET tags = $2, updated_at = $3, version = version + 1 WHERE id = $1 AND version = $4 RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 1, ['a', 'b', 'c', 'd'], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), 4
4> SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users WHERE id = $1
    <- 1

== world 3
CREATE TABLE IF NOT EXISTS notes (
        id SERIAL PRIMARY KEY,
        slug VARCHAR(60) UNIQUE NOT NULL CHECK (slug <> ''),
        body TEXT NOT NULL DEFAULT '',
        labels JSONB NOT NULL DEFAULT '[]',
        created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
        updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
    )
BEGIN
SELECT pg_advisory_xact_lock(7001)
INSERT INTO notes (slug, body, labels) VALUES ($1, $2, $3)
                    ON CONFLICT (slug) DO NOTHING
                    RETURNING *
    <- 'n0', '0% done', []
COMMIT
BEGIN
SELECT pg_advisory_xact_lock(7001)
INSERT INTO notes (slug, body, labels) VALUES ($1, $2, $3)
                    ON CONFLICT (slug) DO NOTHING
                    RETURNING *
    <- 'n1', '25% done', ['odd']
COMMIT
BEGIN
SELECT pg_advisory_xact_lock(7001)
INSERT INTO notes (slug, body, labels) VALUES ($1, $2, $3)
                    ON CONFLICT (slug) DO NOTHING
                    RETURNING *
    <- 'n2', '50% done', []
COMMIT
BEGIN
SELECT pg_advisory_xact_lock(7001)
INSERT INTO notes (slug, body, labels) VALUES ($1, $2, $3)
                    ON CONFLICT (slug) DO NOTHING
                    RETURNING *
    <- 'n3', '75% done', ['odd']
COMMIT
BEGIN
SELECT pg_advisory_xact_lock(7001)
INSERT INTO notes (slug, body, labels) VALUES ($1, $2, $3)
                    ON CONFLICT (slug) DO NOTHING
                    RETURNING *
    <- 'n4', '100% done', []
COMMIT
BEGIN ISOLATION LEVEL REPEATABLE READ
SELECT count(*) FROM notes WHERE ($1::text IS NULL OR body ILIKE $1) AND ($2::jsonb IS NULL OR labels @> $2)
    <- None, None
SELECT * FROM notes WHERE ($1::text IS NULL OR body ILIKE $1) AND ($2::jsonb IS NULL OR labels @> $2) ORDER BY created_at DESC, id DESC LIMIT $3 OFFSET $4
    <- None, None, 2, 0
COMMIT
BEGIN ISOLATION LEVEL REPEATABLE READ
SELECT count(*) FROM notes WHERE ($1::text IS NULL OR body ILIKE $1) AND ($2::jsonb IS NULL OR labels @> $2)
    <- None, ['odd']
SELECT * FROM notes WHERE ($1::text IS NULL OR body ILIKE $1) AND ($2::jsonb IS NULL OR labels @> $2) ORDER BY created_at DESC, id DESC LIMIT $3 OFFSET $4
    <- None, ['odd'], 20, 0
COMMIT
BEGIN ISOLATION LEVEL REPEATABLE READ
SELECT count(*) FROM notes WHERE ($1::text IS NULL OR body ILIKE $1) AND ($2::jsonb IS NULL OR labels @> $2)
    <- '%0\\% D%', None
SELECT * FROM notes WHERE ($1::text IS NULL OR body ILIKE $1) AND ($2::jsonb IS NULL OR labels @> $2) ORDER BY created_at DESC, id DESC LIMIT $3 OFFSET $4
    <- '%0\\% D%', None, 20, 0
COMMIT

== world 4
BEGIN
SELECT pg_advisory_xact_lock($1)
    <- 980396601555899289
CREATE TABLE IF NOT EXISTS users (
            id SERIAL PRIMARY KEY,
            username VARCHAR(50) NOT NULL,
            email VARCHAR(100) NOT NULL,
            full_name VARCHAR(100),
            is_active BOOLEAN NOT NULL DEFAULT true,
            tags JSONB NOT NULL DEFAULT '[]',
            version INTEGER NOT NULL DEFAULT 1,
            created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
        )
CREATE UNIQUE INDEX IF NOT EXISTS users_username_key ON users (lower(username))
CREATE UNIQUE INDEX IF NOT EXISTS users_email_key ON users (lower(email))
COMMIT
INSERT INTO users (username, email, full_name, is_active, tags, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $6)
                RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 'user0', 'user0@example.org', None, True, [], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
SELECT counted.total, page.*
                FROM (SELECT count(*) AS total FROM users ) AS counted
                LEFT JOIN (
                    SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users  ORDER BY created_at DESC, id DESC LIMIT $1 OFFSET $2
                ) AS page ON true
                ORDER BY page.created_at DESC, page.id DESC
    <- 100, 0
2> INSERT INTO users (username, email, full_name, is_active, tags, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $6)
                RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 'user1', 'user1@example.org', None, True, [], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
SELECT counted.total, page.*
                FROM (SELECT count(*) AS total FROM users ) AS counted
                LEFT JOIN (
                    SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users  ORDER BY created_at DESC, id DESC LIMIT $1 OFFSET $2
                ) AS page ON true
                ORDER BY page.created_at DESC, page.id DESC
    <- 100, 0
2> INSERT INTO users (username, email, full_name, is_active, tags, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $6)
                RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 'user2', 'user2@example.org', None, True, [], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
SELECT counted.total, page.*
                FROM (SELECT count(*) AS total FROM users ) AS counted
                LEFT JOIN (
                    SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users  ORDER BY created_at DESC, id DESC LIMIT $1 OFFSET $2
                ) AS page ON true
                ORDER BY page.created_at DESC, page.id DESC
    <- 100, 0
2> INSERT INTO users (username, email, full_name, is_active, tags, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $6)
                RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 'user3', 'user3@example.org', None, True, [], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
SELECT counted.total, page.*
                FROM (SELECT count(*) AS total FROM users ) AS counted
                LEFT JOIN (
                    SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users  ORDER BY created_at DESC, id DESC LIMIT $1 OFFSET $2
                ) AS page ON true
                ORDER BY page.created_at DESC, page.id DESC
    <- 100, 0
2> INSERT INTO users (username, email, full_name, is_active, tags, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $6)
                RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 'user4', 'user4@example.org', None, True, [], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
SELECT counted.total, page.*
                FROM (SELECT count(*) AS total FROM users ) AS counted
                LEFT JOIN (
                    SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users  ORDER BY created_at DESC, id DESC LIMIT $1 OFFSET $2
                ) AS page ON true
                ORDER BY page.created_at DESC, page.id DESC
    <- 100, 0
2> INSERT INTO users (username, email, full_name, is_active, tags, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $6)
                RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 'user5', 'user5@example.org', None, True, [], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
SELECT counted.total, page.*
                FROM (SELECT count(*) AS total FROM users ) AS counted
                LEFT JOIN (
                    SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users  ORDER BY created_at DESC, id DESC LIMIT $1 OFFSET $2
                ) AS page ON true
                ORDER BY page.created_at DESC, page.id DESC
    <- 100, 0
2> INSERT INTO users (username, email, full_name, is_active, tags, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $6)
                RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 'user6', 'user6@example.org', None, True, [], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
SELECT counted.total, page.*
                FROM (SELECT count(*) AS total FROM users ) AS counted
                LEFT JOIN (
                    SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users  ORDER BY created_at DESC, id DESC LIMIT $1 OFFSET $2
                ) AS page ON true
                ORDER BY page.created_at DESC, page.id DESC
    <- 100, 0
2> INSERT INTO users (username, email, full_name, is_active, tags, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $6)
                RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 'user7', 'user7@example.org', None, True, [], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
SELECT counted.total, page.*
                FROM (SELECT count(*) AS total FROM users ) AS counted
                LEFT JOIN (
                    SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users  ORDER BY created_at DESC, id DESC LIMIT $1 OFFSET $2
                ) AS page ON true
                ORDER BY page.created_at DESC, page.id DESC
    <- 100, 0
2> INSERT INTO users (username, email, full_name, is_active, tags, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $6)
                RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 'user8', 'user8@example.org', None, True, [], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
SELECT counted.total, page.*
                FROM (SELECT count(*) AS total FROM users ) AS counted
                LEFT JOIN (
                    SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users  ORDER BY created_at DESC, id DESC LIMIT $1 OFFSET $2
                ) AS page ON true
                ORDER BY page.created_at DESC, page.id DESC
    <- 100, 0
2> INSERT INTO users (username, email, full_name, is_active, tags, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $6)
                RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 'user9', 'user9@example.org', None, True, [], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
SELECT counted.total, page.*
                FROM (SELECT count(*) AS total FROM users ) AS counted
                LEFT JOIN (
                    SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users  ORDER BY created_at DESC, id DESC LIMIT $1 OFFSET $2
                ) AS page ON true
                ORDER BY page.created_at DESC, page.id DESC
    <- 100, 0
SELECT counted.total, page.*
                FROM (SELECT count(*) AS total FROM users ) AS counted
                LEFT JOIN (
                    SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users  ORDER BY created_at DESC, id DESC LIMIT $1 OFFSET $2
                ) AS page ON true
                ORDER BY page.created_at DESC, page.id DESC
    <- 20, 0

== world 5
CREATE TABLE IF NOT EXISTS notes (
        id SERIAL PRIMARY KEY,
        slug VARCHAR(60) UNIQUE NOT NULL CHECK (slug <> ''),
        body TEXT NOT NULL DEFAULT '',
        labels JSONB NOT NULL DEFAULT '[]',
        created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
        updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
    )
BEGIN
2> BEGIN
3> BEGIN
4> BEGIN
5> BEGIN
SELECT pg_advisory_xact_lock(7001)
INSERT INTO notes (slug, body, labels) VALUES ($1, $2, $3)
                    ON CONFLICT (slug) DO NOTHING
                    RETURNING *
    <- 'a', '', []
COMMIT
2> SELECT pg_advisory_xact_lock(7001)
2> INSERT INTO notes (slug, body, labels) VALUES ($1, $2, $3)
                    ON CONFLICT (slug) DO NOTHING
                    RETURNING *
    <- 'a', '', []
2> COMMIT
3> SELECT pg_advisory_xact_lock(7001)
3> INSERT INTO notes (slug, body, labels) VALUES ($1, $2, $3)
                    ON CONFLICT (slug) DO NOTHING
                    RETURNING *
    <- 'a', '', []
3> COMMIT
4> SELECT pg_advisory_xact_lock(7001)
4> INSERT INTO notes (slug, body, labels) VALUES ($1, $2, $3)
                    ON CONFLICT (slug) DO NOTHING
                    RETURNING *
    <- 'a', '', []
4> COMMIT
5> SELECT pg_advisory_xact_lock(7001)
5> INSERT INTO notes (slug, body, labels) VALUES ($1, $2, $3)
                    ON CONFLICT (slug) DO NOTHING
                    RETURNING *
    <- 'a', '', []
5> COMMIT
5> SELECT * FROM "notes"

== world 6
BEGIN
SELECT pg_advisory_xact_lock($1)
    <- 980396601555899289
CREATE TABLE IF NOT EXISTS users (
            id SERIAL PRIMARY KEY,
            username VARCHAR(50) NOT NULL,
            email VARCHAR(100) NOT NULL,
            full_name VARCHAR(100),
            is_active BOOLEAN NOT NULL DEFAULT true,
            tags JSONB NOT NULL DEFAULT '[]',
            version INTEGER NOT NULL DEFAULT 1,
            created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
        )
CREATE UNIQUE INDEX IF NOT EXISTS users_username_key ON users (lower(username))
CREATE UNIQUE INDEX IF NOT EXISTS users_email_key ON users (lower(email))
COMMIT
INSERT INTO users (username, email, full_name, is_active, tags, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $6)
                RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 'ann', 'ann@example.org', None, True, [], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users WHERE id = $1
    <- 1
UPDATE users SET full_name = $2, updated_at = $3, version = version + 1 WHERE id = $1 RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 1, 'Ann A.', datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users WHERE id = $1
    <- 1
UPDATE users SET is_active = $2, updated_at = $3, version = version + 1 WHERE id = $1 RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 1, False, datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users WHERE id = $1
    <- 1
DELETE FROM users WHERE id = $1
    <- 1
SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users WHERE id = $1
    <- 1
BEGIN
SELECT pg_advisory_xact_lock($1)
    <- 4651843034480273612
CREATE TABLE IF NOT EXISTS nexus_events (
            id TEXT PRIMARY KEY,
            event_type TEXT NOT NULL,
            user_id TEXT,
            properties JSONB NOT NULL,
            occurred_at TIMESTAMPTZ NOT NULL,
            arrival BIGSERIAL NOT NULL
        )
CREATE INDEX IF NOT EXISTS nexus_events_occurred_at_idx ON nexus_events (occurred_at)
many> INSERT INTO nexus_events (id, event_type, user_id, properties, occurred_at)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (id) DO NOTHING
    <- [('user_created-1-2026-01-01T00:00:00+00:00', 'user_created', '1', {'registration_source': 'unknown'}, datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))]
COMMIT

== world 7
CREATE TABLE IF NOT EXISTS notes (
        id SERIAL PRIMARY KEY,
        slug VARCHAR(60) UNIQUE NOT NULL CHECK (slug <> ''),
        body TEXT NOT NULL DEFAULT '',
        labels JSONB NOT NULL DEFAULT '[]',
        created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
        updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
    )
BEGIN
SELECT pg_advisory_xact_lock(7001)
SELECT count(*) FROM notes
INSERT INTO notes (slug, body, labels) VALUES ($1, $2, $3)
                    ON CONFLICT (slug) DO NOTHING
                    RETURNING *
    <- 'n0', '', []
COMMIT
BEGIN
SELECT pg_advisory_xact_lock(7001)
SELECT count(*) FROM notes
INSERT INTO notes (slug, body, labels) VALUES ($1, $2, $3)
                    ON CONFLICT (slug) DO NOTHING
                    RETURNING *
    <- 'n1', '', []
COMMIT
BEGIN
SELECT pg_advisory_xact_lock(7001)
SELECT count(*) FROM notes
INSERT INTO notes (slug, body, labels) VALUES ($1, $2, $3)
                    ON CONFLICT (slug) DO NOTHING
                    RETURNING *
    <- 'n2', '', []
COMMIT
BEGIN
SELECT pg_advisory_xact_lock(7001)
SELECT count(*) FROM notes
ROLLBACK

== world 8
BEGIN
SELECT pg_advisory_xact_lock($1)
    <- 980396601555899289
CREATE TABLE IF NOT EXISTS users (
            id SERIAL PRIMARY KEY,
            username VARCHAR(50) NOT NULL,
            email VARCHAR(100) NOT NULL,
            full_name VARCHAR(100),
            is_active BOOLEAN NOT NULL DEFAULT true,
            tags JSONB NOT NULL DEFAULT '[]',
            version INTEGER NOT NULL DEFAULT 1,
            created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
        )
CREATE UNIQUE INDEX IF NOT EXISTS users_username_key ON users (lower(username))
CREATE UNIQUE INDEX IF NOT EXISTS users_email_key ON users (lower(email))
COMMIT
BEGIN
SELECT pg_advisory_xact_lock($1)
    <- 4651843034480273612
CREATE TABLE IF NOT EXISTS nexus_events (
            id TEXT PRIMARY KEY,
            event_type TEXT NOT NULL,
            user_id TEXT,
            properties JSONB NOT NULL,
            occurred_at TIMESTAMPTZ NOT NULL,
            arrival BIGSERIAL NOT NULL
        )
CREATE INDEX IF NOT EXISTS nexus_events_occurred_at_idx ON nexus_events (occurred_at)
COMMIT
SELECT id, event_type, user_id, properties, occurred_at FROM nexus_events ORDER BY occurred_at, arrival
BEGIN
SELECT pg_advisory_xact_lock($1)
    <- 4651843034480273612
CREATE TABLE IF NOT EXISTS nexus_events (
            id TEXT PRIMARY KEY,
            event_type TEXT NOT NULL,
            user_id TEXT,
            properties JSONB NOT NULL,
            occurred_at TIMESTAMPTZ NOT NULL,
            arrival BIGSERIAL NOT NULL
        )
CREATE INDEX IF NOT EXISTS nexus_events_occurred_at_idx ON nexus_events (occurred_at)
many> INSERT INTO nexus_events (id, event_type, user_id, properties, occurred_at)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (id) DO NOTHING
    <- [('20260101T000000.000000-9476102161a2ddcadef333f0', 'click', None, {'number': 0}, datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)), ('20260101T000000.000000-1a4adfc0cfab05befae00831', 'click', None, {'number': 1}, datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)), ('20260101T000000.000000-7d3fe0a2d26e086fc4129e4f', 'click', None, {'number': 2}, datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))]
COMMIT
SELECT id, event_type, user_id, properties, occurred_at FROM nexus_events ORDER BY occurred_at, arrival

== world 9
CREATE TABLE IF NOT EXISTS users (
                    id SERIAL PRIMARY KEY,
                    username VARCHAR(50) UNIQUE NOT NULL,
                    email VARCHAR(100) UNIQUE NOT NULL,
                    full_name VARCHAR(100),
                    is_active BOOLEAN DEFAULT true,
                    tags JSON DEFAULT '[]',
                    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
                    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
                )
CREATE INDEX IF NOT EXISTS idx_users_username ON users(username)
CREATE INDEX IF NOT EXISTS idx_users_email ON users(email)
SELECT EXISTS(SELECT 1 FROM users WHERE username = $1)
    <- 'ann'
2> SELECT EXISTS(SELECT 1 FROM users WHERE username = $1)
    <- 'ann'
3> SELECT EXISTS(SELECT 1 FROM users WHERE username = $1)
    <- 'ann'
4> SELECT EXISTS(SELECT 1 FROM users WHERE username = $1)
    <- 'ann'
5> SELECT EXISTS(SELECT 1 FROM users WHERE username = $1)
    <- 'ann'
SELECT EXISTS(SELECT 1 FROM users WHERE email = $1)
    <- 'ann@example.org'
2> SELECT EXISTS(SELECT 1 FROM users WHERE email = $1)
    <- 'ann@example.org'
3> SELECT EXISTS(SELECT 1 FROM users WHERE email = $1)
    <- 'ann@example.org'
4> SELECT EXISTS(SELECT 1 FROM users WHERE email = $1)
    <- 'ann@example.org'
5> SELECT EXISTS(SELECT 1 FROM users WHERE email = $1)
    <- 'ann@example.org'
INSERT INTO users (username, email, full_name, tags)
                VALUES ($1, $2, $3, $4)
                RETURNING id, created_at, updated_at
    <- 'ann', 'ann@example.org', 'Ann', ['a', 'b']
2> INSERT INTO users (username, email, full_name, tags)
                VALUES ($1, $2, $3, $4)
                RETURNING id, created_at, updated_at
    <- 'ann', 'ann@example.org', 'Ann', ['a', 'b']
3> INSERT INTO users (username, email, full_name, tags)
                VALUES ($1, $2, $3, $4)
                RETURNING id, created_at, updated_at
    <- 'ann', 'ann@example.org', 'Ann', ['a', 'b']
4> INSERT INTO users (username, email, full_name, tags)
                VALUES ($1, $2, $3, $4)
                RETURNING id, created_at, updated_at
    <- 'ann', 'ann@example.org', 'Ann', ['a', 'b']
5> INSERT INTO users (username, email, full_name, tags)
                VALUES ($1, $2, $3, $4)
                RETURNING id, created_at, updated_at
    <- 'ann', 'ann@example.org', 'Ann', ['a', 'b']
5> SELECT * FROM "users"

== world 10
BEGIN
SELECT pg_advisory_xact_lock($1)
    <- 4651843034480273612
CREATE TABLE IF NOT EXISTS nexus_events (
            id TEXT PRIMARY KEY,
            event_type TEXT NOT NULL,
            user_id TEXT,
            properties JSONB NOT NULL,
            occurred_at TIMESTAMPTZ NOT NULL,
            arrival BIGSERIAL NOT NULL
        )
CREATE INDEX IF NOT EXISTS nexus_events_occurred_at_idx ON nexus_events (occurred_at)
many> INSERT INTO nexus_events (id, event_type, user_id, properties, occurred_at)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (id) DO NOTHING
    <- [('1', 'page_view', 'ann', {'page': '/', 'n': 1}, datetime.datetime(2026, 1, 1, 12, 0, tzinfo=datetime.timezone.utc)), ('2', 'page_view', 'bob', {'page': '/x'}, datetime.datetime(2026, 1, 1, 12, 0, 1, tzinfo=datetime.timezone.utc)), ('3', 'click', None, {}, datetime.datetime(2026, 1, 1, 12, 0, 2, tzinfo=datetime.timezone.utc))]
COMMIT
BEGIN
SELECT pg_advisory_xact_lock($1)
    <- 4651843034480273612
CREATE TABLE IF NOT EXISTS nexus_events (
            id TEXT PRIMARY KEY,
            event_type TEXT NOT NULL,
            user_id TEXT,
            properties JSONB NOT NULL,
            occurred_at TIMESTAMPTZ NOT NULL,
            arrival BIGSERIAL NOT NULL
        )
CREATE INDEX IF NOT EXISTS nexus_events_occurred_at_idx ON nexus_events (occurred_at)
COMMIT
SELECT id, event_type, user_id, properties, occurred_at FROM nexus_events ORDER BY occurred_at, arrival
SELECT id, event_type, user_id, properties, occurred_at FROM nexus_events ORDER BY occurred_at, arrival
SELECT id, event_type, user_id, properties, occurred_at FROM nexus_events ORDER BY occurred_at, arrival
SELECT id, event_type, user_id, properties, occurred_at FROM nexus_events ORDER BY occurred_at, arrival
SELECT id, event_type, user_id, properties, occurred_at FROM nexus_events WHERE event_type = $1 ORDER BY occurred_at, arrival
    <- 'sale'
SELECT id, event_type, user_id, properties, occurred_at FROM nexus_events ORDER BY occurred_at, arrival
SELECT id, event_type, user_id, properties, occurred_at FROM nexus_events WHERE event_type = $1 AND occurred_at >= $2 ORDER BY occurred_at, arrival
    <- 'click', datetime.datetime(2026, 1, 1, 12, 0, tzinfo=datetime.timezone.utc)

== world 11
BEGIN
SELECT pg_advisory_xact_lock($1)
    <- 980396601555899289
CREATE TABLE IF NOT EXISTS users (
            id SERIAL PRIMARY KEY,
            username VARCHAR(50) NOT NULL,
            email VARCHAR(100) NOT NULL,
            full_name VARCHAR(100),
            is_active BOOLEAN NOT NULL DEFAULT true,
            tags JSONB NOT NULL DEFAULT '[]',
            version INTEGER NOT NULL DEFAULT 1,
            created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
        )
CREATE UNIQUE INDEX IF NOT EXISTS users_username_key ON users (lower(username))
CREATE UNIQUE INDEX IF NOT EXISTS users_email_key ON users (lower(email))
COMMIT
BEGIN
SELECT pg_advisory_xact_lock($1)
    <- 4651843034480273612
CREATE TABLE IF NOT EXISTS nexus_events (
            id TEXT PRIMARY KEY,
            event_type TEXT NOT NULL,
            user_id TEXT,
            properties JSONB NOT NULL,
            occurred_at TIMESTAMPTZ NOT NULL,
            arrival BIGSERIAL NOT NULL
        )
CREATE INDEX IF NOT EXISTS nexus_events_occurred_at_idx ON nexus_events (occurred_at)
many> INSERT INTO nexus_events (id, event_type, user_id, properties, occurred_at)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (id) DO NOTHING
    <- [('20260101T000000.000000-1d4da4b56dd3fc7cf696daea', 'page_view', '7', {'page': '/home', 'referrer': '/'}, datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)), ('20260101T000000.000000-16de7eb0fe51237a3f4d5600', 'user_action', '7', {'action': 'login', 'context': {'device': 'phone'}}, datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)), ('20260101T000000.000000-81fc9b78093e1f89c09e2985', 'page_view', None, {}, datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))]
COMMIT
SELECT event_type, count(*) AS n FROM nexus_events WHERE occurred_at >= $1 GROUP BY event_type ORDER BY event_type
    <- datetime.datetime(2025, 12, 25, 0, 0, tzinfo=datetime.timezone.utc)
SELECT event_type, count(*) AS n FROM nexus_events WHERE event_type = $1 AND occurred_at >= $2 GROUP BY event_type ORDER BY event_type
    <- 'page_view', datetime.datetime(2025, 12, 25, 0, 0, tzinfo=datetime.timezone.utc)
SELECT event_type, count(*) AS n FROM nexus_events WHERE event_type = $1 AND occurred_at >= $2 GROUP BY event_type ORDER BY event_type
    <- 'nothing', datetime.datetime(2025, 12, 25, 0, 0, tzinfo=datetime.timezone.utc)
SELECT id, event_type, user_id, properties, occurred_at FROM nexus_events ORDER BY occurred_at, arrival
SELECT id, event_type, user_id, properties, occurred_at FROM nexus_events ORDER BY occurred_at, arrival

== world 12
BEGIN
SELECT pg_advisory_xact_lock($1)
    <- 980396601555899289
CREATE TABLE IF NOT EXISTS users (
            id SERIAL PRIMARY KEY,
            username VARCHAR(50) NOT NULL,
            email VARCHAR(100) NOT NULL,
            full_name VARCHAR(100),
            is_active BOOLEAN NOT NULL DEFAULT true,
            tags JSONB NOT NULL DEFAULT '[]',
            version INTEGER NOT NULL DEFAULT 1,
            created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
        )
CREATE UNIQUE INDEX IF NOT EXISTS users_username_key ON users (lower(username))
CREATE UNIQUE INDEX IF NOT EXISTS users_email_key ON users (lower(email))
COMMIT
script> CREATE TABLE IF NOT EXISTS newsletter_subscribers (
        user_id INTEGER PRIMARY KEY REFERENCES users(id) ON DELETE CASCADE,
        token UUID UNIQUE NOT NULL DEFAULT gen_random_uuid(),
        confirmed_at TIMESTAMPTZ
    );
    CREATE TABLE IF NOT EXISTS newsletter_deliveries (
        issue VARCHAR(100) NOT NULL,
        user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
        PRIMARY KEY (issue, user_id)
    )
INSERT INTO users (username, email, full_name, is_active, tags, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $6)
                RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 'ann', 'ann@example.org', None, True, [], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
INSERT INTO newsletter_subscribers (user_id) VALUES ($1) RETURNING token
    <- 1
SELECT s.token::text FROM newsletter_subscribers s JOIN users u ON u.id = s.user_id WHERE u.username = $1
    <- 'ann'
SELECT * FROM "newsletter_subscribers"
BEGIN
SELECT pg_advisory_xact_lock($1)
    <- 4651843034480273612
CREATE TABLE IF NOT EXISTS nexus_events (
            id TEXT PRIMARY KEY,
            event_type TEXT NOT NULL,
            user_id TEXT,
            properties JSONB NOT NULL,
            occurred_at TIMESTAMPTZ NOT NULL,
            arrival BIGSERIAL NOT NULL
        )
CREATE INDEX IF NOT EXISTS nexus_events_occurred_at_idx ON nexus_events (occurred_at)
many> INSERT INTO nexus_events (id, event_type, user_id, properties, occurred_at)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (id) DO NOTHING
    <- [('20260101T000000.000000-2587be6b5c9bcf35873be078', 'newsletter_subscribed', '1', {}, datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))]
COMMIT

== world 13
BEGIN
SELECT pg_advisory_xact_lock($1)
    <- 980396601555899289
CREATE TABLE IF NOT EXISTS users (
            id SERIAL PRIMARY KEY,
            username VARCHAR(50) NOT NULL,
            email VARCHAR(100) NOT NULL,
            full_name VARCHAR(100),
            is_active BOOLEAN NOT NULL DEFAULT true,
            tags JSONB NOT NULL DEFAULT '[]',
            version INTEGER NOT NULL DEFAULT 1,
            created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
        )
CREATE UNIQUE INDEX IF NOT EXISTS users_username_key ON users (lower(username))
CREATE UNIQUE INDEX IF NOT EXISTS users_email_key ON users (lower(email))
COMMIT
INSERT INTO users (username, email, full_name, is_active, tags, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $6)
                RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 'ann', 'ann@example.org', None, True, [], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users WHERE id = $1
    <- 1
UPDATE users SET full_name = $2, updated_at = $3, version = version + 1 WHERE id = $1 RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 1, 'Ann', datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users WHERE id = $1
    <- 1
BEGIN
SELECT pg_advisory_xact_lock($1)
    <- 4651843034480273612
CREATE TABLE IF NOT EXISTS nexus_events (
            id TEXT PRIMARY KEY,
            event_type TEXT NOT NULL,
            user_id TEXT,
            properties JSONB NOT NULL,
            occurred_at TIMESTAMPTZ NOT NULL,
            arrival BIGSERIAL NOT NULL
        )
CREATE INDEX IF NOT EXISTS nexus_events_occurred_at_idx ON nexus_events (occurred_at)
many> INSERT INTO nexus_events (id, event_type, user_id, properties, occurred_at)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (id) DO NOTHING
    <- [('user_created-1-2026-01-01T00:00:00+00:00', 'user_created', '1', {'registration_source': 'unknown'}, datetime.datetime(2026, 1, 1, 0, 0, 1, tzinfo=datetime.timezone.utc))]
COMMIT

== world 14
BEGIN
SELECT pg_advisory_xact_lock($1)
    <- 980396601555899289
CREATE TABLE IF NOT EXISTS users (
            id SERIAL PRIMARY KEY,
            username VARCHAR(50) NOT NULL,
            email VARCHAR(100) NOT NULL,
            full_name VARCHAR(100),
            is_active BOOLEAN NOT NULL DEFAULT true,
            tags JSONB NOT NULL DEFAULT '[]',
            version INTEGER NOT NULL DEFAULT 1,
            created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
        )
CREATE UNIQUE INDEX IF NOT EXISTS users_username_key ON users (lower(username))
CREATE UNIQUE INDEX IF NOT EXISTS users_email_key ON users (lower(email))
COMMIT
INSERT INTO users (username, email, full_name, is_active, tags, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $6)
                RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 'user1', 'user1@example.org', None, True, [], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users WHERE id = $1
    <- 1
INSERT INTO users (username, email, full_name, is_active, tags, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $6)
                RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 'user2', 'user2@example.org', None, True, [], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users WHERE id = $1
    <- 2
BEGIN
SELECT pg_advisory_xact_lock($1)
    <- 4651843034480273612
CREATE TABLE IF NOT EXISTS nexus_events (
            id TEXT PRIMARY KEY,
            event_type TEXT NOT NULL,
            user_id TEXT,
            properties JSONB NOT NULL,
            occurred_at TIMESTAMPTZ NOT NULL,
            arrival BIGSERIAL NOT NULL
        )
CREATE INDEX IF NOT EXISTS nexus_events_occurred_at_idx ON nexus_events (occurred_at)
many> INSERT INTO nexus_events (id, event_type, user_id, properties, occurred_at)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (id) DO NOTHING
    <- [('user_created-1-2026-01-01T00:00:00+00:00', 'user_created', '1', {'registration_source': 'unknown'}, datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)), ('user_created-2-2026-01-01T00:00:00+00:00', 'user_created', '2', {'registration_source': 'unknown'}, datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))]
COMMIT

== world 15
CREATE TABLE IF NOT EXISTS users (
                    id SERIAL PRIMARY KEY,
                    username VARCHAR(50) UNIQUE NOT NULL,
                    email VARCHAR(100) UNIQUE NOT NULL,
                    full_name VARCHAR(100),
                    is_active BOOLEAN DEFAULT true,
                    tags JSON DEFAULT '[]',
                    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
                    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
                )
CREATE INDEX IF NOT EXISTS idx_users_username ON users(username)
CREATE INDEX IF NOT EXISTS idx_users_email ON users(email)
SELECT EXISTS(SELECT 1 FROM users WHERE username = $1)
    <- 'ann'
SELECT EXISTS(SELECT 1 FROM users WHERE email = $1)
    <- 'ann@example.org'
INSERT INTO users (username, email, full_name, tags)
                VALUES ($1, $2, $3, $4)
                RETURNING id, created_at, updated_at
    <- 'ann', 'ann@example.org', None, []
SELECT EXISTS(SELECT 1 FROM users WHERE username = $1)
    <- 'bob'
SELECT EXISTS(SELECT 1 FROM users WHERE email = $1)
    <- 'bob@example.org'
INSERT INTO users (username, email, full_name, tags)
                VALUES ($1, $2, $3, $4)
                RETURNING id, created_at, updated_at
    <- 'bob', 'bob@example.org', None, []
SELECT EXISTS(SELECT 1 FROM users WHERE username = $1)
    <- 'Bobby'
SELECT EXISTS(SELECT 1 FROM users WHERE email = $1)
    <- 'Bobby@example.org'
INSERT INTO users (username, email, full_name, tags)
                VALUES ($1, $2, $3, $4)
                RETURNING id, created_at, updated_at
    <- 'Bobby', 'Bobby@example.org', None, []
SELECT COUNT(*) FROM users
SELECT * FROM users
                ORDER BY created_at DESC
                LIMIT $1 OFFSET $2
    <- 2, 0
SELECT COUNT(*) FROM users WHERE
                        (username ILIKE $1 OR email ILIKE $1 OR full_name ILIKE $1)
                     AND is_active = $2
    <- '%BOB%', True
SELECT * FROM users
                WHERE
                        (username ILIKE $1 OR email ILIKE $1 OR full_name ILIKE $1)
                     AND is_active = $2
                ORDER BY created_at DESC
                LIMIT $3 OFFSET $4
    <- '%BOB%', True, 20, 0

== world 16
BEGIN
SELECT pg_advisory_xact_lock($1)
    <- 980396601555899289
CREATE TABLE IF NOT EXISTS users (
            id SERIAL PRIMARY KEY,
            username VARCHAR(50) NOT NULL,
            email VARCHAR(100) NOT NULL,
            full_name VARCHAR(100),
            is_active BOOLEAN NOT NULL DEFAULT true,
            tags JSONB NOT NULL DEFAULT '[]',
            version INTEGER NOT NULL DEFAULT 1,
            created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
        )
CREATE UNIQUE INDEX IF NOT EXISTS users_username_key ON users (lower(username))
CREATE UNIQUE INDEX IF NOT EXISTS users_email_key ON users (lower(email))
COMMIT
INSERT INTO users (username, email, full_name, is_active, tags, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $6)
                RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 'ann', 'ann@example.org', None, True, [], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users WHERE id = $1
    <- 1
SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users WHERE lower(username) = lower($1)
    <- 'ann'
BEGIN
SELECT pg_advisory_xact_lock($1)
    <- 4651843034480273612
CREATE TABLE IF NOT EXISTS nexus_events (
            id TEXT PRIMARY KEY,
            event_type TEXT NOT NULL,
            user_id TEXT,
            properties JSONB NOT NULL,
            occurred_at TIMESTAMPTZ NOT NULL,
            arrival BIGSERIAL NOT NULL
        )
CREATE INDEX IF NOT EXISTS nexus_events_occurred_at_idx ON nexus_events (occurred_at)
many> INSERT INTO nexus_events (id, event_type, user_id, properties, occurred_at)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (id) DO NOTHING
    <- [('user_created-1-2026-01-01T00:00:00+00:00', 'user_created', '1', {'registration_source': 'unknown'}, datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))]
COMMIT

== world 17
BEGIN
SELECT pg_advisory_xact_lock($1)
    <- 980396601555899289
CREATE TABLE IF NOT EXISTS users (
            id SERIAL PRIMARY KEY,
            username VARCHAR(50) NOT NULL,
            email VARCHAR(100) NOT NULL,
            full_name VARCHAR(100),
            is_active BOOLEAN NOT NULL DEFAULT true,
            tags JSONB NOT NULL DEFAULT '[]',
            version INTEGER NOT NULL DEFAULT 1,
            created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
        )
CREATE UNIQUE INDEX IF NOT EXISTS users_username_key ON users (lower(username))
CREATE UNIQUE INDEX IF NOT EXISTS users_email_key ON users (lower(email))
COMMIT
INSERT INTO users (username, email, full_name, is_active, tags, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $6)
                RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 'ann', 'ann@example.org', None, True, [], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
UPDATE users SET full_name = $2, updated_at = $3, version = version + 1 WHERE id = $1 RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 1, 'Ann 0', datetime.datetime(2026, 1, 1, 0, 0, 2, tzinfo=datetime.timezone.utc)
UPDATE users SET full_name = $2, updated_at = $3, version = version + 1 WHERE id = $1 RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 1, 'Ann 1', datetime.datetime(2026, 1, 1, 0, 0, 5, tzinfo=datetime.timezone.utc)
SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users WHERE id = $1
    <- 1
SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users WHERE id = $1
    <- 1
SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users WHERE id = $1
    <- 1
SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users WHERE id = $1
    <- 1

== world 18
BEGIN
SELECT pg_advisory_xact_lock($1)
    <- 980396601555899289
CREATE TABLE IF NOT EXISTS users (
            id SERIAL PRIMARY KEY,
            username VARCHAR(50) NOT NULL,
            email VARCHAR(100) NOT NULL,
            full_name VARCHAR(100),
            is_active BOOLEAN NOT NULL DEFAULT true,
            tags JSONB NOT NULL DEFAULT '[]',
            version INTEGER NOT NULL DEFAULT 1,
            created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
        )
CREATE UNIQUE INDEX IF NOT EXISTS users_username_key ON users (lower(username))
CREATE UNIQUE INDEX IF NOT EXISTS users_email_key ON users (lower(email))
COMMIT
BEGIN
SELECT pg_advisory_xact_lock($1)
    <- 4651843034480273612
CREATE TABLE IF NOT EXISTS nexus_events (
            id TEXT PRIMARY KEY,
            event_type TEXT NOT NULL,
            user_id TEXT,
            properties JSONB NOT NULL,
            occurred_at TIMESTAMPTZ NOT NULL,
            arrival BIGSERIAL NOT NULL
        )
CREATE INDEX IF NOT EXISTS nexus_events_occurred_at_idx ON nexus_events (occurred_at)
many> INSERT INTO nexus_events (id, event_type, user_id, properties, occurred_at)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (id) DO NOTHING
    <- [('20260101T000000.000000-bbe0c6eb4448588fb0e64e0d', 'click', None, {'number': 3}, datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)), ('20260101T000000.000000-9209b621e7e11ee95dcdfc2f', 'click', None, {'number': 4}, datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)), ('20260101T000000.000000-00a32e2312852d94764b6deb', 'click', None, {'number': 5}, datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)), ('20260101T000000.000000-703c4d5aacf77420148335dc', 'click', None, {'number': 6}, datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)), ('20260101T000000.000000-a6167bc83f97612b61d97378', 'click', None, {'number': 7}, datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))]
COMMIT

== world 19
BEGIN
SELECT pg_advisory_xact_lock($1)
    <- 980396601555899289
CREATE TABLE IF NOT EXISTS users (
            id SERIAL PRIMARY KEY,
            username VARCHAR(50) NOT NULL,
            email VARCHAR(100) NOT NULL,
            full_name VARCHAR(100),
            is_active BOOLEAN NOT NULL DEFAULT true,
            tags JSONB NOT NULL DEFAULT '[]',
            version INTEGER NOT NULL DEFAULT 1,
            created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
        )
CREATE UNIQUE INDEX IF NOT EXISTS users_username_key ON users (lower(username))
CREATE UNIQUE INDEX IF NOT EXISTS users_email_key ON users (lower(email))
COMMIT
INSERT INTO users (username, email, full_name, is_active, tags, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $6)
                RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 'u0', 'u0@example.org', None, True, [], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
INSERT INTO users (username, email, full_name, is_active, tags, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $6)
                RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 'u1', 'u1@example.org', None, True, [], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
INSERT INTO users (username, email, full_name, is_active, tags, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $6)
                RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 'u2', 'u2@example.org', None, True, [], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
INSERT INTO users (username, email, full_name, is_active, tags, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $6)
                RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 'u3', 'u3@example.org', None, True, [], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
UPDATE users SET is_active = $2, updated_at = $3, version = version + 1 WHERE id = $1 RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 4, False, datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
SELECT count(*) AS total,
                       count(*) FILTER (WHERE is_active) AS active,
                       count(*) FILTER (WHERE $1::timestamptz IS NULL OR created_at >= $1::timestamptz) AS new
                FROM users
    <- datetime.datetime(2025, 12, 2, 0, 0, tzinfo=datetime.timezone.utc)

== world 20
BEGIN
SELECT pg_advisory_xact_lock($1)
    <- 980396601555899289
CREATE TABLE IF NOT EXISTS users (
            id SERIAL PRIMARY KEY,
            username VARCHAR(50) NOT NULL,
            email VARCHAR(100) NOT NULL,
            full_name VARCHAR(100),
            is_active BOOLEAN NOT NULL DEFAULT true,
            tags JSONB NOT NULL DEFAULT '[]',
            version INTEGER NOT NULL DEFAULT 1,
            created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
        )
CREATE UNIQUE INDEX IF NOT EXISTS users_username_key ON users (lower(username))
CREATE UNIQUE INDEX IF NOT EXISTS users_email_key ON users (lower(email))
COMMIT
INSERT INTO users (username, email, full_name, is_active, tags, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $6)
                RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 'Ann', 'Ann@Example.org', None, True, [], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
INSERT INTO users (username, email, full_name, is_active, tags, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $6)
                RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 'aNN', 'user2@example.org', None, True, [], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
INSERT INTO users (username, email, full_name, is_active, tags, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $6)
                RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 'user2', 'ANN@example.ORG', None, True, [], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users WHERE lower(username) = lower($1)
    <- 'ANN'
SELECT EXISTS(SELECT 1 FROM users WHERE lower(email) = lower($1))
    <- 'ann@example.org'
SELECT counted.total, page.*
                FROM (SELECT count(*) AS total FROM users WHERE lower(username) = lower($1) AND lower(email) = lower($2)) AS counted
                LEFT JOIN (
                    SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users WHERE lower(username) = lower($1) AND lower(email) = lower($2) ORDER BY created_at DESC, id DESC LIMIT $3 OFFSET $4
                ) AS page ON true
                ORDER BY page.created_at DESC, page.id DESC
    <- 'ann', 'ANN@EXAMPLE.ORG', 20, 0

== world 21
BEGIN
SELECT pg_advisory_xact_lock($1)
    <- 980396601555899289
CREATE TABLE IF NOT EXISTS users (
            id SERIAL PRIMARY KEY,
            username VARCHAR(50) NOT NULL,
            email VARCHAR(100) NOT NULL,
            full_name VARCHAR(100),
            is_active BOOLEAN NOT NULL DEFAULT true,
            tags JSONB NOT NULL DEFAULT '[]',
            version INTEGER NOT NULL DEFAULT 1,
            created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
        )
CREATE UNIQUE INDEX IF NOT EXISTS users_username_key ON users (lower(username))
CREATE UNIQUE INDEX IF NOT EXISTS users_email_key ON users (lower(email))
COMMIT
INSERT INTO users (username, email, full_name, is_active, tags, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $6)
                RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 'user1', 'user1@example.org', None, True, ['a', 'b'], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
INSERT INTO users (username, email, full_name, is_active, tags, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $6)
                RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 'user2', 'user2@example.org', None, True, ['b'], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
SELECT counted.total, page.*
                FROM (SELECT count(*) AS total FROM users WHERE tags @> $1) AS counted
                LEFT JOIN (
                    SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users WHERE tags @> $1 ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3
                ) AS page ON true
                ORDER BY page.created_at DESC, page.id DESC
    <- ['a'], 20, 0
SELECT counted.total, page.*
                FROM (SELECT count(*) AS total FROM users WHERE tags @> $1) AS counted
                LEFT JOIN (
                    SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users WHERE tags @> $1 ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3
                ) AS page ON true
                ORDER BY page.created_at DESC, page.id DESC
    <- ['a', 'b'], 20, 0
SELECT counted.total, page.*
                FROM (SELECT count(*) AS total FROM users WHERE tags @> $1) AS counted
                LEFT JOIN (
                    SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users WHERE tags @> $1 ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3
                ) AS page ON true
                ORDER BY page.created_at DESC, page.id DESC
    <- [], 20, 0

== world 22
BEGIN
SELECT pg_advisory_xact_lock($1)
    <- 980396601555899289
CREATE TABLE IF NOT EXISTS users (
            id SERIAL PRIMARY KEY,
            username VARCHAR(50) NOT NULL,
            email VARCHAR(100) NOT NULL,
            full_name VARCHAR(100),
            is_active BOOLEAN NOT NULL DEFAULT true,
            tags JSONB NOT NULL DEFAULT '[]',
            version INTEGER NOT NULL DEFAULT 1,
            created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
        )
CREATE UNIQUE INDEX IF NOT EXISTS users_username_key ON users (lower(username))
CREATE UNIQUE INDEX IF NOT EXISTS users_email_key ON users (lower(email))
COMMIT
INSERT INTO users (username, email, full_name, is_active, tags, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $6)
                RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 'user0', 'user0@example.org', '50% off', True, [], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
INSERT INTO users (username, email, full_name, is_active, tags, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $6)
                RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 'user1', 'user1@example.org', 'snake_case', True, [], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
INSERT INTO users (username, email, full_name, is_active, tags, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $6)
                RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 'user2', 'user2@example.org', 'back\\slash', True, [], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
INSERT INTO users (username, email, full_name, is_active, tags, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $6)
                RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 'user3', 'user3@example.org', 'plain', True, [], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
SELECT counted.total, page.*
                FROM (SELECT count(*) AS total FROM users WHERE (username ILIKE $1 ESCAPE '\' OR email ILIKE $1 ESCAPE '\' OR full_name ILIKE $1 ESCAPE '\')) AS counted
                LEFT JOIN (
                    SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users WHERE (username ILIKE $1 ESCAPE '\' OR email ILIKE $1 ESCAPE '\' OR full_name ILIKE $1 ESCAPE '\') ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3
                ) AS page ON true
                ORDER BY page.created_at DESC, page.id DESC
    <- '%\\%%', 20, 0

== world 23
BEGIN
SELECT pg_advisory_xact_lock($1)
    <- 980396601555899289
CREATE TABLE IF NOT EXISTS users (
            id SERIAL PRIMARY KEY,
            username VARCHAR(50) NOT NULL,
            email VARCHAR(100) NOT NULL,
            full_name VARCHAR(100),
            is_active BOOLEAN NOT NULL DEFAULT true,
            tags JSONB NOT NULL DEFAULT '[]',
            version INTEGER NOT NULL DEFAULT 1,
            created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
        )
CREATE UNIQUE INDEX IF NOT EXISTS users_username_key ON users (lower(username))
CREATE UNIQUE INDEX IF NOT EXISTS users_email_key ON users (lower(email))
COMMIT
INSERT INTO users (username, email, full_name, is_active, tags, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $6)
                RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 'ann', 'ann@example.org', None, True, [], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
INSERT INTO users (username, email, full_name, is_active, tags, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $6)
                RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 'user2', 'user2@example.org', None, True, [], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
UPDATE users SET username = $2, updated_at = $3, version = version + 1 WHERE id = $1 RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 2, 'ann', datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
UPDATE users SET email = $2, updated_at = $3, version = version + 1 WHERE id = $1 RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 2, 'ann@example.org', datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users WHERE id = $1
    <- 2

== world 24
BEGIN
SELECT pg_advisory_xact_lock($1)
    <- 980396601555899289
CREATE TABLE IF NOT EXISTS users (
            id SERIAL PRIMARY KEY,
            username VARCHAR(50) NOT NULL,
            email VARCHAR(100) NOT NULL,
            full_name VARCHAR(100),
            is_active BOOLEAN NOT NULL DEFAULT true,
            tags JSONB NOT NULL DEFAULT '[]',
            version INTEGER NOT NULL DEFAULT 1,
            created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
        )
CREATE UNIQUE INDEX IF NOT EXISTS users_username_key ON users (lower(username))
CREATE UNIQUE INDEX IF NOT EXISTS users_email_key ON users (lower(email))
COMMIT
INSERT INTO users (username, email, full_name, is_active, tags, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $6)
                RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 'ann', 'ann@example.org', None, True, [], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
UPDATE users SET full_name = $2, updated_at = $3, version = version + 1 WHERE id = $1 AND version = $4 RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 1, 'First', datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), 1
UPDATE users SET full_name = $2, updated_at = $3, version = version + 1 WHERE id = $1 AND version = $4 RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 1, 'Second', datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), 1
SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users WHERE id = $1
    <- 1
SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users WHERE id = $1
    <- 1

== world 25
BEGIN
SELECT pg_advisory_xact_lock($1)
    <- 980396601555899289
CREATE TABLE IF NOT EXISTS users (
            id SERIAL PRIMARY KEY,
            username VARCHAR(50) NOT NULL,
            email VARCHAR(100) NOT NULL,
            full_name VARCHAR(100),
            is_active BOOLEAN NOT NULL DEFAULT true,
            tags JSONB NOT NULL DEFAULT '[]',
            version INTEGER NOT NULL DEFAULT 1,
            created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
        )
CREATE UNIQUE INDEX IF NOT EXISTS users_username_key ON users (lower(username))
CREATE UNIQUE INDEX IF NOT EXISTS users_email_key ON users (lower(email))
COMMIT
INSERT INTO users (username, email, full_name, is_active, tags, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $6)
                RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 'ann', 'ann@example.org', None, True, [], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
DELETE FROM users WHERE id = $1
    <- 1
DELETE FROM users WHERE id = $1
    <- 1
DELETE FROM users

== world 26
BEGIN
SELECT pg_advisory_xact_lock($1)
    <- 980396601555899289
CREATE TABLE IF NOT EXISTS users (
            id SERIAL PRIMARY KEY,
            username VARCHAR(50) NOT NULL,
            email VARCHAR(100) NOT NULL,
            full_name VARCHAR(100),
            is_active BOOLEAN NOT NULL DEFAULT true,
            tags JSONB NOT NULL DEFAULT '[]',
            version INTEGER NOT NULL DEFAULT 1,
            created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
        )
CREATE UNIQUE INDEX IF NOT EXISTS users_username_key ON users (lower(username))
CREATE UNIQUE INDEX IF NOT EXISTS users_email_key ON users (lower(email))
COMMIT
INSERT INTO users (username, email, full_name, is_active, tags, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $6)
                RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 'ann', 'ann@example.org', None, True, [], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
UPDATE users SET is_active = $2, updated_at = $3, version = version + 1 WHERE id = $1 RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 1, False, datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
SELECT EXISTS(SELECT 1 FROM users WHERE lower(username) = lower($1))
    <- 'ann'
SELECT EXISTS(SELECT 1 FROM users WHERE lower(email) = lower($1))
    <- 'bob@example.org'

== world 27
BEGIN
SELECT pg_advisory_xact_lock($1)
    <- 980396601555899289
CREATE TABLE IF NOT EXISTS users (
            id SERIAL PRIMARY KEY,
            username VARCHAR(50) NOT NULL,
            email VARCHAR(100) NOT NULL,
            full_name VARCHAR(100),
            is_active BOOLEAN NOT NULL DEFAULT true,
            tags JSONB NOT NULL DEFAULT '[]',
            version INTEGER NOT NULL DEFAULT 1,
            created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
        )
CREATE UNIQUE INDEX IF NOT EXISTS users_username_key ON users (lower(username))
CREATE UNIQUE INDEX IF NOT EXISTS users_email_key ON users (lower(email))
COMMIT
INSERT INTO users (username, email, full_name, is_active, tags, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $6)
                RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 'user1', 'user1@example.org', None, True, [], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
INSERT INTO users (username, email, full_name, is_active, tags, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $6)
                RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 'user2', 'user2@example.org', 'None', True, [], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
SELECT counted.total, page.*
                FROM (SELECT count(*) AS total FROM users WHERE full_name IS NULL) AS counted
                LEFT JOIN (
                    SELECT id, username, email, full_name, is_active, tags, version, created_at, updated_at FROM users WHERE full_name IS NULL ORDER BY created_at DESC, id DESC LIMIT $1 OFFSET $2
                ) AS page ON true
                ORDER BY page.created_at DESC, page.id DESC
    <- 20, 0

== world 28
BEGIN
SELECT pg_advisory_xact_lock($1)
    <- 980396601555899289
CREATE TABLE IF NOT EXISTS users (
            id SERIAL PRIMARY KEY,
            username VARCHAR(50) NOT NULL,
            email VARCHAR(100) NOT NULL,
            full_name VARCHAR(100),
            is_active BOOLEAN NOT NULL DEFAULT true,
            tags JSONB NOT NULL DEFAULT '[]',
            version INTEGER NOT NULL DEFAULT 1,
            created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
        )
CREATE UNIQUE INDEX IF NOT EXISTS users_username_key ON users (lower(username))
CREATE UNIQUE INDEX IF NOT EXISTS users_email_key ON users (lower(email))
COMMIT
INSERT INTO users (username, email, full_name, is_active, tags, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $6)
                RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 'ann', 'ann@example.org', None, True, [], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
SET TIME ZONE 'America/New_York'

== world 29
BEGIN
SELECT pg_advisory_xact_lock($1)
    <- 980396601555899289
CREATE TABLE IF NOT EXISTS users (
            id SERIAL PRIMARY KEY,
            username VARCHAR(50) NOT NULL,
            email VARCHAR(100) NOT NULL,
            full_name VARCHAR(100),
            is_active BOOLEAN NOT NULL DEFAULT true,
            tags JSONB NOT NULL DEFAULT '[]',
            version INTEGER NOT NULL DEFAULT 1,
            created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
            updated_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
        )
CREATE UNIQUE INDEX IF NOT EXISTS users_username_key ON users (lower(username))
CREATE UNIQUE INDEX IF NOT EXISTS users_email_key ON users (lower(email))
COMMIT
INSERT INTO users (username, email, full_name, is_active, tags, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $6)
                RETURNING id, username, email, full_name, is_active, tags, version, created_at, updated_at
    <- 'ann', 'ann@example.org', None, True, [], datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
SELECT count(*) FROM users WHERE created_at > $1
    <- datetime.datetime(2020, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)

== world 30
CREATE TABLE IF NOT EXISTS users (
                    id SERIAL PRIMARY KEY,
                    username VARCHAR(50) UNIQUE NOT NULL,
                    email VARCHAR(100) UNIQUE NOT NULL,
                    full_name VARCHAR(100),
                    is_active BOOLEAN DEFAULT true,
                    tags JSON DEFAULT '[]',
                    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
                    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
                )
CREATE INDEX IF NOT EXISTS idx_users_username ON users(username)
CREATE INDEX IF NOT EXISTS idx_users_email ON users(email)
SELECT EXISTS(SELECT 1 FROM users WHERE username = $1)
    <- 'ann'
SELECT EXISTS(SELECT 1 FROM users WHERE email = $1)
    <- 'ann@example.org'
INSERT INTO users (username, email, full_name, tags)
                VALUES ($1, $2, $3, $4)
                RETURNING id, created_at, updated_at
    <- 'ann', 'ann@example.org', 'Ann', ['a', 'b']
SELECT * FROM users WHERE id = $1
    <- 1
SELECT * FROM users WHERE username = $1
    <- 'ann'

== world 31
CREATE TABLE IF NOT EXISTS users (
                    id SERIAL PRIMARY KEY,
                    username VARCHAR(50) UNIQUE NOT NULL,
                    email VARCHAR(100) UNIQUE NOT NULL,
                    full_name VARCHAR(100),
                    is_active BOOLEAN DEFAULT true,
                    tags JSON DEFAULT '[]',
                    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
                    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
                )
CREATE INDEX IF NOT EXISTS idx_users_username ON users(username)
CREATE INDEX IF NOT EXISTS idx_users_email ON users(email)
SELECT EXISTS(SELECT 1 FROM users WHERE username = $1)
    <- 'ann'
SELECT EXISTS(SELECT 1 FROM users WHERE email = $1)
    <- 'ann@example.org'
INSERT INTO users (username, email, full_name, tags)
                VALUES ($1, $2, $3, $4)
                RETURNING id, created_at, updated_at
    <- 'ann', 'ann@example.org', 'Ann', ['a', 'b']
SELECT COUNT(*) FROM users WHERE
                        (username ILIKE $1 OR email ILIKE $1 OR full_name ILIKE $1)
    <- '%%%'
SELECT * FROM users
                WHERE
                        (username ILIKE $1 OR email ILIKE $1 OR full_name ILIKE $1)
                ORDER BY created_at DESC
                LIMIT $2 OFFSET $3
    <- '%%%', 20, 0

== world 32
CREATE TABLE IF NOT EXISTS users (
                    id SERIAL PRIMARY KEY,
                    username VARCHAR(50) UNIQUE NOT NULL,
                    email VARCHAR(100) UNIQUE NOT NULL,
                    full_name VARCHAR(100),
                    is_active BOOLEAN DEFAULT true,
                    tags JSON DEFAULT '[]',
                    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
                    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
                )
CREATE INDEX IF NOT EXISTS idx_users_username ON users(username)
CREATE INDEX IF NOT EXISTS idx_users_email ON users(email)
SELECT EXISTS(SELECT 1 FROM users WHERE username = $1)
    <- 'ann'
SELECT EXISTS(SELECT 1 FROM users WHERE email = $1)
    <- 'ann@example.org'
INSERT INTO users (username, email, full_name, tags)
                VALUES ($1, $2, $3, $4)
                RETURNING id, created_at, updated_at
    <- 'ann', 'ann@example.org', 'Ann', ['a', 'b']
SELECT COUNT(*) FROM users
SELECT COUNT(*) FROM users WHERE is_active = true

== world 33
CREATE TABLE people (id serial PRIMARY KEY, name text, "odd name" int, ok bool)
INSERT INTO people (name, ok) VALUES ('ann', true), ('bob', false), ('eve', NULL)
SELECT * FROM "people"
SELECT * FROM "people"
SELECT * FROM "people"
SELECT * FROM "people"
SELECT * FROM "people"
SELECT * FROM "people"

== world 34
CREATE TABLE IF NOT EXISTS notes (
        id SERIAL PRIMARY KEY,
        slug VARCHAR(60) UNIQUE NOT NULL CHECK (slug <> ''),
        body TEXT NOT NULL DEFAULT '',
        labels JSONB NOT NULL DEFAULT '[]',
        created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
        updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
    )
BEGIN
SELECT pg_advisory_xact_lock(7001)
INSERT INTO notes (slug, body, labels) VALUES ($1, $2, $3)
                    ON CONFLICT (slug) DO NOTHING
                    RETURNING *
    <- 'a', 'old', ['x']
COMMIT
UPDATE notes SET
                    slug = COALESCE($2, slug), body = COALESCE($3, body), labels = COALESCE($4, labels), updated_at = now()
                WHERE id = $1
                RETURNING *
    <- 1, None, 'new', None
UPDATE notes SET
                    slug = COALESCE($2, slug), body = COALESCE($3, body), labels = COALESCE($4, labels), updated_at = now()
                WHERE id = $1
                RETURNING *
    <- 99, None, 'new', None

== world 35
CREATE TABLE IF NOT EXISTS notes (
        id SERIAL PRIMARY KEY,
        slug VARCHAR(60) UNIQUE NOT NULL CHECK (slug <> ''),
        body TEXT NOT NULL DEFAULT '',
        labels JSONB NOT NULL DEFAULT '[]',
        created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
        updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
    )
BEGIN
SELECT pg_advisory_xact_lock(7001)
INSERT INTO notes (slug, body, labels) VALUES ($1, $2, $3)
                    ON CONFLICT (slug) DO NOTHING
                    RETURNING *
    <- 'a', '', []
COMMIT
DELETE FROM notes WHERE id = $1
    <- 1
DELETE FROM notes WHERE id = $1
    <- 1

== world 36
CREATE TABLE IF NOT EXISTS notes (
        id SERIAL PRIMARY KEY,
        slug VARCHAR(60) UNIQUE NOT NULL CHECK (slug <> ''),
        body TEXT NOT NULL DEFAULT '',
        labels JSONB NOT NULL DEFAULT '[]',
        created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
        updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
    )
BEGIN
SELECT pg_advisory_xact_lock(7001)
INSERT INTO notes (slug, body, labels) VALUES ($1, $2, $3)
                    ON CONFLICT (slug) DO NOTHING
                    RETURNING *
    <- 'a', 'text', ['x']
COMMIT
SELECT * FROM notes WHERE id = $1
    <- 1

== world 37
CREATE TABLE IF NOT EXISTS notes (
        id SERIAL PRIMARY KEY,
        slug VARCHAR(60) UNIQUE NOT NULL CHECK (slug <> ''),
        body TEXT NOT NULL DEFAULT '',
        labels JSONB NOT NULL DEFAULT '[]',
        created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
        updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
    )
BEGIN
SELECT pg_advisory_xact_lock(7001)
INSERT INTO notes (slug, body, labels) VALUES ($1, $2, $3)
                    ON CONFLICT (slug) DO NOTHING
                    RETURNING *
    <- 'a', 'y\x7f¶,', []
COMMIT
SELECT * FROM notes WHERE id = $1
    <- 1

== world 38
CREATE TABLE IF NOT EXISTS users (
                    id SERIAL PRIMARY KEY,
                    username VARCHAR(50) UNIQUE NOT NULL,
                    email VARCHAR(100) UNIQUE NOT NULL,
                    full_name VARCHAR(100),
                    is_active BOOLEAN DEFAULT true,
                    tags JSON DEFAULT '[]',
                    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
                    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
                )
CREATE INDEX IF NOT EXISTS idx_users_username ON users(username)
CREATE INDEX IF NOT EXISTS idx_users_email ON users(email)
SELECT COUNT(*) FROM users WHERE tags @> $1
    <- ['a']

== world 39
CREATE TABLE people (id serial PRIMARY KEY, name text, "odd name" int, ok bool)
INSERT INTO people (name, ok) VALUES ('ann', true), ('bob', false), ('eve', NULL)
SELECT * FROM "nope"
SELECT * FROM "people"

== world 40
CREATE TABLE notes (body JSONB, plain JSON)
INSERT INTO notes VALUES ($1, $2)
    <- {'a': [1, None]}, ['x']
SELECT body, plain FROM notes

== world 41
CREATE TABLE guide (tags JSON DEFAULT '[]')
SELECT * FROM guide WHERE tags @> $1
    <- ['a']

== world 42
CREATE TABLE limits (name VARCHAR(3))
INSERT INTO limits (name) VALUES ($1)
    <- 'abcd'

== world 43
CREATE TABLE limits (name VARCHAR(3))
SELECT $1::int + 1
    <- 2147483647

== world 44
SELEC 1

== world 45
SELECT $1::int + $2::int
    <- 1

== world 46
refused> DO $$ BEGIN END $$
