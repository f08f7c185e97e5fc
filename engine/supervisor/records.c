// SPDX-License-Identifier: MIT
#include "engine/supervisor/records.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/supervisor/name_value.h"
#include "runbook/base/clock.h"
#include "runbook/base/fs.h"

bool records_open(struct records *ret, const char *path, struct error *err)
{
	ret->path = path;
	ret->folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return ret->folder >= 0 || error_set_errno(err, errno, "%s", path);
}

void records_release(struct records *records)
{
	if (records->folder >= 0)
		(void)close(records->folder);
	if (records->reserved >= 0)
		(void)close(records->reserved);
	*records = (struct records)RECORDS_INIT;
}

/*
 * Space that is written is ours, and by the time `started` is durable it is on the disk: the outcome only overwrites it. (fallocate would say it more
 * plainly, but makes every later fsync on ext4 wait for the conversion of its extents: forty times slower.)
 */
bool records_reserve(struct records *records, struct error *err)
{
	static const char blank[OUTCOME_RESERVED_BYTES];
	struct stat st;

	records->reserved =
		openat(records->folder, ATTEMPT_OUTCOME_RESERVED, O_WRONLY | O_CREAT | O_CLOEXEC, FS_MODE_FILE);
	if (records->reserved < 0 || fstat(records->reserved, &st) < 0)
		return error_set_errno(err, errno, "%s/" ATTEMPT_OUTCOME_RESERVED, records->path);
	if (st.st_size >= OUTCOME_RESERVED_BYTES && st.st_blocks * 512 >= OUTCOME_RESERVED_BYTES)
		return true;
	if (pwrite(records->reserved, blank, sizeof(blank), 0) != (ssize_t)sizeof(blank))
		return error_set_errno(err, errno ? errno : ENOSPC, "%s: no room for the outcome", records->path);
	(void)sync_file_range(records->reserved, 0, sizeof(blank), SYNC_FILE_RANGE_WRITE);
	return true;
}

static bool write_started(const struct records *records, const struct strbuf *extra, struct error *err)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	CLEANUP_FD int fd =
		openat(records->folder, ATTEMPT_STARTED, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, FS_MODE_FILE);
	char boot_id[CLOCK_BOOT_ID_SIZE];

	if (fd < 0)
		return error_set_errno(err, errno, "%s/" ATTEMPT_STARTED, records->path);
	clock_boot_id(boot_id);
	strbuf_add_str(&text, "# runbook started 1\n");
	name_value_add(&text, "boot_id", boot_id);
	name_value_add_number(&text, "supervisor", getpid());
	strbuf_add(&text, extra->data, extra->length);
	return fs_write_all(fd, text.data, text.length, ATTEMPT_STARTED, err) && fs_sync(fd, ATTEMPT_STARTED, err) &&
	       fs_sync(records->folder, records->path, err);
}

void records_take_back(const struct records *records)
{
	(void)unlinkat(records->folder, ATTEMPT_STARTED, 0);
	(void)fsync(records->folder);
}

bool records_start(struct records *records, const struct strbuf *extra, struct error *err)
{
	if (!records_reserve(records, err))
		return false;
	if (write_started(records, extra, err))
		return true;
	records_take_back(records);
	return false;
}

bool records_stop_asked(const struct records *records)
{
	return faccessat(records->folder, ATTEMPT_STOP, F_OK, 0) == 0;
}

/* What the step handed over must not be younger than the outcome that sends the engine to read it. */
static void sync_result(const struct records *records)
{
	CLEANUP_FD int fd = openat(records->folder, ATTEMPT_RESULT, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd >= 0)
		(void)fsync(fd);
}

bool records_end(struct records *records, const struct strbuf *outcome, struct error *err)
{
	sync_result(records);
	if (!fs_write_all(records->reserved, outcome->data, outcome->length, ATTEMPT_OUTCOME_RESERVED, err))
		return false;
	if (fdatasync(records->reserved) < 0 || ftruncate(records->reserved, (off_t)outcome->length) < 0)
		return error_set_errno(err, errno, ATTEMPT_OUTCOME_RESERVED);
	if (renameat(records->folder, ATTEMPT_OUTCOME_RESERVED, records->folder, ATTEMPT_OUTCOME) < 0)
		return error_set_errno(err, errno, ATTEMPT_OUTCOME);
	return fs_sync(records->folder, records->path, err);
}
