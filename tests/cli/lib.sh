# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# What every test of the command line includes:
#
#	. "$SOURCE_ROOT/tests/cli/lib.sh"
#	some_case() {
#		must_succeed runbook list
#		has out 'List of Runbook ID'
#	}
#	run_case 'an empty ledger is listed' some_case
#	finish
#
# The build hands in RUNBOOK (the program), SOURCE_ROOT (the top of the sources) and RUNBOOK_SHARED (real input files; may be missing).
#
# Each case runs in a subshell with `set -e`, in a new folder that is its home, its ledger's and its temporary folder, and is removed at the end.
# It fails at the first command that fails; inside `if`, `&&` or a pipe the shell does not notice, so assertions stand alone.
# The output is TAP.

set -u

: "${RUNBOOK:?}" "${SOURCE_ROOT:?}"

# A mistake that a sanitizer finds must never look like an exit code of ours.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}exitcode=99"
export UBSAN_OPTIONS="${UBSAN_OPTIONS:+$UBSAN_OPTIONS:}halt_on_error=1:exitcode=99"
unset RUNBOOK_LEDGER RUNBOOK_CONF XDG_STATE_HOME SUDO_USER NO_COLOR
export LC_ALL=C.UTF-8

case_count=0
case_failures=0
test_root=$(mktemp -d "${TMPDIR:-/tmp}/runbook-cli.XXXXXX") || exit 1
trap 'rm -rf "$test_root"' EXIT
trap 'exit 1' HUP INT TERM

runbook() {
	"$RUNBOOK" "$@"
}

# run_case TITLE FUNCTION [ARGUMENT…]
run_case() {
	title=$1
	shift
	case_count=$((case_count + 1))
	case_folder=$test_root/$case_count
	mkdir -p "$case_folder/home" "$case_folder/tmp" "$case_folder/work"
	# Not in an `if` or behind `||`: there `set -e` would not work.
	(
		set -e
		enter_case
		"$@"
	) >"$case_folder/log" 2>&1 </dev/null
	verdict=$?
	report_case "$verdict"
	rm -rf "$case_folder"
}

enter_case() {
	export HOME="$case_folder/home" TMPDIR="$case_folder/tmp"
	export RUNBOOK_LEDGER="$case_folder/state/ledger.db" RUNBOOK_CONF="$case_folder/runbook.conf"
	cd "$case_folder/work"
}

report_case() {
	case $1 in
	0) echo "ok $case_count - $title" ;;
	77) echo "ok $case_count - $title # SKIP $(tail -n 1 "$case_folder/log")" ;;
	*)
		case_failures=$((case_failures + 1))
		echo "not ok $case_count - $title"
		sed 's/^/# /' "$case_folder/log"
		;;
	esac
}

# The last line of a test: its exit code is the verdict.
finish() {
	echo "1..$case_count"
	[ "$case_failures" -eq 0 ]
}

# Ends the case as skipped.
skip() {
	echo "$*"
	exit 77
}

fail() {
	echo "FAILED: $*"
	show_output
	exit 1
}

show_output() {
	for name in out err; do
		if [ -s "$name" ]; then
			echo "--- $name"
			cat "$name"
		fi
	done
}

# The real files of RUNBOOK_SHARED/data/ax; skips the case if they are not here.
need_shared() {
	[ -d "${RUNBOOK_SHARED:-}/data/ax" ] || skip "no real input files: RUNBOOK_SHARED/data/ax is missing"
}

need_command() {
	command -v "$1" >/dev/null || skip "$1 is not installed"
}

need_strace() {
	need_command strace
	strace -o trace true 2>/dev/null || skip 'strace does not work here'
}

# straced OPTION… COMMAND…: the command under strace; what it and its children did is in the file trace
straced() {
	# The leak check of a sanitizer starts a thread and does not work under strace.
	ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=0" strace -f -qq -o trace "$@"
}

# ---- Running and looking ------------------------------------------------------------------------------------------

# must_end CODE COMMAND…: standard output goes to the file out, standard error to the file err
must_end() {
	expected=$1
	shift
	code=0
	"$@" >out 2>err || code=$?
	if [ "$code" -ne "$expected" ]; then
		fail "exit code $code instead of $expected: $*"
	fi
}

must_succeed() {
	must_end 0 "$@"
}

# must_fail CODE COMMAND…: an exit code of ours, and exactly that one; death by a signal is never what was meant
must_fail() {
	case $1 in
	[1-8]) must_end "$@" ;;
	*) fail "must_fail: $1 is no exit code of a failure" ;;
	esac
}

# has FILE TEXT: a line contains the text
has() {
	grep -qF -- "$2" "$1" || fail "$1 has no line with: $2"
}

# has_line FILE TEXT: a line is the text
has_line() {
	grep -qxF -- "$2" "$1" || fail "$1 has no line: $2"
}

lacks() {
	if grep -qF -- "$2" "$1"; then
		fail "$1 has a line with: $2"
	fi
}

# is ACTUAL EXPECTED
is() {
	[ "$1" = "$2" ] || fail "'$1' instead of '$2'"
}

# same FILE FILE
same() {
	cmp -- "$1" "$2" || fail "$1 and $2 differ"
}

absent() {
	if [ -e "$1" ]; then
		fail "$1 exists"
	fi
}

# xpath FILE EXPRESSION
xpath() {
	xmllint --xpath "$2" "$1"
}

# from_json FILE EXPRESSION: a python expression over the document d; text as it is, everything else as JSON
from_json() {
	python3 -c 'import json, sys
d = json.load(open(sys.argv[1], encoding="utf-8"))
value = eval(sys.argv[2])
print(value if isinstance(value, str) else json.dumps(value, separators=(",", ":")))' "$1" "$2"
}

# ---- Packages of our own ------------------------------------------------------------------------------------------

# begin_package FOLDER: the functions below work on it until end_package
begin_package() {
	package=$1
	mkdir -p "$package"
	: >"$package/.models"
}

# script MODEL NAME [LINE…]: a script of that service model; without lines one that notes in `witness` that it ran, and says so
script() {
	file=$package/$1/Scripts/$2
	mkdir -p "${file%/*}"
	printf '#!/bin/sh\n' >"$file"
	if [ $# -eq 2 ]; then
		printf 'echo "%s/%s" >>"%s"\necho "this is %s/%s"\n' "$1" "$2" "$(pwd)/witness" "$1" "$2" >>"$file"
	fi
	model=$1
	shift 2
	for line; do
		printf '%s\n' "$line" >>"$file"
	done
}

# begin_model NAME [DEPENDENCY…]
begin_model() {
	model=$1
	shift
	{
		printf '    <ServiceModel>\n      <Name>%s</Name>\n      <DependentServiceModelList>\n' "$model"
		for dependency; do
			printf '        <string>%s</string>\n' "$dependency"
		done
		printf '      </DependentServiceModelList>\n'
	} >>"$package/.models"
	mkdir -p "$package/$model/Scripts"
	printf '<ServiceModelInstallationInfo><Name>%s</Name><Version>1.2.3.4</Version></ServiceModelInstallationInfo>\n' \
		"$model" >"$package/$model/Scripts/InstallationInfo.xml"
}

# phase KIND [ELEMENT…]: names the script KIND.sh for that phase, for instance: phase Update '<RetryCount>2</RetryCount>'
phase() {
	kind=$1
	shift
	{
		printf '      <%sScript>\n        <FileName>%s.sh</FileName>\n        <Automated>true</Automated>\n' "$kind" "$kind"
		printf '        <Description>%s of %s</Description>\n' "$kind" "$model"
		for element; do
			printf '        %s\n' "$element"
		done
		printf '      </%sScript>\n' "$kind"
	} >>"$package/.models"
	[ -e "$package/$model/Scripts/$kind.sh" ] || script "$model" "$kind.sh"
}

# manual_phase KIND INSTRUCTION
manual_phase() {
	printf '      <%sScript>\n        <FileName/>\n        <Automated>false</Automated>\n        <Description>%s</Description>\n      </%sScript>\n' \
		"$1" "$2" "$1" >>"$package/.models"
}

end_model() {
	printf '    </ServiceModel>\n' >>"$package/.models"
}

# A service model with one phase after the other: model NAME KIND…
model() {
	begin_model "$1"
	shift
	for kind; do
		phase "$kind"
	done
	end_model
}

end_package() {
	{
		printf '<?xml version="1.0" encoding="utf-8"?>\n<ServiceModelData>\n  <Guid>76f46b4f-1849-4927-9da2-6c349430f349</Guid>\n'
		printf '  <Version>1.0.0.0</Version>\n  <ServiceModelList>\n'
		cat "$package/.models"
		printf '  </ServiceModelList>\n</ServiceModelData>\n'
	} >"$package/DefaultServiceModelData.xml"
	rm "$package/.models"
}

# topology FILE BACKUP MACHINE:MODEL,MODEL…  with BACKUP the instruction of a manual environment backup, or ''
topology() {
	file=$1
	backup=$2
	shift 2
	{
		printf '<?xml version="1.0" encoding="utf-8"?>\n<TopologyData>\n  <Name>test</Name>\n  <MachineList>\n'
		for machine; do
			printf '    <Machine>\n      <Name>%s</Name>\n      <ServiceModelList>\n' "${machine%%:*}"
			printf '%s\n' "${machine#*:}" | tr ',' '\n' | sed 's|.*|        <string>&</string>|'
			printf '      </ServiceModelList>\n    </Machine>\n'
		done
		printf '  </MachineList>\n'
		if [ -n "$backup" ]; then
			printf '  <BackupScript>\n    <FileName/>\n    <Automated>false</Automated>\n    <Description>%s</Description>\n  </BackupScript>\n' "$backup"
		fi
		printf '</TopologyData>\n'
	} >"$file"
}

# generate_runbook ID TOPOLOGY [OPTION…]: package/ID.xml from the package in the folder `package`
generate_runbook() {
	id=$1
	topology_file=$2
	shift 2
	must_succeed runbook generate -runbookid="$id" -topologyfile="$topology_file" \
		-servicemodelfile="$package/DefaultServiceModelData.xml" -runbookfile="$package/$id.xml" "$@"
}

# steps FILE: the runbook's descriptions, one per line
steps() {
	xmllint --xpath '//RunbookStepList/Step/Description/text()' "$1" && echo
}

# one_step LINE…: a runbook `one` with one step, whose script these lines are
one_step() {
	begin_package package
	begin_model Web
	phase Update
	end_model
	script Web Update.sh "$@"
	end_package
	topology topology.xml '' "localhost:Web"
	generate_runbook one topology.xml
	must_succeed runbook import -runbookfile=package/one.xml
}

# end_web: ends the service model Web and its package, and imports the runbook r of both for this machine
end_web() {
	end_model
	end_package
	topology topology.xml '' localhost:Web
	generate_runbook r topology.xml -etwmanifest=never
	must_succeed runbook import -runbookfile="$package/r.xml"
}
