// Pictures read back: well-formed, every box where its instance is, nothing foreign gets in.
#include "cli/svg/picture.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "base/testing/strict_xml.h"
#include "cli/svg/palette.h"
#include "mig/layout.h"

namespace septet::cli::svg {
namespace {

using strict_xml::Element;
using strict_xml::read_xml;

const char* const kHostile =
    "</text><script>alert('&\"')</script> \x01\x1b[31m \xff\xfe \xe2\x80\xae"
    "drow \xed\xa0\x80 \xef\xbf\xbf \xe4\xb8\xad\xe6\x96\x87 ]]> <!-- &lol; \n\t";

DrawnInstance whole(const mig::Instance& instance) {
  DrawnInstance out{std::string(instance.profile->name), instance.at.start, instance.at.size,
                    instance.profile->slices};
  out.compute = {{0, instance.profile->slices}};
  return out;
}

Picture one_board(Board board) {
  Picture picture{"title", {"summary"}, {""}, {}, {}, {}, {}};
  picture.sections = {{"", "", {{"GPU 0", {}, {std::move(board)}, 1}}}};
  return picture;
}

// The rectangles that have an outline of an instance, by the board's frame.
struct Read {
  Box frame;
  std::vector<Box> boxes;
  std::vector<std::string> titles;
  std::vector<Box> compute;
};

Box box(const Element& e) {
  return {e.number("x"), e.number("y"), e.number("width"), e.number("height")};
}

Read read(const Element& root) {
  Read out;
  root.walk([&out](const Element& e) {
    if (e.name == "rect" && e.has("class") && e.attributes.at("class") == "board")
      out.frame = box(e);
    if (e.name == "rect" && e.has("class") && e.attributes.at("class") == "compute")
      out.compute.push_back(box(e));
    if (e.name != "g" || !e.has("class") || e.attributes.at("class") != "instance") return;
    out.titles.push_back(e.text_of("title"));
    for (const Element& child : e.children) {
      if (child.name != "rect" || child.has("class")) continue;
      out.boxes.push_back(box(child));
      break;
    }
  });
  return out;
}

constexpr double kNear = 0.011;  // two decimals

TEST(Picture, EveryLegalLayoutOfEveryProductIsDrawnInItsPlace) {
  std::set<std::string> seen;
  std::size_t instances = 0;
  for (const mig::Product& product : mig::products()) {
    const mig::Geometry& geometry = product.geometry;
    std::string names;
    for (const auto& profile : geometry.profiles) names += std::string(profile.name) + " ";
    if (!seen.insert(names).second) continue;
    const auto classic = [](const mig::GpuInstanceProfile& profile) { return profile.classic(); };
    for (const mig::Layout& layout : mig::layouts(geometry, classic, true)) {
      Board board{geometry.units, "empty", {}};
      for (const auto& instance : layout.instances()) board.instances.push_back(whole(instance));
      const Read back = read(read_xml(to_svg(one_board(board))));
      ASSERT_EQ(back.boxes.size(), layout.instances().size()) << mig::to_string(layout);
      for (std::size_t i = 0; i < back.boxes.size(); ++i) {
        const auto& instance = layout.instances()[i];
        const double unit = back.frame.width / geometry.units;
        EXPECT_NEAR(back.boxes[i].x, back.frame.x + instance.at.start * unit, kNear);
        EXPECT_NEAR(back.boxes[i].width, instance.at.size * unit, kNear);
        EXPECT_EQ(back.boxes[i].height, back.frame.height);
        EXPECT_TRUE(back.titles[i].starts_with(std::string(instance.profile->name) + " at " +
                                               std::to_string(instance.at.start)))
            << back.titles[i];
        EXPECT_LT(back.compute[i].width, back.boxes[i].width);
        ++instances;
      }
    }
  }
  EXPECT_GE(seen.size(), 5u);
  EXPECT_GT(instances, 200u);
}

TEST(Picture, ComputeBarsAreAsLongAsTheirSlices) {
  Board board{8, "", {{"3g.40gb", 4, 4, 3, {{0, 1}, {1, 2}}}, {"2g.20gb", 0, 2, 2, {{1, 1}}}}};
  const Element root = read_xml(to_svg(one_board(board)));
  const Read back = read(root);
  const double unit = back.frame.width / 8;
  ASSERT_EQ(back.compute.size(), 3u);
  EXPECT_NEAR(back.compute[0].width, unit - 8, kNear);
  EXPECT_NEAR(back.compute[1].width, 2 * unit - 8, kNear);
  EXPECT_NEAR(back.compute[1].x, back.frame.x + 5 * unit + 4, kNear);
  std::size_t hollow = 0;
  root.walk([&hollow](const Element& e) {
    hollow += e.has("class") && e.attributes.at("class") == "no-compute" ? 1u : 0u;
  });
  EXPECT_EQ(hollow, 1u);  // slice 0 of the 2g; the fourth memory unit of the 3g has no slice
}

Picture hostile_picture() {
  Picture picture{kHostile, {kHostile}, {"before", kHostile}, {}, {}, kHostile, {}};
  DrawnInstance instance{kHostile, 0, 1, 1, {{0, 1}}, {{kHostile, 70, 0}}};
  instance.fate = Fate::kGoes;
  instance.steps = kHostile;
  DrawnInstance shared{"1g.10gb", 2, 2, 1, {}, {{kHostile, 1, 3}, {"b", 9, 4}, {"c", {}, 5}}};
  picture.sections = {
      {kHostile, kHostile, {{kHostile, {kHostile}, {{8, kHostile, {instance, shared}}}}}}};
  picture.keys = {{9, kHostile, kHostile}};
  picture.list = {{"1", kHostile}};
  return picture;
}

TEST(Picture, HostileTextIsShownAndNothingElse) {
  const Element root = read_xml(to_svg(hostile_picture()));
  const std::set<std::string> known = {"svg",    "title", "desc", "defs", "pattern", "path",
                                       "circle", "rect",  "line", "g",    "text"};
  root.walk([&](const Element& e) {
    EXPECT_TRUE(known.contains(e.name)) << e.name;
    for (const auto& [name, value] : e.attributes) {
      EXPECT_FALSE(name.starts_with("on") || name.ends_with("href")) << name;
      EXPECT_EQ(value.find("script"), std::string::npos) << value;
    }
  });
  EXPECT_EQ(root.text_of("title").substr(0, 15), "</text><script>");
  EXPECT_EQ(root.text_of("title").find("\xe2\x80\xae"), std::string::npos);
}

// Text that is not in a viewport of its own ends, at the widest, within the page and its box.
TEST(Picture, NoTextLeavesThePage) {
  Picture picture = hostile_picture();
  const std::string longest(300, 'W');
  picture.title = picture.list[0].text = picture.keys[0].name = longest;
  picture.sections[0].rows[0].label = longest;
  picture.sections[0].rows[0].boards[0].instances[0].profile = longest;
  const Element root = read_xml(to_svg(picture));
  std::size_t texts = 0;
  for (const Element& child : root.children) {
    child.walk([&](const Element& e) {
      if (e.name != "text") return;
      ++texts;
      const double width = width_of(e.text, {e.number("font-size"), e.has("font-weight")});
      EXPECT_LE(width, root.number("width")) << e.text;
      if (!e.has("text-anchor")) {
        EXPECT_LE(e.number("x") + width, root.number("width")) << e.text;
      }
    });
  }
  EXPECT_GT(texts, 10u);
}

TEST(Picture, WhoSharesAPlaceGetsAsMuchOfItAsTheyAre) {
  for (const std::size_t sharing : {2u, 3u, 9u}) {
    DrawnInstance instance{"2g.20gb", 2, 2, 2, {{0, 2}}, {}};
    for (std::size_t i = 0; i < sharing; ++i)
      instance.occupants.push_back({"w" + std::to_string(i), i, i + 1});
    const Element root = read_xml(to_svg(one_board({8, "", {instance}})));
    std::map<std::string, double> areas;
    double all = 0;
    root.walk([&](const Element& e) {
      if (!e.has("class") || e.attributes.at("class") != "band") return;
      if (e.attributes.at("fill") == fill_of(std::nullopt)) return;
      areas[e.attributes.at("fill")] += e.number("width") * e.number("height");
      all += e.number("width") * e.number("height");
    });
    ASSERT_EQ(areas.size(), sharing);
    for (std::size_t i = 0; i < sharing; ++i) {
      const double share =
          (static_cast<double>(i) + 1) * 2 / static_cast<double>(sharing * (sharing + 1));
      EXPECT_NEAR(areas[fill_of(i)] / all, share, 0.001) << i << " of " << sharing;
    }
  }
}

TEST(Picture, WordsStayInsideTheirBoxes) {
  for (unsigned size = 1; size <= 4; ++size) {
    DrawnInstance instance{
        "1g.10gb+me", 0,
        size,         1,
        {{0, 1}},     {{"a-quite-long-name-of-a-workload-with-WWWWWWWW#12", 1, 0}}};
    const Element root = read_xml(to_svg(one_board({8, "", {instance}})));
    root.walk([&](const Element& e) {
      if (e.name != "g" || !e.has("class")) return;
      Box outline;
      for (const Element& child : e.children) {
        if (child.name == "rect" && !child.has("class")) outline = box(child);
        child.walk([&](const Element& text) {
          if (text.name != "text") return;
          const double width =
              width_of(text.text, {text.number("font-size"), text.has("font-weight")});
          EXPECT_GE(text.number("x"), outline.x);
          EXPECT_LE(text.number("x") + width, outline.x + outline.width) << text.text;
        });
      }
    });
  }
}

TEST(Picture, ManyRowsAreDrawnUpToTheLimitAndTheRestIsSaid) {
  Picture picture = one_board({8, "empty", {}});
  auto& rows = picture.sections[0].rows;
  rows.assign(kMostRows, rows[0]);
  EXPECT_EQ(to_svg(picture).find("more rows"), std::string::npos);
  rows.resize(kMostRows + 3, rows[0]);
  rows.back().gpus = 40;
  picture.list.assign(kMostLines + 2, {"1", "step"});
  const std::string svg = to_svg(picture);
  EXPECT_NE(svg.find("and 3 more rows (42 GPUs)"), std::string::npos);
  EXPECT_NE(svg.find("and 2 more, which"), std::string::npos);
  std::size_t boards = 0;
  const Element root = read_xml(svg);
  root.walk([&](const Element& e) {
    boards += e.has("class") && e.attributes.at("class") == "board" ? 1u : 0u;
    if (e.has("y")) {
      EXPECT_LE(e.number("y"), root.number("height"));
    }
  });
  EXPECT_EQ(boards, kMostRows);
}

TEST(Picture, EveryPatternThatIsUsedIsThere) {
  Board board{8, "", {}};
  for (unsigned i = 0; i < 8; ++i)
    board.instances.push_back({"1g", i, 1, 1, {{0, 1}}, {{"w", i * 7, 0}}});
  const Element root = read_xml(to_svg(one_board(board)));
  std::set<std::string> defined, used;
  root.walk([&](const Element& e) {
    if (e.name == "pattern") {
      EXPECT_TRUE(defined.insert(e.attributes.at("id")).second);
    }
    const auto fill = e.attributes.find("fill");
    if (fill == e.attributes.end() || !fill->second.starts_with("url(#")) return;
    used.insert(fill->second.substr(5, fill->second.size() - 6));
  });
  EXPECT_EQ(used.size(), 5u);  // keys 14 to 42; 0, 7 and 49, which begins again, are plain
  for (const std::string& id : used) EXPECT_TRUE(defined.contains(id)) << id;
}

TEST(Palette, FillsAreDifferentAndThenBeginAgain) {
  std::set<std::string> fills = {fill_of(std::nullopt)};
  for (std::size_t key = 0; key < kFills; ++key) EXPECT_TRUE(fills.insert(fill_of(key)).second);
  EXPECT_EQ(fill_of(kFills), fill_of(0));
}

TEST(StrictXml, RefusesWhatIsNotWellFormed) {
  const std::string head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  EXPECT_NO_THROW(read_xml(head + "<a b=\"1\"><c/>&lt;x</a>\n"));
  for (const char* bad : {"<a>", "<a></b>", "<a b=1/>", "<a b=\"1\" b=\"2\"/>", "<a>&x;</a>",
                          "<a>&</a>", "<a/><a/>", "<a>\x01</a>", "<a>\xff</a>", "<a b=\"<\"/>"}) {
    EXPECT_THROW(read_xml(head + bad), std::runtime_error) << bad;
  }
  EXPECT_THROW(read_xml("<a/>"), std::runtime_error);
}

}  // namespace
}  // namespace septet::cli::svg
