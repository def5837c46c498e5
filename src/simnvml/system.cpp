// simnvml/system.cpp — the node as a whole: versions, process names, what there is none of.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "simnvml/abi/prototypes_library.h"
#include "simnvml/abi/prototypes_units.h"
#include "simnvml/call.h"
#include "simnvml/text.h"

using namespace septet::simnvml;
namespace sim = septet::driver::simulated;

namespace {

nvmlReturn_t cuda_version(CallName name, int* out) {
  return on_node(name, given(out), [&](const Session&, const sim::NodeState& node) {
    *out = static_cast<int>(node.cuda_version);
    return NVML_SUCCESS;
  });
}

nvmlReturn_t none_of(CallName name, unsigned int* out) {
  return on_node(name, given(out), [&](const Session&, const sim::NodeState&) {
    *out = 0;
    return NVML_SUCCESS;
  });
}

// The command of a process that is no pretend workload, as the driver would know it.
nvmlReturn_t name_from_proc(unsigned int pid, char* name, unsigned int length) {
  Line path;
  path.add("/proc/").add(pid).add("/cmdline").add(std::string_view("\0", 1));
  const int file = ::open(path.view().data(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return NVML_ERROR_NOT_FOUND;
  std::array<char, 1024> command;
  const ssize_t size = ::read(file, command.data(), command.size());
  ::close(file);
  if (size <= 0) return NVML_ERROR_NOT_FOUND;
  const std::string_view text(command.data(), static_cast<std::size_t>(size));
  return give_text(text.substr(0, text.find('\0')), name, length);
}

}  // namespace

nvmlReturn_t nvmlSystemGetDriverVersion(char* version, unsigned int length) {
  return on_node(__func__, given(version), [&](const Session&, const sim::NodeState& node) {
    return give_text(field_text(node.driver_version), version, length);
  });
}

// "12.570.86.15": the CUDA major version, then the driver's. Clients ask for 11 or more.
nvmlReturn_t nvmlSystemGetNVMLVersion(char* version, unsigned int length) {
  return on_node(__func__, given(version), [&](const Session&, const sim::NodeState& node) {
    Line line;
    line.add(std::max(11u, node.cuda_version / 1000)).add(".").add(field_text(node.driver_version));
    return give_text(line.view(), version, length);
  });
}

nvmlReturn_t nvmlSystemGetCudaDriverVersion(int* version) {
  return cuda_version(__func__, version);
}
nvmlReturn_t nvmlSystemGetCudaDriverVersion_v2(int* version) {
  return cuda_version(__func__, version);
}

nvmlReturn_t nvmlSystemGetDriverBranch(nvmlSystemDriverBranchInfo_t* info, unsigned int length) {
  return on_node(__func__, given(info), [&](const Session& session, const sim::NodeState&) {
    if (info->version != nvmlSystemDriverBranchInfo_v1) return NVML_ERROR_ARGUMENT_VERSION_MISMATCH;
    Line line;
    line.add("r").add(session.driver.major).add("_00");
    return give_text(line.view(), info->branch,
                     std::min<std::size_t>(length, sizeof(info->branch)));
  });
}

nvmlReturn_t nvmlSystemGetProcessName(unsigned int pid, char* name, unsigned int length) {
  const nvmlReturn_t answer =
      on_node(__func__, given(name), [&](const Session&, const sim::NodeState& node) {
        if (length == 0) return NVML_ERROR_INVALID_ARGUMENT;
        for (const sim::ProcessState& process : node.processes) {
          if (pid == 0 || process.pid != static_cast<std::int32_t>(pid)) continue;
          return give_text(field_text(process.name), name, length);
        }
        return NVML_ERROR_NOT_FOUND;
      });
  return answer == NVML_ERROR_NOT_FOUND ? name_from_proc(pid, name, length) : answer;
}

nvmlReturn_t nvmlUnitGetCount(unsigned int* count) { return none_of(__func__, count); }
nvmlReturn_t nvmlGetExcludedDeviceCount(unsigned int* count) { return none_of(__func__, count); }
nvmlReturn_t nvmlGetBlacklistDeviceCount(unsigned int* count) { return none_of(__func__, count); }
