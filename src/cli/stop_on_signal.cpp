#include "cli/stop_on_signal.h"

namespace septet::cli {

namespace {

constexpr std::array kSignals = {SIGINT, SIGTERM};
constexpr int kKilledBy = 128;

// What a handler can reach: it is given nothing but the signal's number.
std::atomic<bool> stop_asked = false;
std::atomic<int> last_signal = SIGINT;
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free);

void on_signal(int number) {
  last_signal = number;
  if (!stop_asked.exchange(true)) return;
  signal(number, SIG_DFL);
  raise(number);  // delivered when this handler returns
}

}  // namespace

StopOnSignal::StopOnSignal() {
  stop_asked = false;
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    sigaction(kSignals[i], nullptr, &before_[i]);
    // Whoever started us without them (nohup, a background job of a plain shell) meant it.
    if (before_[i].sa_handler != SIG_IGN) sigaction(kSignals[i], &action, nullptr);
  }
}

StopOnSignal::~StopOnSignal() {
  for (std::size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &before_[i], nullptr);
}

const std::atomic<bool>& StopOnSignal::asked() const { return stop_asked; }

int StopOnSignal::exit_code() { return kKilledBy + last_signal; }

}  // namespace septet::cli
