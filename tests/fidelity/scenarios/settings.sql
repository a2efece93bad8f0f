# Settings that change how a server works and nothing that it answers.

== the planner's
SET enable_seqscan = off
SHOW enable_seqscan
SET enable_seqscan TO on
SHOW enable_seqscan
SET enable_hashjoin = maybe
SET enable_mergejoin TO DEFAULT
SET random_page_cost = 1.1
SHOW random_page_cost
SET random_page_cost = 'cheap'
SET random_page_cost = -1
SET seq_page_cost = 1e-1
SHOW seq_page_cost
SHOW cpu_tuple_cost
SET plan_cache_mode = force_custom_plan
SHOW plan_cache_mode
SET plan_cache_mode = sometimes
SET from_collapse_limit = 1.6
SHOW from_collapse_limit
SET from_collapse_limit = 'a'
SET geqo_threshold = 1
SHOW jit_above_cost
RESET plan_cache_mode
SHOW plan_cache_mode
SELECT current_setting('enable_sort'), current_setting('geqo_effort')

== memory and time
SHOW effective_cache_size
SET effective_cache_size = '3GB'
SHOW effective_cache_size
SET effective_cache_size = 12345
SHOW effective_cache_size
SET maintenance_work_mem = '64MB'
SHOW maintenance_work_mem
SET maintenance_work_mem = '64XB'
SET maintenance_work_mem = '1kB'
SET log_min_duration_statement = 250
SHOW log_min_duration_statement
SET vacuum_cost_delay = '2.5ms'
SHOW vacuum_cost_delay
SET max_parallel_workers_per_gather = 0
SHOW max_parallel_workers_per_gather
SHOW temp_buffers

== the server's own
SET shared_buffers = '1GB'
SET autovacuum = off
SET wal_level = minimal
SET log_connections = on
refused> SET wal_segment_size = '1MB'
SHOW wal_level
SHOW autovacuum
SHOW max_wal_size

== in transactions
BEGIN
SET LOCAL enable_nestloop = off
SHOW enable_nestloop
COMMIT
SHOW enable_nestloop
BEGIN
SET enable_nestloop = off
ROLLBACK
SHOW enable_nestloop
SELECT set_config('enable_bitmapscan', 'off', false)
SHOW enable_bitmapscan
SHOW no_such_setting
SET no_such_setting = 1
