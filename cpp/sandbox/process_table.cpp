#include "sandbox/process_table.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>

#include "command_line/program.hpp"
#include "loop/file_descriptor.hpp"

namespace wireproof::sandbox {
namespace {

// Fields of /proc/PID/stat counted from the one behind the name, as proc(5) has them from 1 on.
constexpr unsigned first_field = 3;
constexpr unsigned flags_field = 9;
constexpr unsigned threads_field = 20;
constexpr unsigned resident_field = 24;
constexpr unsigned long forked_but_not_executed = 0x40;  // PF_FORKNOEXEC

template <typename Number>
bool read_number(std::string_view text, Number& number) {
  return std::from_chars(text.data(), text.data() + text.size(), number).ec == std::errc();
}

std::uint64_t page_size() {
  static const auto size = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  return size;
}

std::string_view read_into(std::string& buffer, int folder, const char* path) {
  const FileDescriptor file(::openat(folder, path, O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return {};
  const ssize_t length = ::read(file.get(), buffer.data(), buffer.size());
  return {buffer.data(), length > 0 ? static_cast<std::size_t>(length) : 0};
}

}  // namespace

std::optional<ProcessFigures> parse_stat(std::string_view text) {
  const std::size_t name_end = text.rfind(')');  // a name may hold spaces and brackets
  if (name_end == std::string_view::npos || name_end + 2 > text.size()) return std::nullopt;
  text.remove_prefix(name_end + 2);
  ProcessFigures figures;
  for (unsigned field = first_field; field <= resident_field; ++field) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    bool read = !word.empty();
    if (field == flags_field) read = read_number(word, figures.flags);
    if (field == threads_field) read = read_number(word, figures.threads);
    if (field == resident_field) read = read_number(word, figures.resident_pages);
    if (!read) return std::nullopt;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return figures;
}

std::optional<std::uint64_t> parse_proportional_size(std::string_view text) {
  constexpr std::string_view label = "\nPss:";
  const std::size_t found = text.find(label);
  if (found == std::string_view::npos) return std::nullopt;
  text.remove_prefix(found + label.size());
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  std::uint64_t kibibytes = 0;
  if (!read_number(text, kibibytes)) return std::nullopt;
  return kibibytes * 1024;
}

bool has_executed(pid_t process) {
  std::array<char, 32> path{};
  fmt::format_to_n(path.data(), path.size() - 1, "/proc/{}/stat", process);
  std::string buffer(1024, '\0');
  const auto figures = parse_stat(read_into(buffer, AT_FDCWD, path.data()));
  return figures && (figures->flags & forked_but_not_executed) == 0;
}

ProcessTable::ProcessTable() : folder_(::opendir("/proc")), buffer_(4096, '\0') {
  if (!folder_) fail("open /proc", errno);
}

template <typename What>
void ProcessTable::for_each(What what) {
  ::rewinddir(folder_.get());
  while (const dirent* entry = ::readdir(folder_.get())) {
    const std::string_view name = entry->d_name;
    if (name.front() >= '1' && name.front() <= '9' && name != "1") what(entry->d_name);
  }
}

std::string_view ProcessTable::contents(const char* process, std::string_view file) {
  std::array<char, 64> path{};
  fmt::format_to_n(path.data(), path.size() - 1, "{}/{}", process, file);
  return read_into(buffer_, ::dirfd(folder_.get()), path.data());
}

std::uint64_t ProcessTable::resident_bytes(const char* process) {
  const auto figures = parse_stat(contents(process, "stat"));
  return figures ? figures->resident_pages * page_size() : 0;
}

std::uint64_t ProcessTable::count() {
  std::uint64_t processes = 0;
  for_each([&](const char*) { ++processes; });
  return processes;
}

Sample ProcessTable::sample() {
  Sample sum;
  for_each([&](const char* process) {
    const auto figures = parse_stat(contents(process, "stat"));
    if (!figures) return;  // it has ended meanwhile
    sum.processes += figures->threads;
    sum.resident_bytes += figures->resident_pages * page_size();
  });
  return sum;
}

std::uint64_t ProcessTable::resident_bytes_shared_once() {
  std::uint64_t sum = 0;
  for_each([&](const char* process) {
    // A program that nobody may read keeps this file to itself: then all of it counts.
    const auto size = parse_proportional_size(contents(process, "smaps_rollup"));
    sum += size ? *size : resident_bytes(process);
  });
  return sum;
}

}  // namespace wireproof::sandbox
