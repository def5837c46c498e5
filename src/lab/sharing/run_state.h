// lab/sharing/run_state.h — the state of one run and what can happen to it: requests (run.cpp),
// faults and new layouts (disturb.cpp).
#pragma once

#include <deque>

#include "lab/sharing/run.h"

namespace septet::lab::sharing {

enum class HappeningKind : std::uint8_t {
  kArrival,  // the next of an open stream
  kAsks,     // one client of a closed loop
  kFault,
  kRecovers,
  kChange,  // of layout: begins to drain
  kReady,   // the new layout is there
  kSample,
  kWarm,
};

struct Happening {
  HappeningKind kind = HappeningKind::kArrival;
  std::uint32_t whose = 0;
};

enum class Stage : std::uint8_t { kIdle, kToDevice, kComputes, kFromDevice };

struct Pending {
  Nanoseconds at = 0;
  double size = 1.0;
};

struct Process {
  std::deque<Pending> queue;
  Pending serving;
  Stage stage = Stage::kIdle;
  std::size_t next_arrival = 0;
  Random random{0};
  Nanoseconds down_until = -1;
  bool draining = false;
  unsigned waiting_to_ask = 0;  // closed loop: requests lost, asked again after recovery
  std::uint64_t late = 0, most_late = ~std::uint64_t{0};  // of RunRequest::until_missed
};

class Run {
 public:
  explicit Run(const RunRequest& request);
  RunRecord go();

 private:
  const Scenario& scenario() const { return *request_.scenario; }
  const Tenant& tenant(std::size_t c) const { return *(*request_.clients)[c].tenant; }
  const Seating& seating() const { return request_.seats->seatings[seating_]; }
  bool closed(std::size_t c) const { return tenant(c).arrivals.kind == Arrivals::Kind::kClosed; }
  bool within(Nanoseconds at) const { return at >= warm_ && at < end_; }

  void begin();
  void handle(const Happening& happening);
  void arrives(std::size_t c, double size);
  void asks_later(std::size_t c, double from);
  void serve(std::size_t c);
  void next_stage(std::size_t c);
  void complete(std::size_t c);
  void look_if_missed(std::size_t c, float latency);
  std::size_t next_board() const;
  void board_event(std::size_t gpu);
  void fault(std::size_t index);
  void kill(std::size_t c, double seconds);
  void lose(std::size_t c, Nanoseconds came);
  void begin_change();
  void go_on_when_drained();
  void finish_change();
  void cut_boards();
  void sample();
  void count_unfinished();
  Totals totals_now();

  RunRequest request_;
  Nanoseconds now_ = 0, end_ = 0, warm_ = 0;
  EventQueue<Happening> events_;
  std::vector<Board> boards_;
  std::vector<Process> processes_;
  RunRecord record_;
  Totals at_warm_;
  unsigned seating_ = 0;
  bool changing_ = false, waiting_for_drain_ = false, missed_ = false;
  Nanoseconds change_began_ = 0;
};

}  // namespace septet::lab::sharing
