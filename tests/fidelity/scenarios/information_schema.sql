# information_schema as applications and tools read it (the name of the database is in none of the answers).
+ CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy')
+ CREATE DOMAIN price AS numeric(10, 2) DEFAULT 0 CHECK (VALUE >= 0)
+ CREATE TABLE author (id serial PRIMARY KEY, name varchar(100) NOT NULL, email text UNIQUE, born date, mood mood DEFAULT 'ok', created_at timestamptz NOT NULL DEFAULT now(), CONSTRAINT grown CHECK (born < '2020-01-01'))
+ CREATE TABLE book (id bigint GENERATED ALWAYS AS IDENTITY (START 10 INCREMENT 5) PRIMARY KEY, title text NOT NULL, author_id int NOT NULL REFERENCES author ON DELETE CASCADE ON UPDATE SET NULL, cost price, weight real, length double precision, tags text[] DEFAULT '{}', grid int[], data jsonb, isbn char(13), stock smallint NOT NULL DEFAULT 1, ratio numeric(5, 3), plain numeric, printed timestamp(3), day time, span interval, raw bytea, key uuid, flag bool, double_stock int GENERATED ALWAYS AS (stock * 2) STORED, CONSTRAINT book_title_author UNIQUE (title, author_id))
+ CREATE TABLE page (book_id bigint, number int, body varchar, PRIMARY KEY (book_id, number), CONSTRAINT page_book FOREIGN KEY (book_id) REFERENCES book (id))
+ CREATE TABLE note (title text, author_id int, CONSTRAINT note_book FOREIGN KEY (title, author_id) REFERENCES book (title, author_id) MATCH FULL ON DELETE RESTRICT)
+ CREATE INDEX book_lower_idx ON book (lower(title)) WHERE stock > 0
+ CREATE SEQUENCE invoice_no AS int START 100 INCREMENT 5 MINVALUE 10 MAXVALUE 1000 CYCLE
+ CREATE VIEW cheap AS SELECT id, title FROM book WHERE stock < 10
+ CREATE VIEW counts AS SELECT author_id, count(*) AS books FROM book GROUP BY author_id

== tables
SELECT table_schema, table_name, table_type, is_insertable_into, is_typed FROM information_schema.tables WHERE table_schema = 'public' ORDER BY table_name
SELECT table_name FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_type = 'BASE TABLE' ORDER BY 1
SELECT EXISTS (SELECT 1 FROM information_schema.tables WHERE table_schema = 'public' AND table_name = $1)
    <- 'book'
SELECT EXISTS (SELECT 1 FROM information_schema.tables WHERE table_name = 'Book')
SELECT count(*) FROM information_schema.tables WHERE table_schema = 'information_schema'
SELECT count(*) FROM information_schema.tables WHERE table_schema = 'pg_catalog'
SELECT table_type, count(*) FROM information_schema.tables GROUP BY table_type ORDER BY 1
SELECT self_referencing_column_name, reference_generation, user_defined_type_name, commit_action FROM information_schema.tables WHERE table_name = 'book'
SELECT table_name FROM information_schema.tables WHERE table_name LIKE 'boo%' OR table_name ~ '^pa.e$' ORDER BY table_name
SELECT t.table_name, (SELECT count(*) FROM information_schema.columns c WHERE c.table_schema = t.table_schema AND c.table_name = t.table_name) AS columns FROM information_schema.tables t WHERE t.table_schema = 'public' ORDER BY 1
SELECT nope FROM information_schema.tables
SELECT * FROM information_schema.nope
SELECT tables.table_name FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY 1 LIMIT 2
SELECT information_schema.tables.table_name FROM information_schema.tables WHERE table_name = 'note'

== columns
SELECT column_name, ordinal_position, column_default, is_nullable, data_type, udt_schema, udt_name FROM information_schema.columns WHERE table_name = 'author' ORDER BY ordinal_position
SELECT column_name, data_type, character_maximum_length, character_octet_length, numeric_precision, numeric_precision_radix, numeric_scale, datetime_precision, interval_type FROM information_schema.columns WHERE table_schema = 'public' AND table_name = 'book' ORDER BY ordinal_position
SELECT column_name, column_default, is_nullable, is_identity, identity_generation, identity_start, identity_increment, identity_maximum, identity_minimum, identity_cycle FROM information_schema.columns WHERE table_name = 'book' ORDER BY ordinal_position
SELECT column_name, is_generated, generation_expression, is_updatable FROM information_schema.columns WHERE table_name IN ('book', 'cheap', 'counts') ORDER BY table_name, ordinal_position
SELECT column_name, domain_schema, domain_name, udt_name, data_type FROM information_schema.columns WHERE table_schema = 'public' AND domain_name IS NOT NULL
SELECT column_name, collation_schema, collation_name, dtd_identifier, is_self_referencing, maximum_cardinality FROM information_schema.columns WHERE table_name = 'page' ORDER BY ordinal_position
SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'public' AND data_type IN ('ARRAY', 'USER-DEFINED') ORDER BY column_name
SELECT column_name, data_type, is_nullable FROM information_schema.columns WHERE table_name = 'counts' ORDER BY ordinal_position
SELECT table_name, string_agg(column_name, ',' ORDER BY ordinal_position) FROM information_schema.columns WHERE table_schema = 'public' GROUP BY table_name ORDER BY table_name
SELECT count(*) FROM information_schema.columns WHERE table_schema = 'pg_catalog' AND table_name = 'pg_class'
SELECT column_name, data_type, collation_name FROM information_schema.columns WHERE table_schema = 'pg_catalog' AND table_name = 'pg_type' ORDER BY ordinal_position LIMIT 12
SELECT column_name, data_type, domain_name FROM information_schema.columns WHERE table_schema = 'information_schema' AND table_name = 'schemata' ORDER BY ordinal_position
SELECT column_name FROM information_schema.columns WHERE table_name = 'book' AND column_name ILIKE '%STOCK%' ORDER BY 1
SELECT column_name FROM information_schema.columns WHERE table_name = $1 AND is_nullable = $2 ORDER BY ordinal_position
    <- 'book', 'NO'
SELECT column_name, ordinal_position + 1, length(column_name) FROM information_schema.columns WHERE table_name = 'note' ORDER BY ordinal_position
SELECT column_name FROM information_schema.columns WHERE ordinal_position = 'one'
SELECT ordinal_position || column_name FROM information_schema.columns WHERE table_name = 'note' ORDER BY 1
SELECT sum(column_name) FROM information_schema.columns

== after ALTER TABLE
ALTER TABLE note ADD COLUMN extra int NOT NULL DEFAULT 7
ALTER TABLE note DROP COLUMN title
ALTER TABLE note RENAME COLUMN extra TO more
SELECT column_name, ordinal_position, column_default, is_nullable FROM information_schema.columns WHERE table_name = 'note' ORDER BY ordinal_position
SELECT constraint_name, constraint_type FROM information_schema.table_constraints WHERE table_name = 'note' ORDER BY 1
ALTER TABLE note RENAME TO remark
SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_name IN ('note', 'remark')
BEGIN
CREATE TABLE fleeting (a int)
SELECT column_name FROM information_schema.columns WHERE table_name = 'fleeting'
ROLLBACK
SELECT column_name FROM information_schema.columns WHERE table_name = 'fleeting'
CREATE TABLE fleeting (b text)
SELECT column_name FROM information_schema.columns WHERE table_name = 'fleeting'
DROP TABLE fleeting
SELECT count(*) FROM information_schema.columns WHERE table_name = 'fleeting'

== constraints
SELECT constraint_schema, constraint_name, table_name, constraint_type, is_deferrable, initially_deferred, enforced, nulls_distinct FROM information_schema.table_constraints WHERE table_schema = 'public' ORDER BY constraint_name
SELECT constraint_name, table_name, column_name, ordinal_position, position_in_unique_constraint FROM information_schema.key_column_usage WHERE table_schema = 'public' ORDER BY constraint_name, ordinal_position
SELECT table_name, column_name, constraint_name FROM information_schema.constraint_column_usage WHERE table_schema = 'public' ORDER BY constraint_name, column_name
SELECT table_name, constraint_name FROM information_schema.constraint_table_usage WHERE table_schema = 'public' ORDER BY constraint_name
SELECT constraint_name, unique_constraint_schema, unique_constraint_name, match_option, update_rule, delete_rule FROM information_schema.referential_constraints ORDER BY constraint_name
SELECT constraint_name, check_clause FROM information_schema.check_constraints WHERE constraint_schema = 'public' ORDER BY constraint_name
SELECT constraint_name, domain_name, is_deferrable FROM information_schema.domain_constraints WHERE domain_schema = 'public'
SELECT tc.table_name, kcu.column_name, ccu.table_name AS target, ccu.column_name AS target_column, rc.delete_rule FROM information_schema.table_constraints tc JOIN information_schema.key_column_usage kcu USING (constraint_schema, constraint_name) JOIN information_schema.constraint_column_usage ccu USING (constraint_schema, constraint_name) JOIN information_schema.referential_constraints rc USING (constraint_schema, constraint_name) WHERE tc.constraint_type = 'FOREIGN KEY' AND tc.table_name <> 'note' ORDER BY 1, 2
SELECT kcu.column_name FROM information_schema.table_constraints tc JOIN information_schema.key_column_usage kcu ON kcu.constraint_name = tc.constraint_name AND kcu.table_name = tc.table_name WHERE tc.table_name = 'page' AND tc.constraint_type = 'PRIMARY KEY' ORDER BY kcu.ordinal_position
SELECT k.column_name AS own, u.column_name AS target FROM information_schema.referential_constraints r JOIN information_schema.key_column_usage k ON k.constraint_name = r.constraint_name JOIN information_schema.key_column_usage u ON u.constraint_name = r.unique_constraint_name AND u.ordinal_position = k.position_in_unique_constraint WHERE r.constraint_name = 'note_book' ORDER BY k.ordinal_position
SELECT constraint_type, count(*) FROM information_schema.table_constraints WHERE table_schema = 'public' GROUP BY constraint_type HAVING count(*) > 1 ORDER BY 1
ALTER TABLE book DROP CONSTRAINT book_title_author
ALTER TABLE note DROP CONSTRAINT note_book
ALTER TABLE book DROP CONSTRAINT book_title_author
SELECT constraint_name FROM information_schema.table_constraints WHERE table_name = 'book' AND constraint_type = 'UNIQUE'

== sequences, views, schemata, domains
SELECT sequence_schema, sequence_name, data_type, numeric_precision, numeric_precision_radix, numeric_scale, start_value, minimum_value, maximum_value, increment, cycle_option FROM information_schema.sequences ORDER BY sequence_name
SELECT sequence_name FROM information_schema.sequences WHERE sequence_name = 'book_id_seq'
SELECT table_name, check_option, is_updatable, is_insertable_into, is_trigger_updatable FROM information_schema.views WHERE table_schema = 'public' ORDER BY table_name
SELECT count(*) FROM information_schema.views WHERE table_schema = 'information_schema'
SELECT schema_name FROM information_schema.schemata ORDER BY schema_name
SELECT schema_name, default_character_set_name, sql_path FROM information_schema.schemata WHERE schema_name = 'public'
CREATE SCHEMA shop
SELECT schema_name, schema_owner FROM information_schema.schemata WHERE schema_name = 'shop'
CREATE TABLE shop.item (id int PRIMARY KEY, author_id int REFERENCES author)
SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema IN ('public', 'shop') AND table_type = 'BASE TABLE' ORDER BY 1, 2
SELECT constraint_schema, constraint_name, unique_constraint_schema, unique_constraint_name FROM information_schema.referential_constraints WHERE constraint_schema = 'shop'
SELECT domain_schema, domain_name, data_type, numeric_precision, numeric_scale, domain_default, udt_name, dtd_identifier FROM information_schema.domains WHERE domain_schema = 'public'
SELECT domain_name, data_type, character_maximum_length, collation_name FROM information_schema.domains WHERE domain_schema = 'information_schema' ORDER BY domain_name
SELECT domain_name, table_name, column_name FROM information_schema.column_domain_usage WHERE domain_schema = 'public'
DROP SCHEMA shop
DROP SCHEMA shop CASCADE
SELECT count(*) FROM information_schema.schemata WHERE schema_name = 'shop'

== the rest
SELECT object_name, object_type, collection_type_identifier, data_type, udt_name, dtd_identifier FROM information_schema.element_types WHERE object_schema = 'public' ORDER BY 1, 3
SELECT c.column_name, e.data_type FROM information_schema.columns c JOIN information_schema.element_types e ON e.object_name = c.table_name AND e.collection_type_identifier = c.dtd_identifier AND e.object_type = 'TABLE' WHERE c.table_name = 'book' ORDER BY 1
SELECT routine_name, routine_type, data_type, is_deterministic, is_null_call, security_type FROM information_schema.routines WHERE routine_name IN ('lower', 'now', 'abs') AND routine_schema = 'pg_catalog' ORDER BY specific_name
SELECT count(*) FROM information_schema.routines WHERE routine_schema = 'public'
SELECT count(*) FROM information_schema.triggers
SELECT role_name FROM information_schema.enabled_roles WHERE role_name NOT LIKE 'pg\_%'
SELECT count(*) FROM information_schema.enabled_roles
SELECT 'information_schema.columns'::regclass, to_regclass('columns') IS NULL
SELECT column_name FROM information_schema.columns c WHERE c.tablename = 'book'
SELECT columns.column_name FROM information_schema.columns c
SELECT * FROM information_schema.columns WHERE column_name
SELECT data_type FROM information_schema.columns GROUP BY table_name
SELECT column_name FROM information_schema.columns WHERE table_name = ANY ($1) AND ordinal_position = 1 ORDER BY 1
    <- ['book', 'page']
WITH cols AS (SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public') SELECT table_name, array_agg(column_name ORDER BY column_name) FROM cols WHERE table_name IN ('note', 'page') GROUP BY 1 ORDER BY 1
SELECT json_object_agg(column_name, data_type) FROM information_schema.columns WHERE table_name = 'note'

== views of the system are not written to [refused]
refused> INSERT INTO information_schema.tables (table_name) VALUES ('x')

== nor updated [refused]
refused> UPDATE information_schema.columns SET column_name = 'x'

== nor dropped
DROP TABLE information_schema.tables
DROP TABLE pg_catalog.pg_class
