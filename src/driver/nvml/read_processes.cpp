// Who uses a GPU.
#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <tuple>

#include "driver/driver.h"
#include "driver/nvml/read_gpu.h"

namespace septet::driver::nvml {
namespace {

template <typename Info>
Result<std::vector<Info>> list(const Call<Device, Uint*, Info*>& call, Device device,
                               const std::string& what) {
  std::vector<Info> found(64);
  // Between two tries more processes may start: bounded, each try with twice the room.
  for (int attempt = 0; attempt < 8; ++attempt) {
    Uint count = static_cast<Uint>(found.size());
    const int status = call(device, &count, found.data());
    if (status == kSuccess) {
      found.resize(std::min<std::size_t>(count, found.size()));
      return found;
    }
    if (status != kInsufficientSize) return std::unexpected(driver_error(status, what));
    found.resize(std::max<std::size_t>(count, found.size()) * 2);
  }
  return fail(Code::kUnavailable, what + ": more processes start than can be listed");
}

Result<std::vector<ProcessInfo>> list_any(const Calls::Processes& call,
                                          const Calls::ProcessesV1* old, Device device,
                                          const std::string& what) {
  auto newest = list(call, device, what);
  if (newest || newest.error().driver_status != kMissing || old == nullptr) return newest;
  const auto first = TRY(list(*old, device, what));
  std::vector<ProcessInfo> infos;
  for (const ProcessInfoV1& info : first) {
    infos.push_back({info.pid, info.used_bytes, kNoInstance, kNoInstance});
  }
  return infos;
}

std::string name_of(const Calls& calls, Uint pid) {
  std::array<char, 1024> name{};
  if (calls.process_name(pid, name.data(), static_cast<Uint>(name.size())) == kSuccess) {
    return std::string(name.data(), strnlen(name.data(), name.size()));
  }
  std::ifstream command("/proc/" + std::to_string(pid) + "/cmdline", std::ios::binary);
  std::string first;
  std::getline(command, first, '\0');
  return first;
}

void add(const Calls& calls, const std::vector<ProcessInfo>& infos, bool graphics,
         std::vector<mig::Process>& processes) {
  for (const ProcessInfo& info : infos) {
    mig::Process process;
    process.pid = info.pid;
    process.graphics = graphics;
    if (info.used_bytes != kNoValue) process.memory_mib = info.used_bytes >> 20;
    if (info.gpu_instance != kNoInstance) process.gpu_instance = info.gpu_instance;
    if (info.compute_instance != kNoInstance) process.compute_instance = info.compute_instance;
    const bool known = std::ranges::any_of(processes, [&](const mig::Process& p) {
      return p.pid == process.pid && p.gpu_instance == process.gpu_instance &&
             p.compute_instance == process.compute_instance && p.graphics == graphics;
    });
    if (known) continue;  // an MPS client is in two of the driver's lists
    process.name = name_of(calls, info.pid);
    processes.push_back(std::move(process));
  }
}

Result<> read_device(const Session& session, Device device, const std::string& what,
                     std::vector<mig::Process>& processes) {
  const Calls& calls = session.calls;
  add(calls, TRY(list_any(calls.compute_processes, &calls.compute_processes_v1, device, what)),
      false, processes);
  const auto graphics =
      list_any(calls.graphics_processes, &calls.graphics_processes_v1, device, what);
  // A compute-only board has no graphics at all: that is an answer.
  if (!graphics && graphics.error().driver_status != kNotSupported) {
    return std::unexpected(graphics.error());
  }
  if (graphics) add(calls, *graphics, true, processes);
  const auto mps = list_any(calls.mps_processes, nullptr, device, what);
  if (mps) add(calls, *mps, false, processes);
  return {};
}

}  // namespace

Result<std::vector<mig::Process>> read_processes(const Session& session, Device device,
                                                 const mig::Gpu& gpu,
                                                 const std::vector<LiveDevice>& devices) {
  const std::string what = "list the processes of " + gpu_words(gpu.index);
  std::vector<mig::Process> processes;
  auto whole = read_device(session, device, what, processes);
  if (!whole) {
    // Without privileges the driver only tells about single MIG devices.
    if (whole.error().driver_status != kNoPermission || devices.empty()) {
      return std::unexpected(std::move(whole).error());
    }
    for (const LiveDevice& part : devices) TRY(read_device(session, part.handle, what, processes));
  }
  std::ranges::sort(processes, {}, [](const mig::Process& p) {
    return std::tuple(p.gpu_instance.value_or(kNoInstance),
                      p.compute_instance.value_or(kNoInstance), p.pid);
  });
  return processes;
}

}  // namespace septet::driver::nvml
