#!/bin/sh
# SPDX-License-Identifier: MIT
# A tour: what an admin sees of a run in progress, from a second terminal, of a failure, and of going on. It runs a small package in two terminals of
# tmux and prints their screens, in half a minute; nothing is left behind.
#
# usage: tour.sh [PROGRAM]	the program; default: runbook
set -eu

program=$(command -v "${1:-runbook}") || { echo "runbook is not there; name the program" >&2; exit 2; }
case $program in
/*) ;;
*) program=$(pwd)/$program ;;
esac
command -v tmux >/dev/null || { echo "tmux is not installed" >&2; exit 2; }
work=$(mktemp -d "${TMPDIR:-/tmp}/runbook-tour.XXXXXX")
trap 'tmux -S "$work/tmux" kill-server 2>/dev/null || true; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
export RUNBOOK_LEDGER="$work/ledger.db" RUNBOOK_CONF=/nonexistent LC_ALL=C.UTF-8 PS1='$ ' HOME="$work"

# ---- A package with one service model, whose update takes its time and fails at first ------------------------------

scripts=$work/package/Shop/Scripts
mkdir -p "$scripts"
printf '#!/bin/sh\necho "shop stopped"\n' >"$scripts/Stop.sh"
cat >"$scripts/Update.sh" <<'END'
#!/bin/sh
set -e
runbook substep files/unpack -- sh -c 'echo "unpacking 1204 files"; sleep 1'
runbook substep database/copy -- sh -c 'for table in customers orders prices; do echo "copying $table"; sleep 1.5; done'
if [ "$RUNBOOK_ATTEMPT" = 1 ]; then
	echo "cp: error writing '/srv/shop/labels.de': No space left on device" >&2
	exit 1
fi
runbook substep database/indexes -- sh -c 'echo "making 3 indexes"; sleep 1'
END
printf '#!/bin/sh\necho "shop answers"\n' >"$scripts/Start.sh"
printf '#!/bin/sh\necho "shop taken back"\n' >"$scripts/Restore.sh"
cat >"$scripts/InstallationInfo.xml" <<'END'
<ServiceModelInstallationInfo><Name>Shop</Name><Version>2.0.0</Version></ServiceModelInstallationInfo>
END
cat >"$work/package/DefaultServiceModelData.xml" <<'END'
<ServiceModelData>
  <Version>2.0.0</Version>
  <ServiceModelList>
    <ServiceModel>
      <Name>Shop</Name>
      <StopScript><FileName>Stop.sh</FileName><Automated>true</Automated></StopScript>
      <UpdateScript><FileName>Update.sh</FileName><Automated>true</Automated></UpdateScript>
      <RestoreScript><FileName>Restore.sh</FileName><Automated>true</Automated></RestoreScript>
      <StartScript><FileName>Start.sh</FileName><Automated>true</Automated></StartScript>
    </ServiceModel>
  </ServiceModelList>
</ServiceModelData>
END
cat >"$work/topology.xml" <<'END'
<TopologyData><MachineList><Machine><Name>localhost</Name><ServiceModelList><string>Shop</string></ServiceModelList></Machine></MachineList></TopologyData>
END
"$program" generate -runbookid=shop -topologyfile="$work/topology.xml" -servicemodelfile="$work/package/DefaultServiceModelData.xml" \
	-runbookfile="$work/package/shop.xml" -quiet
"$program" import -runbookfile="$work/package/shop.xml" -quiet

# ---- Two terminals ------------------------------------------------------------------------------------------------

mkdir "$work/bin"
ln -s "$program" "$work/bin/runbook"
export PATH="$work/bin:$PATH"
terminals() {
	tmux -S "$work/tmux" "$@"
}
terminals -f /dev/null new-session -d -s first -x 110 -y 30 'exec sh'
terminals -f /dev/null new-session -d -s second -x 110 -y 30 'exec sh'

# say TERMINAL COMMAND
say() {
	terminals send-keys -t "$1" "$2" Enter
}

# wait_until TERMINAL COMMAND…: until the command says so
wait_until() {
	waiting=$1
	shift
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		if [ "$tries" -gt 600 ]; then
			echo "the $waiting terminal never came to: $*" >&2
			terminals capture-pane -p -t "$waiting" >&2
			exit 1
		fi
		sleep 0.1
	done
}

shows() {
	terminals capture-pane -p -t "$1" | grep -qF -- "$2"
}

is_at_shell() {
	[ "$(terminals display-message -p -t "$1" '#{pane_current_command}')" = sh ]
}

# wait_for TERMINAL TEXT: until its screen shows it
wait_for() {
	wait_until "$1" shows "$1" "$2"
}

# show TERMINAL TITLE: its screen without the empty lines at its end
show() {
	printf '\n==> %s\n\n' "$2"
	terminals capture-pane -p -t "$1" | sed -e "s|$work|/srv/tour|g" -e :a -e '/^\n*$/{$d;N;ba' -e '}'
}

say first 'runbook execute -runbookid=shop'
wait_for first 'copying orders'
show first 'A run in progress'
say second 'runbook attach -runbookid=shop'
wait_for second 'copying'
show second 'The same run, from a second terminal'
wait_for first 'run it again:'
show first 'The step fails'
# Who still follows would follow what comes next, too.
wait_until second is_at_shell second
say first 'clear; runbook execute -runbookid=shop -rerunstep=2'
wait_for first 'is complete: all'
show first 'Mended, and gone on: what was done is not done again'
say second 'clear; runbook status -runbookid=shop'
wait_for second 'All steps are done'
show second 'How it stands'
