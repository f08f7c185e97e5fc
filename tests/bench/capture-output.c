// SPDX-License-Identifier: MIT
/*
 * For the benchmark of capturing: writes ordinary text, or captures what another of its kind writes.
 *
 *	capture-output write BYTES			writes text in pieces of 4 KiB
 *	capture-output raw|masked FILE BYTES		captures that into a file, as a supervisor does
 *
 * CAPTURE_SECRETS names a secrets file.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "logs/capture.h"
#include "logs/mask.h"

enum { PIECE = 4096, TEXT = 1024 * 1024 };

/* Lines as programs write them: of many lengths, some of them with words that the prefilter has to look at. */
static void make_text(char *text)
{
	static const char *const words[] = { "installing", "package", "file",    "copied", "to",    "service",
					     "started",    "with",    "version", "of",     "index", "passed",
					     "record",     "table",   "updated", "in",     "the",   "done" };
	unsigned state = 1;
	size_t length = 0;

	while (length < TEXT) {
		char line[400];
		size_t used = (size_t)snprintf(line, sizeof(line), "2026-11-21T01:%02u:%02u INFO [worker-%u]",
					       state % 60, state / 60 % 60, state % 7);

		for (unsigned i = 0; i < 4 + state / 65536 % 10; i++) {
			state = state * 1103515245 + 12345;
			used += (size_t)snprintf(line + used, sizeof(line) - used, " %s %u", words[state / 65536 % 18],
						 state % 1000);
		}
		line[used++] = '\n';
		if (length + used > TEXT)
			used = TEXT - length;
		memcpy(text + length, line, used);
		length += used;
	}
}

static int write_text(uint64_t bytes)
{
	static char text[TEXT];
	size_t at = 0;

	make_text(text);
	for (uint64_t done = 0; done < bytes; done += PIECE, at = (at + PIECE) % TEXT)
		if (write(STDOUT_FILENO, text + at, PIECE) != PIECE)
			return 1;
	return 0;
}

static int capture_text(const char *path, uint64_t bytes)
{
	struct capture capture;
	int ends[2], log = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);

	if (log < 0 || pipe2(ends, O_CLOEXEC) < 0)
		return 1;
	if (fork() == 0) {
		(void)dup2(ends[1], STDOUT_FILENO);
		_exit(write_text(bytes));
	}
	(void)close(ends[1]);
	capture_init(&capture, ends[0], log, UINT64_MAX);
	while (!capture.ended) {
		struct pollfd fd = { .fd = ends[0], .events = POLLIN };

		(void)poll(&fd, 1, -1);
		(void)capture_pump(&capture, 4 * 1024 * 1024);
	}
	capture_finish(&capture);
	return capture.written_bytes == bytes ? 0 : 1;
}

int main(int argc, char **argv)
{
	const struct mask_settings settings = { .secrets_file = getenv("CAPTURE_SECRETS") };
	struct error err = ERROR_INIT;

	if (argc == 3 && strcmp(argv[1], "write") == 0)
		return write_text(strtoull(argv[2], NULL, 10));
	if (argc != 4 || !mask_setup(&settings, &err))
		return 2;
	if (strcmp(argv[1], "raw") == 0)
		mask_turn_off();
	return capture_text(argv[2], strtoull(argv[3], NULL, 10));
}
