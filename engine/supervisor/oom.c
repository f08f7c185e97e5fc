// SPDX-License-Identifier: MIT
#include "engine/supervisor/oom.h"

#include <stdlib.h>
#include <string.h>

#include "runbook/base/fs.h"

#define PAUSE_NS INT64_C(500000000)

/* A hundred and some lines of `NAME NUMBER`. */
enum { VMSTAT_LIMIT_BYTES = 256 * 1024 };

static uint64_t count_now(void)
{
	static const char wanted[] = "\noom_kill ";
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	CLEANUP_ERROR struct error unreadable = ERROR_INIT;
	const char *found = NULL;

	if (fs_read_file("/proc/vmstat", VMSTAT_LIMIT_BYTES, &text, &unreadable))
		found = strstr(text.data, wanted);
	return found ? strtoull(found + strlen(wanted), NULL, 10) : 0;
}

static bool is_recent(const struct oom_watch *watch, int64_t now_ns)
{
	return watch->looked_ns && now_ns - watch->looked_ns < PAUSE_NS;
}

void oom_watch_begin(struct oom_watch *watch, int64_t now_ns)
{
	if (is_recent(watch, now_ns))
		return;
	watch->before = watch->recent = count_now();
	watch->looked_ns = now_ns;
}

void oom_watch_look(struct oom_watch *watch, int64_t now_ns)
{
	if (is_recent(watch, now_ns))
		return;
	watch->before = watch->recent;
	watch->recent = count_now();
	watch->looked_ns = now_ns;
}

uint64_t oom_watch_count(const struct oom_watch *watch)
{
	return count_now() - watch->before;
}
