// Which node and which commands reproduce each recording.
//
// The driver version is the one that the recording names; where it names none, a branch with the
// recorded column widths (rules R9). The chip is the one whose instance ids were recorded (rules
// R2).
#include "golden/scenario.h"

namespace septet::golden {
namespace {

constexpr Scenario kScenarios[] = {
    {"80gb-7slice.7x1g.rotated.lgi",
     "--gpus 1 --product h100-sxm5-80gb --chip rotated --mig on --driver 570.169",
     "  smi mig -cgi 19,19,19,19,19,19,19\n"
     "> smi mig -lgi"},
    {"a100-40gb.L.mixed",
     "--gpus 8 --product a100-40gb --mig on --driver 470.57.02 --name A100-SXM4-40GB",
     "  smi mig -i 4 -cgi 9,9\n"
     "  smi mig -i 4 -cci 0,0,0\n"
     "  smi mig -i 5 -cgi 5 -C\n"
     "  smi mig -i 6 -cgi 0\n"
     "  smi mig -i 6 -cci 0,1,2\n"
     "  smi mig -i 7 -cgi 5,14,19 -C\n"
     "> smi -L -i 4,5,6,7"},
    {"a100-40gb.cci-0-0-0", "--gpus 1 --product a100-40gb --mig on --driver 450.80.02",
     "  smi mig -cgi 9,9\n"
     "> smi mig -cci 0,0,0 -gi 1\n"
     "> smi mig -lci -gi 1"},
    {"a100-40gb.cgi-19-14-5", "--gpus 1 --product a100-40gb --mig on --driver 450.80.02",
     "> smi mig -cgi 19,14,5\n"
     "> smi mig -lgi"},
    {"a100-40gb.cgi-19-19-14-9.error", "--gpus 1 --product a100-40gb --mig on --driver 450.80.02",
     "> [23] smi mig -cgi 19,19,14,9"},
    {"a100-40gb.cgi-19-then-9.lgi", "--gpus 1 --product a100-40gb --mig on --driver 525.105.17",
     "  smi mig -cgi 19 -C\n"
     "  smi mig -cgi 9 -C\n"
     "> smi mig -lgi"},
    {"a100-40gb.lcip.3g-full", "--gpus 1 --product a100-40gb --mig on --driver 525.105.17",
     "  smi mig -cgi 9,9\n"
     "  smi mig -cci -gi 1\n"
     "> smi mig -lcip -gi 1"},
    {"a100-40gb.lgip", "--gpus 1 --product a100-40gb --mig on --driver 525.105.17",
     "> smi mig -lgip"},
    {"a100-40gb.lgipp", "--gpus 1 --product a100-40gb --mig on --driver 525.105.17",
     "> smi mig -lgipp"},
    {"a100-40gb.r470.lgip", "--gpus 1 --product a100-40gb --mig on --driver 470.57.02",
     "> smi mig -lgip"},
    {"a100-80gb.cgi-3g-4g.rotated",
     "--gpus 1 --product a100-80gb --chip rotated --mig on --driver 525.105.17",
     "> smi mig -cgi 3g.40gb,4g.40gb -i 0\n"
     "> smi mig -lgi"},
    {"a100-80gb.cgi-9-9.rotated",
     "--gpus 1 --product a100-80gb --chip rotated --mig on --driver 525.105.17",
     "> smi mig -i 0 -cgi 3g.40gb,3g.40gb\n"
     "> smi mig -lgi"},
    {"a100-80gb.lcip.3g-4g",
     "--gpus 1 --product a100-80gb --chip rotated --mig on --driver 525.105.17",
     "  smi mig -cgi 3g.40gb,4g.40gb\n"
     "> smi mig -i 0 -lcip"},
    {"a100-80gb.lgip.free0", "--gpus 1 --product a100-80gb --mig on --driver 525.105.17",
     "  smi mig -cgi 0\n"
     "> smi mig -lgip"},
    {"a100-pcie-40gb.cgi-9-9.normal", "--gpus 3 --product a100-40gb --mig off --driver 460.91.03",
     "  smi -i 2 -mig 1\n"
     "  smi -i 2 --gpu-reset\n"
     "> smi mig -cgi 9,3g.20gb -C\n"
     "> smi mig -lgi"},
    {"a100-sxm4-80gb.cgi-4g-C.rotated", "--gpus 1 --product a100-80gb --chip rotated --mig on",
     "> smi mig -i 0 -cgi 4g.40gb -C"},
    {"a100.cgi-3g-3g-1g.error", "--gpus 1 --product a100-40gb --mig on",
     "> [23] smi mig -i 0 -cgi 3g.20gb,3g.20gb,1g.5gb -C", Compare::kRetyped},
    {"a100.cgi-invalid-profile.error", "--gpus 1 --product a100-80gb --mig on",
     "> [2] smi mig -cgi 7g.40gb -C"},
    {"a100.dci-dgi", "--gpus 1 --product a100-40gb --mig on",
     "  smi mig -cgi 9,9\n"
     "  smi mig -cci 0,0,0 -gi 1\n"
     "> smi mig -dci\n"
     "> smi mig -dgi"},
    {"a30-24gb.4x1g.lgi", "--gpus 1 --product a30-24gb --mig on --driver 535.183.01",
     "  smi mig -cgi 14,14,14,14\n"
     "> smi mig -lgi"},
    {"a30-24gb.lcip", "--gpus 1 --product a30-24gb --mig on --driver 535.183.01",
     "  smi mig -cgi 14,5 -C\n"
     "> smi mig -lcip -gi 2\n"
     "> smi mig -lcip -gi 3"},
    {"a30-24gb.lgip", "--gpus 1 --product a30-24gb --mig on --driver 535.183.01",
     "> smi mig -lgip"},
    {"a30-24gb.lgipp", "--gpus 1 --product a30-24gb --mig on --driver 535.183.01",
     "> smi mig -lgipp"},
    {"a30-24gb.old-driver.lgipp", "--gpus 1 --product a30-24gb --mig on --driver 460.91.03",
     "> smi mig -lgipp"},
    {"empty-and-denied.messages#1", "--gpus 1 --product a30-24gb --mig on --driver 535.183.01",
     "> [6] smi mig -lgi"},
    {"empty-and-denied.messages#2", "--gpus 1 --product a100-40gb --mig on",
     "  smi mig -cgi 19,19,19\n"
     "> [6] smi mig -gi 12 -lci"},
    {"empty-and-denied.messages#3", "--gpus 2 --product a100-40gb --mig off", "> [6] smi mig -lgi"},
    {"empty-and-denied.messages#4", "--gpus 1 --product a100-40gb --mig on",
     "  sim fault call nvmlDeviceGetGpuInstances --code 4 --nth 0\n"  // no access to mig/monitor
                                                                      // either
     "> [4] smi mig -lgi"},
    {"empty-and-denied.messages#5", "--gpus 1 --product a100-40gb --mig on --driver 470.57.02",
     "> smi", Compare::kContains},
    {"gh200-96gb.lgip", "--gpus 1 --product gh200-96gb --mig on --driver 550.163.01",
     "> smi mig -lgip"},
    {"h100-80gb.2x3g.nvidia-smi", "--gpus 1 --product h100-sxm5-80gb --mig on --driver 580.65.06",
     "  smi mig -cgi 9,9 -C\n"
     "> smi",
     Compare::kContains},
    {"h100-80gb.cgi-15-C", "--gpus 4 --product h100-sxm5-80gb --mig on",
     "> smi mig -i 3 -cgi 15 -C"},
    {"h100-nvl-94gb.lgip", "--gpus 1 --product h100-nvl-94gb --mig on --driver 550.163.01",
     "> smi mig -lgip"},
    {"h100-sxm5-80gb.7x1g.lgi", "--gpus 1 --product h100-sxm5-80gb --mig on --driver 535.183.01",
     "  smi mig -cgi 19,19,19,19,19,19,19\n"
     "> smi mig -lgi"},
    {"h100-sxm5-80gb.cgi-7x19-C", "--gpus 1 --product h100-sxm5-80gb --mig on --driver 535.183.01",
     "> smi mig -i 0 -cgi 19,19,19,19,19,19,19 -C"},
    {"h100-sxm5-80gb.lgip", "--gpus 1 --product h100-sxm5-80gb --mig on --driver 535.183.01",
     "> smi mig -lgip"},
    {"h100-sxm5-80gb.lgipp", "--gpus 1 --product h100-sxm5-80gb --mig on --driver 535.183.01",
     "> smi mig -lgipp"},
    {"h20-96gb.mixed.L", "--gpus 8 --product h20-96gb --chip rotated --mig on --driver 535.247.01",
     "  smi mig -i 0 -cgi 9,15,19,19 -C\n"
     "> smi -L -i 0"},
    {"h200-141gb.lgip", "--gpus 1 --product h200-141gb --mig on --driver 550.163.01",
     "> smi mig -lgip"},
    {"mig-enable.messages#1", "--gpus 1 --product h100-sxm5-80gb --pci 00000000:36:00.0",
     "> smi -i 0 -mig 1"},
    {"mig-enable.messages#2", "--gpus 1 --product a100-40gb --pci 00000000:00:03.0 --passthrough",
     "> smi -i 0 -mig 1"},
    {"mig-enable.messages#3", "--gpus 1 --product a100-40gb --pci 00000000:00:03.0 --passthrough",
     "  smi -i 0 -mig 1\n"
     "> [3] smi --gpu-reset"},
    {"mig-enable.messages#4", "--gpus 1 --product a100-40gb --pci 00000000:07:00.0",
     "  sim process start --gpu 0\n"
     "> smi -i 0 -mig 1"},
    {"rtxpro6000-96gb.4x1g.L",
     "--gpus 1 --product rtx-pro-6000-blackwell-96gb --mig on --driver 580.105.08",
     "  smi mig -cgi 14,14,14,14 -C\n"
     "> smi -L"},
    {"rtxpro6000-96gb.4x1g.lci",
     "--gpus 1 --product rtx-pro-6000-blackwell-96gb --mig on --driver 580.105.08",
     "  smi mig -cgi 14,14,14,14 -C\n"
     "> smi mig -lci"},
    {"rtxpro6000-96gb.4x1g.lgi",
     "--gpus 1 --product rtx-pro-6000-blackwell-96gb --mig on --driver 580.105.08",
     "  smi mig -cgi 14,14,14,14 -C\n"
     "> smi mig -lgi"},
    {"rtxpro6000-96gb.cgi-4x1g-C",
     "--gpus 1 --product rtx-pro-6000-blackwell-96gb --mig on --driver 580.105.08",
     "> smi mig -i 0 -cgi 1g.24gb,1g.24gb,1g.24gb,1g.24gb -C"},
    {"rtxpro6000-96gb.cgi-inuse.error",
     "--gpus 1 --product rtx-pro-6000-blackwell-96gb --mig on --driver 580.105.08",
     "  sim process start --gpu 0 --graphics --name Xorg\n"
     "> [19] smi mig -cgi 14 -C"},
    {"rtxpro6000-96gb.lgip",
     "--gpus 1 --product rtx-pro-6000-blackwell-96gb --mig on --driver 580.105.08",
     "> smi mig -lgip"},
    {"rtxpro6000-96gb.lgipp",
     "--gpus 1 --product rtx-pro-6000-blackwell-96gb --mig on --driver 580.105.08",
     "> smi mig -lgipp"},
    {"rtxpro6000-96gb.mig0",
     "--gpus 1 --product rtx-pro-6000-blackwell-96gb --mig on --driver 580.105.08 --pci "
     "00000000:01:00.0 "
     "--persistence off",
     "> smi -i 0 -mig 0"},

    // Not recorded as transcripts: what the rules say of the same commands.
    {"rules.explicit-placement", "--gpus 1 --product h100-sxm5-80gb --mig on --driver 550.163.01",
     "> smi mig -cgi 1g.10gb:6,15:4,3g.40gb:0\n"
     "> smi mig -lgi\n"
     "> [2] smi mig -cgi 3g.40gb:1\n"
     "> [23] smi mig -cgi 1g.10gb:0"},
    {"rules.created-ones-stay", "--gpus 1 --product h100-sxm5-80gb --mig on --driver 550.163.01",
     "> [23] smi mig -cgi 9,9,19 -C\n"
     "> smi mig -lgi\n"
     "> [19] smi mig -dgi\n"
     "> smi mig -dci -gi 1\n"
     "> smi mig -dgi -gi 1\n"
     "> smi -L\n"
     "> [6] smi mig -dci -gi 1"},
    {"rules.several-gpus",
     "--gpus 3 --product a100-40gb,h100-sxm5-80gb,a30-24gb --mig on --driver 550.163.01",
     "> smi mig -i 0,1 -cgi 14 -C\n"
     "> smi mig -lci\n"
     "> smi mig -lcipp -i 1\n"
     "> smi mig -lgipp\n"
     "> [6] smi mig -i 7 -lgi"},
    {"rules.tables-r470", "--gpus 1 --product a100-40gb --mig on --driver 470.57.02",
     "  smi mig -cgi 9,9\n"
     "  smi mig -cci 0,1 -gi 1\n"
     "  smi mig -cci -gi 2\n"
     "> smi"},
    {"rules.tables-r535", "--gpus 2 --product a30-24gb,h100-sxm5-80gb --mig on --driver 535.183.01",
     "  smi mig -i 0 -cgi 14,5 -C\n"
     "> smi"},
    {"rules.tables-r570", "--gpus 1 --product h200-141gb --mig on --driver 570.169", "> smi"},
    {"rules.mode-and-reset", "--gpus 1 --product a100-40gb --driver 550.163.01",
     "> smi -mig 1\n"
     "> [6] smi mig -lgip\n"
     "> smi -r\n"
     "> smi mig -cgi 0 -C\n"
     "> smi -mig 0\n"
     "> smi mig -dci\n"
     "> smi mig -dgi"},
    {"rules.denied", "--gpus 1 --product a100-40gb --mig on --driver 550.163.01",
     "  smi mig -cgi 9 -C\n"
     "  sim fault denied\n"
     "> [4] smi mig -cgi 19\n"
     "> [4] smi mig -cci 0\n"
     "> [4] smi mig -dci\n"
     "> smi mig -lgi\n"
     "> [4] smi -mig 0"},
    {"rules.wrong-words", "--gpus 1",
     "> [2] smi mig -cgi\n"
     "> [2] smi mig -lgi -dgi\n"
     "> [2] smi -mig 2\n"
     "> [2] smi --nonsense\n"
     "> [2] smi mig -gi x -lci"},
};

}  // namespace

std::span<const Scenario> scenarios() { return kScenarios; }

}  // namespace septet::golden
