// SPDX-License-Identifier: MIT
/*
 * Writes a runbook document, step by step, so that a million of them need no memory.
 *
 *	runbook_writer_open → runbook_writer_step (each) → runbook_writer_log (each) → runbook_writer_tail (if there is one) →
 *	runbook_writer_commit
 *
 * The same input gives the same bytes. The file appears whole at the commit, or not at all (base/fs.h).
 */
#pragma once

#include "runbook/base/error.h"
#include "runbook/step.h"

/* What stands before the step list. XML texts are what the reader or topology_read() gave; a NULL one is as good as "". */
struct runbook_head {
	char *runbook_id;
	char *attributes_xml; /* of the root, beside the xsi and xsd that each runbook declares: ` xmlns:x="…" Kind="1"` */
	char *topology_xml;      /* content of RunbookTopologyData */
	char *service_model_xml; /* content of RunbookServiceModelData */
	char *unknown_xml;       /* elements of the root that we do not know, as far as they stand before the steps */
};

void runbook_head_release(struct runbook_head *head);

/* One Log of RunbookLogs. */
struct runbook_log {
	uint32_t step;
	uint32_t attempt; /* 0: not said */
	char *time;       /* as written; "" if not said */
	char *file;       /* path of the log; "" if not said */
	char *text;       /* the failing lines */
	char *unknown_xml;
};

void runbook_log_release(struct runbook_log *log);

struct runbook_writer;

/* Begins the document at `path` ("-" is standard output, which cannot be atomic). */
bool runbook_writer_open(const char *path, const struct runbook_head *head, struct runbook_writer **ret,
			 struct error *err);
bool runbook_writer_step(struct runbook_writer *writer, const struct step *step, struct error *err);
bool runbook_writer_log(struct runbook_writer *writer, const struct runbook_log *log, struct error *err);

/* Elements of the root that stand behind the steps and that we do not know, as XML text. */
bool runbook_writer_tail(struct runbook_writer *writer, const char *unknown_xml, struct error *err);

/* Ends the document and puts it into place, durably. */
bool runbook_writer_commit(struct runbook_writer *writer, struct error *err);

/* Frees the writer; without a commit nothing is left on disk. NULL is fine. */
void runbook_writer_free(struct runbook_writer *writer);

static inline void runbook_writer_cleanup(struct runbook_writer **writer)
{
	runbook_writer_free(*writer);
}

#define CLEANUP_RUNBOOK_WRITER CLEANUP(runbook_writer_cleanup)
