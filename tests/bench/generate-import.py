#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A runbook of a hundred thousand steps: generate against the xmlTextWriter limit, import against xmllint, export against generate."""

import bench

MODELS = ("Model1", "Model2", "Model3", "Model4", "Model5")
# What each service model has on each machine: four scripts, ETW manifest and installation info.
SCRIPTS = ("StopScript", "BackupScript", "UpdateScript", "StartScript")
STEPS_PER_MACHINE = len(MODELS) * (len(SCRIPTS) + 2)
LIMIT_SIZE_TOLERANCE = 0.02

SCRIPT = "<{element}><FileName>{file}</FileName><Automated>true</Automated><Description>{element} of {model}</Description></{element}>"


def service_model_xml(model):
    scripts = "".join(SCRIPT.format(element=element, file=f"{element}.sh", model=model) for element in SCRIPTS)
    return f"<ServiceModel><Name>{model}</Name><SelectedForUpdate>true</SelectedForUpdate>{scripts}</ServiceModel>"


def machine_xml(number):
    models = "".join(f"<string>{model}</string>" for model in MODELS)
    return f"<Machine><Name>machine-{number:05}</Name><ServiceModelList>{models}</ServiceModelList></Machine>\n"


class DocumentBench(bench.Bench):
    def __init__(self):
        super().__init__(__doc__, [("--steps", 100000)])
        self.machines = -(-self.arguments.steps // STEPS_PER_MACHINE)
        self.package = self.folder / "package"
        self.topology = self.folder / "topology.xml"
        self.service_models = self.package / "ServiceModelData.xml"
        self.make_package()

    def make_package(self):
        for model in MODELS:
            scripts = self.package / model / "Scripts"
            scripts.mkdir(parents=True)
            for element in SCRIPTS:
                (scripts / f"{element}.sh").write_text("#!/bin/sh\n", encoding="utf-8")
            (scripts / "InstallationInfo.xml").write_text(
                f"<ServiceModelInstallationInfo><Name>{model}</Name><Version>1.0</Version></ServiceModelInstallationInfo>", encoding="utf-8")
        self.service_models.write_text(
            "<ServiceModelData><Guid>76f46b4f-1849-4927-9da2-6c349430f349</Guid><Version>1.0</Version><ServiceModelList>"
            + "".join(map(service_model_xml, MODELS)) + "</ServiceModelList></ServiceModelData>", encoding="utf-8")
        self.topology.write_text(
            "<TopologyData><Name>bench</Name><MachineList>" + "".join(map(machine_xml, range(self.machines)))
            + "</MachineList></TopologyData>", encoding="utf-8")

    def runbook(self, number):
        return self.folder / f"runbook-{number}.xml"

    def generate(self, number):
        return self.run([self.program, "generate", f"-runbookid=bench-{number}", f"-topologyfile={self.topology}",
                         f"-servicemodelfile={self.service_models}", f"-runbookfile={self.runbook(number)}", "-etwmanifest=always"])

    def write_limit(self, number):
        steps = self.machines * STEPS_PER_MACHINE
        return self.run([self.limit, self.folder / f"limit-{number}.xml", steps, self.machines])

    def import_runbook(self, number):
        return self.run([self.program, "import", f"-runbookfile={self.runbook(number)}", f"-packagepath={self.package}",
                         f"-ledger={self.folder / f'ledger-{number}' / 'ledger.db'}"])

    def xmllint(self, number):
        return self.run(["xmllint", "--stream", "--noout", self.runbook(number)])

    def export(self, number):
        return self.run([self.program, "export", f"-runbookid=bench-{number}", f"-runbookfile={self.folder / f'export-{number}.xml'}",
                         f"-ledger={self.folder / f'ledger-{number}' / 'ledger.db'}"])

    def check_sizes(self):
        """The limit is one only if it writes as much."""
        ours, limit = self.runbook(0).stat().st_size, (self.folder / "limit-0.xml").stat().st_size
        assert abs(ours - limit) <= LIMIT_SIZE_TOLERANCE * ours, f"the limit wrote {limit} bytes, generate {ours}"
        steps = self.runbook(0).read_bytes().count(b"<Step>")
        print(f"  {steps} steps, {ours / 1e6:.1f} MB (the limit's document: {limit / 1e6:.1f} MB)")


def main():
    run = DocumentBench()
    print(f"generate, import and export, medians of {run.arguments.rounds} rounds")
    seconds = run.in_turn({"runbook generate": run.generate, "xmlTextWriter limit": run.write_limit, "runbook import": run.import_runbook,
                           "xmllint --stream": run.xmllint, "runbook export": run.export})
    run.check_sizes()
    run.at_most("generate / xmlTextWriter", seconds["runbook generate"] / seconds["xmlTextWriter limit"], 1.0)
    run.at_most("import / xmllint --stream", seconds["runbook import"] / seconds["xmllint --stream"], 1.0)
    run.at_most("export / generate", seconds["runbook export"] / seconds["runbook generate"], 1.2)
    run.at_most("import, peak memory", run.peak_mib["runbook import"], 64, "MiB")
    run.end()


main()
