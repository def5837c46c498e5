// The published tables where they are, the user's own files, and what is said about wrong ones.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>

#include "cli/lab/validate_claim.h"
#include "cli/lab/validate_data.h"
#include "cli/lab/validate_fit.h"
#include "cli/lab/validate_text.h"
#include "lab/scenario/work_file.h"

namespace septet::cli::validating {
namespace {

namespace fs = std::filesystem;
using lab::evidence::ClaimRow;
using lab::evidence::Errors;
using lab::evidence::Group;
using lab::evidence::Point;

// $SEPTET_DATA, or ../shared/data beside the checkout.
fs::path published_folder() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody sets it meanwhile
  const char* const named = std::getenv("SEPTET_DATA");
  return named != nullptr ? fs::path(named) : fs::path(SEPTET_SOURCE_DIR "/../shared/data");
}

struct Read {
  PublishedData data;
  lab::evidence::Validation validation;
};

// Once for all tests: it takes a second or two.
const Read& read_once() {
  static const Read read = [] {
    auto data = read_published(published_folder());
    EXPECT_TRUE(data) << data.error().describe();
    Read all{std::move(data).value(), {}};
    all.validation = lab::evidence::validate(all.data.published);
    return all;
  }();
  return read;
}

class PublishedTables : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* const set : {"parvagpu", "miso", "perf"}) {
      if (!fs::is_directory(published_folder() / set))
        GTEST_SKIP() << "no " << published_folder() / set << "; SEPTET_DATA names another";
    }
    read_once();
  }

  static const lab::evidence::Validation& validation() { return read_once().validation; }
  static const Group& group(std::string_view id) {
    const auto found = std::ranges::find(validation().groups, id, &Group::id);
    EXPECT_NE(found, validation().groups.end()) << id;
    return *found;
  }
  static std::vector<ClaimRow> claim() {
    return lab::evidence::claim_rows(*read_once().data.published.inference);
  }
};

struct Pinned {
  const char* group;
  std::size_t count;
  double mean, median, nine_in_ten;  // percent
};

// The survey's figures come out of its own recipe: the same points are scored.
TEST_F(PublishedTables, SurveysCountsAndErrorsAreRecomputed) {
  constexpr Pinned kPinned[] = {
      {"parvagpu-naive", 323, 114.3, 70.7, 254.8},
      {"miso-naive", 98, 82.0, 59.8, 183.8},
      {"parvagpu-two-survey", 234, 5.9, 3.7, 14.3},
      {"miso-two-survey", 70, 5.8, 3.7, 12.8},
      {"parvagpu-three-survey", 145, 4.1, 2.5, 10.4},
      {"miso-three-survey", 42, 3.2, 2.6, 6.4},
      {"parvagpu-left-out-survey", 379, 5.8, 3.0, 15.0},
      {"miso-left-out-survey", 114, 4.7, 3.1, 10.65},
      {"mlperf-one-slice", 18, 7.3, 5.6, 16.4},
  };
  for (const Pinned& pinned : kPinned) {
    const Errors errors = group(pinned.group).errors();
    EXPECT_EQ(errors.count, pinned.count) << pinned.group;
    EXPECT_NEAR(100 * errors.mean, pinned.mean, 0.06) << pinned.group;
    EXPECT_NEAR(100 * errors.median, pinned.median, 0.06) << pinned.group;
    EXPECT_NEAR(100 * errors.nine_in_ten, pinned.nine_in_ten, 0.06) << pinned.group;
  }
}

TEST_F(PublishedTables, SeptetsModelIsAsGoodOrBetter) {
  EXPECT_TRUE(validation().all_hold());
  for (const Group& one : validation().groups) EXPECT_NE(one.holds(), false) << one.id;
  EXPECT_LT(group("parvagpu-two-septet").errors().mean, 0.050);
  EXPECT_LT(group("miso-two-septet").errors().mean, 0.045);
  EXPECT_LT(group("parvagpu-mps-septet").errors().mean, 0.095);
  EXPECT_EQ(group("parvagpu-mps-septet").errors().count, 1327u);
}

// Chosen on half of the models, scored on the other half: still better than what was chosen on all.
TEST_F(PublishedTables, HeldOutChoicesBeatTheSurvey) {
  EXPECT_EQ(group("parvagpu-two-held-out").errors().count, 234u);
  EXPECT_LT(group("parvagpu-two-held-out").errors().mean, 0.040);
  EXPECT_EQ(group("miso-two-held-out").errors().count, 70u);
  EXPECT_LT(group("miso-two-held-out").errors().mean, 0.045);
}

// Where the smallest or the largest was asked, and where one between: by its calibration's names.
bool outside(const Point& point) {
  return point.configuration < point.calibrated_on.substr(0, 2) || point.configuration[0] == '7';
}

TEST_F(PublishedTables, ErrorBarsOfFitsAreWhatNineInTenKeptTo) {
  for (const char* const two : {"parvagpu-two-septet", "miso-two-septet"})
    EXPECT_LE(group(two).errors().nine_in_ten, lab::evidence::kWithinOfTwo) << two;
  for (const char* const id : {"parvagpu-left-out-fit", "miso-left-out-fit"}) {
    std::vector<Point> between, beyond;
    for (const Point& point : group(id).points)
      (outside(point) ? beyond : between).push_back(point);
    EXPECT_LE(lab::evidence::errors_of(between).nine_in_ten, lab::evidence::kWithinOfMore) << id;
    EXPECT_LE(lab::evidence::errors_of(beyond).nine_in_ten, lab::evidence::kWithinOutside) << id;
  }
}

TEST_F(PublishedTables, ResidualOfBusyNeighboursIsMeasured) {
  EXPECT_LT(group("mlperf-busy-a100").errors().mean, 0.015);
  EXPECT_LT(group("mlperf-busy-a30").errors().mean, 0.02);
  EXPECT_GT(lab::evidence::naive_errors_of(group("mlperf-busy-a30").points).mean, 0.08);
}

TEST_F(PublishedTables, NamedPointsAreAllThere) {
  std::map<std::string, double> error;
  for (const auto& named : validation().named)
    error[named.point.workload + "|" + named.point.configuration] = named.point.error();
  EXPECT_EQ(error.size() + 1, validation().named.size()) << "MPS x3 in 1g is there twice";
  EXPECT_NEAR(error["YOLOS-small|MPS, 5 pods"], 0.007, 0.001);
  EXPECT_NEAR(error["YOLOS-small|MIG 1g, alone"], 0.0146, 0.001);
  EXPECT_NEAR(error["YOLOS-small|time-slicing, 7 pods"], -0.001, 0.001);
  EXPECT_NEAR(error["resnet50, batch 8|2g.20gb"], 0.004, 0.001);
  EXPECT_LT(error["resnet, batch 256|3g.20gb"], 0.19) << "the survey's error there";
  EXPECT_GT(error["bert, batch 8|4g.20gb"], -0.13) << "the survey's error there";
}

// claims.md, section 2: percent, milliseconds.
TEST_F(PublishedTables, ClaimsTableComesOut) {
  struct Row {
    const char* workload;
    unsigned batch;
    double whole, at_most, sliced, from_ms, to_ms, work;
  };
  constexpr Row kRows[] = {{"resnet50", 1, 10, 19, 71, 5.11, 5.08, 7.0},
                           {"inceptionv3", 1, 14, 22, 79, 8.7, 11.2, 5.5},
                           {"resnet101", 1, 10, 22, 63, 8.9, 9.5, 6.6},
                           {"bert", 1, 7, 22, 54, 14.5, 13.4, 7.6},
                           {"densenet121", 1, 4, 23, 29, 11.9, 11.5, 7.3},
                           {"densenet121", 4, 15, 22, 83, 12.0, 15.0, 5.6},
                           {"mobilenetv2", 1, 4, 21, 27, 4.6, 4.6, 7.1},
                           {"mobilenetv2", 4, 14, 21, 80, 4.9, 5.9, 5.8},
                           {"vgg16", 1, 65, 70, 84, 1.5, 8.1, 1.3}};
  const auto rows = claim();
  for (const Row& row : kRows) {
    const auto found = std::ranges::find_if(rows, [&](const ClaimRow& one) {
      return one.workload == row.workload && one.batch == row.batch;
    });
    ASSERT_NE(found, rows.end()) << row.workload;
    EXPECT_NEAR(100 * found->whole, row.whole, 0.5) << row.workload << row.batch;
    EXPECT_NEAR(100 * found->whole_at_most, row.at_most, 0.55) << row.workload << row.batch;
    EXPECT_NEAR(100 * found->sliced, row.sliced, 0.5) << row.workload << row.batch;
    EXPECT_NEAR(1e3 * found->whole_seconds, row.from_ms, 0.06) << row.workload << row.batch;
    EXPECT_NEAR(1e3 * found->slice_seconds, row.to_ms, 0.06) << row.workload << row.batch;
    EXPECT_NEAR(found->throughput, row.work, 0.06) << row.workload << row.batch;
  }
}

TEST_F(PublishedTables, TextsKeepTo80ColumnsAndJsonHasEveryPoint) {
  const ValidationView every{true, ""};
  for (const std::string& text :
       {validation_text(validation(), {}, every), claim_text(claim(), true)}) {
    std::size_t from = 0;
    for (std::size_t to = text.find('\n'); to != std::string::npos; to = text.find('\n', from)) {
      EXPECT_LE(to - from, 80u) << text.substr(from, to - from);
      from = to + 1;
    }
  }
  const Json json = to_json(validation(), {}, {});
  std::size_t points = 0;
  for (const Json& one : json["groups"]) points += one["points"].size();
  EXPECT_GT(points, 7000u);
  EXPECT_TRUE(json["all_hold"].get<bool>());
}

TEST(PublishedFolder, WithoutTablesIsASentence) {
  const auto data = read_published("/nowhere/at/all");
  ASSERT_FALSE(data);
  EXPECT_EQ(data.error().code, Code::kNotFound);
  EXPECT_NE(data.error().remedy.find("SEPTET_DATA"), std::string::npos);
}

// ---- own measurements

class OwnMeasurements : public testing::Test {
 protected:
  FitRequest request(std::string_view text, const std::string& product = "a100-80gb") {
    const auto* const info = testing::UnitTest::GetInstance()->current_test_info();
    path_ = fs::temp_directory_path() / fmt::format("septet_fit_{}.csv", info->name());
    std::ofstream(path_) << text;
    return {path_.string(), product, "", false};
  }
  void TearDown() override { fs::remove(path_); }

  void expect_refused(std::string_view text, const char* place, const char* what) {
    const auto fitted = calibrate_file(request(text));
    ASSERT_FALSE(fitted) << text;
    const std::string told = fitted.error().describe();
    EXPECT_NE(told.find(path_.string() + place), std::string::npos) << told;
    EXPECT_NE(told.find(what), std::string::npos) << told;
  }

  fs::path path_;
};

constexpr const char* kGood =
    "profile,batch,processes,per_second,latency_ms\n"
    "1g.10gb,8,1,358,22.3\n"
    "2g.20gb,8,1,687,11.6\n"
    "3g.40gb,8,1,1072,7.5\n"
    "7g.80gb,8,1,1600,5\n";

TEST_F(OwnMeasurements, GivesAWorkThatAScenarioTakes) {
  const auto fitted = calibrate_file(request(kGood));
  ASSERT_TRUE(fitted) << fitted.error().describe();
  const auto& one = fitted->by_batch.front();
  const auto document = parse_yaml("snippet", work_yaml(one, fitted->product));
  ASSERT_TRUE(document) << document.error().describe();
  const auto gpu = lab::gpu_model(*mig::find_product("a100-80gb"));
  const auto read = lab::read_work(*document, document->root["work"], *gpu);
  ASSERT_TRUE(read) << read.error().describe();
  EXPECT_NEAR(read->work.host / one.work.host, 1.0, 1e-3);
  EXPECT_NEAR(read->work.compute / one.work.compute, 1.0, 1e-3);
  EXPECT_EQ(read->work.overlap, one.work.overlap);
}

TEST_F(OwnMeasurements, GivesTheFittedPriceOfAnMpsClientToAScenario) {
  const auto fitted =
      calibrate_file(request(std::string(kGood) + "7g.80gb,8,2,2400,6.7\n7g.80gb,8,3,2900,8.3\n"));
  ASSERT_TRUE(fitted) << fitted.error().describe();
  const auto& one = fitted->by_batch.front();
  ASSERT_TRUE(one.side_by_side_fitted);
  const std::string yaml = work_yaml(one, fitted->product);
  const auto document = parse_yaml("snippet", yaml);
  ASSERT_TRUE(document) << document.error().describe();
  const auto gpu = lab::gpu_model(*mig::find_product("a100-80gb"));
  const auto read = lab::read_work(*document, document->root["work"], *gpu);
  ASSERT_TRUE(read) << read.error().describe() << "\n" << yaml;
  EXPECT_NEAR(read->work.mps_overhead, one.work.mps_overhead, 1e-4);
  EXPECT_NE(yaml.find("mps-overhead"), std::string::npos);
}

TEST_F(OwnMeasurements, TextNamesEveryProfileWithinEightyColumns) {
  const auto fitted = calibrate_file(request(kGood));
  ASSERT_TRUE(fitted);
  const std::string text = fit_text(*fitted);
  for (const char* const word : {"4g.40gb", "1g.20gb", "left out", "leave-one-out", "within"})
    EXPECT_NE(text.find(word), std::string::npos) << word << "\n" << text;
  std::size_t from = 0;
  for (std::size_t to = text.find('\n'); to != std::string::npos; to = text.find('\n', from)) {
    EXPECT_LE(to - from, 80u) << text.substr(from, to - from);
    from = to + 1;
  }
}

TEST_F(OwnMeasurements, TellsTheProductsThatItCouldBeOf) {
  const auto fitted = calibrate_file(request(kGood, ""));
  ASSERT_FALSE(fitted);
  EXPECT_NE(fitted.error().remedy.find("a100-80gb"), std::string::npos);
  EXPECT_NE(fitted.error().remedy.find("h100-sxm5-80gb"), std::string::npos);
  const auto a30 = calibrate_file(request(
      "profile,batch,processes,per_second,latency_ms\n1g.6gb,8,1,100,80\n4g.24gb,8,1,300,27\n",
      ""));
  ASSERT_TRUE(a30) << a30.error().describe();
  EXPECT_EQ(a30->product, "a30-24gb");
}

TEST_F(OwnMeasurements, WrongOnesAreToldWithLineAndColumn) {
  const std::string header = "profile,batch,processes,per_second,latency_ms\n";
  expect_refused("profil,batch\n1g.10gb,8\n", ":1:1", "profile,batch,processes");
  expect_refused(header + "1g.11gbx,8,1,358,22\n7g.80gb,8,1,1600,5\n", ":2:1", "");
  expect_refused(header + "1g.10gb,8,1,fast,22\n7g.80gb,8,1,1600,5\n", ":2:13", "throughput");
  expect_refused(header + "1g.10gb,8,1,358,22\n1g.10gb,8,1,358,22\n", ":3:1", "measured twice");
  expect_refused(header + "1g.10gb,8,1,358,22\n", ":1:1", "measured on two sizes");
  expect_refused(header + "1g.10gb,8,1,358,22\n1g.10gb+me,8,1,358,22\n", ":1:1",
                 "measured on two sizes");
  const auto missing = calibrate_file({"/nowhere/at/all.csv", "a100-80gb", "", false});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Code::kNotFound);
}

TEST_F(OwnMeasurements, OfSeveralWorkloadsOneIsNamed) {
  FitRequest miso = request(
      "workload,batch,gslices,mean_iter_s,median_iter_s,samples\n"
      "resnet,64,1,0.060,0.060,900\nresnet,64,7,0.030,0.030,900\nbert,2,7,0.05,0.05,100\n",
      "a100-40gb");
  const auto unnamed = calibrate_file(miso);
  ASSERT_FALSE(unnamed);
  EXPECT_EQ(unnamed.error().remedy, "add --workload and one of bert, resnet");
  miso.workload = "resnet";
  const auto fitted = calibrate_file(miso);
  ASSERT_TRUE(fitted) << fitted.error().describe();
  EXPECT_TRUE(fitted->training);
  EXPECT_EQ(fitted->by_batch.front().work.overlap, 1.5);
}

}  // namespace
}  // namespace septet::cli::validating
