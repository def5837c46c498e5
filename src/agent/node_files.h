// agent/node_files.h — the CDI spec and the label file, written when they differ.
//
// Atomic: a reader sees the old text or the new. The CDI spec is written before kubelet is told of
// the devices in it.
// Errors. kNoPermission, kUnavailable name the file.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/agent_options.h"
#include "mig/node.h"
#include "publish/cdi.h"
#include "publish/labels.h"

namespace septet::agent {

class NodeFiles {
 public:
  explicit NodeFiles(const AgentOptions& options) : options_(options) {}
  Result<> write_cdi(const mig::Node& node);
  Result<> write_labels(const publish::Labels& labels);
  // The driver was loaded anew: its capabilities may have other numbers.
  void forget_capabilities() { capabilities_.reset(); }
  // Minors of /dev/nvidia-caps by capability; empty where the file is not there.
  using Capabilities = std::map<std::string, unsigned>;
  std::shared_ptr<const Capabilities> capabilities();
  std::string cdi_path() const;

 private:
  Result<> write_file(const std::string& path, const std::string& text);
  Result<> write_companions(const publish::CdiContext& context);
  const AgentOptions& options_;
  std::shared_ptr<const Capabilities> capabilities_;
  std::map<std::string, std::string> written_;  // by path
};

// Contents of the machine type file; empty where there is none.
std::string machine_type(const std::string& path);

}  // namespace septet::agent
