#!/bin/sh
# SPDX-License-Identifier: MIT
# What the step scripts of the shop share. build.sh puts a copy into every Scripts folder, because the folder of a
# service model is complete in itself and may be shipped alone.
#
# A script sources it first; from then on SHOP_HOME and SHOP_PORT are known and any command that fails ends the script.
set -eu

shop_fail() {
	printf '%s\n' "$*" >&2
	exit 1
}

# The value of NAME in ~/.config/shop.conf, else DEFAULT. The file is read, never sourced: settings are no program.
shop_setting() {
	value=
	if [ -r "$HOME/.config/shop.conf" ]; then
		value=$(sed -n "s/^$1=//p" "$HOME/.config/shop.conf" | tail -n 1)
	fi
	printf '%s\n' "${value:-$2}"
}

if [ "$(id -u)" -eq 0 ]; then
	SHOP_HOME=$(shop_setting SHOP_HOME /opt/shop)
else
	SHOP_HOME=$(shop_setting SHOP_HOME "$HOME/shop")
fi
SHOP_PORT=$(shop_setting SHOP_PORT 8642)

# The version this package brings, from the file the engine records it from.
shop_version() {
	sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' "$(dirname "$0")/InstallationInfo.xml"
}

# Whether the service NAME runs. Its lock tells: the kernel drops it with the process, so it is never stale, while a
# process id in a file may belong to somebody else by now.
shop_is_running() {
	[ -e "$SHOP_HOME/run/$1.lock" ] || return 1
	status=0
	flock --shared --nonblock --conflict-exit-code 75 "$SHOP_HOME/run/$1.lock" true || status=$?
	[ "$status" -eq 75 ]
}

# Whether WORD is an argument of the process PID.
shop_has_argument() {
	tr '\0' '\n' 2>/dev/null <"/proc/$1/cmdline" | grep -qxF -- "$2"
}

# The process id of the running service NAME, which it writes into its lock file. Nothing if that is not (yet) a
# process of this shop.
shop_pid() {
	pid=$(cat "$SHOP_HOME/run/$1.lock")
	if [ -n "$pid" ] && shop_has_argument "$pid" "--home=$SHOP_HOME"; then
		printf '%s\n' "$pid"
	fi
}

# Waits up to SECONDS until the service NAME has ended.
shop_wait_stopped() {
	tenths=$(($2 * 10))
	while shop_is_running "$1"; do
		[ "$tenths" -gt 0 ] || return 1
		tenths=$((tenths - 1))
		sleep 0.1
	done
}

# Stops the service NAME: asks it to end, waits, and only then kills it. Not running is what was wanted, too.
shop_stop_service() {
	if ! shop_is_running "$1"; then
		echo "$1 is not running"
		return 0
	fi
	pid=$(shop_pid "$1")
	[ -n "$pid" ] || shop_fail "$1 holds $SHOP_HOME/run/$1.lock, but its process was not found"
	kill -TERM "$pid" 2>/dev/null || true
	if shop_wait_stopped "$1" 15; then
		echo "$1 stopped (process $pid)"
		return 0
	fi
	echo "$1 did not end within 15 seconds; killing process $pid"
	kill -KILL "$pid" 2>/dev/null || true
	shop_wait_stopped "$1" 5 || shop_fail "$1 (process $pid) cannot be stopped"
}

# Whether the process PID was started in the folder that is there now, not in one that another has taken the place of.
shop_runs_in() {
	[ "$(stat -L -c %d:%i "/proc/$1/cwd" 2>/dev/null)" = "$(stat -c %d:%i "$2")" ]
}

# Starts the service NAME, the program PROGRAM of its installed release, and waits until the command READY… succeeds.
# The service gets a session and a log of its own: what stays in the session of a step ends with the step, and a
# service that held the step's output open would keep the step's log from ending. One that runs from a release that is
# no more the installed one (an Update step was run again) is stopped first.
shop_start_service() {
	name=$1
	folder=$SHOP_HOME/$1/current
	program=$2
	log=$SHOP_HOME/log/$1.log
	shift 2
	[ -e "$folder/$program" ] || shop_fail "$folder/$program is missing: the Update step has not put $name into place"
	if shop_is_running "$name"; then
		pid=$(shop_pid "$name")
		if shop_runs_in "$pid" "$folder" && "$@"; then
			echo "$name is running already (process $pid)"
			return 0
		fi
		shop_stop_service "$name"
	fi
	mkdir -p "$SHOP_HOME/run" "$SHOP_HOME/log"
	(cd "$folder" && exec setsid python3 -B "$folder/$program" "--home=$SHOP_HOME" "--port=$SHOP_PORT") \
		</dev/null >>"$log" 2>&1 &
	pid=$!
	tenths=300
	until shop_is_running "$name" && "$@"; do
		if ! kill -0 "$pid" 2>/dev/null || [ "$tenths" -eq 0 ]; then
			tail -n 5 "$log" >&2
			kill -KILL "$pid" 2>/dev/null || true
			shop_fail "$name did not come up; the end of its log $log is above"
		fi
		tenths=$((tenths - 1))
		sleep 0.1
	done
	echo "$name is running (process $pid, log $log)"
}

# Saves what is installed of NAME, or the fact that there is nothing, in RUNBOOK_BACKUP_FOLDER. A complete backup is
# never replaced: what is installed when the step is run again may be the new version.
shop_backup_release() {
	mkdir -p "$SHOP_HOME/$1"
	runbook apply -backuponly -target="$SHOP_HOME/$1/current"
}

# shop_install_release NAME SOURCE [OPTION...]: what the archive or folder SOURCE holds becomes the installed release, in
# one moment: whoever looks sees the old one or the new one, complete, even after a power cut.
shop_install_release() {
	name=$1
	source=$2
	shift 2
	mkdir -p "$SHOP_HOME/$name"
	runbook apply -source="$source" -target="$SHOP_HOME/$name/current" "$@"
	echo "$name $(cat "$SHOP_HOME/$name/current/VERSION") is in place: $SHOP_HOME/$name/current"
}

# Puts what shop_backup_release saved of NAME back into place, or takes NAME away if there was none.
shop_restore_release() {
	mkdir -p "$SHOP_HOME/$1"
	runbook restore -target="$SHOP_HOME/$1/current"
	[ ! -e "$SHOP_HOME/$1/current" ] || echo "$1 $(cat "$SHOP_HOME/$1/current/VERSION") is back: $SHOP_HOME/$1/current"
}
