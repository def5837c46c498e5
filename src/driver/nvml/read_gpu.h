// driver/nvml/read_gpu.h — one GPU as the driver tells it, piece by piece.
//
// Errors. A single value that the driver refuses is nullopt; a list that it refuses is an Error,
//         because an empty list would be a lie. The driver's code travels in Error::driver_status.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "driver/nvml/nvml_calls.h"
#include "mig/node.h"

namespace septet::driver::nvml {

// What the reads below share.
struct Session {
  const Calls& calls;
  mig::DriverVersion version;
  bool simulated = false;
};

// "GPU 3": where an Error happened.
std::string gpu_words(std::uint32_t index);

// Name, UUID, PCI id, serial, mode ... everything that is not a list.
Result<> read_identity(const Session& session, Device device, mig::Gpu& gpu);

// Gpu::peers of all GPUs. They are asked for once, and again when other GPUs are there: it takes
// calls for each pair of them, and what they are plugged into does not change meanwhile.
class PeerReader {
 public:
  void fill(const Session& session, mig::Node& node);

 private:
  std::vector<std::string> uuids_;  // of the GPUs that `peers_` are of
  std::vector<std::vector<mig::Peer>> peers_;
};

// ---- profiles -----------------------------------------------------------------------------------
struct LiveInstance {
  GpuInstanceHandle handle = nullptr;
  GpuInstanceInfo info{};
};
// The GPU instance profiles this driver offers on this board, in nvidia-smi's listing order.
Result<std::vector<GpuProfileInfoV2>> read_profiles(const Session& session, Device device,
                                                    const mig::Gpu& gpu);
// Their placements and compute profiles; tables only fill what the driver will not tell.
Result<std::shared_ptr<const mig::OwnedGeometry>> read_geometry(
    const Session& session, Device device, const mig::Gpu& gpu,
    const std::vector<GpuProfileInfoV2>& profiles, const std::vector<LiveInstance>& live);
// "3g.40gb" out of "MIG 3g.40gb".
std::string without_mig_prefix(std::string_view name);

// ---- instances ----------------------------------------------------------------------------------
struct LiveDevice {  // a MIG device, which is a compute instance
  Device handle = nullptr;
  std::uint32_t index = 0, gpu_instance = 0, compute_instance = 0;
  std::string uuid;
};
struct LiveList {
  std::vector<LiveInstance> instances;
  std::vector<LiveDevice> devices;
  bool same_as(const LiveList& other) const;
};
Result<LiveList> read_live(const Session& session, Device device, const mig::Gpu& gpu,
                           const std::vector<GpuProfileInfoV2>& profiles);
// GPU instances by id with their compute instances; usage and processes are left empty.
Result<std::vector<mig::GpuInstance>> describe_live(const Session& session, const mig::Gpu& gpu,
                                                    const LiveList& live);

// ---- numbers ------------------------------------------------------------------------------------
// Activity needs two samples some time apart: the one from the observation before and one now. The
// first observation of a real GPU has none; a simulated node answers at once.
class ActivityMeter {
 public:
  explicit ActivityMeter(const Calls& calls) : calls_(calls) {}
  ~ActivityMeter();
  ActivityMeter(const ActivityMeter&) = delete;
  ActivityMeter& operator=(const ActivityMeter&) = delete;
  // Percent of SM time and of memory bandwidth; of the whole GPU without `gpu_instance`.
  void read(const Session& session, Device gpu, std::uint32_t index,
            std::optional<std::uint32_t> gpu_instance, mig::Usage& usage);

 private:
  Sample take(Device gpu, std::optional<std::uint32_t> gpu_instance);
  const Calls& calls_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, Sample> previous_;
};
mig::Usage read_usage(const Session& session, Device device);
void read_telemetry(const Session& session, Device device, mig::Gpu& gpu);

// Every process of the GPU. `devices` are asked one by one where the whole GPU may not be.
Result<std::vector<mig::Process>> read_processes(const Session& session, Device device,
                                                 const mig::Gpu& gpu,
                                                 const std::vector<LiveDevice>& devices);

}  // namespace septet::driver::nvml
