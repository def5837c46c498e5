// cli/top/sampler.h — asks the driver again and again, beside the screen.
//
// A driver can take long, or never answer: keys must not wait for it. One thread observes, another
// waits for Xids (each with a driver handle of its own); whoever draws takes the newest sample.
// Driver going away: the last node stays in the sample with the reason, and the driver is opened
// anew before each further try.
//
// Threads. All functions may be called from the thread that owns it.
// Lifetime. The destructor waits a moment; a thread that hangs inside the driver is left to the end
//           of the process.
#pragma once

#include <memory>
#include <string>

#include "cli/top/sample.h"
#include "driver/driver.h"

namespace septet::cli::top {

struct DriverSource {
  std::string library_path;
  std::string state_path;  // of the simulated node; empty: a real one
};

class Sampler {
 public:
  Sampler(std::unique_ptr<driver::Driver> driver, DriverSource source, double interval_s);
  ~Sampler();
  Sampler(const Sampler&) = delete;
  Sampler& operator=(const Sampler&) = delete;

  int ready() const;  // a descriptor that can be read when there is something newer
  std::shared_ptr<const Sample> latest();  // never null
  void set_interval(double interval_s);
  void pause(bool paused);
  void sample_now();
  void forget_xids();

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace septet::cli::top
