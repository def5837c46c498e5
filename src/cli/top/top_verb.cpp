// septet top — the node on the whole terminal, as htop shows a machine: what every slice does now.
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cmath>

#include "cli/command_line.h"
#include "cli/top/sampler.h"
#include "cli/top/screen.h"
#include "cli/verb.h"

namespace septet::cli {

namespace {

using namespace top;  // one program over the parts of that namespace

constexpr int kKilledBySignal = 128;
constexpr unsigned kOnceWidth = 120, kWidest = 1000;

struct TopOptions {
  bool once = false, ascii = false, json = false, tree = false, free_rows = false;
  double interval_s = 1;
  std::uint32_t width = 0;
  std::string sort = "gpu", filter;
};

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "?";
}

std::string clock_text(std::chrono::system_clock::time_point at) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(at);
  std::tm local{};
  if (seconds == 0 || localtime_r(&seconds, &local) == nullptr) return "--:--:--";
  return fmt::format("{:%H:%M:%S}", local);
}

Picture picture_of(const Sample& sample, const std::string& host, bool ascii) {
  const auto age = std::chrono::duration_cast<std::chrono::seconds>(
      std::chrono::system_clock::now() - sample.taken);
  return {sample, host, clock_text(sample.taken),
          static_cast<unsigned>(std::max<std::int64_t>(0, age.count())), ascii};
}

// SIGINT, SIGTERM, SIGHUP, SIGWINCH as something to read, in this thread and in none that starts
// later.
class Signals {
 public:
  Signals() {
    sigemptyset(&mask_);
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGWINCH}) sigaddset(&mask_, number);
    pthread_sigmask(SIG_BLOCK, &mask_, &before_);
    descriptor_ = signalfd(-1, &mask_, SFD_NONBLOCK | SFD_CLOEXEC);
  }
  ~Signals() {
    close(descriptor_);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  int descriptor() const { return descriptor_; }
  // 0: none.
  int take() const {
    signalfd_siginfo info{};
    if (read(descriptor_, &info, sizeof info) != sizeof info) return 0;
    return static_cast<int>(info.ssi_signo);
  }

 private:
  sigset_t mask_{}, before_{};
  int descriptor_ = -1;
};

class Session {
 public:
  Session(const Signals& signals, Sampler& sampler, Screen& screen, View view, bool ascii)
      : signals_(signals),
        sampler_(sampler),
        screen_(screen),
        view_(std::move(view)),
        ascii_(ascii),
        host_(host_name()) {}

  int run() {
    for (;;) {
      sample_ = sampler_.latest();
      draw();
      wait();
      while (const int number = signals_.take()) {
        if (number != SIGWINCH) return kKilledBySignal + number;
        screen_.resize();
      }
      if (hung_up_) return kKilledBySignal + SIGHUP;
      while (const auto key = screen_.read_key()) {
        if (!press_key(*key)) return 0;
      }
    }
  }

 private:
  std::vector<Row> table() const { return table_of(rows_of(*sample_), view_); }

  void draw() {
    const Size size = screen_.size();
    const auto rows = table();
    view_ = settled(std::move(view_), rows, page_of(*sample_, view_, size));
    const Frame frame = frame_of(picture_of(*sample_, host_, ascii_), view_, rows, size);
    view_.scrolled = frame.scrolled;
    screen_.draw(frame);
  }

  // Until there is something to read. Beside a problem its age is told each second.
  void wait() {
    std::array<pollfd, 3> events = {{{STDIN_FILENO, POLLIN, 0},
                                     {signals_.descriptor(), POLLIN, 0},
                                     {sampler_.ready(), POLLIN, 0}}};
    poll(events.data(), events.size(), sample_->problem ? 1000 : -1);
    hung_up_ = (events[0].revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
  }

  // False: quit.
  bool press_key(const Key& key) {
    const auto rows = table();
    const auto page = page_of(*sample_, view_, screen_.size());
    const Pressed pressed = press(view_, key, rows, page);
    if (pressed.view.interval_s != view_.interval_s) {
      sampler_.set_interval(pressed.view.interval_s);
    }
    if (pressed.view.paused != view_.paused) sampler_.pause(pressed.view.paused);
    view_ = settled(pressed.view, table_of(rows_of(*sample_), pressed.view), page);
    switch (pressed.ask) {
      case Ask::kNothing: break;
      case Ask::kQuit: return false;
      case Ask::kSampleNow: sampler_.sample_now(); break;
      case Ask::kForgetXids: sampler_.forget_xids(); break;
      case Ask::kRepaint: screen_.repaint(); break;
    }
    return true;
  }

  const Signals& signals_;
  Sampler& sampler_;
  Screen& screen_;
  View view_;
  bool ascii_;
  std::string host_;
  std::shared_ptr<const Sample> sample_;
  bool hung_up_ = false;
};

// Hopper's activity is told between two looks: the first look of a real driver has none.
bool activity_may_come(const mig::Node& node) {
  if (node.simulated) return false;
  for (const mig::Gpu& gpu : node.gpus) {
    if (!gpu.problem && !gpu.usage.sm_percent) return true;
    for (const mig::GpuInstance& instance : gpu.instances) {
      if (!instance.usage.sm_percent) return true;
    }
  }
  return false;
}

Result<int> print_once(driver::Driver& driver, const TopOptions& options, View view) {
  Sample sample;
  sample.node = TRY(driver.observe());
  if (activity_may_come(sample.node)) {
    poll(nullptr, 0, static_cast<int>(options.interval_s * 1000.0));
    sample.node = TRY(driver.observe());
  }
  sample.answered = true;
  sample.taken = std::chrono::system_clock::now();
  const bool ascii = options.ascii || !locale_is_utf8();
  const auto table = table_of(rows_of(sample), view);
  unsigned width = isatty(STDOUT_FILENO) == 1 ? terminal_width() : kOnceWidth;
  if (options.width != 0) width = options.width;
  // As many lines as there are: header, map, title, rows, and a footer that is left away.
  const auto lines = 4 + sample.node.gpus.size() + std::max<std::size_t>(table.size(), 8);
  Size size{width, std::max(kSmallest.height, static_cast<unsigned>(lines))};
  view.at = table.size();  // nothing is selected
  Frame frame = frame_of(picture_of(sample, host_name(), ascii), view, table, size);
  frame.lines.pop_back();
  std::string text = plain_text(frame);
  while (text.ends_with("\n\n")) text.pop_back();
  fmt::print("{}", text);
  return 0;
}

DriverSource source_of(const Globals& globals) {
  if (!globals.simulated) return {globals.driver_path.value_or("libnvidia-ml.so.1"), ""};
  return {simulated_library().value_or(""), globals.state_path};
}

Result<int> run_on_terminal(const Globals& globals, const TopOptions& options, View view) {
  if (isatty(STDOUT_FILENO) != 1 || isatty(STDIN_FILENO) != 1) {
    return fail(Code::kInvalidArgument,
                fmt::format("septet top draws on a terminal, and standard {} is none",
                            isatty(STDOUT_FILENO) != 1 ? "output" : "input"),
                "septet status, or septet top --once: one picture as text");
  }
  auto driver = TRY(open_driver(globals));
  const Signals signals;  // before there are threads
  const auto screen = TRY(Screen::open());
  Sampler sampler(std::move(driver), source_of(globals), options.interval_s);
  const bool ascii = options.ascii || !screen->utf8();
  return Session(signals, sampler, *screen, std::move(view), ascii).run();
}

Result<View> view_of(const TopOptions& options) {
  View view;
  view.interval_s = options.interval_s;
  view.sort = column_named(options.sort).value_or(Column::kGpu);
  view.reverse = facts_of(view.sort).largest_first;
  view.filter = options.filter;
  view.tree = options.tree;
  view.free_rows = options.free_rows;
  return view;
}

Result<int> run_top(const Globals& globals, const std::vector<std::string>& arguments) {
  TopOptions options;
  std::vector<std::string> words;
  for (const ColumnFacts& facts : columns()) words.emplace_back(facts.word);
  CommandLine line("the slices live on the whole terminal; ? says what the keys do", "septet top");
  line.option("--interval", options.interval_s, "seconds between looks (default 1)")
      .range(0.1, 3600.0);
  line.option("--sort", options.sort, "by this column (default gpu)").one_of(words);
  line.option("--filter", options.filter, "only rows with all of these words");
  line.flag("--tree", options.tree, "under a heading for each GPU");
  line.flag("--free", options.free_rows, "with the free and the stranded places");
  line.flag("--once", options.once, "one picture as text, for a pipe");
  line.option("--width", options.width, "columns of --once (default the terminal's, or 120)")
      .range(static_cast<int>(kSmallest.width), static_cast<int>(kWidest));
  line.flag("--ascii", options.ascii, "plain characters instead of boxes");
  if (TRY(line.parse(arguments)).finished) return 0;
  if (globals.json) {
    return fail(Code::kInvalidArgument, "septet top has no JSON", "septet --json status");
  }
  View view = TRY(view_of(options));
  if (!options.once) return run_on_terminal(globals, options, std::move(view));
  const auto driver = TRY(open_driver(globals));
  return print_once(*driver, options, std::move(view));
}

}  // namespace

extern const Verb kTop{"top", "the slices live on the whole terminal: activity, memory, tenants",
                       run_top};

}  // namespace septet::cli
