// SPDX-License-Identifier: MIT
/*
 * Runs a fuzz target over files, and over those in folders: a corpus as an ordinary test.
 */
#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>

#include "runbook/base/fs.h"
#include "tests/fuzz/fuzz.h"

enum { FILE_LIMIT_BYTES = 16 << 20 };

static unsigned replay_file(const char *path)
{
	CLEANUP_STRBUF struct strbuf data = STRBUF_INIT;
	CLEANUP_ERROR struct error err = ERROR_INIT;

	if (!fs_read_file(path, FILE_LIMIT_BYTES, &data, &err)) {
		(void)fprintf(stderr, "%s\n", err.message);
		return 0;
	}
	(void)printf("%s\n", path);
	(void)fflush(stdout);
	(void)LLVMFuzzerTestOneInput((const uint8_t *)data.data, data.length);
	return 1;
}

static unsigned replay(const char *path)
{
	CLEANUP_DIR DIR *folder = opendir(path);
	struct dirent *entry;
	unsigned count = 0;

	if (!folder)
		return replay_file(path);
	while ((entry = readdir(folder))) {
		CLEANUP_FREE char *inside = fs_join(path, entry->d_name);

		if (*entry->d_name != '.')
			count += replay_file(inside);
	}
	return count;
}

int main(int argc, char **argv)
{
	unsigned count = 0;

	for (int i = 1; i < argc; i++)
		count += replay(argv[i]);
	(void)printf("%u files\n", count);
	return count == 0;
}
