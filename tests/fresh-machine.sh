#!/bin/sh
# SPDX-License-Identifier: MIT
# Follows the README on a machine that has nothing: a bare Debian 12 (debootstrap, minbase) in a temporary folder, entered with
# its own processes, mounts and host name. The first two ```sh blocks of the README are run there, in a clean clone of what is committed.
# Slow, so no part of the ordinary tests. Needs root, debootstrap, git and a Debian mirror: the one this machine uses.
#
# usage: tests/fresh-machine.sh [--user] [FOLDER]
#	--user	as a user with sudo (which then is installed beforehand), not as root
#	FOLDER	keeps the downloaded packages for the next time
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
release=bookworm
user=root
home=/root
debs=

fail() {
	echo "fresh-machine: $*" >&2
	exit 1
}

readme_block() {
	awk -v wanted="$1" '/^```sh$/ { inside = ++count == wanted; next } /^```/ { inside = 0 } inside' "$top/README.md"
}

# "URI SUITE COMPONENT" for each of this machine's sources that is Debian itself; what it has from elsewhere a bare machine has not.
host_sources() {
	# shellcheck disable=SC2016 # apt's own variables
	apt-get indextargets --format '$(ORIGIN) $(CODENAME) $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 2>/dev/null |
		awk -v codename="$release" '$1 == "Debian" && index($2, codename) == 1 { print $3, $4, $5 }'
}

make_root() {
	mirror=$(host_sources | awk -v suite="$release" '$2 == suite { print $1; exit }')
	# shellcheck disable=SC2086 # no word at all if the mirror is not known: debootstrap has a default
	debootstrap --variant=minbase ${debs:+--cache-dir="$debs"} "$release" "$root" $mirror >"$work/debootstrap.log" 2>&1 ||
		fail "debootstrap failed: $(tail -n 3 "$work/debootstrap.log")"
}

# How this machine reaches its mirror: sources, proxies, what it lets pass, name service.
copy_network() {
	sources=$(host_sources | sed 's/^/deb /')
	[ -z "$sources" ] || printf '%s\n' "$sources" >"$root/etc/apt/sources.list"
	apt-config dump | grep -E '^Acquire::((https?|ftp)::.*|Check-(Date|Valid-Until)) ' >"$root/etc/apt/apt.conf.d/90host" || :
	for file in /etc/resolv.conf /etc/hosts /etc/ssl/certs/ca-certificates.crt; do
		[ ! -f "$file" ] || install -D -m 644 "$file" "$root$file"
	done
}

copy_project() {
	git -c safe.directory='*' clone --quiet --no-hardlinks "$top" "$root/srv/runbook"
	if [ -d "$top/../shared" ]; then
		cp -R "$top/../shared/." "$root/srv/shared"
	fi
}

# A user who may become root without a password, and whose the clone is.
make_user() {
	user="admin"
	home=/home/admin
	enter root /root sh -ec '
		apt-get -qq update
		DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends sudo
		useradd --create-home admin
		echo "admin ALL=(ALL) NOPASSWD: ALL" >/etc/sudoers.d/admin
		chown -R admin: /srv' </dev/null >"$work/user.log" 2>&1 || fail "cannot make a user: $(tail -n 3 "$work/user.log")"
}

# enter USER HOME COMMAND ARGUMENT…: everything started there is gone when it returns, and so are the mounts
enter() {
	# shellcheck disable=SC2016 # expanded inside
	unshare --mount --propagation private --uts --ipc --pid --fork --kill-child sh -eu -c '
		root=$1 debs=$2 user=$3 home=$4
		shift 4
		# The root of a machine is a mount point, and some programs rely on it.
		mount --bind "$root" "$root"
		mount -t proc proc "$root/proc"
		mount --rbind /dev "$root/dev"
		if [ -n "$debs" ]; then
			mount --bind "$debs" "$root/var/cache/apt/archives"
		fi
		echo fresh-machine >/proc/sys/kernel/hostname
		exec chroot --userspec="$user:$user" "$root" env -i \
			PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME="$home" TERM=dumb \
			${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} "$@"' \
		sh "$root" "$debs" "$@"
}

# expect_end NAME PATTERN: what the last line of a command must be
expect_end() {
	last=$(tail -n 1 "$root/srv/$1.log")
	printf '%s\n' "$last" | grep -Eqx "$2" || fail "$1 command: ends with '$last'"
}

[ "$(id -u)" = 0 ] || fail "only root can make and enter a root folder"
command -v debootstrap >/dev/null || fail "debootstrap is not installed"
if [ "${1-}" = --user ]; then
	user=
	shift
fi
if [ $# -gt 0 ]; then
	mkdir -p "$1"
	debs=$(cd "$1" && pwd)
fi
first=$(readme_block 1)
second=$(readme_block 2)
if [ -z "$first" ] || [ -z "$second" ]; then
	fail "the README does not begin with two commands"
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/runbook-fresh.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT
trap 'exit 1' HUP INT TERM
root=$work/root

echo "Making a bare $release in $root"
make_root
copy_network
copy_project
[ -n "$user" ] || make_user
# shellcheck disable=SC2016 # expanded inside
enter "$user" "$home" bash -c '
	set -o pipefail
	cd /srv/runbook
	for name in first second; do
		printf "\nThe README'\''s %s command: %s\n" "$name" "$1"
		bash -c "$1" </dev/null 2>&1 | tee "/srv/$name.log" || exit
		shift
	done' bash "$first" "$second" || fail "a command of the README failed"
expect_end first 'sample updated to version 2'
expect_end second '[1-9][0-9]* passed, 0 failed(, [0-9]+ skipped)?'
echo "A bare $release does what the README says."
