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

# Starts the service NAME, the program PROGRAM of its current release, and waits until the command READY… succeeds.
# The service gets a session and a log of its own: what stays in the session of a step ends with the step, and a
# service that held the step's output open would keep the step's log from ending. One that runs from a release that is
# no more the current one (an Update step was run again) is stopped first.
shop_start_service() {
	name=$1
	program=$(readlink -f "$SHOP_HOME/$1/current")/$2
	log=$SHOP_HOME/log/$1.log
	shift 2
	[ -e "$program" ] || shop_fail "$program is missing: the Update step has not put $name into place"
	if shop_is_running "$name"; then
		pid=$(shop_pid "$name")
		if shop_has_argument "$pid" "$program" && "$@"; then
			echo "$name is running already (process $pid)"
			return 0
		fi
		shop_stop_service "$name"
	fi
	mkdir -p "$SHOP_HOME/run" "$SHOP_HOME/log"
	setsid python3 -B "$program" "--home=$SHOP_HOME" "--port=$SHOP_PORT" </dev/null >>"$log" 2>&1 &
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

# Fills a new folder for a release of NAME with the command FILL… (the folder is added as its last argument) and makes it
# the current one by renaming a link over the old: whoever looks sees the old release or the new one, complete, even
# after a power cut. Whatever an attempt that was cut off left behind goes at the end.
shop_install_release() {
	name=$1
	version=$2
	shift 2
	mkdir -p "$SHOP_HOME/$name/releases"
	release=$(mktemp -d "$SHOP_HOME/$name/releases/$version.XXXXXX")
	"$@" "$release"
	find "$release" -exec sync {} +
	ln -sfn "releases/${release##*/}" "$SHOP_HOME/$name/current.new"
	mv -T "$SHOP_HOME/$name/current.new" "$SHOP_HOME/$name/current"
	sync "$SHOP_HOME/$name" "$SHOP_HOME/$name/releases"
	find "$SHOP_HOME/$name/releases" -mindepth 1 -maxdepth 1 ! -path "$release" -exec rm -rf {} +
	echo "$name $version is in place: $release"
}

# Whether RUNBOOK_BACKUP_FOLDER holds a complete backup already. A step that is run again must not replace it: what
# is installed by then may be the new version or half of it.
shop_has_backup() {
	[ -e "$RUNBOOK_BACKUP_FOLDER/release.tar" ] || [ -e "$RUNBOOK_BACKUP_FOLDER/release.none" ]
}

# Saves the current release of NAME in RUNBOOK_BACKUP_FOLDER, or the fact that there is none.
shop_backup_release() {
	if shop_has_backup; then
		echo "the backup in $RUNBOOK_BACKUP_FOLDER is complete; keeping it"
	elif [ -e "$SHOP_HOME/$1/current" ]; then
		tar -C "$SHOP_HOME/$1/current/" -cf "$RUNBOOK_BACKUP_FOLDER/release.tar.partial" .
		sync "$RUNBOOK_BACKUP_FOLDER/release.tar.partial"
		mv "$RUNBOOK_BACKUP_FOLDER/release.tar.partial" "$RUNBOOK_BACKUP_FOLDER/release.tar"
		sync "$RUNBOOK_BACKUP_FOLDER"
		echo "$1 $(cat "$SHOP_HOME/$1/current/VERSION") saved to $RUNBOOK_BACKUP_FOLDER/release.tar"
	else
		: >"$RUNBOOK_BACKUP_FOLDER/release.none"
		sync "$RUNBOOK_BACKUP_FOLDER"
		echo "$1 is not installed: nothing to back up"
	fi
}

shop_unpack_backup() {
	tar -C "$1" -xf "$RUNBOOK_BACKUP_FOLDER/release.tar"
}

# Puts the release of NAME that shop_backup_release saved back into place, or takes NAME away if there was none.
shop_restore_release() {
	if [ -e "$RUNBOOK_BACKUP_FOLDER/release.tar" ]; then
		shop_install_release "$1" "$(tar -xOf "$RUNBOOK_BACKUP_FOLDER/release.tar" ./VERSION)" shop_unpack_backup
	elif [ -e "$RUNBOOK_BACKUP_FOLDER/release.none" ]; then
		rm -rf "${SHOP_HOME:?}/$1/current" "${SHOP_HOME:?}/$1/releases"
		echo "$1 removed: it was not installed before"
	else
		shop_fail "no backup of $1 in $RUNBOOK_BACKUP_FOLDER"
	fi
}
