# Dates, times, intervals, time zones.
+ CREATE TABLE shift (id serial PRIMARY KEY, day date, start time, at timestamptz, naive timestamp, length interval)
+ INSERT INTO shift (day, start, at, naive, length) VALUES ('2024-02-29', '08:30', '2024-02-29 08:30:00+01', '2024-02-29 08:30:00', '8 hours'), ('2023-12-31', '22:00:00.5', '2023-12-31 22:00:00.5+00', '2023-12-31 22:00', '1 day 02:00'), (NULL, NULL, NULL, NULL, NULL), ('2024-03-31', '00:00', '2024-03-31 01:30+00', '2024-03-31 02:30', '1 mon')

== reading back
SELECT * FROM shift ORDER BY id
SELECT day::text, start::text, at::text, naive::text, length::text FROM shift ORDER BY id
SELECT at::date, at::time, at::timestamp, naive::timestamptz, day::timestamptz FROM shift ORDER BY id
SELECT at AT TIME ZONE 'Europe/Berlin', naive AT TIME ZONE 'America/New_York', at AT TIME ZONE 'UTC' FROM shift ORDER BY id
SELECT at AT TIME ZONE 'Mars/Base' FROM shift
SELECT day FROM shift WHERE day >= '2024-01-01' AND day < '2024-03-01'
SELECT id FROM shift WHERE at BETWEEN $1 AND $2
    <- datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc), datetime.datetime(2024, 3, 1, tzinfo=datetime.timezone.utc)
SELECT id FROM shift WHERE day = $1
    <- datetime.date(2024, 2, 29)
SELECT id FROM shift WHERE at::date = $1
    <- datetime.date(2024, 2, 29)
SELECT id FROM shift WHERE start > $1 ORDER BY id
    <- datetime.time(8, 0)
SELECT id FROM shift WHERE length > $1 ORDER BY id
    <- datetime.timedelta(hours=20)
SELECT id FROM shift WHERE naive < $1 ORDER BY id
    <- datetime.datetime(2024, 1, 1)
SELECT id FROM shift WHERE naive < $1
    <- datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)
SELECT id FROM shift WHERE at > '2024-02-01' ORDER BY at DESC
SELECT id FROM shift WHERE day > 'yesterdayish'
SELECT id FROM shift WHERE day = 20240229
SELECT id FROM shift WHERE at = day
SELECT id FROM shift ORDER BY day DESC NULLS LAST

== arithmetic
SELECT day + 1, day - 1, day - '2024-01-01'::date, day + '1 month'::interval, day + time '10:00' FROM shift ORDER BY id
SELECT at + length, at - interval '90 minutes', naive - length FROM shift ORDER BY id
SELECT at - '2024-01-01 00:00+00'::timestamptz, naive - '2024-01-01'::timestamp FROM shift ORDER BY id
SELECT '2024-01-31'::date + interval '1 month', '2024-03-31'::timestamp - interval '1 month', '2024-02-29'::date + interval '1 year'
SELECT length * 2, length / 2, length + '1 hour', -length FROM shift ORDER BY id
SELECT interval '1 year 2 months 3 days 04:05:06.789', interval '-1 day', interval 'P1DT2H', interval '90 min', interval '1.5 days'
SELECT interval '36 hours'::text, justify_hours(interval '36 hours')::text, justify_days(interval '40 days')::text, interval '1 mon' = interval '30 days'
SELECT age('2024-03-01'::date, '2023-01-31'::date), age('2024-02-29 12:00'::timestamp, '2024-01-31'::timestamp)
SELECT make_date(2024, 2, 29), make_time(1, 2, 3.5), make_timestamp(2024, 1, 2, 3, 4, 5.5), make_interval(days => 3, hours => 2)
SELECT make_date(2023, 2, 29)
SELECT time '23:30' + interval '1 hour', time '10:00' - time '08:30'
SELECT '2024-01-01'::date + '2024-01-01'::date
SELECT day * 2 FROM shift
SELECT now() + 1
SELECT now() - now(), now() = current_timestamp, now() = transaction_timestamp()
SELECT (now() - interval '1 day') < now(), current_date = now()::date, localtimestamp = now()::timestamp
SELECT '2024-01-01 10:00+00'::timestamptz > '2024-01-01 11:30+02'::timestamptz
SELECT 'infinity'::date > '2024-01-01'::date, '-infinity'::timestamptz < now()
SELECT isfinite('infinity'::date), isfinite(now())
SELECT ('2024-01-01'::date, '2024-01-10'::date) OVERLAPS ('2024-01-09'::date, '2024-02-01'::date)

== parts and formats
SELECT extract(year FROM day), extract(month FROM day), extract(day FROM day), extract(quarter FROM day), extract(week FROM day), extract(isoyear FROM day), extract(century FROM day) FROM shift ORDER BY id
SELECT extract(hour FROM at), extract(minute FROM at), extract(second FROM at), extract(milliseconds FROM at), extract(microseconds FROM at), extract(epoch FROM at), extract(timezone FROM at) FROM shift ORDER BY id
SELECT extract(epoch FROM length), extract(day FROM length), extract(hour FROM length), date_part('epoch', length) FROM shift ORDER BY id
SELECT extract(fortnight FROM day) FROM shift
SELECT extract(hour FROM day) FROM shift
SELECT date_trunc('hour', at), date_trunc('day', naive), date_trunc('month', at), date_trunc('year', day), date_trunc('week', at), date_trunc('quarter', at) FROM shift ORDER BY id
SELECT date_trunc('decade', '2024-05-05'::timestamp), date_trunc('hour', interval '1 day 02:30')
SELECT date_trunc('nope', now())
SELECT date_trunc('day', '2024-03-31 23:30+00'::timestamptz, 'Europe/Berlin')
SELECT to_char(at, 'YYYY-MM-DD HH24:MI:SS'), to_char(at, 'DD Mon YYYY, HH12:MI AM'), to_char(at, 'FMDay, FMMonth FMDD'), to_char(day, 'IYYY-"W"IW') FROM shift ORDER BY id
SELECT to_char(1234567.891, 'FM9,999,999.00'), to_char(0.5, '990.99'), to_char(-12, '999'), to_char(5, '000'), to_char(12, 'FM9999')
SELECT to_char(length, 'HH24:MI') FROM shift ORDER BY id
SELECT to_date('05/02/2024', 'DD/MM/YYYY'), to_timestamp('2024-02-05 10:11', 'YYYY-MM-DD HH24:MI'), to_timestamp(1700000000), to_number('1,234.5', '9,999.9')
SELECT to_date('2024-13-01', 'YYYY-MM-DD')
SELECT to_date('nope', 'YYYY-MM-DD')
SELECT date '2024-01-05', timestamp '2024-01-05 10:00', timestamptz '2024-01-05 10:00+02', time '10:00', interval '1' day
SELECT 'Jan 5, 2024'::date, '5 January 2024'::date, '20240105'::date, '2024-01-05T10:11:12.123456Z'::timestamptz
SELECT '01/02/2024'::date, '2024.060'::date
SELECT '2024-01-05 10:11:12.1234567'::timestamp, '2024-01-05 10:11:12.6'::timestamp(0), '10:11:12.98'::time(1)
SELECT '2024-01-05 24:00:00'::timestamp, '2024-01-05 25:00'::timestamp
SELECT '2024-01-05 10:00 Europe/Berlin'::timestamptz, '2024-01-05 10:00 EST'::timestamptz
SELECT '2024-01-05 10:00 Nowhere'::timestamptz
SELECT 'today'::date = current_date, 'tomorrow'::date - 'yesterday'::date, 'now'::timestamptz <= clock_timestamp(), 'epoch'::timestamptz
SELECT '0001-01-01'::date, '9999-12-31'::date
refused> SELECT '10000-01-01'::date
refused> SELECT '0044-03-15 BC'::date::text
SELECT '99999999-01-01'::date
SELECT $1::timestamptz
    <- datetime.datetime(2024, 1, 5, 10, 0, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))
SELECT $1::timestamp
    <- datetime.datetime(2024, 1, 5, 10, 0, 0, 123456)
SELECT $1::date, $2::time, $3::interval
    <- datetime.date(2024, 1, 5), datetime.time(10, 11, 12, 13), datetime.timedelta(days=-1, seconds=5)
SELECT $1::date
    <- datetime.datetime(2024, 1, 5, 10, 0)
SELECT $1::timestamptz
    <- 1700000000
SELECT max(at), min(day), sum(length), avg(length), count(start) FROM shift
SELECT now()::text LIKE '20%', clock_timestamp() >= now(), timeofday() IS NOT NULL
