-- Errors: all of them, and the alert for those that are many.

--@test: status 400 is no error, 401 is
RUN SCRIPT '../../../ksql/statements.sql';
INSERT INTO clickstream (rowtime, userid, status) VALUES (55000, 1, 400);
INSERT INTO clickstream (rowtime, userid, status) VALUES (55000, 1, 401);
ASSERT VALUES errors_per_min (k1, windowstart, status, event_ts, errors) VALUES (401, 0, 401, 0, 1);

--@test: the alert begins with the sixth error of a minute
RUN SCRIPT '../../../ksql/statements.sql';
INSERT INTO clickstream (rowtime, userid, status) VALUES (1000, 1, 404);
INSERT INTO clickstream (rowtime, userid, status) VALUES (2000, 1, 404);
INSERT INTO clickstream (rowtime, userid, status) VALUES (3000, 1, 404);
INSERT INTO clickstream (rowtime, userid, status) VALUES (4000, 1, 404);
INSERT INTO clickstream (rowtime, userid, status) VALUES (5000, 1, 404);
INSERT INTO clickstream (rowtime, userid, status) VALUES (6000, 1, 404);
ASSERT VALUES errors_per_min_alert (rowtime, k1, windowstart, windowend, status, event_ts, errors) VALUES (6000, 404, 0, 60000, 404, 0, 6);
INSERT INTO clickstream (rowtime, userid, status) VALUES (59999, 1, 404);
ASSERT VALUES errors_per_min_alert (rowtime, k1, windowstart, status, event_ts, errors) VALUES (59999, 404, 0, 404, 0, 7);
