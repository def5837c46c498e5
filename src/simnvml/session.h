// simnvml/session.h — the node this process has open, from the first nvmlInit to the last
// nvmlShutdown.
//
// Threads: safe. A call pins the session for its own length (Pin); a Shutdown on another thread
//          puts the session aside and it is freed once no call holds it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "driver/simulated/state_file.h"
#include "mig/driver_version.h"
#include "mig/product.h"
#include "simnvml/abi/return_codes.h"

namespace septet::simnvml {

namespace sim = driver::simulated;

// What a GPU of the node is: never changes while the node's file lives, so it is looked up once.
struct Board {
  const mig::Product* product = nullptr;
  const mig::Geometry* geometry = nullptr;
  bool can_mig() const { return !geometry->profiles.empty(); }
};

struct Session {
  std::unique_ptr<sim::StateFile> file;
  std::array<Board, sim::kMaxGpus> boards;
  mig::DriverVersion driver;
  std::uint32_t driver_load = 0;  // the driver load this session talks to
  unsigned cpus = 1;              // of this machine
  unsigned numa_nodes = 1;        // of the simulated node
};

// Init counts: the first opens the node's file, the others only count. Also how a client comes back
// after the driver was restarted under it.
nvmlReturn_t open_session();
nvmlReturn_t close_session();

// Holds the current session, if there is one, for the length of a call.
class Pin {
 public:
  Pin();
  ~Pin();
  Pin(const Pin&) = delete;
  Pin& operator=(const Pin&) = delete;

  Session* get() const { return session_; }
  Session* operator->() const { return session_; }
  explicit operator bool() const { return session_ != nullptr; }
  bool still_current() const;  // false once Shutdown took the session away

 private:
  Session* session_;
};

}  // namespace septet::simnvml
