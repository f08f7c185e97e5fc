#!/bin/sh
# SPDX-License-Identifier: MIT
# executerestore, signoff, -versioncheck: what becomes of a runbook behind its last step.
# shellcheck source=lib.sh
. "$SOURCE_ROOT/tests/cli/lib.sh"

# Two service models, Web on top of Data, whose steps note in `witness` that they ran; the place of the backup is noted too.
make_package() {
	begin_package "$1"
	model Data Stop Backup Update GlobalUpdate Restore GlobalRestore Start
	begin_model Web Data
	for kind in Stop Backup Start; do
		phase $kind
	done
	script Web Update.sh "echo Web/Update.sh >>'$PWD/witness'" "[ ! -e '$PWD/break' ]"
	phase Update
	script Web Restore.sh "echo Web/Restore.sh >>'$PWD/witness'" \
		"echo \"\$RUNBOOK_ID \$RUNBOOK_BACKUP_FOLDER\" >'$PWD/backup'" "[ ! -e '$PWD/break-restore' ]"
	phase Restore
	end_model
	end_package
	topology topology.xml '' localhost:Data,Web
}

# set_version FOLDER VERSION
set_version() {
	for name in Data Web; do
		sed -i "s|<Version>.*</Version>|<Version>$2</Version>|" "$1/$name/Scripts/InstallationInfo.xml"
	done
}

# add_runbook ID
add_runbook() {
	generate_runbook "$1" topology.xml
	must_succeed runbook import -runbookfile="$package/$1.xml"
}

ran() {
	is "$(tr '\n' ' ' <witness)" "$1"
}

# version NAME
version() {
	must_succeed runbook list -json
	from_json out "[s['version'] for s in d['services'] if s['name'] == '$1']"
}

taken_back() {
	make_package package
	set_version package 1.0
	add_runbook R1
	must_succeed runbook execute -runbookid=R1
	set_version package 2.0
	add_runbook R2
	rm witness
	must_succeed runbook execute -runbookid=R2
	has err 'runbook R1 has updated Data, Web, and nobody has signed it off'
	is "$(version Web)" '["2.0"]'
	rm witness
	must_succeed runbook executerestore -runbookid=R2 -dryrun
	has_line out '1: Stop script for service model: Web on machine: localhost'
	must_succeed runbook executerestore -runbookid=R2 -dryrun -json
	is "$(from_json out 'd[0]')" '{"step":1,"description":"Stop script for service model: Web on machine: localhost"}'
	absent witness
	must_succeed runbook executerestore -runbookid=R2 -reason='too slow'
	has_line out 'Start executing runbook : R2-restore'
	ran 'Web/Stop.sh Data/Stop.sh Web/Restore.sh Data/Restore.sh Data/GlobalRestore.sh Data/Start.sh Web/Start.sh '
	is "$(cat backup)" "R2-restore $PWD/package/RunbookWorkingFolder/R2/Backup/Web"
	is "$(version Web)" '["1.0"]'
	is "$(version Data)" '["1.0"]'

	must_fail 7 runbook execute -runbookid=R2
	has err 'was taken back by runbook R2-restore'
	must_fail 7 runbook execute -runbookid=R2 -rerunstep=1
	must_fail 7 runbook signoff -runbookid=R2 -reason=x
	must_fail 7 runbook signoff -runbookid=R2-restore -reason=x
	must_succeed runbook executerestore -runbookid=R2
	has err 'has taken runbook R2 back already'
	must_succeed runbook executerestore -runbookid=R2-restore
	must_succeed runbook status -runbookid=R2
	has out 'Taken back by R2-restore'
	has out 'too slow'
	must_succeed runbook status -runbookid=R2-restore -json
	is "$(from_json out 'd["runbook"]["restores"]')" R2
	must_succeed runbook ledger check
}

# The second runbook must go first: the backups of the first are of what was there before it.
in_order() {
	make_package package
	for id in R1 R2 R3; do
		add_runbook "$id"
		must_succeed runbook execute -runbookid="$id"
	done
	# The latest is named at once, not each in its turn.
	must_fail 7 runbook executerestore -runbookid=R1 -dryrun
	has err 'runbook R3 has updated Data since'
	must_fail 7 runbook executerestore -runbookid=R1 -ledger="$RUNBOOK_LEDGER"
	has_line err "  runbook executerestore -runbookid=R3 -ledger=$RUNBOOK_LEDGER"
	must_succeed runbook executerestore -runbookid=R3
	must_succeed runbook executerestore -runbookid=R2
	must_succeed runbook executerestore -runbookid=R1
	must_succeed runbook list -json
	is "$(from_json out 'd["services"]')" '[]'
	must_succeed runbook list -history -json
	is "$(from_json out '[(s["name"], s["version"], s["runbookId"]) for s in d["history"]][-2:]')" \
		'[["Data","","R1-restore"],["Web","","R1-restore"]]'
}

# What was stopped runs again, also where the update did not get to.
half_done() {
	make_package package
	add_runbook R1
	must_fail 7 runbook executerestore -runbookid=R1
	has err 'nothing was stopped or updated'
	touch break
	must_fail 4 runbook execute -runbookid=R1
	rm witness
	touch break-restore
	must_fail 4 runbook executerestore -runbookid=R1
	has err 'runbook execute -runbookid=R1-restore -rerunstep=3'
	rm break-restore
	must_fail 7 runbook execute -runbookid=R1 -rerunstep=7
	has err 'is being taken back by runbook R1-restore'
	must_succeed runbook executerestore -runbookid=R1 -rerunstep=3
	ran 'Web/Stop.sh Data/Stop.sh Web/Restore.sh Web/Restore.sh Data/Restore.sh Data/Start.sh Web/Start.sh '
	must_fail 7 runbook import -runbookfile=package/RunbookWorkingFolder/R1-restore/R1-restore.xml -packagepath=package -replace
}

stopped_only() {
	make_package package
	add_runbook R1
	must_succeed runbook execute -runbookid=R1 -untilstep=1
	rm witness
	must_succeed runbook executerestore -runbookid=R1
	ran 'Web/Stop.sh Web/Start.sh '
}

without_restore_script() {
	begin_package package
	model Web Stop Update Start
	model Data Stop Update Restore
	end_package
	topology topology.xml '' localhost:Web,Data
	generate_runbook R1 topology.xml
	must_succeed runbook import -runbookfile=package/R1.xml
	has err 'Web'
	has err 'no RestoreScript'
	lacks err 'Data'
	must_succeed runbook execute -runbookid=R1
	rm witness
	must_fail 7 runbook executerestore -runbookid=R1
	has err 'Web on machine localhost: its UpdateScript was begun, and it has no RestoreScript'
	absent witness
	must_succeed runbook execute -runbookid=R1 -rerunstep=1
}

# While a step of it still runs it is waited for.
still_running() {
	make_package package
	script Web Update.sh "echo begun >>'$PWD/witness'" 'sleep 1' "echo ended >>'$PWD/witness'"
	add_runbook R1
	"$RUNBOOK" execute -runbookid=R1 >run 2>&1 &
	engine=$!
	until [ -e witness ] && grep -q begun witness; do
		sleep 0.05
	done
	must_fail 6 runbook executerestore -runbookid=R1
	kill -KILL "$engine"
	wait "$engine" || true
	must_succeed runbook executerestore -runbookid=R1
	ran 'Web/Stop.sh Data/Stop.sh Data/Backup.sh Web/Backup.sh Data/Update.sh begun ended Web/Stop.sh Data/Stop.sh Web/Restore.sh Data/Restore.sh Data/Start.sh Web/Start.sh '
}

sign_off() {
	make_package package
	add_runbook R1
	must_fail 7 runbook signoff -runbookid=R1 -reason=x
	must_succeed runbook execute -runbookid=R1 -requiresignoff
	must_fail 2 runbook signoff -runbookid=R1
	echo 'requiresignoff = true' >"$RUNBOOK_CONF"
	add_runbook R2
	must_fail 5 runbook execute -runbookid=R2
	has err 'runbook signoff -runbookid=R1'
	must_fail 5 runbook execute -runbookid=R2 -dryrun
	must_succeed runbook execute -runbookid=R1 -rerunstep=1
	must_succeed runbook signoff -runbookid=R1 -reason='works for a week'
	must_succeed runbook signoff -runbookid=R1
	has out 'was already signed off by'
	must_succeed runbook status -runbookid=R1
	has out 'works for a week'
	must_succeed runbook status -runbookid=R1 -json
	is "$(from_json out 'd["runbook"]["signOff"]["reason"]')" 'works for a week'
	must_succeed runbook execute -runbookid=R2
	lacks err 'signed it off'
	must_succeed runbook executerestore -runbookid=R2
	add_runbook R3
	must_succeed runbook execute -runbookid=R3
}

prune() {
	make_package package
	add_runbook R1
	must_succeed runbook execute -runbookid=R1
	echo saved >package/RunbookWorkingFolder/R1/Backup/Web/file
	must_fail 2 runbook signoff -runbookid=R1 -prunebackups
	must_succeed runbook signoff -runbookid=R1 -prunebackups -reason=fine
	has out 'Backup, 6 bytes'
	absent package/RunbookWorkingFolder/R1/Backup
	must_succeed runbook signoff -runbookid=R1 -prunebackups
	must_fail 7 runbook executerestore -runbookid=R1
	has err 'its backups were removed'
}

documents() {
	make_package package
	add_runbook R1
	must_succeed runbook execute -runbookid=R1
	must_succeed runbook signoff -runbookid=R1 -reason='good & <fine>'
	must_succeed runbook export -runbookid=R1 -runbookfile=package/done.xml
	is "$(xpath package/done.xml 'string(/RunbookData/RunbookAcceptance/SignOff/Reason)')" 'good & <fine>'
	must_succeed runbook import -ledger="$PWD/other.db" -runbookfile=package/done.xml
	lacks err 'unknown'
	must_succeed runbook status -ledger="$PWD/other.db" -runbookid=R1
	has out 'good & <fine>'
	must_succeed runbook export -ledger="$PWD/other.db" -runbookid=R1 -runbookfile=package/again.xml
	is "$(xpath package/again.xml 'count(//SignOff)')" 1
	must_succeed runbook executerestore -runbookid=R1
	must_succeed runbook export -runbookid=R1 -runbookfile=package/back.xml
	is "$(xpath package/back.xml 'string(//RunbookAcceptance/RestoredBy/RunbookID)')" R1-restore
	must_succeed runbook export -runbookid=R1-restore -runbookfile=package/restore.xml
	is "$(xpath package/restore.xml 'string(//RunbookAcceptance/Restores/RunbookID)')" R1
	must_succeed runbook import -ledger="$PWD/other2.db" -runbookfile=package/back.xml
	has err 'was taken back by runbook R1-restore'
}

versions() {
	make_package package
	set_version package 1.9
	add_runbook R1
	must_succeed runbook execute -runbookid=R1 -versioncheck=true
	rm witness
	set_version package 1.09.0
	add_runbook R2
	must_succeed runbook execute -runbookid=R2 -versioncheck=true
	absent witness
	must_succeed runbook status -runbookid=R2 -json
	is "$(from_json out 'sorted({s["state"] for s in d["steps"]})')" '["Skipped"]'
	is "$(from_json out 'd["steps"][0]["overrides"][0]["reason"]')" '-versioncheck: Web 1.9 is installed already (runbook R1)'
	set_version package 1.10
	add_runbook R3
	must_succeed runbook execute -runbookid=R3 -versioncheck=true -untilstep=8
	must_succeed runbook execute -runbookid=R3 -versioncheck=true
	is "$(version Web)" '["1.10"]'
	is "$(grep -c Start witness)" 2
	rm witness
	set_version package 1.9
	sed -i 's|<Version>.*</Version>|<Version>1.11</Version>|' package/Data/Scripts/InstallationInfo.xml
	add_runbook R4
	must_fail 7 runbook execute -runbookid=R4 -versioncheck=true
	has err 'Web: version 1.10 is installed, the package has only 1.9'
	absent witness
	set_version package 1.x
	add_runbook R5
	must_fail 7 runbook execute -runbookid=R5 -versioncheck=true
	has err 'cannot be compared'
	absent witness
	must_succeed runbook execute -runbookid=R5
}

one_of_two_versions() {
	make_package package
	set_version package 1
	add_runbook R1
	must_succeed runbook execute -runbookid=R1
	rm witness
	sed -i 's|<Version>.*</Version>|<Version>2</Version>|' package/Web/Scripts/InstallationInfo.xml
	add_runbook R2
	must_succeed runbook execute -runbookid=R2 -versioncheck=true -dryrun
	is "$(grep -c 'would be skipped: -versioncheck: Data 1 is installed already' out)" 6
	absent witness
	must_succeed runbook execute -runbookid=R2 -versioncheck=true
	ran 'Web/Stop.sh Web/Backup.sh Web/Update.sh Web/Start.sh '
}

run_case 'a runbook is taken back, and is not executed any more' taken_back
run_case 'the latest runbook is taken back first; services that were not there go' in_order
run_case 'what was begun is taken back, and the restore is gone on with' half_done
run_case 'what was only stopped is started' stopped_only
run_case 'a RestoreScript is missing: import warns, executerestore refuses' without_restore_script
run_case 'a step that still runs is waited for' still_running
run_case 'signoff, and runbooks that require it' sign_off
run_case 'backups go with a sign-off' prune
run_case 'export and import tell it' documents
run_case '-versioncheck: equal is skipped, lower refused' versions
run_case '-versioncheck: the others run' one_of_two_versions
finish
