// SPDX-License-Identifier: MIT
#include "tests/unit/shared.h"

#include <string.h>
#include <sys/stat.h>

#include "runbook/base/fs.h"
#include "runbook/topology.h"

static bool parse(const char *text, struct topology *ret, struct problem_list *problems, struct problem_list *warnings)
{
	return topology_parse(&(struct document){ text, strlen(text), "t.xml" }, ret, problems, warnings);
}

static void test_real_file(void **state)
{
	CLEANUP_FREE char *path = shared_ax_file("AOTpackage-DefaultTopologyData.xml");
	CLEANUP_TOPOLOGY struct topology topology = TOPOLOGY_INIT;
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	CLEANUP_PROBLEMS struct problem_list warnings = PROBLEM_LIST_INIT;

	(void)state;
	assert_true(topology_read(path, &topology, &problems, &warnings));
	assert_int_equal(problems.count + warnings.count, 0);
	assert_string_equal(topology.name, "AX topology");
	assert_int_equal(topology.machine_count, 1);
	assert_string_equal(topology.machines[0].name, "localhost");
	assert_int_equal(topology.machines[0].line, 5);
	assert_int_equal(topology.machines[0].service_count, 1);
	assert_string_equal(topology.machines[0].services[0].name, "AOSService");
	assert_int_equal(topology.machines[0].services[0].line, 8);
	assert_true(topology.backup.present);
	assert_false(topology.backup.automated);
	assert_string_equal(topology.backup.file_name, "");
	assert_int_equal(strncmp(topology.backup.description, "Please backup your environment now", 34), 0);
}

static void test_body(void **state)
{
	CLEANUP_TOPOLOGY struct topology topology = TOPOLOGY_INIT;
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	CLEANUP_PROBLEMS struct problem_list warnings = PROBLEM_LIST_INIT;

	(void)state;
	assert_true(parse("<TopologyData><!-- c --><MachineList>\n\n<Machine><Name>m</Name></Machine></MachineList>"
			  "<New><x>1</x></New></TopologyData>",
			  &topology, &problems, &warnings));
	assert_int_equal(warnings.count, 1);
	assert_int_equal(topology.machines[0].service_count, 0);
	assert_false(topology.backup.present);
	assert_string_equal(topology.backup.description, "");
	assert_string_equal(topology.body_xml,
			    "<!-- c -->\n    <MachineList>\n      <Machine>\n        <Name>m</Name>\n"
			    "      </Machine>\n    </MachineList>\n    <New>\n      <x>1</x>\n    </New>");
}

static void test_all_problems_at_once(void **state)
{
	CLEANUP_TOPOLOGY struct topology topology = TOPOLOGY_INIT;
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	CLEANUP_PROBLEMS struct problem_list warnings = PROBLEM_LIST_INIT;
	CLEANUP_ERROR struct error err = ERROR_INIT;

	(void)state;
	assert_false(
		parse("<TopologyData>\n<MachineList>\n<Machine><ServiceModelList><string>a</string>\n"
		      "<string>A</string></ServiceModelList></Machine>\n<Machine><Name>m</Name></Machine>\n"
		      "<Machine><Name>M</Name><ServiceModelList><string>../x</string></ServiceModelList></Machine>\n"
		      "</MachineList><BackupScript><RetryCount>x</RetryCount></BackupScript></TopologyData>",
		      &topology, &problems, &warnings));
	assert_null(topology.machines);
	assert_false(problem_list_none(&problems, ERROR_INPUT, &err));
	assert_string_equal(
		err.message,
		"t.xml:3: Machine has no Name; add <Name>…</Name>\n"
		"t.xml:4: service model A stands twice on this machine, first in line 3; remove one\n"
		"t.xml:6: \"../x\" is no name: at most 128 bytes, no slashes, no dot or ~ at the beginning\n"
		"t.xml:6: machine M stands twice, first in line 5; make one of both\n"
		"t.xml:7: RetryCount is \"x\", expected a whole number from 0 to 1000000");
}

static void test_namespaces_are_limited(void **state)
{
	CLEANUP_TOPOLOGY struct topology topology = TOPOLOGY_INIT;
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	CLEANUP_PROBLEMS struct problem_list warnings = PROBLEM_LIST_INIT;
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;

	(void)state;
	strbuf_add_str(&text, "<TopologyData><MachineList");
	for (unsigned i = 0; i < 17; i++)
		strbuf_addf(&text, " xmlns:p%u='u'", i);
	strbuf_add_str(&text, "/></TopologyData>");
	assert_false(parse(text.data, &topology, &problems, &warnings));
	assert_int_equal(problems.count, 1);
	assert_string_equal(problems.items[0].text, "MachineList declares more than 16 namespaces");
}

static void test_unreadable(void **state)
{
	CLEANUP_TOPOLOGY struct topology topology = TOPOLOGY_INIT;
	CLEANUP_PROBLEMS struct problem_list problems = PROBLEM_LIST_INIT;
	CLEANUP_PROBLEMS struct problem_list warnings = PROBLEM_LIST_INIT;

	(void)state;
	assert_false(topology_read("/nowhere/t.xml", &topology, &problems, &warnings));
	assert_int_equal(problems.count, 1);
	assert_string_equal(problems.items[0].text, "/nowhere/t.xml: no such file");
	assert_false(topology_read("/dev/null", &topology, &problems, &warnings));
	assert_int_equal(problems.count, 2);
}

static void test_own_machine(void **state)
{
	(void)state;
	assert_true(machine_is_own("LocalHost", "vm1"));
	assert_true(machine_is_own("VM1", "vm1"));
	assert_false(machine_is_own("vm2", "vm1"));
}

/* A folder for one test, and a file in it. */
struct scratch {
	char folder[32];
	char *path;
};

static int make_scratch(void **state)
{
	struct scratch *scratch = xcalloc(1, sizeof(*scratch));

	(void)strcpy(scratch->folder, "/tmp/test-topology-XXXXXX");
	assert_non_null(mkdtemp(scratch->folder));
	scratch->path = fs_join(scratch->folder, "t.xml");
	*state = scratch;
	return 0;
}

static int remove_scratch(void **state)
{
	struct scratch *scratch = *state;
	CLEANUP_ERROR struct error err = ERROR_INIT;

	assert_true(fs_remove_tree(scratch->folder, &err));
	free(scratch->path);
	free(scratch);
	return 0;
}

static bool change_to(const char *path, const char *machine, const char *services)
{
	CLEANUP_STRV struct strv list = STRV_INIT;
	CLEANUP_ERROR struct error err = ERROR_INIT;

	strv_split(&list, services, " ");
	return topology_set_machine(path, machine, &list, &err);
}

static void check_set(const char *path, const char *machine, const char *services, const char *expected)
{
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	CLEANUP_ERROR struct error err = ERROR_INIT;

	assert_true(change_to(path, machine, services));
	assert_true(fs_read_file(path, 65536, &text, &err));
	assert_string_equal(text.data, expected);
}

#define XSI " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\""
#define NEW_FILE                                       \
	"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" \
	"<TopologyData" XSI ">\n"                      \
	"  <Name>AX topology</Name>\n"                 \
	"  <MachineList>\n"                            \
	"    <Machine>\n"                              \
	"      <Name>vm1</Name>\n"                     \
	"      <ServiceModelList>\n"                   \
	"        <string>A</string>\n"                 \
	"        <string>B&amp;C</string>\n"           \
	"      </ServiceModelList>\n"                  \
	"    </Machine>\n"                             \
	"%s"                                           \
	"  </MachineList>\n"                           \
	"</TopologyData>\n"

static void test_set_makes_a_file(void **state)
{
	struct scratch *scratch = *state;
	CLEANUP_FREE char *one = xasprintf(NEW_FILE, "");
	CLEANUP_FREE char *two =
		xasprintf(NEW_FILE, "    <Machine>\n      <Name>vm2</Name>\n      <ServiceModelList />\n"
				    "    </Machine>\n");
	struct stat st;

	check_set(scratch->path, "vm1", "A B&C", one);
	assert_true(change_to(scratch->path, "VM1", "B"));
	check_set(scratch->path, "vm1", "A B&C", one);
	check_set(scratch->path, "vm2", "", two);
	assert_int_equal(stat(scratch->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, FS_MODE_FILE);
}

static void write_text(const char *path, const char *text)
{
	CLEANUP_ERROR struct error err = ERROR_INIT;

	assert_true(fs_write_atomic(path, text, strlen(text), 0644, &err));
}

static void test_set_keeps_what_it_does_not_know(void **state)
{
	struct scratch *scratch = *state;
	struct stat st;

	write_text(scratch->path,
		   "<?xml version='1.0' encoding='iso-8859-1'?>\r\n<!-- top \xe4 -->\r\n<TopologyData" XSI ">\r\n"
		   "\t<BackupScript>\r\n\t\t<FileName />\r\n\t</BackupScript><!-- b -->\r\n  <MachineList>\r\n"
		   "    <Machine>\r\n      <Unknown a='1'>x</Unknown>\r\n      <ServiceModelList>\r\n"
		   "        <string>Old</string>\r\n        <!-- keep me -->\r\n      </ServiceModelList>\r\n"
		   "      <Name>localhost</Name>\r\n    </Machine>\r\n  </MachineList>\r\n</TopologyData>");
	check_set(scratch->path, "vm1", "New",
		  "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!-- top ä -->\n<TopologyData" XSI ">\n"
		  "\t<BackupScript>\n\t\t<FileName />\n\t</BackupScript><!-- b -->\n  <MachineList>\n"
		  "    <Machine>\n      <Unknown a=\"1\">x</Unknown>\n      <ServiceModelList>\n"
		  "        <!-- keep me -->\n        <string>New</string>\n      </ServiceModelList>\n"
		  "      <Name>vm1</Name>\n    </Machine>\n  </MachineList>\n</TopologyData>\n");
	assert_int_equal(stat(scratch->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0644);
}

static void test_set_refuses(void **state)
{
	struct scratch *scratch = *state;
	CLEANUP_STRV struct strv list = STRV_INIT;
	CLEANUP_STRBUF struct strbuf text = STRBUF_INIT;
	CLEANUP_ERROR struct error err = ERROR_INIT;
	CLEANUP_ERROR struct error none = ERROR_INIT;

	write_text(scratch->path, "<Other/>");
	assert_false(topology_set_machine(scratch->path, "vm1", &list, &err));
	assert_int_equal(err.code, ERROR_INPUT);
	assert_non_null(strstr(err.message, "t.xml:1: the root element is Other, expected TopologyData"));
	assert_true(fs_read_file(scratch->path, 100, &text, &none));
	assert_string_equal(text.data, "<Other/>");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_real_file),
		cmocka_unit_test(test_body),
		cmocka_unit_test(test_all_problems_at_once),
		cmocka_unit_test(test_namespaces_are_limited),
		cmocka_unit_test(test_unreadable),
		cmocka_unit_test(test_own_machine),
		cmocka_unit_test_setup_teardown(test_set_makes_a_file, make_scratch, remove_scratch),
		cmocka_unit_test_setup_teardown(test_set_keeps_what_it_does_not_know, make_scratch, remove_scratch),
		cmocka_unit_test_setup_teardown(test_set_refuses, make_scratch, remove_scratch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
