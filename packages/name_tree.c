// SPDX-License-Identifier: MIT
#include "packages/name_tree.h"

#include <search.h>
#include <string.h>

#include "packages/entry_error.h"
#include "packages/name_fold.h"
#include "runbook/base/alloc.h"
#include "runbook/base/utf8.h"

enum { SHOWN_BYTES = 300 };

/* A file or folder, found by its key. tsearch balances: names cannot be chosen so that it becomes slow. */
struct node {
	char *key;  /* the folded path */
	char *path; /* as the archive spells it */
	bool folder;
};

struct name_tree {
	void *nodes;
	char *last_folder; /* the folder last added, as spelled: most entries follow one of the same folder */
};

static int compare_nodes(const void *a, const void *b)
{
	return strcmp(((const struct node *)a)->key, ((const struct node *)b)->key);
}

static void node_free(void *pointer)
{
	struct node *node = pointer;

	free(node->key);
	free(node->path);
	free(node);
}

struct name_tree *name_tree_new(void)
{
	return xcalloc(1, sizeof(struct name_tree));
}

void name_tree_free(struct name_tree *tree)
{
	if (!tree)
		return;
	tdestroy(tree->nodes, node_free);
	free(tree->last_folder);
	free(tree);
}

static bool check_same(const struct node *there, const struct node *node, struct error *err)
{
	if (strcmp(there->path, node->path) != 0) {
		CLEANUP_STRBUF struct strbuf other = STRBUF_INIT;

		strbuf_add_visible(&other, there->path, SHOWN_BYTES);
		return entry_refused(err, node->path, "differs from \"%s\" only by case or normalisation", other.data);
	}
	if (there->folder != node->folder)
		return entry_refused(err, node->path, "is both a file and a folder");
	if (!node->folder)
		return entry_refused(err, node->path, "is there twice");
	return true;
}

/* Takes ownership of the node's strings, whatever the outcome. */
static bool add_node(struct name_tree *tree, struct node node, struct error *err)
{
	struct node *added = xmalloc(sizeof(*added));
	struct node *const *there;
	bool fine;

	*added = node;
	there = tsearch(added, &tree->nodes, compare_nodes);
	if (!there)
		abort();
	if (*there == added)
		return true;
	fine = check_same(*there, added, err);
	node_free(added);
	return fine;
}

static char *folder_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? xmemdupz(path, (size_t)(slash - path)) : NULL;
}

/* The folders above `path`, outermost first: key and path have their slashes at the same places. */
static bool add_folders(struct name_tree *tree, const char *path, const char *key, struct error *err)
{
	CLEANUP_FREE char *folder = folder_part(path);
	const char *path_end = path;
	const char *key_end = key;

	if (!folder || (tree->last_folder && strcmp(folder, tree->last_folder) == 0))
		return true;
	while ((path_end = strchr(path_end, '/')) && (key_end = strchr(key_end, '/'))) {
		struct node node = { xmemdupz(key, (size_t)(key_end - key)), xmemdupz(path, (size_t)(path_end - path)),
				     true };

		if (!add_node(tree, node, err))
			return false;
		path_end++;
		key_end++;
	}
	free(tree->last_folder);
	tree->last_folder = TAKE(folder);
	return true;
}

bool name_tree_add(struct name_tree *tree, const char *path, bool folder, struct error *err)
{
	CLEANUP_FREE char *key = name_fold(path);
	struct node node;

	if (!add_folders(tree, path, key, err))
		return false;
	node = (struct node){ TAKE(key), xstrdup(path), folder };
	return add_node(tree, node, err);
}
