#include "rules/tree.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "base/result.h"

namespace septet::rules {

namespace fs = std::filesystem;

namespace {

const fs::path& source_dir() {
  static const fs::path dir(SEPTET_RULES_SOURCE_DIR);
  return dir;
}

std::vector<std::string> listed_by_git() {
  const std::string command =
      "git -C '" + source_dir().string() + "' ls-files -co --exclude-standard 2>/dev/null";
  std::vector<std::string> paths;
  FILE* const pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return paths;
  std::string line;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) {
    if (c != '\n') {
      line += static_cast<char>(c);
      continue;
    }
    paths.push_back(line);
    line.clear();
  }
  if (::pclose(pipe) != 0) paths.clear();
  return paths;
}

std::vector<std::string> listed_by_walking() {
  std::vector<std::string> paths;
  for (auto entry = fs::recursive_directory_iterator(source_dir());
       entry != fs::recursive_directory_iterator(); ++entry) {
    const std::string name = entry->path().filename().string();
    if (entry->is_directory() && (name == ".git" || name == ".cache" || name == "node_modules" ||
                                  name.starts_with("build"))) {
      entry.disable_recursion_pending();
    } else if (entry->is_regular_file()) {
      paths.push_back(entry->path().lexically_relative(source_dir()).generic_string());
    }
  }
  return paths;
}

std::vector<TextFile> read_tree() {
  auto paths = listed_by_git();
  if (paths.empty()) paths = listed_by_walking();
  std::ranges::sort(paths);
  std::vector<TextFile> files;
  for (auto& path : paths) {
    std::ifstream in(source_dir() / path, std::ios::binary);
    if (!in) continue;  // deleted, and git does not know yet
    std::string text(static_cast<std::size_t>(fs::file_size(source_dir() / path)), '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    files.push_back({std::move(path), std::move(text)});
  }
  SEPTET_ASSERT(!files.empty());
  return files;
}

}  // namespace

bool TextFile::is_test() const {
  return named("_test.cpp") || named("_bench.cpp") || under("tests/") || under("bench/") ||
         path.contains("/testing/");
}

bool TextFile::is_script() const {
  static constexpr std::string_view kEndings[] = {
      ".py", ".sh", ".go", ".ts", ".tsx", ".mjs", ".css", ".cmake", "CMakeLists.txt", "Makefile"};
  return std::ranges::any_of(kEndings, [&](std::string_view ending) { return named(ending); });
}

const std::vector<TextFile>& tree() {
  static const std::vector<TextFile> files = read_tree();
  return files;
}

const TextFile* find(std::string_view path) {
  const auto& files = tree();
  const auto found = std::ranges::find(files, path, &TextFile::path);
  return found == files.end() ? nullptr : &*found;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string to_string(const Offenders& offenders) {
  std::string all;
  for (const auto& offender : offenders) all += offender + "\n";
  return all;
}

Offenders scan(const std::function<bool(const TextFile&)>& concerns,
               const std::function<void(const TextFile&, Offenders&)>& rule) {
  Offenders offenders;
  for (const TextFile& file : tree()) {
    if (concerns(file)) rule(file, offenders);
  }
  return offenders;
}

std::string at(const TextFile& file, std::size_t line) {
  return file.path + ":" + std::to_string(line);
}

}  // namespace septet::rules
