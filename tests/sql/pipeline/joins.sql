-- Clicks joined with who clicked, and with what their status means.

--@test: a click takes its user as known when it comes
RUN SCRIPT '../../../ksql/statements.sql';
INSERT INTO clickstream (rowtime, userid, ip) VALUES (1000, 1, '1.2.3.4');
INSERT INTO web_users (rowtime, user_id, username, city) VALUES (2000, 1, 'ann', 'Ulm');
INSERT INTO clickstream (rowtime, userid, ip) VALUES (3000, 1, '1.2.3.4');
INSERT INTO web_users (rowtime, user_id, username, city) VALUES (4000, 1, 'ann', 'Bonn');
INSERT INTO clickstream (rowtime, userid, ip, request, status, bytes) VALUES (5000, 1, '1.2.3.4', 'GET / HTTP/1.1', 200, 99);
ASSERT VALUES user_clickstream (rowtime, userid, ip) VALUES (1000, 1, '1.2.3.4');
ASSERT VALUES user_clickstream (rowtime, userid, username, ip, city) VALUES (3000, 1, 'ann', '1.2.3.4', 'Ulm');
ASSERT VALUES user_clickstream (rowtime, userid, username, ip, city, request, status, bytes) VALUES (5000, 1, 'ann', '1.2.3.4', 'Bonn', 'GET / HTTP/1.1', 200, 99);

--@test: clicks with a status that has a name are counted under it from the second on
RUN SCRIPT '../../../ksql/statements.sql';
INSERT INTO clickstream_codes (rowtime, code, definition) VALUES (0, 404, 'Page not found');
INSERT INTO clickstream (rowtime, userid, status) VALUES (1000, 1, 404);
INSERT INTO clickstream (rowtime, userid, status) VALUES (1100, 1, 405);
INSERT INTO clickstream (rowtime, userid, status) VALUES (1200, 1, 404);
ASSERT VALUES enriched_error_codes (rowtime, code, definition) VALUES (1000, 404, 'Page not found');
ASSERT VALUES enriched_error_codes (rowtime, code, definition) VALUES (1100, 405, NULL);
ASSERT VALUES enriched_error_codes_count (rowtime, k1, k2, windowstart, windowend, code, event_ts, definition, count) VALUES (1200, 404, 'Page not found', 0, 30000, 404, 0, 'Page not found', 2);

--@test: a click counts for its user's place
RUN SCRIPT '../../../ksql/statements.sql';
INSERT INTO web_users (rowtime, user_id, username, city) VALUES (0, 1, 'ann', 'Ulm');
INSERT INTO clickstream (rowtime, userid, ip, bytes) VALUES (1000, 1, '1.2.3.4', 5);
INSERT INTO clickstream (rowtime, userid, ip, bytes) VALUES (2000, 1, '1.2.3.4', 6);
INSERT INTO clickstream (rowtime, userid, ip, bytes) VALUES (3000, 1, '5.6.7.8', 7);
ASSERT VALUES user_ip_activity (k1, k2, k3, windowstart, username, event_ts, ip, city, count) VALUES ('ann', '1.2.3.4', 'Ulm', 0, 'ann', 0, '1.2.3.4', 'Ulm', 2);
ASSERT VALUES bandwidth_per_min (k, windowstart, username, event_ts, total_bytes) VALUES ('ann', 0, 'ann', 0, 5);
ASSERT VALUES bandwidth_per_min (k, windowstart, username, event_ts, total_bytes) VALUES ('ann', 0, 'ann', 0, 11);
ASSERT VALUES bandwidth_per_min (k, windowstart, username, event_ts, total_bytes) VALUES ('ann', 0, 'ann', 0, 18);
