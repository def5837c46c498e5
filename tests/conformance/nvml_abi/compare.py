#!/usr/bin/env python3
"""Compares septet's ABI header with the published one: prototypes, structs, fields, constants.

compare.py OURS_FOLDER PUBLISHED_HEADER EXPORTS SCRATCH
Prints every difference and a count of what was compared; exit status 1 on any difference. What
differs on purpose is written down below and checked too.
"""

import pathlib
import sys

from header_facts import Header, declared, measured

# Of a call without a version suffix the published header shows only the newest struct; the call
# itself still has the struct it was born with, and writing more than that overruns old clients.
FIRST_ABI = {
    "nvmlComputeInstanceGetInfo": "nvmlComputeInstanceInfo_v1_t",
    "nvmlDeviceGetAttributes": "nvmlDeviceAttributes_v1_t",
    "nvmlDeviceGetNvLinkRemotePciInfo": "nvmlPciInfo_v2_t",
    "nvmlDeviceGetPciInfo": "nvmlPciInfo_v2_t",
    "nvmlDeviceGetPciInfo_v2": "nvmlPciInfo_v2_t",
    "nvmlDeviceRemoveGpu": "nvmlPciInfo_v2_t",
    "nvmlEventSetWait": "nvmlEventData_v1_t",
}
# Exported by drivers, in no published header.
UNPUBLISHED_FUNCTIONS = {"nvmlInternalGetExportTable"}
# Old names that the published header turns into new ones with a macro; here they are names.
RENAMED_FUNCTIONS = {"nvmlGetBlacklistDeviceCount", "nvmlGetBlacklistDeviceInfoByIndex"}
RENAMED_TYPES = {"nvmlBlacklistDeviceInfo_t", "nvmlEccBitType_t"}
# How the published header is written, not what it says.
PUBLISHED_MACHINERY = {"__nvml_nvml_h__", "DECLDIR", "DEPRECATED", "NVML_NO_UNVERSIONED_FUNC_DEFS"}
OUR_MACHINERY = {"NVML_API"}


class Report:
    def __init__(self):
        self.differences = []

    def same_names(self, what, ours, published):
        for name in sorted(published - ours):
            self.differences.append(f"{what} {name}: missing from ours")
        for name in sorted(ours - published):
            self.differences.append(f"{what} {name}: only in ours")

    def same_facts(self, ours, published):
        for key in sorted(published.keys() | ours.keys()):
            a, b = ours.get(key), published.get(key)
            if a != b:
                self.differences.append(f"{key}: ours {a}, published {b}")


def compare_names(report, ours, published, exports):
    report.same_names("function", ours.functions - UNPUBLISHED_FUNCTIONS - RENAMED_FUNCTIONS,
                      published.functions)
    report.same_names("exported function", ours.functions, exports)
    report.same_names("type", ours.types - RENAMED_TYPES - set(FIRST_ABI.values()), published.types)
    report.same_names("struct", set(ours.records) - set(FIRST_ABI.values()), set(published.records))
    report.same_names("opaque struct", ours.opaque, published.opaque)
    report.same_names("enumerator", ours.enumerators, published.enumerators)
    report.same_names("constant", set(ours.macros) - OUR_MACHINERY,
                      set(published.macros) - PUBLISHED_MACHINERY - RENAMED_TYPES)
    report.same_names("macro", ours.function_macros,
                      published.function_macros - PUBLISHED_MACHINERY)
    for name in published.records.keys() & ours.records.keys():
        if ours.records[name] != published.records[name]:
            report.differences.append(f"struct {name}: fields {ours.records[name]}, "
                                      f"published {published.records[name]}")


# Checks the seven deliberate differences and removes them from both sides.
def settle_first_abi(report, ours, published):
    for function, struct in FIRST_ABI.items():
        mine, theirs = (facts.pop(f"P {function}", "none").split() for facts in (ours, published))
        changed = [(a, b) for a, b in zip(mine, theirs) if a != b]
        expected = f"p{ours[f'T {struct}'][1:]}"
        if len(mine) != len(theirs) or [a for a, _ in changed] != [expected]:
            report.differences.append(f"P {function}: ours {mine}, published {theirs}, expected "
                                      f"only {expected} for {struct} to differ")
    for struct in set(FIRST_ABI.values()):
        for key in [key for key in ours if key.split(" ")[1].split(".")[0] == struct]:
            del ours[key]


def probed_macros(report, names):
    probes = (pathlib.Path(__file__).parent / "function_macros.inc").read_text()
    for name in sorted(names):
        if f"{name}(" not in probes:
            report.differences.append(f"macro {name}: function_macros.inc does not try it")


def main(ours_folder, published_path, exports_path, scratch):
    scratch = pathlib.Path(scratch)
    exports = set(pathlib.Path(exports_path).read_text().split())
    ours = Header("ours", "simnvml/abi/nvml.h", [ours_folder])
    published = Header("published", str(published_path), [], ["NVML_NO_UNVERSIONED_FUNC_DEFS"])
    renaming = Header("published_renaming", str(published_path))
    report = Report()

    our_names, their_names = declared(ours), declared(published)
    compare_names(report, our_names, their_names, exports)
    probed_macros(report, their_names.function_macros - PUBLISHED_MACHINERY)
    for names in (our_names, their_names):
        for machinery in PUBLISHED_MACHINERY | OUR_MACHINERY | RENAMED_TYPES:
            names.macros.pop(machinery, None)
    our_facts = measured(ours, our_names, scratch)
    their_facts = measured(published, their_names, scratch)

    renamed = type(their_names)(functions=set(RENAMED_FUNCTIONS), types=set(RENAMED_TYPES))
    their_facts |= measured(renaming, renamed, scratch)
    counts = {kind: sum(key.startswith(kind) for key in our_facts) for kind in "PRFKT"}
    settle_first_abi(report, our_facts, their_facts)
    for name in UNPUBLISHED_FUNCTIONS:
        our_facts.pop(f"P {name}")
    report.same_facts(our_facts, their_facts)

    for line in report.differences:
        print(f"DIFFERENT {line}")
    print(f"{counts['P']} prototypes ({len(UNPUBLISHED_FUNCTIONS)} of them unpublished, "
          f"{len(FIRST_ABI)} with the struct of their first ABI), {counts['R']} structs, "
          f"{counts['F']} fields, {counts['K']} constants, {counts['T']} types compared: "
          f"{len(report.differences)} differences")
    return 1 if report.differences else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:5]))
