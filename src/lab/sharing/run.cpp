#include "lab/sharing/run.h"

#include <algorithm>
#include <deque>

#include "lab/model/reconfiguration.h"
#include "lab/sharing/arrivals.h"

namespace septet::lab::sharing {

namespace {

enum class Kind : std::uint8_t {
  kArrival,  // the next of an open stream
  kAsks,     // one client of a closed loop
  kBoard,    // something ends on a GPU
  kFault,
  kRecovers,
  kChange,  // of layout: begins to drain
  kReady,   // the new layout is there
  kSample,
  kWarm,
};

struct Happening {
  Kind kind = Kind::kArrival;
  std::uint32_t whose = 0;
  std::uint32_t version = 0;
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
  void board_event(unsigned gpu);
  void settle(unsigned gpu);
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
  std::vector<std::uint32_t> versions_;
  std::vector<Process> processes_;
  RunRecord record_;
  Totals at_warm_;
  unsigned seating_ = 0;
  bool changing_ = false, waiting_for_drain_ = false;
  Nanoseconds change_began_ = 0;
};

Totals minus(const Totals& a, const Totals& b) {
  return {a.engine - b.engine, a.sm - b.sm, a.dram - b.dram, a.allocation - b.allocation,
          a.joules - b.joules};
}

// The same stretch of every mode: about as many requests as a picture can show.
std::pair<double, double> picture_window(const Scenario& scenario,
                                         const std::vector<Client>& clients) {
  double rate = 0.0;
  for (const Client& client : clients) {
    const auto mean = mean_rate(client.tenant->arrivals, scenario.seconds);
    rate += mean ? *mean : 1.0 / seconds_on(client.tenant->work, {1.0, 1.0});
  }
  constexpr double kRequests = 60.0, kLongest = 4.0, kShortest = 0.02;
  const double length = std::clamp(kRequests / std::max(rate, 1e-9), kShortest, kLongest);
  return {scenario.warm_up, std::min(scenario.seconds, scenario.warm_up + length)};
}

Run::Run(const RunRequest& request) : request_(request) {
  end_ = nanoseconds(scenario().seconds);
  warm_ = nanoseconds(scenario().warm_up);
  std::size_t gpus = 0;
  for (const Seating& one : request.seats->seatings) gpus = std::max(gpus, one.gpus.size());
  const bool exact = scenario().seconds <= kTurnByTurnSeconds;
  for (std::size_t g = 0; g < gpus; ++g) boards_.emplace_back(scenario().gpu, request.mode, exact);
  versions_.assign(gpus, 0);
  record_.clients.resize(request.clients->size());
  processes_.resize(request.clients->size());
  for (std::size_t c = 0; c < processes_.size(); ++c)
    processes_[c].random = (*request.clients)[c].random;
  record_.spans.resize(gpus);
}

void Run::cut_boards() {
  std::vector<double> held(boards_.size(), 0.0);
  for (std::size_t c = 0; c < processes_.size(); ++c) {
    const auto& seat = seating().seats[c];
    if (seat && seating().layouts.empty()) held[seat->gpu] = 1.0;
  }
  for (std::size_t g = 0; g < seating().layouts.size(); ++g) {
    std::vector<bool> used(seating().gpus[g].size(), false);
    for (const auto& seat : seating().seats) {
      if (seat && seat->gpu == g) used[seat->domain] = true;
    }
    for (std::size_t d = 0; d < used.size(); ++d) {
      if (used[d]) held[g] += seating().gpus[g][d].weight;
    }
  }
  for (std::size_t g = 0; g < boards_.size(); ++g) {
    const bool there = g < seating().gpus.size();
    const bool same = seating_ > 0 && there &&
                      g < request_.seats->seatings[seating_ - 1].layouts.size() &&
                      g < seating().layouts.size() &&
                      request_.seats->seatings[seating_ - 1].layouts[g] == seating().layouts[g];
    if (!same) boards_[g].cut(there ? seating().gpus[g] : std::vector<Domain>{});
    boards_[g].hold(held[g]);
  }
}

void Run::begin() {
  cut_boards();
  for (std::size_t c = 0; c < processes_.size(); ++c) {
    if (request_.only && *request_.only != c) continue;
    const auto whose = static_cast<std::uint32_t>(c);
    if (closed(c)) {
      for (unsigned i = 0; i < tenant(c).arrivals.clients; ++i) asks_later(c, 0.0);
    } else if (!(*request_.clients)[c].arrivals.empty()) {
      events_.schedule(nanoseconds((*request_.clients)[c].arrivals.front().at),
                       {Kind::kArrival, whose, 0});
    }
  }
  for (std::uint32_t f = 0; f < scenario().faults.size(); ++f)
    events_.schedule(nanoseconds(scenario().faults[f].at), {Kind::kFault, f, 0});
  if (request_.seats->seatings.size() > 1)
    events_.schedule(nanoseconds(request_.seats->seatings[1].at), {Kind::kChange, 0, 0});
  events_.schedule(warm_, {Kind::kWarm, 0, 0});
  for (std::uint32_t i = 1; i <= kSamples; ++i)
    events_.schedule(end_ / static_cast<Nanoseconds>(kSamples) * i, {Kind::kSample, i, 0});
  if (!request_.pictures) return;
  std::tie(record_.spans_from, record_.spans_to) = picture_window(scenario(), *request_.clients);
  for (Board& board : boards_)
    board.record_spans(nanoseconds(record_.spans_from), nanoseconds(record_.spans_to),
                       kMostSpans / boards_.size());
}

RunRecord Run::go() {
  begin();
  while (!events_.empty() && events_.next().at <= end_) {
    const auto event = events_.pop();
    now_ = event.at;
    handle(event.payload);
  }
  now_ = end_;
  record_.within = minus(totals_now(), at_warm_);
  for (std::size_t g = 0; g < boards_.size(); ++g) record_.spans[g] = boards_[g].take_spans();
  count_unfinished();
  if (changing_) record_.reconfiguring_seconds += seconds_of(end_ - change_began_);
  return std::move(record_);
}

void Run::count_unfinished() {
  for (std::size_t c = 0; c < processes_.size(); ++c) {
    const Process& process = processes_[c];
    std::uint64_t& count = record_.clients[c].unfinished;
    count = process.stage != Stage::kIdle && within(process.serving.at) ? 1 : 0;
    for (const Pending& pending : process.queue) count += within(pending.at) ? 1 : 0;
  }
}

void Run::handle(const Happening& happening) {
  const std::size_t whose = happening.whose;
  switch (happening.kind) {
    case Kind::kArrival: {
      const auto& list = (*request_.clients)[whose].arrivals;
      const double size = list[processes_[whose].next_arrival++].size;
      if (processes_[whose].next_arrival < list.size())
        events_.schedule(nanoseconds(list[processes_[whose].next_arrival].at), happening);
      return arrives(whose, size);
    }
    case Kind::kAsks: return arrives(whose, 1.0);
    case Kind::kBoard:
      if (versions_[whose] == happening.version) board_event(happening.whose);
      return;
    case Kind::kFault: return fault(whose);
    case Kind::kRecovers:
      if (processes_[whose].down_until > now_) return;
      for (; processes_[whose].waiting_to_ask > 0; --processes_[whose].waiting_to_ask)
        asks_later(whose, seconds_of(now_));
      return serve(whose);
    case Kind::kChange: return begin_change();
    case Kind::kReady: return finish_change();
    case Kind::kSample: return sample();
    case Kind::kWarm: at_warm_ = totals_now(); return;
  }
}

void Run::arrives(std::size_t c, double size) {
  if (within(now_)) ++record_.clients[c].offered;
  if (processes_[c].down_until > now_) return lose(c, now_);
  processes_[c].queue.push_back({now_, size});
  serve(c);
}

void Run::asks_later(std::size_t c, double from) {
  if (const auto then = next_active(tenant(c).arrivals, from))
    events_.schedule(nanoseconds(*then), {Kind::kAsks, static_cast<std::uint32_t>(c), 0});
}

void Run::serve(std::size_t c) {
  Process& process = processes_[c];
  const auto& seat = seating().seats[c];
  if (process.stage != Stage::kIdle || process.queue.empty() || process.draining || !seat ||
      process.down_until > now_)
    return;
  process.serving = process.queue.front();
  process.queue.pop_front();
  boards_[seat->gpu].advance(now_);
  next_stage(c);
  settle(seat->gpu);
}

// The board stands at now_ and is settled by the caller.
void Run::next_stage(std::size_t c) {
  Process& process = processes_[c];
  const Seat& seat = *seating().seats[c];
  const Work& work = tenant(c).work;
  Board& board = boards_[seat.gpu];
  if (process.stage == Stage::kIdle) {
    process.stage = Stage::kToDevice;
    if (work.to_device_bytes > 0.0)
      return board.transfer(c, seat, work.to_device_bytes * process.serving.size);
  }
  if (process.stage == Stage::kToDevice) {
    process.stage = Stage::kComputes;
    return board.start(c, seat, work, process.serving.size);
  }
  if (process.stage == Stage::kComputes) {
    process.stage = Stage::kFromDevice;
    if (work.from_device_bytes > 0.0)
      return board.transfer(c, seat, work.from_device_bytes * process.serving.size);
  }
  complete(c);
}

void Run::complete(std::size_t c) {
  Process& process = processes_[c];
  process.stage = Stage::kIdle;
  ClientRecord& record = record_.clients[c];
  const double latency = seconds_of(now_ - process.serving.at);
  const auto& objective = tenant(c).objective_seconds;
  if (within(process.serving.at)) {
    ++record.completed;
    record.latencies.push_back(static_cast<float>(latency));
  }
  if (within(now_)) {
    ++record.finished_within;
    if (!objective || latency <= *objective) ++record.good_within;
  }
  if (closed(c)) {
    const double think = tenant(c).arrivals.think;
    const double pause = think > 0.0 ? process.random.exponential(think) : 0.0;
    const double then = seconds_of(now_) + pause;
    if (pause == 0.0 && next_active(tenant(c).arrivals, then) == then) {
      if (within(now_)) ++record.offered;
      process.queue.push_back({now_, 1.0});
    } else {
      asks_later(c, then);
    }
  }
  if (process.queue.empty() || process.draining || process.down_until > now_) return;
  process.serving = process.queue.front();
  process.queue.pop_front();
  next_stage(c);
}

void Run::board_event(unsigned gpu) {
  Board& board = boards_[gpu];
  board.advance(now_);
  for (const std::size_t c : board.take_finished()) next_stage(c);
  settle(gpu);
  if (waiting_for_drain_) go_on_when_drained();
}

void Run::settle(unsigned gpu) {
  boards_[gpu].settle();
  ++versions_[gpu];
  if (boards_[gpu].next() != kNothing)
    events_.schedule(boards_[gpu].next(), {Kind::kBoard, gpu, versions_[gpu]});
}

void Run::lose(std::size_t c, Nanoseconds came) {
  if (within(came)) ++record_.clients[c].lost;
  if (closed(c)) ++processes_[c].waiting_to_ask;
}

void Run::kill(std::size_t c, double seconds) {
  Process& process = processes_[c];
  if (const auto& seat = seating().seats[c]) boards_[seat->gpu].stop(c);
  if (process.stage != Stage::kIdle) lose(c, process.serving.at);
  process.stage = Stage::kIdle;
  for (const Pending& pending : process.queue) lose(c, pending.at);
  process.queue.clear();
  const Nanoseconds up = now_ + nanoseconds(seconds);
  const Nanoseconds from = std::max(now_, process.down_until);
  if (up > from)
    record_.clients[c].down_seconds += seconds_of(std::min(up, end_) - std::min(from, end_));
  process.down_until = std::max(process.down_until, up);
  events_.schedule(process.down_until, {Kind::kRecovers, static_cast<std::uint32_t>(c), 0});
}

void Run::fault(std::size_t index) {
  const PlannedFault& planned = scenario().faults[index];
  const auto& clients = *request_.clients;
  for (std::size_t c = 0; c < clients.size(); ++c) {
    if (clients[c].name != planned.tenant && clients[c].tenant->name != planned.tenant) continue;
    const Victims victims =
        victims_of(scenario(), request_.mode, seating(), planned.kind, c, request_.recovery);
    if (const auto& seat = seating().seats[c]) {
      boards_[seat->gpu].advance(now_);
      for (std::size_t v = 0; v < clients.size(); ++v) {
        if (victims.down[v]) kill(v, victims.seconds);
      }
      settle(seat->gpu);
    }
    break;  // of a tenant with replicas the first
  }
  if (waiting_for_drain_) go_on_when_drained();
}

void Run::begin_change() {
  if (changing_ || seating_ + 1 >= request_.seats->seatings.size()) return;
  const Seating& next = request_.seats->seatings[seating_ + 1];
  changing_ = waiting_for_drain_ = true;
  change_began_ = now_;
  const auto recut = [&](unsigned gpu) {
    return gpu >= next.layouts.size() || gpu >= seating().layouts.size() ||
           !(next.layouts[gpu] == seating().layouts[gpu]);
  };
  for (std::size_t c = 0; c < processes_.size(); ++c) {
    const auto& before = seating().seats[c];
    const auto& after = next.seats[c];
    const bool stays = before && after && *before == *after && !recut(before->gpu);
    processes_[c].draining = !stays;
  }
  go_on_when_drained();
}

void Run::go_on_when_drained() {
  for (const Process& process : processes_) {
    if (process.draining && process.stage != Stage::kIdle) return;
  }
  waiting_for_drain_ = false;
  const Seating& next = request_.seats->seatings[seating_ + 1];
  double calls = 0.0;  // GPUs are cut side by side
  for (std::size_t g = 0; g < next.layouts.size(); ++g) {
    const mig::Layout before = g < seating().layouts.size() ? seating().layouts[g] : mig::Layout();
    calls = std::max(calls, calls_seconds(scenario().gpu, before, next.layouts[g]));
  }
  events_.schedule(now_ + nanoseconds(calls + next.overhead_seconds), {Kind::kReady, 0, 0});
}

void Run::finish_change() {
  for (Board& board : boards_) board.advance(now_);
  record_.reconfiguring_seconds += seconds_of(now_ - change_began_);
  ++seating_;
  changing_ = false;
  cut_boards();
  for (std::size_t c = 0; c < processes_.size(); ++c) {
    processes_[c].draining = false;
    serve(c);
  }
  if (seating_ + 1 < request_.seats->seatings.size()) {
    const Nanoseconds at = nanoseconds(request_.seats->seatings[seating_ + 1].at);
    events_.schedule(std::max(at, now_), {Kind::kChange, 0, 0});
  }
}

Totals Run::totals_now() {
  Totals sum;
  for (Board& board : boards_) {
    board.advance(now_);
    const Totals& one = board.totals();
    sum.engine += one.engine;
    sum.sm += one.sm;
    sum.dram += one.dram;
    sum.allocation += one.allocation;
    sum.joules += one.joules;
  }
  return sum;
}

void Run::sample() {
  record_.samples.push_back({seconds_of(now_), totals_now()});
  const Nanoseconds middle = warm_ + (end_ - warm_) / 2;
  if (now_ < warm_) return;
  for (std::size_t c = 0; c < processes_.size(); ++c) {
    ClientRecord& record = record_.clients[c];
    const auto waiting = static_cast<double>(processes_[c].queue.size());
    (now_ < middle ? record.backlog_early : record.backlog_late) += waiting;
  }
}

}  // namespace

RunRecord run(const RunRequest& request) { return Run(request).go(); }

}  // namespace septet::lab::sharing
