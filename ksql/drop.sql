-- Takes statements.sql back, last made first: a source cannot be dropped while a query reads it.
--
-- Dropping a table or stream that was made by a query ends that query. Topics and their records stay; after another
-- `clickstream load-ksql` the queries read them again from the beginning.

DROP TABLE IF EXISTS user_session_bandwidth;
DROP TABLE IF EXISTS bandwidth_per_min;
DROP TABLE IF EXISTS user_ip_activity;
DROP TABLE IF EXISTS enriched_error_codes_count;
DROP TABLE IF EXISTS errors_per_min;
DROP TABLE IF EXISTS errors_per_min_alert;
DROP TABLE IF EXISTS click_user_sessions;
DROP TABLE IF EXISTS pages_per_min;
DROP TABLE IF EXISTS events_per_min;
DROP STREAM IF EXISTS enriched_error_codes;
DROP STREAM IF EXISTS user_clickstream;
DROP TABLE IF EXISTS web_users;
DROP TABLE IF EXISTS clickstream_codes;
DROP STREAM IF EXISTS clickstream;
