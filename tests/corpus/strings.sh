#!/bin/sh
# SPDX-License-Identifier: MIT
# The big list of naughty strings and the UTF-8 tests as a step's output: the log keeps their bytes, a terminal gets no control character, JSON is one
# event per line, and the exported XML is well-formed.
. "$SOURCE_ROOT/tests/cli/lib.sh"

archive=${RUNBOOK_SHARED:-}/corpus/open.tar.xz
if [ ! -r "$archive" ]; then
	echo "1..0 # SKIP no $archive (set the meson option \`shared\`)"
	exit 0
fi
tar -C "$test_root" -xJf "$archive" open/strings || exit 1
find "$test_root/open/strings" -type f | sort >"$test_root/files"

# on_terminal CODE FILE COMMAND…: what a terminal is sent
on_terminal() {
	expected=$1
	shift
	must_end "$expected" python3 -B "$SOURCE_ROOT/tests/cli/secrets.py" terminal "$@"
}

step_output() {
	# Two strings of the list are addresses with passwords: they are the only ones that are masked.
	xargs cat <"$test_root/files" >naughty
	begin_package package
	begin_model Web
	phase Update
	end_model
	script Web Update.sh "cat '$PWD/naughty'; printf '\\n\\033]0;owned\\007\\033[2J end\\n'; exit 1"
	end_package
	topology topology.xml '' "localhost:Web"
	generate_runbook one topology.xml
	must_succeed runbook import -runbookfile=package/one.xml
	on_terminal 4 executed "$RUNBOOK" execute -runbookid=one
	on_terminal 0 shown "$RUNBOOK" logs -runbookid=one -stepid=1
	python3 - naughty "$(find package/RunbookWorkingFolder -name '*.log')" <<'END'
import sys
before, after = (open(path, "rb").read() for path in sys.argv[1:])
before = before.split(b"\n")
after = after.split(b"\n")[:len(before)]
changed = [(a, b) for a, b in zip(before, after) if a != b and b"***" not in b]
masked = [b for a, b in zip(before, after) if a != b]
assert not changed and len(before) == len(after), changed
assert len(masked) <= 3, masked
END
	# What shows progress moves the cursor, but not as the step says.
	lacks executed "$(printf '\033]0;owned')"
	lacks executed "$(printf '\033[2J')"
	# Of the C0 characters a terminal gets line breaks and tabs alone, and nothing that is no UTF-8.
	python3 - shown <<'END'
import sys
text = open(sys.argv[1], "rb").read().decode("utf-8")
wrong = [c for c in text if (ord(c) < 32 and c not in "\r\n\t") or 127 <= ord(c) < 160 or ord(c) in (0x202e, 0x2028, 0x2066)]
assert not wrong, wrong
assert "\\x1b]0;owned\\x07" in text
END
	must_succeed runbook logs -runbookid=one -stepid=1 -json
	python3 - out naughty <<'END'
import json, sys
events = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8", newline="\n")]
lines = open(sys.argv[2], "rb").read().count(b"\n")
assert [e["line"] for e in events] == list(range(1, len(events) + 1)) and len(events) >= lines, len(events)
END
	must_succeed runbook export -runbookid=one -runbookfile=exported.xml
	must_succeed xmllint --noout exported.xml
}
run_case 'naughty strings and broken UTF-8 in the output of a step' step_output

finish
