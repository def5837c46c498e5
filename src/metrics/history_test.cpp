#include "metrics/history.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "publish/testing/cut_gpu.h"

namespace septet::metrics {
namespace {

namespace fs = std::filesystem;
using publish::testing::sevenths;

constexpr std::int64_t kBegin_ms = 1'796'000'000'000;  // at a step's beginning

TEST(HistoryRows, BytesAndBack) {
  GpuRow row{50, {}, 70'000, 400'000, {}};
  EXPECT_EQ(decode(encode(row)), row);
  for (std::uint64_t i = 1; i <= 7; ++i) row.instances.push_back({i * 100, 100, 0, 9000});
  row.instances[3] = {1u << 30, {}, {}, {}};
  const std::string bytes = encode(row);
  EXPECT_EQ(decode(bytes), row);
  EXPECT_LE(bytes.size(), 64u) << "a day of 64 GPUs must fit";
  for (std::size_t cut = 0; cut < bytes.size(); ++cut)
    EXPECT_FALSE(decode(bytes.substr(0, cut))) << cut;
  EXPECT_FALSE(decode(bytes + "x"));
  EXPECT_FALSE(decode("\x02" + bytes.substr(1))) << "another version";
  EXPECT_FALSE(decode(std::string(1, '\x01') + std::string(40, '\xff')));
}

TEST(HistoryRows, MeansAreOfWhatWasKnown) {
  Mean mean;
  EXPECT_FALSE(mean.value());
  mean.add(std::nullopt);
  EXPECT_FALSE(mean.value());
  mean.add(10);
  mean.add(std::nullopt);
  mean.add(21);
  EXPECT_EQ(mean.value(), 16u) << "rounded to the nearest";
}

class HistoryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string folder = (fs::temp_directory_path() / "septet-history-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
    path_ = folder + "/history.db";
  }
  void TearDown() override {
    std::error_code ignored;  // a folder left in /tmp fails no test
    fs::remove_all(folder_, ignored);
  }
  std::unique_ptr<History> open(HistoryOptions options = {}) {
    auto history =
        History::open(path_, options, [this](const std::string& line) { said_.push_back(line); });
    EXPECT_TRUE(history) << history.error().describe();
    return history ? std::move(*history) : nullptr;
  }
  // `steps` steps of one sample a second, from `from`.
  static void run(History& history, const mig::Node& node, std::int64_t from, int steps) {
    for (int second = 0; second < steps * 10; ++second)
      history.sample(node, kBegin_ms + (from * 10 + second) * 1000);
  }
  static std::int64_t after(std::int64_t steps) { return kBegin_ms + steps * 10'000; }

  fs::path folder_;
  std::string path_;
  std::vector<std::string> said_;
};

mig::Node busy(std::uint32_t gpus, std::uint32_t percent) {
  mig::Node node = sevenths(gpus);
  for (mig::Gpu& gpu : node.gpus) {
    gpu.power_mw = 400'000;
    gpu.usage.sm_percent = percent;
    gpu.usage.memory_used_mib = 1000;
    for (mig::GpuInstance& instance : gpu.instances) {
      instance.usage.sm_percent = percent;
      instance.usage.memory_used_mib = 100;
    }
  }
  return node;
}

TEST_F(HistoryTest, StepsAreMeansAndSurviveARestart) {
  {
    const auto history = open();
    for (int second = 0; second < 10; ++second)
      history->sample(busy(1, second < 5 ? 20 : 40), kBegin_ms + second * 1000);
    run(*history, busy(1, 90), 1, 2);
  }
  const auto history = open();
  const auto series = history->series(1, std::nullopt, after(3));
  ASSERT_TRUE(series) << series.error().describe();
  EXPECT_EQ(series->step_s, 10);
  ASSERT_EQ(series->points, 6u);
  ASSERT_EQ(series->gpus.size(), 1u);
  const GpuSeries& gpu = series->gpus[0];
  EXPECT_EQ(series->from_ms, after(-2));
  const std::vector<Amount> sm = {{}, {}, 30, 90, 90, {}};
  EXPECT_EQ(gpu.sm, sm) << "not sampled is not zero";
  ASSERT_EQ(gpu.instances.size(), 7u);
  EXPECT_EQ(gpu.instances[6].sm, sm);
  EXPECT_EQ(gpu.instances[6].profile, "1g.10gb");
  EXPECT_EQ(gpu.memory[2], std::nullopt) << "the driver did not tell";
  EXPECT_EQ(gpu.power_mw[2], 400'000u);
  EXPECT_TRUE(said_.empty()) << said_[0];

  const mig::Node now = sevenths(1);
  const Json json = to_json(*series, &now);
  EXPECT_EQ(json["gpus"][0]["index"], 0);
  EXPECT_EQ(json["gpus"][0]["sm"].dump(), "[null,null,30,90,90,null]");
  EXPECT_EQ(json["layouts"][0]["instances"][6]["start"], 6);
  EXPECT_TRUE(to_json(*series, nullptr)["gpus"][0]["index"].is_null());
}

TEST_F(HistoryTest, LayoutsAndWhoWasThere) {
  const auto history = open();
  mig::Node node = busy(2, 50);
  run(*history, node, 0, 2);
  mig::Gpu& gpu = node.gpus[0];
  gpu.instances.erase(gpu.instances.begin(), gpu.instances.begin() + 4);
  run(*history, node, 2, 2);
  gpu.problem = "lost";
  run(*history, node, 4, 2);
  run(*history, busy(2, 50), 6, 1);
  const auto all = history->series(2, std::nullopt, after(6));
  ASSERT_TRUE(all);
  ASSERT_EQ(all->layouts.size(), 3u) << "one at the start of each GPU, one change";
  EXPECT_EQ(all->layouts[2].time_ms, after(2));
  ASSERT_EQ(all->gpus.size(), 2u);
  const std::vector<Amount>& gone = all->gpus[0].instances[0].sm;
  EXPECT_EQ(gone[6], 50u);
  EXPECT_EQ(gone[8], std::nullopt) << "it was not there any more";
  EXPECT_EQ(all->gpus[0].sm[10], std::nullopt) << "and then the GPU could not be read";
  const auto one = history->series(2, node.gpus[1].uuid, after(6));
  ASSERT_TRUE(one);
  ASSERT_EQ(one->gpus.size(), 1u);
  EXPECT_EQ(one->gpus[0].uuid, node.gpus[1].uuid);
  EXPECT_EQ(one->layouts.size(), 1u);
  // A window that begins later still knows what was in force at its start.
  const auto later = history->series(1, node.gpus[1].uuid, after(100));
  ASSERT_TRUE(later);
  EXPECT_EQ(later->layouts.size(), 1u);
  EXPECT_TRUE(later->gpus.empty());
}

TEST_F(HistoryTest, ADayIsBoundedInPointsAndInTime) {
  HistoryOptions options;
  options.keep_s = 1200;
  const auto history = open(options);
  run(*history, busy(1, 50), 0, 1);
  for (std::int64_t step = 1; step < 500; ++step) history->sample(busy(1, 50), after(step));
  const auto series = history->series(24 * 60, std::nullopt, after(500));
  ASSERT_TRUE(series);
  EXPECT_LE(series->points, kMostPoints);
  EXPECT_EQ(series->points, 120u) << "no more than is kept";
  HistoryOptions day;
  day.keep_s = 86'400;
  const auto other = History::open(path_ + "2", day, [](const std::string&) {});
  const auto long_one = (*other)->series(24 * 60, std::nullopt, after(500));
  EXPECT_EQ(long_one->points, 1440u);
  EXPECT_EQ(long_one->step_s, 60);
}

TEST_F(HistoryTest, StaysWithinItsSize) {
  HistoryOptions options;
  options.most_bytes = 256 << 10;
  const auto history = open(options);
  const mig::Node node = busy(8, 50);
  for (std::int64_t step = 0; step < 700; ++step) history->sample(node, after(step));
  EXPECT_TRUE(said_.empty()) << said_[0];
  EXPECT_LE(fs::file_size(path_), 256u << 10);
  EXPECT_LE(history->health().bytes, (256u << 10) + (1u << 20));
  EXPECT_EQ(history->health().lost, 0u);
  const auto series = history->series(60, node.gpus[0].uuid, after(700));
  ASSERT_TRUE(series);
  EXPECT_EQ(series->gpus.at(0).sm.at(357), 50u) << "the newest are there";
  EXPECT_EQ(history->series(24 * 60, node.gpus[0].uuid, after(700))->gpus.at(0).sm.front(),
            std::nullopt)
      << "the oldest went";
}

TEST_F(HistoryTest, TwoAgentsOnOneFileAreRefused) {
  const auto history = open();
  const auto second = History::open(path_, {}, [](const std::string&) {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::kBusy);
  EXPECT_TRUE(second.error().what.contains(std::to_string(getpid()))) << second.error().what;
}

TEST_F(HistoryTest, ADamagedFileIsMovedAside) {
  {
    const auto history = open();
    run(*history, busy(1, 50), 0, 40);
  }
  const auto size = fs::file_size(path_);
  {
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(size / 2));
    file << std::string(size / 2, '\x5a');
  }
  {
    const auto history = open();
    ASSERT_EQ(said_.size(), 1u);
    EXPECT_TRUE(said_[0].contains("history.db.damaged")) << said_[0];
    EXPECT_EQ(fs::file_size(path_ + ".damaged"), size);
    run(*history, busy(1, 60), 0, 2);
    const auto series = history->series(1, std::nullopt, after(2));
    ASSERT_TRUE(series);
    EXPECT_EQ(series->gpus.at(0).sm.at(3), 60u);
    EXPECT_EQ(series->layouts.size(), 1u);
  }
  // Not even the header is left.
  std::ofstream(path_, std::ios::binary) << std::string(8192, '\x5a');
  EXPECT_NE(open(), nullptr);
  EXPECT_EQ(said_.size(), 2u);
}

TEST_F(HistoryTest, OtherPeoplesFilesAreLeftAlone) {
  std::ofstream(path_) << "root:x:0:0:root:/root:/bin/bash\n";
  const auto text = History::open(path_, {}, [](const std::string&) {});
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, Code::kInvalidArgument);
  EXPECT_EQ(fs::file_size(path_), 32u);
  const std::string journal = path_ + ".journal";
  ASSERT_TRUE(partition::Database::open(journal, "CREATE TABLE a(b)", 1));
  const auto other = History::open(journal, {}, [](const std::string&) {});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Code::kInvalidArgument) << other.error().describe();
  EXPECT_TRUE(fs::exists(journal));
}

// A limit on the size of files is as a full disk to SQLite.
class NoRoom {
 public:
  explicit NoRoom(rlim_t bytes) {
    before_signal_ = std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit now{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &now);
  }
  ~NoRoom() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, before_signal_);
  }
  NoRoom(const NoRoom&) = delete;
  NoRoom& operator=(const NoRoom&) = delete;

 private:
  rlimit before_{};
  void (*before_signal_)(int) = nullptr;
};

TEST_F(HistoryTest, AFullDiskIsSaidOnceAndWritingResumes) {
  const auto history = open();
  run(*history, busy(1, 50), 0, 2);
  {
    const NoRoom full(1);
    run(*history, busy(1, 60), 2, 4);
    EXPECT_TRUE(history->health().failing);
    EXPECT_GE(history->health().lost, 3u);
    ASSERT_EQ(said_.size(), 1u) << "once, not each step";
  }
  EXPECT_TRUE(said_[0].contains("history")) << said_[0];
  run(*history, busy(1, 70), 6, 2);
  EXPECT_FALSE(history->health().failing);
  ASSERT_EQ(said_.size(), 2u);
  EXPECT_TRUE(said_[1].contains("written again")) << said_[1];
  const auto series = history->series(2, std::nullopt, after(7));
  ASSERT_TRUE(series) << series.error().describe();
  const std::vector<Amount>& sm = series->gpus.at(0).sm;
  EXPECT_EQ(sm.at(4), 50u);
  EXPECT_EQ(sm.at(8), std::nullopt);
  EXPECT_EQ(sm.at(10), 70u);
}

TEST_F(HistoryTest, WithoutRoomAtTheStartItBeginsLater) {
  std::unique_ptr<History> history;
  {
    const NoRoom full(1);
    history = open();
    ASSERT_NE(history, nullptr);
    run(*history, busy(1, 50), 0, 2);
    EXPECT_TRUE(history->health().failing);
    EXPECT_FALSE(history->series(1, std::nullopt, after(2)));
  }
  EXPECT_EQ(said_.size(), 1u);
  run(*history, busy(1, 50), 2, 2);
  EXPECT_FALSE(history->health().failing);
  EXPECT_EQ(history->series(1, std::nullopt, after(4))->gpus.at(0).sm.at(3), 50u);
  EXPECT_EQ(history->series(1, std::nullopt, after(4))->layouts.size(), 1u)
      << "seen before there was room";
}

}  // namespace
}  // namespace septet::metrics
