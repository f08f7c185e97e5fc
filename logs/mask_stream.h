// SPDX-License-Identifier: MIT
/*
 * What the files of the masker share. Internal to logs/.
 */
#pragma once

#include "logs/mask_line.h"

struct masker {
	const struct mask_rules *rules;
	char *buffer; /* MASKER_HOLD_BYTES, then MASKER_ROOM_BYTES: what is pending ends where new bytes begin */
	char *data;   /* what is pending: what is held back, and a few bytes before it */
	size_t length;
	uint64_t base;      /* place of `data` in the stream */
	size_t given;       /* so much of it has been given out */
	bool given_in_mask; /* the last of it was masked */
	size_t judged;      /* so much of it has been judged: whole lines, or pieces of a long one */
	uint64_t doubtful;  /* the line behind waits: from here on it may be secret */
	uint64_t paused_at; /* the end of the stream at the last pause */
	struct literal_scan scan;
	struct mask_ranges ranges;

	/* What goes on from one line to the next. */
	enum mask_opens open;
	size_t open_lines;
	size_t indentation;
	size_t wrap_width; /* a long secret ended where a line of this width did */
	bool in_piece;     /* `judged` is within a long line */
	uint64_t carry;    /* a secret was cut here by the end of a piece; 0: none */
};

/* Judges what is complete; with `last` everything. */
void mask_stream_judge(struct masker *masker, bool last);

/* Judges the incomplete line at the end as far as it can be; returns the place up to which it may be given out. */
uint64_t mask_stream_judge_rest(struct masker *masker);

/* Gives out what is pending up to `upto` (in data). */
void mask_stream_give(struct masker *masker, size_t upto, masker_sink sink, void *context);
