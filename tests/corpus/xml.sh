#!/bin/sh
# SPDX-License-Identifier: MIT
# Reads every XML file of the hostile corpus: none may crash, take two seconds or 256 MiB; each is accepted or refused as its list says.
#
#	READ_XML=PROGRAM RUNBOOK_SHARED=FOLDER RUNBOOK_SANITIZE=none tests/corpus/xml.sh
#
# The corpus is unpacked into a temporary folder and removed at the end. Skipped (77) where it is missing.
set -u
export LC_ALL=C

: "${READ_XML:?}"
archive=${RUNBOOK_SHARED:-}/corpus/open.tar.xz
if [ ! -r "$archive" ]; then
	echo "SKIPPED: no $archive (set the meson option \`shared\`)" >&2
	exit 77
fi

root=$(mktemp -d "${TMPDIR:-/tmp}/runbook-corpus.XXXXXX") || exit 1
trap 'rm -rf "$root"' EXIT
trap 'exit 1' HUP INT TERM
cd "$root" || exit 1
tar -xJf "$archive" open/MANIFEST.tsv open/xml || exit 1
find open/xml -name '*.gz' -exec gunzip -k {} + || exit 1

failures=0

# check TITLE FILE: what is in the file is what should not be
check() {
	if [ -s "$2" ]; then
		failures=$((failures + 1))
		echo "not ok - $1:"
		head -n 20 "$2"
	else
		echo "ok - $1"
	fi
}

# An element with 100,000 attributes, on which libxml2 2.9.14 alone spends minutes.
awk 'BEGIN { printf "<a"; for (i = 0; i < 100000; i++) printf " a%d=\"\"", i; print "/>" }' >open/xml/attributes.xml

find open/xml -type f | sort >files
"$READ_XML" <files >results || {
	echo "not ok - $READ_XML failed"
	exit 1
}
tab=$(printf '\t')
cut -f 1,4 results | sort -t "$tab" -k 2 >verdicts
count=$(wc -l <results)
echo "$count files: $(cut -f 1 results | sort | uniq -c | tr -s ' \n' ' ')"
sort -t "$tab" -k 2,2n results | tail -n 1 | cut -f 2,4 | sed 's/^/slowest, ms: /'
sort -t "$tab" -k 3,3n results | tail -n 1 | cut -f 3,4 | sed 's/^/largest, KiB: /'

# expect TITLE VERDICT FILE: each path in FILE, of which there must be some, must have that verdict
expect() {
	sort "$3" | join -t "$tab" -1 2 -2 1 verdicts - | grep -v "$tab$2\$" >wrong
	[ -s "$3" ] || echo 'no file of this kind' >wrong
	check "$1 ($(wc -l <"$3") files)" wrong
}

[ "$count" -eq "$(wc -l <files)" ] || echo "$count results" >wrong_count
touch wrong_count
check 'every file has a verdict' wrong_count
grep '^crashed' results >crashed
check 'no file crashes it' crashed
awk -F '\t' '$2 >= 2000' results >slow
check 'each within two seconds' slow
# The sanitizers keep freed memory.
if [ "${RUNBOOK_SANITIZE:-none}" = none ]; then
	awk -F '\t' '$3 >= 256 * 1024' results >large
	check 'each within 256 MiB' large
fi

# The list marks the word wherever it stands; in these two it is in comments and sections.
awk -F '\t' '$1 ~ /^open\/xml\// && $5 ~ /doctype/ { print $1 }' open/MANIFEST.tsv | grep -v 'oasis_p1[58]pass1\.xml$' >doctype
expect 'every DOCTYPE is refused' refused doctype

# Without a DOCTYPE, of XML 1.0 (fifth edition) and its namespaces.
awk -F '\t' '$1 ~ /^open\/xml\// && $5 !~ /doctype/ && $9 ~ /TYPE=not-wf/ && $9 ~ /REC=(XML1\.0|NS1\.0)/ && ($9 ~ /ED=$/ || $9 ~ /ED=.*5/) { print $1 }' \
	open/MANIFEST.tsv >not_well_formed
expect 'every file that is not well-formed is refused' refused not_well_formed

awk -F '\t' '$1 ~ /^open\/xml\/(encoding|size-depth)\// && $9 ~ /^accept/ && $9 !~ /refus/ { print $1 }' open/MANIFEST.tsv | sed 's/\.gz$//' >accept
awk -F '\t' '$1 ~ /^open\/xml\/(encoding|size-depth)\// && $9 ~ /^refuse/ { print $1 }' open/MANIFEST.tsv >refuse
expect 'encodings and sizes that are to be accepted' accepted accept
expect 'encodings and sizes that are to be refused' refused refuse
printf '%s\n' open/xml/attributes.xml >attributes
expect '100,000 attributes are refused' refused attributes
# What .NET writes is read as what it is.
grep 'utf16-decl-on-utf8-bytes' files >dotnet
expect 'utf-16 declared on UTF-8' accepted dotnet
find open/xml -name '*.gz' >gzip
expect 'compressed files are refused, not unpacked' refused gzip

# While the files are read nothing else is opened, and nothing is connected to. iconv has its tables in files of the system.
if strace -o /dev/null true 2>/dev/null; then
	# Its leak check does not work under strace.
	ASAN_OPTIONS=detect_leaks=0 strace -f -qq -e trace=%network,open,openat,openat2,execve -o trace "$READ_XML" --here <files >/dev/null
	sed -n '/"open\/xml\//,$p' trace | grep -v -e '"open/xml/' -e '/gconv/' -e '+++ exited with' -e 'gconv-modules' >others
	check 'nothing else is opened while files are read' others
	sed -n 's/.*"\(open\/xml\/[^"]*\)".*/\1/p' trace | sort -u | comm -3 files - >unseen
	check 'strace has seen every file' unseen
else
	echo 'SKIPPED: strace does not work here' >&2
fi

[ "$failures" -eq 0 ]
