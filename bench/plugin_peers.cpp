// plugin_peers — one device plugin as kubelet sees it: how long from its start until all is
// registered, what a call costs, what it weighs, and when a new instance is told.
//
// plugin_peers FOLDER DEVICES [--then WORDS... ;] -- PROGRAM [WORDS...]
//   FOLDER   where kubelet.sock is made; PROGRAM must look for it there
//   DEVICES  how many devices it has to list before it counts as started
//   --then   a command that makes one more; timed until a list holds DEVICES + 1, at most 5 s
// Prints one line of numbers; the same program measures ours and others' (scripts/bench_agent.sh).
#include <fmt/core.h>
#include <grpcpp/grpcpp.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "kube/protocol/device_plugin.grpc.pb.h"
#include "quick_caller.h"

namespace {

using SteadyClock = std::chrono::steady_clock;
using Words = std::vector<std::string>;

double milliseconds_since(SteadyClock::time_point then) {
  return std::chrono::duration<double, std::milli>(SteadyClock::now() - then).count();
}

class Kubelet final : public v1beta1::Registration::Service {
 public:
  explicit Kubelet(std::string folder) : folder_(std::move(folder)) {
    std::filesystem::create_directories(folder_);
    const std::string socket = folder_ + "/kubelet.sock";
    std::filesystem::remove(socket);
    grpc::ServerBuilder builder;
    builder.AddListeningPort("unix:" + socket, grpc::InsecureServerCredentials());
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  ~Kubelet() override {
    for (auto& [name, context] : contexts_) context->TryCancel();
    for (std::thread& thread : threads_) thread.join();
    server_->Shutdown();
  }
  Kubelet(const Kubelet&) = delete;
  Kubelet& operator=(const Kubelet&) = delete;

  // Until all resources together list this many; negative: they never did.
  double wait_for(std::size_t devices, SteadyClock::time_point since, std::chrono::seconds most) {
    std::unique_lock lock(mutex_);
    const bool came = changed_.wait_for(lock, most, [&] { return listed() == devices; });
    return came ? milliseconds_since(since) : -1;
  }
  struct Largest {
    std::string endpoint;
    Words ids;
  };
  Largest largest() const {
    const std::scoped_lock lock(mutex_);
    const auto most =
        std::ranges::max_element(ids_, {}, [](const auto& one) { return one.second.size(); });
    return {most->first, most->second};
  }
  std::string socket(const std::string& endpoint) const { return folder_ + "/" + endpoint; }

 private:
  std::size_t listed() const {
    std::size_t count = 0;
    for (const auto& [endpoint, ids] : ids_) count += ids.size();
    return count;
  }
  grpc::Status Register(grpc::ServerContext*, const v1beta1::RegisterRequest* request,
                        v1beta1::Empty*) override {
    const std::scoped_lock lock(mutex_);
    const std::string endpoint = request->endpoint();
    auto& context = contexts_[endpoint];
    context = std::make_unique<grpc::ClientContext>();
    threads_.emplace_back([this, endpoint, used = context.get()] { watch(endpoint, *used); });
    return grpc::Status::OK;
  }
  void watch(const std::string& endpoint, grpc::ClientContext& context) {
    const auto stub = v1beta1::DevicePlugin::NewStub(
        grpc::CreateChannel("unix:" + socket(endpoint), grpc::InsecureChannelCredentials()));
    const auto reader = stub->ListAndWatch(&context, v1beta1::Empty());
    v1beta1::ListAndWatchResponse list;
    while (reader->Read(&list)) {
      Words ids;
      for (const auto& device : list.devices()) ids.push_back(device.id());
      const std::scoped_lock lock(mutex_);
      ids_[endpoint] = std::move(ids);
      changed_.notify_all();
    }
    (void)reader->Finish();
  }

  std::string folder_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Words> ids_;  // by endpoint
  std::map<std::string, std::unique_ptr<grpc::ClientContext>> contexts_;
  std::vector<std::thread> threads_;
  std::unique_ptr<grpc::Server> server_;
};

pid_t start(const Words& words) {
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  pid_t pid = -1;
  return posix_spawnp(&pid, argv[0], nullptr, nullptr, argv.data(), environ) == 0 ? pid : -1;
}

double resident_mib(pid_t pid) {
  std::ifstream status(fmt::format("/proc/{}/status", pid));
  std::string word;
  double kib = 0;
  while (status >> word) {
    if (word == "VmRSS:") status >> kib;
  }
  return kib / 1024;
}

struct Percentiles {
  double p50 = 0, p99 = 0;  // microseconds
};

template <typename Call>
Percentiles time_calls(int count, const Call& call) {
  std::vector<double> times;
  for (int i = 0; i < count; ++i) {
    const auto began = SteadyClock::now();
    if (!call()) return {-1, -1};
    times.push_back(1000 * milliseconds_since(began));
  }
  std::ranges::sort(times);
  const auto at = [&times](double share) {
    return times[static_cast<std::size_t>(share * static_cast<double>(times.size() - 1))];
  };
  return {at(0.5), at(0.99)};
}

Percentiles time_allocate(const Kubelet& kubelet, const Kubelet::Largest& resource, int count) {
  septet::bench::QuickCaller caller(kubelet.socket(resource.endpoint));
  std::size_t next = 0;
  return time_calls(count, [&] {
    v1beta1::AllocateRequest request;
    request.add_container_requests()->add_ids(resource.ids[next++ % resource.ids.size()]);
    return caller.call("/v1beta1.DevicePlugin/Allocate", request.SerializeAsString());
  });
}

Percentiles time_preferred(const Kubelet& kubelet, const Kubelet::Largest& resource, int count) {
  septet::bench::QuickCaller caller(kubelet.socket(resource.endpoint));
  return time_calls(count, [&] {
    v1beta1::PreferredAllocationRequest request;
    auto* const one = request.add_container_requests();
    for (const std::string& id : resource.ids) one->add_available_ids(id);
    one->set_allocation_size(1);
    return caller.call("/v1beta1.DevicePlugin/GetPreferredAllocation", request.SerializeAsString());
  });
}

// Until one more is listed; negative: not within five seconds.
double time_new_instance(Kubelet& kubelet, std::size_t devices, const Words& then) {
  const pid_t pid = start(then);
  int status = 0;
  if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0) return -2;
  return kubelet.wait_for(devices + 1, SteadyClock::now(), std::chrono::seconds(5));
}

int measure(const std::string& folder, std::size_t devices, const Words& then,
            const Words& program) {
  constexpr int kCalls = 3000;
  Kubelet kubelet(folder);
  const auto began = SteadyClock::now();
  const pid_t pid = start(program);
  if (pid < 0) {
    fmt::print(stderr, "plugin_peers: cannot start {}\n", program[0]);
    return 1;
  }
  const double started = kubelet.wait_for(devices, began, std::chrono::seconds(60));
  int code = 1;
  if (started >= 0) {
    std::this_thread::sleep_for(std::chrono::seconds(2));
    const double weight = resident_mib(pid);
    const auto resource = kubelet.largest();
    const auto allocate = time_allocate(kubelet, resource, kCalls);
    const auto preferred = time_preferred(kubelet, resource, kCalls);
    const double fresh = then.empty() ? 0 : time_new_instance(kubelet, devices, then);
    fmt::print(
        "start_ms {:.1f} allocate_us {:.0f} {:.0f} preferred_us {:.0f} {:.0f} rss_mib {:.1f} "
        "rss_after_mib {:.1f} new_instance_ms {:.1f}\n",
        started, allocate.p50, allocate.p99, preferred.p50, preferred.p99, weight,
        resident_mib(pid), fresh);
    code = 0;
  } else {
    fmt::print(stderr, "plugin_peers: {} does not list {} devices within a minute\n", program[0],
               devices);
  }
  kill(pid, SIGTERM);
  int status = 0;
  waitpid(pid, &status, 0);
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  const Words words(argv + 1, argv + argc);
  const auto dashes = std::ranges::find(words, "--");
  if (words.size() < 4 || dashes == words.end() || dashes + 1 == words.end()) {
    fmt::print(stderr, "usage: plugin_peers FOLDER DEVICES [--then WORDS... ;] -- PROGRAM ...\n");
    return 1;
  }
  Words then;
  if (words[2] == "--then") then.assign(words.begin() + 3, std::ranges::find(words, ";"));
  return measure(words[0], static_cast<std::size_t>(std::atoi(words[1].c_str())), then,
                 {dashes + 1, words.end()});
}
