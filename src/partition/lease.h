// partition/lease.h — which slices are taken by programs that `septet run` runs, and by which?
//
// A file per run in the node's state folder, locked (flock) by the processes that look after the
// program: the kernel lets go of it when the last of them dies, however it dies. A file that nobody
// locks is what a run left that was killed; fold_strays() (take_slice.h) ends it.
//
//   FOLDER/runs/PID-NANOSECONDS.json
//
// It is written before anything is cut, with the place that is meant, and again with the MIG UUID
// once that is known.
// Errors. kUnavailable, kNoPermission name the file; kInvalidArgument: it is not ours.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mig/node.h"
#include "partition/journal_lock.h"
#include "plan/cut.h"

namespace septet::partition {

struct Lease {
  std::string gpu_uuid;
  std::uint32_t profile_id = 0;
  std::string profile;   // "1g.10gb"
  mig::Placement at;     // in memory units
  std::string mig_uuid;  // empty: not known yet
  bool made = false;     // was cut for this run
  bool keep = false;     // and is to stay
  Actor holder;
  std::int64_t since_ns = 0;
};

// A lease that this process holds. Shared with its children until they call exec.
class HeldLease {
 public:
  // Makes the folder. Held from before the file has its name: nobody sees it free.
  static Result<HeldLease> begin(const std::string& folder, const Lease& lease);
  HeldLease(HeldLease&& other) noexcept;
  HeldLease& operator=(HeldLease&&) = delete;
  HeldLease(const HeldLease&) = delete;
  HeldLease& operator=(const HeldLease&) = delete;
  ~HeldLease();  // lets go; the file stays unless ended

  Result<> rewrite(const Lease& lease);
  Result<> end();  // the file goes
  const std::string& path() const { return path_; }

 private:
  friend class LeaseFolder;
  HeldLease(int file, std::string path) : file_(file), path_(std::move(path)) {}
  int file_ = -1;
  std::string path_;
};

struct Stray {
  Lease lease;
  HeldLease held;  // by us, so that nobody else ends it too
};

// Of programs that run. `except`: a path that does not count (one's own).
Result<std::vector<Lease>> live_leases(const std::string& folder, const std::string& except = {});
// Those that nobody holds any more. Under the change lock: a lease that is being begun is held by
// whoever has that.
Result<std::vector<Stray>> take_strays(const std::string& folder);

// The instance that the lease is about, on a GPU as it is now; nullptr: it is not there.
const mig::GpuInstance* leased_instance(const mig::Gpu& gpu, const Lease& lease);

// The node with the holders of live leases among the processes of their instances: who asks
// whether somebody is in the way is told of a program that has not begun to compute yet, too.
void add_lease_holders(mig::Node& node, const std::vector<Lease>& live);
void add_lease_holders(mig::Gpu& gpu, const std::vector<Lease>& live);

}  // namespace septet::partition
