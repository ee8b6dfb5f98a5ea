#include "rtt/targets.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <set>

#include "command_line/program.hpp"
#include "net/resolve.hpp"
#include "rtt/address_list.hpp"

namespace wireproof::rtt {
namespace {

constexpr std::size_t kMostOctets = 8 << 20;  ///< of a file

std::string contents_of(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) fail(fmt::format("read {}", printable(path)), errno);
  std::string text(kMostOctets + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) fail(fmt::format("read {}", printable(path)), errno);
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kMostOctets) {
    throw Failure(fmt::format("read {}: longer than {} octets", printable(path), kMostOctets));
  }
  return text;
}

}  // namespace

Targets find_targets(const std::vector<std::string>& entries, const std::string& file, std::uint16_t port) {
  std::vector<std::string> all = entries;
  if (!file.empty()) {
    const AddressList list = parse_address_list(contents_of(file));
    if (list.empty > 0) say("{}: empty entries left out: {}", printable(file), list.empty);
    for (const std::string& entry : list.doubles) say("{}: {} stands there twice", printable(file), printable(entry));
    all.insert(all.end(), list.entries.begin(), list.entries.end());
  }
  if (all.empty()) throw UsageError("no address to probe");
  if (all.size() > kMostTargets) throw UsageError(fmt::format("more than {} addresses", kMostTargets));

  Targets found;
  std::set<Address> known;
  for (const std::string& entry : all) {
    try {
      const Address address = resolve_destination(entry, port);
      if (known.insert(address).second) {
        found.targets.push_back({entry, address});
      } else {
        say("{} is {}, which is probed once", printable(entry), name_of(address));
      }
    } catch (const Failure& failure) {
      say_line(failure.what());
      ++found.unresolved;
    }
  }
  return found;
}

}  // namespace wireproof::rtt
