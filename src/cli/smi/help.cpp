// cli/smi/help.cpp — what septet smi prints for --help.
#include "cli/smi/session.h"

namespace septet::cli::smi {
namespace {

constexpr const char* kTop =
    R"(septet smi: nvidia-smi's MIG language, on this machine's GPUs or on a simulated node

  septet smi                          the GPUs, their MIG devices and processes as tables
  septet smi -L                       names and UUIDs
  septet smi [-i GPUS] -mig 0|1       turn MIG mode off or on
  septet smi [-i GPUS] --gpu-reset    reset, so that a pending mode takes effect (also -r)
  septet smi mig ...                  GPU instances and compute instances: septet smi mig -h

  GPUS: indexes, UUIDs, serials or PCI ids with commas between. Without -i: all.
  Exit status: 0, or the driver's code (2 invalid, 3 not supported, 4 permission, 6 not found,
  19 in use, 23 no room). Installed under the name nvidia-smi it answers to that name.
)";

constexpr const char* kMig = R"(septet smi mig: GPU instances and compute instances

  -lgip,  --list-gpu-instance-profiles              what can be created, and how many more
  -lgipp, --list-gpu-instance-possible-placements   where: {start,start...}:size
  -cgi,   --create-gpu-instance P[,P...]            left to right; stops at the first refusal
  -C,     --default-compute-instance                with -cgi: a compute instance in each
  -lgi,   --list-gpu-instances
  -dgi,   --destroy-gpu-instance
  -lcip,  --list-compute-instance-profiles          * marks the default
  -lcipp, --list-compute-instance-possible-placements
  -cci,   --create-compute-instance [P[,P...]]      without P: the default of each GPU instance
  -lci,   --list-compute-instances
  -dci,   --destroy-compute-instance

  -i,  --id GPU[,GPU...]              only these GPUs
  -gi, --gpu-instance-id ID[,ID...]   only these GPU instances
  -ci, --compute-instance-id ID[,..]  only these compute instances (-dci)

  P is a profile id or name, and where to put it if you care: 19, 1g.10gb, "MIG 1g.10gb", 1g.10gb:4.
)";

}  // namespace

void print_help(const Print& print, bool mig) { print(mig ? kMig : kTop); }

}  // namespace septet::cli::smi
