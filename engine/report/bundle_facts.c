// SPDX-License-Identifier: MIT
#include "engine/report/bundle_facts.h"

#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>

#include "logs/mask.h"
#include "runbook/base/alloc.h"
#include "runbook/base/clock.h"
#include "runbook/base/fs.h"
#include "runbook/base/utf8.h"

enum { FACT_LIMIT = 64 * 1024, COMMAND_SHOWN = 300 };

static void add_file(struct strbuf *ret, const char *path)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	CLEANUP_ERROR struct error none = ERROR_INIT;

	if (!fs_read_file(path, FACT_LIMIT, &text, &none))
		return;
	strbuf_addf(ret, "\n== %s\n", path);
	strbuf_add(ret, text.data, text.length);
}

static void add_disks(struct strbuf *ret, const char *const *folders)
{
	strbuf_add_str(ret, "\n== disks\n");
	for (; *folders; folders++) {
		struct statvfs st;

		if (statvfs(*folders, &st) < 0)
			continue;
		strbuf_addf(ret, "%s: %llu MiB free of %llu MiB, %llu files free\n", *folders,
			    (unsigned long long)st.f_bavail * st.f_frsize >> 20,
			    (unsigned long long)st.f_blocks * st.f_frsize >> 20, (unsigned long long)st.f_favail);
	}
}

/* Words are separated by NUL; a secret among them is an option's value, so the line is masked as a whole. */
static void add_process(struct strbuf *ret, const char *pid)
{
	CLEANUP_FREE char *path = xasprintf("/proc/%s/cmdline", pid);
	CLEANUP_STRBUF struct strbuf words = STRBUF_INIT, masked = STRBUF_INIT;
	CLEANUP_ERROR struct error gone = ERROR_INIT;

	if (!fs_read_file(path, FACT_LIMIT, &words, &gone) || !words.length)
		return;
	for (size_t i = 0; i + 1 < words.length; i++)
		if (!words.data[i])
			words.data[i] = ' ';
	mask_text(words.data, strlen(words.data), &masked);
	strbuf_addf(ret, "%8s ", pid);
	strbuf_add_visible(ret, masked.data, COMMAND_SHOWN);
	strbuf_add_char(ret, '\n');
}

static void add_processes(struct strbuf *ret)
{
	CLEANUP_DIR DIR *folder = opendir("/proc");
	const struct dirent *entry;

	strbuf_add_str(ret, "\n== processes\n");
	while (folder && (entry = readdir(folder)))
		if (isdigit((unsigned char)entry->d_name[0]))
			add_process(ret, entry->d_name);
}

void bundle_add_facts(struct strbuf *ret, const char *const *folders)
{
	char time[CLOCK_TEXT_SIZE];
	struct utsname name;

	clock_format_plain(clock_wall_ns(), time);
	strbuf_addf(ret, "runbook %s\n%s\n", RUNBOOK_VERSION, time);
	if (uname(&name) == 0)
		strbuf_addf(ret, "%s %s %s %s\n", name.nodename, name.sysname, name.release, name.machine);
	add_file(ret, "/etc/os-release");
	add_file(ret, "/proc/uptime");
	add_file(ret, "/proc/loadavg");
	add_file(ret, "/proc/meminfo");
	add_disks(ret, folders);
	add_processes(ret);
}
