#include "agent/serve.h"

#include <poll.h>

#include <mutex>

#include "agent/forget_start.h"

namespace septet::agent {

namespace {

constexpr int kLook_ms = 500;
constexpr int kSettled = 8;  // looks until what only the start needed is not needed again

void wait_for(const std::atomic<bool>& stop) {
  for (int looks = 0; !stop; ++looks) {
    if (looks == kSettled) forget_start();
    (void)poll(nullptr, 0, kLook_ms);  // a signal ends it early
  }
}

}  // namespace

Result<> serve(AgentOptions options, const std::atomic<bool>& stop, const Say& say) {
  options.http.library = options.library;
  options.http.simulated_state = options.simulated_state;
  options.http.host = options.node_name;
  options.http.faults = options.faults;
  std::mutex mutex;
  const Say say_in_turn = [&](const std::string& line) {
    const std::scoped_lock lock(mutex);
    say(line);
  };
  std::unique_ptr<web::Service> service;
  if (!options.http.address.empty()) service = TRY(web::Service::start(options.http, say_in_turn));
  if (options.kubernetes) return run_node_agent(options, stop, say_in_turn, service.get());
  wait_for(stop);
  return {};
}

}  // namespace septet::agent
