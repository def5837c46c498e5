#include "agent/cluster_writer.h"

#include <fmt/format.h>

#include <algorithm>

namespace septet::agent {

namespace {

constexpr const char* kManager = "septet-agent";

Json map_json(const std::map<std::string, std::string>& map) {
  Json json = Json::object();
  for (const auto& [key, value] : map) json[key] = value;
  return json;
}

}  // namespace

Result<> ClusterWriter::open() {
  if (api_) return {};
  api_ = TRY(kube::ApiClient::open(access_));
  return {};
}

Result<> ClusterWriter::write_features(const Report& report) {
  if (!report.as_node_feature || no_node_features_) return {};
  const std::string folder =
      fmt::format("/apis/nfd.k8s-sigs.io/v1alpha1/namespaces/{}/nodefeatures", place_.name_space);
  const std::string name = "nvidia-features-for-" + place_.node_name;
  const Json object{{"apiVersion", "nfd.k8s-sigs.io/v1alpha1"},
                    {"kind", "NodeFeature"},
                    {"metadata",
                     {{"name", name},
                      {"namespace", place_.name_space},
                      {"labels", {{"nfd.node.kubernetes.io/node-name", place_.node_name}}}}},
                    {"spec",
                     {{"features",
                       {{"flags", Json::object()},
                        {"attributes", Json::object()},
                        {"instances", Json::object()}}},
                      {"labels", map_json(report.features)}}}};
  if (features_ == object) return {};
  auto written = api_->patch(folder + "/" + name, object, kube::Patch::kApply, kManager);
  if (!written && written.error().code == Code::kNotFound) {
    no_node_features_ = true;  // the labels go on the node instead
    return {};
  }
  if (!written) return std::unexpected(std::move(written).error());
  features_ = object;
  return {};
}

Result<> ClusterWriter::write_node(const Report& report) {
  std::map<std::string, std::string> labels = report.labels;
  if (!report.as_node_feature || no_node_features_)
    labels.insert(report.features.begin(), report.features.end());
  const Json object{{"apiVersion", "v1"},
                    {"kind", "Node"},
                    {"metadata",
                     {{"name", place_.node_name},
                      {"labels", map_json(labels)},
                      {"annotations", map_json(report.annotations)}}}};
  if (node_ == object) return {};
  TRY(api_->patch(node_path(), object, kube::Patch::kApply, kManager));
  node_ = object;
  return {};
}

Result<> ClusterWriter::write_conditions(const Report& report) {
  if (report.conditions.empty() || conditions_ == report.conditions) return {};
  const Json change{{"status", {{"conditions", report.conditions}}}};
  TRY(api_->patch(node_path() + "/status", change, kube::Patch::kStrategicMerge, kManager));
  conditions_ = report.conditions;
  return {};
}

Result<bool> ClusterWriter::write_layout(const LayoutStatus& status) {
  Json nodes = Json::array();
  if (!status.entry.is_null()) nodes.push_back(status.entry);
  const Json object{{"apiVersion", "septet.dev/v1alpha1"},
                    {"kind", "MigLayout"},
                    {"metadata", {{"name", status.name}, {"namespace", status.name_space}}},
                    {"status", {{"nodes", std::move(nodes)}}}};
  const std::string path =
      fmt::format("/apis/septet.dev/v1alpha1/namespaces/{}/miglayouts/{}/status", status.name_space,
                  status.name);
  // A manager of its own per node: each owns its entry and no other.
  auto written =
      api_->patch(path, object, kube::Patch::kApply, fmt::format("septet-{}", place_.node_name));
  if (written) return true;
  if (written.error().code == Code::kNotFound) return false;
  return std::unexpected(std::move(written).error());
}

// What concerns this node no more loses this node's entry.
Result<> ClusterWriter::write_layouts(const Report& report) {
  const auto same = [](const LayoutStatus& status) {
    return [&status](const LayoutStatus& other) {
      return other.name == status.name && other.name_space == status.name_space;
    };
  };
  for (const LayoutStatus& status : report.layouts) {
    if (std::ranges::find(layouts_, status) != layouts_.end()) continue;
    const bool written = TRY(write_layout(status));
    std::erase_if(layouts_, same(status));
    // Not there: deleted meanwhile, or its resource is being made anew. The next report tells.
    if (written) layouts_.push_back(status);
  }
  for (std::size_t i = 0; i < layouts_.size();) {
    if (std::ranges::any_of(report.layouts, same(layouts_[i]))) {
      ++i;
      continue;
    }
    TRY(write_layout({layouts_[i].name_space, layouts_[i].name, Json(nullptr)}));
    layouts_.erase(layouts_.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return {};
}

Result<> ClusterWriter::write(const Report& report) {
  TRY(open());
  TRY(write_features(report));
  TRY(write_node(report));
  TRY(write_layouts(report));
  return write_conditions(report);
}

Result<> ClusterWriter::write(const NodeEvent& event, const std::string& node_uid) {
  TRY(open());
  // Events of cluster-scoped objects live in the namespace "default"; a node event's uid is its
  // name, as kubelet writes it, unless the object's own is known.
  const Json object{
      {"apiVersion", "v1"},
      {"kind", "Event"},
      {"metadata", {{"generateName", place_.node_name + ".septet-"}, {"namespace", "default"}}},
      {"involvedObject",
       {{"apiVersion", "v1"},
        {"kind", "Node"},
        {"name", place_.node_name},
        {"uid", node_uid.empty() ? place_.node_name : node_uid}}},
      {"type", event.warning ? "Warning" : "Normal"},
      {"reason", event.reason},
      {"message", event.message.substr(0, 1024)},
      {"source", {{"component", "septet-agent"}, {"host", place_.node_name}}},
      {"reportingComponent", "septet.dev/agent"},
      {"reportingInstance", place_.node_name},
      {"firstTimestamp", event.at},
      {"lastTimestamp", event.at},
      {"count", 1}};
  TRY(api_->create("/api/v1/namespaces/default/events", object));
  return {};
}

}  // namespace septet::agent
