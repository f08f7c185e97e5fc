#!/bin/sh
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016 # the lines of step scripts are written here, to be expanded there
# What a step rests on has changed since its last attempt, or since the import: interpreter, package root, files of its service model.
. "$SOURCE_ROOT/tests/cli/lib.sh"

# begin_step LINE…: a package of one step, with that script; end_web imports its runbook r
begin_step() {
	begin_package package
	begin_model Web
	phase Update '<RetryCount>0</RetryCount>'
	script Web Update.sh "$@"
}

an_interpreter_that_has_changed_is_noticed() {
	begin_step '[ -e ../../../mended ]'
	cp "$(command -v sh)" shell
	sed -i "1s|.*|#!$(pwd)/shell|" package/Web/Scripts/Update.sh
	end_web
	must_fail 4 runbook execute -runbookid=r
	touch mended
	echo >>shell
	must_fail 7 runbook execute -runbookid=r -rerunstep=1
	has err "the interpreter $(pwd)/shell has changed (SHA-256 "
	has err "now $(sha256sum <shell | cut -c 1-12)"
	has err 'since attempt 1'
	must_succeed runbook execute -runbookid=r -rerunstep=1 -acceptchange -reason='new shell'
	is "$(sqlite3 "$RUNBOOK_LEDGER" "SELECT count(*) FROM Override WHERE Reason LIKE 'new shell; the interpreter %'")" 1
}

another_package_root_is_noticed() {
	begin_step '[ -e ../../../mended ]'
	end_web
	must_fail 4 runbook execute -runbookid=r
	cp -r package other
	rm -r other/RunbookWorkingFolder
	touch mended
	must_fail 7 runbook execute -runbookid=r -rerunstep=1 -packagepath=other
	has err "the package root was $(pwd)/package and is now $(pwd)/other"
	must_succeed runbook execute -runbookid=r -rerunstep=1 -packagepath=other -acceptchange -reason='bigger disk'
	is "$(sqlite3 "$RUNBOOK_LEDGER" "SELECT count(*) FROM Override WHERE Reason LIKE 'bigger disk; the package root %'")" 1
}

# A package root that was put together by hand has no list of digests of its own: the import records them.
a_changed_file_of_the_package_root_is_noticed() {
	begin_step 'echo x >>../../../tally' '[ -e ../../../mended ]'
	mkdir -p package/Web/Payload
	echo one >package/Web/Payload/app.conf
	echo link >elsewhere
	ln -s ../../../elsewhere package/Web/Payload/link
	end_web
	must_fail 4 runbook execute -runbookid=r
	before=$(sha256sum <package/Web/Payload/app.conf | cut -c 1-12)
	echo two >>package/Web/Payload/app.conf
	now=$(sha256sum <package/Web/Payload/app.conf | cut -c 1-12)
	touch mended
	must_fail 7 runbook execute -runbookid=r -rerunstep=1
	has err "step 1: Web/Payload/app.conf has changed since the runbook was imported (SHA-256 $before…, now $now…)"
	has err "runbook execute -runbookid=r -acceptchange -reason='…'"
	is "$(wc -l <tally)" 1
	must_fail 7 runbook execute -runbookid=r
	rm package/Web/Payload/app.conf
	must_fail 7 runbook execute -runbookid=r
	has err 'Web/Payload/app.conf is missing or no file any more'
	must_succeed runbook execute -runbookid=r -acceptchange -reason='not needed'
	is "$(wc -l <tally)" 2
	is "$(sqlite3 "$RUNBOOK_LEDGER" "SELECT Detail FROM Override WHERE Reason = 'not needed'")" 'missing  Web/Payload/app.conf'
	# The control: what came later, lies beside the service models, or is no file of the package is nobody's business.
	echo new >package/Web/Payload/new.conf
	echo other >package/notes.txt
	echo changed >elsewhere
	must_succeed runbook execute -runbookid=r -rerunstep=1
	is "$(wc -l <tally)" 3
}

# Between two attempts of one run, too. The control: nothing changes, and the retry is made.
a_file_that_changes_before_a_retry_is_noticed() {
	begin_package package
	begin_model Web
	phase Update '<RetryCount>1</RetryCount>'
	script Web Update.sh 'echo x >>../../../tally' '[ ! -e ../../../alter ] || echo two >>../Payload/app.conf' 'exit 3'
	mkdir -p package/Web/Payload
	echo one >package/Web/Payload/app.conf
	end_web
	must_fail 4 runbook execute -runbookid=r -retrypause=0
	is "$(wc -l <tally)" 2
	touch alter
	must_fail 7 runbook execute -runbookid=r -rerunstep=1 -retrypause=0
	has err 'step 1: Web/Payload/app.conf has changed since the runbook was imported'
	is "$(wc -l <tally)" 3
	must_fail 4 runbook execute -runbookid=r -retrypause=0 -acceptchange -reason='it does that'
	is "$(wc -l <tally)" 4
}

need_command sqlite3
run_case 'an interpreter that has changed is noticed' an_interpreter_that_has_changed_is_noticed
run_case 'another package root is noticed' another_package_root_is_noticed
run_case 'a changed file of the package root is noticed' a_changed_file_of_the_package_root_is_noticed
run_case 'a file that changes before a retry is noticed' a_file_that_changes_before_a_retry_is_noticed
finish
