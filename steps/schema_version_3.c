// SPDX-License-Identifier: MIT
/*
 * Version 3 of the ledger's schema: sub-steps.
 *
 * A sub-step is known by its group and name. Its number, the M of N.M, is given when its name is first heard of and stays: it is in the
 * order of the definition, or of the first starts. Each start is a run, within an attempt of its step; runs are appended, and only one
 * that is InProgress can end. With the attempt end all of its runs that nobody has ended: as Interrupted.
 *
 * The process behind `runbook substep` writes these rows itself, so that they are right while the step is running, whatever has become of
 * the engine.
 */
#include "steps/schema.h"

#include <stddef.h>

/* As the table of AX 2012 shows them: to the millisecond, without a zone (it is UTC). */
#define PLAIN_TIME(ns)                                                                           \
	"strftime('%Y-%m-%d %H:%M:%S', " ns " / 1000000000, 'unixepoch') || printf('.%03d', " ns \
	" % 1000000000 / 1000000)"

#define LAST_RUN                                                                                             \
	" AND SubStepRun.Run = (SELECT max(r.Run) FROM SubStepRun AS r WHERE r.Step = SubStepName.Step AND " \
	"r.Number = SubStepName.Number)"

const char *const schema_version_3[] = {
	"CREATE TABLE SubStepName ("
	"  Step INTEGER NOT NULL REFERENCES Step,"
	"  Number INTEGER NOT NULL CHECK (Number > 0),"
	"  GroupName TEXT NOT NULL,"
	"  Name TEXT NOT NULL,"
	"  PRIMARY KEY (Step, Number),"
	"  UNIQUE (Step, GroupName, Name)"
	") STRICT, WITHOUT ROWID",

	/* NULL: unknown, or not yet. */
	"CREATE TABLE SubStepRun ("
	"  Step INTEGER NOT NULL,"
	"  Number INTEGER NOT NULL,"
	"  Run INTEGER NOT NULL CHECK (Run > 0),"
	"  Attempt INTEGER NOT NULL,"
	"  Parent INTEGER NOT NULL," /* the number of the sub-step it is part of; 0: none */
	"  State INTEGER NOT NULL REFERENCES State CHECK (State IN (1, 2, 3, 5)),"
	"  ScriptSha256 TEXT NOT NULL," /* of a defined sub-step; '': a command */
	"  StartedNs INTEGER NOT NULL,"
	"  StartedBootNs INTEGER NOT NULL,"
	"  EndedNs INTEGER,"
	"  DurationNs INTEGER,"
	"  ExitCode INTEGER,"
	"  Signal INTEGER,"
	"  PRIMARY KEY (Step, Number, Run),"
	"  FOREIGN KEY (Step, Number) REFERENCES SubStepName (Step, Number),"
	"  FOREIGN KEY (Step, Attempt) REFERENCES Attempt (Step, Number),"
	"  CHECK (State <> 1 OR coalesce(EndedNs, DurationNs, ExitCode, Signal) IS NULL),"
	"  CHECK (State <> 2 OR (ExitCode IS 0 AND EndedNs IS NOT NULL))"
	") STRICT, WITHOUT ROWID",

	/* What somebody asked to be done again: completed runs up to that attempt count no more. */
	"CREATE TABLE SubStepAgain ("
	"  Step INTEGER NOT NULL,"
	"  Number INTEGER NOT NULL,"
	"  AfterAttempt INTEGER NOT NULL,"
	"  PRIMARY KEY (Step, Number, AfterAttempt),"
	"  FOREIGN KEY (Step, Number) REFERENCES SubStepName (Step, Number)"
	") STRICT, WITHOUT ROWID",

	/* How long a step took before: only those that are worth waiting for, so that quick steps pay nothing. */
	"CREATE INDEX AttemptLong ON Attempt (EndedNs) WHERE State = 2 AND DurationNs > 2000000000",

	"CREATE TRIGGER SubStepNameIsNext BEFORE INSERT ON SubStepName BEGIN"
	"  SELECT RAISE(ABORT, 'sub-steps are numbered from 1 without a gap')"
	"    WHERE NEW.Number <> 1 + (SELECT count(*) FROM SubStepName WHERE Step = NEW.Step)"
	"; END",
	"CREATE TRIGGER SubStepNameIsFixed BEFORE UPDATE ON SubStepName BEGIN"
	"  SELECT RAISE(ABORT, 'the number of a sub-step never changes'); END",
	"CREATE TRIGGER SubStepNameIsKept BEFORE DELETE ON SubStepName BEGIN"
	"  SELECT RAISE(ABORT, 'the number of a sub-step never changes'); END",

	"CREATE TRIGGER SubStepMayStart BEFORE INSERT ON SubStepRun BEGIN"
	"  SELECT RAISE(ABORT, 'a new run of a sub-step is InProgress') WHERE NEW.State <> 1;"
	"  SELECT RAISE(ABORT, 'a sub-step runs only while its step does') WHERE NOT EXISTS"
	"    (SELECT 1 FROM Attempt WHERE Step = NEW.Step AND Number = NEW.Attempt AND State = 1);"
	"  SELECT RAISE(ABORT, 'runs of a sub-step are numbered from 1 without a gap') WHERE NEW.Run <> 1 +"
	"    (SELECT count(*) FROM SubStepRun WHERE Step = NEW.Step AND Number = NEW.Number);"
	"  SELECT RAISE(ABORT, 'a sub-step that is running or completed cannot be started') WHERE EXISTS"
	"    (SELECT 1 FROM SubStepRun WHERE Step = NEW.Step AND Number = NEW.Number AND (State = 1 OR State = 2"
	"      AND Attempt > coalesce((SELECT max(AfterAttempt) FROM SubStepAgain"
	"        WHERE Step = NEW.Step AND Number = NEW.Number), 0)))"
	"; END",
	"CREATE TRIGGER SubStepRunIsFixed BEFORE UPDATE OF Step, Number, Run, Attempt, Parent, ScriptSha256, StartedNs,"
	"  StartedBootNs ON SubStepRun BEGIN"
	"  SELECT RAISE(ABORT, 'runs of sub-steps are only appended'); END",
	"CREATE TRIGGER SubStepMayEnd BEFORE UPDATE ON SubStepRun BEGIN"
	"  SELECT RAISE(ABORT, 'only a running sub-step can end') WHERE OLD.State <> 1;"
	"  SELECT RAISE(ABORT, 'a sub-step cannot end in this state') WHERE NEW.State NOT IN (2, 3, 5)"
	"; END",
	"CREATE TRIGGER SubStepRunIsKept BEFORE DELETE ON SubStepRun BEGIN"
	"  SELECT RAISE(ABORT, 'runs of sub-steps are only appended'); END",
	"CREATE TRIGGER SubStepAgainIsFixed BEFORE UPDATE ON SubStepAgain BEGIN"
	"  SELECT RAISE(ABORT, 'overrides are only appended'); END",
	"CREATE TRIGGER SubStepAgainIsKept BEFORE DELETE ON SubStepAgain BEGIN"
	"  SELECT RAISE(ABORT, 'overrides are only appended'); END",

	/* Nobody can know what became of a sub-step that was not ended before its step. */
	"CREATE TRIGGER SubStepsEnd AFTER UPDATE ON Attempt WHEN OLD.State = 1 AND NEW.State <> 1 BEGIN"
	"  UPDATE SubStepRun SET State = 5 WHERE Step = NEW.Step AND Attempt = NEW.Number AND State = 1"
	"; END",

	/* ---- For admins' own SQL ---- */
	"CREATE VIEW SubStepHistory AS SELECT"
	"  Runbook.Id AS RunbookId, Step.Number AS Step, SubStepName.Number AS SubStep, SubStepName.GroupName, SubStepName.Name,"
	"  State.Name AS State, SubStepRun.Run, SubStepRun.Attempt, nullif(SubStepRun.Parent, 0) AS Parent,"
	"  " TIME_TEXT("SubStepRun.StartedNs") " AS StartTime, " TIME_TEXT(
		"SubStepRun.EndedNs") " AS EndTime,"
				      "  " SECONDS(
					      "SubStepRun.DurationNs") " AS Seconds, SubStepRun.ExitCode, SubStepRun.Signal"
								       "  FROM SubStepRun JOIN SubStepName USING (Step, Number) JOIN Step ON Step.Key = SubStepRun.Step"
								       "  JOIN Runbook ON Runbook.Key = Step.Runbook JOIN State ON State.State = SubStepRun.State",

	/* The table that the documentation of the AX 2012 data upgrade has people look at, with its columns and words. */
	"CREATE VIEW DataUpgradeStatus AS SELECT"
	"  " PLAIN_TIME("SubStepRun.StartedNs") " AS StartTime, " PLAIN_TIME(
		"SubStepRun.EndedNs") " AS EndTime,"
				      "  SubStepName.GroupName AS Steps, SubStepName.Name AS SubSteps, State.Name AS Status"
				      "  FROM SubStepName JOIN SubStepRun ON SubStepRun.Step = SubStepName.Step"
				      "    AND SubStepRun.Number = SubStepName.Number" LAST_RUN
				      "  JOIN State ON State.State = SubStepRun.State"
				      "  ORDER BY SubStepRun.EndedNs IS NOT NULL OR SubStepRun.State <> 1, coalesce(SubStepRun.EndedNs, SubStepRun.StartedNs) DESC,"
				      "    SubStepRun.StartedNs DESC",
	NULL,
};
