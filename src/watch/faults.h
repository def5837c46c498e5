// watch/faults.h — which devices are ill, why, and when they are well again.
//
// A fault reaches as far as its Xid says: an application's own fault nobody else (ignored), one
// instance, or the whole GPU whatever instance it was seen on. It ends when its cause is gone:
//   instance   the GPU answers, no process that was there then is there now, and `quiet` seconds
//              have passed; or the instance is not there any more
//   GPU        the same, but for the Xids that only a reset cures: then the GPU was reset (it was
//              away and came back, the driver was restarted, or none of the instances of then is
//              left)
//   lost       the GPU is read again
// Source. Classes: NVIDIA, "Xid Errors" r580 (docs.nvidia.com/deploy/xid-errors), and the list that
//         k8s-device-plugin v0.20 ignores: 13, 31, 43, 45, 68, 109.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "driver/event_watch.h"
#include "mig/node.h"
#include "publish/offer.h"

namespace septet::watch {

struct FaultPolicy {
  bool watch = true;
  std::set<std::uint64_t> ignored = {13, 31, 43, 45, 68, 109};
  bool ignore_others = false;  // only what `never_ignored` holds counts
  std::set<std::uint64_t> never_ignored;
  double quiet_s = 30;
  bool counts(std::uint64_t xid) const;
};
// DP_DISABLE_HEALTHCHECKS ("all", "xids", or numbers) and DP_ENABLE_HEALTHCHECKS ("all", or
// numbers), as the incumbent reads them. kInvalidArgument names the variable and the word.
Result<FaultPolicy> fault_policy(const std::optional<std::string>& disable,
                                 const std::optional<std::string>& enable);

enum class Blast : std::uint8_t { kInstance, kGpu, kGpuUntilReset };
Blast blast_of(std::uint64_t xid);

struct Fault {
  driver::Event event;
  Blast blast = Blast::kInstance;
  double since_s = 0;
  std::set<std::uint32_t> processes;  // where it struck, as first seen afterwards
  std::set<std::string> instances;    // MIG UUIDs of the GPU then
  bool observed = false;              // the two above are filled
  bool away = false;                  // the GPU was unreadable since
};

// What happened to the health of the node, for an event on the Node object.
struct HealthNews {
  bool healthy = false;
  std::string what;  // "GPU-..., GPU instance 3: Xid 94"
};

class Faults {
 public:
  explicit Faults(FaultPolicy policy) : policy_(std::move(policy)) {}
  void happened(const driver::Event& event, double now_s);
  void driver_restarted() { restarted_ = true; }
  // The node as it is now; ends the faults whose cause is gone.
  void seen(const mig::Node& node, double now_s);
  // Why this device is ill; nullopt: it is well.
  std::optional<std::string> problem_of(const publish::Device& device, const mig::Node& node) const;
  std::vector<HealthNews> news();  // since last asked
  const std::vector<Fault>& faults() const { return faults_; }

 private:
  bool over(const Fault& fault, const mig::Gpu& gpu, double now_s) const;
  FaultPolicy policy_;
  std::vector<Fault> faults_;
  std::vector<HealthNews> news_;
  std::set<std::string> lost_;  // UUIDs of GPUs that cannot be read
  bool restarted_ = false;
};

// Why each device is ill, by UUID: compute instances, and GPUs whose fault reaches as far as the
// whole GPU. What is well is not in it.
std::map<std::string, std::string> ill_devices(const Faults& faults, const mig::Node& node);

}  // namespace septet::watch
