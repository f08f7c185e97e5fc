// SPDX-License-Identifier: MIT
/*
 * Version 5 of the ledger's schema says nothing new. SQLite keeps a list of three values, and what an UPDATE is about to change, in a table of its own, which it makes for every attempt:
 * that was the larger part of the time to record one. Neither is needed.
 */
#include "steps/schema.h"

#include <stddef.h>

const char *const schema_version_5[] = {
	/* How SQLite's ALTER TABLE page advises to change a constraint that the rows in the table fulfil already. */
	"PRAGMA writable_schema = ON",
	"UPDATE sqlite_schema SET sql = replace(sql, 'Restart IN ('''', ''next'', ''same'')',"
	"  'Restart = '''' OR Restart = ''next'' OR Restart = ''same''') WHERE type = 'table' AND name = 'Attempt'",

	"DROP TRIGGER SubStepsEnd",
	"CREATE TRIGGER SubStepsEnd AFTER UPDATE ON Attempt WHEN OLD.State = 1 AND NEW.State <> 1 AND EXISTS"
	"    (SELECT 1 FROM SubStepRun WHERE Step = NEW.Step AND Attempt = NEW.Number AND State = 1) BEGIN"
	"  UPDATE SubStepRun SET State = 5 WHERE Step = NEW.Step AND Attempt = NEW.Number AND State = 1; END",
	"PRAGMA writable_schema = RESET",
	NULL,
};
