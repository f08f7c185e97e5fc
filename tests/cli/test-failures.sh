#!/bin/sh
# SPDX-License-Identifier: MIT
# Why a step failed: failing lines, cause, action; from the catalogues of service model, package, admin, and the built-in one.
. "$SOURCE_ROOT/tests/cli/lib.sh"

# catalogue FILE CODE PATTERN: with that one entry
catalogue() {
	mkdir -p "$(dirname "$1")"
	printf '<ErrorCodeData><ErrorCode><Code>%s</Code><Pattern>%s</Pattern><Cause>cause of %s</Cause><Action>action of %s</Action></ErrorCode></ErrorCodeData>\n' \
		"$2" "$3" "$2" "$2" >"$1"
}

built_in() {
	one_step 'echo one' 'echo "cp: error writing x: No space left on device" >&2' 'echo three' 'exit 1'
	must_fail 4 runbook execute -runbookid=one
	has_line err '  line 2: cp: error writing x: No space left on device'
	has_line err '  cause: The disk is full: no space or no inodes are left. (DiskFull)'
	has err '  do:    Look with df -h and df -i'
	has err '  log: '
	has err '  run it again:      runbook execute -runbookid=one -rerunstep=1'
	must_succeed runbook export -runbookid=one -runbookfile=exported.xml
	has exported.xml 'line 2: cp: error writing x: No space left on device'
	has exported.xml 'DiskFull'
}
run_case 'failing line, cause, action, log and the command to go on are shown and recorded' built_in

exit_codes() {
	one_step 'no-such-command-here 2>/dev/null'
	must_fail 4 runbook execute -runbookid=one
	has err '(CommandMissing)'
	script Web Update.sh 'kill -KILL $$'
	must_fail 4 runbook execute -runbookid=one -rerunstep=1 -acceptchange -reason=test
	has err '(KilledScript)'
	script Web Update.sh 'echo "it is a bent frobnicator"; exit 1'
	must_fail 4 runbook execute -runbookid=one -rerunstep=1 -acceptchange -reason=test
	lacks err 'cause:'
	lacks err '  line '
}
run_case 'exit codes and signals are told from each other; what nobody knows is not made up' exit_codes

own_catalogues() {
	one_step 'echo "cp: error writing x: No space left on device"' 'exit 1'
	catalogue "$case_folder/ErrorCode.xml" OfAdmin 'space left'
	must_fail 4 runbook execute -runbookid=one
	has_line err '  cause: cause of OfAdmin (OfAdmin)'
	catalogue package/ErrorCode.xml OfPackage 'space left'
	must_fail 4 runbook execute -runbookid=one -rerunstep=1
	has err 'OfPackage'
	catalogue package/Web/Scripts/ErrorCode.xml OfModel 'SPACE\s+left'
	must_fail 4 runbook execute -runbookid=one -rerunstep=1
	has err 'OfModel'
	has_line err '  do:    action of OfModel'
	catalogue package/Web/Scripts/ErrorCode.xml Wrong '(unclosed'
	printf '<ErrorCodeData><ErrorCode/></ErrorCodeData>\n' >package/ErrorCode.xml
	must_fail 4 runbook execute -runbookid=one -rerunstep=1
	has err 'OfAdmin'
	has err "note:  left out of the catalogue of failures: $(pwd)/package/Web/Scripts/ErrorCode.xml:1: Wrong: '(unclosed' is no regular expression"
	has err "$(pwd)/package/ErrorCode.xml:1"
	if [ "$(id -u)" -eq 0 ]; then
		catalogue package/Web/Scripts/ErrorCode.xml OfOthers 'space left'
		chmod 666 package/Web/Scripts/ErrorCode.xml
		must_fail 4 runbook execute -runbookid=one -rerunstep=1
		lacks err 'OfOthers'
	fi
}
run_case 'service model before package before admin before built in; a wrong one is named and does no harm' own_catalogues

finish
