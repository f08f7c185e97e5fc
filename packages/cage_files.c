// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "packages/cage_rules.h"

/*
 * Landlock as include/uapi/linux/landlock.h of Linux 6.12 describes it. The headers of an older system lack parts that its kernel may have, and
 * the C library has no calls.
 */
enum {
	RULE_PATH_BENEATH = 1,
	CREATE_RULESET_VERSION = 1,
	WRITE_FILE = 1 << 1,
	READ_DIR = 1 << 3,
	MAKE_DIR = 1 << 7,
	MAKE_REG = 1 << 8,
	NET_BIND_AND_CONNECT = 3,
	SCOPE_SOCKETS_AND_SIGNALS = 3,
};

struct ruleset {
	uint64_t files;
	uint64_t net;
	uint64_t scoped;
};

struct __attribute__((packed)) path_beneath {
	uint64_t allowed;
	int32_t parent_fd;
};

/* All that a version of Landlock can forbid. Fields that the kernel does not know must be 0. */
static struct ruleset everything(long version)
{
	static const unsigned char rights_of_version[] = { 0, 13, 14, 15, 15, 16 };
	const long known = (long)sizeof(rights_of_version) - 1;
	unsigned rights = rights_of_version[version < known ? version : known];

	return (struct ruleset){ .files = (UINT64_C(1) << rights) - 1,
				 .net = version >= 4 ? NET_BIND_AND_CONNECT : 0,
				 .scoped = version >= 6 ? SCOPE_SOCKETS_AND_SIGNALS : 0 };
}

bool cage_restrict_files(int tree_fd, struct error *err)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_RULESET_VERSION);
	struct path_beneath tree = { WRITE_FILE | READ_DIR | MAKE_DIR | MAKE_REG, tree_fd };
	struct ruleset ruleset;
	CLEANUP_FD int fd = -1;

	if (version < 1)
		return true;
	ruleset = everything(version);
	fd = (int)syscall(SYS_landlock_create_ruleset, &ruleset, sizeof(ruleset), 0);
	if (fd < 0 || syscall(SYS_landlock_add_rule, fd, RULE_PATH_BENEATH, &tree, 0) < 0 ||
	    syscall(SYS_landlock_restrict_self, fd, 0) < 0)
		return error_set_errno(err, errno, "cannot lock the unpacking process in (Landlock)");
	return true;
}
