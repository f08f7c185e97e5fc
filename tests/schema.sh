#!/bin/sh
# SPDX-License-Identifier: MIT
# The schemas accept our files, the real ones (where RUNBOOK_SHARED has them) and what the program RUNBOOK writes, and refuse wrong ones.
set -u

: "${RUNBOOK:?}" "${SOURCE_ROOT:?}"
schemas=$SOURCE_ROOT/runbook/schema
data=$SOURCE_ROOT/tests/data
if ! command -v xmllint >/dev/null; then
	echo 'SKIPPED: no xmllint' >&2
	exit 77
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/runbook-schema.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
failures=0

# validate SCHEMA FILE
validate() {
	xmllint --nonet --noout --schema "$schemas/$1.xsd" "$2" >"$work/log" 2>&1
}

accepts() {
	if validate "$1" "$2"; then
		echo "ok - $1 accepts $(basename "$2")"
	else
		failures=$((failures + 1))
		echo "not ok - $1 accepts $2"
		cat "$work/log"
	fi
}

# refuses SCHEMA FILE SED-SCRIPT: the file is right but for what the script changes
refuses() {
	sed "$3" "$2" >"$work/wrong.xml"
	if cmp -s "$2" "$work/wrong.xml"; then
		failures=$((failures + 1))
		echo "not ok - $3 changes nothing in $2"
	elif validate "$1" "$work/wrong.xml"; then
		failures=$((failures + 1))
		echo "not ok - $1 refuses $(basename "$2") with $3"
	elif [ "$(grep -c 'Schemas validity error' "$work/log")" -eq 0 ]; then
		failures=$((failures + 1))
		echo "not ok - $1 refuses $(basename "$2") with $3 for what it is"
		cat "$work/log"
	else
		echo "ok - $1 refuses $(basename "$2") with $3"
	fi
}

accepts catalogue "$data/error-code.xml"
refuses catalogue "$data/error-code.xml" 's/<Code>ShopIsOpen<\/Code>//'
refuses catalogue "$data/error-code.xml" 's/<ExitCode>17/<ExitCode>256/'
refuses catalogue "$data/error-code.xml" 's/<Cause>[^<]*/<Cause>/'

accepts topology "$data/topology-fifteen.xml"
refuses topology "$data/topology-fifteen.xml" 's/TopologyData/Topology/'
refuses topology "$data/topology-fifteen.xml" 's/MachineList>/Machines>/'
refuses topology "$data/topology-fifteen.xml" 's/<string>AOSService/<string>..\/AOSService/'
refuses topology "$data/topology-fifteen.xml" 's/<Automated>false/<Automated>no/'
refuses topology "$data/topology-fifteen.xml" 's/<Name>vm1<\/Name>//'

accepts service-model "$data/service-model-fifteen.xml"
refuses service-model "$data/service-model-fifteen.xml" 's/StopScript>/HaltScript>/'
refuses service-model "$data/service-model-fifteen.xml" 's/<SelectedForUpdate>true/<SelectedForUpdate>perhaps/'
refuses service-model "$data/service-model-fifteen.xml" 's/<Automated>true<\/Automated>/&<RetryCount>-1<\/RetryCount>/'
refuses service-model "$data/service-model-fifteen.xml" 's/<Name>PerfSDK<\/Name>/&&/'

for file in runbook-2015.xml runbook-2021.xml; do
	accepts runbook "$data/$file"
	refuses runbook "$data/$file" 's/<RunbookID>AX7update/<RunbookID>..\/AX7update/'
	refuses runbook "$data/$file" 's/<ID>1</<ID>0</'
	refuses runbook "$data/$file" 's/<ID>1<\/ID>//'
	refuses runbook "$data/$file" 's/<StepState>[A-Za-z]*/<StepState>Done/'
	refuses runbook "$data/$file" 's/<EndTime>[0-9]*/<EndTime>now/'
	refuses runbook "$data/$file" 's/RunbookStepList>/Steps>/'
done
refuses runbook "$data/runbook-2021.xml" 's/<StepID>1/<StepID>one/'

for file in "${RUNBOOK_SHARED:-}"/data/ax/*ServiceModelData*.xml; do
	[ -r "$file" ] && accepts service-model "$file"
done
for file in "${RUNBOOK_SHARED:-}"/data/ax/*TopologyData*.xml; do
	[ -r "$file" ] && accepts topology "$file"
done
[ -r "${RUNBOOK_SHARED:-}/data/ax" ] || echo 'SKIPPED: no real files (meson option shared)' >&2

# A package with an empty script for each that the service models name, and the runbook made of it.
package=$work/package
mkdir "$package"
cp "$data/service-model-fifteen.xml" "$package/DefaultServiceModelData.xml"
awk -F '[<>]' '$2 == "Name" { name = $3 } $2 == "FileName" && $3 != "" { gsub(/\\/, "/", $3); print name "/Scripts/" $3 }' \
	"$package/DefaultServiceModelData.xml" | while read -r script; do
	mkdir -p "$package/${script%/*}"
	: >"$package/$script"
done
RUNBOOK_CONF=/nonexistent "$RUNBOOK" generate -runbookid=schema -topologyfile="$data/topology-fifteen.xml" \
	-servicemodelfile="$package/DefaultServiceModelData.xml" -runbookfile="$work/generated.xml" >"$work/log" 2>&1 || cat "$work/log"
accepts runbook "$work/generated.xml"

[ "$failures" -eq 0 ]
