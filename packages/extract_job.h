// SPDX-License-Identifier: MIT
/*
 * An extraction as the caged processes see it.
 */
#pragma once

#include <stdatomic.h>

#include "packages/extract.h"
#include "packages/extract_report.h"

/* One page that all processes of an extraction share. Whoever waits for them reads it to show progress; wrong numbers in it do no harm. */
struct extract_shared {
	_Atomic uint64_t files;
	_Atomic uint64_t bytes;     /* written */
	_Atomic uint64_t done;      /* of `total`: bytes written, or read of the archive */
	_Atomic uint64_t total;     /* 0: not known */
	_Atomic uint64_t next;      /* the piece of work that is to be taken next */
	_Atomic uint64_t failed_at; /* what comes later in the archive need not be done any more */
};

struct extract_job {
	int archive_fd;
	uint64_t archive_bytes;
	int tree_fd;
	const struct cage *cage;
	const struct extract_limits *limits;
	struct extract_shared *shared;
	struct report_writer report;
	uint64_t error_order; /* of what went wrong: see report_error */
};

/* Unpacks the whole archive into the tree and reports what it wrote. Runs in the cage. */
bool extract_unpack(struct extract_job *job, struct error *err);
