#include "agent/node_agent.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "agent/cluster_link.h"
#include "agent/forget_start.h"
#include "agent/layout_worker.h"
#include "agent/mps_daemons.h"
#include "agent/node_files.h"
#include "agent/plugin_servers.h"
#include "agent/pod_holders.h"
#include "agent/reporting.h"
#include "agent/told.h"
#include "agent/wake.h"
#include "kube/pod_resources.h"
#include "partition/generate_config.h"
#include "partition/journal.h"
#include "watch/driver_side.h"

namespace septet::agent {

namespace {

constexpr double kAskHolders_s = 1;    // how often pods are asked for while a change waits
constexpr double kServeAgain_s = 1;    // after a server or registration failed
constexpr double kForgetAgain_s = 10;  // by then the API server was asked everything once
constexpr auto kTell = std::chrono::milliseconds(500);
constexpr auto kPodResources = std::chrono::milliseconds(3000);

double now_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// RFC 3339 in whole seconds, as Kubernetes' metav1.Time is.
std::string now_text() {
  return partition::utc_text(partition::system_clock()()).substr(0, 19) + "Z";
}

class Loop {
 public:
  Loop(const AgentOptions& options, const Say& say, web::Service* service)
      : options_(options),
        say_(say),
        service_(service),
        faults_(options.faults),
        driver_({options.library, options.simulated_state, options.observe_s},
                [this] { wake_.up(); }),
        worker_([this] { return driver_.open(); }, options.allow_reset, [this] { wake_.up(); }),
        servers_(options.plugin_folder, options.kubelet_socket, options.plugin),
        files_(options),
        mps_(options.mps_control, options.plugin.mps_root) {}

  Result<> begin();
  void run(const std::atomic<bool>& stop);

 private:
  void wait();
  void watch_folder();
  void look_at_kubelet();
  void look_at_faults();
  void decide();
  void ask_holders(bool surely);
  void consider();
  void show();
  void keep_mps();
  void maybe_change();
  bool change_is_due() const;
  void tell();
  Result<std::vector<partition::PartedConfig>> label_configs() const;
  publish::Labels features() const;
  void complain(const std::string& about, const Result<>& result);
  void forget();

  const AgentOptions& options_;
  const Say& say_;
  web::Service* service_;
  Wake wake_;
  watch::Faults faults_;
  watch::DriverSide driver_;
  LayoutWorker worker_;
  PluginServers servers_;
  NodeFiles files_;
  MpsDaemons mps_;
  std::unique_ptr<ClusterLink> cluster_;
  std::unique_ptr<kube::FolderWatch> folder_;
  Relayout relayout_{{}};
  std::shared_ptr<const Shown> shown_;
  std::optional<mig::Node> last_node_;  // shown, and ill, while the driver is away
  Choice choice_;
  Since since_;
  std::optional<std::vector<kube::HeldDevice>> held_;  // nullopt: unknown
  double held_at_s_ = -1e9, told_at_s_ = -1e9, serve_again_s_ = 0, labels_at_s_ = -1e9,
         watch_again_s_ = 0;
  double forget_at_s_ = 0;
  publish::Labels features_;
  std::map<std::string, std::string> complaints_;  // by subject: said once, until they change
  bool woken_ = true;
};

// The same complaint is not said every round.
void Loop::complain(const std::string& about, const Result<>& result) {
  const std::string text = result ? "" : result.error().describe();
  std::string& said = complaints_[about];
  if (said == text) return;
  said = text;
  say_(text.empty() ? about + ": well again" : about + ": " + text);
}

Result<> Loop::begin() {
  driver_.look(now_s(), true);
  if (!driver_.node() && options_.plugin.fail_on_init_error)
    return std::unexpected(*driver_.problem());
  if (driver_.node()) {
    const auto recovered = worker_.recover();
    if (!recovered) {
      complain("recover", std::unexpected(recovered.error()));
    } else if (!recovered->empty()) {
      say_(*recovered);
    }
    driver_.look(now_s(), true);
  }
  if (options_.api) {
    kube::ApiAccess access = options_.kubeconfig.empty()
                                 ? TRY(kube::in_cluster_access())
                                 : TRY(kube::read_kubeconfig(options_.kubeconfig));
    cluster_ = ClusterLink::start(access, {options_.node_name, options_.name_space},
                                  [this] { wake_.up(); });
  }
  return {};
}

void Loop::wait() {
  pollfd files[2] = {{wake_.file(), POLLIN, 0}, {folder_ ? folder_->descriptor() : -1, POLLIN, 0}};
  (void)poll(files, folder_ ? 2 : 1, static_cast<int>(options_.poll_s * 1000));
  woken_ = wake_.taken();
}

// The folder is kubelet's: it may come after us, and go.
void Loop::watch_folder() {
  if (now_s() < watch_again_s_) return;
  watch_again_s_ = now_s() + kServeAgain_s;
  auto folder = kube::FolderWatch::open(options_.plugin_folder);
  complain("kubelet's folder", folder ? Result<>() : std::unexpected(folder.error()));
  if (!folder) return;
  folder_ = std::move(*folder);
  servers_.start_over();
  serve_again_s_ = 0;
  woken_ = true;
}

// kubelet sweeps the folder when it starts, and makes its own socket anew.
void Loop::look_at_kubelet() {
  if (options_.kubelet_socket.empty()) return;
  if (!folder_) watch_folder();
  if (!folder_) return;
  const auto change = folder_->changed();
  if (change.gone) {
    folder_.reset();  // the folder itself; another is watched when it is there
    return;
  }
  const std::string own = options_.kubelet_socket.substr(options_.kubelet_socket.rfind('/') + 1);
  const bool back = std::ranges::find(change.made, own) != change.made.end();
  const bool swept = std::ranges::any_of(change.removed, [this](const std::string& name) {
    return servers_.owns_socket(name) &&
           access((options_.plugin_folder + "/" + name).c_str(), F_OK) != 0;
  });
  if (!back && !swept) return;
  say_(back ? "kubelet is back: registering again" : "our sockets were removed: serving again");
  servers_.start_over();
  serve_again_s_ = 0;
  woken_ = true;
}

void Loop::look_at_faults() {
  for (const driver::Event& event : driver_.events()) faults_.happened(event, now_s());
  if (driver_.restarted()) {
    faults_.driver_restarted();
    files_.forget_capabilities();
  }
  if (driver_.node()) faults_.seen(*driver_.node(), now_s());
  for (const watch::HealthNews& news : faults_.news()) {
    say_(news.what);
    if (cluster_) {
      cluster_->event(
          {!news.healthy, news.healthy ? "SliceHealthy" : "SliceUnhealthy", news.what, now_text()});
    }
    woken_ = true;
  }
}

Result<std::vector<partition::PartedConfig>> Loop::label_configs() const {
  if (options_.mig_config_file.empty()) return partition::generate_configs(*driver_.node());
  const auto document = TRY(read_yaml_file(options_.mig_config_file));
  return partition::read_parted(document);
}

// Who holds what is asked only where a layout is asked for, or people look.
void Loop::ask_holders(bool surely) {
  if ((!choice_.request && service_ == nullptr) || !driver_.node()) return;
  if (options_.kubelet_socket.empty()) {
    held_.emplace();
    held_at_s_ = now_s();
    return;
  }
  if (!surely && now_s() < held_at_s_ + kAskHolders_s) return;
  auto held = kube::held_devices(options_.pod_resources_socket, kPodResources);
  held_at_s_ = now_s();
  complain("pod resources", held ? Result<>() : std::unexpected(held.error()));
  held_.reset();
  if (held) held_ = std::move(*held);
}

void Loop::consider() {
  if (worker_.running()) return;
  if (!driver_.node() || (choice_.request && !held_)) {
    relayout_.unknown(driver_.node()
                          ? Error{Code::kUnavailable,
                                  "who holds which slice is unknown: kubelet does not answer on " +
                                      options_.pod_resources_socket,
                                  "is that folder mounted into the agent's container?", 0, nullptr}
                          : *driver_.problem());
    return;
  }
  relayout_.consider(choice_.request,
                     held_ ? with_pod_holders(*driver_.node(), *held_) : *driver_.node(), now_s());
}

void Loop::show() {
  auto next = std::make_shared<Shown>();
  if (driver_.node()) {
    last_node_ = driver_.node();
  } else if (!last_node_) {
    return;  // never seen: there is nothing to show
  }
  next->node = *last_node_;
  next->offer = publish::offer(next->node, options_.plugin);
  next->withheld = relayout_.withheld();
  for (const publish::Resource& resource : next->offer.resources) {
    for (const publish::Device& device : resource.devices) {
      auto problem = driver_.node() ? faults_.problem_of(device, next->node)
                                    : std::optional<std::string>(driver_.problem()->what);
      if (problem) next->ill[device.uuid] = std::move(*problem);
    }
  }
  next->capabilities = files_.capabilities();
  shown_ = next;
  keep_mps();
  if (service_ != nullptr) service_->told(told_of(faults_, driver_.node(), held_, choice_));
  if (driver_.node()) complain("CDI", files_.write_cdi(next->node));
  const Result<> served = servers_.show(shown_);
  complain("device plugin", served);
  serve_again_s_ = served ? 1e18 : now_s() + kServeAgain_s;
  // Told once what is withheld, the clock of settling runs.
  const bool new_to_kubelet = told_at_s_ < relayout_.withheld_since_s();
  if (!relayout_.withheld().empty() && new_to_kubelet && servers_.told(kTell)) told_at_s_ = now_s();
}

void Loop::keep_mps() {
  if (options_.plugin.sharing.kind != publish::SharingKind::kMps || !driver_.node()) return;
  complain("MPS", mps_.keep(mps_shares(shown_->node, shown_->offer)));
}

void Loop::maybe_change() {
  if (worker_.running() || !choice_.request) return;
  auto plan = relayout_.ready(told_at_s_, held_at_s_, now_s());
  if (!plan) return;
  relayout_.begin();
  say_(fmt::format("{}: {} steps", choice_.request->title(), plan->steps.size()));
  worker_.start(std::move(*plan), choice_.request->title());
}

publish::Labels Loop::features() const {
  if (!shown_) return {};
  publish::LabelContext context;
  context.machine = machine_type(options_.plugin.machine_type_file);
  if (!options_.plugin.no_timestamp) context.timestamp = time(nullptr);
  return publish::labels(shown_->node, options_.plugin, shown_->offer, context);
}

void Loop::tell() {
  const bool due = now_s() >= labels_at_s_ + options_.plugin.label_interval_s;
  publish::Labels fresh = features();
  // The timestamp alone is no news before the interval has passed.
  const auto stamp = features_.find("nvidia.com/gfd.timestamp");
  if (!due && stamp != features_.end() && fresh.contains(stamp->first))
    fresh[stamp->first] = stamp->second;
  if (due) labels_at_s_ = now_s();
  features_ = std::move(fresh);
  if (!options_.plugin.use_node_feature_api) complain("labels", files_.write_labels(features_));
  if (!cluster_) return;
  ReportInputs inputs;
  inputs.shown = driver_.node() ? shown_.get() : nullptr;
  inputs.driver_problem = driver_.problem();
  inputs.choice = &choice_;
  inputs.standing = &relayout_.standing();
  inputs.features = features_;
  inputs.now = now_text();
  cluster_->report(report_of(options_, inputs, since_));
  const auto problem = cluster_->write_problem();
  complain("API server, writing", problem ? Result<>(std::unexpected(*problem)) : Result<>());
}

void Loop::decide() {
  if (cluster_) {
    const ClusterSeen seen = cluster_->seen();
    complain("API server, reading",
             seen.problem ? Result<>(std::unexpected(*seen.problem)) : Result<>());
    if (seen.known && driver_.node()) {
      choice_ = choose_layout(seen.layouts, options_.node_name, seen.labels,
                              [this] { return label_configs(); });
    }
  }
  ask_holders(false);
  consider();
  show();
  // Withdrawn and told: ask again who holds what, then go.
  if (!relayout_.withheld().empty() && !worker_.running()) {
    const double settled = told_at_s_ + Relayout::Timing{}.settle_s;
    if (held_at_s_ < settled && now_s() >= settled) {
      ask_holders(true);
      consider();
    }
  }
  maybe_change();
  tell();
}

// A change that goes through its steps is looked at every round, one that is blocked when its
// holders may be asked again, one that failed when it may be tried again.
bool Loop::change_is_due() const {
  if (worker_.running()) return false;
  if (relayout_.next_s() && now_s() >= *relayout_.next_s()) return true;
  if (relayout_.withheld().empty()) return false;
  const bool going = std::ranges::any_of(relayout_.standing().gpus, [](const GpuStanding& gpu) {
    return gpu.phase == Phase::kWithheld;
  });
  return going || now_s() >= held_at_s_ + kAskHolders_s;
}

// Once everything is served, and once more when the other threads have started too.
void Loop::forget() {
  if (!shown_ || now_s() < forget_at_s_) return;
  forget_start();
  forget_at_s_ = forget_at_s_ == 0 ? now_s() + kForgetAgain_s : 1e18;
}

void Loop::run(const std::atomic<bool>& stop) {
  while (!stop) {
    wait();
    look_at_kubelet();
    if (auto ended = worker_.ended()) {
      say_(ended->failure ? ended->failure->describe()
                          : fmt::format("{} ({:.2f} s)", ended->text, ended->seconds));
      if (cluster_) {
        cluster_->event({ended->failure.has_value(),
                         ended->failure ? "LayoutFailed" : "LayoutApplied",
                         ended->failure ? ended->failure->describe() : ended->text, now_text()});
      }
      relayout_.ended(std::move(ended->failure), now_s());
      woken_ = true;
    }
    const bool fresh = driver_.look(now_s(), woken_);
    look_at_faults();
    if (fresh || woken_ || change_is_due() || now_s() >= serve_again_s_) decide();
    forget();
  }
}

}  // namespace

Result<> run_node_agent(const AgentOptions& options, const std::atomic<bool>& stop, const Say& say,
                        web::Service* service) {
  for (const std::string& warning : options.plugin.warnings) say(warning);
  Loop loop(options, say, service);
  TRY(loop.begin());
  loop.run(stop);
  return {};
}

}  // namespace septet::agent
