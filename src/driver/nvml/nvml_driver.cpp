#include "driver/nvml/nvml_driver.h"

#include <array>
#include <cstring>

#include "driver/nvml/read_gpu.h"
#include "driver/simulated/state_file.h"

namespace septet::driver {
namespace {

using namespace nvml;  // one class over the calls of that namespace

constexpr int kMostRereads = 5;

std::string instance_words(GpuInstanceRef instance) {
  return "GPU instance " + std::to_string(instance.id) + " on " + gpu_words(instance.gpu);
}

std::string at_words(const std::optional<mig::Placement>& at) {
  if (!at) return {};
  return " at " + std::to_string(at->start) + ":" + std::to_string(at->size);
}

Result<> done(int status, const std::string& what) {
  if (status == kSuccess) return {};
  return std::unexpected(driver_error(status, what));
}

class NvmlDriver final : public Driver {
 public:
  NvmlDriver(Library library, std::string state_path)
      : library_(std::move(library)),
        calls_(library_),
        activity_(calls_),
        session_{calls_, {}, false},
        state_path_(std::move(state_path)) {}
  ~NvmlDriver() override {
    if (started_) (void)calls_.shutdown();  // the process lets go either way
  }
  NvmlDriver(const NvmlDriver&) = delete;
  NvmlDriver& operator=(const NvmlDriver&) = delete;

  Result<> start();
  Result<mig::Node> observe() override;
  Result<mig::Gpu> observe_gpu(std::uint32_t gpu) override;
  Result<ModeChange> set_mig_mode(std::uint32_t gpu, bool on) override;
  Result<> reset(std::uint32_t gpu) override;
  Result<std::uint32_t> create_gpu_instance(std::uint32_t gpu, std::uint32_t profile_id,
                                            std::optional<mig::Placement> at) override;
  Result<> destroy_gpu_instance(GpuInstanceRef instance) override;
  Result<std::uint32_t> create_compute_instance(GpuInstanceRef instance, std::uint32_t profile_id,
                                                std::optional<mig::Placement> at) override;
  Result<> destroy_compute_instance(GpuInstanceRef instance, std::uint32_t id) override;
  Result<std::uint32_t> remaining_capacity(std::uint32_t gpu, std::uint32_t profile_id) override;
  Result<std::uint32_t> remaining_compute_capacity(GpuInstanceRef instance,
                                                   std::uint32_t profile_id) override;

 private:
  Result<Device> device(std::uint32_t gpu, const std::string& what) const;
  Result<GpuInstanceHandle> instance(GpuInstanceRef instance, const std::string& what) const;
  Result<> read_partitioned(Device device, mig::Gpu& gpu);
  Result<bool> read_instances(Device device, const std::vector<GpuProfileInfoV2>& profiles,
                              mig::Gpu& gpu);
  void read_instance_usage(Device device, const LiveList& live, mig::Gpu& gpu);
  bool closed_to_us(std::uint32_t gpu) const;
  Result<> find_out_whether_simulated();
  Result<> read_gpu(mig::Gpu& gpu);

  Library library_;
  Calls calls_;
  ActivityMeter activity_;
  Session session_;
  PeerReader peers_;
  std::string state_path_;
  std::string driver_version_, nvml_version_;
  int cuda_version_ = 0;
  bool started_ = false;
};

Result<> NvmlDriver::start() {
  const int status = calls_.init();
  if (status != kSuccess) {
    Error error = driver_error(status, "start the driver library " + library_.path());
    if (error.code != Code::kNoPermission) error.code = Code::kNoDriver;
    error.remedy = "install or load the NVIDIA driver, or add --sim to use a simulated node";
    return std::unexpected(std::move(error));
  }
  started_ = true;
  std::array<char, kNameBuffer> text{};
  TRY(done(calls_.driver_version(text.data(), kNameBuffer), "read the driver version"));
  driver_version_ = text.data();
  session_.version = mig::parse_driver_version(driver_version_).value_or(mig::DriverVersion{});
  if (calls_.nvml_version(text.data(), kNameBuffer) == kSuccess) nvml_version_ = text.data();
  (void)calls_.cuda_version(&cuda_version_);  // 0 = not told
  return find_out_whether_simulated();
}

Result<> NvmlDriver::find_out_whether_simulated() {
  session_.simulated = !state_path_.empty();
  Uint count = 0;
  TRY(done(calls_.device_count(&count), "count the GPUs"));
  for (Uint index = 0; index < count; ++index) {
    Device device = nullptr;
    std::array<char, kNameBuffer> text{};
    if (calls_.device(index, &device) != kSuccess ||
        calls_.part_number(device, text.data(), kNameBuffer) != kSuccess) {
      continue;  // a lost GPU says nothing: ask the next
    }
    session_.simulated = std::string_view(text.data()) == "SEPTET-SIMULATED";
    break;
  }
  if (session_.simulated || state_path_.empty()) return {};
  return fail(Code::kInternal,
              library_.path() + " shows real GPUs where a simulated node was asked for",
              "leave --sim away, or install septet's own library beside it");
}

Result<Device> NvmlDriver::device(std::uint32_t gpu, const std::string& what) const {
  Device found = nullptr;
  const int status = calls_.device(gpu, &found);
  if (status == kSuccess) return found;
  // The driver calls an index beyond the last an invalid argument.
  return std::unexpected(driver_error(status == kInvalidArgument ? kNotFound : status, what));
}

Result<GpuInstanceHandle> NvmlDriver::instance(GpuInstanceRef ref, const std::string& what) const {
  Device parent = TRY(device(ref.gpu, what));
  GpuInstanceHandle found = nullptr;
  TRY(done(calls_.gpu_instance(parent, ref.id, &found), what));
  return found;
}

void NvmlDriver::read_instance_usage(Device device, const LiveList& live, mig::Gpu& gpu) {
  for (mig::GpuInstance& instance : gpu.instances) {
    // All compute instances of a GPU instance share its memory: the first one tells.
    for (const LiveDevice& part : live.devices) {
      if (part.gpu_instance != instance.id) continue;
      instance.usage = read_usage(session_, part.handle);
      break;
    }
    activity_.read(session_, device, gpu.index, instance.id, instance.usage);
    if (!instance.usage.memory_total_mib) {
      const auto* profile = gpu.geometry->geometry.find_id(instance.profile_id);
      if (profile != nullptr) instance.usage.memory_total_mib = profile->memory_mib.value;
    }
    for (const mig::Process& process : gpu.processes) {
      if (process.gpu_instance == instance.id) instance.processes.push_back(process);
    }
  }
}

bool NvmlDriver::closed_to_us(std::uint32_t gpu) const {
  Device found = nullptr;
  return calls_.device(gpu, &found) == kNoPermission;
}

// False: the instances changed while they were read.
Result<bool> NvmlDriver::read_instances(Device device,
                                        const std::vector<GpuProfileInfoV2>& profiles,
                                        mig::Gpu& gpu) {
  const LiveList before = TRY(read_live(session_, device, gpu, profiles));
  gpu.geometry = TRY(read_geometry(session_, device, gpu, profiles, before.instances));
  gpu.instances = TRY(describe_live(session_, gpu, before));
  gpu.processes = TRY(read_processes(session_, device, gpu, before.devices));
  read_instance_usage(device, before, gpu);
  const LiveList after = TRY(read_live(session_, device, gpu, profiles));
  return before.same_as(after);
}

Result<> NvmlDriver::read_partitioned(Device device, mig::Gpu& gpu) {
  const auto profiles = TRY(read_profiles(session_, device, gpu));
  for (int attempt = 0; attempt < kMostRereads; ++attempt) {
    const auto same = read_instances(device, profiles, gpu);
    if (same && *same) return {};
    if (same) continue;
    // A handle that went stale between two calls is a change too.
    const int status = same.error().driver_status;
    if (status != kInvalidArgument && status != kNotFound) return std::unexpected(same.error());
  }
  return fail(Code::kUnavailable,
              "the instances of " + gpu_words(gpu.index) + " change faster than they can be read",
              "find who creates and destroys them, or try again");
}

Result<> NvmlDriver::read_gpu(mig::Gpu& gpu) {
  Device handle = TRY(device(gpu.index, "open " + gpu_words(gpu.index)));
  TRY(read_identity(session_, handle, gpu));
  gpu.usage = read_usage(session_, handle);
  read_telemetry(session_, handle, gpu);
  activity_.read(session_, handle, gpu.index, std::nullopt, gpu.usage);
  if (gpu.mode == mig::MigMode::kOn) return read_partitioned(handle, gpu);
  gpu.processes = TRY(read_processes(session_, handle, gpu, {}));
  if (gpu.mode == mig::MigMode::kUnsupported) return {};
  const auto profiles = TRY(read_profiles(session_, handle, gpu));
  gpu.geometry = TRY(read_geometry(session_, handle, gpu, profiles, {}));
  return {};
}

Result<mig::Gpu> NvmlDriver::observe_gpu(std::uint32_t index) {
  mig::Gpu gpu;
  gpu.index = index;
  const auto read = read_gpu(gpu);
  if (read) return gpu;
  if (read.error().driver_status != kGpuIsLost) return std::unexpected(read.error());
  gpu.problem = read.error().what;
  gpu.instances.clear();  // unknown, not what was read before it fell off the bus
  gpu.processes.clear();
  return gpu;
}

Result<mig::Node> NvmlDriver::observe() {
  mig::Node node;
  node.driver_version = driver_version_;
  node.nvml_version = nvml_version_;
  node.cuda_version = cuda_version_;
  node.simulated = session_.simulated;
  if (node.simulated) node.simulated_state = state_path_;
  Uint count = 0;
  TRY(done(calls_.device_count(&count), "count the GPUs"));
  for (Uint index = 0; index < count; ++index) {
    auto gpu = observe_gpu(index);
    if (!gpu && gpu.error().driver_status == kNoPermission && closed_to_us(index)) {
      mig::Gpu closed;  // a container shows GPUs that it does not let in
      closed.index = index;
      closed.problem = gpu.error().what;
      node.gpus.push_back(std::move(closed));
      continue;
    }
    if (!gpu) return std::unexpected(std::move(gpu).error());
    node.gpus.push_back(std::move(*gpu));
  }
  peers_.fill(session_, node);
  return node;
}

Result<ModeChange> NvmlDriver::set_mig_mode(std::uint32_t gpu, bool on) {
  const std::string what =
      std::string("turn MIG mode ") + (on ? "on" : "off") + " on " + gpu_words(gpu);
  Device handle = TRY(device(gpu, what));
  int activation = 0;
  TRY(done(calls_.set_mig_mode(handle, on ? 1 : 0, &activation), what));
  ModeChange change;
  change.activation_status = activation;
  Uint current = 0, pending = 0;
  handle = TRY(device(gpu, what));  // the driver may have reset the GPU meanwhile
  TRY(done(calls_.mig_mode(handle, &current, &pending), what));
  change.current = current != 0 ? mig::MigMode::kOn : mig::MigMode::kOff;
  change.pending = pending != 0 ? mig::MigMode::kOn : mig::MigMode::kOff;
  return change;
}

Result<> NvmlDriver::reset(std::uint32_t gpu) {
  if (!session_.simulated) {
    return fail(
        Code::kNotSupported, "reset " + gpu_words(gpu) + ": NVML has no such call",
        "nvidia-smi --gpu-reset -i " + std::to_string(gpu) + " (as root), or reboot the node",
        kNotSupported);
  }
  const std::string path = state_path_.empty() ? simulated::default_state_path() : state_path_;
  const auto file = TRY(simulated::StateFile::open(path));
  const auto status =
      file->change([gpu](simulated::NodeState& node) { return simulated::reset_gpu(node, gpu); });
  return done(static_cast<int>(status), "reset " + gpu_words(gpu));
}

Result<std::uint32_t> NvmlDriver::create_gpu_instance(std::uint32_t gpu, std::uint32_t profile_id,
                                                      std::optional<mig::Placement> at) {
  const std::string what = "create a GPU instance of profile " + std::to_string(profile_id) +
                           at_words(at) + " on " + gpu_words(gpu);
  Device handle = TRY(device(gpu, what));
  GpuInstanceHandle created = nullptr;
  if (at) {
    const PlacementInfo place{at->start, at->size};
    TRY(done(calls_.create_gpu_instance_at(handle, profile_id, &place, &created), what));
  } else {
    TRY(done(calls_.create_gpu_instance(handle, profile_id, &created), what));
  }
  GpuInstanceInfo info{};
  TRY(done(calls_.gpu_instance_info(created, &info), what));
  return info.id;
}

Result<> NvmlDriver::destroy_gpu_instance(GpuInstanceRef ref) {
  const std::string what = "destroy " + instance_words(ref);
  GpuInstanceHandle handle = TRY(instance(ref, what));
  return done(calls_.destroy_gpu_instance(handle), what);
}

Result<std::uint32_t> NvmlDriver::create_compute_instance(GpuInstanceRef ref,
                                                          std::uint32_t profile_id,
                                                          std::optional<mig::Placement> at) {
  const std::string what = "create a compute instance of profile " + std::to_string(profile_id) +
                           at_words(at) + " in " + instance_words(ref);
  GpuInstanceHandle parent = TRY(instance(ref, what));
  ComputeInstanceHandle created = nullptr;
  if (at) {
    const PlacementInfo place{at->start, at->size};
    TRY(done(calls_.create_compute_instance_at(parent, profile_id, &place, &created), what));
  } else {
    TRY(done(calls_.create_compute_instance(parent, profile_id, &created), what));
  }
  ComputeInstanceInfo info{};
  int status = calls_.compute_instance_info(created, &info);
  if (status == kMissing) status = calls_.compute_instance_info_v1(created, &info);
  TRY(done(status, what));
  return info.id;
}

Result<> NvmlDriver::destroy_compute_instance(GpuInstanceRef ref, std::uint32_t id) {
  const std::string what =
      "destroy compute instance " + std::to_string(id) + " of " + instance_words(ref);
  GpuInstanceHandle parent = TRY(instance(ref, what));
  ComputeInstanceHandle handle = nullptr;
  TRY(done(calls_.compute_instance(parent, id, &handle), what));
  return done(calls_.destroy_compute_instance(handle), what);
}

Result<std::uint32_t> NvmlDriver::remaining_capacity(std::uint32_t gpu, std::uint32_t profile_id) {
  const std::string what = "ask how many more instances of profile " + std::to_string(profile_id) +
                           " fit on " + gpu_words(gpu);
  Device handle = TRY(device(gpu, what));
  Uint count = 0;
  TRY(done(calls_.gpu_capacity(handle, profile_id, &count), what));
  return count;
}

Result<std::uint32_t> NvmlDriver::remaining_compute_capacity(GpuInstanceRef ref,
                                                             std::uint32_t profile_id) {
  const std::string what = "ask how many more compute instances of profile " +
                           std::to_string(profile_id) + " fit in " + instance_words(ref);
  GpuInstanceHandle handle = TRY(instance(ref, what));
  Uint count = 0;
  TRY(done(calls_.compute_capacity(handle, profile_id, &count), what));
  return count;
}

}  // namespace

Result<std::unique_ptr<Driver>> open_nvml_driver(const std::string& library_path,
                                                 const std::string& state_path) {
  auto library = Library::open(library_path);
  if (!library) return std::unexpected(std::move(library).error());
  auto driver = std::make_unique<NvmlDriver>(std::move(*library), state_path);
  TRY(driver->start());
  return driver;
}

}  // namespace septet::driver
