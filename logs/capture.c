// SPDX-License-Identifier: MIT
#include "logs/capture.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "logs/mask.h"
#include "runbook/base/alloc.h"
#include "runbook/base/clock.h"
#include "runbook/base/strbuf.h"

void capture_init(struct capture *capture, int in, int log, uint64_t cap_bytes)
{
	*capture = (struct capture){ .in = in, .log = log, .cap_bytes = cap_bytes };
	if (mask_is_on()) {
		size_t size;

		capture->masker = masker_new();
		capture->buffer = masker_room(capture->masker, &size);
		assert(size >= CAPTURE_BUFFER_BYTES);
	} else {
		capture->buffer = xmalloc_pages(CAPTURE_BUFFER_BYTES);
	}
	(void)fcntl(in, F_SETFL, fcntl(in, F_GETFL) | O_NONBLOCK);
	(void)fcntl(in, F_SETPIPE_SZ, CAPTURE_PIPE_BYTES);
}

void capture_release(struct capture *capture)
{
	if (!capture->masker)
		free(capture->buffer);
	masker_free(capture->masker);
	capture->masker = NULL;
	capture->buffer = NULL;
}

/* Writes as much as the log takes; returns how much. */
static size_t write_log(struct capture *capture, const char *data, size_t length)
{
	size_t done = 0;

	while (done < length) {
		ssize_t written = write(capture->log, data + done, length - done);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0) {
			capture->log_errno = written < 0 ? errno : ENOSPC;
			break;
		}
		done += (size_t)written;
	}
	if (done)
		capture->in_line = data[done - 1] != '\n';
	return done;
}

static void keep(void *context, const char *data, size_t length)
{
	struct capture *capture = context;
	uint64_t room = capture->log_errno ? 0 : capture->cap_bytes - capture->written_bytes;
	size_t done = write_log(capture, data, length < room ? length : (size_t)room);

	capture->written_bytes += done;
	capture->dropped_bytes += length - done;
}

static void take(struct capture *capture, size_t length)
{
	if (capture->masker)
		masker_take(capture->masker, length, keep, capture);
	else
		keep(capture, capture->buffer, length);
}

bool capture_rest(struct capture *capture)
{
	uint64_t before = capture->written_bytes;

	if (!capture->masker || !masker_is_holding(capture->masker) ||
	    clock_boot_ns() - capture->taken_ns < CAPTURE_PAUSE_MS * INT64_C(1000000))
		return false;
	masker_pause(capture->masker, keep, capture);
	return capture->written_bytes > before;
}

uint64_t capture_pump(struct capture *capture, uint64_t limit_bytes)
{
	uint64_t moved = 0;

	while (moved < limit_bytes && !capture->ended) {
		uint64_t rest = limit_bytes - moved;
		ssize_t got = read(capture->in, capture->buffer,
				   rest < CAPTURE_BUFFER_BYTES ? (size_t)rest : CAPTURE_BUFFER_BYTES);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EAGAIN)
			break;
		/* Whatever else a read may say, nothing more comes from this pipe. */
		if (got <= 0) {
			capture->ended = true;
			break;
		}
		take(capture, (size_t)got);
		moved += (size_t)got;
	}
	if (moved && capture->masker)
		capture->taken_ns = clock_boot_ns();
	return moved;
}

void capture_finish(struct capture *capture)
{
	CLEANUP_STRBUF struct strbuf marker = STRBUF_INIT;

	if (capture->masker)
		masker_finish(capture->masker, keep, capture);
	if (!capture->dropped_bytes)
		return;
	if (capture->in_line)
		strbuf_add_char(&marker, '\n');
	strbuf_addf(&marker, "[runbook: %" PRIu64 " bytes of output were dropped: ", capture->dropped_bytes);
	if (capture->log_errno)
		strbuf_addf(&marker, "cannot write the log: %s]\n", strerror(capture->log_errno));
	else
		strbuf_addf(&marker, "the log has reached its limit of %" PRIu64 " bytes]\n", capture->cap_bytes);
	(void)write_log(capture, marker.data, marker.length);
}
