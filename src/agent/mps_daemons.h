// agent/mps_daemons.h — one MPS control daemon for each device that is shared by MPS.
//
// An MPS server computes on one MIG instance only, so each shared slice has a daemon of its own;
// its clients find it by CUDA_MPS_PIPE_DIRECTORY (publish/allocation.h). Each client gets an equal
// part of the threads and of the memory by default.
// Shapes. Pipes in ROOT/UUID/pipe, logs in ROOT/UUID/log; ROOT/shm is what clients and daemons see
//         as /dev/shm.
// Threads. One caller.
// Errors.  kNotFound: nvidia-cuda-mps-control is not there; kUnavailable: it did not start. The
//          others are kept running.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "mig/node.h"
#include "publish/offer.h"

namespace septet::agent {

struct MpsShare {
  std::string uuid;
  unsigned replicas = 2;
  std::uint64_t memory_mib = 0;  // of the device; 0: unknown, no limit is set
  friend bool operator==(const MpsShare&, const MpsShare&) = default;
};

// Each device of the offer that is shared by MPS, once.
std::vector<MpsShare> mps_shares(const mig::Node& node, const publish::Offer& offer);

// The commands a daemon is given after its start, one per line.
std::string mps_commands(const MpsShare& share);

class MpsDaemons {
 public:
  // `program`: "nvidia-cuda-mps-control", or a path.
  MpsDaemons(std::string program, std::string root)
      : program_(std::move(program)), root_(std::move(root)) {}
  ~MpsDaemons();
  MpsDaemons(const MpsDaemons&) = delete;
  MpsDaemons& operator=(const MpsDaemons&) = delete;

  // Starts those that are missing or died, stops those of devices that are shared no more.
  Result<> keep(const std::vector<MpsShare>& shares);
  bool running(const std::string& uuid) const;

 private:
  struct Daemon {
    pid_t pid = -1;
    MpsShare share;
  };
  Result<> share_memory() const;
  Result<pid_t> start(const MpsShare& share) const;
  Result<> command(const MpsShare& share) const;
  void reap();
  std::string program_, root_;
  std::map<std::string, Daemon> daemons_;  // by UUID
};

}  // namespace septet::agent
