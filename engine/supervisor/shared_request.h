// SPDX-License-Identifier: MIT
/*
 * A supervisor's request in memory that it shares with the engine, at the same address in both: made before the supervisor is, filled when it is to begin.
 */
#pragma once

#include <stddef.h>

#include "engine/supervisor/supervisor.h"

struct shared_request {
	struct supervise_request request;
	size_t used; /* of `texts` */
	size_t size;
	char texts[];
};

/* NULL with an error if there is no memory. */
struct shared_request *shared_request_new(struct error *err);
void shared_request_free(struct shared_request *shared);

/* Copies the request with all that it points to. ERROR_INPUT if arguments and environment are longer than a kernel would take. */
bool shared_request_fill(struct shared_request *shared, const struct supervise_request *request, struct error *err);
