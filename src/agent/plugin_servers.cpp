#include "agent/plugin_servers.h"

#include <unistd.h>

#include <algorithm>
#include <random>

#include <fmt/format.h>

#include "publish/allocation.h"

namespace septet::agent {

namespace {

// 122 random bits as a UUID, version 4.
std::string random_uuid() {
  static thread_local std::random_device device;
  std::array<std::uint32_t, 4> word{};
  for (std::uint32_t& one : word) one = device();
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:04x}{:08x}", word[0], word[1] >> 16,
                     word[1] & 0xfffu, 0x8000u | (word[2] >> 18), word[2] & 0xffffu, word[3]);
}

const publish::Resource* resource_of(const Shown& shown, const std::string& name) {
  const auto found = std::ranges::find(shown.offer.resources, name, &publish::Resource::name);
  return found == shown.offer.resources.end() ? nullptr : &*found;
}

std::unexpected<Error> offered_no_more(const std::string& name) {
  return fail(Code::kNotFound, "this node offers no " + name + " any more",
              "let the pod be scheduled again");
}

}  // namespace

PluginServers::PluginServers(std::string folder, std::string kubelet_socket,
                             publish::PluginConfig config)
    : folder_(std::move(folder)),
      kubelet_socket_(std::move(kubelet_socket)),
      config_(std::make_shared<const publish::PluginConfig>(std::move(config))) {}

kube::PluginAnswers PluginServers::answers(const std::string& resource) const {
  kube::PluginAnswers answers;
  answers.allocate = [resource, current = current_, config = config_](
                         const std::vector<std::string>& ids) -> Result<publish::Allocation> {
    const auto shown = current->get();
    const publish::Resource* const found = resource_of(*shown, resource);
    if (found == nullptr) return offered_no_more(resource);
    TRY(check_not_withheld(*shown, ids));
    publish::AllocationContext context;
    context.exists = [](const std::string& path) { return access(path.c_str(), F_OK) == 0; };
    context.unique = random_uuid();
    context.cap_minor = [&shown](const std::string& name) -> std::optional<unsigned> {
      if (!shown->capabilities) return std::nullopt;
      const auto minor = shown->capabilities->find(name);
      return minor == shown->capabilities->end() ? std::nullopt : std::optional(minor->second);
    };
    return publish::allocate(*found, ids, *config, context);
  };
  answers.preferred = [resource, current = current_, config = config_](
                          const std::vector<std::string>& available,
                          const std::vector<std::string>& must,
                          unsigned size) -> Result<std::vector<std::string>> {
    const auto shown = current->get();
    const publish::Resource* const found = resource_of(*shown, resource);
    if (found == nullptr) return offered_no_more(resource);
    return publish::preferred(shown->node, *found, available, must, size, config->shared_policy);
  };
  return answers;
}

Result<> PluginServers::serve(const std::string& resource, const std::string& socket) {
  Served& served = servers_[resource];
  if (!served.server) {
    served.socket = socket;
    served.registered = false;
    auto server =
        kube::DevicePluginServer::start(resource, folder_ + "/" + socket, answers(resource));
    if (!server) return std::unexpected(std::move(server).error());
    served.server = std::move(*server);
  }
  served.server->list(listing(*current_->get(), resource));
  if (served.registered || kubelet_socket_.empty()) return {};
  TRY(served.server->register_with(kubelet_socket_));
  served.registered = true;
  return {};
}

Result<> PluginServers::show(const std::shared_ptr<const Shown>& shown) {
  {
    const std::scoped_lock lock(current_->mutex);
    current_->shown = shown;
  }
  for (const publish::Resource& resource : shown->offer.resources)
    socket_of_[resource.name] = resource.socket;
  Result<> first;
  for (const auto& [resource, socket] : socket_of_) {
    auto served = serve(resource, socket);
    if (!served && first) first = std::move(served);
  }
  return first;
}

bool PluginServers::told(std::chrono::milliseconds wait) {
  const auto until = std::chrono::steady_clock::now() + wait;
  return std::ranges::all_of(servers_, [until](const auto& one) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        until - std::chrono::steady_clock::now());
    return !one.second.server ||
           one.second.server->told(std::max(left, std::chrono::milliseconds(0)));
  });
}

void PluginServers::start_over() { servers_.clear(); }

bool PluginServers::owns_socket(const std::string& name) const {
  return std::ranges::any_of(servers_, [&name](const auto& one) {
    return one.second.server && one.second.socket == name;
  });
}

}  // namespace septet::agent
