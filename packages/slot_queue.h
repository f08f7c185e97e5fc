// SPDX-License-Identifier: MIT
/*
 * Memory that two processes share to hand work over: slots that the one fills and the other one reads, in turns.
 *
 * It is opened before the fork; then each process says which side it has. A token goes with each slot, so that neither looks at a slot that is the other's. Who
 * finds nothing to do sleeps, and is not woken for each slot: what was read is given back in groups.
 */
#pragma once

#include "runbook/base/error.h"

enum { SLOT_QUEUE_SLOTS = 64 }; /* at most */

/* What a token of '\0' says: the other process is gone. */
enum { SLOT_QUEUE_GONE = '\0' };

struct slot_queue {
	unsigned char *memory;
	size_t slots;
	size_t slot_bytes;
	size_t next;       /* slot to be filled or read */
	size_t free_slots; /* to be filled without asking */
	size_t read_slots; /* that were read and not yet given back */
	int full[2];       /* a pipe, with a token for each slot that was filled */
	int free[2];       /* a pipe, with a token for each slot that was given back */
	bool taken;        /* the reader has a slot */
	size_t tokens;     /* that were received and not yet looked at */
	size_t token_at;   /* the first of them */
	char token[SLOT_QUEUE_SLOTS];
};

#define SLOT_QUEUE_INIT                                \
	{                                              \
		.full = { -1, -1 }, .free = { -1, -1 } \
	}

/* Released by both, also after a failure. `slot_bytes` is a multiple of the page. */
bool slot_queue_open(struct slot_queue *queue, size_t slots, size_t slot_bytes, struct error *err);
void slot_queue_release(struct slot_queue *queue);

/* Which side this process has. Forgotten by one, the end of the other would not be noticed. */
void slot_queue_become_filler(struct slot_queue *queue);
void slot_queue_become_reader(struct slot_queue *queue);

/* How many slots can be filled without waiting. */
size_t slot_queue_count_free(struct slot_queue *queue);

/* The slot to be filled, the same one until it is sent. Waits until there is one; NULL: the reader is gone. */
void *slot_queue_room(struct slot_queue *queue);

/* Sends that slot with a token of the caller's. */
bool slot_queue_send(struct slot_queue *queue, char token);

/* Waits for the next slot, which is the caller's until the next call, and returns its token. SLOT_QUEUE_GONE: there will be none. */
char slot_queue_receive(struct slot_queue *queue, const void **ret);
