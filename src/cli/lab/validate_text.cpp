#include "cli/lab/validate_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cli/plan_text.h"

namespace septet::cli::validating {

namespace {

using lab::evidence::ChosenOn;
using lab::evidence::Errors;
using lab::evidence::Group;
using lab::evidence::NamedPoint;
using lab::evidence::Point;
using lab::evidence::Stated;
using lab::evidence::Validation;

bool shown(const Group& group, const ValidationView& view) {
  return group.id.find(view.only) != std::string::npos;
}

const char* mark(ChosenOn chosen) {
  switch (chosen) {
    case ChosenOn::kNothing: return " ";
    case ChosenOn::kSameTable: return "*";
    case ChosenOn::kOtherModels:
    case ChosenOn::kOwnPoints: return "+";
  }
  return " ";
}

std::string stated_text(const Stated& stated) {
  if (!stated.any()) return "";
  const auto figure = [](std::optional<double> value, double digit) {
    if (!value) return std::string("-");
    return fmt::format("{:.{}f}", 100 * *value, digit == lab::evidence::kWhole ? 0 : 1);
  };
  const std::string count = stated.count ? fmt::format("n {}: ", *stated.count) : "";
  return fmt::format(" (survey {}{} / {} / {} %)", count, figure(stated.mean, stated.digit),
                     figure(stated.median, stated.digit),
                     figure(stated.nine_in_ten, stated.digit_of_nine_in_ten));
}

const char* verdict(const Group& group) {
  const auto holds = group.holds();
  if (!holds) return "";
  if (group.recomputed) return *holds ? "same" : "DIFFERS";
  return *holds ? "holds" : "MISSED";
}

std::string group_line(const Group& group) {
  const Errors errors = group.errors();
  const Errors naive = lab::evidence::naive_errors_of(group.points);
  return fmt::format("    {:<28}{}{:>5}{:>7}{:>7}{:>7}{:>7}{:>7}  {}", group.how,
                     mark(group.chosen_on), errors.count, percent(errors.mean),
                     percent(errors.median), percent(errors.nine_in_ten),
                     signed_percent(errors.bias),
                     naive.count > 0 ? percent(naive.mean) : std::string("-"), verdict(group));
}

std::string trimmed(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::string point_line(const Point& point) {
  return trimmed(fmt::format("      {:<22} {:<13}{:>10.5g}{:>10.5g} {:<9}{:>7}", point.workload,
                             point.configuration.substr(0, 13), point.predicted, point.measured,
                             point.unit, signed_percent(point.error())));
}

std::string groups_text(const Validation& validation, const ValidationView& view) {
  std::string text, section, title;
  for (const Group& group : validation.groups) {
    if (!shown(group, view)) continue;
    if (group.section != section) {
      section = group.section;
      title.clear();
      text += fmt::format("\n{:<35}{:>3}{:>7}{:>7}{:>7}{:>7}{:>7}\n", "", "n", "mean", "median",
                          "9/10", "bias", "naive");
      text.insert(text.rfind('\n', text.size() - 2) + 1, section + "\n");
    }
    if (group.title != title) {
      title = group.title;
      text += fmt::format("  {}{}\n", title, stated_text(group.stated));
    }
    text += trimmed(group_line(group));
    if (!group.note.empty()) text += wrapped("      ", group.note);
    if (!view.every_point) continue;
    for (const Point& point : group.points) text += point_line(point);
  }
  return text;
}

std::string short_batch(std::string text) {
  if (const auto at = text.find(", batch "); at != std::string::npos) text.replace(at, 8, " b");
  return text;
}

std::string named_text(const NamedPoint& named) {
  const Point& point = named.point;
  const auto stated = named.stated_prediction
                          ? signed_percent(*named.stated_prediction / point.measured - 1.0)
                          : std::string("-");
  const auto naive = point.naive_error();
  const std::string what =
      point.unit == "ms" ? point.configuration : point.configuration + ", " + point.unit;
  std::string text = trimmed(fmt::format("  {:<17} {:<20}{:>8.4g}{:>9.4g}{:>7}{:>8}{:>8}",
                                         short_batch(point.workload), what, point.predicted,
                                         point.measured, signed_percent(point.error()), stated,
                                         naive ? signed_percent(*naive) : std::string("-")));
  if (!named.note.empty()) text += wrapped("      ", named.note);
  return text;
}

std::string all_named_text(const Validation& validation) {
  std::string text = fmt::format("\n{:<40}{:>8}{:>9}{:>7}{:>8}{:>8}\n", "Named points, ms",
                                 "septet", "measured", "error", "survey", "naive");
  std::string source;
  for (const NamedPoint& named : validation.named) {
    const std::string now = named.point.source + ", from " + named.point.calibrated_on;
    if (now != source) text += now + "\n";
    source = now;
    text += named_text(named);
  }
  return text;
}

std::string never_text(const Validation& validation) {
  std::string text = "\nNever measured per slice, by anybody who published it\n";
  std::string why, products;
  const auto flush = [&] {
    if (!products.empty()) text += wrapped("  ", products + ": " + why);
  };
  for (const auto& one : validation.never_measured) {
    if (one.why != why) {
      flush();
      products.clear();
      why = one.why;
    }
    products += (products.empty() ? "" : ", ") + one.product;
  }
  flush();
  return text;
}

constexpr const char* kLegend =
    "Errors are relative: mean, median, what nine in ten stay within, and the mean with its sign. "
    "naive: the mean error of who counts slices (of processes in turns for MPS, of no effect for "
    "busy neighbours). survey: the project's survey of sharing modes, section 4 of its model. "
    "* exponents were chosen on this table and may flatter it. + what was chosen, was chosen "
    "without the points that are scored.";

}  // namespace

std::string percent(double fraction) {
  return fmt::format("{:.{}f}%", 100 * fraction, fraction < 1.0 ? 1 : 0);
}

std::string signed_percent(double fraction) {
  const double rounded = std::round(1000 * fraction) / 10;
  return fmt::format("{:+.{}f}%", rounded == 0.0 ? 0.0 : rounded, std::abs(fraction) < 1.0 ? 1 : 0);
}

std::string validation_text(const Validation& validation, std::span<const std::string> missing,
                            const ValidationView& view) {
  std::string text = "The lab's model beside every published measurement\n";
  for (const std::string& one : missing) text += wrapped("  not counted: ", one);
  text += groups_text(validation, view);
  if (view.only.empty()) {
    text += all_named_text(validation);
    text += never_text(validation);
  }
  text += "\n" + wrapped("", kLegend);
  const auto judged = std::ranges::count_if(validation.groups, [&](const Group& group) {
    return shown(group, view) && group.holds().has_value();
  });
  const auto held = std::ranges::count_if(validation.groups, [&](const Group& group) {
    return shown(group, view) && group.holds() == true;
  });
  text +=
      fmt::format("\n{} of {} figures hold: as the survey states them or better.\n", held, judged);
  return text;
}

Json to_json(const Errors& errors) {
  return {{"count", errors.count},   {"mean", errors.mean},
          {"median", errors.median}, {"nine_in_ten", errors.nine_in_ten},
          {"bias", errors.bias},     {"worst", errors.worst}};
}

Json to_json(const Point& point) {
  Json json = {{"source", point.source},
               {"workload", point.workload},
               {"configuration", point.configuration},
               {"unit", point.unit},
               {"predicted", point.predicted},
               {"measured", point.measured},
               {"error", point.error()},
               {"calibrated_on", point.calibrated_on}};
  if (point.naive) json["naive"] = *point.naive;
  return json;
}

namespace {

Json stated_json(const Stated& stated) {
  Json json = Json::object();
  if (stated.count) json["count"] = *stated.count;
  if (stated.mean) json["mean"] = *stated.mean;
  if (stated.median) json["median"] = *stated.median;
  if (stated.nine_in_ten) json["nine_in_ten"] = *stated.nine_in_ten;
  return json;
}

Json group_json(const Group& group) {
  Json json = {{"id", group.id},
               {"section", group.section},
               {"title", group.title},
               {"how", group.how},
               {"chosen_on", lab::evidence::to_string(group.chosen_on)},
               {"errors", to_json(group.errors())},
               {"naive_errors", to_json(lab::evidence::naive_errors_of(group.points))},
               {"stated", stated_json(group.stated)},
               {"recomputed", group.recomputed}};
  if (const auto holds = group.holds()) json["holds"] = *holds;
  if (!group.note.empty()) json["note"] = group.note;
  json["points"] = Json::array();
  for (const Point& point : group.points) json["points"].push_back(to_json(point));
  return json;
}

}  // namespace

Json to_json(const Validation& validation, std::span<const std::string> missing,
             const ValidationView& view) {
  Json json = {{"all_hold", validation.all_hold()}, {"missing", missing}};
  json["groups"] = Json::array();
  for (const Group& group : validation.groups) {
    if (shown(group, view)) json["groups"].push_back(group_json(group));
  }
  json["named"] = Json::array();
  for (const NamedPoint& named : validation.named) {
    Json one = to_json(named.point);
    if (named.stated_prediction) one["stated_prediction"] = *named.stated_prediction;
    if (!named.note.empty()) one["note"] = named.note;
    json["named"].push_back(std::move(one));
  }
  json["never_measured"] = Json::array();
  for (const auto& one : validation.never_measured)
    json["never_measured"].push_back({{"product", one.product}, {"why", one.why}});
  return json;
}

}  // namespace septet::cli::validating
