// SPDX-License-Identifier: MIT
/*
 * TopologyData: which machine has which service models, and how the environment is backed up.
 *
 * Source of the format: DefaultTopologyData.xml of real packages. Elements: Name, MachineList/Machine{Name,
 * ServiceModelList/string}, BackupScript{FileName, Automated, Description}, in any order.
 */
#pragma once

#include <stddef.h>

#include "runbook/base/problem.h"
#include "runbook/base/strv.h"
#include "runbook/document.h"
#include "runbook/step.h"

struct topology_service {
	char *name;
	unsigned line;
};

struct topology_machine {
	char *name;
	unsigned line;
	struct topology_service *services;
	size_t service_count;
};

struct topology {
	char *file; /* as named by the user, for messages */
	char *name;
	struct topology_machine *machines;
	size_t machine_count;
	struct script backup;
	char *body_xml; /* all children of the root as XML text: what a runbook's RunbookTopologyData holds */
};

/*
 * Reads a topology file. Returns false, with every problem added to `problems` or, if the file could not be read at all, to
 * `problems` as well; `ret` is then empty. Unknown elements are added to `warnings`, once per name. A machine without a name,
 * two machines of one name, and a service model twice on a machine are problems.
 */
bool topology_read(const char *path, struct topology *ret, struct problem_list *problems,
		   struct problem_list *warnings);

/* The same from a document in memory. */
bool topology_parse(const struct document *document, struct topology *ret, struct problem_list *problems,
		    struct problem_list *warnings);
void topology_release(struct topology *topology);

#define TOPOLOGY_INIT \
	{             \
		0     \
	}
#define CLEANUP_TOPOLOGY CLEANUP(topology_release)

/* Machine names compare without case; `localhost` is always this machine, whose own name is `own_name`. */
bool machine_is_own(const char *machine, const char *own_name);

/*
 * Writes a topology file in which the machine `machine` has exactly `services`. If `path` exists it is changed: the name of the topology, its
 * backup script, its other machines, comments and unknown elements stay; an entry for `machine`, else one for localhost, is replaced. Otherwise a
 * new one is made. Atomic: a failure leaves the old file.
 */
bool topology_set_machine(const char *path, const char *machine, const struct strv *services, struct error *err);
