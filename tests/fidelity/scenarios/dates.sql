# Arithmetic, functions, input and output of dates and times.

== age and bins and truncation
SELECT age(timestamp '2024-02-29', timestamp '2023-03-31')
SELECT age(timestamp '2024-03-01', timestamp '2024-02-29 12:00')
SELECT age(timestamp '2023-02-28', timestamp '2024-02-29')
SELECT age(date '2024-05-01', date '2024-01-31')
SELECT age(timestamptz '2024-05-01', timestamptz '2020-02-29 15:00')
refused> SELECT age('infinity'::timestamp, now()::timestamp)
SELECT age('infinity'::timestamp, 'infinity'::timestamp)
refused> SELECT age(timestamp 'infinity', timestamp '-infinity')
SELECT date_bin('15 minutes', timestamp '2020-02-11 15:44:17', timestamp '2001-01-01')
SELECT date_bin('15 minutes', timestamp '2020-02-11 15:44:17', timestamp '2001-01-01 00:02:30')
SELECT date_bin('1 month', timestamp '2020-02-11 15:44:17', timestamp '2001-01-01')
SELECT date_bin('0 days', timestamp '2020-02-11 15:44:17', timestamp '2001-01-01')
SELECT date_bin('-2 days', timestamp '2020-02-11 15:44:17', timestamp '2001-01-01')
SELECT date_bin('2 days', timestamp '1999-02-11 15:44:17', timestamp '2001-01-01')
SELECT date_bin('1 day', timestamptz '2020-02-11 15:44:17+00', timestamptz '2001-01-01')
SELECT date_bin('1 day', 'infinity'::timestamp, timestamp '2001-01-01')
SELECT date_bin('1 day', timestamp '2001-01-01', 'infinity'::timestamp)
SELECT date_bin('infinity', timestamp '2001-01-01', '2001-01-01')
SELECT date_trunc('microseconds', timestamp '2024-02-29 15:04:05.123456')
SELECT date_trunc('milliseconds', timestamp '2024-02-29 15:04:05.123456')
SELECT date_trunc('second', timestamp '2024-02-29 15:04:05.123456')
SELECT date_trunc('minute', timestamp '2024-02-29 15:04:05.123456')
SELECT date_trunc('hour', timestamp '2024-02-29 15:04:05.123456')
SELECT date_trunc('day', timestamp '2024-02-29 15:04:05.123456')
SELECT date_trunc('week', timestamp '2024-02-29 15:04:05.123456')
SELECT date_trunc('month', timestamp '2024-02-29 15:04:05.123456')
SELECT date_trunc('quarter', timestamp '2024-02-29 15:04:05.123456')
SELECT date_trunc('year', timestamp '2024-02-29 15:04:05.123456')
SELECT date_trunc('decade', timestamp '2024-02-29 15:04:05.123456')
SELECT date_trunc('century', timestamp '2024-02-29 15:04:05.123456')
SELECT date_trunc('millennium', timestamp '2024-02-29 15:04:05.123456')
SELECT date_trunc('dow', timestamp '2024-02-29 15:04:05.123456')
SELECT date_trunc('nonsense', timestamp '2024-02-29 15:04:05.123456')
SELECT date_trunc('MONTHS', timestamp '2024-02-29 15:04:05.123456')
SELECT date_trunc('mon', timestamp '2024-02-29 15:04:05.123456')
SELECT date_trunc('y', timestamp '2024-02-29 15:04:05.123456')
SELECT date_trunc('epoch', timestamp '2024-02-29 15:04:05.123456')
SELECT date_trunc('timezone', timestamptz '2024-02-29 15:04:05.123456')
SELECT date_trunc('day', date '2024-02-29')
SELECT date_trunc('day', 'infinity'::timestamp)
SELECT date_trunc('nope', 'infinity'::timestamp)
SELECT date_trunc('day', timestamptz '2024-03-31 15:00+00', 'Europe/Berlin')
SELECT date_trunc('hour', timestamptz '2024-10-27 01:30+00', 'Europe/Berlin')
SELECT date_trunc('day', timestamptz '2024-03-31 15:00+00', 'EST')
SELECT date_trunc('day', timestamptz '2024-03-31 15:00+00', '+02')
SELECT date_trunc('day', timestamptz '2024-03-31 15:00+00', 'Nowhere')
SELECT date_trunc('hour', interval '1 day 15:04:05')
SELECT date_trunc('month', interval '1 year 3 months 20 days 15:04:05')

== making and justifying
SELECT date_trunc('quarter', interval '1 year 8 months 20 days')
SELECT date_trunc('year', interval '-1 year 8 months 20 days')
SELECT date_trunc('week', interval '20 days')
SELECT date_trunc('decade', interval '25 years')
SELECT date_trunc('century', interval '125 years')
SELECT date_trunc('millennium', interval '1250 years')
SELECT date_trunc('nonsense', interval '25 years')
SELECT date_trunc('day', time '10:10')
SELECT make_date(2024, 2, 30)
SELECT make_date(2024, 13, 1)
SELECT make_date(0, 1, 1)
refused> SELECT make_date(-44, 3, 15)::text
refused> SELECT make_date(10000, 3, 15)::text
SELECT make_time(25, 0, 0)
refused> SELECT make_time(23, 59, 60)
refused> SELECT make_time(23, 59, 59.9999999)
SELECT make_time(24, 0, 0)::text
SELECT make_time(-1, 0, 0)
SELECT make_time(8, 15, 23.5)
SELECT make_timestamp(2024, 2, 29, 8, 15, 23.5)
SELECT make_timestamp(2024, 2, 30, 8, 15, 23.5)
SELECT make_timestamp(2024, 2, 29, 25, 15, 23.5)
SELECT make_timestamp(2024, 2, 29, 8, 15, 60)
SELECT make_timestamptz(2024, 2, 29, 8, 15, 23.5, 'Europe/Berlin')
SELECT make_timestamptz(2024, 2, 29, 8, 15, 23.5, '+05:30')
SELECT make_timestamptz(2024, 2, 29, 8, 15, 23.5, 'nope')
SELECT make_timestamptz(2024, 2, 29, 8, 15, 23.5)
SELECT make_interval(years => 1, months => 14, weeks => 2, days => 3, hours => 4, mins => 5, secs => 6.789)
SELECT make_interval(secs => 1e10)::text
SELECT make_interval(days => 10)
SELECT make_interval(secs => 'infinity')
SELECT make_interval(years => 2147483647)
SELECT make_interval(secs => 'NaN')
SELECT justify_days(interval '35 days'), justify_hours(interval '27 hours'), justify_interval(interval '1 mon -1 hour')
SELECT justify_days(interval '-35 days'), justify_hours(interval '-27 hours'), justify_interval(interval '-1 mon 1 hour')
SELECT justify_interval(interval '100 days 100 hours -3 mons')
SELECT isfinite(date 'infinity'), isfinite(timestamp '2024-01-01'), isfinite(interval '1 day'), isfinite(interval 'infinity')
SELECT to_timestamp(1284352323.5), to_timestamp(0), to_timestamp(-1.5)
SELECT to_timestamp('NaN'::float8)
SELECT to_timestamp('infinity'::float8)
SELECT to_timestamp(1e18)
SELECT interval '1 day' * 2.5, interval '1 month' * 0.5, interval '1 mon' / 3, interval '1 year' / 7
SELECT interval '1 day' / 0
SELECT interval '1 day' * 'NaN'::float8

== arithmetic
refused> SELECT interval '1 day' * 'infinity'::float8
SELECT interval '1 mon 1 day' * 1.1, interval '-1 mon 5 days' * 0.33, interval '10:00' * 0.1
refused> SELECT interval '178956970 years'
SELECT interval '1 day' + interval 'infinity', interval 'infinity' - interval 'infinity'
SELECT -interval '1 mon -2 days 03:00'
SELECT interval '1 day' = interval '24 hours', interval '1 mon' = interval '30 days', interval '1 mon' > interval '29 days'
SELECT date '2024-01-31' + interval '1 month', date '2024-03-31' - interval '1 month'
SELECT timestamp '2024-01-31 10:00' + interval '1 month 1 day'
SELECT date '2024-02-28' + 2, 2 + date '2024-02-28', date '2024-03-01' - 1, date '2024-03-01' - date '2024-02-01'
SELECT date 'infinity' + 1, date 'infinity' - date '2024-01-01'
SELECT date 'infinity' - 1
SELECT date '2024-01-01' + time '10:30', time '10:30' + date '2024-01-01', date '2024-01-01' + timetz '10:30+02'
SELECT timetz '10:30+02' + date '2024-01-01'
SELECT time '10:30' + interval '20 hours', time '10:30' - interval '20 hours', time '10:30' - time '08:15'
SELECT timetz '10:30+02' + interval '20 hours', timetz '10:30+02' - interval '20 hours'
SELECT interval '1 hour' + timetz '10:30+02', interval '1 hour' + time '23:30'
SELECT timestamp '2024-03-01' - timestamp '2024-02-01 12:00', timestamptz '2024-03-01' - timestamptz '2024-02-01 12:00'
refused> SELECT timestamp 'infinity' - timestamp '2024-01-01', timestamp 'infinity' - timestamp '-infinity'
SELECT timestamp 'infinity' - timestamp 'infinity'
SELECT timestamp 'infinity' + interval '1 day', timestamp 'infinity' - interval 'infinity'
SELECT timestamp '2024-01-01' + interval 'infinity'
SELECT (date '2024-01-01', date '2024-01-31') OVERLAPS (date '2024-01-31', date '2024-02-10')
SELECT (date '2024-01-01', interval '40 days') OVERLAPS (date '2024-01-31', interval '1 day')

== zones, overlaps, the clock
SELECT (timestamp '2024-01-01', NULL) OVERLAPS (timestamp '2024-01-01', interval '1 day')
SELECT (time '10:00', time '12:00') OVERLAPS (time '11:00', interval '1 hour')
SELECT (time '10:00', interval '2 hours') OVERLAPS (time '12:00', interval '1 hour')
SELECT (timetz '10:00+00', timetz '12:00+00') OVERLAPS (timetz '11:00+00', timetz '13:00+00')
SELECT (timestamptz '2024-01-01', timestamptz '2024-01-05') OVERLAPS (timestamptz '2024-01-05', timestamptz '2024-01-06')
SELECT (date '2024-01-05', date '2024-01-01') OVERLAPS (date '2024-01-02', date '2024-01-03')
SELECT timezone('Europe/Berlin', timestamp '2024-07-01 12:00'), timezone('Europe/Berlin', timestamptz '2024-07-01 12:00+00')
SELECT timetz '10:30+02' AT TIME ZONE 'UTC', timetz '10:30+02' AT TIME ZONE interval '5 hours'
SELECT timezone('UTC', timetz '10:30+02')
SELECT time '10:30' AT TIME ZONE 'UTC'
SELECT timestamp '2024-07-01 12:00' AT LOCAL, timestamptz '2024-07-01 12:00+00' AT LOCAL
SELECT timetz '12:00+03' AT LOCAL
SELECT timestamp '2024-07-01 12:00' AT TIME ZONE 'EST5EDT', timestamp '2024-07-01 12:00' AT TIME ZONE '+03', timestamp '2024-07-01 12:00' AT TIME ZONE 'UTC+3'
SELECT timestamp '2024-07-01 12:00' AT TIME ZONE '-03:30'
SELECT timestamp '2024-07-01 12:00' AT TIME ZONE interval '-03:30'
SELECT timestamp '2024-07-01 12:00' AT TIME ZONE interval '1 month'
SELECT timestamp '2024-07-01 12:00' AT TIME ZONE 'america/new_york', timestamp '2024-07-01 12:00' AT TIME ZONE 'pst'
SELECT timestamp '2024-03-31 02:30' AT TIME ZONE 'Europe/Berlin', timestamp '2024-10-27 02:30' AT TIME ZONE 'Europe/Berlin'
SELECT timestamp '2024-03-10 02:30' AT TIME ZONE 'America/New_York', timestamp '2024-11-03 01:30' AT TIME ZONE 'America/New_York'
SELECT timestamp '2024-07-01' AT TIME ZONE ''
SELECT pg_typeof(current_time), pg_typeof(localtime), pg_typeof(localtimestamp(0)), pg_typeof(current_timestamp(3))
SELECT current_time(0) IS NOT NULL, extract(microseconds from localtimestamp(0))::int % 1000000, extract(microseconds from current_timestamp(0))::int % 1000000
SELECT now() = transaction_timestamp(), clock_timestamp() > now(), statement_timestamp() >= now(), current_date = now()::date
SELECT timeofday() LIKE '%UTC%'
SELECT date_add(timestamptz '2024-03-30 12:00+00', interval '1 day', 'Europe/Berlin'), date_subtract(timestamptz '2024-04-01 12:00+00', interval '2 days', 'Europe/Berlin')
SELECT generate_series(timestamptz '2024-03-30 12:00+00', timestamptz '2024-04-02 12:00+00', interval '1 day', 'Europe/Berlin')
SELECT generate_series(date '2024-01-01', date '2024-03-01', interval '1 month')
SELECT generate_series(timestamp '2024-01-31', timestamp '2024-06-01', interval '1 month')
SELECT generate_series(timestamp '2024-01-01', timestamp '2024-01-03', interval '0')
SELECT generate_series(timestamp '2024-01-03', timestamp '2024-01-01', interval '-1 day')
SELECT generate_series(timestamp '2024-01-03', timestamp '2024-01-01', interval '1 month -40 days')
SELECT generate_series(timestamp '2024-01-01', 'infinity'::timestamp, interval 'infinity')
SELECT interval '1' , interval '1' year, interval '1' month, interval '1' day, interval '1' hour, interval '1' minute, interval '1' second
SELECT interval '1-2', interval '1-2' year to month, interval '1 2:03' day to minute, interval '1 2:03:04' day to second, interval '2:03' minute to second
SELECT interval '1.234567891' second(3), interval(2) '1.2389 s', interval '1 day 2:03:04.5678' day to second(2)

== intervals
SELECT interval 'P1Y2M3DT4H5M6S', interval 'P1W', interval 'PT0.5S', interval 'P0001-02-03T04:05:06'
SELECT interval '1 year 2 months 3 weeks 4 days 5 hours 6 minutes 7.8 seconds ago'
SELECT interval '@ 1 minute', interval '1 fortnight'
SELECT interval '1 centuries 2 decades 1 millennium', interval '1.5 years', interval '1.5 months', interval '1.5 weeks', interval '1.5 days', interval '1.5 hours'
SELECT interval '-1.5 years', interval '0.1 month', interval '1.5 decades', interval '2 qtr'
SELECT interval '1 yr 2 mon 3 d 4 h 5 m 6 s 7 ms 8 us'
SELECT interval '1y 2mons 3d 04:05', interval '+1 day -2 hours', interval '-1 day 2:03', interval '- 1 day'
SELECT interval '', interval 'abc'
SELECT interval 'abc'
SELECT interval '1 day 1 day'
SELECT interval '1:2:3:4'
SELECT interval '10000000000 years'
SELECT interval '4 hours'::text, interval '-4 hours'::text, interval '1 mon -1 day'::text, interval '-1 mon +1 day -00:00:01'::text, interval '0'::text, interval '1 year'::text, interval '-13 months'::text
SELECT interval '1 day 00:00:00.000001'::text, interval '25:61:61'::text, interval '100:00:00'::text, interval '00:60'::text
SELECT ('-1 mons -1 days'::interval)::text, ('1 mon -1 days -01:00'::interval)::text
SELECT interval '1 day' second
SELECT interval '10:20' hour, interval '10:20:30' minute, interval '1 day 10:20' day

== input
SELECT '2024-02-29'::date, '20240229'::date, '240229'::date, 'Feb 29, 2024'::date, '29 Feb 2024'::date, 'February 29 2024'::date, '2024-Feb-29'::date, '29-Feb-2024'::date, '2/29/2024'::date, '2.29.2024'::date, '2024.060'::date, '2024/2/9'::date, 'J2460370'::date
SELECT '2024-2-30'::date
SELECT '30/2/2024'::date
SELECT '2024-13-01'::date
SELECT '13/13/2024'::date
SELECT 'Feb 30 2024'::date
SELECT '2024-02'::date
SELECT '2024'::date
SELECT 'hello'::date
SELECT ''::date
SELECT '  2024-02-29  '::date, '2024-02-29 10:00'::date, '2024-02-29T10:00:00Z'::date, '99-01-08'::date, '1/8/99'::date, 'Jan-08-1999'::date
SELECT '0001-01-01'::date, '9999-12-31'::date
SELECT '0000-01-01'::date
refused> SELECT '0044-03-15 BC'::date
refused> SELECT '10000-01-01'::date
SELECT '2024-02-29 15:04:05.123456789'::timestamp, '2024-02-29 15:04'::timestamp, '2024-02-29T15:04:05'::timestamp, '2024-02-29 3:04 PM'::timestamp, '2024-02-29 24:00'::timestamp, '20240229T150405'::timestamp, '2024-02-29 150405'::timestamp, 'Thu Feb 29 15:04:05 2024'::timestamp, '2024-02-29 15:04:05 AD'::timestamp
SELECT '2024-02-29 25:00'::timestamp
SELECT '2024-02-29 10:60'::timestamp
SELECT '2024-02-29 10:10:61'::timestamp
SELECT '2024-02-29 13:00 PM'::timestamp
SELECT '2024-02-29 10:00+02'::timestamptz, '2024-02-29 10:00 +02:30'::timestamptz, '2024-02-29 10:00 EST'::timestamptz, '2024-02-29 10:00 Europe/Berlin'::timestamptz, '2024-02-29 10:00Z'::timestamptz, '2024-02-29 10:00 America/New_York'::timestamptz, '2024-07-01 10:00 PST8PDT'::timestamptz, '2024-02-29 10:00-0330'::timestamptz, '2024-02-29 10:00+02'::timestamp, 'Thu Feb 29 10:00:00 2024 PST'::timestamptz
SELECT '2024-02-29 10:00 Nowhere'::timestamptz
SELECT '2024-02-29 10:00 Foo/Bar'::timestamptz
SELECT '2024-02-29 10:00+20'::timestamptz
SELECT '2024-02-29 10:00+02 +03'::timestamptz
refused> SELECT '10:20'::time, '10:20:30.5'::time, '102030'::time, '1020'::time, '10:20 PM'::time, '12:00 AM'::time, '04:05:06 PST'::time, 'allballs'::time, '23:59:60'::time, '10:20:30+02'::timetz, '10:20 EST'::timetz, '10:20Z'::timetz, '2024-07-01 10:20 Europe/Berlin'::timetz
SELECT '25:00'::time
SELECT '10:61'::time
SELECT 'x'::time
SELECT '10:20:30'::time(0), '10:20:30.567'::time(1), '10:20:30.567+02'::timetz(1), '2024-02-29 10:20:30.567'::timestamp(2), '2024-02-29 23:59:59.9'::timestamp(0)
SELECT extract(century from timestamp '2024-02-29 15:04:05.123456'), extract(day from timestamp '2024-02-29'), extract(decade from date '2024-02-29'), extract(dow from date '2024-02-25'), extract(doy from date '2024-02-29'), extract(epoch from timestamp '2024-02-29 15:04:05.123456'), extract(epoch from timestamptz '2024-02-29 15:04:05.123456+00'), extract(hour from time '15:04'), extract(isodow from date '2024-02-25'), extract(isoyear from date '2024-12-30'), extract(julian from timestamp '2024-02-29 12:00'), extract(microseconds from time '15:04:05.5'), extract(millennium from date '2024-01-01'), extract(milliseconds from time '15:04:05.5'), extract(minute from interval '2 hours 30 minutes'), extract(month from date '2024-02-29'), extract(quarter from date '2024-02-29'), extract(second from timestamp '2024-02-29 15:04:05.5'), extract(week from date '2024-12-30'), extract(year from date '2024-02-29')
SELECT extract(timezone from timestamptz '2024-02-29'), extract(timezone_hour from timetz '10:00+02:30'), extract(timezone_minute from timetz '10:00+02:30'), extract(epoch from timetz '10:00+02'), extract(epoch from interval '1 year 1 mon 1 day 01:00'), extract(day from interval '40 days'), extract(month from interval '14 months'), extract(year from interval '14 months'), extract(week from interval '20 days'), extract(quarter from interval '8 months'), extract(decade from interval '25 years')
SELECT extract(timezone from timestamp '2024-02-29')
SELECT extract(hour from date '2024-02-29')
SELECT extract(nonsense from date '2024-02-29')
SELECT extract(dow from interval '1 day')
SELECT extract(year from time '10:00')
SELECT extract(epoch from timestamp 'infinity'), extract(year from timestamp 'infinity'), extract(day from date '-infinity'), extract(dow from timestamp 'infinity'), extract(epoch from interval 'infinity')
SELECT date_part('year', timestamp '2024-02-29'), date_part('epoch', interval '1 day'), date_part('hour', time '10:00'), date_part('dow', date '2024-02-29'), date_part('second', timestamp '2024-01-01 00:00:01.25')
SELECT date_part('foo', timestamp '2024-02-29')
SELECT date '2024-02-29'::text, timestamp '2024-02-29 15:04:05.120'::text, timestamptz '2024-02-29 15:04:05+02'::text, time '15:04:05.10'::text, timetz '15:04:05-03:30'::text
refused> SET DateStyle = 'ISO, DMY'
refused> SELECT '2/3/2024'::date, '13/2/2024'::date, current_setting('datestyle')
SET DateStyle = 'ISO, MDY'
SELECT '2/3/2024'::date
refused> SET DateStyle = 'German'
SET DateStyle = 'ISO, MDY'
refused> SET IntervalStyle = 'iso_8601'
SET IntervalStyle = 'postgres'
SET timezone = 'Europe/Berlin'
SELECT timestamptz '2024-03-31 02:30', timestamptz '2024-10-27 02:30', timestamptz '2024-07-01 12:00'::text, '2024-07-01'::date::timestamptz, timestamptz '2024-07-01 12:00+00'::date, timestamptz '2024-07-01 23:00+00'::time, timestamptz '2024-03-30 12:00' + interval '1 day', timestamptz '2024-03-30 12:00' + interval '24 hours', date_trunc('day', timestamptz '2024-07-01 23:00+00'), extract(hour from timestamptz '2024-07-01 12:00+00'), extract(timezone from timestamptz '2024-07-01 12:00+00'), to_char(timestamptz '2024-07-01 12:00+00', 'YYYY-MM-DD HH24:MI TZ'), timetz '10:00', timestamptz '2024-07-01 12:00+00'::timetz, timestamptz '2024-07-01 12:00+00'::timestamp, age(timestamptz '2024-07-01', timestamptz '2024-03-01')
SELECT generate_series(timestamptz '2024-03-30', timestamptz '2024-04-01', interval '1 day')
SELECT make_timestamptz(2024, 3, 31, 2, 30, 0), to_timestamp('2024-07-01 12', 'YYYY-MM-DD HH24'), date_bin('1 day', timestamptz '2024-07-01 12:00', timestamptz '2024-01-01')
SET timezone = 'UTC'
