// Informer: a thread that lists and watches, and keeps what it saw.
#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "kube/api_client.h"
#include "kube/read_json.h"

namespace septet::kube {
namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::seconds kShortestWait = 1s, kLongestWait = 30s;
// Servers send a bookmark a minute: a stream without two of them is broken.
constexpr std::chrono::seconds kMostSilence = 150s;

std::string key_of(const Json& object) {
  const std::string name = text_at(object, {"metadata", "name"});
  if (name.empty()) return {};
  return text_at(object, {"metadata", "namespace"}) + "/" + name;
}

class WatchingInformer final : public Informer {
 public:
  WatchingInformer(ApiAccess access, std::string path, std::function<void()> changed)
      : access_(std::move(access)), path_(std::move(path)), changed_(std::move(changed)) {
    thread_ = std::thread([this] { run(); });
  }
  WatchingInformer(const WatchingInformer&) = delete;
  WatchingInformer& operator=(const WatchingInformer&) = delete;
  ~WatchingInformer() override {
    {
      const std::lock_guard lock(guard_);
      stop_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }

  State state() const override {
    const std::lock_guard lock(guard_);
    State state{known_, {}, problem_};
    for (const auto& [key, object] : objects_) state.objects.push_back(object);
    return state;
  }

 private:
  void run();
  Result<> round();
  Result<> list(ApiClient& client);
  void take(ApiClient::Seen seen, const Json& object);
  void failed(Error error);
  void pause(std::chrono::seconds time);

  const ApiAccess access_;
  const std::string path_;
  const std::function<void()> changed_;

  // Of the thread alone.
  std::unique_ptr<ApiClient> client_;
  std::string version_;  // to watch from; empty: list first

  mutable std::mutex guard_;
  std::condition_variable wake_;
  std::atomic<bool> stop_{false};
  bool known_ = false;
  std::map<std::string, Json> objects_;
  std::optional<Error> problem_;
  std::thread thread_;
};

void WatchingInformer::run() {
  auto wait = kShortestWait;
  while (!stop_) {
    const auto began = SteadyClock::now();
    const auto done = round();
    if (stop_) return;
    const bool too_old = !done && done.error().code == Code::kConflict;
    if (!done) version_.clear();
    if (!done && !too_old) failed(done.error());
    // What lasted is over by itself and may be done again at once; what ends as soon as it begins,
    // well or badly, would keep the server busy.
    const bool lasted = SteadyClock::now() - began > wait;
    if (lasted) wait = kShortestWait;
    if (lasted && (done || too_old)) continue;
    pause(wait);
    wait = std::min(2 * wait, kLongestWait);
  }
}

Result<> WatchingInformer::round() {
  if (client_ == nullptr) client_ = TRY(ApiClient::open(access_, &stop_));
  if (version_.empty()) TRY(list(*client_));
  return client_->watch(path_, version_, kMostSilence, stop_,
                        [this](ApiClient::Seen seen, const Json& object) { take(seen, object); });
}

Result<> WatchingInformer::list(ApiClient& client) {
  const Json answer = TRY(client.get(path_));
  const Json* const items = member(answer, "items");
  std::string version = text_at(answer, {"metadata", "resourceVersion"});
  const bool whole = text_at(answer, {"metadata", "continue"}).empty();
  // An empty list may be null.
  if (items == nullptr || !(items->is_array() || items->is_null()) || version.empty() || !whole) {
    return fail(Code::kUnavailable, "list " + path_ + ": the answer is not a whole list");
  }
  std::map<std::string, Json> objects;
  for (const Json& item : *items) {
    std::string key = key_of(item);
    if (key.empty()) {
      return fail(Code::kUnavailable, "list " + path_ + ": it holds an object without a name");
    }
    objects.insert_or_assign(std::move(key), item);
  }
  {
    const std::lock_guard lock(guard_);
    objects_ = std::move(objects);
    known_ = true;
    problem_.reset();
  }
  version_ = std::move(version);
  changed_();
  return {};
}

void WatchingInformer::take(ApiClient::Seen seen, const Json& object) {
  std::string version = text_at(object, {"metadata", "resourceVersion"});
  if (!version.empty()) version_ = std::move(version);
  std::string key = key_of(object);
  if (seen == ApiClient::Seen::kBookmark || key.empty()) return;
  {
    const std::lock_guard lock(guard_);
    if (seen == ApiClient::Seen::kDeleted) {
      objects_.erase(key);
    } else {
      objects_.insert_or_assign(std::move(key), object);
    }
  }
  changed_();
}

void WatchingInformer::failed(Error error) {
  client_.reset();  // the next one reads certificates, and resolves names, anew
  {
    const std::lock_guard lock(guard_);
    problem_ = std::move(error);
  }
  changed_();
}

void WatchingInformer::pause(std::chrono::seconds time) {
  std::unique_lock lock(guard_);
  wake_.wait_for(lock, time, [this] { return stop_.load(); });
}

}  // namespace

std::unique_ptr<Informer> Informer::start(ApiAccess access, std::string path,
                                          std::function<void()> changed) {
  return std::make_unique<WatchingInformer>(std::move(access), std::move(path), std::move(changed));
}

}  // namespace septet::kube
