// SPDX-License-Identifier: MIT
/*
 * What a supervisor tells its engine while it works: whole messages over a socket whose other end may be gone at any time. Nothing depends on them but time and texts:
 * what counts is on the disk, and NOTICE_KEPT says that it is there.
 */
#pragma once

#include <stdbool.h>

#include "runbook/base/error.h"
#include "runbook/base/strbuf.h"

enum notice {
	NOTICE_NONE,         /* nothing now */
	NOTICE_CLOSED,       /* the supervisor has done all it does, or was killed */
	NOTICE_OUTPUT = '.', /* the log has grown */
	NOTICE_ENDED =
		'=', /* the script has ended, and its log is whole; with the text of the outcome, which is not durable yet */
	NOTICE_KEPT = '+',   /* the outcome is durable; the log will be when the supervisor is done */
	NOTICE_TROUBLE = '!' /* why the supervisor cannot do its work */
};

enum { NOTICE_TEXT_BYTES = 4096 };

/* Both close on exec. ret_ends[0] receives, ret_ends[1] sends. */
bool notices_open(int ret_ends[2], struct error *err);

/* Never waits: a notice that nobody takes is dropped. Text beyond NOTICE_TEXT_BYTES is cut. */
void notices_send(int fd, enum notice notice, const char *text);

/*
 * The engine's only word: the attempt is recorded, its script may start. If the engine closes its end without it, or dies, the script does not.
 */
void notices_allow(int fd);

/* Waits for that word; false if it never comes. */
bool notices_is_allowed(int fd);

/* The next one; `ret_text` is replaced by its text. NOTICE_NONE only if it may not wait. */
enum notice notices_receive(int fd, bool may_wait, struct strbuf *ret_text);
