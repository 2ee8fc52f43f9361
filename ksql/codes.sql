-- What status codes mean, for `clickstream ingest`: an access log has the codes but not their meaning.
--
-- The table is the one of statements.sql; naming the number of partitions makes its topic where there is none yet.
-- Where the generator knows a code too, the words are the generator's.

CREATE TABLE clickstream_codes (
    code       INT PRIMARY KEY,
    definition VARCHAR
) WITH (
    kafka_topic  = 'clickstream_codes',
    value_format = 'json',
    partitions   = 1
);

INSERT INTO clickstream_codes (code, definition) VALUES (200, 'Successful');
INSERT INTO clickstream_codes (code, definition) VALUES (201, 'Created');
INSERT INTO clickstream_codes (code, definition) VALUES (204, 'No content');
INSERT INTO clickstream_codes (code, definition) VALUES (206, 'Partial content');
INSERT INTO clickstream_codes (code, definition) VALUES (301, 'Moved permanently');
INSERT INTO clickstream_codes (code, definition) VALUES (302, 'Redirect');
INSERT INTO clickstream_codes (code, definition) VALUES (303, 'See other');
INSERT INTO clickstream_codes (code, definition) VALUES (304, 'Not modified');
INSERT INTO clickstream_codes (code, definition) VALUES (307, 'Temporary redirect');
INSERT INTO clickstream_codes (code, definition) VALUES (308, 'Permanent redirect');
INSERT INTO clickstream_codes (code, definition) VALUES (400, 'Bad request');
INSERT INTO clickstream_codes (code, definition) VALUES (401, 'Not logged in');
INSERT INTO clickstream_codes (code, definition) VALUES (403, 'Forbidden');
INSERT INTO clickstream_codes (code, definition) VALUES (404, 'Page not found');
INSERT INTO clickstream_codes (code, definition) VALUES (405, 'Method not allowed');
INSERT INTO clickstream_codes (code, definition) VALUES (406, 'Not acceptable');
INSERT INTO clickstream_codes (code, definition) VALUES (407, 'Proxy authentication required');
INSERT INTO clickstream_codes (code, definition) VALUES (408, 'Request timed out');
INSERT INTO clickstream_codes (code, definition) VALUES (410, 'Gone');
INSERT INTO clickstream_codes (code, definition) VALUES (413, 'Request too large');
INSERT INTO clickstream_codes (code, definition) VALUES (416, 'Range not satisfiable');
INSERT INTO clickstream_codes (code, definition) VALUES (429, 'Too many requests');
INSERT INTO clickstream_codes (code, definition) VALUES (499, 'Client went away');
INSERT INTO clickstream_codes (code, definition) VALUES (500, 'Server error');
INSERT INTO clickstream_codes (code, definition) VALUES (502, 'Bad gateway');
INSERT INTO clickstream_codes (code, definition) VALUES (503, 'Service unavailable');
INSERT INTO clickstream_codes (code, definition) VALUES (504, 'Gateway timed out');
