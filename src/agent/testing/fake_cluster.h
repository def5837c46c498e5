// agent/testing/fake_cluster.h — for tests: an API server that holds one node and its MigLayouts,
// streams their changes, and remembers what it was patched with.
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "agent/testing/node_of.h"
#include "base/json.h"
#include "kube/testing/fake_api_server.h"

namespace septet::agent::testing {

class FakeCluster {
 public:
  FakeCluster() {
    node_ = {{"apiVersion", "v1"},
             {"kind", "Node"},
             {"metadata", {{"name", "n1"}, {"uid", "node-uid"}, {"labels", Json::object()}}}};
  }
  ~FakeCluster() {
    {
      const std::scoped_lock lock(mutex_);
      stop_ = true;
    }
    changed_.notify_all();
  }
  FakeCluster(const FakeCluster&) = delete;
  FakeCluster& operator=(const FakeCluster&) = delete;

  kube::ApiAccess access() const { return server_.access(); }
  void label(const std::string& key, const std::string& value) {
    change([&] { node_["metadata"]["labels"][key] = value; });
  }
  // Made, or changed: its generation counts up.
  void put_layout(const std::string& name, const Json& spec) {
    change([&] { layouts_[name] = mig_layout(name, spec, ++generation_); });
  }
  void remove_layout(const std::string& name) {
    change([&] { layouts_.erase(name); });
  }
  std::atomic<bool> away{false};         // answers 503 to everything
  std::atomic<int> statuses_missing{0};  // so many status patches are answered 404

  // The entry of node n1 in the status of a MigLayout; null: none yet.
  Json status(const std::string& name) const {
    const std::scoped_lock lock(mutex_);
    const auto found = statuses_.find(name);
    return found == statuses_.end() ? Json(nullptr) : found->second;
  }
  std::string node_label(const std::string& key) const {
    const std::scoped_lock lock(mutex_);
    const auto metadata = applied_node_.value("metadata", Json::object());
    return metadata.value("labels", Json::object()).value(key, "");
  }
  std::string condition_reason() const {
    const std::scoped_lock lock(mutex_);
    return condition_.value("reason", "");
  }
  std::vector<std::string> events() const {  // "reason: message"
    const std::scoped_lock lock(mutex_);
    return events_;
  }

 private:
  template <typename Change>
  void change(const Change& how) {
    {
      const std::scoped_lock lock(mutex_);
      how();
      ++version_;
    }
    changed_.notify_all();
  }

  // Under the lock.
  Json list_of(bool nodes) const {
    Json items = Json::array();
    if (nodes) items.push_back(node_);
    for (const auto& [name, layout] : layouts_) {
      if (!nodes) items.push_back(layout);
    }
    for (Json& item : items) item["metadata"]["resourceVersion"] = std::to_string(version_);
    return {{"kind", "List"},
            {"metadata", {{"resourceVersion", std::to_string(version_)}}},
            {"items", items}};
  }

  std::map<std::string, Json> by_name(bool nodes) const {
    std::map<std::string, Json> named;
    const Json list = list_of(nodes);
    for (const Json& item : list.at("items")) named[item.at("metadata").at("name")] = item;
    return named;
  }

  void stream(bool nodes, std::uint64_t since, const kube::testing::ApiConnection& to) {
    to.begin_stream();
    std::map<std::string, Json> told;
    std::unique_lock lock(mutex_);
    told = by_name(nodes);
    while (!stop_) {
      changed_.wait_for(lock, std::chrono::milliseconds(100),
                        [&] { return stop_ || version_ > since; });
      if (to.client_left(0) || stop_) return;
      if (version_ <= since) continue;
      since = version_;
      std::map<std::string, Json> now = by_name(nodes);
      for (const auto& [name, item] : now)
        say(to, told.contains(name) ? "MODIFIED" : "ADDED", item);
      for (const auto& [name, item] : told) {
        if (!now.contains(name)) say(to, "DELETED", item);
      }
      told = std::move(now);
    }
  }
  static void say(const kube::testing::ApiConnection& to, const char* what, const Json& item) {
    to.chunk(Json{{"type", what}, {"object", item}}.dump() + "\n");
  }

  void patched(const std::string& path, const Json& body) {
    const std::scoped_lock lock(mutex_);
    if (path.contains("/miglayouts/")) {
      const auto name = path.substr(path.find("/miglayouts/") + 12);
      statuses_[name.substr(0, name.find('/'))] =
          body["status"]["nodes"].empty() ? Json(nullptr) : body["status"]["nodes"][0];
    } else if (path.contains("/nodes/n1/status")) {
      condition_ = body["status"]["conditions"][0];
    } else if (path.contains("/nodes/n1")) {
      applied_node_ = body;
    }
  }

  void answer(const kube::testing::ApiRequest& request, const kube::testing::ApiConnection& to) {
    if (away) return to.answer(503, R"({"kind": "Status", "message": "away"})");
    if (request.path.contains("nodefeatures"))
      return to.answer(404, R"({"kind": "Status", "message": "no such resource"})");
    const bool nodes = request.path.starts_with("/api/v1/nodes");
    const bool status = request.path.contains("/miglayouts/");
    if (request.method == "PATCH" && status && statuses_missing > 0) {
      --statuses_missing;
      return to.answer(404, R"({"kind": "Status", "message": "not found"})");
    }
    if (request.method == "PATCH") {
      patched(request.path, Json::parse(request.body));
      return to.answer(200, request.body);
    }
    if (request.method == "POST") {
      const Json event = Json::parse(request.body);
      const std::scoped_lock lock(mutex_);
      events_.push_back(event["reason"].get<std::string>() + ": " +
                        event["message"].get<std::string>());
      return to.answer(201, request.body);
    }
    if (request.path.contains("watch=")) {
      const auto at = request.path.find("resourceVersion=");
      const std::uint64_t since =
          at == std::string::npos ? 0 : std::stoull("0" + request.path.substr(at + 16));
      stream(nodes, since, to);
      return to.end_stream();
    }
    const std::scoped_lock lock(mutex_);
    to.answer(200, list_of(nodes).dump());
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Json node_, applied_node_ = Json::object(), condition_ = Json::object();
  std::map<std::string, Json> layouts_, statuses_;
  std::vector<std::string> events_;
  std::uint64_t version_ = 1;
  int generation_ = 0;
  bool stop_ = false;
  kube::testing::FakeApiServer server_{
      [this](const kube::testing::ApiRequest& request, kube::testing::ApiConnection& to) {
        answer(request, to);
      }};
};

}  // namespace septet::agent::testing
