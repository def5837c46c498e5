#include "agent/mps_daemons.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace septet::agent {

namespace {

namespace fs = std::filesystem;

// Stands in for nvidia-cuda-mps-control: with -f it runs until told to stop; without, it writes
// what it is told beside the pipe.
class StandIn {
 public:
  StandIn() {
    std::string folder = (fs::temp_directory_path() / "septet-mps-XXXXXX").string();
    EXPECT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
    std::ofstream script(program());
    script << "#!/bin/sh\n"
              "if [ \"$1\" = -f ]; then\n"
              "  echo $$ >\"$CUDA_MPS_PIPE_DIRECTORY/pid\"\n"
              "  echo \"$CUDA_VISIBLE_DEVICES\" >\"$CUDA_MPS_PIPE_DIRECTORY/device\"\n"
              "  exec sleep 1000\n"
              "fi\n"
              "cat >>\"$CUDA_MPS_PIPE_DIRECTORY/commands\"\n";
    script.close();
    fs::permissions(program(), fs::perms::owner_all);
  }
  ~StandIn() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  StandIn(const StandIn&) = delete;
  StandIn& operator=(const StandIn&) = delete;
  std::string program() const { return folder_ + "/control"; }
  std::string root() const { return folder_ + "/mps"; }
  std::string read(const std::string& uuid, const char* file) const {
    const std::string path = root() + "/" + uuid + "/pipe/" + file;
    for (int i = 0; i < 500 && (!fs::exists(path) || fs::file_size(path) == 0); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    std::ifstream in(path);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
  }

 private:
  std::string folder_;
};

TEST(MpsDaemons, OneForEachSharedSliceWithEqualParts) {
  const StandIn control;
  MpsDaemons daemons(control.program(), control.root());
  const auto kept = daemons.keep({{"MIG-a", 4, 9856}, {"MIG-b", 2, 0}});
  ASSERT_TRUE(kept) << kept.error().describe();
  EXPECT_EQ(control.read("MIG-a", "device"), "MIG-a\n");
  EXPECT_EQ(control.read("MIG-a", "commands"),
            "set_default_active_thread_percentage 25\n"
            "set_default_device_pinned_mem_limit 0 2464M\n");
  EXPECT_EQ(control.read("MIG-b", "commands"), "set_default_active_thread_percentage 50\n");
}

TEST(MpsDaemons, StopsWhatIsSharedNoMoreAndStartsWhatDied) {
  const StandIn control;
  pid_t a = 0, b = 0;
  {
    MpsDaemons daemons(control.program(), control.root());
    ASSERT_TRUE(daemons.keep({{"MIG-a", 2, 0}, {"MIG-b", 2, 0}}));
    a = std::stoi(control.read("MIG-a", "pid"));
    b = std::stoi(control.read("MIG-b", "pid"));
    ASSERT_TRUE(daemons.keep({{"MIG-b", 2, 0}}));
    EXPECT_FALSE(daemons.running("MIG-a"));
    EXPECT_NE(kill(a, 0), 0);
    EXPECT_EQ(kill(b, 0), 0);
    kill(b, SIGKILL);
    for (int i = 0; i < 500; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      ASSERT_TRUE(daemons.keep({{"MIG-b", 2, 0}}));
      const std::string pid = control.read("MIG-b", "pid");
      if (!pid.empty() && std::stoi(pid) != b) break;
    }
    const pid_t again = std::stoi(control.read("MIG-b", "pid"));
    EXPECT_NE(again, b);
    b = again;
    EXPECT_EQ(kill(b, 0), 0);
  }
  EXPECT_NE(kill(b, 0), 0) << "none is left behind";
}

TEST(MpsDaemons, ClientsAndDaemonsShareTheirMemory) {
  const StandIn control;
  {
    MpsDaemons daemons(control.program(), control.root());
    ASSERT_TRUE(daemons.keep({{"MIG-a", 2, 0}}));
  }
  EXPECT_EQ(fs::read_symlink(control.root() + "/shm"), "/dev/shm") << "on the host itself";
  fs::remove(control.root() + "/shm");
  fs::create_directory(control.root() + "/shm");
  MpsDaemons daemons(control.program(), control.root());
  ASSERT_TRUE(daemons.keep({{"MIG-a", 2, 0}}));
  EXPECT_FALSE(fs::is_symlink(control.root() + "/shm")) << "what is mounted there stays";
}

TEST(MpsDaemons, EachSharedDeviceIsSharedOnce) {
  publish::Offer offer;
  publish::Resource shared, own;
  shared.sharing = publish::SharingKind::kMps;
  shared.replicas = 2;
  for (const char* const id : {"MIG-a::0", "MIG-a::1", "MIG-b::0", "MIG-b::1"}) {
    publish::Device device;
    device.id = id;
    device.uuid = std::string(id).substr(0, 5);
    shared.devices.push_back(device);
  }
  own.devices.emplace_back().uuid = "MIG-c";
  offer.resources = {shared, own};
  EXPECT_EQ(mps_shares({}, offer), (std::vector<MpsShare>{{"MIG-a", 2, 0}, {"MIG-b", 2, 0}}));
}

TEST(MpsDaemons, AMissingProgramIsNamed) {
  const StandIn control;
  MpsDaemons daemons("/nowhere/nvidia-cuda-mps-control", control.root());
  const auto kept = daemons.keep({{"MIG-a", 2, 0}});
  ASSERT_FALSE(kept);
  EXPECT_EQ(kept.error().code, Code::kNotFound);
  EXPECT_NE(kept.error().what.find("nvidia-cuda-mps-control"), std::string::npos);
}

}  // namespace

}  // namespace septet::agent
