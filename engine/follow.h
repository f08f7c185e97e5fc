// SPDX-License-Identifier: MIT
/*
 * Follows a running attempt: shows its log as it grows, until its supervisor has ended.
 */
#pragma once

#include "engine/signals.h"
#include "engine/supervisor/notices.h"

struct follow_request {
	const char *attempt_folder;
	const char *log_path;
	int notices; /* of nursery_begin(); -1: an adopted attempt, whose lock tells when it ends */
	bool silent; /* show nothing */
	struct signals *signals;
};

/* What the supervisor said last. */
struct follow_end {
	enum notice notice;
	struct strbuf text;
};

#define FOLLOW_END_INIT                                      \
	{                                                    \
		.notice = NOTICE_CLOSED, .text = STRBUF_INIT \
	}

void follow_end_release(struct follow_end *end);

/*
 * Shows the log from its first byte to its last. *ret is NOTICE_ENDED with the outcome, which becomes durable just now; NOTICE_TROUBLE with what went wrong; NOTICE_CLOSED if
 * the supervisor has ended and what became of the script is on the disk. ERROR_SIGNAL + n if a signal says to leave: the attempt goes on.
 */
bool follow_attempt(const struct follow_request *request, struct follow_end *ret, struct error *err);

/* After NOTICE_ENDED: waits until that outcome is durable, *ret is NOTICE_KEPT then, or until its supervisor has ended: NOTICE_TROUBLE or NOTICE_CLOSED. */
bool follow_to_close(const char *attempt_folder, int notices, struct follow_end *ret, struct error *err);
