-- What the pipeline makes, and what keeps it whole.

--@test: sources have the columns that the dashboards and sinks read
RUN SCRIPT '../../../ksql/statements.sql';
ASSERT STREAM clickstream (_time BIGINT, time VARCHAR, ip VARCHAR, request VARCHAR, status INT, userid INT, bytes BIGINT, agent VARCHAR)
    WITH (kafka_topic='clickstream', value_format='JSON');
ASSERT TABLE web_users WITH (kafka_topic='clickstream_users', key_format='KAFKA', value_format='JSON');
ASSERT TABLE events_per_min (k1 INT PRIMARY KEY, userid INT, event_ts BIGINT, events BIGINT)
    WITH (kafka_topic='EVENTS_PER_MIN', window_type='TUMBLING', window_size='60 SECONDS');
ASSERT TABLE click_user_sessions (k VARCHAR PRIMARY KEY, username VARCHAR, event_ts BIGINT, events BIGINT)
    WITH (window_type='SESSION');
ASSERT TABLE user_ip_activity WITH (key_format='JSON', window_type='TUMBLING', window_size='1 MINUTE');

--@test: a stream that others read cannot be dropped
--@expected.error: io.confluent.ksql.util.KsqlException
--@expected.message: The following streams and/or tables read from this source: [BANDWIDTH_PER_MIN, CLICK_USER_SESSIONS, USER_IP_ACTIVITY, USER_SESSION_BANDWIDTH]
RUN SCRIPT '../../../ksql/statements.sql';
DROP STREAM user_clickstream;

--@test: no row can be inserted into a table of minutes
--@expected.message: Cannot insert values into windowed stream/table!
RUN SCRIPT '../../../ksql/statements.sql';
INSERT INTO events_per_min (k1, userid, event_ts, events) VALUES (1, 1, 0, 1);
