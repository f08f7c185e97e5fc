// SPDX-License-Identifier: MIT
#include "tests/unit/shared.h"

#include <string.h>

#include "runbook/base/clock.h"
#include "runbook/base/fs.h"
#include "runbook/runbook_reader.h"
#include "runbook/xml_source.h"

/* A runbook in memory: what the handlers took. */
struct document {
	struct runbook_head head;
	struct step_list steps;
	struct runbook_log logs[8];
	size_t log_count;
	char *tail;
	struct problem_list problems;
	struct problem_list warnings;
};

static void document_release(struct document *document)
{
	runbook_head_release(&document->head);
	step_list_release(&document->steps);
	for (size_t i = 0; i < document->log_count; i++)
		runbook_log_release(&document->logs[i]);
	free(document->tail);
	problem_list_release(&document->problems);
	problem_list_release(&document->warnings);
	*document = (struct document){ 0 };
}

#define CLEANUP_DOCUMENT CLEANUP(document_release)

static bool take_head(void *context, struct runbook_head *head)
{
	struct document *document = context;

	assert_null(document->head.runbook_id);
	assert_int_equal(document->steps.count + document->log_count, 0);
	document->head = *head;
	*head = (struct runbook_head){ 0 };
	return true;
}

static bool take_step(void *context, struct step *step)
{
	struct document *document = context;
	struct step *place = step_list_add(&document->steps);

	step_release(place);
	*place = *step;
	*step = (struct step){ 0 };
	return true;
}

static bool take_log(void *context, struct runbook_log *log)
{
	struct document *document = context;

	document->logs[document->log_count++] = *log;
	*log = (struct runbook_log){ 0 };
	return true;
}

static bool take_tail(void *context, char **unknown_xml)
{
	((struct document *)context)->tail = TAKE(*unknown_xml);
	return true;
}

static bool parse(struct document *ret, const char *text)
{
	const struct runbook_handlers handlers = { take_head, take_step, take_log, take_tail, ret };
	CLEANUP_XML_SOURCE struct xml_source *source = xml_source_from_memory(text, strlen(text), "r.xml");

	return runbook_read_source(source, &handlers, &ret->problems, &ret->warnings);
}

static void parse_fine(struct document *ret, const char *text)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;

	if (parse(ret, text))
		return;
	(void)problem_list_none(&ret->problems, ERROR_INPUT, &err);
	fail_msg("%s", err.message);
}

static void check_problems(const char *text, const char *expected)
{
	CLEANUP_DOCUMENT struct document document = { 0 };
	CLEANUP_ERROR struct error err = ERROR_INIT;

	assert_false(parse(&document, text));
	assert_false(problem_list_none(&document.problems, ERROR_INPUT, &err));
	assert_string_equal(err.message, expected);
}

/* Writes it to a file that is read back. */
static char *write_text(const struct document *document)
{
	char folder[] = "/tmp/test-runbook-XXXXXX";
	CLEANUP_FREE char *path = NULL;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	CLEANUP_RUNBOOK_WRITER struct runbook_writer *writer = NULL;

	assert_non_null(mkdtemp(folder));
	path = fs_join(folder, "r.xml");
	assert_true(runbook_writer_open(path, &document->head, &writer, &err));
	for (size_t i = 0; i < document->steps.count; i++)
		assert_true(runbook_writer_step(writer, &document->steps.items[i], &err));
	for (size_t i = 0; i < document->log_count; i++)
		assert_true(runbook_writer_log(writer, &document->logs[i], &err));
	if (document->tail)
		assert_true(runbook_writer_tail(writer, document->tail, &err));
	assert_int_not_equal(access(path, F_OK), 0);
	assert_true(runbook_writer_commit(writer, &err));
	assert_true(fs_read_file(path, 100 << 20, &text, &err));
	assert_true(fs_remove_tree(folder, &err));
	return strbuf_detach(&text);
}

#define ROOT(attributes)                                           \
	"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"             \
	"<RunbookData"                                             \
	" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"" \
	" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\"" attributes ">\n"
#define HEAD                                   \
	"  <RunbookID>AX7update</RunbookID>\n" \
	"  <RunbookTopologyData>\n"            \
	"    <Name>AX topology</Name>\n"       \
	"    <!-- kept -->\n"                  \
	"    <MachineList>\n"                  \
	"      <Machine />\n"                  \
	"    </MachineList>\n"                 \
	"  </RunbookTopologyData>\n"           \
	"  <RunbookServiceModelData />\n"

static const char long_shape[] = ROOT(" xmlns:new=\"urn:new?a=1&amp;b\" Kind=\"&lt;&amp;amp;&quot;\" new:x=\"1\"") HEAD
	"  <RootUnknown>\n    <a b=\"1\" />\n  </RootUnknown><Another />\n"
	"  <RunbookStepList>\n"
	"    <Step>\n"
	"      <ID>1</ID>\n"
	"      <RunbookID>b8c5a6f0a3d74c0f9d6a4b1f2e3d4c5b</RunbookID>\n"
	"      <PackageId>p</PackageId>\n"
	"      <PackageType>PlatAppBinaryHotfixPackage</PackageType>\n"
	"      <CompletedManually>true</CompletedManually>\n"
	"      <Description>DVT script for service model: AOSService on machine: m</Description>\n"
	"      <MachineName>m</MachineName>\n"
	"      <ServiceModelName>AOSService</ServiceModelName>\n"
	"      <ScriptToExecute>\n"
	"        <FileName>AutoRunDVT.ps1</FileName>\n"
	"        <Automated>true</Automated>\n"
	"        <Description />\n"
	"        <RetryCount>1</RetryCount>\n"
	"        <TimeoutValue>75</TimeoutValue>\n"
	"        <InvokeWithPowershellProcess>true</InvokeWithPowershellProcess>\n"
	"        <DoNotAutoResume>true</DoNotAutoResume>\n"
	"        <DynamicStepDefinition>\n"
	"          <SubStep>\n"
	"            <Name>one</Name>\n"
	"            <Group>PreReqs</Group>\n"
	"            <FileName>one.sh</FileName>\n"
	"            <Description />\n"
	"          </SubStep>\n"
	"        </DynamicStepDefinition>\n"
	"        <new:InScript />\n"
	"      </ScriptToExecute>\n"
	"      <StepType>DVT</StepType>\n"
	"      <StepConcurrency>Multiple</StepConcurrency>\n"
	"      <ScriptExecutionOutput />\n"
	"      <StartTime>0001-01-01T00:00:00</StartTime>\n"
	"      <EndTime>9999-12-31T23:59:59.9999999</EndTime>\n"
	"      <StepState>Failed</StepState>\n"
	"      <StepDetail>\n        <State at=\"1\">TimedOut</State>\n      </StepDetail>\n"
	"      <InStep>\n        text <b>and</b> more\n      </InStep>\n"
	"    </Step>\n"
	"  </RunbookStepList>\n"
	"  <RunbookLogs>\n"
	"    <Log>\n"
	"      <StepID>1</StepID>\n"
	"      <Attempt>2</Attempt>\n"
	"      <Time>2015-08-26T23:55:09.7423556+00:00</Time>\n"
	"      <File>a/b.log</File>\n"
	"      <Text>error:\n  &lt;no&gt;</Text>\n"
	"      <InLog />\n"
	"    </Log>\n"
	"    <Log>\n      <StepID>2</StepID>\n    </Log>\n"
	"  </RunbookLogs>\n"
	"  <Behind />\n"
	"  <!-- at the end -->\n"
	"</RunbookData>\n";

/* A document of tests/data. */
static char *read_data(const char *name)
{
	CLEANUP_FREE char *path = fs_join(getenv("RUNBOOK_TEST_DATA"), name);
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	CLEANUP_ERROR struct error err = ERROR_INIT;

	assert_true(fs_read_file(path, 1 << 20, &text, &err));
	return strbuf_detach(&text);
}

static void check_round_trip(const char *text)
{
	CLEANUP_DOCUMENT struct document document = { 0 };
	CLEANUP_FREE char *written = NULL;

	parse_fine(&document, text);
	written = write_text(&document);
	assert_string_equal(written, text);
}

/* The shape of 2015-16, as pictures of real runbooks show it. */
static void test_short_shape(void **state)
{
	CLEANUP_FREE char *short_shape = read_data("runbook-2015.xml");
	CLEANUP_DOCUMENT struct document document = { 0 };
	const struct step *step;

	(void)state;
	check_round_trip(short_shape);
	parse_fine(&document, short_shape);
	assert_int_equal(document.warnings.count, 0);
	assert_string_equal(document.head.runbook_id, "AX7update");
	assert_string_equal(document.head.attributes_xml, "");
	assert_string_equal(document.head.service_model_xml, "");
	assert_int_equal(strncmp(document.head.topology_xml, "<Name>AX", 8), 0);
	assert_int_equal(document.steps.count, 2);
	step = &document.steps.items[0];
	assert_int_equal(step->number, 1);
	assert_int_equal(step->fields, 0);
	assert_int_equal(step->line, 13);
	assert_string_equal(step->machine, "AOS-950ed2c3e7b");
	assert_string_equal(step->script.description, "Stop AOS <service> & \"Batch\"\r\n\tservice");
	assert_true(step->script.present && step->script.automated);
	assert_int_equal(step->state, STEP_COMPLETED);
	assert_string_equal(step->type, "");
	assert_string_equal(step->detail_xml, "");
	assert_int_equal(step_type_of(step->type, step->description), STEP_TYPE_STOP);
	step = &document.steps.items[1];
	assert_int_equal(step->fields, STEP_FIELD_RETRY_COUNT);
	assert_int_equal(step->script.retry_count, 2);
	assert_false(step->script.automated);
	assert_string_equal(step->script.file_name, "");
	assert_string_equal(step->script.description, "  Please backup  ");
}

static void test_long_shape(void **state)
{
	CLEANUP_FREE char *without_unknown = read_data("runbook-2021.xml");
	CLEANUP_DOCUMENT struct document document = { 0 };
	const struct step *step;

	(void)state;
	check_round_trip(without_unknown);
	check_round_trip(long_shape);
	parse_fine(&document, long_shape);
	assert_string_equal(document.head.attributes_xml,
			    " xmlns:new=\"urn:new?a=1&amp;b\" Kind=\"&lt;&amp;amp;&quot;\" new:x=\"1\"");
	step = &document.steps.items[0];
	assert_int_equal(step->fields, STEP_FIELDS_LONG);
	assert_true(step->completed_manually && step->script.own_process && step->script.no_auto_resume);
	assert_int_equal(step->script.timeout_min, 75);
	assert_int_equal(step->script.sub_step_count, 1);
	assert_string_equal(step->script.sub_steps[0].group, "PreReqs");
	assert_string_equal(step->script.unknown_xml, "<new:InScript />");
	assert_int_equal(step->state, STEP_FAILED);
	assert_string_equal(step->detail_xml,
			    "<StepDetail>\n        <State at=\"1\">TimedOut</State>\n      </StepDetail>");
	assert_int_equal(document.log_count, 2);
	assert_int_equal(document.logs[0].step, 1);
	assert_int_equal(document.logs[0].attempt, 2);
	assert_string_equal(document.logs[0].text, "error:\n  <no>");
	assert_string_equal(document.logs[1].text, "");
	assert_string_equal(document.tail, "<Behind />\n  <!-- at the end -->");
}

/* Six unknown elements are reported with the lines where they begin. */
static void test_warnings(void **state)
{
	static const char *const names[] = { "RootUnknown", "Another", "InScript", "InStep", "InLog", "Behind" };
	CLEANUP_DOCUMENT struct document document = { 0 };

	(void)state;
	parse_fine(&document, long_shape);
	assert_int_equal(document.warnings.count, sizeof(names) / sizeof(*names));
	for (size_t i = 0; i < document.warnings.count; i++)
		assert_non_null(strstr(document.warnings.items[i].text, names[i]));
	assert_int_equal(document.warnings.items[0].line, 12);
	assert_string_equal(document.warnings.items[2].text,
			    "unknown element InScript in ScriptToExecute; it is kept, but has no effect");
}

#define WITH_STEPS(steps) \
	"<RunbookData><RunbookID>r</RunbookID><RunbookStepList>\n" steps "</RunbookStepList></RunbookData>"

static void test_minimal(void **state)
{
	CLEANUP_DOCUMENT struct document document = { 0 };
	CLEANUP_DOCUMENT struct document empty = { 0 };

	(void)state;
	parse_fine(&document, WITH_STEPS("<Step><ID>\n1 </ID></Step>"));
	assert_false(document.steps.items[0].script.present);
	assert_string_equal(document.steps.items[0].start_time, CLOCK_TEXT_MIN);
	assert_string_equal(document.steps.items[0].end_time, CLOCK_TEXT_MAX);
	assert_int_equal(document.steps.items[0].state, STEP_NOT_STARTED);
	parse_fine(&empty, WITH_STEPS(""));
	assert_string_equal(empty.head.runbook_id, "r");
	assert_int_equal(empty.steps.count, 0);
}

/* Elements in another order, attributes of XML Schema instances, comments, CDATA: read; written in our order. */
static void test_foreign(void **state)
{
	CLEANUP_DOCUMENT struct document document = { 0 };
	CLEANUP_DOCUMENT struct document again = { 0 };
	CLEANUP_FREE char *written = NULL;
	CLEANUP_FREE char *rewritten = NULL;

	(void)state;
	parse_fine(
		&document,
		WITH_STEPS(
			"<Step xmlns:q='urn:q'><StepState> failed</StepState><!-- one --><q:x/><ScriptToExecute>"
			"<Description><![CDATA[<&>]]></Description><FileName>f</FileName><Automated>TRUE</Automated>"
			"<RetryCount /></ScriptToExecute><EndTime xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'"
			" xsi:nil='true' /><?two and?><ID>1</ID></Step>"));
	assert_string_equal(document.steps.items[0].unknown_xml, "<!-- one --><q:x xmlns:q=\"urn:q\" /><?two and?>");
	assert_string_equal(document.steps.items[0].script.description, "<&>");
	assert_int_equal(document.steps.items[0].state, STEP_FAILED);
	assert_string_equal(document.steps.items[0].end_time, "");
	assert_int_equal(document.warnings.count, 1);
	written = write_text(&document);
	parse_fine(&again, written);
	rewritten = write_text(&again);
	assert_string_equal(written, rewritten);
}

static void check_foreign_dynamic(const char *content)
{
	CLEANUP_DOCUMENT struct document document = { 0 };
	CLEANUP_FREE char *text = xasprintf(
		WITH_STEPS("<Step><ID>1</ID><ScriptToExecute><DynamicStepDefinition>%s</DynamicStepDefinition>"
			   "<New /></ScriptToExecute></Step>"),
		content);
	CLEANUP_FREE char *expected = xasprintf("<DynamicStepDefinition>%s</DynamicStepDefinition><New />", content);

	parse_fine(&document, text);
	assert_string_equal(document.steps.items[0].script.unknown_xml, expected);
	assert_int_equal(document.steps.items[0].script.sub_step_count, 0);
	assert_int_equal(document.steps.items[0].fields & STEP_FIELD_DYNAMIC, 0);
	assert_int_equal(document.warnings.count, 2);
}

/* Nobody knows what a DynamicStepDefinition of the original holds: it is kept as it is. */
static void test_foreign_dynamic(void **state)
{
	(void)state;
	check_foreign_dynamic("{\"a\": 1}");
	check_foreign_dynamic("<SubStep><Name>n</Name><More /></SubStep>");
	check_foreign_dynamic("<SubStep><Name>n<b>o</b></Name></SubStep>");
	check_foreign_dynamic("<SubStep><Name>n</Name><Name>m</Name></SubStep>");
	check_foreign_dynamic("<SubStep>text</SubStep>");
	check_foreign_dynamic("<Other a=\"1\">\n  <!-- c --></Other>");
}

static void test_not_a_runbook(void **state)
{
	(void)state;
	check_problems("<TopologyData />",
		       "r.xml:1: the root element is TopologyData, expected RunbookData: not a runbook");
	check_problems("<RunbookData xmlns='urn:x' />",
		       "r.xml:1: the root element is RunbookData in a namespace, expected RunbookData: not a runbook");
	check_problems("<RunbookData><RunbookID>r</RunbookID></RunbookData>",
		       "r.xml:1: RunbookData has no RunbookStepList: not a runbook");
	check_problems("<RunbookData>\n<RunbookStepList /><RunbookID>r</RunbookID></RunbookData>",
		       "r.xml:1: no RunbookID before the steps; put it in front of RunbookStepList");
	check_problems(
		"<RunbookData><RunbookID>../r</RunbookID><RunbookStepList /></RunbookData>",
		"r.xml:1: RunbookID \"../r\": take a letter or digit, then letters, digits, '.', '_', '-', at most 64");
	check_problems("<!DOCTYPE RunbookData><RunbookData />",
		       "r.xml:1: has a DOCTYPE, which is never read; remove it");
}

static void test_all_problems_at_once(void **state)
{
	(void)state;
	check_problems(
		WITH_STEPS(
			"<Step><ID>1</ID><ID>1</ID></Step>\n"
			"<Step><ID>1</ID><StepState>Done</StepState></Step>\n"
			"<Step><Description>d</Description></Step>\n"
			"<Step><ID>4</ID></Step>\n"
			"<Step><ID>2</ID></Step>\n"
			"<Step><ID>0</ID><CompletedManually>perhaps</CompletedManually></Step>\n"
			"<Step><ID>5</ID><ScriptToExecute><RetryCount>-1</RetryCount></ScriptToExecute></Step>\n"
			"<Step><ID>6</ID><MachineName>a<b>c</b></MachineName></Step>\n"
			"<Step><ID>7</ID><ScriptToExecute><x/></ScriptToExecute><ScriptToExecute><y/></ScriptToExecute></Step>\n"),
		"r.xml:2: ID stands twice in Step; remove one\n"
		"r.xml:3: StepState is \"Done\", expected NotStarted, InProgress, Completed or Failed\n"
		"r.xml:3: step 1 stands twice, first in line 2; number the steps from 1 on\n"
		"r.xml:4: Step has no ID; add <ID>…</ID>\n"
		"r.xml:5: step 4 follows step 1; number the steps from 1 on, without a gap\n"
		"r.xml:6: step 2 stands behind step 4; number the steps from 1 on\n"
		"r.xml:7: ID is \"0\", expected a whole number from 1\n"
		"r.xml:7: CompletedManually is \"perhaps\", expected true or false\n"
		"r.xml:8: RetryCount is \"-1\", expected a whole number from 0 to 1000000\n"
		"r.xml:9: element b in MachineName, which holds only text; remove it\n"
		"r.xml:10: ScriptToExecute stands twice in Step; remove one");
}

static bool count_step(void *context, struct step *step)
{
	(void)step;
	return ++*(unsigned *)context < 3;
}

static bool refuse_step(void *context, struct step *step)
{
	(void)context;
	(void)step;
	fail_msg("a handler is called behind a problem");
	return false;
}

static bool run(const char *text, bool (*handler)(void *context, struct step *step), unsigned *count,
		struct problem_list *problems)
{
	const struct runbook_handlers handlers = { .step = handler, .context = count };
	CLEANUP_XML_SOURCE struct xml_source *source = xml_source_from_memory(text, strlen(text), "r.xml");
	CLEANUP_PROBLEMS struct problem_list warnings = PROBLEM_LIST_INIT;

	return runbook_read_source(source, &handlers, problems, &warnings);
}

static void test_handlers(void **state)
{
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	unsigned count = 0;

	(void)state;
	assert_false(run(WITH_STEPS("<Step><ID>1</ID></Step><Step><ID>2</ID></Step><Step><ID>3</ID></Step>"
				    "<Step><ID>4</ID></Step>"),
			 count_step, &count, &problems));
	assert_int_equal(count, 3);
	assert_int_equal(problems.count, 0);
	assert_false(run(WITH_STEPS("<Step><ID>2</ID></Step><Step><ID>3</ID></Step>"), refuse_step, &count, &problems));
	assert_int_equal(problems.count, 1);
}

static void test_limits(void **state)
{
	size_t length = (10 << 20) + 1;
	CLEANUP_FREE char *filler = xmalloc(length + 1);
	CLEANUP_FREE char *long_text = NULL;
	CLEANUP_FREE char *long_unknown = NULL;

	(void)state;
	memset(filler, 'x', length);
	filler[length] = '\0';
	long_text = xasprintf(WITH_STEPS("<Step><ID>1</ID><Description>%s</Description></Step>"), filler);
	check_problems(long_text, "r.xml:2: an element of more than 10 MiB");
	long_unknown = xasprintf(WITH_STEPS("<Step><ID>1</ID><New><a/>%s</New></Step>"), filler);
	check_problems(long_unknown, "r.xml:2: an element of more than 10 MiB");
}

/* Each unknown element would be kept with all of them. */
static void test_namespaces_are_limited(void **state)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	(void)state;
	strbuf_add_str(&text, "<RunbookData><RunbookID>r</RunbookID><RunbookStepList>\n<Step");
	for (unsigned i = 0; i < 17; i++)
		strbuf_addf(&text, " xmlns:p%u='u'", i);
	strbuf_add_str(&text, "><ID>1</ID></Step></RunbookStepList></RunbookData>");
	check_problems(text.data, "r.xml:2: Step declares more than 16 namespaces");
}

/* Elements that nobody knows between the steps are kept, if not in their place. */
static void test_unknown_between_steps(void **state)
{
	CLEANUP_DOCUMENT struct document document = { 0 };

	(void)state;
	parse_fine(&document, WITH_STEPS("<Between/><Step><ID>1</ID></Step>"));
	assert_string_equal(document.tail, "<Between />");
	assert_int_equal(document.steps.count, 1);
}

static void test_text_between_elements(void **state)
{
	CLEANUP_DOCUMENT struct document document = { 0 };

	(void)state;
	parse_fine(&document, WITH_STEPS("<Step>stray<ID>1</ID></Step>"));
	assert_int_equal(document.warnings.count, 1);
	assert_string_equal(document.warnings.items[0].text, "text in Step, which holds only elements; it is left out");
}

static void test_writer_leaves_nothing(void **state)
{
	char folder[] = "/tmp/test-runbook-XXXXXX";
	CLEANUP_FREE char *path = NULL;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	struct runbook_head head = { .runbook_id = (char *)"r" };
	struct runbook_writer *writer = NULL;

	(void)state;
	assert_non_null(mkdtemp(folder));
	path = fs_join(folder, "r.xml");
	assert_true(runbook_writer_open(path, &head, &writer, &err));
	runbook_writer_free(writer);
	assert_int_equal(rmdir(folder), 0);
	assert_false(runbook_writer_open(path, &head, &writer, &err));
	assert_int_equal(err.code, ERROR_SYSTEM);
}

static void test_unreadable(void **state)
{
	const struct runbook_handlers handlers = { 0 };
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	CLEANUP_PROBLEMS struct problem_list warnings = PROBLEM_LIST_INIT;

	(void)state;
	assert_false(runbook_read("/nowhere/r.xml", &handlers, &problems, &warnings));
	assert_string_equal(problems.items[0].text, "/nowhere/r.xml: no such file");
}

/* Many steps, beyond several chunks of input and of output. */
static void test_many(void **state)
{
	CLEANUP_DOCUMENT struct document document = { 0 };
	CLEANUP_DOCUMENT struct document again = { 0 };
	CLEANUP_FREE char *written = NULL;
	CLEANUP_FREE char *rewritten = NULL;

	(void)state;
	document.head.runbook_id = xstrdup("many");
	for (unsigned i = 0; i < 5000; i++) {
		struct step *step = step_list_add(&document.steps);

		step->fields = i % 2 ? STEP_FIELDS_LONG : 0;
		step->script.present = true;
		free(step->description);
		step->description = xasprintf("Step %u: <ä> & %0*u", i, (int)(i % 200), i);
	}
	written = write_text(&document);
	parse_fine(&again, written);
	assert_int_equal(again.steps.count, 5000);
	assert_int_equal(again.warnings.count, 0);
	rewritten = write_text(&again);
	assert_string_equal(written, rewritten);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_short_shape),
		cmocka_unit_test(test_long_shape),
		cmocka_unit_test(test_warnings),
		cmocka_unit_test(test_minimal),
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_foreign_dynamic),
		cmocka_unit_test(test_not_a_runbook),
		cmocka_unit_test(test_all_problems_at_once),
		cmocka_unit_test(test_handlers),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_namespaces_are_limited),
		cmocka_unit_test(test_unknown_between_steps),
		cmocka_unit_test(test_text_between_elements),
		cmocka_unit_test(test_writer_leaves_nothing),
		cmocka_unit_test(test_unreadable),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
