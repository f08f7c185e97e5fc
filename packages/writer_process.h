// SPDX-License-Identifier: MIT
/*
 * A second process that writes, hashes and reports files (file_writer.h), beside the one that reads the archive. Whole files are handed to it through memory that both
 * share, in batches: many small files, or a part of a large one. Who hands them over writes a file itself when the other one has enough to do.
 *
 *	for each file that writer_process_takes(): _begin(), { _room(), _add() } for each part, _end(); at last _finish()
 *
 * Only for a process in the cage (cage.h): the other one is in it, too.
 */
#pragma once

#include "packages/file_writer.h"

struct writer_process;

/* To be freed before anything else of the caller's that has a process, as this one has copies of all descriptors. */
bool writer_process_start(struct extract_job *job, struct writer_process **ret, struct error *err);

/* Waits until it has done what it was given. Takes NULL. */
void writer_process_free(struct writer_process *process);

/* Whether a file of that size (-1: not known) is better handed over: the other process would be done with all else too soon if we wrote it. */
bool writer_process_takes(struct writer_process *process, const struct file_head *head, int64_t size_bytes);

/* `order` is that of report_error(), should it fail. False, here and below: it is gone; writer_process_finish() says why. */
bool writer_process_begin(struct writer_process *process, const struct file_head *head, uint64_t order);

/* Where the next bytes of the file are to be put, at the begin of a page; NULL: it is gone. */
void *writer_process_room(struct writer_process *process, size_t *ret_bytes);

/* So many have been put there. */
void writer_process_add(struct writer_process *process, size_t length);
bool writer_process_end(struct writer_process *process);

/* Waits until every file was written and reported. What went wrong it has reported itself, unless a signal ended it. */
bool writer_process_finish(struct writer_process *process, struct error *err);
