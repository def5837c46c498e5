// lab/sharing/board.h — one modelled GPU while it works: who runs how fast, who transfers how fast,
// and what that adds up to.
//
// Between two calls nothing changes, so progress is linear. The caller changes who runs (start,
// transfer, stop), calls settle() once, sleeps until next(), calls advance() and take_finished().
// Time never goes back.
#pragma once

#include <deque>
#include <limits>
#include <vector>

#include "lab/event_queue.h"
#include "lab/model/sharing_rules.h"
#include "lab/sharing/seats.h"

namespace septet::lab::sharing {

inline constexpr Nanoseconds kNothing = std::numeric_limits<Nanoseconds>::max();

// Integrals over time, in seconds (joules) of this GPU.
struct Totals {
  double engine = 0, sm = 0, dram = 0, allocation = 0, joules = 0;
};

struct Span {
  std::size_t client = 0;
  Nanoseconds from = 0, to = 0;
};

class Board {
 public:
  // turn_by_turn: false: time-slicing divides time equally instead. totals: whether they are kept.
  Board(const GpuModel& gpu, Mode mode, bool turn_by_turn, bool totals = true);

  // Only while nothing runs.
  void cut(std::vector<Domain> domains);
  void hold(double share) { allocation_ = share; }  // handed out from now on
  const std::vector<Domain>& domains() const { return domains_; }

  void start(std::size_t client, const Seat& seat, const Work& work, double size);
  void transfer(std::size_t client, const Seat& seat, double bytes);
  void stop(std::size_t client);  // whatever it does; it may do nothing
  void settle();

  Nanoseconds next() const { return next_; }
  void advance(Nanoseconds now);
  // Clients whose compute or transfer is over now, in the order of their start.
  // Valid until it is called again.
  const std::vector<std::size_t>& take_finished();

  const Totals& totals() const { return totals_; }
  // Spans are kept between the two times, until `most` are there.
  void record_spans(Nanoseconds from, Nanoseconds to, std::size_t most);
  std::vector<Span> take_spans();
  bool spans_ran_out() const { return ran_out_; }

 private:
  struct Running {
    std::size_t client = 0;
    unsigned domain = 0;
    const Work* work = nullptr;
    double size = 1.0, sm_cap = 0.0;
    double left = 1.0;        // of the request
    double takes = 0.0;       // seconds, at the present company, before slowdowns
    double rate = 0.0;        // of the request per second, now
    double sm_seconds = 0.0;  // of all SMs, for the whole request
    Nanoseconds run_from = 0;
    Nanoseconds since = kNothing;  // of the open span
  };
  struct Moving {
    std::size_t client = 0;
    double left = 0.0, cap = 0.0, rate = 0.0;  // bytes, bytes per second
  };
  struct Turns {
    std::deque<std::size_t> line;  // clients with work, the holder first
    std::size_t last = kNobody;    // who held the last turn
    Nanoseconds until = 0;         // of that turn
    Nanoseconds left_at = -1;      // when it ran out of work
  };
  static constexpr std::size_t kNobody = std::numeric_limits<std::size_t>::max();

  bool by_turns(unsigned domain) const;
  Running* find(std::size_t client);
  void close_span(Running& running, Nanoseconds at);
  void remove(std::size_t client);
  void give_turn(unsigned domain);
  void set_turn_rates(unsigned domain);
  void set_shared_rates(unsigned domain);
  void slow_down();
  void find_next();

  const GpuModel& gpu_;
  Mode mode_;
  bool turn_by_turn_, counts_totals_;
  std::vector<Domain> domains_;
  std::vector<Turns> turns_;          // by domain
  std::vector<unsigned> running_in_;  // by domain
  std::vector<bool> changed_;         // by domain: who runs there, since rates were set
  std::vector<std::size_t> finished_;
  std::vector<Running> running_;  // in the order of their start
  std::vector<Moving> moving_;
  double allocation_ = 0.0;
  Nanoseconds now_ = 0, next_ = kNothing;
  Totals totals_;
  Nanoseconds spans_from_ = kNothing, spans_to_ = 0;
  std::size_t most_spans_ = 0;
  std::vector<Span> spans_;
  bool ran_out_ = false;
  std::vector<MpsClient> scratch_clients_;
  std::vector<double> scratch_, scratch_rates_;
  std::vector<std::size_t> scratch_who_;
};

}  // namespace septet::lab::sharing
