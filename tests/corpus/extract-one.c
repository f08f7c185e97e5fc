// SPDX-License-Identifier: MIT
/*
 * Extracts archives for the tests of hostile ones: `extract-one ARCHIVE TARGET`. Exit code and message are those of the program.
 */
#include <locale.h>
#include <stdint.h>
#include <stdio.h>

#include "packages/extract.h"

int main(int argc, char **argv)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP(extract_result_release) struct extract_result result = { .format = NULL };

	(void)setlocale(LC_ALL, "");
	if (argc != 3) {
		(void)fprintf(stderr, "usage: %s ARCHIVE TARGET\n", argv[0]);
		return ERROR_USAGE;
	}
	if (!extract_archive(argv[1], argv[2], &extract_default_limits, &result, &err)) {
		(void)fprintf(stderr, "%s\n", err.message);
		return (int)err.code;
	}
	(void)printf("%s: %ju files, %ju folders, %ju bytes\n", result.format, (uintmax_t)result.files,
		     (uintmax_t)result.folders, (uintmax_t)result.bytes);
	return 0;
}
