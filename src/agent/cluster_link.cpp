#include "agent/cluster_link.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "agent/cluster_writer.h"
#include "kube/read_json.h"

namespace septet::agent {

namespace {

constexpr std::size_t kMostEvents = 100;
constexpr auto kFirstWait = std::chrono::milliseconds(500);
constexpr auto kLongestWait = std::chrono::seconds(30);

std::map<std::string, std::string> labels_of(const Json& node) {
  std::map<std::string, std::string> labels;
  const Json* const metadata = kube::member(node, "metadata");
  const Json* const map = metadata == nullptr ? nullptr : kube::member(*metadata, "labels");
  if (map == nullptr || !map->is_object()) return labels;
  for (const auto& item : map->items()) {
    if (item.value().is_string()) labels[item.key()] = item.value().get<std::string>();
  }
  return labels;
}

std::string uid_of(const Json& node) { return kube::text_at(node, {"metadata", "uid"}); }

// A cluster that never had the MigLayout resource has none of them; that is known, not unknown.
// Where they were seen before, "not found" is a server that makes the resource anew: what was seen
// holds.
bool no_such_resource(const kube::Informer::State& state) {
  return !state.known && state.problem && state.problem->code == Code::kNotFound;
}

class Link final : public ClusterLink {
 public:
  Link(const kube::ApiAccess& access, Place place, const std::function<void()>& changed)
      : place_(std::move(place)),
        changed_(changed),
        writer_(access, place_),
        node_(kube::Informer::start(
            access, "/api/v1/nodes?fieldSelector=metadata.name%3D" + place_.node_name, changed)),
        layouts_(kube::Informer::start(access,
                                       fmt::format("/apis/septet.dev/v1alpha1/namespaces/{}/"
                                                   "miglayouts",
                                                   place_.name_space),
                                       changed)),
        thread_([this] { write(); }) {}

  ~Link() override {
    {
      const std::scoped_lock lock(mutex_);
      stop_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }

  ClusterSeen seen() const override {
    const auto node = node_->state();
    const auto layouts = layouts_->state();
    ClusterSeen seen;
    const bool none = no_such_resource(layouts);
    seen.known = node.known && !node.objects.empty() && (layouts.known || none);
    if (!node.objects.empty()) {
      seen.labels = labels_of(node.objects.front());
      seen.node_uid = uid_of(node.objects.front());
    }
    if (!none) seen.layouts = layouts.objects;
    seen.problem = node.problem;
    if (!seen.problem && !none) seen.problem = layouts.problem;
    if (node.known && node.objects.empty()) {
      seen.problem = Error{Code::kNotFound, "the cluster has no node " + place_.node_name,
                           "is --node-name what kubelet calls this node?", 0, nullptr};
    }
    return seen;
  }

  void report(Report report) override {
    {
      const std::scoped_lock lock(mutex_);
      report_ = std::move(report);
      due_ = true;
    }
    wake_.notify_all();
  }

  void event(NodeEvent event) override {
    {
      const std::scoped_lock lock(mutex_);
      events_.push_back(std::move(event));
      while (events_.size() > kMostEvents) events_.pop_front();
      due_ = true;
    }
    wake_.notify_all();
  }

  std::optional<Error> write_problem() const override {
    const std::scoped_lock lock(mutex_);
    return problem_;
  }

 private:
  // What is to be written, taken under the lock and written without it.
  void write() {
    auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(kFirstWait);
    std::unique_lock lock(mutex_);
    while (!stop_) {
      wake_.wait(lock, [this] { return due_ || stop_; });
      if (stop_) return;
      due_ = false;
      const Report report = report_;
      std::deque<NodeEvent> events = std::exchange(events_, {});
      lock.unlock();
      Result<> written = writer_.write(report);
      while (written && !events.empty()) {
        written = writer_.write(events.front(), uid_of_node());
        // What the server will never take must not stand before what it would.
        if (written || written.error().code != Code::kUnavailable) events.pop_front();
      }
      lock.lock();
      problem_ = written ? std::nullopt : std::optional(written.error());
      if (problem_) changed_();  // the loop says it
      if (written) {
        wait = kFirstWait;
        continue;
      }
      events_.insert(events_.begin(), events.begin(), events.end());
      due_ = true;
      wake_.wait_for(lock, wait, [this] { return stop_; });
      wait = std::min<std::chrono::milliseconds>(wait * 2, kLongestWait);
    }
  }

  std::string uid_of_node() const {
    const auto state = node_->state();
    return state.objects.empty() ? std::string() : uid_of(state.objects.front());
  }

  Place place_;
  std::function<void()> changed_;
  ClusterWriter writer_;
  std::unique_ptr<kube::Informer> node_, layouts_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  Report report_;
  std::deque<NodeEvent> events_;
  std::optional<Error> problem_;
  bool due_ = false, stop_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace

std::unique_ptr<ClusterLink> ClusterLink::start(const kube::ApiAccess& access, Place place,
                                                const std::function<void()>& changed) {
  return std::make_unique<Link>(access, std::move(place), changed);
}

}  // namespace septet::agent
