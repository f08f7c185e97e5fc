// SPDX-License-Identifier: MIT
/*
 * An unpacker in a process of its own, so that one processor decompresses while another one writes. What it gives passes through memory that both share.
 *
 * Only for a process in the cage (cage.h): the other one is in it, too.
 */
#pragma once

#include "packages/cage.h"
#include "packages/unpacker.h"

struct unpacker_process;

/* Starts a process that reads what `unpacker` gives. The unpacker and its source stay the caller's, who no longer uses them. */
bool unpacker_process_start(struct unpacker *unpacker, struct archive_source *source, const struct cage *cage,
			    struct unpacker_process **ret, struct error *err);

/* Ends it, whether it is done or not. Takes NULL. */
void unpacker_process_free(struct unpacker_process *process);

/* As unpacker_read() and unpacker_error(). The offset of the source tells how far the other process has read. */
ssize_t unpacker_process_read(struct unpacker_process *process, const void **ret);
const char *unpacker_process_error(const struct unpacker_process *process);
