// agent/cluster_link.h — the node's side of the API server: what it asks, what it is told.
//
// Read: the node and the MigLayouts, kept at hand by informers. Written: a Report, level triggered:
// only what differs from what was written last, again until it is written. An API server that is
// away delays words and changes nothing on the node.
// Threads. report() and event() return at once; a thread of its own writes. seen() from any thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "kube/api_client.h"

namespace septet::agent {

struct ClusterSeen {
  bool known = false;                         // node and MigLayouts were both read at least once
  std::map<std::string, std::string> labels;  // of the node
  std::string node_uid;
  std::vector<Json> layouts;
  std::optional<Error> problem;  // why this may be old
};

struct LayoutStatus {
  std::string name_space, name;
  Json entry;  // of status.nodes
  friend bool operator==(const LayoutStatus&, const LayoutStatus&) = default;
};

struct Report {
  // Of GPU Feature Discovery: a NodeFeature object, or the node's labels where there is no such
  // API.
  std::map<std::string, std::string> features;
  bool as_node_feature = true;
  // Always on the node itself.
  std::map<std::string, std::string> labels, annotations;
  Json conditions = Json::array();  // of the node's status, by type
  std::vector<LayoutStatus> layouts;
};

struct NodeEvent {
  bool warning = false;
  std::string reason, message;  // "SliceUnhealthy"
  std::string at;               // when it happened, RFC 3339 in whole seconds
};

class ClusterLink {
 public:
  struct Place {
    std::string node_name, name_space;  // of MigLayouts and NodeFeatures
  };
  // `changed` is called from other threads when seen() may differ.
  static std::unique_ptr<ClusterLink> start(const kube::ApiAccess& access, Place place,
                                            const std::function<void()>& changed);
  virtual ~ClusterLink() = default;  // within three seconds; what is not yet written is lost
  virtual ClusterSeen seen() const = 0;
  virtual void report(Report report) = 0;
  virtual void event(
      NodeEvent event) = 0;  // the newest 100 are kept while the server is away; one that it
  // refuses is dropped
  virtual std::optional<Error> write_problem() const = 0;
};

}  // namespace septet::agent
