-- Hits and page views: tumbling and hopping windows.

--@test: a minute counts the clicks of each user apart
RUN SCRIPT '../../../ksql/statements.sql';
INSERT INTO clickstream (rowtime, userid, status) VALUES (0, 1, 200);
INSERT INTO clickstream (rowtime, userid, status) VALUES (1000, 2, 200);
INSERT INTO clickstream (rowtime, userid, status) VALUES (2000, 1, 200);
ASSERT VALUES events_per_min (rowtime, k1, windowstart, windowend, userid, event_ts, events) VALUES (0, 1, 0, 60000, 1, 0, 1);
ASSERT VALUES events_per_min (rowtime, k1, windowstart, userid, event_ts, events) VALUES (1000, 2, 0, 2, 0, 1);
ASSERT VALUES events_per_min (rowtime, k1, windowstart, userid, event_ts, events) VALUES (2000, 1, 0, 1, 0, 2);

--@test: a minute ends before its end
RUN SCRIPT '../../../ksql/statements.sql';
INSERT INTO clickstream (rowtime, userid) VALUES (59999, 1);
INSERT INTO clickstream (rowtime, userid) VALUES (60000, 1);
ASSERT VALUES events_per_min (k1, windowstart, userid, event_ts, events) VALUES (1, 0, 1, 0, 1);
ASSERT VALUES events_per_min (k1, windowstart, userid, event_ts, events) VALUES (1, 60000, 1, 60000, 1);

--@test: a late click counts in its own minute, and keeps that row's newest time
RUN SCRIPT '../../../ksql/statements.sql';
INSERT INTO clickstream (rowtime, userid) VALUES (30000, 1);
INSERT INTO clickstream (rowtime, userid) VALUES (500000, 1);
INSERT INTO clickstream (rowtime, userid) VALUES (1000, 1);
ASSERT VALUES events_per_min (rowtime, k1, userid, event_ts, events) VALUES (30000, 1, 1, 0, 1);
ASSERT VALUES events_per_min (rowtime, k1, userid, event_ts, events) VALUES (500000, 1, 1, 480000, 1);
ASSERT VALUES events_per_min (rowtime, k1, userid, event_ts, events) VALUES (30000, 1, 1, 0, 2);

--@test: a click of nobody is in no minute
RUN SCRIPT '../../../ksql/statements.sql';
INSERT INTO clickstream (rowtime, ip) VALUES (0, '1.2.3.4');
INSERT INTO clickstream (rowtime, userid) VALUES (0, 1);
ASSERT VALUES events_per_min (k1, userid, event_ts, events) VALUES (1, 1, 0, 1);

--@test: a page view is in the twelve minutes that hold it, an image in none
RUN SCRIPT '../../../ksql/statements.sql';
INSERT INTO clickstream (rowtime, userid, request) VALUES (56000, 7, 'GET /images/logo.png HTTP/1.1');
INSERT INTO clickstream (rowtime, userid, request) VALUES (57000, 7, 'GET /index.html HTTP/1.1');
ASSERT VALUES pages_per_min (k1, windowstart, windowend, userid, event_ts, pages) VALUES (7, 0, 60000, 7, 0, 1);
ASSERT VALUES pages_per_min (k1, windowstart, windowend, userid, event_ts, pages) VALUES (7, 5000, 65000, 7, 5000, 1);
ASSERT VALUES pages_per_min (k1, windowstart, userid, event_ts, pages) VALUES (7, 10000, 7, 10000, 1);
ASSERT VALUES pages_per_min (k1, windowstart, userid, event_ts, pages) VALUES (7, 15000, 7, 15000, 1);
ASSERT VALUES pages_per_min (k1, windowstart, userid, event_ts, pages) VALUES (7, 20000, 7, 20000, 1);
ASSERT VALUES pages_per_min (k1, windowstart, userid, event_ts, pages) VALUES (7, 25000, 7, 25000, 1);
ASSERT VALUES pages_per_min (k1, windowstart, userid, event_ts, pages) VALUES (7, 30000, 7, 30000, 1);
ASSERT VALUES pages_per_min (k1, windowstart, userid, event_ts, pages) VALUES (7, 35000, 7, 35000, 1);
ASSERT VALUES pages_per_min (k1, windowstart, userid, event_ts, pages) VALUES (7, 40000, 7, 40000, 1);
ASSERT VALUES pages_per_min (k1, windowstart, userid, event_ts, pages) VALUES (7, 45000, 7, 45000, 1);
ASSERT VALUES pages_per_min (k1, windowstart, userid, event_ts, pages) VALUES (7, 50000, 7, 50000, 1);
ASSERT VALUES pages_per_min (k1, windowstart, windowend, userid, event_ts, pages) VALUES (7, 55000, 115000, 7, 55000, 1);
