-- The session's time zone.
CREATE TABLE z (id int, at timestamptz, ts timestamp, d date)
INSERT INTO z VALUES (1, '2024-07-01 02:00+00', '2024-07-01 02:00', '2024-07-01'), (2, '2024-03-31 00:30', '2024-03-31 02:30', '2024-03-31')
SET TIME ZONE 'Europe/Berlin'
SHOW timezone
SHOW TIME ZONE
SELECT ts::timestamptz, d::timestamptz, ts::timestamptz::text FROM z ORDER BY id
SELECT '2024-07-01 12:00'::timestamptz, '2024-07-01 12:00+00'::timestamptz::text, timestamptz '2024-01-01'
SELECT date_trunc('day', at), date_trunc('month', at), extract(hour from at), extract(epoch from at), date_part('day', at) FROM z ORDER BY id
SELECT at AT TIME ZONE 'UTC', ts AT TIME ZONE 'America/New_York', at AT TIME ZONE 'Asia/Tokyo' FROM z ORDER BY id
SELECT at + interval '1 day', at - interval '1 month', at + interval '24 hours' FROM z ORDER BY id
SELECT at > d, at = ts, d = at::date, at < '2024-07-01' FROM z ORDER BY id
SELECT concat(at, 'x'), format('%s', at), at || '' FROM z WHERE id = 1
SELECT array_agg(at)::text, array_agg(at) FROM z
SELECT min(at)::text, max(at) FROM z
SELECT generate_series('2024-03-30'::timestamptz, '2024-04-01', '1 day')
SELECT make_timestamptz(2024, 7, 1, 1, 2, 3)
SELECT to_timestamp(1700000000)::text, to_timestamp('2024-07-01', 'YYYY-MM-DD')
SELECT age('2024-07-01 00:00+00'::timestamptz, '2024-01-01 00:00+00')
INSERT INTO z VALUES (3, '2024-12-24 18:00', '2024-12-24 18:00+05', '2024-12-24') RETURNING at, ts, at::text
INSERT INTO z VALUES (4, $1, $2, $3) RETURNING at, ts, d, at::text -- [datetime.datetime(2024,8,1,tzinfo=datetime.timezone.utc), datetime.datetime(2024,8,1), datetime.date(2024,8,1)]
SELECT $1::text::timestamptz -- ['2024-08-01 12:00']
SELECT $1::timestamptz::date, $1::timestamptz::text -- [datetime.datetime(2024,8,1,23,tzinfo=datetime.timezone.utc)]
SELECT count(*) FROM z WHERE at::date = '2024-07-01'
SELECT count(*) FROM z WHERE at >= '2024-07-01' AND at < '2024-07-02'
SELECT '2024-03-31 02:30'::timestamptz, '2024-10-27 02:30'::timestamptz, '2024-10-27 02:30'::timestamptz::text
CREATE TABLE zc (a timestamptz NOT NULL CHECK (a > '2024-01-01'), b int, c timestamptz UNIQUE)
INSERT INTO zc VALUES ('2023-12-31 23:30+00', 1)
INSERT INTO zc VALUES ('2023-12-31 22:30+00', 1)
INSERT INTO zc VALUES ('2024-12-31 22:30+00', 1, '2024-01-01')
INSERT INTO zc VALUES ('2024-12-31 22:30+00', 1, '2024-01-01')
INSERT INTO zc VALUES (NULL, 1, '2024-01-01')
CREATE INDEX zi ON zc ((a::date))
CREATE INDEX zi ON zc (date_trunc('day', a))
SET timezone = 'america/new_york'
SHOW timezone
SELECT at::text, at::date FROM z ORDER BY id
SELECT '2024-07-01 12:00'::timestamptz
SET TIME ZONE 'Nowhere/Land'
SET timezone TO 'PST'
SET TIME ZONE -5
SHOW timezone
SELECT at::text, '2024-07-01 12:00'::timestamptz FROM z ORDER BY id
SET TIME ZONE 5.5
SHOW timezone
SELECT at::text FROM z ORDER BY id
SET TIME ZONE '+3'
SHOW timezone
SELECT at::text FROM z ORDER BY id
SET TIME ZONE LOCAL
SHOW timezone
SET TIME ZONE 'utc'
SHOW timezone
SET TIME ZONE 'GMT'
SHOW timezone
SELECT at::text FROM z ORDER BY id
BEGIN
SET LOCAL TIME ZONE 'Asia/Kolkata'
SELECT at::text FROM z ORDER BY id
SAVEPOINT a
SET LOCAL TIME ZONE 'Asia/Tokyo'
SHOW timezone
ROLLBACK TO a
SHOW timezone
COMMIT
SHOW timezone
SELECT at::text FROM z ORDER BY id
BEGIN
SET TIME ZONE 'Asia/Kolkata'
SHOW timezone
ROLLBACK
SHOW timezone
SELECT set_config('timezone', 'Asia/Kolkata', false)
SHOW timezone
SELECT current_setting('TimeZone'), at::text FROM z WHERE id = 1
RESET timezone
SHOW timezone
SET TIME ZONE 'Asia/Kolkata'
RESET ALL
SHOW timezone
BEGIN
SET TIME ZONE 'Asia/Kolkata'
SET LOCAL TIME ZONE 'Asia/Tokyo'
SHOW timezone
COMMIT
SHOW timezone
SHOW timezone
