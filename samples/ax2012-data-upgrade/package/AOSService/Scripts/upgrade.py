#!/usr/bin/python3 -B
# SPDX-License-Identifier: MIT
"""The GlobalUpdate step: the whole data upgrade, forty-two sub-steps in five groups.

upgrade.py              runs all, in order, each as a sub-step of the step: runbook knows which are done, and leaves them out
upgrade.py GROUP NAME   runs one of them, with one line: GROUP/NAME: what was done

Each sub-step can be run again: it finds what is done already.
"""

import contextlib
import subprocess
import sys

import axdb
import batch
import prereqs
import sync

# The sub-steps that ExecuteScripts consists of.
PRE_SYNC_SCRIPTS = [
    ("ConfigureBatch", batch.configure_batch),
    ("StartAos", batch.start_aos),
    ("ScheduleScripts", batch.schedule_pre_sync_scripts),
    ("StartBatch", batch.start_batch),
    ("WaitForBatch", batch.wait_for_batch),
    ("StopBatch", batch.stop_batch),
]
POST_SYNC_SCRIPTS = [
    ("StartAos", batch.start_aos),
    ("ScheduleScripts", batch.schedule_post_sync_scripts),
    ("StartBatch", batch.start_batch),
    ("WaitForBatch", batch.wait_for_batch),
    ("StopBatch", batch.stop_batch),
    ("ImportIsvLicenses", batch.import_isv_licenses),
]
GROUPS = {
    "PreReqs": [
        ("DisableDbLogTriggers", prereqs.disable_db_log_triggers),
        ("CreateSqlSequences", prereqs.create_sql_sequences),
        ("UpdateKernelSchema", prereqs.update_kernel_schema),
        ("PatchSqlDictionaryPass1", prereqs.patch_sql_dictionary_pass1),
        ("PatchSqlDictionaryPass2", prereqs.patch_sql_dictionary_pass2),
        ("PatchUserInfo", prereqs.patch_user_info),
        ("PatchSqlSystemVariables", prereqs.patch_sql_system_variables),
        ("ResetAdminUser", prereqs.reset_admin_user),
        ("ClearSysLastValue", prereqs.clear_sys_last_value),
        ("EnableSafeMode", prereqs.enable_safe_mode),
        ("AdditiveDbSync", sync.additive_db_sync),
        ("PartialDbSync", sync.partial_db_sync),
        ("DisableSafeMode", prereqs.disable_safe_mode),
    ],
    "PreSync": [
        ("CleanupDataUpgradeTables", batch.cleanup_data_upgrade_tables),
        ("EnableSysDeletedObjects", batch.enable_sys_deleted_objects),
        ("SaveBatchConfiguration", batch.save_batch_configuration),
        ("DisaleBatchPriorityScheduling", batch.disable_batch_priority_scheduling),  # spelled so since 2016
        ("ExecuteScripts", PRE_SYNC_SCRIPTS),
    ],
    "DbSync": [
        ("EnableSafeMode", prereqs.enable_safe_mode),
        ("SyncSchema", sync.sync_schema),
        ("DisableSafeMode", prereqs.disable_safe_mode),
    ],
    "PostSync": [
        ("ExecuteScripts", POST_SYNC_SCRIPTS),
        ("DisableSysDeletedObjects", batch.disable_sys_deleted_objects),
        ("EnableBatchPriorityScheduling", batch.enable_batch_priority_scheduling),
        ("RestoreBatchConfiguration", batch.restore_batch_configuration),
    ],
    "FinalDbSync": [
        ("EnableSafeMode", prereqs.enable_safe_mode),
        ("SyncSchema", sync.final_sync_schema),
        ("DisableSafeMode", prereqs.disable_safe_mode),
        ("EnableDbLogTriggers", prereqs.enable_db_log_triggers),
        ("DisableDataUpgradeFlag", prereqs.disable_data_upgrade_flag),
    ],
}

# These wait for the AOS, which could not get on if they held a transaction open.
WITHOUT_TRANSACTION = (batch.start_aos, batch.wait_for_batch, batch.stop_batch)


def perform(action):
    """Does the work of a sub-step and returns what it did."""
    with contextlib.closing(axdb.connect()) as db:
        if axdb.variable(db, "DATAUPGRADE") != "1":
            return "nothing to do, the upgrade is finished"
        if action in WITHOUT_TRANSACTION:
            return action(db)
        with axdb.transaction(db):
            return action(db)


def run_substep(group, name):
    """Has runbook run this program for the sub-step. What it consists of, if anything, it runs itself in the same way."""
    command = ["runbook", "substep", f"{group}/{name}", "--", sys.executable, "-B", __file__, group, name]
    code = subprocess.run(command, check=False).returncode
    if code:
        sys.exit(code)


def do_substep(group, name):
    action = find(group, name)
    if isinstance(action, list):
        for inner_name, _ in action:
            run_substep(group, inner_name)
        done = f"{len(action)} sub-steps done"
    else:
        done = perform(action)
    print(f"{group}/{name}: {done}", flush=True)


def find(group, name):
    """The action of a sub-step, wherever in its group it is; ends the program if there is none."""
    for outer_name, action in GROUPS.get(group, []):
        inner = action if isinstance(action, list) else []
        for known, found in [(outer_name, action), *inner]:
            if known == name:
                return found
    sys.exit(f"there is no sub-step {group}/{name}")


def main():
    if len(sys.argv) == 3:
        do_substep(sys.argv[1], sys.argv[2])
        return
    if len(sys.argv) != 1:
        sys.exit("usage: upgrade.py [GROUP NAME]")
    for group, substeps in GROUPS.items():
        for name, _ in substeps:
            run_substep(group, name)


axdb.run(main)
