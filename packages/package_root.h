// SPDX-License-Identifier: MIT
/*
 * The package root: the folder a deployable package was extracted to.
 *
 * Everything below it is opened name by name beneath it, never following a link and never upwards, so that nothing in a package can
 * name a file outside.
 */
#pragma once

#include "packages/digest.h"
#include "runbook/base/error.h"

struct package_root {
	int fd;
	char *path; /* absolute */
};

#define PACKAGE_ROOT_INIT \
	{                 \
		-1, NULL  \
	}

/* Opens the folder. As root, one that somebody else could change is refused (fs_check_owned_path). */
bool package_root_open(const char *path, struct package_root *ret, struct error *err);
void package_root_release(struct package_root *root);

/* A file of the package: its absolute path with the case it really has, and open for reading. */
struct package_file {
	int fd;
	char *path;
};

#define PACKAGE_FILE_INIT \
	{                 \
		-1, NULL  \
	}

void package_file_release(struct package_file *file);

#define CLEANUP_PACKAGE_FILE CLEANUP(package_file_release)

/*
 * Finds a script: ROOT/SERVICEMODEL/Scripts/FILENAME, backslashes separating; case does not matter if there is one match, and where there are
 * several a name spelled exactly so is the one. `file_name` is as written in the runbook.
 * ERROR_INPUT: missing (the message says where it was looked for), leaves the package, several matches, no regular file;
 * ERROR_REFUSED: as root, a file or folder on the way that somebody else could change.
 */
bool package_root_find_script(const struct package_root *root, const char *service_model, const char *file_name,
			      struct package_file *ret, struct error *err);

/* The same for any file below the root. */
bool package_root_find_file(const struct package_root *root, const char *path, struct package_file *ret,
			    struct error *err);

/* What was found, as a path below the root; borrowed from it. */
const char *package_root_relative(const struct package_root *root, const struct package_file *file);

/* Whether a folder below the root exists (case does not matter) and is not empty. */
bool package_root_has_files(const struct package_root *root, const char *path);

/*
 * The file of SERVICEMODEL/Scripts that is named STEM plus a known script extension (.sh .py .pl .ps1), as the ETW step needs it;
 * false if there is none. The caller frees the name.
 */
bool package_root_script_by_stem(const struct package_root *root, const char *service_model, const char *stem,
				 char **ret_name);
