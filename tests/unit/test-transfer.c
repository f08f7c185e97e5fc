// SPDX-License-Identifier: MIT
/*
 * Document → ledger → document.
 */
#include "tests/unit/ledger_acts.h"

#include "steps/transfer.h"

/* A foreign runbook of both shapes: what is not known is kept, what is not there is not invented. */
static const char foreign[] =
	"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
	"<RunbookData xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
	" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\">\n"
	"  <RunbookID>AX7</RunbookID>\n"
	"  <RunbookTopologyData>\n"
	"    <Name>Main &amp; test</Name>\n"
	"  </RunbookTopologyData>\n"
	"  <RunbookServiceModelData>\n"
	"    <Guid>76f46b4f-1849-4927-9da2-6c349430f349</Guid>\n"
	"    <Version>7.0.4841.0</Version>\n"
	"    <ServiceModelList />\n"
	"  </RunbookServiceModelData>\n"
	"  <RunbookVersion>3</RunbookVersion>\n"
	"  <RunbookStepList>\n"
	"    <Step>\n"
	"      <ID>1</ID>\n"
	"      <Description>Stop script for service model: AOSService on machine: vm1</Description>\n"
	"      <MachineName>vm1</MachineName>\n"
	"      <ServiceModelName>AOSService</ServiceModelName>\n"
	"      <ScriptToExecute>\n"
	"        <FileName>stop.sh</FileName>\n"
	"        <Automated>true</Automated>\n"
	"        <Description />\n"
	"      </ScriptToExecute>\n"
	"      <StartTime>0001-01-01T00:00:00</StartTime>\n"
	"      <EndTime>9999-12-31T23:59:59.9999999</EndTime>\n"
	"      <StepState>NotStarted</StepState>\n"
	"    </Step>\n"
	"    <Step>\n"
	"      <ID>2</ID>\n"
	"      <RunbookID>AX7</RunbookID>\n"
	"      <PackageId>0f</PackageId>\n"
	"      <PackageType>MergedPackage</PackageType>\n"
	"      <CompletedManually>false</CompletedManually>\n"
	"      <Description>GlobalUpdate script</Description>\n"
	"      <MachineName>vm2</MachineName>\n"
	"      <ServiceModelName>AOSService</ServiceModelName>\n"
	"      <ScriptToExecute>\n"
	"        <FileName>Update\\elsewhere.sh</FileName>\n"
	"        <Automated>true</Automated>\n"
	"        <Description>Sync AX database</Description>\n"
	"        <RetryCount>2</RetryCount>\n"
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
	"        <Priority>7</Priority>\n"
	"      </ScriptToExecute>\n"
	"      <StepType>GlobalUpdate</StepType>\n"
	"      <StepConcurrency>Multiple</StepConcurrency>\n"
	"      <ScriptExecutionOutput>said this</ScriptExecutionOutput>\n"
	"      <StartTime>2015-08-26T23:55:07.9930982+00:00</StartTime>\n"
	"      <EndTime>2015-08-26T23:55:09.7423556+00:00</EndTime>\n"
	"      <StepState>Completed</StepState>\n"
	"      <Owner>somebody</Owner>\n"
	"    </Step>\n"
	"    <Step>\n"
	"      <ID>3</ID>\n"
	"      <Description>Backup script for environment</Description>\n"
	"      <MachineName>localhost</MachineName>\n"
	"      <ServiceModelName>All</ServiceModelName>\n"
	"      <ScriptToExecute>\n"
	"        <FileName />\n"
	"        <Automated>false</Automated>\n"
	"        <Description>Back up all databases</Description>\n"
	"      </ScriptToExecute>\n"
	"      <StartTime>0001-01-01T00:00:00</StartTime>\n"
	"      <EndTime>9999-12-31T23:59:59.9999999</EndTime>\n"
	"      <StepState>Failed</StepState>\n"
	"    </Step>\n"
	"  </RunbookStepList>\n"
	"  <RunbookLogs>\n"
	"    <Log>\n"
	"      <StepID>3</StepID>\n"
	"      <Text>it did not work</Text>\n"
	"      <Message>really</Message>\n"
	"    </Log>\n"
	"  </RunbookLogs>\n"
	"</RunbookData>\n";

struct transfer {
	struct fixture *fixture;
	struct package_root root;
	char *file;   /* what is imported */
	char *result; /* what was exported */
};

static int transfer_setup(void **state)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	struct transfer *transfer = xcalloc(1, sizeof(*transfer));
	void *fixture;
	CLEANUP_FREE char *scripts = NULL;
	CLEANUP_FREE char *script = NULL;
	CLEANUP_FREE char *package = NULL;

	assert_int_equal(fixture_setup(&fixture), 0);
	transfer->fixture = fixture;
	transfer->file = fs_join(transfer->fixture->folder, "runbook.xml");
	transfer->result = fs_join(transfer->fixture->folder, "result.xml");
	package = fs_join(transfer->fixture->folder, "package");
	scripts = fs_join(package, "AOSService/Scripts");
	script = fs_join(scripts, "Stop.sh");
	assert_fine(fs_make_folders(scripts, FS_MODE_FOLDER, &err), &err);
	assert_fine(fs_write_atomic(script, "exit 0\n", 7, FS_MODE_FILE, &err), &err);
	assert_fine(package_root_open(package, &transfer->root, &err), &err);
	*state = transfer;
	return 0;
}

static int transfer_teardown(void **state)
{
	struct transfer *transfer = *state;
	void *fixture = transfer->fixture;

	package_root_release(&transfer->root);
	free(transfer->file);
	free(transfer->result);
	free(transfer);
	return fixture_teardown(&fixture);
}

static void write_file(struct transfer *transfer, const char *text)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;

	assert_fine(fs_write_atomic(transfer->file, text, strlen(text), FS_MODE_FILE, &err), &err);
}

/* Replaces the one place where `from` stands in `text`. The caller frees it. */
static char *with(const char *text, const char *from, const char *to)
{
	const char *place = strstr(text, from);

	assert_non_null(place);
	return xasprintf("%.*s%s%s", (int)(place - text), text, to, place + strlen(from));
}

static bool import_file(struct transfer *transfer, bool replace, struct import_report *ret, struct error *err)
{
	CLEANUP_PROBLEMS struct problem_list warnings = PROBLEM_LIST_INIT;
	const struct import_request request = {
		.runbook_file = transfer->file,
		.root = &transfer->root,
		.own_machine = "VM1",
		.replace = replace,
	};

	return ledger_import(transfer->fixture->ledger, &request, ret, &warnings, err);
}

static void import_text(struct transfer *transfer, const char *text)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP(import_report_release) struct import_report report = { 0 };
	CLEANUP(ledger_runbook_release) struct ledger_runbook runbook = { 0 };

	write_file(transfer, text);
	assert_fine(import_file(transfer, true, &report, &err), &err);
	assert_fine(ledger_runbook_get(transfer->fixture->ledger, report.runbook_id, &runbook, &err), &err);
	transfer->fixture->runbook = runbook.key;
}

static void import_fails(struct transfer *transfer, const char *text, enum error_code code, const char *message)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP(import_report_release) struct import_report report = { 0 };

	write_file(transfer, text);
	assert_refused(import_file(transfer, false, &report, &err), &err, code, message);
	assert_null(report.runbook_id);
}

static void export_text(struct transfer *transfer, struct strbuf *ret)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;

	strbuf_clear(ret);
	assert_fine(ledger_export(transfer->fixture->ledger, "AX7", transfer->result, &err), &err);
	assert_fine(fs_read_file(transfer->result, 1 << 24, ret, &err), &err);
}

static void test_untouched_foreign_runbook_stays_itself(void **state)
{
	struct transfer *transfer = *state;
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	import_text(transfer, foreign);
	export_text(transfer, &text);
	assert_string_equal(text.data, foreign);
}

/* Of another machine, so that no script is looked for; now and then with a new script, and with more than a row of its own. */
static void add_step(struct strbuf *text, unsigned number)
{
	strbuf_addf(text,
		    "    <Step>\n"
		    "      <ID>%u</ID>\n"
		    "      <Description>Step %u of many</Description>\n"
		    "      <MachineName>vm2</MachineName>\n"
		    "      <ServiceModelName>AOSService</ServiceModelName>\n"
		    "      <ScriptToExecute>\n"
		    "        <FileName>script%u.sh</FileName>\n"
		    "        <Automated>true</Automated>\n"
		    "        <Description />\n"
		    "      </ScriptToExecute>\n"
		    "      <StartTime>0001-01-01T00:00:00</StartTime>\n"
		    "      <EndTime>9999-12-31T23:59:59.9999999</EndTime>\n"
		    "      <StepState>NotStarted</StepState>\n"
		    "%s"
		    "    </Step>\n",
		    number, number, number / 700, number % 97 ? "" : "      <Owner>somebody</Owner>\n");
}

/* More than are inserted at a time. */
static void test_many_steps(void **state)
{
	enum { STEPS = 3000 };
	struct transfer *transfer = *state;
	const char *list = strstr(foreign, "    <Step>\n");
	CLEANUP_STRBUF struct strbuf given = STRBUF_INIT;
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	strbuf_add(&given, foreign, (size_t)(list - foreign));
	for (unsigned number = 1; number <= STEPS; number++)
		add_step(&given, number);
	strbuf_add_str(&given, strstr(foreign, "  </RunbookStepList>\n"));
	import_text(transfer, given.data);
	export_text(transfer, &text);
	assert_string_equal(text.data, given.data);
}

static void test_what_is_recorded(void **state)
{
	struct transfer *transfer = *state;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP(import_report_release) struct import_report report = { 0 };
	CLEANUP(ledger_runbook_release) struct ledger_runbook runbook = { 0 };
	CLEANUP(ledger_step_release) struct ledger_step step = { 0 };

	write_file(transfer, foreign);
	assert_fine(import_file(transfer, false, &report, &err), &err);
	assert_string_equal(report.runbook_id, "AX7");
	assert_int_equal(report.step_count, 3);
	assert_int_equal(report.done_count, 1);
	assert_fine(ledger_runbook_get(transfer->fixture->ledger, "AX7", &runbook, &err), &err);
	assert_string_equal(runbook.package_root, transfer->root.path);
	assert_string_equal(runbook.guid, "76f46b4f-1849-4927-9da2-6c349430f349");
	assert_string_equal(runbook.version, "7.0.4841.0");
	assert_string_equal(runbook.package_type, "MergedPackage");
	assert_int_equal(runbook.started_ns, 0);
	assert_int_equal(runbook.counts[STATE_COMPLETED], 1);
	assert_int_equal(runbook.counts[STATE_FAILED], 1);
	assert_fine(ledger_step_get(transfer->fixture->ledger, runbook.key, 1, &step, &err), &err);
	/* sha256 of "exit 0\n", found although its case differs */
	assert_string_equal(step.script_sha256, "28d3b9e880a77975493dc7e359144c0295a4f694cfe0af4f928c22307bc5c320");
	assert_int_equal(step.type, STEP_TYPE_STOP);
	ledger_step_release(&step);
	assert_fine(ledger_step_get(transfer->fixture->ledger, runbook.key, 2, &step, &err), &err);
	assert_string_equal(step.script_sha256, ""); /* of another machine, and not here */
	assert_string_equal(step.file_name, "Update\\elsewhere.sh");
	assert_string_equal(step.instruction, "Sync AX database");
	assert_int_equal(step.retry_count, 2);
	assert_int_equal(step.timeout_min, 75);
	assert_true(step.no_auto_resume);
}

static void check_history(const struct strbuf *text)
{
	assert_non_null(strstr(text->data, "      <ScriptExecutionOutput>Rows=&lt;5&gt;</ScriptExecutionOutput>\n"
					   "      <StartTime>1970-01-01T00:00:00.0000050+00:00</StartTime>\n"
					   "      <EndTime>1970-01-01T00:00:00.0000090+00:00</EndTime>\n"
					   "      <StepState>Failed</StepState>\n"
					   "      <StepDetail>\n"
					   "        <State>TimedOut</State>\n"
					   "        <Attempt>\n"
					   "          <Number>1</Number>\n"
					   "          <State>TimedOut</State>\n"
					   "          <StartTime>1970-01-01T00:00:00.0000050+00:00</StartTime>\n"
					   "          <EndTime>1970-01-01T00:00:00.0000090+00:00</EndTime>\n"
					   "          <ExitCode>1</ExitCode>\n"
					   "          <Log>/folder/log</Log>\n"
					   "          <User>root</User>\n"
					   "        </Attempt>\n"
					   "      </StepDetail>\n"));
	assert_non_null(strstr(text->data, "      <EndTime>9999-12-31T23:59:59.9999999</EndTime>\n"
					   "      <StepState>Completed</StepState>\n"
					   "      <StepDetail>\n"
					   "        <State>Completed</State>\n"
					   "        <Override>\n"
					   "          <Kind>SetComplete</Kind>\n"
					   "          <State>Completed</State>\n"
					   "          <Time>1970-01-01T00:00:00.0000070+00:00</Time>\n"
					   "          <User>root (alice)</User>\n"
					   "          <Reason>done by hand</Reason>\n"
					   "        </Override>\n"
					   "      </StepDetail>\n"));
	assert_non_null(strstr(text->data, "    <Log>\n"
					   "      <StepID>1</StepID>\n"
					   "      <Attempt>1</Attempt>\n"
					   "      <Time>1970-01-01T00:00:00.0000090+00:00</Time>\n"
					   "      <File>/folder/log</File>\n"
					   "      <Text>too slow</Text>\n"
					   "    </Log>\n"));
}

static void test_history_is_told_and_comes_back(void **state)
{
	struct transfer *transfer = *state;
	struct fixture *fixture = transfer->fixture;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_STRBUF struct strbuf first = STRBUF_INIT, second = STRBUF_INIT;
	const struct ledger_attempt attempt = {
		.step = 1, .number = 1, .ended_ns = 9000, .log_path = LENT("/folder/log")
	};

	import_text(transfer, foreign);
	assert_fine(fixture_start(fixture, 1, &err), &err);
	assert_fine(ledger_output_add(fixture->ledger, fixture_place(fixture, 1, 1), "Rows", "<5>", &err), &err);
	assert_fine(fixture_end(fixture, 1, 1, STATE_TIMED_OUT, &err), &err);
	assert_fine(ledger_log_add(fixture->ledger, fixture->runbook, &attempt, "too slow", &err), &err);
	assert_fine(fixture_override(fixture, 3, OVERRIDE_SET_COMPLETE, "done by hand", &err), &err);
	export_text(transfer, &first);
	check_history(&first);
	/* Somewhere else it is the same runbook, in the same states. */
	ledger_close(fixture->ledger);
	fixture->path[strlen(fixture->path) - 1] = '2';
	fixture_open(fixture, LEDGER_WRITE);
	import_text(transfer, first.data);
	assert_int_equal(fixture_state(fixture, 1), STATE_TIMED_OUT);
	export_text(transfer, &second);
	assert_string_equal(second.data, first.data);
	/* What happens there goes behind what came with it. */
	assert_fine(fixture_start(fixture, 1, &err), &err);
	assert_fine(fixture_end(fixture, 1, 1, STATE_COMPLETED, &err), &err);
	export_text(transfer, &second);
	assert_non_null(strstr(second.data, "        <State>Completed</State>\n"
					    "        <Attempt>\n"
					    "          <Number>1</Number>\n"
					    "          <State>TimedOut</State>\n"));
	assert_non_null(strstr(second.data, "        </Attempt>\n"
					    "        <Attempt>\n"
					    "          <Number>1</Number>\n"
					    "          <State>Completed</State>\n"));
}

static void test_running_step(void **state)
{
	struct transfer *transfer = *state;
	struct fixture *fixture = transfer->fixture;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	import_text(transfer, foreign);
	assert_fine(fixture_start(fixture, 1, &err), &err);
	export_text(transfer, &text);
	assert_non_null(strstr(text.data, "<StepState>InProgress</StepState>"));
	assert_non_null(strstr(text.data, "<StartTime>1970-01-01T00:00:00.0000050+00:00</StartTime>\n"
					  "      <EndTime>9999-12-31T23:59:59.9999999</EndTime>\n"));
	/* Whoever reads that does not know how it ended. */
	ledger_close(fixture->ledger);
	fixture->path[strlen(fixture->path) - 1] = '2';
	fixture_open(fixture, LEDGER_WRITE);
	import_text(transfer, text.data);
	assert_int_equal(fixture_state(fixture, 1), STATE_INTERRUPTED);
	export_text(transfer, &text);
	assert_non_null(strstr(text.data, "<StepState>Failed</StepState>\n"
					  "      <StepDetail>\n"
					  "        <State>Interrupted</State>\n"
					  "        <Attempt>\n"));
}

static void test_rerun_takes_the_times_away(void **state)
{
	struct transfer *transfer = *state;
	struct fixture *fixture = transfer->fixture;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	import_text(transfer, foreign);
	assert_non_null(strstr(foreign, "2015-08-26"));
	assert_fine(fixture_override(fixture, 2, OVERRIDE_RERUN, "again", &err), &err);
	export_text(transfer, &text);
	assert_null(strstr(text.data, "2015-08-26"));
	assert_non_null(strstr(text.data, "        <State>NotStarted</State>\n"
					  "        <Override>\n"
					  "          <Kind>Rerun</Kind>\n"));
}

static void test_manual_completion_shows(void **state)
{
	struct transfer *transfer = *state;
	struct fixture *fixture = transfer->fixture;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	import_text(transfer, foreign);
	assert_fine(fixture_override(fixture, 2, OVERRIDE_RERUN, "", &err), &err);
	assert_fine(fixture_override(fixture, 2, OVERRIDE_SET_COMPLETE, "", &err), &err);
	export_text(transfer, &text);
	assert_non_null(strstr(text.data, "<CompletedManually>true</CompletedManually>"));
	assert_fine(fixture_override(fixture, 2, OVERRIDE_RERUN, "", &err), &err);
	export_text(transfer, &text);
	assert_null(strstr(text.data, "<CompletedManually>true</CompletedManually>"));
}

static void test_all_problems_at_once(void **state)
{
	struct transfer *transfer = *state;
	CLEANUP_FREE char *missing = with(foreign, "stop.sh", "other.sh");
	CLEANUP_FREE char *both = with(missing, "<Automated>false", "<Automated>true");
	CLEANUP_FREE char *leaving = with(both, "<StepState>Failed", "<StepState>NotStarted");
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP(import_report_release) struct import_report report = { 0 };
	CLEANUP(ledger_runbook_release) struct ledger_runbook runbook = { 0 };
	CLEANUP_FREE char *line = xasprintf("%s:14: step 1: ", transfer->file);

	write_file(transfer, leaving);
	assert_false(import_file(transfer, false, &report, &err));
	assert_int_equal(err.code, ERROR_INPUT);
	assert_non_null(strstr(err.message, line));
	assert_non_null(strstr(err.message, "other.sh"));
	assert_non_null(strstr(err.message, "step 3: is automated, but names no script"));
	error_release(&err);
	assert_refused(ledger_runbook_get(transfer->fixture->ledger, "AX7", &runbook, &err), &err, ERROR_INPUT,
		       "has none");
}

static void test_refusals(void **state)
{
	struct transfer *transfer = *state;
	struct fixture *fixture = transfer->fixture;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_FREE char *other_case = with(foreign, "<RunbookID>AX7", "<RunbookID>ax7");
	CLEANUP_FREE char *twice = with(foreign, "<ID>2</ID>", "<ID>1</ID>");
	CLEANUP_FREE char *no_name = with(foreign, "<MachineName>vm1", "<MachineName>../vm1");
	CLEANUP_FREE char *changed = with(foreign, "said this", "said that");
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	import_fails(transfer, "<RunbookData><RunbookID>AX7</RunbookID><RunbookStepList /></RunbookData>",
		     ERROR_REFUSED, "has no steps");
	import_fails(transfer, twice, ERROR_INPUT, "runbook.xml:");
	import_fails(transfer, no_name, ERROR_INPUT, "step 1: MachineName is no plain name");
	import_text(transfer, foreign);
	import_fails(transfer, foreign, ERROR_REFUSED, "-replace");
	import_fails(transfer, other_case, ERROR_REFUSED, "there is a runbook AX7 already");
	import_text(transfer, changed); /* it has not started */
	export_text(transfer, &text);
	assert_string_equal(text.data, changed);
	assert_fine(fixture_start(fixture, 1, &err), &err);
	import_fails(transfer, foreign, ERROR_REFUSED, "has started");
}

static void test_results_of_another_machine(void **state)
{
	struct transfer *transfer = *state;
	struct fixture *fixture = transfer->fixture;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_PROBLEMS struct problem_list warnings = PROBLEM_LIST_INIT;
	CLEANUP_FREE char *before = with(foreign, "<StepState>Completed", "<StepState>NotStarted");
	CLEANUP_FREE char *own = with(foreign, "<StepState>NotStarted", "<StepState>Failed");
	CLEANUP_FREE char *after = with(own, "<StepID>3</StepID>", "<StepID>2</StepID>");
	CLEANUP_FREE char *differs = with(after, "GlobalUpdate script", "Something else");
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	const struct merge_request request = { "AX7", transfer->file, "vm1", "root (alice)" };
	uint32_t count;

	import_text(transfer, before);
	assert_int_equal(fixture_state(fixture, 2), STATE_NOT_STARTED);
	write_file(transfer, differs);
	assert_refused(ledger_merge(fixture->ledger, &request, &count, &warnings, &err), &err, ERROR_INPUT,
		       "step 2 is another one");
	write_file(transfer, after);
	assert_fine(ledger_merge(fixture->ledger, &request, &count, &warnings, &err), &err);
	assert_int_equal(count, 1);
	assert_int_equal(fixture_state(fixture, 1), STATE_NOT_STARTED); /* our own */
	assert_int_equal(fixture_state(fixture, 2), STATE_COMPLETED);
	export_text(transfer, &text);
	assert_non_null(strstr(text.data, "      <ScriptExecutionOutput>said this</ScriptExecutionOutput>\n"
					  "      <StartTime>2015-08-26T23:55:07.9930982+00:00</StartTime>\n"
					  "      <EndTime>2015-08-26T23:55:09.7423556+00:00</EndTime>\n"
					  "      <StepState>Completed</StepState>\n"
					  "      <StepDetail>\n"
					  "        <State>Completed</State>\n"
					  "        <Override>\n"
					  "          <Kind>Merged</Kind>\n"));
	assert_non_null(strstr(text.data, "      <StepID>2</StepID>\n      <Text>it did not work</Text>\n"));
	/* Once more it is no news. */
	assert_fine(ledger_merge(fixture->ledger, &request, &count, &warnings, &err), &err);
	assert_int_equal(count, 0);
}

static void test_export_of_what_is_not_there(void **state)
{
	struct transfer *transfer = *state;
	CLEANUP_ERROR struct error err = ERROR_INIT;

	assert_refused(ledger_export(transfer->fixture->ledger, "AX7", transfer->result, &err), &err, ERROR_INPUT,
		       "no runbook AX7");
	assert_int_equal(access(transfer->result, F_OK), -1);
	import_text(transfer, foreign); /* no transaction was left open */
}

#define TRANSFER_TEST(function) cmocka_unit_test_setup_teardown(function, transfer_setup, transfer_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TRANSFER_TEST(test_untouched_foreign_runbook_stays_itself),
		TRANSFER_TEST(test_many_steps),
		TRANSFER_TEST(test_what_is_recorded),
		TRANSFER_TEST(test_history_is_told_and_comes_back),
		TRANSFER_TEST(test_running_step),
		TRANSFER_TEST(test_rerun_takes_the_times_away),
		TRANSFER_TEST(test_manual_completion_shows),
		TRANSFER_TEST(test_all_problems_at_once),
		TRANSFER_TEST(test_refusals),
		TRANSFER_TEST(test_results_of_another_machine),
		TRANSFER_TEST(test_export_of_what_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
