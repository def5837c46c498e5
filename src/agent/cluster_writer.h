// agent/cluster_writer.h — writes a Report to the API server: what differs, and nothing else.
//
// Labels and annotations by server-side apply, so that those no longer reported go; conditions by a
// strategic merge of the node's status; a MigLayout's status by server-side apply of this node's
// entry; features as a NodeFeature object.
// Threads. One.
// Errors.  The first that fails; what was written before it is not written again.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "agent/cluster_link.h"
#include "kube/api_client.h"

namespace septet::agent {

class ClusterWriter {
 public:
  ClusterWriter(kube::ApiAccess access, ClusterLink::Place place)
      : access_(std::move(access)), place_(std::move(place)) {}
  Result<> write(const Report& report);
  Result<> write(const NodeEvent& event, const std::string& node_uid);

 private:
  Result<> open();
  Result<> write_features(const Report& report);
  Result<> write_node(const Report& report);
  Result<> write_conditions(const Report& report);
  Result<> write_layouts(const Report& report);
  // False: there is no such MigLayout.
  Result<bool> write_layout(const LayoutStatus& status);
  std::string node_path() const { return "/api/v1/nodes/" + place_.node_name; }

  kube::ApiAccess access_;
  ClusterLink::Place place_;
  std::unique_ptr<kube::ApiClient> api_;
  // As written; nullopt: not yet.
  std::optional<Json> features_, node_, conditions_;
  std::vector<LayoutStatus> layouts_;
  bool no_node_features_ = false;  // the cluster has no such API; until the agent starts again
};

}  // namespace septet::agent
