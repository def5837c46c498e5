// agent/agent_options.h — the words and variables `septet agent` goes by.
//
// Those of NVIDIA's device plugin and GPU Feature Discovery (publish/plugin_config.h), and ours.
// Command line over environment over --config-file over defaults.
// Errors. kInvalidArgument names the word, with the nearest known.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "publish/plugin_config.h"
#include "watch/faults.h"
#include "web/service.h"

namespace septet::agent {

struct AgentOptions {
  bool help = false, kubernetes = false;
  publish::PluginConfig plugin;
  watch::FaultPolicy faults;
  std::string library = "libnvidia-ml.so.1";  // SEPTET_DRIVER, or found under the driver root
  std::string simulated_state;                // SEPTET_SIM; empty: the library's own node
  std::string node_name, kubeconfig, name_space = "septet-system";
  bool api = true;  // --no-api: device plugin and files only
  std::string kubelet_socket = "/var/lib/kubelet/device-plugins/kubelet.sock";  // empty: none
  std::string plugin_folder;  // empty: the folder of kubelet_socket
  std::string pod_resources_socket = "/var/lib/kubelet/pod-resources/kubelet.sock";
  std::string mig_config_file;  // empty: generated from the GPUs
  std::string cdi_root = "/var/run/cdi";
  std::string mig_minors = "/proc/driver/nvidia-caps/mig-minors";
  std::string mps_control = "nvidia-cuda-mps-control";
  bool allow_reset = false;
  web::ServiceOptions http;  // address empty: not served
  double poll_s = 0.1, observe_s = 5;
};

Result<AgentOptions> read_agent_options(const std::vector<std::string>& words,
                                        publish::Environment environment);
std::string agent_help();

}  // namespace septet::agent
