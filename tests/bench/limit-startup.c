// SPDX-License-Identifier: MIT
/* The limit of a start-up: a program that does nothing, but is linked to the same libraries as runbook. */
#include <archive.h>
#include <jansson.h>
#include <libxml/parser.h>
#include <openssl/evp.h>
#include <sqlite3.h>
#include <utf8proc.h>

typedef void (*any_function)(void);

/* One address of each, so that the linker keeps every library. */
extern const any_function limit_startup_keeps[];
const any_function limit_startup_keeps[] = { (any_function)archive_read_new, (any_function)json_object,
					     (any_function)xmlInitParser,    (any_function)EVP_sha256,
					     (any_function)sqlite3_open,     (any_function)utf8proc_version };

int main(void)
{
	return 0;
}
