// SPDX-License-Identifier: MIT
/* Which versions of the service models there were before a runbook, and which it installed. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "engine/report/report.h"
#include "runbook/base/alloc.h"

/* What is known of a service as its history is read, oldest first. */
struct service {
	struct report_version version; /* `before`: the latest one that is not of this runbook … */
	bool is_own;                   /* … as long as this runbook had not touched it */
};

struct services {
	struct report *report;
	struct service *items;
	size_t count;
	size_t alloc;
};

static struct service *service_of(struct services *services, const char *name)
{
	for (size_t i = 0; i < services->count; i++)
		if (strcasecmp(services->items[i].version.service_model, name) == 0)
			return &services->items[i];
	services->items = xgrow(services->items, services->count, &services->alloc, sizeof(*services->items));
	services->items[services->count] = (struct service){
		.version = { .service_model = xstrdup(name), .before = xstrdup(""), .after = xstrdup("") }
	};
	return &services->items[services->count++];
}

static bool add_component(void *context, const struct ledger_component *component, struct error *err)
{
	struct services *services = context;
	struct service *service = service_of(services, component->name);
	bool is_ours = strcmp(component->runbook_id, services->report->runbook.id) == 0;
	char **text = is_ours ? &service->version.after : &service->version.before;

	(void)err;
	if (!is_ours && service->is_own)
		return true;
	free(*text);
	*text = xstrdup(component->version);
	if (is_ours) {
		service->is_own = true;
		service->version.step = component->step;
		service->version.installed_ns = component->installed_ns;
	}
	return true;
}

/* Whether a service that this runbook installed stands for the service model, which may have another name. */
static bool is_installed(const struct services *services, const char *service_model)
{
	for (size_t i = 0; i < services->count; i++) {
		const struct service *service = &services->items[i];
		uint32_t step = service->version.step;

		if (service->is_own && step && step <= services->report->step_count &&
		    strcmp(services->report->steps[step - 1].service_model, service_model) == 0)
			return true;
	}
	return false;
}

static bool add_service_model(void *context, const char *service_model, struct error *err)
{
	struct services *services = context;

	(void)err;
	if (*service_model && strcmp(service_model, "All") != 0 && !is_installed(services, service_model))
		service_of(services, service_model)->is_own = true;
	return true;
}

static int compare_versions(const void *a, const void *b)
{
	const struct report_version *x = a, *y = b;

	return strcasecmp(x->service_model, y->service_model);
}

/* What this runbook has nothing to do with is left out. */
static void keep_own(struct services *services, struct report *report)
{
	report->versions = xcalloc(services->count + 1, sizeof(*report->versions));
	for (size_t i = 0; i < services->count; i++) {
		struct report_version *version = &services->items[i].version;

		if (services->items[i].is_own) {
			report->versions[report->version_count++] = *version;
			continue;
		}
		free(version->service_model);
		free(version->before);
		free(version->after);
	}
	qsort(report->versions, report->version_count, sizeof(*report->versions), compare_versions);
}

bool report_read_versions(struct ledger *ledger, struct report *report, struct error *err)
{
	struct services services = { .report = report };
	bool fine = ledger_component_each_ever(ledger, add_component, &services, err) &&
		    ledger_service_model_each(ledger, report->runbook.key, add_service_model, &services, err);

	keep_own(&services, report);
	free(services.items);
	return fine;
}
