// SPDX-License-Identifier: MIT
#include "engine/acceptance.h"

#include <string.h>
#include <strings.h>

#include "engine/console.h"
#include "engine/reached.h"
#include "runbook/base/alloc.h"
#include "runbook/base/strbuf.h"

/* The latest runbook that changed a service model. */
struct latest {
	char *service_model;
	char *id;
	int64_t started_ns;
	bool is_signed;
	bool is_done;
	bool is_told;
};

struct search {
	struct run *run;
	struct latest *items; /* one per service model of this runbook */
	size_t count;
	size_t alloc;
};

static void search_release(struct search *search)
{
	for (size_t i = 0; i < search->count; i++) {
		free(search->items[i].service_model);
		free(search->items[i].id);
	}
	free(search->items);
}

static bool note_service_model(void *context, const char *service_model, struct error *err)
{
	struct search *search = context;

	(void)err;
	search->items = xgrow(search->items, search->count, &search->alloc, sizeof(*search->items));
	search->items[search->count++] = (struct latest){ .service_model = xstrdup(service_model) };
	return true;
}

static void note_change(struct search *search, const char *service_model, const struct ledger_runbook *other,
			bool is_signed)
{
	for (size_t i = 0; i < search->count; i++) {
		struct latest *latest = &search->items[i];

		if (strcasecmp(latest->service_model, service_model) != 0 || other->started_ns < latest->started_ns)
			continue;
		free(latest->id);
		latest->id = xstrdup(other->id);
		latest->started_ns = other->started_ns;
		latest->is_signed = is_signed;
		latest->is_done = other->counts[STATE_COMPLETED] + other->counts[STATE_SKIPPED] == other->step_count;
	}
}

static bool look_at(void *context, const struct ledger_runbook *other, struct error *err)
{
	struct search *search = context;
	struct ledger *ledger = search->run->ledger;
	CLEANUP(ledger_acceptance_release) struct ledger_acceptance acceptance = { 0 };
	CLEANUP_REACHED struct reached reached = REACHED_INIT;

	if (other->key == search->run->runbook.key || !other->started_ns)
		return true;
	if (!ledger_acceptance_get(ledger, other->key, &acceptance, err))
		return false;
	if (acceptance.restores_key || acceptance.is_restored)
		return true;
	if (!reached_read(ledger, other->key, &reached, err))
		return false;
	for (size_t i = 0; i < reached.changed.count; i++)
		note_change(search, reached.changed.items[i], other, acceptance.signed_ns != 0);
	return true;
}

/* One sentence per runbook, with all its service models, and what to do. */
static void add_runbook(struct search *search, size_t first, struct strbuf *ret)
{
	const struct latest *of = &search->items[first];
	const char *repeat = search->run->request->repeat_options;
	const char *before = "";

	strbuf_addf(ret, "%srunbook %s has updated ", ret->length ? "\n" : "", of->id);
	for (size_t i = first; i < search->count; i++) {
		struct latest *latest = &search->items[i];

		if (!latest->id || strcmp(latest->id, of->id) != 0)
			continue;
		strbuf_addf(ret, "%s%s", before, latest->service_model);
		latest->is_told = true;
		before = ", ";
	}
	strbuf_add_str(ret, of->is_done ? ", and nobody has signed it off" : ", and is not complete");
	if (of->is_done)
		strbuf_addf(ret, "\n  accept it:     runbook signoff -runbookid=%s -reason='…'%s", of->id, repeat);
	else
		strbuf_addf(ret, "\n  go on with it: runbook execute -runbookid=%s%s", of->id, repeat);
	strbuf_addf(ret, "\n  take it back:  runbook executerestore -runbookid=%s%s", of->id, repeat);
}

static bool check_earlier(struct run *run, struct error *err)
{
	CLEANUP(search_release) struct search search = { .run = run };
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	if (!ledger_service_model_each(run->ledger, run->runbook.key, note_service_model, &search, err) ||
	    !ledger_runbook_each(run->ledger, look_at, &search, err))
		return false;
	for (size_t i = 0; i < search.count; i++)
		if (search.items[i].id && !search.items[i].is_signed && !search.items[i].is_told)
			add_runbook(&search, i, &text);
	if (text.length && run->request->require_sign_off)
		return error_set(err, ERROR_WAITING, "%s", text.data);
	if (text.length)
		console_note("%s", text.data);
	return true;
}

bool acceptance_check(struct run *run, struct error *err)
{
	const struct ledger_acceptance *acceptance = &run->acceptance;
	const char *repeat = run->request->repeat_options;

	if (acceptance->is_restored)
		return error_set(err, ERROR_REFUSED,
				 "runbook %s was taken back by runbook %s and is not executed any more\n"
				 "  make a new one: runbook generate -runbookid=NEWID …, then import and execute it",
				 run->runbook.id, acceptance->restored_by);
	if (*acceptance->restored_by)
		return error_set(err, ERROR_REFUSED,
				 "runbook %s is being taken back by runbook %s and is not executed any more\n"
				 "  go on with that: runbook executerestore -runbookid=%s%s",
				 run->runbook.id, acceptance->restored_by, run->runbook.id, repeat);
	if (acceptance->restores_key || run->runbook.started_ns)
		return true;
	return check_earlier(run, err);
}
