# SPDX-License-Identifier: MIT
"""Power cuts at every point: the file system is shut down as it is, everybody is killed, the journal is replayed, and somebody goes on.

The world lies on an ext4 of its own, in an image on a loop device. The witness lies beside it and loses nothing. What the command had
printed was seen by somebody: it lies beside it, too.
"""

import collections
import ctypes
import errno
import fcntl
import os
import struct
import subprocess

import oracle
import scenarios
from world import World, end_children

Case = collections.namedtuple("Case", "scenario role point")

# Those in which the last thing that was said stands in the ledger alone.
AFTER_SCENARIOS = ("import", "decide-last", "rerun", "plain")
AFTER_TIMES = 5
SCENARIOS = ("plain", "talking", "retry", "rerun", "import", "resume-never-ran", "resume-finished", "decide-complete")
ROLES = ("engine", "nursery", "supervisor", "starter")
IMAGE_BYTES = 24 << 20
# Nothing is written back by time: only what is synced is there after the cut.
MOUNT_OPTIONS = b"commit=300,errors=remount-ro"

LOOP_CONFIGURE, LOOP_CTL_GET_FREE, LO_FLAGS_AUTOCLEAR = 0x4C0A, 0x4C82, 4
IOC_SHUTDOWN, WITHOUT_FLUSH = 0x8004587D, 2
MS_NODIRATIME, MS_NOATIME, MS_REC, MS_PRIVATE = 2048, 1024, 16384, 1 << 18
CLONE_NEWNS = 0x00020000

libc = ctypes.CDLL(None, use_errno=True)


def checked(result, what):
    if result:
        raise OSError(ctypes.get_errno(), what)


def keep_mounts_private():
    """Nobody else sees our mounts: who copied the list of mounts meanwhile would keep a file system alive that we take for gone."""
    checked(libc.unshare(CLONE_NEWNS), "unshare")
    checked(libc.mount(None, b"/", None, MS_REC | MS_PRIVATE, None), "private mounts")


def loop_config(fd):
    """struct loop_config of linux/loop.h: the image, and that the device frees itself with the last who uses it."""
    config = bytearray(4 + 4 + 232 + 64)
    struct.pack_into("=I", config, 0, fd)
    struct.pack_into("=I", config, 8 + 5 * 8 + 3 * 4, LO_FLAGS_AUTOCLEAR)
    return bytes(config)


def open_loop(image):
    """A free loop device with this image, opened. Somebody else may be quicker with it: then there is a next one."""
    for _ in range(100):
        with open("/dev/loop-control", "rb") as control:
            device = f"/dev/loop{fcntl.ioctl(control, LOOP_CTL_GET_FREE)}"
        loop = open(device, "r+b", buffering=0)
        try:
            fcntl.ioctl(loop, LOOP_CONFIGURE, loop_config(image.fileno()))
            return loop
        except OSError as error:
            loop.close()
            if error.errno != errno.EBUSY:
                raise
    raise OSError("no loop device to be had")


class DiskWorld(World):
    """A world whose `now` is a file system of its own."""

    def __init__(self, folder, tools):
        super().__init__(folder, tools)
        self.image = self.folder / "disk.img"
        self.mounted = False
        keep_mounts_private()
        self.now.mkdir(exist_ok=True)

    def mount(self):
        with open(self.image, "r+b") as image, open_loop(image) as loop:
            checked(libc.mount(loop.name.encode(), os.fsencode(self.now), b"ext4", MS_NOATIME | MS_NODIRATIME, MOUNT_OPTIONS), "mount")
        self.mounted = True

    def unmount(self):
        if self.mounted:
            checked(libc.umount2(os.fsencode(self.now), 0), "umount")
        self.mounted = False

    def forget(self):
        """An empty file system."""
        end_children()
        self.unmount()
        new_image(self.image)
        # Blocks as large as pages, as everywhere but on tiny disks: what SQLite shares has holes where they are smaller, and a full disk is a SIGBUS there.
        subprocess.run(["mkfs.ext4", "-q", "-F", "-b", "4096", "-E", "lazy_itable_init=1", "-J", "size=4", str(self.image)], check=True,
                       stdout=subprocess.DEVNULL)
        self.mount()

    def save(self, name):
        end_children()
        self.unmount()
        copy_image(self.image, self.folder / f"template-{name}")
        self.templates[name] = self.tally_file.read_bytes()
        self.mount()

    def load(self, name):
        end_children()
        self.unmount()
        copy_image(self.folder / f"template-{name}", self.image)
        self.tally_file.write_bytes(self.templates[name])
        self.mount()

    def cut(self):
        """The power, with nobody at work."""
        folder = os.open(self.now, os.O_DIRECTORY)
        fcntl.ioctl(folder, IOC_SHUTDOWN, WITHOUT_FLUSH.to_bytes(4, "little"))
        os.close(folder)

    def close(self):
        end_children()
        self.unmount()


class BadJournalWorld(DiskWorld):
    """Control: a ledger with SQLite's default journal."""

    def preloaded(self):
        return [*super().preloaded(), self.tools.journal]


def new_image(path):
    """Always another file, so that nothing is remembered of the one before."""
    path.unlink(missing_ok=True)
    path.touch()
    os.truncate(path, IMAGE_BYTES)


def copy_image(source, target):
    """Copies what is not a hole."""
    new_image(target)
    with open(source, "rb") as reader, open(target, "r+b") as writer:
        offset = 0
        while True:
            try:
                begin = os.lseek(reader.fileno(), offset, os.SEEK_DATA)
            except OSError:
                return
            offset = os.lseek(reader.fileno(), begin, os.SEEK_HOLE)
            os.lseek(writer.fileno(), begin, os.SEEK_SET)
            os.sendfile(writer.fileno(), reader.fileno(), begin, offset - begin)


def why_not(folder, tools):
    """Why power cuts cannot be simulated here; "" if they can."""
    try:
        world = DiskWorld(folder, tools)
        world.forget()
        world.cut()
        world.close()
    except (OSError, subprocess.CalledProcessError) as error:
        return f"no ext4 on a loop device that can be shut down: {error}"
    return ""


def list_cases(world):
    cases = list_cases_after(world)
    for name in SCENARIOS:
        scenario = scenarios.find(name)
        scenarios.load(world, scenario)
        _, report = world.trace([], scenarios.command(world, scenario))
        for role in ROLES:
            cases += [Case(name, role, point) for point in range(1, report.points[role] + 1)]
    return cases


def list_cases_after(_):
    """Right after the command has ended: whatever it said must hold."""
    return [Case(name, "after", time) for name in AFTER_SCENARIOS for time in range(AFTER_TIMES)]


def run_and_cut(world, case, scenario, lies):
    """Runs the command and cuts the power. What it said, and the tracer's report."""
    command = scenarios.command(world, scenario)
    if case.role != "after":
        return world.trace([f"-at={case.role}:{case.point}", f"-cut={world.now}", *lies], command)
    traced = world.trace(list(lies), command)
    world.cut()
    return traced


def run_case(world, case, lies=()):
    scenario = scenarios.find(case.scenario)
    verdict = oracle.Verdict()
    scenarios.load(world, scenario)
    result, report = run_and_cut(world, case, scenario, lies)
    done = result.code == 0
    end_children()
    world.unmount()
    world.mount()
    facts = oracle.facts_on_disk(world, scenario, result.out)

    def may_be_unknown(step):
        in_flight = step in facts.unknown
        return not done and (in_flight or (scenario.unknown and step == scenario.open_step))

    if scenario.verb == "import":
        oracle.import_again(world, verdict, done)
    asked = oracle.settle(world, scenario, verdict, may_be_unknown)
    verdict.expect(len(asked) <= 1, oracle.LOST, f"more than one step is unknown: {sorted(asked)}")
    verdict.expect(not asked or not done, oracle.LOST, f"all was said to be done, now steps {sorted(asked)} are unknown")
    oracle.check_end(world, scenario, verdict, oracle.acknowledged(result.out), asked)
    return bool(report.fired) or case.role == "after", verdict
