// SPDX-License-Identifier: MIT
/*
 * Version 4 of the ledger's schema: the files of a package that brought no digests of its own (steps/root_files.h).
 */
#include "steps/schema.h"

#include <stddef.h>

const char *const schema_version_4[] = {
	"CREATE TABLE PackageFile ("
	"  Runbook INTEGER NOT NULL REFERENCES Runbook,"
	"  Path TEXT NOT NULL,"                               /* below the package root */
	"  Sha256 TEXT NOT NULL CHECK (length(Sha256) = 64)," /* at import */
	"  PRIMARY KEY (Runbook, Path)"
	") STRICT, WITHOUT ROWID",

	"CREATE TRIGGER PackageFileIsNew BEFORE INSERT ON PackageFile"
	"  WHEN (SELECT StartedNs FROM Runbook WHERE Key = NEW.Runbook) IS NOT NULL BEGIN"
	"  SELECT RAISE(ABORT, 'the files of a package are recorded at import'); END",
	"CREATE TRIGGER PackageFileIsFixed BEFORE UPDATE ON PackageFile BEGIN"
	"  SELECT RAISE(ABORT, 'the recorded files of a package never change'); END",
	"CREATE TRIGGER PackageFileIsKept BEFORE DELETE ON PackageFile"
	"  WHEN (SELECT StartedNs FROM Runbook WHERE Key = OLD.Runbook) IS NOT NULL BEGIN"
	"  SELECT RAISE(ABORT, 'a runbook that has started is kept'); END",
	NULL,
};
