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
	const int descriptors[] = { records->folder, records->outcome, records->started };

	for (size_t i = 0; i < sizeof(descriptors) / sizeof(descriptors[0]); i++)
		if (descriptors[i] >= 0)
			(void)close(descriptors[i]);
	*records = (struct records)RECORDS_INIT;
}

static bool open_file(const struct records *records, const char *name, int flags, int *ret, struct error *err)
{
	*ret = openat(records->folder, name, O_WRONLY | O_CLOEXEC | flags, FS_MODE_FILE);
	return *ret >= 0 || error_set_errno(err, errno, "%s/%s", records->path, name);
}

/*
 * Space that is written is ours: the outcome only overwrites it. (fallocate would say it more
 * plainly, but makes every later fsync on ext4 wait for the conversion of its extents: forty times slower.)
 */
static bool reserve_outcome(struct records *records, struct error *err)
{
	static const char blank[OUTCOME_RESERVED_BYTES];

	if (!open_file(records, ATTEMPT_OUTCOME_RESERVED, O_CREAT, &records->outcome, err))
		return false;
	if (pwrite(records->outcome, blank, sizeof(blank), 0) != (ssize_t)sizeof(blank))
		return error_set_errno(err, errno ? errno : ENOSPC, "%s: no room for the outcome", records->path);
	(void)sync_file_range(records->outcome, 0, sizeof(blank), SYNC_FILE_RANGE_WRITE);
	return true;
}

static bool reserve_started(struct records *records, const char *interpreter, struct error *err)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	char boot_id[CLOCK_BOOT_ID_SIZE];

	clock_boot_id(boot_id);
	strbuf_add_str(&text, "# runbook started 1\n");
	name_value_add(&text, "boot_id", boot_id);
	if (interpreter)
		name_value_add(&text, STARTED_INTERPRETER, interpreter);
	return open_file(records, ATTEMPT_STARTED_RESERVED, O_CREAT | O_TRUNC | O_APPEND, &records->started, err) &&
	       fs_write_all(records->started, text.data, text.length, ATTEMPT_STARTED_RESERVED, err);
}

bool records_reserve(struct records *records, const char *interpreter, struct error *err)
{
	return reserve_outcome(records, err) && reserve_started(records, interpreter, err);
}

/* The disk has the blocks then, and makes them durable with its next flush, whose ever that is. */
static bool wait_for_outcome(const struct records *records, struct error *err)
{
	const unsigned all = SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;

	return sync_file_range(records->outcome, 0, OUTCOME_RESERVED_BYTES, all) == 0 ||
	       fs_sync(records->outcome, records->path, err);
}

/*
 * The blank outcome goes first. Only its contents count: if a power cut takes its name or its space there is no outcome, but a space with a name must not show what was there before.
 */
bool records_sync_reserved(struct records *records, struct error *err)
{
	records->reserved_durably = wait_for_outcome(records, err) && fs_sync(records->started, records->path, err);
	return records->reserved_durably;
}

bool records_reopen(struct records *records, struct error *err)
{
	records->reserved_durably = open_file(records, ATTEMPT_OUTCOME_RESERVED, 0, &records->outcome, err) &&
				    open_file(records, ATTEMPT_STARTED_RESERVED, O_APPEND, &records->started, err);
	return records->reserved_durably;
}

static bool name_started(const struct records *records, struct error *err)
{
	if (renameat(records->folder, ATTEMPT_STARTED_RESERVED, records->folder, ATTEMPT_STARTED) < 0)
		return error_set_errno(err, errno, "%s/" ATTEMPT_STARTED, records->path);
	return fs_sync(records->folder, records->path, err);
}

static bool write_started(struct records *records, const struct strbuf *extra, struct error *err)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	name_value_add_number(&text, "supervisor", getpid());
	strbuf_add(&text, extra->data, extra->length);
	return fs_write_all(records->started, text.data, text.length, ATTEMPT_STARTED_RESERVED, err) &&
	       (records->reserved_durably || records_sync_reserved(records, err)) && name_started(records, err);
}

bool records_start(struct records *records, const struct strbuf *extra, struct error *err)
{
	if (write_started(records, extra, err))
		return true;
	records_take_back(records);
	return false;
}

void records_take_back(const struct records *records)
{
	(void)unlinkat(records->folder, ATTEMPT_STARTED, 0);
	(void)fsync(records->folder);
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
	if (!fs_write_all(records->outcome, outcome->data, outcome->length, ATTEMPT_OUTCOME_RESERVED, err))
		return false;
	if (fdatasync(records->outcome) < 0) {
		error_set_errno(err, errno, ATTEMPT_OUTCOME_RESERVED);
		/* Nobody must believe what the disk did not take. */
		(void)unlinkat(records->folder, ATTEMPT_OUTCOME_RESERVED, 0);
		return false;
	}
	if (ftruncate(records->outcome, (off_t)outcome->length) < 0 ||
	    renameat(records->folder, ATTEMPT_OUTCOME_RESERVED, records->folder, ATTEMPT_OUTCOME) < 0) {
		/* It is kept, only less tidy; neither needs a sync. */
	}
	return true;
}
