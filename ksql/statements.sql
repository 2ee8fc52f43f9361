-- The click pipeline: three sources, two enriched streams, nine tables for the dashboards.
--
-- Run by `clickstream up` and `clickstream load-ksql`, one statement at a time, on the embedded engine and on ksqlDB
-- alike. Every statement that ends in AS SELECT starts a query that runs until it is dropped, and begins with the
-- oldest record, so clicks from before it existed count too.
--
-- Time is event time: the timestamp of the click's record, not the clock on the wall.
--
-- Every table selects its group columns twice. The plain one (userid AS k1) is the row's key; AS_VALUE copies it into
-- the row's value, because the sink to Elasticsearch reads values only.

-- 1. Sources: give a topic columns and types ---------------------------------------------------------------------

-- A stream is a history: every click stays an event of its own.
CREATE STREAM clickstream (
    _time   BIGINT,
    time    VARCHAR,
    ip      VARCHAR,
    request VARCHAR,
    status  INT,
    userid  INT,
    bytes   BIGINT,
    agent   VARCHAR
) WITH (
    kafka_topic  = 'clickstream',
    value_format = 'json'
);

-- A table is a state: for each primary key the latest record counts, the earlier ones are overwritten.
CREATE TABLE clickstream_codes (
    code       INT PRIMARY KEY,
    definition VARCHAR
) WITH (
    kafka_topic  = 'clickstream_codes',
    value_format = 'json'
);

CREATE TABLE web_users (
    user_id       INT PRIMARY KEY,
    registered_at BIGINT,
    username      VARCHAR,
    first_name    VARCHAR,
    last_name     VARCHAR,
    city          VARCHAR,
    level         VARCHAR
) WITH (
    kafka_topic  = 'clickstream_users',
    value_format = 'json'
);

-- 2. Enriched streams: look each click up in a table --------------------------------------------------------------

-- Who clicked? A stream-table join looks up the table as it is when the click arrives; a user who registers later
-- does not change clicks that are past. LEFT keeps clicks of unknown users, with no name and no city.
CREATE STREAM user_clickstream AS
    SELECT
        c.userid,
        u.username,
        c.ip,
        u.city,
        c.request,
        c.status,
        c.bytes
    FROM clickstream c
    LEFT JOIN web_users u ON c.userid = u.user_id;

-- What does the click's status mean?
CREATE STREAM enriched_error_codes AS
    SELECT
        clickstream_codes.code,
        clickstream_codes.definition
    FROM clickstream
    LEFT JOIN clickstream_codes ON clickstream.status = clickstream_codes.code;

-- 3. Traffic: hits and page views ---------------------------------------------------------------------------------

-- Hits of each user and minute. TUMBLING windows stand side by side: a click falls into exactly one.
-- WINDOWSTART is the window's first millisecond; the dashboards use it as the row's time.
CREATE TABLE events_per_min AS
    SELECT
        userid           AS k1,
        AS_VALUE(userid) AS userid,
        WINDOWSTART      AS event_ts,
        COUNT(*)         AS events
    FROM clickstream
    WINDOW TUMBLING (SIZE 60 SECONDS)
    GROUP BY userid;

-- Page views (requests for html, not for images). HOPPING windows overlap: a new window of a minute begins every
-- 5 seconds, so each click is counted in 12 of them and the curve moves smoothly.
CREATE TABLE pages_per_min AS
    SELECT
        userid           AS k1,
        AS_VALUE(userid) AS userid,
        WINDOWSTART      AS event_ts,
        COUNT(*)         AS pages
    FROM clickstream
    WINDOW HOPPING (SIZE 60 SECONDS, ADVANCE BY 5 SECONDS)
    WHERE request LIKE '%html%'
    GROUP BY userid;

-- 4. Sessions: clicks of one user that follow each other ----------------------------------------------------------

-- Hits of each session. A SESSION window has no fixed size: it grows with every click and ends when the user has been
-- quiet for more than 30 seconds. Its row is timed by WINDOWEND, the latest click, so that on the dashboard each
-- session climbs while it lasts and the next one starts low again.
CREATE TABLE click_user_sessions AS
    SELECT
        username           AS k,
        AS_VALUE(username) AS username,
        WINDOWEND          AS event_ts,
        COUNT(*)           AS events
    FROM user_clickstream
    WINDOW SESSION (30 SECONDS)
    GROUP BY username;

-- 5. Errors --------------------------------------------------------------------------------------------------------

-- Alert: a status above 400 that occurred more than five times in a minute. HAVING looks at the finished row; what
-- does not (or no longer) satisfy it is not in the table.
CREATE TABLE errors_per_min_alert AS
    SELECT
        status           AS k1,
        AS_VALUE(status) AS status,
        WINDOWSTART      AS event_ts,
        COUNT(*)         AS errors
    FROM clickstream
    WINDOW HOPPING (SIZE 60 SECONDS, ADVANCE BY 20 SECONDS)
    WHERE status > 400
    GROUP BY status
    HAVING COUNT(*) > 5 AND COUNT(*) IS NOT NULL;

-- All errors, whatever their number.
CREATE TABLE errors_per_min AS
    SELECT
        status           AS k1,
        AS_VALUE(status) AS status,
        WINDOWSTART      AS event_ts,
        COUNT(*)         AS errors
    FROM clickstream
    WINDOW HOPPING (SIZE 60 SECONDS, ADVANCE BY 5 SECONDS)
    WHERE status > 400
    GROUP BY status;

-- Status codes by name. Two group columns make a key of two columns, which needs a key format that can hold both.
CREATE TABLE enriched_error_codes_count WITH (key_format = 'json') AS
    SELECT
        code                 AS k1,
        definition           AS k2,
        AS_VALUE(code)       AS code,
        WINDOWSTART          AS event_ts,
        AS_VALUE(definition) AS definition,
        COUNT(*)             AS count
    FROM enriched_error_codes
    WINDOW TUMBLING (SIZE 30 SECONDS)
    GROUP BY code, definition
    HAVING COUNT(*) > 1;

-- 6. Users and places ----------------------------------------------------------------------------------------------

-- Who clicks from which address and city. A click with no known user has no name: a row whose group columns are not
-- all there is left out.
CREATE TABLE user_ip_activity WITH (key_format = 'json') AS
    SELECT
        username           AS k1,
        ip                 AS k2,
        city               AS k3,
        AS_VALUE(username) AS username,
        WINDOWSTART        AS event_ts,
        AS_VALUE(ip)       AS ip,
        AS_VALUE(city)     AS city,
        COUNT(*)           AS count
    FROM user_clickstream
    WINDOW TUMBLING (SIZE 60 SECONDS)
    GROUP BY username, ip, city
    HAVING COUNT(*) > 1;

-- 7. Bandwidth -----------------------------------------------------------------------------------------------------

-- Bytes of each user and minute.
CREATE TABLE bandwidth_per_min AS
    SELECT
        username           AS k,
        AS_VALUE(username) AS username,
        WINDOWSTART        AS event_ts,
        SUM(bytes)         AS total_bytes
    FROM user_clickstream
    WINDOW TUMBLING (SIZE 60 SECONDS)
    GROUP BY username;

-- Bytes of each session, for finding the heavy ones. Timed by WINDOWSTART, its first click: however much a session
-- grows it keeps one row, which ends with the session's whole sum.
CREATE TABLE user_session_bandwidth AS
    SELECT
        username           AS k,
        AS_VALUE(username) AS username,
        WINDOWSTART        AS event_ts,
        SUM(bytes)         AS total_bytes
    FROM user_clickstream
    WINDOW SESSION (30 SECONDS)
    GROUP BY username;
