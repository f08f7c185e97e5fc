#!/bin/sh
# SPDX-License-Identifier: MIT
# bundle: what is in it, that it is the same each time, and that no secret is.
# shellcheck source=lib.sh
. "$SOURCE_ROOT/tests/cli/lib.sh"

# A run that fails, and tells a secret while it does.
failed_run() {
	begin_package package
	begin_model One
	phase Update
	end_model
	script One Update.sh 'echo "password=hunter2secret"' 'echo "Authorization: Bearer abcdefghijklmnop0123456789"' 'exit 3'
	end_package
	topology t.xml '' localhost:One
	generate_runbook r t.xml
	must_succeed runbook import -runbookfile=package/r.xml
	must_fail 4 runbook execute -runbookid=r "$@"
}

unpack() {
	rm -rf unpacked
	mkdir unpacked
	tar -xzf "$1" -C unpacked
}

contents() {
	failed_run
	must_succeed runbook bundle -runbookid=r -out=r.tar.gz
	has_line out 'Bundle of runbook r written to r.tar.gz'
	is "$(stat -c %a r.tar.gz)" 600
	unpack r.tar.gz
	for name in CONTENTS.txt facts.txt ledger.sql report.json report.txt runbook.xml; do
		[ -s "unpacked/r/$name" ] || fail "$name is missing"
	done
	is "$(find unpacked/r/logs -type f | wc -l)" 1
	has unpacked/r/report.txt 'Failed at step 1 of 2'
	has unpacked/r/ledger.sql 'INSERT INTO Attempt'
	has unpacked/r/facts.txt '== disks'
	# The list says what is there, and nothing else is.
	sed 's/^\([0-9a-f]*\) *[0-9]* */\1  /' unpacked/r/CONTENTS.txt >sums
	(cd unpacked/r && sha256sum -c --quiet ../../sums)
	is "$(find unpacked -type f | wc -l)" "$(($(wc -l <sums) + 1))"
	is "$(find . -name 'r.tar.gz?*' | wc -l)" 0
}

no_secrets() {
	failed_run
	must_succeed runbook bundle -runbookid=r -out=r.tar.gz
	unpack r.tar.gz
	if grep -rqE 'hunter2secret|abcdefghijklmnop' unpacked; then
		fail 'a secret is in the bundle'
	fi
	# Also one that came into a log behind our back.
	log=$(find package/RunbookWorkingFolder -name '*.log')
	echo 'api_key=0123456789abcdefhunter3' >>"$log"
	must_succeed runbook bundle -runbookid=r -out=r.tar.gz
	unpack r.tar.gz
	if grep -rq hunter3 unpacked; then
		fail 'a secret is in the bundle'
	fi
}

# All but the facts, and their line in the list.
same_bytes() {
	failed_run
	must_succeed runbook bundle -runbookid=r -out=1.tar.gz
	must_succeed runbook bundle -runbookid=r -out=2.tar.gz
	unpack 1.tar.gz
	mv unpacked first
	unpack 2.tar.gz
	rm first/r/facts.txt unpacked/r/facts.txt
	sed -i '/facts.txt$/d' first/r/CONTENTS.txt unpacked/r/CONTENTS.txt
	diff -r first unpacked
	tar -tvzf 1.tar.gz | awk '{ print $1, $2, $3 == 0 ? "" : "", $4 }' | sort -u >kinds
	is "$(wc -l <kinds)" 1
}

made_when_a_step_fails() {
	failed_run -bundle=bundles
	has err 'how runbook r stands, for whoever looks for a cause, is in bundles/r-'
	is "$(find bundles -name 'r-*.tar.gz' | wc -l)" 1
	: >blocked
	must_fail 4 runbook execute -runbookid=r -rerunstep=1 -bundle=blocked/folder
	has err 'no bundle was written: '
}

made_before_a_restore() {
	begin_package package
	begin_model One
	phase Update
	phase Restore
	end_model
	end_package
	topology t.xml '' localhost:One
	generate_runbook r t.xml
	must_succeed runbook import -runbookfile=package/r.xml
	must_succeed runbook execute -runbookid=r
	must_succeed runbook executerestore -runbookid=r -bundle=bundles
	is "$(find bundles -name 'r-*.tar.gz' | wc -l)" 1
	unpack bundles/r-*.tar.gz
	has unpacked/r/report.txt 'Runbook r: Completed'
}

refusals() {
	must_fail 3 runbook bundle -runbookid=nothing -out=r.tar.gz
	absent r.tar.gz
	failed_run
	must_fail 2 runbook bundle -runbookid=r
	must_fail 1 runbook bundle -runbookid=r -out=/nonexistent/r.tar.gz
	# A log that is gone is told in its place.
	rm "$(find package/RunbookWorkingFolder -name '*.log')"
	must_succeed runbook bundle -runbookid=r -out=r.tar.gz
}

run_case 'what is in it, and the list of it' contents
run_case 'no secret is in it' no_secrets
run_case 'the same ledger and logs give the same bytes' same_bytes
run_case 'it is made when a step fails, and never makes a run fail' made_when_a_step_fails
run_case 'it is made before a runbook is taken back' made_before_a_restore
run_case 'what cannot be written' refusals
finish
