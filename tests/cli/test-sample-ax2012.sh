#!/bin/sh
# SPDX-License-Identifier: MIT
# The sample data upgrade: forty-two sub-steps in one step, on ten thousand rows.
# shellcheck source=lib.sh
. "$SOURCE_ROOT/tests/cli/lib.sh"

sample=$SOURCE_ROOT/samples/ax2012-data-upgrade
upgrade_step=4

extract_package() {
	need_command python3
	"$sample/build.sh" packages >/dev/null
	must_succeed runbook package extract packages/ax2012-data-upgrade.zip -target=ax
	database=$HOME/ax2012/axdb.sqlite
}

# sql STATEMENT: on the database; prints one value if there is one
sql() {
	python3 - "$database" "$1" <<'END'
import sqlite3
import sys

db = sqlite3.connect(sys.argv[1])
row = db.execute(sys.argv[2]).fetchone()
db.commit()
if row:
    print(row[0])
END
}

# The sub-steps in the order in which they end.
substeps() {
	for substep in DisableDbLogTriggers CreateSqlSequences UpdateKernelSchema PatchSqlDictionaryPass1 PatchSqlDictionaryPass2 \
		PatchUserInfo PatchSqlSystemVariables ResetAdminUser ClearSysLastValue EnableSafeMode AdditiveDbSync PartialDbSync \
		DisableSafeMode; do
		echo "PreReqs/$substep"
	done
	for substep in CleanupDataUpgradeTables EnableSysDeletedObjects SaveBatchConfiguration DisaleBatchPriorityScheduling \
		ConfigureBatch StartAos ScheduleScripts StartBatch WaitForBatch StopBatch ExecuteScripts; do
		echo "PreSync/$substep"
	done
	for substep in EnableSafeMode SyncSchema DisableSafeMode; do
		echo "DbSync/$substep"
	done
	for substep in StartAos ScheduleScripts StartBatch WaitForBatch StopBatch ImportIsvLicenses ExecuteScripts \
		DisableSysDeletedObjects EnableBatchPriorityScheduling RestoreBatchConfiguration; do
		echo "PostSync/$substep"
	done
	for substep in EnableSafeMode SyncSchema DisableSafeMode EnableDbLogTriggers DisableDataUpgradeFlag; do
		echo "FinalDbSync/$substep"
	done
}

# Looks at the database itself, not through the scripts of the package.
check_database() {
	for column in CUSTTABLE.PARTY CUSTTRANS.AMOUNTMINOR INVENTTRANS.STATUSISSUE; do
		is "$(sql "SELECT count(*) FROM ${column%.*} WHERE ${column#*.} IS NULL")" 0
	done
	is "$(sql 'SELECT (SELECT count(*) FROM CUSTTABLE) + (SELECT count(*) FROM CUSTTRANS) + (SELECT count(*) FROM INVENTTRANS)')" 10000
	is "$(sql "SELECT VOUCHER FROM CUSTTRANS ORDER BY RECID LIMIT 1")" V000501
	is "$(sql "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'DBLOG%'")" 2
	is "$(sql "SELECT count(*) FROM pragma_index_list('CUSTTRANS') WHERE \"unique\" AND name = 'I_078VOUCHERIDX'")" 1
	is "$(sql 'SELECT count(*) FROM SYSDATABASELOG')" 0
	is "$(sql "SELECT STATUS FROM BATCHJOB WHERE RECID = 1")" Waiting
	is "$(sql "SELECT VALUE FROM SQLSYSTEMVARIABLES WHERE PARM = 'DATAUPGRADE'")" 0
}

whole() {
	extract_package
	must_succeed runbook quickinstallall ax -runbookid=ax -generatedvt
	sed -n 's|^\([A-Z][A-Za-z]*/[A-Za-z0-9]*\): .*|\1|p' out >ran
	substeps >expected
	is "$(wc -l <expected)" 42
	same expected ran
	has_line out '10000 rows converted, 4 unique indexes, triggers back'
	check_database
	must_succeed runbook list
	has_line out "$(printf 'AOSService\t Version: 7.0.0.0')"
	must_succeed runbook export -runbookid=ax -runbookfile=ax.xml
	is "$(xpath ax.xml 'string(//Step[1]/PackageType)')" DataUpgradePackage
	must_succeed runbook execute -runbookid=ax "-rerunstep=$upgrade_step"
	has_line out "Sub-step $upgrade_step.42 FinalDbSync/DisableDataUpgradeFlag is completed already"
	must_succeed runbook execute -runbookid=ax "-rerunstep=$upgrade_step.42"
	has_line out 'FinalDbSync/DisableDataUpgradeFlag: nothing to do, the upgrade is finished'
	is "$(grep -c '^Executing sub-step' out)" 1
}

# The query of the AX 2012 documentation, word for word, gives its forty-two rows, newest first, and ExecuteScripts spans what it contains.
watched() {
	need_command sqlite3
	extract_package
	must_succeed runbook quickinstallall ax -runbookid=ax
	printf '%s\n' "ATTACH '$RUNBOOK_LEDGER' AS DBUPGRADE;" 'SELECT StartTime, EndTime, Steps, SubSteps, Status' \
		'FROM [DBUPGRADE].[DATAUPGRADESTATUS]' 'ORDER BY EndTime DESC;' | sqlite3 -readonly -separator '|' >rows
	is "$(wc -l <rows)" 42
	is "$(cut -d '|' -f 5 rows | sort -u)" Completed
	cut -d '|' -f 2 rows | sort -rc || fail 'not the newest first'
	substeps | sort >expected
	cut -d '|' -f 3,4 rows | tr '|' / | sort >seen
	same expected seen
	awk -F '|' '$3 == "PostSync" && $4 == "ExecuteScripts" { start = $1; end = $2 }
		$3 == "PostSync" && $4 ~ /^(StartAos|ScheduleScripts|StartBatch|WaitForBatch|StopBatch|ImportIsvLicenses)$/ { inside[$1] = $2 }
		END { for (at in inside) if (at < start || inside[at] > end) exit 1; exit length(inside) != 6 }' rows ||
		fail 'ExecuteScripts does not span its sub-steps'
}

job_fails() {
	extract_package
	must_succeed runbook quickinstallall ax -runbookid=ax -generatedvt -untilstep=1
	sql "CREATE TRIGGER broken BEFORE UPDATE ON CUSTTRANS WHEN NEW.RECID = 5637147000
		BEGIN SELECT raise(ABORT, 'record 5637147000 is broken'); END"
	must_fail 4 runbook execute -runbookid=ax
	grep -qF 'ConvertCustTrans 5637147000..5637147499: record 5637147000 is broken' out err || fail 'no reason'
	is "$(sql "SELECT count(*) FROM BATCH WHERE STATUS = 'Finished'")" 25
	sql 'DROP TRIGGER broken'
	must_succeed runbook execute -runbookid=ax "-rerunstep=$upgrade_step"
	is "$(grep -c '^Executing sub-step' out)" 12
	has_line out 'PostSync/WaitForBatch: 26 jobs finished'
	has_line out '10000 rows converted, 4 unique indexes, triggers back'
	check_database
}

one_substep() {
	extract_package
	cd ax/AOSService/Scripts || fail 'no Scripts folder'
	python3 -B old_database.py
	python3 -B upgrade.py PreReqs PatchUserInfo >../out && fail 'it does without the column that UpdateKernelSchema adds'
	is "$(python3 -B upgrade.py PreReqs UpdateKernelSchema)" "PreReqs/UpdateKernelSchema: 2 columns added to the kernel's tables"
	is "$(python3 -B upgrade.py PreReqs PatchUserInfo)" 'PreReqs/PatchUserInfo: 4 users'
	is "$(python3 -B upgrade.py PreReqs PatchUserInfo)" 'PreReqs/PatchUserInfo: 0 users'
	python3 -B upgrade.py PreReqs NoSuchThing && fail 'an unknown sub-step'
	is "$(sql 'SELECT NETWORKALIAS FROM USERINFO ORDER BY ID LIMIT 1 OFFSET 1')" alice@contoso.example
}

run_case 'forty-two sub-steps in order, ten thousand rows converted' whole
run_case 'the query of the documentation shows them' watched
run_case 'a job that fails is named; run again, only it is done' job_fails
run_case 'each sub-step can be called by name' one_substep
finish
