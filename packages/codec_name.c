// SPDX-License-Identifier: MIT
#include "packages/codec_name.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	uint64_t id;
	const char *name;
} names[] = {
	{ 0x00, "Copy" },
	{ 0x03, "Delta" },
	{ 0x04, "BCJ for x86" },
	{ 0x05, "BCJ for PowerPC" },
	{ 0x06, "BCJ for IA-64" },
	{ 0x07, "BCJ for ARM" },
	{ 0x08, "BCJ for ARM Thumb" },
	{ 0x09, "BCJ for SPARC" },
	{ 0x0a, "BCJ for ARM64" },
	{ 0x0b, "BCJ for RISC-V" },
	{ 0x21, "LZMA2" },
	{ 0x020302, "Swap2" },
	{ 0x020304, "Swap4" },
	{ 0x030101, "LZMA" },
	{ 0x03030103, "BCJ for x86" },
	{ 0x0303011b, "BCJ2" },
	{ 0x03030205, "BCJ for PowerPC" },
	{ 0x03030301, "BCJ for Alpha" },
	{ 0x03030401, "BCJ for IA-64" },
	{ 0x03030501, "BCJ for ARM" },
	{ 0x03030605, "BCJ for M68" },
	{ 0x03030701, "BCJ for ARM Thumb" },
	{ 0x03030805, "BCJ for SPARC" },
	{ 0x030401, "PPMd" },
	{ 0x040101, "Shrink" },
	{ 0x040106, "Implode" },
	{ 0x040108, "Deflate" },
	{ 0x040109, "Deflate64" },
	{ 0x04010c, "BZip2" },
	{ 0x04010e, "LZMA" },
	{ 0x04015f, "XZ" },
	{ 0x040160, "JPEG variant" },
	{ 0x040161, "WavPack" },
	{ 0x040162, "PPMd" },
	{ 0x040202, "BZip2" },
	{ 0x040301, "RAR 1" },
	{ 0x040302, "RAR 2" },
	{ 0x040303, "RAR 3" },
	{ 0x040305, "RAR 5" },
	{ 0x0405, "compress (Z)" },
	{ 0x0406, "LZH" },
	{ 0x040901, "Deflate of NSIS" },
	{ 0x040902, "BZip2 of NSIS" },
	{ 0x04f71101, "Zstandard" },
	{ 0x04f71102, "Brotli" },
	{ 0x04f71104, "LZ4" },
	{ 0x04f71105, "LZ5" },
	{ 0x04f71106, "Lizard" },
	{ 0x04f712, "FLZMA2" },
	{ 0x06f10101, "ZipCrypto" },
	{ 0x06f10303, "AES of RAR" },
	{ 0x06f10701, "AES-256" },
};

const char *codec_name(uint64_t id)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].id == id)
			return names[i].name;
	return "unknown";
}

bool codec_id_in(const char *message, uint64_t *ret)
{
	const char *number = strstr(message, "codec") ? strstr(message, "ID: ") : NULL;
	char *end = NULL;

	if (!number)
		return false;
	number += sizeof("ID: ") - 1;
	errno = 0;
	*ret = strtoull(number, &end, 16);
	return end != number && !errno;
}
