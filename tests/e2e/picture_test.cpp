// septet plan --svg: read back and compared with the same plan as JSON.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <map>

#include "base/testing/strict_xml.h"
#include "program.h"

namespace septet::e2e {
namespace {

using strict_xml::Element;
using strict_xml::read_xml;

std::string class_of(const Element& e) { return e.has("class") ? e.attributes.at("class") : ""; }

// "3g.40gb@4+4" by board, in the order of the boards: what the boxes say, by where they stand.
std::vector<std::vector<std::string>> boards_of(const Element& root, unsigned units) {
  std::vector<std::vector<std::string>> boards;
  double left = 0, unit = 1;
  root.walk([&](const Element& e) {
    if (class_of(e) == "board") {
      left = e.number("x");
      unit = e.number("width") / units;
      boards.emplace_back();
    }
    if (class_of(e) != "instance") return;
    for (const Element& child : e.children) {
      if (child.name != "rect" || child.has("class")) continue;
      const std::string title = e.text_of("title");
      const auto at = static_cast<int>(std::lround((child.number("x") - left) / unit));
      const auto size = static_cast<int>(std::lround(child.number("width") / unit));
      EXPECT_NEAR(child.number("x"), left + at * unit, 0.011);
      EXPECT_NEAR(child.number("width"), size * unit, 0.011);
      boards.back().push_back(title.substr(0, title.find(' ')) + "@" + std::to_string(at) + "+" +
                              std::to_string(size));
      break;
    }
  });
  return boards;
}

std::vector<std::string> cut_of(const Json& gpu) {
  std::vector<std::string> cut;
  for (const Json& one : gpu["instances"]) {
    const Json& at = one.contains("placement") ? one["placement"] : one;
    cut.push_back(one["profile"].get<std::string>() + "@" + std::to_string(at["start"].get<int>()) +
                  "+" + std::to_string(at["size"].get<int>()));
  }
  return cut;
}

// Plans `words` on the node, with a picture, and gives the picture.
std::string pictured(const Node& node, const std::string& words, int code) {
  const std::string file = node.state() + ".svg";
  const auto plan = node.septet("plan " + words + " --svg " + file);
  EXPECT_EQ(plan.code, code) << plan.out << plan.err;
  std::string text = read_file(file);
  unlink(file.c_str());
  return text;
}

TEST(Picture, OfLayoutsIsTheGoldenOneAndTrue) {
  const Node node("--gpus 2 --product a100-80gb --mig on");
  node.septet("smi mig -i 1 -cgi 9 -C");
  node.septet("smi mig -i 1 -cgi 14");
  const std::string file = node.write("layouts.yaml",
                                      "layouts:\n  day:\n  - gpu: 0\n    instances: [{profile: "
                                      "1g.10gb, count: 2}]\n  - gpu: 1\n    instances: [3g.40gb:4, "
                                      "{profile: 2g.20gb, compute: [1c.2g.20gb]}]\n");
  const std::string words = file + " -c day";
  std::string svg = pictured(node, words, 2);
  const Json plan = Json::parse(node.septet("--json plan " + words).out)["plan"];
  const auto boards = boards_of(read_xml(svg), 8);
  ASSERT_EQ(boards.size(), 4u);
  for (std::size_t gpu = 0; gpu < 2; ++gpu) {
    EXPECT_EQ(boards[2 * gpu], cut_of(plan["from"][gpu]));
    EXPECT_EQ(boards[2 * gpu + 1], cut_of(plan["to"][gpu]));
  }
  for (auto at = svg.find(file); at != std::string::npos; at = svg.find(file))
    svg.replace(at, file.size(), "layouts.yaml");
  const std::string golden = source_dir() + "/tests/golden/pictures/layouts.svg";
  if (const char* update = std::getenv("UPDATE_GOLDEN"); update != nullptr && *update == '1')
    std::ofstream(golden, std::ios::binary) << svg;
  EXPECT_EQ(svg, read_file(golden)) << "if the change is meant: UPDATE_GOLDEN=1, then look at it";
}

TEST(Picture, OfWorkloadsShowsWhoRunsWhere) {
  const Node node("--gpus 8 --product h100-sxm5-80gb");
  const std::string words = source_dir() + "/examples/inference-mix.yaml";
  const std::string svg = pictured(node, words, 2);
  const Json told = Json::parse(node.septet("--json plan " + words).out);
  const auto boards = boards_of(read_xml(svg), 8);
  ASSERT_EQ(boards.size(), 16u);
  for (const Json& gpu : told["packing"]["gpus"])
    EXPECT_EQ(boards[2 * gpu["gpu"].get<std::size_t>() + 1], cut_of(gpu));
  EXPECT_NE(svg.find("3g.40gb at 4: new, llama-13b#1, step"), std::string::npos);
  EXPECT_NE(svg.find("a simulated node"), std::string::npos);
}

TEST(Picture, ShowsWhatStaysWhatIsInUseAndWhatGoes) {
  const Node node("--gpus 2 --product a100-80gb --mig on");
  const std::string file = source_dir() + "/examples/layouts.yaml";
  ASSERT_EQ(node.septet("apply " + file + " -c day").code, 0);
  const auto user = node.septet("sim process start --gpu 0 --gi 9 --memory 4GiB");
  ASSERT_EQ(user.code, 0) << user.err;
  const std::string svg = pictured(node, file + " -c night", 2);
  std::map<std::string, unsigned> titles;
  read_xml(svg).walk([&](const Element& e) {
    if (class_of(e) == "instance") ++titles[e.text_of("title")];
  });
  EXPECT_EQ(kill(std::stoi(user.out), SIGKILL), 0);
  EXPECT_EQ(titles["1g.10gb at 0: stays"], 2u);  // before and after
  EXPECT_EQ(titles["1g.10gb at 2: stays, in use, python"], 2u) << svg;
  EXPECT_EQ(titles["2g.20gb at 0: destroyed, step 1-3"], 1u) << svg;
  EXPECT_EQ(titles["7g.80gb at 0: new, step 6"], 1u) << svg;
}

TEST(Picture, EscapesWhatComesFromOutside) {
  const Node node("--gpus 1 --mig on");
  const std::string file = node.write("<script>&'\"\xe2\x80\xae.yaml",
                                      "workloads: [{name: a, profile: 1g.10gb, replicas: 2}]\n");
  const std::string svg = pictured(node, file, 2);
  EXPECT_EQ(svg.find("<script"), std::string::npos);
  EXPECT_NE(svg.find("&lt;script&gt;&amp;&#39;&quot;\xef\xbf\xbd.yaml</title>"), std::string::npos);
  EXPECT_NO_THROW(read_xml(svg));
}

TEST(Picture, OfWhatDoesNotFitIsTheNodeAsItIs) {
  const Node node("--gpus 1 --mig on");
  const std::string file =
      node.write("big.yaml", "workloads: [{name: a, profile: 7g.80gb, replicas: 2}]\n");
  const std::string svg = pictured(node, file, 3);
  EXPECT_EQ(boards_of(read_xml(svg), 8).size(), 1u);
  EXPECT_NE(svg.find("only 1 of 2 replicas fit"), std::string::npos);
}

TEST(Picture, OfAFleetCountsEveryGpuAndReplica) {
  const Node node("--gpus 1");  // for a folder of its own
  const std::string file =
      node.write("fleet.yaml",
                 "fleet:\n"
                 "- {product: h100-sxm5-80gb, gpus: 9, cost: 2.4}\n"
                 "- {product: a30-24gb, gpus: 6, cost: 0.5, holds: [2g.12gb@0]}\n"
                 "workloads:\n"
                 "- {name: a, replicas: 11, memory: 5GiB}\n"
                 "- {name: b, replicas: 5, memory: 30GiB, slices: 3}\n"
                 "- {name: c, replicas: 7, profile: 1g.10gb}\n");
  const std::string picture = node.state() + ".svg";
  const auto told = septet("--json plan " + file + " --svg " + picture);
  ASSERT_EQ(told.code, 0) << told.err;
  const std::string svg = read_file(picture);
  const Json plan = Json::parse(told.out);
  const Element root = read_xml(svg);
  std::size_t boards = 0, gpus = 0;
  root.walk([&](const Element& e) {
    boards += class_of(e) == "board" ? 1u : 0u;
    const bool label = e.name == "text" && e.has("font-size") && e.number("font-size") == 13;
    if (label) gpus += std::stoul(e.text);
  });
  std::size_t used = 0;
  for (const Json& layout : plan["certificate"]["layouts"])
    used += layout["gpus"].get<std::size_t>();
  EXPECT_EQ(boards, plan["certificate"]["layouts"].size());
  EXPECT_EQ(gpus, used);
  EXPECT_EQ(svg.find("(spare)"), std::string::npos);
  EXPECT_NE(svg.find("a30-24gb with 2g.12gb@0"), std::string::npos);
  const std::string small = node.write("small.yaml",
                                       "fleet: [{product: h100-sxm5-80gb, gpus: 2}]\n"
                                       "workloads: [{name: a, replicas: 5, memory: 30GiB}]\n");
  EXPECT_NE(pictured(node, small, 3).find("The fleet is too small"), std::string::npos);
}

TEST(Picture, OfAProductForServicesAndStrategies) {
  const Node node("--gpus 1");
  const std::string services =
      pictured(node, "--product a100-80gb " + source_dir() + "/examples/services.yaml", 0);
  EXPECT_NE(services.find("resnet50"), std::string::npos);
  EXPECT_FALSE(boards_of(read_xml(services), 8).empty());
  const auto a30 = boards_of(read_xml(pictured(node, "--product a30-24gb --strategy mixed", 0)), 4);
  ASSERT_EQ(a30.size(), 1u);
  EXPECT_EQ(a30[0].size(), 3u);
}

TEST(Picture, OfATransitionHasBothDeploymentsAndEveryStep) {
  const Node node("--gpus 1");
  const std::string words = "--from " + source_dir() + "/examples/deployment-night.yaml --to " +
                            source_dir() + "/examples/deployment-day.yaml";
  const Json told = Json::parse(node.septet("--json plan " + words).out);
  const std::string svg = pictured(node, words, 2);
  const std::vector<std::vector<std::string>> boards = {
      {"7g.80gb@0+8"},
      {"4g.40gb@0+4", "3g.40gb@4+4"},
      {"3g.40gb@0+4", "3g.40gb@4+4"},
      {"2g.20gb@0+2", "2g.20gb@2+2", "3g.40gb@4+4"},
      {"4g.40gb@0+4", "2g.20gb@4+2", "1g.10gb@6+1"},
      {"7g.80gb@0+8"}};
  EXPECT_EQ(boards_of(read_xml(svg), 8), boards);
  for (const Json& step : told["steps"]) {
    const Json& end = step["to"].is_null() ? step["from"] : step["to"];
    const std::string place =
        end["gpu"].get<std::string>() + " " + end["instance"].get<std::string>();
    EXPECT_NE(svg.find(place), std::string::npos) << place;
  }
}

TEST(Picture, OfACompactionHoldsTheSameInstancesBeforeAndAfter) {
  const Node node("--gpus 1");
  const std::string file = node.write("worn.yaml",
                                      "fleet:\n"
                                      "- {product: a100-80gb, gpus: 4, runs: [3g.40gb@0]}\n"
                                      "- {product: a100-80gb, gpus: 2, holds: [2g.20gb@4], runs: "
                                      "[1g.10gb@0]}\n");
  const auto boards = boards_of(read_xml(pictured(node, "--compact " + file, 2)), 8);
  const Json told = Json::parse(node.septet("--json plan --compact " + file).out);
  const Json& rows = told["compaction"][0]["rows"];
  ASSERT_EQ(boards.size(), 2 * rows.size());
  std::map<std::string, std::size_t> before, after;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const auto gpus = rows[row]["gpus"].get<std::size_t>();
    const auto profile = [](const std::string& box) { return box.substr(0, box.find('@')); };
    for (const std::string& box : boards[2 * row]) before[profile(box)] += gpus;
    for (const std::string& box : boards[2 * row + 1]) after[profile(box)] += gpus;
  }
  EXPECT_EQ(before, after);
  EXPECT_EQ(before["3g.40gb"], 4u);
  EXPECT_EQ(before["1g.10gb"], 2u);
}

TEST(Picture, SaysWhereItCannotBeWritten) {
  const Node node("--gpus 1 --mig on");
  const std::string words = "plan --strategy mixed --svg ";
  const auto nowhere = node.septet(words + "/nowhere/at/all.svg");
  EXPECT_EQ(nowhere.code, 1);
  EXPECT_NE(nowhere.err.find("cannot write /nowhere/at/all.svg"), std::string::npos) << nowhere.err;
  EXPECT_NE(nowhere.err.find("name another file"), std::string::npos) << nowhere.err;
  EXPECT_EQ(node.septet(words + "-").code, 1);
}

}  // namespace
}  // namespace septet::e2e
