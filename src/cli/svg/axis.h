// cli/svg/axis.h — where a value lands on an axis of a chart, and which ticks it gets.
//
// Units.  Values in the unit of what is drawn, positions in pixels.
// Shapes. An axis always has from < to, both finite and, on a logarithmic one, above zero; at least
//         one tick has a label. Ticks lie within [from, to], in order.
// Errors. None: values that an axis cannot have (not finite, not positive on a logarithmic one)
// land
//         at its nearer end.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace septet::cli::svg {

struct Tick {
  double at = 0;
  std::string label;   // empty: a line of the grid alone
  bool spare = false;  // its label gives way to those of the others
};

struct Axis {
  double from = 0, to = 1;
  bool logarithmic = false;
  std::vector<Tick> ticks;
};

using Words = std::string (*)(double);

// At most three digits that count: "0.034", "1.5", "820", "12k", "3.4M"; "-" when not finite.
std::string short_number(double value);
std::string percent_words(double share);  // 0.562: "56 %"; one decimal below 10 %
// Two digits that count, all before the point: "34 us", "0.34 ms", "230 ms", "1.2 s", "5 min", "12
// h".
std::string seconds_words(double seconds);

// Multiples of 1, 2 or 5 times a power of ten in [from, to]: as many as there may be up to `most`
// (at least two are allowed for).
std::vector<double> nice_steps(double from, double to, std::size_t most);

// Holds both values and ends on ticks. Equal ones are widened.
Axis linear_axis(double least, double greatest, std::size_t most, Words words);
// The same, but ends exactly where it is told to; for time, which should not run past its end.
Axis time_axis(double from, double to, std::size_t most);
// Whole decades are labeled, 2 and 5 as well when there are few of them; 1 to 9 are lines.
Axis log_axis(double least, double greatest, Words words);

// Between `begin` and `end` (which may be the smaller one).
double along(const Axis& axis, double value, double begin, double end);

}  // namespace septet::cli::svg
