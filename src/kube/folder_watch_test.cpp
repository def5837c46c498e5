#include <gtest/gtest.h>
#include <poll.h>

#include <algorithm>
#include <fstream>

#include "kube/device_plugin.h"
#include "kube/testing/fake_kubelet.h"

namespace septet::kube {
namespace {

using Names = std::vector<std::string>;

bool readable(const FolderWatch& watch, int wait_ms = 0) {
  pollfd asked{watch.descriptor(), POLLIN, 0};
  return ::poll(&asked, 1, wait_ms) == 1;
}

TEST(FolderWatchTest, TellsWhatWasMadeAndRemovedOnce) {
  const testing::ScratchFolder folder;
  const auto watch = FolderWatch::open(folder.path());
  ASSERT_TRUE(watch) << watch.error().describe();
  EXPECT_FALSE(readable(**watch));
  std::ofstream(folder.at("a")) << "x";
  std::ofstream(folder.at("b")) << "x";
  EXPECT_TRUE(readable(**watch, 1000));
  std::filesystem::remove(folder.at("a"));
  std::ofstream(folder.at("a")) << "x";
  std::filesystem::rename(folder.at("b"), folder.at("c"));
  const auto change = (*watch)->changed();
  EXPECT_EQ(change.made, (Names{"a", "b", "c"}));
  EXPECT_EQ(change.removed, (Names{"a", "b"}));
  EXPECT_FALSE(change.gone || change.missed);
  EXPECT_FALSE(readable(**watch));
  EXPECT_TRUE((*watch)->changed().made.empty());
}

TEST(FolderWatchTest, WritingIntoAFileIsNoChange) {
  const testing::ScratchFolder folder;
  std::ofstream file(folder.at("a"));
  const auto watch = FolderWatch::open(folder.path());
  ASSERT_TRUE(watch);
  file << "more" << std::flush;
  EXPECT_FALSE(readable(**watch, 50));
}

TEST(FolderWatchTest, SaysWhenTheFolderItselfIsGone) {
  const testing::ScratchFolder folder;
  const std::string inner = folder.at("plugins");
  std::filesystem::create_directory(inner);
  const auto watch = FolderWatch::open(inner);
  ASSERT_TRUE(watch);
  std::filesystem::remove(inner);
  EXPECT_TRUE(readable(**watch, 1000));
  EXPECT_TRUE((*watch)->changed().gone);
}

TEST(FolderWatchTest, AFolderThatIsNotThereOrAFileIsAnError) {
  const testing::ScratchFolder folder;
  EXPECT_EQ(FolderWatch::open(folder.at("none")).error().code, Code::kNotFound);
  std::ofstream(folder.at("file")) << "x";
  const auto file = FolderWatch::open(folder.at("file"));
  ASSERT_FALSE(file);
  EXPECT_NE(file.error().what.find(folder.at("file")), std::string::npos);
}

// More than the kernel keeps (fs.inotify.max_queued_events): nothing that is there is missed.
TEST(FolderWatchTest, AnOverflowIsSaidAndWhatIsThereIsNamed) {
  std::size_t kept = 16384;
  std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> kept;
  if (kept > 200'000) GTEST_SKIP() << "the kernel keeps " << kept << " events";
  const testing::ScratchFolder folder;
  const auto watch = FolderWatch::open(folder.path());
  ASSERT_TRUE(watch);
  for (std::size_t i = 0; i < kept / 2 + 10; ++i) {  // two events each; names differ or they merge
    const std::string name = folder.at(i % 2 == 0 ? "x" : "y");
    std::ofstream(name) << "";
    std::filesystem::remove(name);
  }
  std::ofstream(folder.at("kubelet.sock")) << "";
  const auto change = (*watch)->changed();
  EXPECT_TRUE(change.missed);
  EXPECT_TRUE(std::ranges::count(change.made, "kubelet.sock") == 1);
}

}  // namespace
}  // namespace septet::kube
