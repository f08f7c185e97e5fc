#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The include graph: own folder and lower layers only, no cycle, and each outside library behind its one door."""

import re

import tree

# A header of the library on the left is included only in the folder on the right and below it.
DOORS = {
    r"libxml/": "runbook",
    r"archive(_entry)?\.h": "packages",
    r"openssl/": "packages",
    r"utf8proc\.h": "packages",
    r"zlib\.h": "packages",
    r"libdeflate\.h": "packages",
    r"sqlite3(ext)?\.h": "steps",
    r"pcre2(posix)?\.h": "logs",
    r"jansson\.h": "engine",
}

# The headers of the C library and the kernel have no door. Whatever else comes from outside needs one, and a reason in the README.
SYSTEM = re.compile(r"(sys|linux|net|netinet|arpa|asm)/|(" + "|".join("""
    aio alloca assert byteswap complex ctype dirent dlfcn endian errno fcntl features fenv float fnmatch ftw getopt glob grp iconv
    inttypes iso646 langinfo libgen limits locale malloc math mntent mqueue netdb nl_types paths poll pthread pty pwd regex sched
    search semaphore setjmp signal spawn stdalign stdarg stdatomic stdbool stddef stdint stdio stdlib stdnoreturn string strings
    syslog termios tgmath threads time uchar unistd utime utmp utmpx wchar wctype wordexp
    """.split()) + r")\.h$")

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)


def includes(top, path):
    """Yields (line number, "<" or '"', name) for each #include of a file."""
    text = tree.without_comments(tree.read(top, path))
    for match in INCLUDE.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, match.group(1), match.group(2)


def door_problem(folder, name):
    for header, door in DOORS.items():
        if re.match(header, name):
            # runbook/base is everyone's: no library comes in there, although it lies below a door.
            behind = folder == door or (folder.startswith(door + "/") and folder != "runbook/base")
            return None if behind else f"<{name}> is included only in {door}/"
    return None if SYSTEM.match(name) else f"<{name}> is of a library that has no door"


def layer_problem(top, folder, name):
    target = tree.pathlib.PurePosixPath(name)
    if not (top / name).is_file():
        return f'"{name}" does not exist: includes are spelled from the top'
    other = tree.layer_folder(target)
    if other not in tree.LAYERS:
        return f'"{name}" belongs to no layer'
    if other != folder and tree.LAYERS[other] >= tree.LAYERS[folder]:
        return f'"{name}" is not of a lower layer'
    return None


def file_problems(top, path):
    folder = tree.layer_folder(path)
    if folder == "tests":
        return
    if folder is None:
        yield f"{path}: belongs to no layer"
        return
    for line, quote, name in includes(top, path):
        problem = layer_problem(top, folder, name) if quote == '"' else door_problem(folder, name)
        if problem:
            yield f"{path}:{line}: {problem}"


def find_cycle(graph):
    """Returns the files of one include cycle in order, or []. Depth first; a file on the path again closes a cycle."""
    done, path = set(), []

    def visit(name):
        if name in path:
            return path[path.index(name):] + [name]
        if name in done or name not in graph:
            return []
        path.append(name)
        for other in graph[name]:
            cycle = visit(other)
            if cycle:
                return cycle
        path.pop()
        done.add(name)
        return []

    for name in sorted(graph):
        cycle = visit(name)
        if cycle:
            return cycle
    return []


def check(top):
    sources = tree.files(top, ".c", ".h")
    problems = [] if sources else ["no source files found"]
    for path in sources:
        problems.extend(file_problems(top, path))
    graph = {path.as_posix(): [name for _, quote, name in includes(top, path) if quote == '"'] for path in sources}
    cycle = find_cycle(graph)
    if cycle:
        problems.append("include cycle: " + " -> ".join(cycle))
    return problems


tree.main(check, [
    ("upward include", tree.plant("steps/planted.c", '#include "engine/run.h"\n'),
     'steps/planted.c:1: "engine/run.h" is not of a lower layer'),
    ("upward include out of base", tree.plant("runbook/base/planted.h", '#include "runbook/step.h"\n'),
     'runbook/base/planted.h:1: "runbook/step.h" is not of a lower layer'),
    ("include of the same layer", tree.plant("logs/planted.c", '/*\n */\n# include "packages/digest.h"\n'),
     'logs/planted.c:3: "packages/digest.h" is not of a lower layer'),
    ("library header outside its door", tree.plant("engine/commands/planted.c", "#include <sqlite3.h>\n"),
     "engine/commands/planted.c:1: <sqlite3.h> is included only in steps/"),
    ("library header in base", tree.plant("runbook/base/planted.c", "#include <libxml/tree.h>\n"),
     "runbook/base/planted.c:1: <libxml/tree.h> is included only in runbook/"),
    ("library without a door", tree.plant("logs/planted.c", "#include <curl/curl.h>\n"),
     "logs/planted.c:1: <curl/curl.h> is of a library that has no door"),
    ("include not spelled from the top", tree.plant("steps/planted.c", '#include "ledger.h"\n'),
     'steps/planted.c:1: "ledger.h" does not exist'),
    ("include of test code", tree.plant("steps/planted.c", '#include "tests/unit/unit.h"\n'),
     '"tests/unit/unit.h" belongs to no layer'),
    ("file outside every layer", tree.plant("helpers/planted.c", "int helper;\n"),
     "helpers/planted.c: belongs to no layer"),
    ("include cycle",
     lambda top: (tree.plant("logs/planted-a.h", '#include "logs/planted-b.h"\n')(top),
                  tree.plant("logs/planted-b.h", '#include "logs/planted-a.h"\n')(top)),
     "include cycle: logs/planted-a.h -> logs/planted-b.h -> logs/planted-a.h"),
])
