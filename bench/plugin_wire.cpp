// plugin_wire — what kubelet's calls cost: Allocate and GetPreferredAllocation over a unix socket,
// p50 and p99, and the memory of a process that serves 8 resources of 7 devices each.
//
// plugin_wire [CALLS]   starts itself a second time as the server, asks it, prints one line each.
// The answers are made of nothing (a few strings), so that the wire alone is measured.
#include <fcntl.h>
#include <grpcpp/grpcpp.h>
#include <malloc.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "kube/device_plugin.h"
#include "kube/protocol/device_plugin.grpc.pb.h"

namespace septet::kube {
namespace {

constexpr int kServers = 8, kDevices = 7;

std::string socket_of(const std::string& folder, int server) {
  return folder + "/r" + std::to_string(server) + ".sock";
}
std::string id_of(int server, int device) {
  return "MIG-00000000-0000-0000-0000-0000000000" + std::to_string(10 + server * 10 + device);
}

std::shared_ptr<grpc::Channel> grpc_channel(const std::string& socket) {
  return grpc::CreateChannel("unix:" + socket, grpc::InsecureChannelCredentials());
}

PluginAnswers cheap_answers() {
  return {.allocate = [](const std::vector<std::string>& ids) -> Result<publish::Allocation> {
            publish::Allocation allocation;
            allocation.envs["NVIDIA_VISIBLE_DEVICES"] = ids.front();
            return allocation;
          },
          .preferred = [](const std::vector<std::string>& available,
                          const std::vector<std::string>& /*must*/,
                          unsigned size) -> Result<std::vector<std::string>> {
            return std::vector<std::string>(available.begin(), available.begin() + size);
          }};
}

int serve(const std::string& folder) {
  mallopt(M_ARENA_MAX, 2);  // as the agent does
  std::vector<std::unique_ptr<DevicePluginServer>> servers;
  for (int i = 0; i < kServers; ++i) {
    auto server = DevicePluginServer::start("nvidia.com/r" + std::to_string(i),
                                            socket_of(folder, i), cheap_answers());
    if (!server) {
      std::fprintf(stderr, "%s\n", server.error().describe().c_str());
      return 1;
    }
    std::vector<ListedDevice> devices;
    for (int d = 0; d < kDevices; ++d) devices.push_back({id_of(i, d), true, d % 2});
    (*server)->list(std::move(devices));
    servers.push_back(std::move(*server));
  }
  std::puts("ready");
  std::fflush(stdout);
  return std::getchar() == EOF ? 0 : 1;  // until whoever started us goes
}

struct Child {
  pid_t pid = -1;
  int in = -1;
};
Child start_child(const char* self, const std::string& folder) {
  int to[2], from[2];
  if (::pipe2(to, O_CLOEXEC) != 0 || ::pipe2(from, O_CLOEXEC) != 0) return {};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, to[0], 0);
  posix_spawn_file_actions_adddup2(&actions, from[1], 1);
  std::vector<std::string> words = {self, "--serve", folder};
  char* argv[] = {words[0].data(), words[1].data(), words[2].data(), nullptr};
  Child child;
  if (::posix_spawn(&child.pid, self, &actions, nullptr, argv, environ) != 0) return {};
  posix_spawn_file_actions_destroy(&actions);
  ::close(to[0]);
  ::close(from[1]);
  char word[8];
  if (::read(from[0], word, sizeof(word)) <= 0) return {};
  child.in = to[1];
  return child;
}

void print_times(const char* what, std::vector<double> us) {
  std::ranges::sort(us);
  std::printf("%-24s %zu calls   p50 %7.1f us   p99 %7.1f us\n", what, us.size(), us[us.size() / 2],
              us[us.size() * 99 / 100]);
}

template <typename Ask>
std::vector<double> timed(int calls, const Ask& ask) {
  std::vector<double> us;
  for (int i = 0; i < calls + calls / 10; ++i) {
    const auto before = std::chrono::steady_clock::now();
    if (!ask()) std::abort();
    const std::chrono::duration<double, std::micro> took =
        std::chrono::steady_clock::now() - before;
    if (i >= calls / 10) us.push_back(took.count());  // the first tenth warms up
  }
  return us;
}

void ask(const std::string& folder, int calls) {
  const auto stub = v1beta1::DevicePlugin::NewStub(grpc_channel(socket_of(folder, 0)));
  v1beta1::AllocateRequest allocate;
  allocate.add_container_requests()->add_ids(id_of(0, 3));
  print_times("Allocate", timed(calls, [&] {
                grpc::ClientContext context;
                v1beta1::AllocateResponse answer;
                return stub->Allocate(&context, allocate, &answer).ok();
              }));
  v1beta1::PreferredAllocationRequest prefer;
  auto& row = *prefer.add_container_requests();
  for (int d = 0; d < kDevices; ++d) row.add_available_ids(id_of(0, d));
  row.set_allocation_size(1);
  print_times("GetPreferredAllocation", timed(calls, [&] {
                grpc::ClientContext context;
                v1beta1::PreferredAllocationResponse answer;
                return stub->GetPreferredAllocation(&context, prefer, &answer).ok();
              }));
}

void print_memory(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    for (const char* name : {"VmRSS", "RssAnon", "RssFile", "Threads"}) {
      if (line.starts_with(name)) std::printf("%s\n", line.c_str());
    }
  }
}

int measure(const char* self, int calls) {
  std::string folder = "/tmp/septet-wire-XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) return 1;
  const Child child = start_child(self, folder);
  if (child.in < 0) return 1;
  std::puts("after start");
  print_memory(child.pid);
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::unique_ptr<grpc::ClientReader<v1beta1::ListAndWatchResponse>>> streams;
  std::vector<std::unique_ptr<v1beta1::DevicePlugin::Stub>> stubs;
  for (int i = 0; i < kServers; ++i) {
    stubs.push_back(v1beta1::DevicePlugin::NewStub(grpc_channel(socket_of(folder, i))));
    contexts.push_back(std::make_unique<grpc::ClientContext>());
    streams.push_back(stubs.back()->ListAndWatch(contexts.back().get(), {}));
    v1beta1::ListAndWatchResponse list;
    if (!streams.back()->Read(&list) || list.devices_size() != kDevices) return 1;
  }
  std::puts("with 8 streams open, 56 devices");
  print_memory(child.pid);
  ask(folder, calls);
  std::puts("after the calls");
  print_memory(child.pid);
  for (auto& context : contexts) context->TryCancel();
  for (auto& stream : streams) (void)stream->Finish();
  ::close(child.in);
  ::waitpid(child.pid, nullptr, 0);
  std::filesystem::remove_all(folder);
  return 0;
}

}  // namespace
}  // namespace septet::kube

int main(int argc, char** argv) {
  if (argc == 3 && std::string_view(argv[1]) == "--serve") return septet::kube::serve(argv[2]);
  const int calls = argc == 2 ? std::atoi(argv[1]) : 5000;
  return septet::kube::measure(argv[0], std::max(calls, 100));
}
