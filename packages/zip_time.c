// SPDX-License-Identifier: MIT
#include "packages/zip_time.h"

#include <sys/stat.h>

#include "packages/bytes.h"

enum { NTFS_RESERVED_BYTES = 4, NTFS_TIMES_TAG = 1, NTFS_TICKS_PER_SECOND = 10000000, NANOSECONDS_PER_TICK = 100 };

static const int64_t ntfs_seconds_of_1970 = 11644473600; /* since 1601 */
static const int64_t year_2100 = 4102444800;

static struct timespec sane(int64_t seconds, long nanoseconds)
{
	if (seconds <= 0 || seconds >= year_2100)
		return (struct timespec){ 0, UTIME_OMIT };
	return (struct timespec){ seconds, nanoseconds };
}

/* Behind four reserved bytes come attributes with a tag, of which the first is the times: change, access, creation. */
static bool find_ntfs(struct zip_extra extra, struct timespec *ret)
{
	struct zip_extra record = { NULL, 0 };
	struct zip_extra times = { NULL, 0 };
	uint64_t ticks;

	if (!zip_extra_find(extra, ZIP_EXTRA_NTFS, &record) || record.length < NTFS_RESERVED_BYTES)
		return false;
	record.data += NTFS_RESERVED_BYTES;
	record.length -= NTFS_RESERVED_BYTES;
	if (!zip_extra_find(record, NTFS_TIMES_TAG, &times) || times.length < 8)
		return false;
	ticks = bytes_le64(times.data);
	*ret = sane((int64_t)(ticks / NTFS_TICKS_PER_SECOND) - ntfs_seconds_of_1970,
		    (long)(ticks % NTFS_TICKS_PER_SECOND) * NANOSECONDS_PER_TICK);
	return true;
}

/* A byte that says which times are there, and the first of them. */
static bool find_unix(struct zip_extra extra, struct timespec *ret)
{
	struct zip_extra record = { NULL, 0 };

	if (!zip_extra_find(extra, ZIP_EXTRA_UNIX_TIME, &record) || record.length < 5 || !(record.data[0] & 1))
		return false;
	*ret = sane((int32_t)bytes_le32(record.data + 1), 0);
	return true;
}

static struct timespec from_dos(uint32_t dos)
{
	struct tm parts = { .tm_year = (int)(dos >> 25) + 80,
			    .tm_mon = (int)(dos >> 21 & 15) - 1,
			    .tm_mday = (int)(dos >> 16 & 31),
			    .tm_hour = (int)(dos >> 11 & 31),
			    .tm_min = (int)(dos >> 5 & 63),
			    .tm_sec = (int)(dos & 31) * 2,
			    .tm_isdst = -1 };

	return sane(mktime(&parts), 0);
}

struct timespec zip_time_of(uint32_t dos, struct zip_extra extra)
{
	struct timespec time = { 0, UTIME_OMIT };

	if (!find_ntfs(extra, &time) && !find_unix(extra, &time))
		time = from_dos(dos);
	return time;
}
