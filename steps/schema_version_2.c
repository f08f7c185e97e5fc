// SPDX-License-Identifier: MIT
/*
 * Version 2 of the ledger's schema: runbooks that were signed off, and runbooks that restore others.
 */
#include "steps/schema.h"

#include <stddef.h>

#define SIGN_OFF_TIME TIME_TEXT("SignOff.TimeNs")
#define PRUNE_TIME TIME_TEXT("SignOff.PrunedNs")
#define RESTORE_TIME TIME_TEXT("coalesce(Back.TimeNs, Forth.TimeNs)")

/* Of Component in both views. A version that is "" says that the service was taken away. */
#define COMPONENT_COLUMNS \
	"  Name, Version, " TIME_TEXT("InstalledNs") " AS InstallTime, RunbookId, Step, PackageRoot FROM Component"

const char *const schema_version_2[] = {
	/* Somebody accepts what a completed runbook has done; from then on its backups may go. */
	"CREATE TABLE SignOff ("
	"  Runbook INTEGER PRIMARY KEY REFERENCES Runbook,"
	"  TimeNs INTEGER NOT NULL,"
	"  UserName TEXT NOT NULL,"
	"  Reason TEXT NOT NULL CHECK (Reason <> ''),"
	"  PrunedNs INTEGER" /* when its backups were removed; NULL: they are there */
	") STRICT",

	/* A runbook that was made to take another one back. */
	"CREATE TABLE Restoration ("
	"  Runbook INTEGER PRIMARY KEY REFERENCES Runbook,"
	"  Restored INTEGER NOT NULL UNIQUE REFERENCES Runbook,"
	"  TimeNs INTEGER NOT NULL,"
	"  UserName TEXT NOT NULL,"
	"  Reason TEXT NOT NULL,"
	"  CHECK (Runbook <> Restored)"
	") STRICT",

	"CREATE TRIGGER SignOffMayBe BEFORE INSERT ON SignOff BEGIN"
	"  SELECT RAISE(ABORT, 'only a runbook whose steps are all done is signed off')"
	"    WHERE NOT EXISTS (SELECT 1 FROM Runbook WHERE Key = NEW.Runbook AND Sealed AND NextStep = 0);"
	"  SELECT RAISE(ABORT, 'a runbook that is taken back is not signed off')"
	"    WHERE EXISTS (SELECT 1 FROM Restoration WHERE Restored = NEW.Runbook OR Runbook = NEW.Runbook);"
	"  SELECT RAISE(ABORT, 'backups are there until somebody removes them') WHERE NEW.PrunedNs IS NOT NULL"
	"; END",
	"CREATE TRIGGER SignOffIsFixed BEFORE UPDATE OF Runbook, TimeNs, UserName, Reason ON SignOff BEGIN"
	"  SELECT RAISE(ABORT, 'a sign-off never changes'); END",
	"CREATE TRIGGER SignOffIsPrunedOnce BEFORE UPDATE OF PrunedNs ON SignOff WHEN OLD.PrunedNs IS NOT NULL BEGIN"
	"  SELECT RAISE(ABORT, 'backups are removed once'); END",
	"CREATE TRIGGER SignOffIsKept BEFORE DELETE ON SignOff BEGIN"
	"  SELECT RAISE(ABORT, 'a sign-off is kept'); END",

	"CREATE TRIGGER RestorationMayBe BEFORE INSERT ON Restoration BEGIN"
	"  SELECT RAISE(ABORT, 'the backups of this runbook were removed')"
	"    WHERE EXISTS (SELECT 1 FROM SignOff WHERE Runbook = NEW.Restored AND PrunedNs IS NOT NULL);"
	"  SELECT RAISE(ABORT, 'what restores another runbook is not restored itself')"
	"    WHERE EXISTS (SELECT 1 FROM Restoration WHERE Runbook = NEW.Restored)"
	"; END",
	"CREATE TRIGGER RestorationIsFixed BEFORE UPDATE ON Restoration BEGIN"
	"  SELECT RAISE(ABORT, 'a restoration never changes'); END",
	"CREATE TRIGGER RestorationIsKept BEFORE DELETE ON Restoration BEGIN"
	"  SELECT RAISE(ABORT, 'a restoration is kept'); END",
	"CREATE TRIGGER RestoringRunbookIsKept BEFORE DELETE ON Runbook"
	"  WHEN EXISTS (SELECT 1 FROM Restoration WHERE Runbook = OLD.Key OR Restored = OLD.Key) BEGIN"
	"  SELECT RAISE(ABORT, 'a runbook that restores another is kept'); END",

	/* What is taken back is not gone on with: a new runbook is. */
	"CREATE TRIGGER AttemptIsNotBlocked BEFORE INSERT ON Attempt"
	"  WHEN EXISTS (SELECT 1 FROM Restoration WHERE Restored = NEW.Step >> 32) BEGIN"
	"  SELECT RAISE(ABORT, 'a runbook that is taken back is not executed any more'); END",
	"CREATE TRIGGER OverrideIsNotBlocked BEFORE INSERT ON Override"
	"  WHEN EXISTS (SELECT 1 FROM Restoration WHERE Restored = NEW.Step >> 32) BEGIN"
	"  SELECT RAISE(ABORT, 'a runbook that is taken back is not changed any more'); END",

	"DROP VIEW InstalledService",
	"CREATE VIEW InstalledService AS SELECT" COMPONENT_COLUMNS
	"  WHERE Key IN (SELECT max(Key) FROM Component GROUP BY Name) AND Version <> '' ORDER BY Name",

	"CREATE VIEW ServiceHistory AS SELECT"
	"  CASE Version WHEN '' THEN 'Removed' ELSE 'Installed' END AS Event," COMPONENT_COLUMNS " ORDER BY Key",

	"CREATE VIEW RunbookAcceptance AS SELECT Runbook.Id AS RunbookId,"
	"  " SIGN_OFF_TIME " AS SignOffTime, SignOff.UserName AS SignedOffBy, SignOff.Reason AS SignOffReason,"
	"  " PRUNE_TIME " AS BackupsRemoved, Restorer.Id AS RestoredById, Origin.Id AS RestoresId,"
	"  " RESTORE_TIME " AS RestoreTime, coalesce(Back.UserName, Forth.UserName) AS RestoreUser,"
	"  coalesce(Back.Reason, Forth.Reason) AS RestoreReason"
	"  FROM Runbook LEFT JOIN SignOff ON SignOff.Runbook = Runbook.Key"
	"  LEFT JOIN Restoration AS Back ON Back.Restored = Runbook.Key"
	"  LEFT JOIN Runbook AS Restorer ON Restorer.Key = Back.Runbook"
	"  LEFT JOIN Restoration AS Forth ON Forth.Runbook = Runbook.Key"
	"  LEFT JOIN Runbook AS Origin ON Origin.Key = Forth.Restored"
	"  WHERE Runbook.Sealed ORDER BY Runbook.Key",
	NULL,
};
