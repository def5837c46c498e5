// Parts of charts read back: inside their boxes, apart from one another.
#include "cli/svg/chart.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "base/testing/strict_xml.h"
#include "cli/svg/palette.h"
#include "cli/svg/slide.h"

namespace septet::cli::svg {
namespace {

using strict_xml::Element;

Element read(const std::string& elements) {
  return strict_xml::read_xml(document({400, 300, "t", "d", "", elements}));
}

// Every number pair of a path of M, L, H and V.
std::vector<Point> path_points(const std::string& path) {
  std::vector<Point> out;
  std::istringstream words(path);
  Point now;
  for (std::string word; words >> word;) {
    const std::string rest = word.substr(1);
    if (word[0] == 'H') now.x = std::stod(rest);
    if (word[0] == 'V') now.y = std::stod(rest);
    if (word[0] == 'M' || word[0] == 'L')
      now = {std::stod(rest), std::stod(rest.substr(rest.find(',') + 1))};
    if (word[0] != 'Z') out.push_back(now);
  }
  return out;
}

const Box kPlot{50, 40, 200, 100};
const Axis kTen{0, 10, false, {}};

TEST(Chart, CurvesLandOnTheirPointsAndStayInThePlot) {
  const std::vector<Point> points = {{0, 0}, {5, 10}, {10, 5}, {99, -7}, {NAN, INFINITY}};
  const auto straight = path_points(
      read(curve(points, {kTen, kTen}, kPlot, false, {})).children[3].attributes.at("d"));
  ASSERT_EQ(straight.size(), 5u);
  EXPECT_EQ(straight[1].x, 150);
  EXPECT_EQ(straight[1].y, 40);
  EXPECT_EQ(straight[2].y, 90);
  for (const bool steps : {false, true}) {
    for (const std::string& drawn : {curve(points, {kTen, kTen}, kPlot, steps, {}),
                                     area(points, {kTen, kTen}, kPlot, steps, "#eeeeee")}) {
      for (const Point& at : path_points(read(drawn).children[3].attributes.at("d"))) {
        EXPECT_GE(at.x, 50);
        EXPECT_LE(at.x, 250);
        EXPECT_GE(at.y, 40);
        EXPECT_LE(at.y, 140);
      }
    }
  }
}

TEST(Chart, TooFewPointsDrawNothing) {
  for (const std::vector<Point>& points : {std::vector<Point>{}, std::vector<Point>{{1, 1}}}) {
    EXPECT_EQ(curve(points, {kTen, kTen}, kPlot, true, {}), "");
    EXPECT_EQ(area(points, {kTen, kTen}, kPlot, false, "#eeeeee"), "");
  }
}

TEST(Chart, ThinningKeepsTheMean) {
  std::vector<Point> points;
  for (int i = 0; i < 1000; ++i) points.push_back({i * 0.5, std::sin(i / 30.0)});
  EXPECT_EQ(thinned(points, 1000).size(), 1000u);
  const auto few = thinned(points, 100);
  ASSERT_EQ(few.size(), 100u);
  double before = 0, after = 0;
  for (const Point& point : points) before += point.y / 1000;
  for (const Point& point : few) after += point.y / 100;
  EXPECT_NEAR(before, after, 0.01);
  EXPECT_EQ(thinned({{1, 2}, {1, 3}, {1, 4}}, 2).size(), 1u);
  EXPECT_TRUE(thinned({}, 5).empty());
}

TEST(Chart, LabelsOfAnAxisNeverTouch) {
  for (const double width : {40.0, 120.0, 300.0, 900.0}) {
    const Box plot{60, 20, width, 50};
    const Axis axis = log_axis(0.003, 8, seconds_words);
    double free_from = -1000;
    std::size_t labels = 0;
    std::vector<std::pair<double, double>> spans;
    read(across_grid(axis, plot, true)).walk([&](const Element& e) {
      if (e.name != "text") return;
      const double half = width_of(e.text, kTickFont) / 2;
      spans.emplace_back(e.number("x") - half, e.number("x") + half);
      ++labels;
    });
    std::ranges::sort(spans);
    for (const auto& [from, to] : spans) {
      EXPECT_GT(from, free_from);
      free_from = to;
    }
    EXPECT_GE(labels, 1u);
    EXPECT_EQ(read(across_grid(axis, plot, false)).text_of("text"), "");
  }
}

TEST(Chart, LegendsStayInTheirWidthAndApart) {
  std::vector<LegendEntry> entries;
  for (int i = 0; i < 9; ++i)
    entries.push_back({fill_sample(fill_of(static_cast<std::size_t>(i))),
                       std::string(static_cast<std::size_t>(1 + i * i), 'w') + "<&>"});
  const Legend made = legend(entries, 10, 20, 380);
  EXPECT_GT(made.height, 20);
  double row = 0, free_from = 0;
  read(made.elements).walk([&](const Element& e) {
    if (e.name != "text") return;
    if (e.number("y") != row) free_from = 0;
    row = e.number("y");
    EXPECT_GE(e.number("x"), free_from);
    free_from = e.number("x") + width_of(e.text, {12, false});
    EXPECT_LE(free_from, 391);
    EXPECT_LE(row, 20 + made.height);
  });
  EXPECT_EQ(legend({}, 0, 0, 100).height, 0);
}

TEST(Chart, PanelsFillTheAreaWithoutOverlap) {
  const Box area{10, 20, 600, 400};
  EXPECT_TRUE(panels(0, 3, area, 8, 8).empty());
  for (std::size_t count = 1; count <= 7; ++count) {
    for (std::size_t across = 0; across <= 4; ++across) {
      const auto boxes = panels(count, across, area, 8, 8);
      ASSERT_EQ(boxes.size(), count);
      for (std::size_t i = 0; i < count; ++i) {
        EXPECT_GE(boxes[i].x, area.x);
        EXPECT_LE(boxes[i].x + boxes[i].width, area.x + area.width + 1e-9);
        EXPECT_LE(boxes[i].y + boxes[i].height, area.y + area.height + 1e-9);
        for (std::size_t j = 0; j < i; ++j)
          EXPECT_TRUE(boxes[j].x + boxes[j].width < boxes[i].x ||
                      boxes[j].y + boxes[j].height < boxes[i].y ||
                      boxes[i].x + boxes[i].width < boxes[j].x);
      }
    }
  }
}

TEST(Slide, GrowsOnlyWhenTheDrawingNeedsIt) {
  const Slide page = slide({"A finding", "how", "where from"});
  EXPECT_GT(page.body.height, 500);
  EXPECT_EQ(strict_xml::read_xml(to_svg(page, "", 10, "")).number("height"), kSlideHeight);
  EXPECT_EQ(strict_xml::read_xml(to_svg(page, "", page.body.height, "")).number("height"),
            kSlideHeight);
  EXPECT_GE(strict_xml::read_xml(to_svg(page, "", page.body.height + 100, "")).number("height"),
            kSlideHeight + 99);
}

TEST(Slide, LongWordsTakeTheirLinesAndNoMore) {
  std::string words;
  for (int i = 0; i < 400; ++i) words += "word" + std::to_string(i) + " ";
  const Slide page = slide({words, words, words});
  EXPECT_GT(page.body.height, 400);
  std::size_t lines = 0;
  strict_xml::read_xml(to_svg(page, "", 0, "")).walk([&](const Element& e) {
    if (e.name != "text") return;
    ++lines;
    EXPECT_LE(e.number("x") + width_of(e.text, {e.number("font-size"), e.has("font-weight")}),
              kSlideWidth - kSlideMargin + 0.01);
    EXPECT_LE(e.number("y"), kSlideHeight);
  });
  EXPECT_EQ(lines, 8u);
}

TEST(Palette, InksAreApart) {
  std::set<std::string_view> inks;
  for (std::size_t i = 0; i < kInks; ++i) inks.insert(ink_of(i));
  EXPECT_EQ(inks.size(), kInks);
  EXPECT_EQ(ink_of(kInks), ink_of(0));
}

}  // namespace
}  // namespace septet::cli::svg
