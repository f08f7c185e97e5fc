#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs a test script as a service of a systemd of its own, in a jail from which nothing of this machine can be changed.

usage: systemd.py [--look COMMAND…] SCRIPT    with $RUNBOOK (the program) and $SOURCE_ROOT, as the build hands them in

A systemd that takes this machine for its own clears /tmp, makes devices and sets the kernel's variables. So that not even a mistake can:

- It is the first process of new namespaces for processes, mounts, network, names and users. Its users are none of this machine: what is root in the jail is
  here a number that owns nothing, and has no right over files, devices, clock, kernel variables or processes.
- Its root is an empty tmpfs into which /usr is bound read-only; /etc is made for it; /dev has only what does no harm; /sys has only its control group.
- The only units that it knows are those below: the bus, and a service that runs the script.
- Its control groups are in a group made for it below our own, which is removed at the end.

The script's standard output is ours; its exit code as well. With --look, a command runs in the jail instead of systemd. Where the jail cannot be made, a TAP plan
says that all is skipped, and why. The jail ends when this process does, however that is.
"""

import contextlib
import ctypes
import os
import pathlib
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback

FIRST_USER = 0x70000000 + 0x10000 * 77  # of a range that is nobody's: https://systemd.io/UIDS-GIDS
USERS = 65536
SECONDS = 300
NEEDED = ["/usr/lib/systemd/systemd", "/usr/bin/systemd-run", "/usr/bin/systemctl", "/usr/bin/dbus-daemon", "/usr/share/dbus-1/system.conf",
          "/usr/bin/mount", "/usr/sbin/pivot_root"]
TEST = pathlib.Path("/test")  # in the jail: the program and the scripts
# Python 3.11 does not know their names. That of processes comes last: whoever is started next is its first.
NEW_MOUNTS, NEW_GROUPS, NEW_NAMES, NEW_IPC, NEW_USERS, NEW_PROCESSES, NEW_NETWORK = (
    0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000)
PR_SET_PDEATHSIG, MNT_DETACH = 1, 2
SYS_MOUNT_SETATTR, AT_FDCWD, AT_RECURSIVE, MOUNT_ATTR_RDONLY = 442, -100, 0x8000, 1

UNITS = {
    "sysinit.target": "[Unit]\nDefaultDependencies=no\n",
    "basic.target": "[Unit]\nDefaultDependencies=no\n",
    "shutdown.target": "[Unit]\nDefaultDependencies=no\n",
    "dbus.socket": "[Unit]\nDefaultDependencies=no\n[Socket]\nListenStream=/run/dbus/system_bus_socket\n",
    "dbus.service": "[Unit]\nDefaultDependencies=no\nRequires=dbus.socket\n[Service]\nType=notify\n"
                    "ExecStart=/usr/bin/dbus-daemon --system --address=systemd: --nofork --nopidfile --systemd-activation --syslog-only\n",
    "test.service": "[Unit]\nDefaultDependencies=no\nRequires=dbus.service\nAfter=dbus.service\nSuccessAction=exit-force\nFailureAction=exit-force\n"
                    "[Service]\nStandardOutput=append:/output\nStandardError=append:/output\n"
                    "Environment=RUNBOOK=/test/runbook SOURCE_ROOT=/test RUNBOOK_TEST_SYSTEMD=1\n"
                    "ExecStart=/bin/sh /test/tests/cli/{script}\n",
}
ETC = {
    "passwd": "root:x:0:0:root:/root:/bin/sh\nmessagebus:x:100:100::/nonexistent:/bin/false\nnobody:x:65534:65534::/nonexistent:/bin/false\n",
    "group": "root:x:0:\nmessagebus:x:100:\nnogroup:x:65534:\n",
    "machine-id": "0123456789abcdef0123456789abcdef\n",
    "hostname": "jail\n",
}
# The container's word keeps systemd from what it does to a machine; no other units or generators than ours are found.
ENVIRONMENT = {"PATH": "/usr/bin:/usr/sbin:/bin:/sbin", "container": "test", "SYSTEMD_UNIT_PATH": "/units:/run/systemd/transient",
               "SYSTEMD_GENERATOR_PATH": "/nonexistent", "SYSTEMD_ENVIRONMENT_GENERATOR_PATH": "/nonexistent"}

libc = ctypes.CDLL(None, use_errno=True)


class CannotJail(Exception):
    """Why the jail cannot be made here."""


def call(what, result):
    if result < 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")


def run(*command):
    result = subprocess.run([*map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if result.returncode:
        raise CannotJail(result.stdout.strip().replace("\n", "; "))


def mount(*arguments):
    run("/usr/bin/mount", *arguments)


def die_with_parent():
    call("prctl", libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL))


# ---- The control group, made and removed with the rights of this machine ------------------------------------------------

def own_group():
    """The folder of our own control group of the second version."""
    lines = [line.split() for line in pathlib.Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()]
    mounts = [words[4] for words in lines if words[words.index("-") + 1] == "cgroup2"]
    paths = [line[4:] for line in pathlib.Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines() if line.startswith("0::/")]
    if not mounts or not paths:
        raise CannotJail("there are no control groups of the second version")
    return pathlib.Path(mounts[0]) / paths[0]


def end_group(path):
    """Kills whatever still lives in it, and removes it."""
    (path / "cgroup.kill").write_text("1", encoding="ascii")
    while "populated 1" in (path / "cgroup.events").read_text(encoding="ascii"):
        time.sleep(0.01)
    for folder, _, _ in os.walk(path, topdown=False):
        os.rmdir(folder)


@contextlib.contextmanager
def control_group():
    """One that belongs to the jail's root."""
    path = own_group() / f"runbook-test-systemd-{os.getpid()}"
    path.mkdir()
    try:
        for owned in (path, *(path / f"cgroup.{name}" for name in ("procs", "threads", "subtree_control"))):
            os.chown(owned, FIRST_USER, FIRST_USER)
        yield path
    finally:
        end_group(path)


# ---- The jail, made with the rights of nobody -----------------------------------------------------------------------------

def make_links_and_usr(root):
    """/usr as it is, and the names that lead into it."""
    (root / "usr").mkdir()
    mount("--rbind", "/usr", root / "usr")
    for name in ("bin", "sbin", "lib", "lib32", "lib64", "libx32"):
        if os.path.islink(f"/{name}"):
            os.symlink(os.readlink(f"/{name}"), root / name)


def make_devices(root):
    mount("-t", "tmpfs", "-o", "mode=755,size=1m", "tmpfs", root / "dev")
    for name in ("null", "zero", "full", "random", "urandom", "tty"):
        (root / "dev" / name).touch()
        mount("--bind", f"/dev/{name}", root / "dev" / name)
    for name, target in {"fd": "/proc/self/fd", "stdin": "/proc/self/fd/0", "stdout": "/proc/self/fd/1", "stderr": "/proc/self/fd/2", "ptmx": "pts/ptmx"}.items():
        os.symlink(target, root / "dev" / name)
    for name in ("pts", "shm"):
        (root / "dev" / name).mkdir()
    mount("-t", "devpts", "-o", "newinstance,ptmxmode=0666,mode=620", "devpts", root / "dev/pts")
    mount("-t", "tmpfs", "-o", "size=16m", "tmpfs", root / "dev/shm")


def make_control_groups(root):
    """With this mounted, systemd takes it for the only hierarchy."""
    mount("-t", "tmpfs", "-o", "mode=755,size=1m", "tmpfs", root / "sys")
    (root / "sys/fs/cgroup").mkdir(parents=True)
    mount("-t", "cgroup2", "cgroup2", root / "sys/fs/cgroup")


def make_files(root, script, contents):
    for folder, texts in {"etc": ETC, "units": UNITS}.items():
        for name, text in texts.items():
            (root / folder / name).write_text(text.replace("{script}", script), encoding="utf-8")
    for path, content in contents.items():
        target = root / str(path).lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        target.chmod(0o755)
    (root / "output").touch()


def make_read_only(path):
    attributes = (ctypes.c_uint64 * 4)(MOUNT_ATTR_RDONLY, 0, 0, 0)
    call(f"{path} read-only", libc.syscall(SYS_MOUNT_SETATTR, AT_FDCWD, os.fsencode(path), AT_RECURSIVE, attributes, ctypes.sizeof(attributes)))


def make_console(root):
    """A terminal for what systemd says; returns its master, and a slave so that it never hangs up."""
    master = os.open(root / "dev/pts/ptmx", os.O_RDWR | os.O_NOCTTY)
    libc.unlockpt(master)
    (root / "dev/console").touch()
    mount("--bind", root / "dev/pts/0", root / "dev/console")
    return master, os.open(root / "dev/pts/0", os.O_RDWR | os.O_NOCTTY)


def make_root(script, contents):
    """Built over the private /tmp of our mounts: no folder of this machine is needed. The old root is still below /old."""
    root = pathlib.Path("/tmp")
    mount("--make-rprivate", "/")
    mount("-t", "tmpfs", "-o", "mode=755,size=1g", "tmpfs", root)
    for name in ("dev", "etc", "old", "proc", "root", "run", "sys", "tmp", "units", "var"):
        (root / name).mkdir()
    (root / "tmp").chmod(0o1777)
    make_links_and_usr(root)
    make_devices(root)
    make_control_groups(root)
    make_files(root, script, contents)
    make_read_only(root / "usr")
    terminal = make_console(root)
    os.chdir(root)
    run("/usr/sbin/pivot_root", ".", "old")
    os.chdir("/")
    return terminal


def refuse_without_jail():
    """The last look before systemd is let loose."""
    first = int(pathlib.Path("/proc/self/uid_map").read_text(encoding="ascii").split()[1])
    mounts = pathlib.Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    roots = [line.split() for line in mounts if line.split()[4] == "/"]
    if os.getpid() != 1 or first != FIRST_USER or [words[words.index("-") + 1] for words in roots] != ["tmpfs"] or os.listdir("/old"):
        raise CannotJail("this is no jail")


def become_first(command):
    """The first process of the jail; only it can mount its /proc."""
    die_with_parent()
    mount("-t", "proc", "proc", "/proc")  # the kernel wants to see another one before
    call("umount", libc.umount2(b"/old", MNT_DETACH))
    mount("--bind", "/proc/sys", "/proc/sys")
    make_read_only("/proc/sys")
    refuse_without_jail()
    os.closerange(3, 1024)
    os.execve(command[0], command, ENVIRONMENT)


def keep_reading(master, lines):
    while data := os.read(master, 4096):
        lines.append(data)


def run_first(command, master):
    """Its exit code and the script's output; what it said itself is shown if there is none."""
    lines = []
    threading.Thread(target=keep_reading, args=(master, lines), daemon=True).start()
    call("unshare", libc.unshare(NEW_PROCESSES))
    pid = os.fork()
    if pid == 0:
        try:
            become_first(command)
        except (CannotJail, OSError) as error:
            pathlib.Path("/output").write_text(f"Bail out! {error}\n", encoding="utf-8")
        except BaseException:
            traceback.print_exc()
        os._exit(1)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    time.sleep(0.1)
    output = pathlib.Path("/output").read_bytes()
    return code if code >= 0 else 128 - code, output or b"".join(lines)


def keep_jail(script, contents, command, channel):
    """The process between this machine and the jail's first: it makes the jail, and looks into it once that has ended."""
    call("unshare", libc.unshare(NEW_MOUNTS | NEW_GROUPS | NEW_NAMES | NEW_IPC | NEW_USERS | NEW_NETWORK))
    channel.send(b"!")
    channel.recv(1)
    os.setsid()
    os.setgroups([])
    os.setresgid(0, 0, 0)
    os.setresuid(0, 0, 0)
    die_with_parent()
    master, _ = make_root(script, contents)
    return run_first(command, master)


def be_keeper(group, arguments, channel):
    """Never returns."""
    code, output = 1, b""
    try:
        (group / "cgroup.procs").write_text(str(os.getpid()), encoding="ascii")
        code, output = keep_jail(*arguments, channel)
    except (CannotJail, OSError) as error:
        code, output = 0, f"1..0 # SKIP no jail for systemd can be made here: {error}\n".encode()
    except BaseException:
        traceback.print_exc()
    sys.stdout.buffer.write(output)
    sys.stdout.flush()
    os._exit(code)


def run_jail(arguments):
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with control_group() as group:
        pid = os.fork()
        if pid == 0:
            here.close()
            be_keeper(group, arguments, there)
        there.close()
        if here.recv(1):
            for name in ("uid_map", "gid_map"):
                pathlib.Path(f"/proc/{pid}/{name}").write_text(f"0 {FIRST_USER} {USERS}\n", encoding="ascii")
            here.send(b"!")
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def too_long(*_):
    print(f"Bail out! no end after {SECONDS} s")
    sys.exit(1)


def included(folder):
    return [folder / name for name in ("lib.sh", "gated.sh")]


def main():
    looking = sys.argv[1] == "--look"
    command = sys.argv[2:] if looking else [NEEDED[0], "--system", "--unit=test.service", "--show-status=no", "--log-target=console"]
    script = pathlib.Path(os.environ["SOURCE_ROOT"]) / "tests/cli" / ("lib.sh" if looking else sys.argv[1])
    missing = [path for path in NEEDED if not os.path.exists(path)]
    try:
        if os.geteuid() != 0:
            raise CannotJail("that needs root")
        if missing:
            raise CannotJail(f"{missing[0]} is missing")
        contents = {TEST / "runbook": pathlib.Path(os.environ["RUNBOOK"]).read_bytes()}
        contents.update({TEST / "tests/cli" / path.name: path.read_bytes() for path in (script, *included(script.parent))})
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        signal.signal(signal.SIGALRM, too_long)
        signal.alarm(SECONDS)
        sys.exit(run_jail((script.name, contents, command)))
    except (CannotJail, OSError) as error:
        print(f"1..0 # SKIP no jail for systemd can be made here: {error}")


if __name__ == "__main__":
    main()
