// SPDX-License-Identifier: MIT
/*
 * Any bytes as a module of a package (a NuGet package), of which only the manifest is read.
 */
#include "tests/fuzz/fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

#include "packages/nupkg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	bool accepted;

	if (fd < 0)
		fd = memfd_create("nupkg", MFD_CLOEXEC);
	must(fd >= 0 && ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == (ssize_t)size);
	accepted = nupkg_read_manifest(fd, "f", &text, &err);
	must(accepted != error_is_set(&err) && text.length <= NUPKG_MANIFEST_LIMIT_BYTES);
	must(accepted || err.code == ERROR_INPUT || err.code == ERROR_REFUSED);
	return 0;
}
