// SPDX-License-Identifier: MIT
#include "engine/extract_progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "runbook/base/clock.h"

static const int64_t second_ns = 1000000000;

struct extract_progress_line extract_progress_begin(bool quiet)
{
	return (struct extract_progress_line){ !quiet && isatty(STDERR_FILENO), false, clock_boot_ns() };
}

void extract_bytes_format(uint64_t bytes, char ret[static EXTRACT_BYTES_SIZE])
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	const size_t last = sizeof(units) / sizeof(units[0]) - 1;
	double value = (double)bytes;
	size_t unit = 0;

	while (value >= 1000 && unit < last) {
		value /= 1024;
		unit++;
	}
	(void)snprintf(ret, EXTRACT_BYTES_SIZE, "%.*f %s", unit && value < 10 ? 1 : 0, value, units[unit]);
}

/* From how much of the whole is done in what time. */
static int64_t time_left_ns(const struct extract_progress *progress, int64_t elapsed_ns)
{
	if (!progress->total || !progress->done || progress->done > progress->total)
		return -1;
	return (int64_t)((double)elapsed_ns * ((double)progress->total / (double)progress->done - 1));
}

/* Without fractions of a second, which nobody knows. */
static void format_estimate(int64_t seconds, char ret[static CLOCK_TEXT_SIZE])
{
	if (seconds < 60)
		(void)snprintf(ret, CLOCK_TEXT_SIZE, "%" PRId64 " s", seconds);
	else
		clock_format_duration(seconds * second_ns, ret);
}

void extract_progress_format(const struct extract_progress *progress, int64_t elapsed_ns,
			     char ret[static EXTRACT_PROGRESS_SIZE])
{
	double seconds = (double)(elapsed_ns > 0 ? elapsed_ns : 1) / (double)second_ns;
	int64_t left_ns = time_left_ns(progress, elapsed_ns);
	char percent[24] = "";
	char left[CLOCK_TEXT_SIZE + 16] = "";
	char duration[CLOCK_TEXT_SIZE];
	char written[EXTRACT_BYTES_SIZE];
	char rate[EXTRACT_BYTES_SIZE];

	extract_bytes_format(progress->bytes, written);
	extract_bytes_format((uint64_t)((double)progress->bytes / seconds), rate);
	if (left_ns >= 0) {
		format_estimate(left_ns / second_ns + 1, duration);
		(void)snprintf(left, sizeof(left), ", %s left", duration);
		(void)snprintf(percent, sizeof(percent), "%d %%, ",
			       (int)((double)progress->done / (double)progress->total * 100));
	}
	(void)snprintf(ret, EXTRACT_PROGRESS_SIZE, "%s%s in %" PRIu64 " files, %s/s%s", percent, written,
		       progress->files, rate, left);
}

void extract_progress_show(void *context, const struct extract_progress *progress)
{
	struct extract_progress_line *line = context;
	int64_t elapsed_ns = clock_boot_ns() - line->started_ns;
	char text[EXTRACT_PROGRESS_SIZE];

	if (!line->enabled || elapsed_ns < second_ns / 2)
		return;
	extract_progress_format(progress, elapsed_ns, text);
	(void)fprintf(stderr, "\r%s\033[K", text);
	(void)fflush(stderr);
	line->shown = true;
}

void extract_progress_end(struct extract_progress_line *line)
{
	if (line->shown)
		(void)fputs("\r\033[K", stderr);
	line->shown = false;
}
