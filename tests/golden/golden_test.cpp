// `septet smi` against recorded transcripts of real machines, and against our own.
//
// expected/<scenario>.txt is what our tool prints, commands and exit statuses included: the diff of
// a change to it is its review (UPDATE_GOLDEN=1 rewrites it). Where the checkout stands beside a
// `shared` folder with the recordings, each is compared as well; without it that half is skipped
// out loud.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "e2e/program.h"
#include "golden/scenario.h"

namespace septet::golden {
namespace {

std::string expected_path(const Scenario& scenario) {
  return e2e::source_dir() + "/tests/golden/expected/" + std::string(scenario.name) + ".txt";
}

std::filesystem::path recordings() {
  return std::filesystem::path(e2e::source_dir()).parent_path() / "shared/reference/mig/golden";
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

struct Step {
  bool shown = false;
  int code = 0;
  std::string words;
};

std::vector<Step> steps_of(const Scenario& scenario) {
  std::vector<Step> steps;
  for (const std::string& line : lines_of(std::string(scenario.steps))) {
    Step step{line.starts_with("> "), 0, line.substr(2)};
    if (step.words.starts_with('[')) {
      step.code = std::stoi(step.words.substr(1));
      step.words = step.words.substr(step.words.find(']') + 2);
    }
    steps.push_back(std::move(step));
  }
  return steps;
}

struct Transcript {
  std::string shown;  // what the recording holds
  std::string whole;  // with commands and exit statuses, for expected/
};

Transcript play(const Scenario& scenario) {
  const e2e::Node node{std::string(scenario.node)};
  Transcript transcript;
  for (const Step& step : steps_of(scenario)) {
    const auto outcome = node.septet(step.words);
    EXPECT_EQ(outcome.code, step.code) << step.words << "\n" << outcome.out << outcome.err;
    if (!step.shown) continue;
    transcript.shown += outcome.out;
    transcript.whole += "$ septet " + step.words + "\n" + outcome.out;
    if (step.code != 0) transcript.whole += "exit " + std::to_string(step.code) + "\n";
  }
  return transcript;
}

// The plain command starts with the time of day.
std::string without_time(const std::string& text) {
  static const std::regex time(
      "(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ 0-9]{2} [0-9:]{8} [0-9]{4}");
  return std::regex_replace(text, time, "Ddd Mmm dd hh:mm:ss yyyy");
}

// Version and variant bits are part of the form; the rest belongs to one chip.
std::string without_uuids(const std::string& text) {
  static const std::regex mig(
      "MIG-[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  static const std::regex gpu("GPU-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
  return std::regex_replace(std::regex_replace(text, mig, "MIG-*"), gpu, "GPU-*");
}

std::string retyped(const std::string& text) {
  std::string kept;
  for (const std::string& line : lines_of(text)) {
    if (line.find("created compute instance") != std::string::npos) continue;
    kept += std::regex_replace(line, std::regex(" +"), " ") + "\n";
  }
  return kept;
}

// The recording's text without its first line; for "name#2" what stands below its second "$ " line.
std::string recorded_text(const std::string& file, int prompt) {
  std::string text;
  int prompts = 0;
  for (const std::string& line : lines_of(e2e::read_file(file))) {
    if (line.starts_with("# source:")) continue;
    if (prompt > 0 && line.starts_with("$ ")) {
      ++prompts;
      continue;
    }
    if (prompt == 0 || prompts == prompt) text += line + "\n";
  }
  return text;
}

class Golden : public testing::TestWithParam<Scenario> {};

TEST_P(Golden, PrintsWhatWasRecorded) {
  const Scenario& scenario = GetParam();
  const Transcript transcript = play(scenario);
  const std::string whole = without_time(transcript.whole);
  if (const char* update = std::getenv("UPDATE_GOLDEN"); update != nullptr && *update == '1') {
    std::ofstream(expected_path(scenario), std::ios::binary) << whole;
  }
  EXPECT_EQ(whole, e2e::read_file(expected_path(scenario)))
      << "if the change is meant: UPDATE_GOLDEN=1, then read the diff";

  const std::string name(scenario.name.substr(0, scenario.name.find('#')));
  const int prompt = name.size() == scenario.name.size() ? 0 : scenario.name.back() - '0';
  const auto file = recordings() / (name + ".txt");
  if (name.starts_with("rules.")) return;  // our own only
  if (!std::filesystem::exists(file)) {
    GTEST_SKIP() << "not compared with the recording, which is not here: " << file;
  }
  const std::string recorded = recorded_text(file, prompt);
  ASSERT_FALSE(recorded.empty());
  switch (scenario.compare) {
    case Compare::kExact:
      EXPECT_EQ(without_uuids(transcript.shown), without_uuids(recorded));
      break;
    case Compare::kContains:
      EXPECT_NE(transcript.shown.find(recorded), std::string::npos) << transcript.shown << recorded;
      break;
    case Compare::kRetyped: EXPECT_EQ(retyped(transcript.shown), recorded); break;
  }
}

INSTANTIATE_TEST_SUITE_P(, Golden, testing::ValuesIn(scenarios().begin(), scenarios().end()),
                         [](const auto& row) {
                           std::string name(row.param.name);
                           for (char& c : name) {
                             if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
                           }
                           return name;
                         });

bool reproducible(const std::string& name, const std::string& first_line) {
  for (const char* word : {"partial", "facts", "inconsistent"}) {
    if (name.find(word) != std::string::npos) return false;
  }
  // caps.proc is about files, which `sim run` makes; it has its own test.
  return name != "caps.proc" && first_line.find("recorded") != std::string::npos;
}

TEST(GoldenFiles, EveryRecordingHasAScenario) {
  if (!std::filesystem::exists(recordings())) GTEST_SKIP() << "no recordings beside the checkout";
  for (const auto& entry : std::filesystem::directory_iterator(recordings())) {
    const std::string name = entry.path().stem().string();
    const auto lines = lines_of(e2e::read_file(entry.path().string()));
    if (lines.empty() || !reproducible(name, lines.front())) continue;
    bool found = false;
    for (const Scenario& scenario : scenarios()) {
      found = found || scenario.name.substr(0, scenario.name.find('#')) == name;
    }
    EXPECT_TRUE(found) << name;
  }
}

}  // namespace
}  // namespace septet::golden
