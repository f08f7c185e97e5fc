// SPDX-License-Identifier: MIT
/*
 * Version 1 of the ledger's schema.
 *
 * Times are nanoseconds since 1970 UTC; the views show them as text. The key of a step is its runbook's key times 2^32 plus its number, so that
 * the steps of a runbook lie together, in order, without a further index. What changes while a runbook runs (Step.State, the
 * counters) is kept apart from long texts: SQLite writes a row as a whole.
 */
#include "steps/schema.h"

#include <stddef.h>

#define STEP_RANGE(runbook) "BETWEEN (" runbook " << 32) AND (" runbook " << 32) + 4294967295"

const char *const schema_version_1[] = {
	/* ---- The state table again, for people and for the triggers ---- */
	"CREATE TABLE State ("
	"  State INTEGER PRIMARY KEY,"
	"  Name TEXT NOT NULL UNIQUE"
	") STRICT",
	"INSERT INTO State VALUES (0, 'NotStarted'), (1, 'InProgress'), (2, 'Completed'), (3, 'Failed'), (4, 'TimedOut'),"
	"  (5, 'Interrupted'), (6, 'Skipped')",

	"CREATE TABLE Rule ("
	"  Event TEXT NOT NULL,"
	"  State INTEGER NOT NULL REFERENCES State,"
	"  NextState INTEGER NOT NULL REFERENCES State,"
	"  PRIMARY KEY (Event, State)"
	") STRICT, WITHOUT ROWID",
	"INSERT INTO Rule VALUES"
	"  ('Start', 0, 1), ('Start', 3, 1), ('Start', 4, 1), ('Start', 5, 1),"
	"  ('Succeed', 1, 2), ('Fail', 1, 3), ('TimeOut', 1, 4), ('Lose', 1, 5),"
	"  ('Skip', 0, 6), ('Skip', 1, 6), ('Skip', 3, 6), ('Skip', 4, 6), ('Skip', 5, 6),"
	"  ('SetComplete', 0, 2), ('SetComplete', 3, 2), ('SetComplete', 4, 2), ('SetComplete', 5, 2),"
	"  ('Rerun', 0, 0), ('Rerun', 2, 0), ('Rerun', 3, 0), ('Rerun', 4, 0), ('Rerun', 5, 0), ('Rerun', 6, 0)",

	/* ---- Runbooks ---- */
	"CREATE TABLE Runbook ("
	"  Key INTEGER PRIMARY KEY CHECK (Key BETWEEN 1 AND 2147483647),"
	"  Id TEXT NOT NULL UNIQUE,"
	"  PackageRoot TEXT NOT NULL,"
	"  Guid TEXT NOT NULL,"
	"  Version TEXT NOT NULL,"
	"  PackageType TEXT NOT NULL,"
	"  ImportedNs INTEGER NOT NULL,"
	"  Sealed INTEGER NOT NULL DEFAULT 0 CHECK (Sealed IN (0, 1))," /* 0: its steps are being inserted */
	"  StartedNs INTEGER,"
	"  EndedNs INTEGER,"
	"  NextStep INTEGER NOT NULL DEFAULT 0," /* the first that is not done; 0: none */
	"  StepCount INTEGER NOT NULL DEFAULT 0,"
	"  NotStarted INTEGER NOT NULL DEFAULT 0 CHECK (NotStarted >= 0 OR StepCount = 0),"
	"  InProgress INTEGER NOT NULL DEFAULT 0 CHECK (InProgress >= 0),"
	"  Completed INTEGER NOT NULL DEFAULT 0 CHECK (Completed >= 0),"
	"  Failed INTEGER NOT NULL DEFAULT 0 CHECK (Failed >= 0),"
	"  TimedOut INTEGER NOT NULL DEFAULT 0 CHECK (TimedOut >= 0),"
	"  Interrupted INTEGER NOT NULL DEFAULT 0 CHECK (Interrupted >= 0),"
	"  Skipped INTEGER NOT NULL DEFAULT 0 CHECK (Skipped >= 0),"
	"  CHECK (StepCount = NotStarted + InProgress + Completed + Failed + TimedOut + Interrupted + Skipped)"
	") STRICT",

	/* What stands around the step list of the document. */
	"CREATE TABLE RunbookHead ("
	"  Runbook INTEGER PRIMARY KEY REFERENCES Runbook,"
	"  AttributesXml TEXT NOT NULL,"
	"  TopologyXml TEXT NOT NULL,"
	"  ServiceModelXml TEXT NOT NULL,"
	"  UnknownXml TEXT NOT NULL,"
	"  TailXml TEXT NOT NULL DEFAULT ''"
	") STRICT",

	/* ---- Steps: definitions ---- */
	"CREATE TABLE Script ("
	"  Key INTEGER PRIMARY KEY,"
	"  Runbook INTEGER NOT NULL REFERENCES Runbook,"
	"  ServiceModel TEXT NOT NULL,"
	"  FileName TEXT NOT NULL," /* as written; '': no script */
	"  Sha256 TEXT NOT NULL,"   /* at import; '': no script, or none here */
	"  UNIQUE (Runbook, ServiceModel, FileName)"
	") STRICT",

	/*
	 * What groups of steps have in common, of their definition and of their shape in the document: a step's own row is what an
	 * import writes a million times and what each change of state writes again.
	 */
	"CREATE TABLE StepKind ("
	"  Key INTEGER PRIMARY KEY,"
	"  Runbook INTEGER NOT NULL REFERENCES Runbook,"
	"  Type TEXT NOT NULL,"         /* StepType as written */
	"  HasScript INTEGER NOT NULL," /* the element ScriptToExecute */
	"  Automated INTEGER NOT NULL CHECK (Automated IN (0, 1)),"
	"  RetryCount INTEGER NOT NULL CHECK (RetryCount >= 0),"
	"  TimeoutMin INTEGER NOT NULL CHECK (TimeoutMin >= 0),"
	"  NoAutoResume INTEGER NOT NULL CHECK (NoAutoResume IN (0, 1)),"
	"  Instruction TEXT NOT NULL,"
	"  Fields INTEGER NOT NULL," /* enum step_field */
	"  RunbookId TEXT NOT NULL,"
	"  PackageId TEXT NOT NULL,"
	"  PackageType TEXT NOT NULL,"
	"  Concurrency TEXT NOT NULL,"
	"  OwnProcess INTEGER NOT NULL,"
	"  CompletedManually INTEGER NOT NULL,"
	"  UNIQUE (Runbook, Type, HasScript, Automated, RetryCount, TimeoutMin, NoAutoResume, Instruction, Fields, RunbookId,"
	"    PackageId, PackageType, Concurrency, OwnProcess, CompletedManually)"
	") STRICT",

	"CREATE TABLE Step ("
	"  Key INTEGER PRIMARY KEY,"
	"  Runbook INTEGER AS (Key >> 32),"
	"  Number INTEGER AS (Key & 4294967295),"
	"  State INTEGER NOT NULL DEFAULT 0 CHECK (State BETWEEN 0 AND 6),"
	"  AttemptCount INTEGER NOT NULL DEFAULT 0,"
	"  RetryBase INTEGER NOT NULL DEFAULT 0," /* attempts there were at the last rerun: retries count from here */
	"  Script INTEGER NOT NULL REFERENCES Script,"
	"  Kind INTEGER NOT NULL REFERENCES StepKind,"
	"  Machine TEXT NOT NULL,"
	"  Description TEXT NOT NULL"
	") STRICT",
	/* What people look for: running and failed steps. Few rows, so that a commit touches one page more at most. */
	"CREATE INDEX StepAttention ON Step (Key) WHERE State = 1 OR State BETWEEN 3 AND 5",

	/* What only some steps have: a row where one of these is not empty. */
	"CREATE TABLE StepExtra ("
	"  Step INTEGER PRIMARY KEY REFERENCES Step,"
	"  StartTime TEXT NOT NULL,"
	"  EndTime TEXT NOT NULL,"
	"  Output TEXT NOT NULL,"
	"  DetailXml TEXT NOT NULL,"
	"  ScriptUnknownXml TEXT NOT NULL,"
	"  UnknownXml TEXT NOT NULL"
	") STRICT",

	"CREATE TABLE SubStep ("
	"  Step INTEGER NOT NULL REFERENCES Step,"
	"  Number INTEGER NOT NULL,"
	"  Name TEXT NOT NULL,"
	"  GroupName TEXT NOT NULL,"
	"  FileName TEXT NOT NULL,"
	"  Description TEXT NOT NULL,"
	"  PRIMARY KEY (Step, Number)"
	") STRICT, WITHOUT ROWID",

	/* ---- What happened ---- */
	/* NULL: unknown, or not yet. */
	"CREATE TABLE Attempt ("
	"  Step INTEGER NOT NULL REFERENCES Step,"
	"  Number INTEGER NOT NULL CHECK (Number > 0),"
	"  State INTEGER NOT NULL CHECK (State BETWEEN 1 AND 6),"
	"  BootId TEXT NOT NULL,"
	"  StartedNs INTEGER NOT NULL,"
	"  StartedBootNs INTEGER NOT NULL,"
	"  ScriptSha256 TEXT NOT NULL,"
	"  Folder TEXT NOT NULL,"
	"  LogPath TEXT NOT NULL,"
	"  UserName TEXT NOT NULL,"
	"  EndedNs INTEGER,"
	"  DurationNs INTEGER,"
	"  ExitCode INTEGER,"
	"  Signal INTEGER,"
	"  CpuUs INTEGER,"
	"  PeakMemoryKb INTEGER,"
	"  LeftBehind TEXT NOT NULL DEFAULT '',"
	"  Reason TEXT NOT NULL DEFAULT '',"
	"  Restart TEXT NOT NULL DEFAULT '' CHECK (Restart IN ('', 'next', 'same'))," /* of the machine, asked for by the step */
	"  PRIMARY KEY (Step, Number),"
	"  CHECK (State <> 1 OR coalesce(EndedNs, DurationNs, ExitCode, Signal) IS NULL),"
	"  CHECK (State <> 6 OR Reason <> '')"
	") STRICT, WITHOUT ROWID",

	"CREATE INDEX AttemptWithRestart ON Attempt (BootId) WHERE Restart <> ''",

	"CREATE TABLE Override ("
	"  Step INTEGER NOT NULL REFERENCES Step,"
	"  Number INTEGER NOT NULL CHECK (Number > 0),"
	"  AfterAttempt INTEGER NOT NULL," /* how many attempts there were: the order of both */
	"  Kind TEXT NOT NULL CHECK (Kind IN ('SetComplete', 'Rerun', 'AcceptChange', 'Skip', 'Imported', 'Merged')),"
	"  State INTEGER NOT NULL CHECK (State BETWEEN 0 AND 6 AND State <> 1)," /* the step's, behind it */
	"  Reason TEXT NOT NULL,"
	"  UserName TEXT NOT NULL,"
	"  Detail TEXT NOT NULL,"
	"  TimeNs INTEGER NOT NULL,"
	"  PRIMARY KEY (Step, Number),"
	"  CHECK (Kind <> 'Skip' OR Reason <> ''),"
	"  CHECK (Kind <> 'AcceptChange' OR Detail <> '')"
	") STRICT, WITHOUT ROWID",

	"CREATE TABLE Output ("
	"  Step INTEGER NOT NULL,"
	"  Attempt INTEGER NOT NULL,"
	"  Name TEXT NOT NULL,"
	"  Value TEXT NOT NULL,"
	"  PRIMARY KEY (Step, Attempt, Name),"
	"  FOREIGN KEY (Step, Attempt) REFERENCES Attempt (Step, Number)"
	") STRICT, WITHOUT ROWID",

	/* The Logs of the document: those that came with it, then ours. A foreign one may name a step that is not there. */
	"CREATE TABLE Log ("
	"  Key INTEGER PRIMARY KEY,"
	"  Runbook INTEGER NOT NULL REFERENCES Runbook,"
	"  Step INTEGER NOT NULL," /* the number */
	"  Attempt INTEGER NOT NULL,"
	"  Time TEXT NOT NULL,"
	"  File TEXT NOT NULL,"
	"  Text TEXT NOT NULL,"
	"  UnknownXml TEXT NOT NULL DEFAULT ''"
	") STRICT",
	"CREATE INDEX LogOfRunbook ON Log (Runbook)",

	"CREATE TABLE Component ("
	"  Key INTEGER PRIMARY KEY,"
	"  Name TEXT NOT NULL COLLATE NOCASE,"
	"  Version TEXT NOT NULL,"
	"  RunbookId TEXT NOT NULL,"
	"  Step INTEGER NOT NULL," /* the number */
	"  PackageRoot TEXT NOT NULL,"
	"  InstalledNs INTEGER NOT NULL"
	") STRICT",
	"CREATE INDEX ComponentByName ON Component (Name)",

	/* ---- Definitions never change ---- */
	"CREATE TRIGGER StateIsFixed BEFORE UPDATE ON State BEGIN"
	"  SELECT RAISE(ABORT, 'the states are fixed'); END",
	"CREATE TRIGGER StateIsKept BEFORE DELETE ON State BEGIN"
	"  SELECT RAISE(ABORT, 'the states are fixed'); END",
	"CREATE TRIGGER StateIsComplete BEFORE INSERT ON State BEGIN"
	"  SELECT RAISE(ABORT, 'the states are fixed'); END",
	"CREATE TRIGGER RuleIsFixed BEFORE UPDATE ON Rule BEGIN"
	"  SELECT RAISE(ABORT, 'the rules are fixed'); END",
	"CREATE TRIGGER RuleIsKept BEFORE DELETE ON Rule BEGIN"
	"  SELECT RAISE(ABORT, 'the rules are fixed'); END",
	"CREATE TRIGGER RuleIsComplete BEFORE INSERT ON Rule BEGIN"
	"  SELECT RAISE(ABORT, 'the rules are fixed'); END",

	"CREATE TRIGGER RunbookIsFixed BEFORE UPDATE OF Key, Id, PackageRoot, Guid, Version, PackageType, ImportedNs"
	"  ON Runbook WHEN OLD.Sealed BEGIN"
	"  SELECT RAISE(ABORT, 'a runbook never changes after import'); END",
	"CREATE TRIGGER RunbookStaysSealed BEFORE UPDATE OF Sealed ON Runbook WHEN OLD.Sealed BEGIN"
	"  SELECT RAISE(ABORT, 'a runbook never changes after import'); END",
	"CREATE TRIGGER RunbookHeadIsFixed BEFORE UPDATE ON RunbookHead"
	"  WHEN (SELECT Sealed FROM Runbook WHERE Key = OLD.Runbook) BEGIN"
	"  SELECT RAISE(ABORT, 'a runbook never changes after import'); END",
	"CREATE TRIGGER ScriptIsFixed BEFORE UPDATE ON Script BEGIN"
	"  SELECT RAISE(ABORT, 'a step never changes after import'); END",
	"CREATE TRIGGER StepKindIsFixed BEFORE UPDATE ON StepKind BEGIN"
	"  SELECT RAISE(ABORT, 'a step never changes after import'); END",
	"CREATE TRIGGER StepIsFixed BEFORE UPDATE OF Key, Script, Kind, Machine, Description ON Step BEGIN"
	"  SELECT RAISE(ABORT, 'a step never changes after import'); END",
	"CREATE TRIGGER StepExtraIsFixed BEFORE UPDATE ON StepExtra BEGIN"
	"  SELECT RAISE(ABORT, 'a step never changes after import'); END",
	"CREATE TRIGGER SubStepIsFixed BEFORE UPDATE ON SubStep BEGIN"
	"  SELECT RAISE(ABORT, 'a step never changes after import'); END",

	/* A recorder takes this one away and puts it back at the end of its transaction: asked for each row, it is half the cost. */
	"CREATE TRIGGER StepIsNew BEFORE INSERT ON Step"
	"  WHEN NEW.State <> 0 OR NEW.AttemptCount <> 0 OR NEW.RetryBase <> 0"
	"    OR (SELECT Sealed FROM Runbook WHERE Key = NEW.Key >> 32) IS NOT 0 BEGIN"
	"  SELECT RAISE(ABORT, 'no step is added after import'); END",
	"CREATE TRIGGER StepExtraIsNew BEFORE INSERT ON StepExtra"
	"  WHEN (SELECT Sealed FROM Runbook WHERE Key = NEW.Step >> 32) BEGIN"
	"  SELECT RAISE(ABORT, 'a step never changes after import'); END",
	"CREATE TRIGGER SubStepIsNew BEFORE INSERT ON SubStep"
	"  WHEN (SELECT Sealed FROM Runbook WHERE Key = NEW.Step >> 32) BEGIN"
	"  SELECT RAISE(ABORT, 'a step never changes after import'); END",

	/* A runbook may be replaced as long as nothing has happened to it. */
	"CREATE TRIGGER RunbookIsKept BEFORE DELETE ON Runbook WHEN OLD.StartedNs IS NOT NULL BEGIN"
	"  SELECT RAISE(ABORT, 'a runbook that has started is kept'); END",
	"CREATE TRIGGER RunbookHeadIsKept BEFORE DELETE ON RunbookHead"
	"  WHEN (SELECT StartedNs FROM Runbook WHERE Key = OLD.Runbook) IS NOT NULL BEGIN"
	"  SELECT RAISE(ABORT, 'a runbook that has started is kept'); END",
	"CREATE TRIGGER StepIsKept BEFORE DELETE ON Step"
	"  WHEN (SELECT StartedNs FROM Runbook WHERE Key = OLD.Runbook) IS NOT NULL BEGIN"
	"  SELECT RAISE(ABORT, 'a runbook that has started is kept'); END",
	"CREATE TRIGGER StepExtraIsKept BEFORE DELETE ON StepExtra"
	"  WHEN (SELECT StartedNs FROM Runbook WHERE Key = OLD.Step >> 32) IS NOT NULL BEGIN"
	"  SELECT RAISE(ABORT, 'a runbook that has started is kept'); END",
	"CREATE TRIGGER SubStepIsKept BEFORE DELETE ON SubStep"
	"  WHEN (SELECT StartedNs FROM Runbook WHERE Key = OLD.Step >> 32) IS NOT NULL BEGIN"
	"  SELECT RAISE(ABORT, 'a runbook that has started is kept'); END",

	/* The end of an import. What was taken over has been counted, and taken off NotStarted, by StepChanged. */
	"CREATE TRIGGER RunbookSealed AFTER UPDATE OF Sealed ON Runbook WHEN NEW.Sealed BEGIN"
	"  UPDATE Runbook SET (StepCount, NotStarted) ="
	"      (SELECT count(*), NotStarted + count(*) FROM Step WHERE Key " STEP_RANGE(
		"NEW.Key") "),"
			   "    NextStep = coalesce((SELECT Number FROM Step WHERE Key " STEP_RANGE(
				   "NEW.Key") "      AND State NOT IN (2, 6) ORDER BY Key LIMIT 1), 0)"
					      "    WHERE Key = NEW.Key;"
					      "  SELECT RAISE(ABORT, 'a runbook has steps, numbered from 1 without a gap')"
					      "    WHERE (SELECT StepCount FROM Runbook WHERE Key = NEW.Key)"
					      "      IS NOT (SELECT max(Key) FROM Step WHERE Key " STEP_RANGE(
						      "NEW.Key") ") & 4294967295"
								 "; END",

	/* ---- A step's state is what its last attempt or override says ---- */
	"CREATE TRIGGER StepFollows BEFORE UPDATE OF State, AttemptCount, RetryBase ON Step"
	"  WHEN NEW.AttemptCount IS NOT coalesce((SELECT max(Number) FROM Attempt WHERE Step = NEW.Key), 0)"
	"    OR NEW.State IS NOT coalesce("
	"      (SELECT State FROM Override WHERE Step = NEW.Key AND AfterAttempt = NEW.AttemptCount"
	"        ORDER BY Number DESC LIMIT 1),"
	"      (SELECT State FROM Attempt WHERE Step = NEW.Key AND Number = NEW.AttemptCount), 0)"
	"    OR NEW.RetryBase IS NOT coalesce("
	"      (SELECT max(AfterAttempt) FROM Override WHERE Step = NEW.Key AND Kind = 'Rerun'), 0) BEGIN"
	"  SELECT RAISE(ABORT, 'the state of a step is what its last attempt or override says'); END",

	"CREATE TRIGGER StepChanged AFTER UPDATE OF State ON Step WHEN NEW.State <> OLD.State BEGIN"
	"  UPDATE Runbook SET"
	"    NotStarted = NotStarted + (NEW.State = 0) - (OLD.State = 0),"
	"    InProgress = InProgress + (NEW.State = 1) - (OLD.State = 1),"
	"    Completed = Completed + (NEW.State = 2) - (OLD.State = 2),"
	"    Failed = Failed + (NEW.State = 3) - (OLD.State = 3),"
	"    TimedOut = TimedOut + (NEW.State = 4) - (OLD.State = 4),"
	"    Interrupted = Interrupted + (NEW.State = 5) - (OLD.State = 5),"
	"    Skipped = Skipped + (NEW.State = 6) - (OLD.State = 6),"
	"    NextStep = CASE"
	"      WHEN NEW.State NOT IN (2, 6) THEN CASE WHEN NextStep = 0 THEN NEW.Number ELSE min(NextStep, NEW.Number) END"
	"      WHEN NextStep = NEW.Number THEN coalesce("
	"        (SELECT s.Number FROM Step AS s WHERE s.Key > NEW.Key AND s.Key <= (NEW.Runbook << 32) + 4294967295"
	"          AND s.State NOT IN (2, 6) ORDER BY s.Key LIMIT 1), 0)"
	"      ELSE NextStep END"
	"  WHERE Key = NEW.Runbook"
	"; END",

	/* ---- Attempts ---- */
	"CREATE TRIGGER AttemptMayStart BEFORE INSERT ON Attempt BEGIN"
	"  SELECT RAISE(ABORT, 'a new attempt is InProgress') WHERE NEW.State <> 1;"
	"  SELECT RAISE(ABORT, 'a step that is running or done cannot be started')"
	"    WHERE NOT EXISTS (SELECT 1 FROM Step"
	"      JOIN Runbook ON Runbook.Key = Step.Runbook AND Sealed"
	"      JOIN Rule ON Rule.Event = 'Start' AND Rule.State = Step.State WHERE Step.Key = NEW.Step);"
	"  SELECT RAISE(ABORT, 'attempts are numbered from 1 without a gap')"
	"    WHERE NEW.Number <> (SELECT AttemptCount + 1 FROM Step WHERE Key = NEW.Step)"
	"; END",
	"CREATE TRIGGER AttemptStarted AFTER INSERT ON Attempt BEGIN"
	"  UPDATE Step SET State = NEW.State, AttemptCount = NEW.Number WHERE Key = NEW.Step;"
	"  UPDATE Runbook SET StartedNs = NEW.StartedNs WHERE Key = NEW.Step >> 32 AND StartedNs IS NULL"
	"; END",
	"CREATE TRIGGER AttemptIsFixed BEFORE UPDATE OF Step, Number, BootId, StartedNs, StartedBootNs, ScriptSha256, Folder,"
	"  LogPath, UserName ON Attempt BEGIN"
	"  SELECT RAISE(ABORT, 'attempts are only appended'); END",
	"CREATE TRIGGER AttemptMayEnd BEFORE UPDATE ON Attempt BEGIN"
	"  SELECT RAISE(ABORT, 'only a running attempt can end') WHERE OLD.State <> 1;"
	"  SELECT RAISE(ABORT, 'an attempt cannot end in this state')"
	"    WHERE NOT EXISTS (SELECT 1 FROM Rule WHERE State = OLD.State AND NextState = NEW.State)"
	"; END",
	"CREATE TRIGGER AttemptEnded AFTER UPDATE ON Attempt BEGIN"
	"  UPDATE Step SET State = NEW.State WHERE Key = NEW.Step;"
	"  UPDATE Runbook SET EndedNs = NEW.EndedNs WHERE Key = NEW.Step >> 32 AND NEW.EndedNs IS NOT NULL"
	"; END",
	"CREATE TRIGGER AttemptIsKept BEFORE DELETE ON Attempt BEGIN"
	"  SELECT RAISE(ABORT, 'attempts are only appended'); END",
	"CREATE TRIGGER OutputIsKept BEFORE DELETE ON Output BEGIN"
	"  SELECT RAISE(ABORT, 'outputs are only appended'); END",

	/* ---- Overrides ---- */
	"CREATE TRIGGER OverrideMayBe BEFORE INSERT ON Override BEGIN"
	"  SELECT RAISE(ABORT, 'the state of the step does not allow this override')"
	"    WHERE NOT EXISTS (SELECT 1 FROM Step JOIN Runbook ON Runbook.Key = Step.Runbook"
	"      WHERE Step.Key = NEW.Step AND Step.State <> 1 AND Sealed = (NEW.Kind <> 'Imported') AND"
	"        CASE WHEN NEW.Kind = 'AcceptChange' THEN NEW.State = Step.State"
	"          WHEN NEW.Kind IN ('Imported', 'Merged') THEN 1"
	"          ELSE EXISTS (SELECT 1 FROM Rule"
	"            WHERE Event = NEW.Kind AND Rule.State = Step.State AND NextState = NEW.State) END);"
	"  SELECT RAISE(ABORT, 'overrides are numbered from 1 without a gap')"
	"    WHERE NEW.Number <> 1 + (SELECT count(*) FROM Override WHERE Step = NEW.Step)"
	"      OR NEW.AfterAttempt <> (SELECT AttemptCount FROM Step WHERE Key = NEW.Step)"
	"; END",
	"CREATE TRIGGER OverrideMade AFTER INSERT ON Override BEGIN"
	"  UPDATE Step SET State = NEW.State,"
	"    RetryBase = CASE NEW.Kind WHEN 'Rerun' THEN AttemptCount ELSE RetryBase END WHERE Key = NEW.Step;"
	"  UPDATE Runbook SET StartedNs = coalesce(StartedNs, NEW.TimeNs), EndedNs = NEW.TimeNs"
	"    WHERE Key = NEW.Step >> 32 AND NEW.Kind <> 'Imported'"
	"; END",
	"CREATE TRIGGER OverrideIsFixed BEFORE UPDATE ON Override BEGIN"
	"  SELECT RAISE(ABORT, 'overrides are only appended'); END",
	"CREATE TRIGGER OverrideIsKept BEFORE DELETE ON Override"
	"  WHEN OLD.Kind <> 'Imported' OR (SELECT StartedNs FROM Runbook WHERE Key = OLD.Step >> 32) IS NOT NULL BEGIN"
	"  SELECT RAISE(ABORT, 'overrides are only appended'); END",

	/* ---- History ---- */
	"CREATE TRIGGER LogIsFixed BEFORE UPDATE ON Log BEGIN"
	"  SELECT RAISE(ABORT, 'logs are only appended'); END",
	"CREATE TRIGGER LogIsKept BEFORE DELETE ON Log"
	"  WHEN (SELECT StartedNs FROM Runbook WHERE Key = OLD.Runbook) IS NOT NULL BEGIN"
	"  SELECT RAISE(ABORT, 'logs are only appended'); END",
	"CREATE TRIGGER ComponentIsFixed BEFORE UPDATE ON Component BEGIN"
	"  SELECT RAISE(ABORT, 'components are only appended'); END",
	"CREATE TRIGGER ComponentIsKept BEFORE DELETE ON Component BEGIN"
	"  SELECT RAISE(ABORT, 'components are only appended'); END",

	/* ---- For admins' own SQL ---- */
	"CREATE VIEW StepStatus AS SELECT"
	"  Runbook.Id AS RunbookId, Step.Number AS Step, State.Name AS State, Step.AttemptCount AS Attempts,"
	"  Step.Machine, Script.ServiceModel, Script.FileName, Step.Description,"
	"  " TIME_TEXT("Attempt.StartedNs") " AS StartTime, " TIME_TEXT(
		"Attempt.EndedNs") " AS EndTime,"
				   "  " SECONDS(
					   "Attempt.DurationNs") " AS Seconds, Attempt.ExitCode, Attempt.Signal, Attempt.LogPath,"
								 "  coalesce((SELECT Reason FROM Override WHERE Step = Step.Key AND AfterAttempt = Step.AttemptCount"
								 "    ORDER BY Number DESC LIMIT 1), Attempt.Reason, '') AS Reason"
								 "  FROM Step JOIN Runbook ON Runbook.Key = Step.Runbook JOIN State ON State.State = Step.State"
								 "  JOIN Script ON Script.Key = Step.Script"
								 "  LEFT JOIN Attempt ON Attempt.Step = Step.Key AND Attempt.Number = Step.AttemptCount",

	"CREATE VIEW AttemptHistory AS SELECT"
	"  Runbook.Id AS RunbookId, Step.Number AS Step, Attempt.Number AS Attempt, State.Name AS State,"
	"  " TIME_TEXT("Attempt.StartedNs") " AS StartTime, " TIME_TEXT(
		"Attempt.EndedNs") " AS EndTime,"
				   "  " SECONDS(
					   "Attempt.DurationNs") " AS Seconds, Attempt.ExitCode, Attempt.Signal,"
								 "  Attempt.CpuUs / 1e6 AS CpuSeconds, Attempt.PeakMemoryKb, Attempt.LeftBehind, Attempt.Reason, Attempt.UserName,"
								 "  Attempt.LogPath, Attempt.Folder, Attempt.BootId, Attempt.ScriptSha256, Step.Machine, Step.Description"
								 "  FROM Attempt JOIN Step ON Step.Key = Attempt.Step JOIN Runbook ON Runbook.Key = Step.Runbook"
								 "  JOIN State ON State.State = Attempt.State",

	"CREATE VIEW InstalledService AS SELECT"
	"  Name, Version, " TIME_TEXT(
		"InstalledNs") " AS InstallTime, RunbookId, Step, PackageRoot"
			       "  FROM Component WHERE Key IN (SELECT max(Key) FROM Component GROUP BY Name) ORDER BY Name",
	NULL,
};
