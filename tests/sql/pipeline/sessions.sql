-- Sessions: clicks of one user with no more than 30 seconds between them.

--@test: a session grows with each click, and its earlier row goes
RUN SCRIPT '../../../ksql/statements.sql';
INSERT INTO web_users (rowtime, user_id, username) VALUES (0, 1, 'ann');
INSERT INTO clickstream (rowtime, userid, bytes) VALUES (1000, 1, 10);
INSERT INTO clickstream (rowtime, userid, bytes) VALUES (31000, 1, 20);
ASSERT VALUES click_user_sessions (rowtime, k, windowstart, windowend, username, event_ts, events) VALUES (1000, 'ann', 1000, 1000, 'ann', 1000, 1);
ASSERT NULL VALUES click_user_sessions (rowtime, k, windowstart, windowend) KEY (1000, 'ann', 1000, 1000);
ASSERT VALUES click_user_sessions (rowtime, k, windowstart, windowend, username, event_ts, events) VALUES (31000, 'ann', 1000, 31000, 'ann', 31000, 2);
ASSERT VALUES user_session_bandwidth (k, windowstart, windowend, username, event_ts, total_bytes) VALUES ('ann', 1000, 1000, 'ann', 1000, 10);
ASSERT NULL VALUES user_session_bandwidth (k, windowstart, windowend) KEY ('ann', 1000, 1000);
ASSERT VALUES user_session_bandwidth (k, windowstart, windowend, username, event_ts, total_bytes) VALUES ('ann', 1000, 31000, 'ann', 1000, 30);

--@test: more than 30 seconds of quiet begin another session
RUN SCRIPT '../../../ksql/statements.sql';
INSERT INTO web_users (rowtime, user_id, username) VALUES (0, 1, 'ann');
INSERT INTO clickstream (rowtime, userid) VALUES (1000, 1);
INSERT INTO clickstream (rowtime, userid) VALUES (31001, 1);
ASSERT VALUES click_user_sessions (k, windowstart, windowend, username, event_ts, events) VALUES ('ann', 1000, 1000, 'ann', 1000, 1);
ASSERT VALUES click_user_sessions (k, windowstart, windowend, username, event_ts, events) VALUES ('ann', 31001, 31001, 'ann', 31001, 1);

--@test: a late click between two sessions makes them one
RUN SCRIPT '../../../ksql/statements.sql';
INSERT INTO web_users (rowtime, user_id, username) VALUES (0, 1, 'ann');
INSERT INTO clickstream (rowtime, userid) VALUES (1000, 1);
INSERT INTO clickstream (rowtime, userid) VALUES (50000, 1);
INSERT INTO clickstream (rowtime, userid) VALUES (25000, 1);
ASSERT VALUES click_user_sessions (k, windowstart, windowend, username, event_ts, events) VALUES ('ann', 1000, 1000, 'ann', 1000, 1);
ASSERT VALUES click_user_sessions (k, windowstart, windowend, username, event_ts, events) VALUES ('ann', 50000, 50000, 'ann', 50000, 1);
ASSERT NULL VALUES click_user_sessions (k, windowstart, windowend) KEY ('ann', 1000, 1000);
ASSERT NULL VALUES click_user_sessions (k, windowstart, windowend) KEY ('ann', 50000, 50000);
ASSERT VALUES click_user_sessions (k, windowstart, windowend, username, event_ts, events) VALUES ('ann', 1000, 50000, 'ann', 50000, 3);

--@test: sessions of two users do not touch
RUN SCRIPT '../../../ksql/statements.sql';
INSERT INTO web_users (rowtime, user_id, username) VALUES (0, 1, 'ann');
INSERT INTO web_users (rowtime, user_id, username) VALUES (0, 2, 'bob');
INSERT INTO clickstream (rowtime, userid) VALUES (1000, 1);
INSERT INTO clickstream (rowtime, userid) VALUES (2000, 2);
ASSERT VALUES click_user_sessions (k, windowstart, windowend, username, event_ts, events) VALUES ('ann', 1000, 1000, 'ann', 1000, 1);
ASSERT VALUES click_user_sessions (k, windowstart, windowend, username, event_ts, events) VALUES ('bob', 2000, 2000, 'bob', 2000, 1);
