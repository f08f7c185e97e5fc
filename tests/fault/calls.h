// SPDX-License-Identifier: MIT
/*
 * The system calls that the tracer knows: at which of them a process is killed, and which errors each of them can really give.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Which calls count as points. */
enum point_kind {
	POINT_KILL = 1 << 0, /* whatever changes something that others can see */
	POINT_ENOSPC = 1 << 1,
	POINT_EIO = 1 << 2,
	POINT_EMFILE = 1 << 3,
	POINT_ENOMEM = 1 << 4,
	POINT_EINTR = 1 << 5,
};

/* Where a call says what it is about. */
enum call_subject { SUBJECT_NONE, SUBJECT_DESCRIPTOR, SUBJECT_PATH };

struct call {
	const char *name;
	long number;
	unsigned points; /* a set of enum point_kind */
	enum call_subject subject;
	int argument; /* which one the subject is */
};

/* A call as it was made. */
struct call_made {
	const struct call *call;
	pid_t pid;
	uint64_t arguments[6];
};

/* NULL: a call that is never a point. */
const struct call *call_find(long number);
const struct call *call_find_name(const char *name);

/* Whether this very call is a point of that kind: an openat that creates nothing needs no space. */
bool call_is_point(const struct call_made *made, enum point_kind kind);

/* "kill" or the name of an error; 0 if it is none of them. *ret_errno is the error's number, 0 for "kill". */
unsigned point_kind_parse(const char *name, int *ret_errno);

/* What the call is about, for people: a path, "" if nothing is known. The process must be stopped at the call's entry. */
void call_describe(const struct call_made *made, char *ret, size_t size);
