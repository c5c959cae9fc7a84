-- What the same desk had come to hold by the seventh schema, in the tables and columns that came with it.
UPDATE cases SET alike = NULL, moved_from = 'acme', ticket = 'HD-17' WHERE id = 1;
UPDATE mentions SET hidden = TRUE WHERE id = 3;
UPDATE replies SET remind_at = '2026-09-14 14:00:00.000000', saved = 1, came_back = FALSE WHERE id = 1;
UPDATE drafts SET saved = 1 WHERE case_id = 2;
UPDATE deliveries SET tried_at = '2026-09-13 09:19:11.000000' WHERE id = 5;
UPDATE asks SET area = 'billing', asked_back = 'Which invoice?', told_back = 'The one of May.' WHERE id = 1;
UPDATE follow_ups SET reminders = 0 WHERE id = 1;
INSERT INTO approvals (id, case_id, who, typed, parts, account, seen, despite, remind_at, reasons, state, step, asked, asked_at, decided_by, decided_at, reason, sent_text) VALUES (1, 2, 'U0MARCO', 'We have given it back.', '["We have given it back."]', 'acme_help', '1002', '{}', NULL, '["role"]', 'asked', 0, '["U0LAURA"]', '2026-09-13 09:40:00.000000', NULL, NULL, NULL, NULL);
INSERT INTO saved_replies (id, title, text, language, area, owner, expires_on, made_at, changed_at) VALUES (1, 'Late parcel', 'We are looking for it.', 'en', NULL, NULL, NULL, '2026-09-01 09:00:00.000000', '2026-09-01 09:00:00.000000');
INSERT INTO writing (case_id, person, until) VALUES (2, 'U0MARCO', '2026-09-14 20:00:00.000000');
INSERT INTO absences (person, since, until) VALUES ('U0TOMEK', '2026-09-13 09:00:00.000000', '2026-09-20 09:00:00.000000');
INSERT INTO unwanted (person, what) VALUES ('U0ANNA', 'shift_end');
INSERT INTO stand_ins (area, person, until, "by") VALUES ('', 'U0MARCO', '2026-09-20 09:00:00.000000', 'U0LAURA');
INSERT INTO troubles (part, cause, since) VALUES ('x:mentions:acme_help', 'X did not answer.', '2026-09-13 23:00:00.000000');
INSERT INTO lanes (lane, rests_until) VALUES ('post:C0NETWORK', '2026-09-13 09:00:00.000000');
INSERT INTO leases (name, holder, held_until) VALUES ('sweep', 'an old replica', '2026-09-13 09:00:00.000000');
