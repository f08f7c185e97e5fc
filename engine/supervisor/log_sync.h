// SPDX-License-Identifier: MIT
/*
 * Makes the log of an attempt durable while its outcome is made durable, too: a sync in the background, by the kernel's asynchronous input and output (io_submit(2), IOCB_CMD_FDSYNC).
 */
#pragma once

#include <linux/aio_abi.h>

struct log_sync {
	aio_context_t context; /* 0: the kernel has none for us */
	struct iocb request;
	int log; /* what is to be synced; -1: nothing */
};

/* One for all attempts of a supervisor. Without the kernel's help, log_sync_end() does all the work. */
void log_sync_open(struct log_sync *sync);

/* The log, all of which is written, must stay open until log_sync_end(). */
void log_sync_begin(struct log_sync *sync, int log);

/* Returns once it is durable, or cannot be made so: a log that cannot be written has said so itself. Nothing if nothing was begun. */
void log_sync_end(struct log_sync *sync);

/* Gives back what the kernel had for us. Nothing must be under way. */
void log_sync_close(struct log_sync *sync);
