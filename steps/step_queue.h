// SPDX-License-Identifier: MIT
/*
 * Inserts the rows of Step in a thread of its own, in blocks: reading a document takes as long as inserting its steps, and a machine has two processors. Only for
 * steps/.
 *
 * The ledger's connection belongs to that thread as long as rows are under way: whoever wants to use it calls step_queue_drain() before.
 */
#pragma once

#include "steps/query.h"

struct step_queue;

struct step_row {
	int64_t key;
	int64_t script;
	int64_t kind;
	const char *machine; /* copied, like the next */
	const char *description;
};

bool step_queue_new(struct ledger *ledger, struct step_queue **ret, struct error *err);

/* Ends the thread; what is still under way is inserted or not. NULL is fine. */
void step_queue_free(struct step_queue *queue);

/* The row is inserted by and by. What cannot be inserted is told by a later call. */
bool step_queue_add(struct step_queue *queue, const struct step_row *row, struct error *err);

/* Returns once all rows are inserted. */
bool step_queue_drain(struct step_queue *queue, struct error *err);
