// SPDX-License-Identifier: MIT
#include "engine/supervisor/shared_request.h"

#include <errno.h>
#include <stdalign.h>
#include <string.h>
#include <sys/mman.h>

/* Only what is used of it takes memory. execve takes no more than this with the usual stack of 8 MiB. */
enum { SHARED_BYTES = 2 * 1024 * 1024 };

struct shared_request *shared_request_new(struct error *err)
{
	struct shared_request *shared =
		mmap(NULL, SHARED_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (shared == MAP_FAILED) {
		error_set_errno(err, errno, "cannot share memory with a supervisor");
		return NULL;
	}
	shared->size = SHARED_BYTES - sizeof(*shared);
	return shared;
}

void shared_request_free(struct shared_request *shared)
{
	if (shared)
		(void)munmap(shared, SHARED_BYTES);
}

/* NULL if there is no room. */
static void *put(struct shared_request *shared, const void *data, size_t length)
{
	size_t begin = (shared->used + alignof(char *) - 1) / alignof(char *) * alignof(char *);

	if (begin > shared->size || length > shared->size - begin)
		return NULL;
	shared->used = begin + length;
	return memcpy(shared->texts + begin, data, length);
}

static char *put_text(struct shared_request *shared, const char *text)
{
	return put(shared, text, strlen(text) + 1);
}

static char **put_list(struct shared_request *shared, char *const *texts)
{
	size_t count = 0;
	char **list;

	while (texts[count])
		count++;
	list = put(shared, texts, (count + 1) * sizeof(*texts));
	for (size_t i = 0; list && i < count; i++)
		if (!(list[i] = put_text(shared, texts[i])))
			return NULL;
	return list;
}

bool shared_request_fill(struct shared_request *shared, const struct supervise_request *request, struct error *err)
{
	struct supervise_request copy = *request;

	shared->used = 0;
	copy.attempt_folder = put_text(shared, request->attempt_folder);
	copy.interpreter = request->interpreter ? put_text(shared, request->interpreter) : NULL;
	copy.program.folder = put_text(shared, request->program.folder);
	copy.program.argv = put_list(shared, request->program.argv);
	copy.program.envp = put_list(shared, request->program.envp);
	if (!copy.attempt_folder || !copy.program.folder || !copy.program.argv || !copy.program.envp)
		return error_set(err, ERROR_INPUT, "the arguments and the environment of the script are too long");
	shared->request = copy;
	return true;
}
