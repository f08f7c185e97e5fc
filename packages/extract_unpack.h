// SPDX-License-Identifier: MIT
/*
 * The two ways in which an archive is unpacked, both in the cage.
 */
#pragma once

#include "packages/extract_job.h"
#include "packages/file_window.h"

/*
 * A zip file, by as many processes as there are processors: what its directory says is judged before anything is written, then each takes pieces of the
 * files until there are none left. Whatever they meet, the error is that of the first entry that has one.
 */
bool extract_zip(struct extract_job *job, struct file_window *file, struct error *err);

/* A tar or 7z archive, from its begin to its end. */
bool extract_stream(struct extract_job *job, struct file_window *file, struct error *err);
