// SPDX-License-Identifier: MIT
#include "runbook/base/clock.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "runbook/base/cleanup.h"

#define NS_PER_S INT64_C(1000000000)

static int64_t clock_read_ns(clockid_t id)
{
	struct timespec now;

	(void)clock_gettime(id, &now);
	return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

int64_t clock_wall_ns(void)
{
	return clock_read_ns(CLOCK_REALTIME);
}

int64_t clock_boot_ns(void)
{
	return clock_read_ns(CLOCK_BOOTTIME);
}

static struct tm split_utc(int64_t wall_ns)
{
	time_t seconds = (time_t)(wall_ns / NS_PER_S);
	struct tm tm;

	(void)gmtime_r(&seconds, &tm);
	return tm;
}

void clock_format_utc(int64_t wall_ns, char ret[static CLOCK_TEXT_SIZE])
{
	struct tm tm = split_utc(wall_ns);
	size_t length = strftime(ret, CLOCK_TEXT_SIZE, "%Y-%m-%dT%H:%M:%S", &tm);

	(void)snprintf(ret + length, CLOCK_TEXT_SIZE - length, ".%07d+00:00", (int)(wall_ns % NS_PER_S / 100));
}

void clock_format_plain(int64_t wall_ns, char ret[static CLOCK_TEXT_SIZE])
{
	struct tm tm = split_utc(wall_ns);

	(void)strftime(ret, CLOCK_TEXT_SIZE, "%Y-%m-%d %H:%M:%S UTC", &tm);
}

void clock_format_stamp(int64_t wall_ns, char ret[static CLOCK_TEXT_SIZE])
{
	struct tm tm = split_utc(wall_ns);

	(void)strftime(ret, CLOCK_TEXT_SIZE, "%Y-%m-%d--%H-%M-%S", &tm);
}

static const char *parse_fraction(const char *text, int64_t *ret_ns)
{
	int64_t unit = NS_PER_S / 10;

	*ret_ns = 0;
	if (*text != '.')
		return text;
	for (text++; isdigit((unsigned char)*text) && unit; text++, unit /= 10)
		*ret_ns += (*text - '0') * unit;
	return text;
}

static bool parse_offset(const char *text, int64_t *ret_seconds)
{
	int hours, minutes, length = 0;

	*ret_seconds = 0;
	if (!*text || strcmp(text, "Z") == 0)
		return true;
	if (*text != '+' && *text != '-')
		return false;
	if (sscanf(text + 1, "%2d:%2d%n", &hours, &minutes, &length) != 2 || text[1 + length])
		return false;
	*ret_seconds = (hours * 60 + minutes) * INT64_C(60) * (*text == '-' ? -1 : 1);
	return true;
}

bool clock_parse_utc(const char *text, int64_t *ret_ns)
{
	struct tm tm = { 0 };
	const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
	int64_t fraction_ns, offset_s, seconds;

	if (!rest || !parse_offset(parse_fraction(rest, &fraction_ns), &offset_s))
		return false;
	if (tm.tm_year < 70 || tm.tm_year > 300)
		return false;
	seconds = (int64_t)timegm(&tm) - offset_s;
	if (seconds < 0)
		return false;
	*ret_ns = seconds * NS_PER_S + fraction_ns;
	return true;
}

void clock_format_duration(int64_t duration_ns, char ret[static CLOCK_TEXT_SIZE])
{
	int64_t seconds = duration_ns > 0 ? duration_ns / NS_PER_S : 0;
	int64_t tenths = duration_ns > 0 ? duration_ns / (NS_PER_S / 10) % 10 : 0;

	if (seconds < 10)
		(void)snprintf(ret, CLOCK_TEXT_SIZE, "%d.%d s", (int)seconds, (int)tenths);
	else if (seconds < 60)
		(void)snprintf(ret, CLOCK_TEXT_SIZE, "%d s", (int)seconds);
	else if (seconds < 3600)
		(void)snprintf(ret, CLOCK_TEXT_SIZE, "%d min %02d s", (int)(seconds / 60), (int)(seconds % 60));
	else
		(void)snprintf(ret, CLOCK_TEXT_SIZE, "%lld h %02d min", (long long)(seconds / 3600),
			       (int)(seconds / 60 % 60));
}

static void read_boot_id(char ret[static CLOCK_BOOT_ID_SIZE])
{
	CLEANUP_FD int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, ret, CLOCK_BOOT_ID_SIZE - 1);

	if (length == CLOCK_BOOT_ID_SIZE - 1)
		ret[length] = '\0';
	else
		(void)strcpy(ret, "unknown");
}

/* Nobody sees two boots. */
void clock_boot_id(char ret[static CLOCK_BOOT_ID_SIZE])
{
	static char id[CLOCK_BOOT_ID_SIZE];

	if (!*id)
		read_boot_id(id);
	(void)strcpy(ret, id);
}
