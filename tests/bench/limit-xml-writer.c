// SPDX-License-Identifier: MIT
/*
 * The limit of making a runbook: its elements through libxml2's xmlTextWriter into a file, with nothing read, ordered or checked before.
 *
 * usage: limit-xml-writer FILE STEPS MACHINES
 */
#include <libxml/xmlwriter.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const phases[] = { "Stop", "Backup", "Update", "Start" };
static const char *const models[] = { "Model1", "Model2", "Model3", "Model4", "Model5" };

struct text {
	const char *name;
	const char *value;
};

static void write_texts(xmlTextWriterPtr writer, const struct text *texts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (*texts[i].value)
			xmlTextWriterWriteElement(writer, BAD_CAST texts[i].name, BAD_CAST texts[i].value);
		else {
			xmlTextWriterStartElement(writer, BAD_CAST texts[i].name);
			xmlTextWriterEndElement(writer);
		}
}

static void write_script(xmlTextWriterPtr writer, const char *phase, const char *model)
{
	char file[32], description[64];
	const struct text texts[] = { { "FileName", file },           { "Automated", "true" },
				      { "Description", description }, { "RetryCount", "0" },
				      { "TimeoutValue", "0" },        { "InvokeWithPowershellProcess", "false" },
				      { "DoNotAutoResume", "false" }, { "DynamicStepDefinition", "" } };

	(void)snprintf(file, sizeof file, "%s.sh", phase);
	(void)snprintf(description, sizeof description, "%s %s", phase, model);
	xmlTextWriterStartElement(writer, BAD_CAST "ScriptToExecute");
	write_texts(writer, texts, sizeof texts / sizeof *texts);
	xmlTextWriterEndElement(writer);
}

static void write_step(xmlTextWriterPtr writer, unsigned long number, unsigned long machine_count)
{
	const char *phase = phases[number / machine_count % (sizeof phases / sizeof *phases)];
	const char *model = models[number % (sizeof models / sizeof *models)];
	char id[24], machine[32], description[128];
	const struct text before[] = { { "ID", id },
				       { "RunbookID", "bench" },
				       { "PackageId", "76f46b4f-1849-4927-9da2-6c349430f349" },
				       { "PackageType", "Unknown" },
				       { "CompletedManually", "false" },
				       { "Description", description },
				       { "MachineName", machine },
				       { "ServiceModelName", model } };
	const struct text after[] = { { "StepType", phase },
				      { "StepConcurrency", "Single" },
				      { "ScriptExecutionOutput", "" },
				      { "StartTime", "0001-01-01T00:00:00" },
				      { "EndTime", "9999-12-31T23:59:59.9999999" },
				      { "StepState", "NotStarted" } };

	(void)snprintf(id, sizeof id, "%lu", number + 1);
	(void)snprintf(machine, sizeof machine, "machine-%05lu", number % machine_count);
	(void)snprintf(description, sizeof description, "%s script for service model: %s on machine: %s", phase, model,
		       machine);
	xmlTextWriterStartElement(writer, BAD_CAST "Step");
	write_texts(writer, before, sizeof before / sizeof *before);
	write_script(writer, phase, model);
	write_texts(writer, after, sizeof after / sizeof *after);
	xmlTextWriterEndElement(writer);
}

static void write_machine(xmlTextWriterPtr writer, unsigned long number)
{
	char name[32];

	(void)snprintf(name, sizeof name, "machine-%05lu", number);
	xmlTextWriterStartElement(writer, BAD_CAST "Machine");
	xmlTextWriterWriteElement(writer, BAD_CAST "Name", BAD_CAST name);
	xmlTextWriterStartElement(writer, BAD_CAST "ServiceModelList");
	for (size_t i = 0; i < sizeof models / sizeof *models; i++)
		xmlTextWriterWriteElement(writer, BAD_CAST "string", BAD_CAST models[i]);
	xmlTextWriterEndElement(writer);
	xmlTextWriterEndElement(writer);
}

static void write_runbook(xmlTextWriterPtr writer, unsigned long steps, unsigned long machines)
{
	xmlTextWriterStartDocument(writer, NULL, "utf-8", NULL);
	xmlTextWriterStartElement(writer, BAD_CAST "RunbookData");
	xmlTextWriterWriteElement(writer, BAD_CAST "RunbookID", BAD_CAST "bench");
	xmlTextWriterStartElement(writer, BAD_CAST "RunbookTopologyData");
	for (unsigned long i = 0; i < machines; i++)
		write_machine(writer, i);
	xmlTextWriterEndElement(writer);
	xmlTextWriterStartElement(writer, BAD_CAST "RunbookStepList");
	for (unsigned long i = 0; i < steps; i++)
		write_step(writer, i, machines);
	xmlTextWriterEndElement(writer);
	xmlTextWriterEndDocument(writer);
}

int main(int argc, char **argv)
{
	unsigned long steps = argc == 4 ? strtoul(argv[2], NULL, 10) : 0;
	unsigned long machines = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
	xmlTextWriterPtr writer = steps > 0 && machines > 0 ? xmlNewTextWriterFilename(argv[1], 0) : NULL;

	if (!writer)
		return 2;
	xmlTextWriterSetIndent(writer, 1);
	xmlTextWriterSetIndentString(writer, BAD_CAST "  ");
	write_runbook(writer, steps, machines);
	xmlFreeTextWriter(writer);
	return 0;
}
