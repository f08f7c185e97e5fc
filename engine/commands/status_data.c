// SPDX-License-Identifier: MIT
#include <string.h>

#include "engine/commands/status.h"
#include "runbook/base/alloc.h"
#include "runbook/base/clock.h"

static bool add_override(void *context, const struct ledger_override *override, struct error *err)
{
	struct status_overrides *all = context;
	struct ledger_override copy = *override;

	copy.reason = xstrdup(override->reason);
	copy.user = xstrdup(override->user);
	copy.detail = xstrdup(override->detail);
	all->items = xgrow(all->items, all->count, &all->alloc, sizeof(*all->items));
	all->items[all->count++] = copy;
	return true;
}

bool status_overrides_read(struct ledger *ledger, int64_t runbook, struct status_overrides *ret, struct error *err)
{
	return ledger_override_each(ledger, (struct ledger_place){ .runbook = runbook }, add_override, ret, err);
}

void status_overrides_release(struct status_overrides *overrides)
{
	for (size_t i = 0; i < overrides->count; i++)
		ledger_override_release(&overrides->items[i]);
	free(overrides->items);
}

const struct ledger_override *status_overrides_take(struct status_overrides *overrides, uint32_t step)
{
	while (overrides->next < overrides->count && overrides->items[overrides->next].step < step)
		overrides->next++;
	if (overrides->next == overrides->count || overrides->items[overrides->next].step != step)
		return NULL;
	return &overrides->items[overrides->next++];
}

bool status_last_attempt(struct ledger *ledger, int64_t runbook, const struct ledger_step *step,
			 struct ledger_attempt *ret, struct error *err)
{
	const struct ledger_place last = { .runbook = runbook, .step = step->number };

	return step->attempt_count && ledger_attempt_get(ledger, last, ret, err);
}

int64_t status_duration_ns(const struct ledger_attempt *attempt)
{
	char boot_id[CLOCK_BOOT_ID_SIZE];

	if (attempt->state != STATE_IN_PROGRESS)
		return attempt->duration_ns;
	clock_boot_id(boot_id);
	return strcmp(boot_id, attempt->boot_id) == 0 ? clock_boot_ns() - attempt->started_boot_ns : -1;
}

int64_t status_sub_step_duration_ns(const struct ledger_sub_step *sub_step)
{
	int64_t running_ns = clock_boot_ns() - sub_step->started_boot_ns;

	if (sub_step->state != STATE_IN_PROGRESS)
		return sub_step->duration_ns;
	/* Started before a reboot that nobody has noticed yet. */
	return running_ns >= 0 ? running_ns : -1;
}

bool status_next_step(struct ledger *ledger, int64_t runbook, struct ledger_step *ret, bool *ret_found,
		      struct error *err)
{
	uint32_t number = 0;

	if (!ledger_step_next(ledger, runbook, &number, err))
		return false;
	*ret_found = number != 0;
	return !number || ledger_step_get(ledger, runbook, number, ret, err);
}
