// SPDX-License-Identifier: MIT
#include "steps/query_table.h"

#define RUNBOOK_COLUMNS                                                                                                   \
	"SELECT Key, Id, PackageRoot, Guid, Version, PackageType, ImportedNs, StartedNs, EndedNs, StepCount, NotStarted," \
	" InProgress, Completed, Failed, TimedOut, Interrupted, Skipped FROM Runbook "

#define STEP_COLUMNS                                                                                                \
	"SELECT Step.Number, Step.Description, Step.Machine, Script.ServiceModel, StepKind.Type, Script.FileName,"  \
	" Automated, Instruction, RetryCount, TimeoutMin, NoAutoResume,"                                            \
	" coalesce((SELECT Detail FROM Override WHERE Override.Step = Step.Key AND Override.Kind = 'AcceptChange'"  \
	"  AND instr(Override.Detail, ' ') = 0 ORDER BY Override.Number DESC LIMIT 1), Script.Sha256), Step.State," \
	" Step.AttemptCount, Step.RetryBase,"                                                                       \
	" EXISTS (SELECT 1 FROM SubStep WHERE SubStep.Step = Step.Key) "

#define STEP_JOINS " CROSS JOIN Script ON Script.Key = Step.Script CROSS JOIN StepKind ON StepKind.Key = Step.Kind"

#define STEPS_OF_RUNBOOK "BETWEEN (?1 << 32) AND (?1 << 32) + 4294967295"

/* As in the index of that name, to the letter: only then is it used. */
#define ATTENTION "(Step.State = 1 OR Step.State BETWEEN 3 AND 5)"

#define ATTEMPT_COLUMNS                                                                                           \
	"SELECT Attempt.Step & 4294967295, Attempt.Number, Attempt.State, BootId, StartedNs, StartedBootNs,"      \
	" EndedNs, DurationNs, ExitCode, Signal, ScriptSha256, Folder, LogPath, CpuUs, PeakMemoryKb, LeftBehind," \
	" Reason, UserName, Restart "

#define COMPONENT_COLUMNS "SELECT Name, Version, RunbookId, PackageRoot, InstalledNs, Step FROM Component"
/* A name, and its last run unless `join` says otherwise. */
#define SUB_STEP_COLUMNS(join)                                                                                    \
	"SELECT SubStepName.Number, GroupName, Name, SubStepName.Number IN (SELECT r.Number FROM SubStepRun AS r" \
	" WHERE r.Step = SubStepName.Step AND r.State = 2 AND r.Attempt > coalesce((SELECT max(AfterAttempt)"     \
	"  FROM SubStepAgain AS a WHERE a.Step = r.Step AND a.Number = r.Number), 0)),"                           \
	" coalesce(Run, 0), Attempt, Parent, coalesce(State, 0), StartedNs, StartedBootNs, EndedNs, DurationNs,"  \
	" ExitCode, Signal, ScriptSha256 FROM SubStepName " join                                                  \
	" JOIN SubStepRun ON SubStepRun.Step = SubStepName.Step"                                                  \
	" AND SubStepRun.Number = SubStepName.Number "

#define LAST_RUN                                                                                         \
	"AND Run = (SELECT max(l.Run) FROM SubStepRun AS l WHERE l.Step = SubStepName.Step AND l.Number" \
	" = SubStepName.Number) "

/* What a sub-step of a definition is called. */
#define DEFINED_NAME "coalesce(nullif(SubStep.Name, ''), SubStep.FileName)"

static const char *const sql[QUERY_COUNT] = {
	[QUERY_BEGIN] = "BEGIN IMMEDIATE",
	[QUERY_BEGIN_READ] = "BEGIN",
	[QUERY_COMMIT] = "COMMIT",

	[QUERY_RUNBOOK_BY_ID] = RUNBOOK_COLUMNS "WHERE Id = ?",
	[QUERY_RUNBOOK_BY_ID_NOCASE] = RUNBOOK_COLUMNS "WHERE Id = ? COLLATE NOCASE",
	[QUERY_RUNBOOK_ALL] = RUNBOOK_COLUMNS "ORDER BY Key",
	[QUERY_RUNBOOK_IDS] = "SELECT Id FROM Runbook ORDER BY Key DESC",
	[QUERY_RUNBOOK_EXTENT] = "SELECT Id, StepCount, NextStep FROM Runbook WHERE Key = ?",

	[QUERY_RUNBOOK_INSERT] = "INSERT INTO Runbook (Id, PackageRoot, Guid, Version, PackageType, ImportedNs)"
				 " VALUES (?, ?, ?, ?, '', ?)",
	[QUERY_RUNBOOK_SEAL] = "UPDATE Runbook SET PackageType = ?, Sealed = 1 WHERE Key = ?",
	[QUERY_HEAD_INSERT] =
		"INSERT INTO RunbookHead (Runbook, AttributesXml, TopologyXml, ServiceModelXml, UnknownXml)"
		" VALUES (?, ?, ?, ?, ?)",
	[QUERY_HEAD_TAIL] = "UPDATE RunbookHead SET TailXml = ? WHERE Runbook = ?",

	[QUERY_STEP] = STEP_COLUMNS "FROM Step" STEP_JOINS " WHERE Step.Key = ?",
	[QUERY_STEP_RANGE] = STEP_COLUMNS "FROM Step" STEP_JOINS " WHERE Step.Key BETWEEN ? AND ? ORDER BY Step.Key",
	[QUERY_STEP_TROUBLED] = STEP_COLUMNS "FROM Step INDEXED BY StepAttention" STEP_JOINS
					     " WHERE Step.Key BETWEEN ? AND ? AND " ATTENTION " ORDER BY Step.Key",
	[QUERY_STEP_STATE] = "SELECT State, AttemptCount, (SELECT count(*) FROM Override WHERE Step = Key)"
			     " FROM Step WHERE Key = ?",
	/* The condition as in the index of that name, to the letter: only then is it used. */
	[QUERY_STEP_EXPECTED] =
		"SELECT CAST(avg(Took) AS INTEGER) FROM (SELECT DurationNs AS Took FROM Attempt INDEXED BY AttemptLong"
		" CROSS JOIN Step ON Step.Key = Attempt.Step CROSS JOIN Script ON Script.Key = Step.Script"
		" WHERE Attempt.State = 2 AND DurationNs > 2000000000 AND ServiceModel = ? AND FileName = ?"
		" ORDER BY EndedNs DESC LIMIT 3)",
	[QUERY_STEP_GUARD] = "SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND name = 'StepIsNew'",
	[QUERY_STEP_INSERT] = "INSERT INTO Step (Key, Script, Kind, Machine, Description) VALUES (?, ?, ?, ?, ?)",
	[QUERY_STEP_EXTRA_INSERT] = "INSERT INTO StepExtra (Step, StartTime, EndTime, Output, DetailXml,"
				    " ScriptUnknownXml, UnknownXml) VALUES (?, ?, ?, ?, ?, ?, ?)",
	[QUERY_SUB_STEP_INSERT] = "INSERT INTO SubStep (Step, Number, Name, GroupName, FileName, Description)"
				  " VALUES (?, ?, ?, ?, ?, ?)",
	[QUERY_KIND] =
		"SELECT Key FROM StepKind WHERE Runbook = ? AND Type = ? AND HasScript = ? AND Automated = ? AND RetryCount = ?"
		" AND TimeoutMin = ? AND NoAutoResume = ? AND Instruction = ? AND Fields = ? AND RunbookId = ?"
		" AND PackageId = ? AND PackageType = ? AND Concurrency = ? AND OwnProcess = ?"
		" AND CompletedManually = ?",
	[QUERY_KIND_INSERT] =
		"INSERT INTO StepKind (Runbook, Type, HasScript, Automated, RetryCount, TimeoutMin, NoAutoResume,"
		" Instruction, Fields, RunbookId, PackageId, PackageType, Concurrency, OwnProcess,"
		" CompletedManually) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[QUERY_SCRIPT] = "SELECT Key, Sha256 FROM Script WHERE Runbook = ? AND ServiceModel = ? AND FileName = ?",
	[QUERY_SCRIPT_INSERT] = "INSERT INTO Script (Runbook, ServiceModel, FileName, Sha256) VALUES (?, ?, ?, ?)",
	[QUERY_SCRIPT_STEPS] = "SELECT Script, Number, Machine FROM Step WHERE Key BETWEEN ? AND ?"
			       " AND State NOT IN (2, 6) ORDER BY Key",
	[QUERY_SCRIPT_SUB_STEPS] =
		"SELECT Script.Key, Step.Number, Step.Machine FROM SubStep CROSS JOIN Step ON Step.Key = SubStep.Step"
		" CROSS JOIN Script AS Own ON Own.Key = Step.Script CROSS JOIN Script ON Script.Runbook = Own.Runbook"
		" AND Script.ServiceModel = Own.ServiceModel AND Script.FileName = SubStep.FileName"
		" WHERE SubStep.Step BETWEEN ? AND ? AND Step.State NOT IN (2, 6) ORDER BY SubStep.Step, SubStep.Number",
	[QUERY_SCRIPT_BY_KEY] = "SELECT ServiceModel, FileName FROM Script WHERE Key = ?",

	[QUERY_SERVICE_MODEL_ALL] = "SELECT DISTINCT ServiceModel FROM Script WHERE Runbook = ? ORDER BY ServiceModel",
	[QUERY_PACKAGE_FILE_ALL] = "SELECT Path, Sha256 FROM PackageFile WHERE Runbook = ? ORDER BY Path",
	[QUERY_PACKAGE_FILE_INSERT] = "INSERT INTO PackageFile (Runbook, Path, Sha256) VALUES (?, ?, ?)",

	[QUERY_ATTEMPT_INSERT] = "INSERT INTO Attempt (Step, Number, State, BootId, StartedNs, StartedBootNs,"
				 " ScriptSha256, Folder, LogPath, UserName) VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?, ?)",
	[QUERY_ATTEMPT_END] =
		"UPDATE Attempt SET State = ?, EndedNs = ?, DurationNs = ?, ExitCode = ?, Signal = ?,"
		" CpuUs = ?, PeakMemoryKb = ?, LeftBehind = ?, Reason = ?, Restart = ? WHERE Step = ? AND Number = ?",
	[QUERY_ATTEMPT] = ATTEMPT_COLUMNS "FROM Attempt WHERE Step = ?1 AND Number ="
					  " coalesce(nullif(?2, 0), (SELECT AttemptCount FROM Step WHERE Key = ?1))",
	[QUERY_ATTEMPT_RANGE] = ATTEMPT_COLUMNS "FROM Attempt WHERE Step BETWEEN ? AND ? ORDER BY Step, Number",
	/* Only the last attempt of a step can be running. */
	[QUERY_ATTEMPT_RUNNING] = ATTEMPT_COLUMNS "FROM Step INDEXED BY StepAttention CROSS JOIN Attempt"
						  " ON Attempt.Step = Step.Key AND Attempt.Number = AttemptCount"
						  " WHERE Step.Key BETWEEN ? AND ? AND " ATTENTION
						  " AND Step.State = 1 ORDER BY Step.Key",
	[QUERY_ATTEMPT_RESTART] = "SELECT Step & 4294967295 FROM Attempt WHERE Restart <> '' AND BootId = ?"
				  " AND Step BETWEEN ? AND ? ORDER BY Step LIMIT 1",
	[QUERY_OUTPUT_INSERT] = "INSERT INTO Output (Step, Attempt, Name, Value) VALUES (?, ?, ?, ?)"
				" ON CONFLICT DO UPDATE SET Value = excluded.Value",
	[QUERY_LOG_INSERT] = "INSERT INTO Log (Runbook, Step, Attempt, Time, File, Text, UnknownXml)"
			     " VALUES (?, ?, ?, ?, ?, ?, ?)",

	[QUERY_OVERRIDE_INSERT] = "INSERT INTO Override (Step, Number, AfterAttempt, Kind, State, Reason, UserName,"
				  " Detail, TimeNs) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[QUERY_OVERRIDE_RANGE] = "SELECT Step & 4294967295, Kind, State, Reason, UserName, Detail, TimeNs,"
				 " AfterAttempt FROM Override"
				 " WHERE Step BETWEEN ? AND ? ORDER BY Step, Number",
	[QUERY_OVERRIDE_ACCEPTED] = "SELECT EXISTS (SELECT 1 FROM Override WHERE Step " STEPS_OF_RUNBOOK
				    " AND Kind = 'AcceptChange' AND Detail = ?2)",

	[QUERY_OVERRIDE_DELETE] = "DELETE FROM Override WHERE Step " STEPS_OF_RUNBOOK,
	[QUERY_SUB_STEP_DELETE] = "DELETE FROM SubStep WHERE Step " STEPS_OF_RUNBOOK,
	[QUERY_STEP_EXTRA_DELETE] = "DELETE FROM StepExtra WHERE Step " STEPS_OF_RUNBOOK,
	[QUERY_STEP_DELETE] = "DELETE FROM Step WHERE Key " STEPS_OF_RUNBOOK,
	[QUERY_KIND_DELETE] = "DELETE FROM StepKind WHERE Runbook = ?",
	[QUERY_SCRIPT_DELETE] = "DELETE FROM Script WHERE Runbook = ?",
	[QUERY_PACKAGE_FILE_DELETE] = "DELETE FROM PackageFile WHERE Runbook = ?",
	[QUERY_LOG_DELETE] = "DELETE FROM Log WHERE Runbook = ?",
	[QUERY_HEAD_DELETE] = "DELETE FROM RunbookHead WHERE Runbook = ?",
	[QUERY_RUNBOOK_DELETE] = "DELETE FROM Runbook WHERE Key = ?",

	[QUERY_EXPORT_HEAD] = "SELECT AttributesXml, TopologyXml, ServiceModelXml, UnknownXml, TailXml FROM RunbookHead"
			      " WHERE Runbook = ?",
	[QUERY_EXPORT_STEPS] =
		"SELECT Step.Number, State, AttemptCount, RetryBase, Machine, Step.Description, ServiceModel, FileName, Type,"
		" HasScript, Automated, RetryCount, TimeoutMin, NoAutoResume, Instruction, Fields, RunbookId, PackageId,"
		" PackageType, Concurrency, OwnProcess, CompletedManually, StartTime, EndTime, Output, DetailXml,"
		" ScriptUnknownXml, StepExtra.UnknownXml,"
		" EXISTS (SELECT 1 FROM Override WHERE Override.Step = Step.Key AND Override.Kind <> 'Imported'),"
		" EXISTS (SELECT 1 FROM SubStep WHERE SubStep.Step = Step.Key) FROM Step" STEP_JOINS
		" LEFT JOIN StepExtra ON StepExtra.Step = Step.Key WHERE Step.Key BETWEEN ? AND ? ORDER BY Step.Key",
	[QUERY_EXPORT_SUB_STEPS] = "SELECT Name, GroupName, FileName, Description FROM SubStep WHERE Step = ?"
				   " ORDER BY Number",
	[QUERY_EXPORT_OUTPUTS] = "SELECT Name, Value FROM Output WHERE Step = ? AND Attempt = ? ORDER BY Name",
	[QUERY_EXPORT_LOGS] = "SELECT Step, Attempt, Time, File, Text, UnknownXml FROM Log WHERE Runbook = ?"
			      " ORDER BY Key",

	/* Those of the definition, unless they are there; by number, as the schema wants it. */
	[QUERY_SUB_STEP_DEFINE] = "INSERT INTO SubStepName (Step, Number, GroupName, Name)"
				  " SELECT Step, Number, GroupName, " DEFINED_NAME " FROM SubStep WHERE Step = ?1"
				  " AND NOT EXISTS (SELECT 1 FROM SubStepName WHERE Step = ?1) ORDER BY Number",
	[QUERY_SUB_STEP_DEFINED] =
		"SELECT SubStep.GroupName, " DEFINED_NAME ", SubStep.FileName, Script.Sha256 FROM SubStep"
		" CROSS JOIN Step ON Step.Key = SubStep.Step CROSS JOIN Script AS Own ON Own.Key = Step.Script"
		" LEFT JOIN Script ON Script.Runbook = Own.Runbook AND Script.ServiceModel = Own.ServiceModel"
		" AND Script.FileName = SubStep.FileName WHERE SubStep.Step = ? ORDER BY SubStep.Number",
	[QUERY_SUB_STEP_NAME_INSERT] = "INSERT INTO SubStepName (Step, Number, GroupName, Name)"
				       " SELECT ?1, 1 + count(*), ?2, ?3 FROM SubStepName WHERE Step = ?1",
	[QUERY_SUB_STEP_BY_NAME] =
		SUB_STEP_COLUMNS("LEFT") LAST_RUN "WHERE SubStepName.Step = ? AND GroupName = ? AND Name = ?",
	[QUERY_SUB_STEP_LAST] =
		SUB_STEP_COLUMNS("LEFT") LAST_RUN "WHERE SubStepName.Step = ? ORDER BY SubStepName.Number",
	[QUERY_SUB_STEP_RUNS] = SUB_STEP_COLUMNS("") "WHERE SubStepName.Step = ? ORDER BY SubStepName.Number, Run",
	[QUERY_SUB_STEP_RUNNING] = SUB_STEP_COLUMNS("") "WHERE SubStepName.Step = ? AND State = 1"
							" ORDER BY StartedNs DESC, SubStepName.Number DESC LIMIT 1",
	[QUERY_SUB_STEP_START] =
		"INSERT INTO SubStepRun (Step, Number, Run, Attempt, Parent, State, ScriptSha256, StartedNs,"
		" StartedBootNs) VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?)",
	[QUERY_SUB_STEP_LOSE] = "UPDATE SubStepRun SET State = 5 WHERE Step = ? AND Number = ? AND State = 1",
	[QUERY_SUB_STEP_END] = "UPDATE SubStepRun SET State = ?, EndedNs = ?, DurationNs = ?, ExitCode = ?, Signal = ?"
			       " WHERE Step = ? AND Number = ? AND Run = ? AND State = 1",
	[QUERY_SUB_STEP_AGAIN] = "INSERT INTO SubStepAgain (Step, Number, AfterAttempt)"
				 " SELECT ?1, ?2, AttemptCount FROM Step WHERE Key = ?1 ON CONFLICT DO NOTHING",

	[QUERY_COMPONENT_INSERT] = "INSERT INTO Component (Name, Version, RunbookId, Step, PackageRoot, InstalledNs)"
				   " VALUES (?, ?, ?, ?, ?, ?)",
	[QUERY_COMPONENT_ALL] = COMPONENT_COLUMNS " WHERE Key IN (SELECT max(Key) FROM Component GROUP BY Name)"
						  " AND Version <> '' ORDER BY Name",
	[QUERY_COMPONENT_NAMED] = COMPONENT_COLUMNS " WHERE Key = (SELECT max(Key) FROM Component WHERE Name = ?)"
						    " AND Version <> ''",
	[QUERY_COMPONENT_HISTORY] = COMPONENT_COLUMNS " ORDER BY Key",
	/* What a runbook (1) has installed for a service model (2), and what there was before: nothing is NULL. */
	[QUERY_COMPONENT_BEFORE] =
		"SELECT Ours.Name, Before.Version, Before.PackageRoot, (SELECT RunbookId FROM Component WHERE Key ="
		"  (SELECT max(Key) FROM Component WHERE Name = Ours.Name))"
		" FROM (SELECT Name, min(Key) AS First FROM Component"
		"  WHERE RunbookId = (SELECT Id FROM Runbook WHERE Key = ?1) AND EXISTS (SELECT 1 FROM Step"
		"   JOIN Script ON Script.Key = Step.Script"
		"   WHERE Step.Key = (?1 << 32) + Component.Step AND Script.ServiceModel = ?2) GROUP BY Name) AS Ours"
		" LEFT JOIN Component AS Before ON Before.Key = (SELECT max(Key) FROM Component"
		"  WHERE Name = Ours.Name AND Key < Ours.First) ORDER BY Ours.Name",

	[QUERY_ACCEPTANCE] = "SELECT SignOff.TimeNs, SignOff.UserName, SignOff.Reason, PrunedNs, Restorer.Id,"
			     " Restorer.Key IS NOT NULL AND Restorer.NextStep = 0, Origin.Id, Origin.Key,"
			     " coalesce(Back.TimeNs, Forth.TimeNs), coalesce(Back.UserName, Forth.UserName),"
			     " coalesce(Back.Reason, Forth.Reason) FROM Runbook"
			     " LEFT JOIN SignOff ON SignOff.Runbook = Runbook.Key"
			     " LEFT JOIN Restoration AS Back ON Back.Restored = Runbook.Key"
			     " LEFT JOIN Runbook AS Restorer ON Restorer.Key = Back.Runbook"
			     " LEFT JOIN Restoration AS Forth ON Forth.Runbook = Runbook.Key"
			     " LEFT JOIN Runbook AS Origin ON Origin.Key = Forth.Restored WHERE Runbook.Key = ?",
	[QUERY_SIGN_OFF_INSERT] = "INSERT INTO SignOff (Runbook, TimeNs, UserName, Reason) VALUES (?, ?, ?, ?)",
	[QUERY_SIGN_OFF_PRUNE] = "UPDATE SignOff SET PrunedNs = ? WHERE Runbook = ?",
	[QUERY_RESTORATION_INSERT] = "INSERT INTO Restoration (Runbook, Restored, TimeNs, UserName, Reason)"
				     " VALUES (?, ?, ?, ?, ?)",
};

const char *query_sql(enum query_id id)
{
	return sql[id];
}
