// partition/patience.h — which failures are worth trying again, how often and how long.
//
// Units.  Milliseconds; each wait is twice the one before.
// Source. Destroying and creating fail now and then with "in use by another client" while no
//         process is listed (public issues go-nvml 146, DCGM 95), and pass a moment later.
#pragma once

#include <chrono>
#include <functional>

#include "base/result.h"

namespace septet::partition {

struct Patience {
  unsigned attempts = 5;                   // at one step, the first counted
  unsigned rounds = 3;                     // at going back as a whole
  std::chrono::milliseconds first{100};    // wait after the first failure
  std::chrono::milliseconds grace{10000};  // from asking a process to end until it is killed
  // Null: really sleeps. Tests do not.
  std::function<void(std::chrono::milliseconds)> sleep;

  void wait(std::chrono::milliseconds time) const;
  void wait_after(unsigned failures) const;  // 1, 2, ...
};

// Might the same call succeed a moment later? Somebody listed as a user is no passing failure: that
// Error comes without a driver status.
bool may_pass(const Error& error);
// The driver refused for a reason that shows nothing was done. After any other failure the GPU must
// be asked what became of the call.
bool refused_outright(const Error& error);

}  // namespace septet::partition
